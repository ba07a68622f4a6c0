"""A PDF file, opened: its engine, its password, and what it says of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpack.errors import DependencyError, InputError
from docpack.readers.pdf.limits import Budget, PageLimit
from docpack.readers.pdf.objects import Damaged, FileObjects, guarded
from docpack.readers.pdf.page_tree import page_labels
from docpack.readers.pdf.pictures import media_of
from docpack.readers.pdf.pypdf_engine import PypdfEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.model import Metadata
    from docpack.readers.pdf.glyphs import Engine, Page
    from docpack.readers.pdf.tags import Tags

__all__ = ["OpenedPdf", "open_pdf"]

MAX_PICTURE_BYTES = 200_000_000  # of a picture's samples, unpacked
REPAIR = "Repair it first: qpdf INPUT.pdf OUTPUT.pdf, or mutool clean INPUT.pdf OUTPUT.pdf."
NO_PDF = "If it is a text, leave out the options of the format pdf; no text can begin with %PDF-."
_OBJECT = re.compile(rb"\d\s{1,9}\d{1,5}\s{1,9}obj")


class OpenedPdf:
    """A file that is open for reading."""

    def __init__(self, reader: FileObjects, root: dict[str, Any], engine: Engine) -> None:
        self._reader, self._root, self._engine = reader, root, engine
        self._count = 0

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        for page in self._engine.pages():
            self._count += 1
            yield page

    def picture(self, name: str) -> tuple[str, bytes] | None:
        """Return the media type and the bytes of a picture by the number of its object; None where it cannot be had."""
        if not name.isdecimal():
            return None
        try:
            with guarded(MAX_PICTURE_BYTES):
                image: Any = self._reader.get_object(int(name))
                return media_of(image) if isinstance(image, dict) else None
        except (Damaged, PageLimit):
            return None

    def stated(self) -> Metadata:
        """Return what the file says of the work."""
        from docpack.readers.pdf.stated import stated_by

        return stated_by(self._reader)

    def tags(self) -> Tags | None:
        """Return the structure tree, if the file is tagged."""
        from docpack.readers.pdf.tags import read_tags

        return read_tags(self._reader)

    def labels(self) -> dict[int, str]:
        """Return the names of the pages where the file gives them, by their index; once the pages were read."""
        return page_labels(self._root, self._count)


def open_pdf(data: bytes, engine: str, password: bytes | None) -> OpenedPdf:
    """Open a file.

    Args:
        data: The file.
        engine: What interprets the pages.
        password: A file whose first line is the password; it is not looked at where the file opens without one.

    Raises:
        DependencyError: The engine is not installed, or the file is encrypted and what decrypts it is not.
        InputError: It is damaged beyond repair, or encrypted and the password is not known.
    """
    budget = Budget(len(data))
    try:
        with guarded():
            reader = FileObjects(data, budget)
        if reader.is_encrypted:
            _decrypt(reader, password)
        with guarded():
            root = reader.root_object
    except Damaged as error:
        if not _OBJECT.search(data):
            raise InputError("it is read as a PDF, and holds no object of one", hint=NO_PDF) from error
        raise InputError(f"the PDF cannot be read: {error}", hint=REPAIR) from error
    except PageLimit as limit:
        raise InputError("the PDF is so damaged that its objects cannot be found", hint=REPAIR) from limit
    budget.end_page()
    return OpenedPdf(reader, root, _engine(engine, data, reader.opened_with, PypdfEngine(reader, root, budget)))


def _engine(name: str, data: bytes, password: bytes | None, pypdf: PypdfEngine) -> Engine:
    """Return the engine of a name; of no name that which is always there, so that a file reads the same everywhere."""
    if name != "pdfium":
        return pypdf
    from docpack.readers.pdf.pdfium_engine import PdfiumEngine

    try:
        return PdfiumEngine(data, password, pypdf)
    except ImportError as error:
        raise DependencyError(
            f"the engine pdfium is not installed: {error}", hint="Install it: pip install 'docpack[pdfium]'."
        ) from error


def _decrypt(reader: FileObjects, password: bytes | None) -> None:
    """Let the reader decrypt what it reads, with no password if that does.

    Raises:
        Damaged: What the file says of its encryption makes no sense.
        InputError: The password is missing or wrong.
    """
    for each in [b"", *_writings(password or b"")]:
        with guarded():
            if reader.decrypt(each):
                reader.opened_with = each
                return
    if password is None:
        raise InputError(
            "the PDF is encrypted, and does not open without a password",
            hint="Name a file whose first line is the password with --password-file F.",
        )
    raise InputError(
        "the PDF is encrypted, and the password does not open it",
        hint="See to the first line of the file that --password-file names: all of it is the password.",
    )


def _writings(password: bytes) -> list[bytes]:
    """Return the first line of a file as the bytes that it may mean: as it stands, and in the encodings of PDF."""
    line = password.removeprefix(b"\xef\xbb\xbf").splitlines()[0] if password.strip() else b""
    made = [line]
    try:
        text = line.decode("utf-8")
        made += [text.encode("latin-1", "ignore")]
    except UnicodeDecodeError:
        made += [line.decode("latin-1").encode("utf-8")]
    return list(dict.fromkeys(each for each in made if each))
