"""A PDF file, opened: its engine, its password, and what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.errors import InputError
from docpack.readers.pdf.limits import Budget, PageLimit
from docpack.readers.pdf.objects import Damaged, FileObjects, guarded
from docpack.readers.pdf.page_tree import page_labels
from docpack.readers.pdf.pypdf_engine import PypdfEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.glyphs import Page

__all__ = ["OpenedPdf", "open_pdf"]

REPAIR = "Repair it first: qpdf INPUT.pdf OUTPUT.pdf, or mutool clean INPUT.pdf OUTPUT.pdf."


class OpenedPdf:
    """A file that is open for reading."""

    def __init__(self, reader: FileObjects, root: dict[str, Any], budget: Budget) -> None:
        self._reader, self._root = reader, root
        self._engine = PypdfEngine(reader, root, budget)
        self._count = 0

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        for page in self._engine.pages():
            self._count += 1
            yield page

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
        DependencyError: It is encrypted, and what decrypts it is not installed.
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
        raise InputError(f"the PDF cannot be read: {error}", hint=REPAIR) from error
    except PageLimit as limit:
        raise InputError("the PDF is so damaged that its objects cannot be found", hint=REPAIR) from limit
    budget.end_page()
    return OpenedPdf(reader, root, budget)


def _decrypt(reader: FileObjects, password: bytes | None) -> None:
    """Let the reader decrypt what it reads, with no password if that does.

    Raises:
        Damaged: What the file says of its encryption makes no sense.
        InputError: The password is missing or wrong.
    """
    for each in [b"", *_writings(password or b"")]:
        with guarded():
            if reader.decrypt(each):
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
