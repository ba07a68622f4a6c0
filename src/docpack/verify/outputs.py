"""What is known of an output before it is compared: what format it is, its text, and what it says of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.verify.reading import Reading

__all__ = ["CHECKED", "described", "format_of", "read_back"]

CHECKED = ("epub", "docx", "tei", "pdf")
MIN_LIMIT_BYTES = 64_000_000  # of markup that is always read
BYTES_PER_CHARACTER = 200  # of markup; a word in bold in a .docx takes some 100, in TEI with its lines some 10
_MARKUP = (".xml", ".xhtml", ".html", ".htm", ".opf", ".rels", ".ncx", ".svg")
_TEI_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?TEI[\s>]")
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TEI = "{http://www.tei-c.org/ns/1.0}"
_HEAD_BYTES = 100_000  # in which a TEI file shows its root element


def format_of(data: bytes) -> str:
    """Return what an output is, by its content: epub, docx, tei or pdf.

    Raises:
        InputError: It is none of these.
    """
    if data[257:262] == b"ustar":
        raise InputError("this is a tar, and no output", hint="Unpack it, and name an output in it.")
    if data.startswith(b"PK"):
        names = _names(data)
        if "META-INF/container.xml" in names:
            return "epub"
        if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
            return "docx"
    elif b"%PDF-" in data[:1024]:
        return "pdf"
    elif _TEI_ROOT.search(data[:_HEAD_BYTES].replace(b"\0", b"")):  # also UTF-16
        return "tei"
    raise InputError(
        "this is no EPUB, DOCX, TEI or PDF file", hint="Name the output first, and its source after --against."
    )


def read_back(data: bytes, format: str, characters: int, *, drawn: bool = False) -> Reading:  # noqa: A002
    """Return the text of an output.

    Args:
        data: The output.
        format: What it is.
        characters: How many the source has; markup that is out of all proportion to it is refused.
        drawn: Whether an EPUB's list markers are read as a reading system draws them.

    Raises:
        InputError: It cannot be read as this format, or is too large.
    """
    try:
        if format in ("epub", "docx"):
            _check_markup(data, max(MIN_LIMIT_BYTES, BYTES_PER_CHARACTER * characters))
        return _read(data, format, drawn=drawn)
    except VerificationError as error:
        raise InputError(error.message, hint=error.hint) from error


def _read(data: bytes, format: str, *, drawn: bool) -> Reading:  # noqa: A002
    if format == "epub":
        from docpack.verify.epub_text import text_of_epub

        return text_of_epub(data, drawn=drawn)
    if format == "docx":
        from docpack.verify.docx_text import text_of_docx

        return text_of_docx(data)
    if format == "tei":
        from docpack.verify.tei_text import read_tei

        return read_tei(data)
    from docpack.verify.pdf_text import text_of_pdf

    return text_of_pdf(data, line_ends=True)


def _names(data: bytes) -> list[str]:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise InputError(f"this is no zip archive that can be read: {error}", hint="Make or fetch it again.") from error


def _check_markup(data: bytes, limit: int) -> None:
    """Refuse an archive whose markup would unpack to more than any text of this length needs.

    Raises:
        InputError: It would.
    """
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(each.file_size for each in archive.infolist() if each.filename.lower().endswith(_MARKUP))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise InputError(f"this is no zip archive that can be read: {error}", hint="Make or fetch it again.") from error
    if size > limit:
        raise InputError(
            f"its pages would unpack to {size} bytes; the limit for a text of this length is {limit}",
            hint="Look whether this is the output of that source.",
        )


# ------------------------------------------------------------------------------------------- what it says of itself


def described(data: bytes, format: str) -> Iterator[str]:  # noqa: A002
    """Yield the title, the authors and whatever else an output says of itself; nothing where that cannot be read."""
    try:
        if format == "tei":
            yield from _tei_header(data)
        elif format in ("epub", "docx"):
            yield from _package(data, ".opf" if format == "epub" else "core.xml")
    except InputError:  # it is read for a convenience only
        return


def _package(data: bytes, ending: str) -> Iterator[str]:
    import io
    import zipfile

    from docpack.xml_safety import parse_xml

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(ending):
                for element in parse_xml(archive.read(name), what=name).iter(f"{_DUBLIN_CORE}*"):
                    yield element.text or ""
                    yield (element.text or "")[:10]  # the day of a moment
                    yield (element.text or "")[:4]


def _tei_header(data: bytes) -> Iterator[str]:
    from docpack.xml_safety import feed_xml

    reader = _Header()
    feed_xml(data, reader, what="the TEI file")
    yield from reader.texts


class _Header:
    """Takes the texts of a TEI file's title statement."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: Any) -> None:
        if self._depth or tag == f"{_TEI}titleStmt":
            self._depth += 1
            self.texts.append("")

    def end(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1

    def data(self, text: str) -> None:
        if self._depth:
            self.texts[-1] += text
