"""What kind of file each part of a package is, by the names that the registries of the field give it.

Spec:
    PRONOM keys as fido 1.6.1 (PRONOM 109) and siegfried 1.11.9 find them in what docpack writes, and in PDFs that it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

__all__ = ["FileFormat", "format_of_file", "format_of_output", "format_of_pdf"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format's name and version, its media type, and its PRONOM key, or "" where it has none.

    `by_name` tells that only the ending of a file's name speaks for it.
    """

    name: str
    media_type: str
    version: str = ""
    pronom: str = ""
    by_name: bool = False


TEXT = FileFormat("Plain Text File", "text/plain", "", "x-fmt/111")
XML = FileFormat("Extensible Markup Language", "text/xml", "1.0", "fmt/101")
JSON = FileFormat("JSON Data Interchange Format", "application/json", "", "fmt/817")

_OUTPUTS = {
    "epub": FileFormat("ePub format", "application/epub+zip", "3.3", "fmt/483"),
    "docx": FileFormat(
        "Microsoft Word for Windows",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "2007 onwards",
        "fmt/412",
    ),
    "tei": FileFormat("Text Encoding Initiative", "application/tei+xml", "P5", "fmt/1476"),
    "json": JSON,
    "pandoc": JSON,
    "html": FileFormat("Hypertext Markup Language", "text/html", "5", "fmt/471"),
}
# PDF/A by the part and level that the file claims first.
_ARCHIVAL_PDF = {
    "a-1a": ("1a", "fmt/95"),
    "a-1b": ("1b", "fmt/354"),
    "a-2a": ("2a", "fmt/476"),
    "a-2b": ("2b", "fmt/477"),
    "a-2u": ("2u", "fmt/478"),
    "a-3a": ("3a", "fmt/479"),
    "a-3b": ("3b", "fmt/480"),
    "a-3u": ("3u", "fmt/481"),
    "a-4": ("4", "fmt/1910"),
    "a-4e": ("4e", "fmt/1911"),
    "a-4f": ("4f", "fmt/1912"),
}
_PLAIN_PDF = {
    "1.0": "fmt/14",
    "1.1": "fmt/15",
    "1.2": "fmt/16",
    "1.3": "fmt/17",
    "1.4": "fmt/18",
    "1.5": "fmt/19",
    "1.6": "fmt/20",
    "1.7": "fmt/276",
    "2.0": "fmt/1129",
}
_PDF_HEADER = re.compile(rb"%PDF-([0-9]\.[0-9])")
# The claim of PDF/A in XMP, as an element or as an attribute.
_CLAIM = re.compile(rb"pdfaid:(part|conformance)\s*(?:>|=\s*[\"'])\s*([1-4A-Fa-fUu])\s*(?=<|[\"'])")
_PLAIN = {
    suffix: FileFormat(name, media_type, by_name=True)
    for suffix, name, media_type in (
        ("pdf", "Acrobat PDF - Portable Document Format", "application/pdf"),
        ("tif", "Tagged Image File Format", "image/tiff"),
        ("tiff", "Tagged Image File Format", "image/tiff"),
        ("jpg", "JPEG", "image/jpeg"),
        ("jpeg", "JPEG", "image/jpeg"),
        ("jp2", "JPEG 2000", "image/jp2"),
        ("png", "Portable Network Graphics", "image/png"),
        ("gif", "Graphics Interchange Format", "image/gif"),
        ("webp", "WebP", "image/webp"),
        ("svg", "Scalable Vector Graphics", "image/svg+xml"),
        ("csv", "Comma Separated Values", "text/csv"),
        ("md", "Markdown", "text/markdown"),
        ("rtf", "Rich Text Format", "application/rtf"),
        ("odt", "OpenDocument Text", "application/vnd.oasis.opendocument.text"),
        ("zip", "ZIP Format", "application/zip"),
        ("css", "Cascading Style Sheet", "text/css"),
        ("mp3", "MPEG Audio", "audio/mpeg"),
        ("wav", "Waveform Audio", "audio/wav"),
    )
}
# What a file is by its ending; of the user's own files nothing but the name is looked at.
_BY_SUFFIX = {
    **_PLAIN,
    **{
        suffix: replace(_OUTPUTS[name], version="", pronom="", by_name=True)
        for suffix, name in (("epub", "epub"), ("docx", "docx"), ("html", "html"))
    },
    "txt": TEXT,
    "text": TEXT,
    "json": JSON,
    "xml": XML,
    "xsd": XML,
}
_UNKNOWN = FileFormat("unknown", "application/octet-stream", by_name=True)


def format_of_output(name: str, pdf_standard: str = "a-2a,ua-1") -> FileFormat:
    """Return what a writer's output is; one of a plug-in is known by its media type alone.

    Args:
        name: The writer's name.
        pdf_standard: The standards that the PDF keeps, as its option has them.
    """
    if name == "pdf":
        return _pdf_format([each.strip() for each in pdf_standard.lower().split(",")])
    if name in _OUTPUTS:
        return _OUTPUTS[name]
    from docpack.plugins import writer_type

    described = writer_type(name).format
    return FileFormat(described.description or name, described.media_type)


def format_of_pdf(data: bytes) -> FileFormat:
    """Return what a PDF is by its content: the part of PDF/A that its metadata claim, else the version in its first line.

    Spec:
        ISO 19005-1, 6.7.11 (the PDF/A identifier; metadata streams of PDF/A are not compressed); ISO 32000-1, 7.5.2.
    """
    claimed = {name: each.decode("ascii") for name, each in _CLAIM.findall(data)[:2]}
    if b"part" in claimed:
        level = (claimed[b"part"] + claimed.get(b"conformance", "")).lower()
        found = _ARCHIVAL_PDF.get(f"a-{level}")
        if found:
            return FileFormat("Acrobat PDF/A - Portable Document Format", "application/pdf", *found)
    header = _PDF_HEADER.search(data[:1024])
    version = header[1].decode("ascii") if header else ""
    return FileFormat("Acrobat PDF - Portable Document Format", "application/pdf", version, _PLAIN_PDF.get(version, ""))


def _pdf_format(standards: list[str]) -> FileFormat:
    for each in standards:
        if each in _ARCHIVAL_PDF:
            level, key = _ARCHIVAL_PDF[each]
            return FileFormat("Acrobat PDF/A - Portable Document Format", "application/pdf", level, key)
    version = next((each for each in standards if each in _PLAIN_PDF), "1.7")
    return FileFormat("Acrobat PDF - Portable Document Format", "application/pdf", version, _PLAIN_PDF[version])


def format_of_file(name: str, reader: str = "") -> FileFormat:
    """Return what a file of the user's is, by the reader that took it or by its ending; nothing is looked at."""
    if reader == "text":
        return TEXT
    return _BY_SUFFIX.get(name.rpartition(".")[2].lower(), _UNKNOWN)
