"""Tells what a file or folder is, so far as that decides who judges it: by its content, and only then by its name."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.verify.containers import is_tar, is_zip, opened_zip

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONTAINER", "kinds_of"]

CONTAINER = "container"  # a tar or zip that holds a package, perhaps

_HEAD_BYTES = 1 << 16
_PDF_WITHIN_BYTES = 1024  # where readers look for the header of a PDF
_SPACES = {
    "http://www.tei-c.org/ns/1.0": "tei",
    "http://www.loc.gov/METS/": "mets",
    "http://www.loc.gov/METS/v2": "mets",
    "http://www.loc.gov/premis/v3": "premis",
}
_SUFFIXES = {
    ".epub": "epub",
    ".docx": "docx",
    ".pdf": "pdf",
    ".tei.xml": "tei",
    ".tei": "tei",
    ".tar": CONTAINER,
    ".zip": CONTAINER,
}
_XML_KINDS = frozenset(_SPACES.values())


def kinds_of(path: Path) -> tuple[str, ...]:
    """Return what a file or folder is: `epub`, `docx`, `tei`, `pdf`, `mets`, `premis`, `bag`, `ocfl`, `eark`, ...

    A file is always `file` as well; a package with METS is `mets-package` as well.

    Raises:
        InputError: It is missing, cannot be read, is neither file nor folder, or is XML with a document type
            declaration, by which a validator could be made to read other files.
    """
    try:
        if path.is_dir():
            return _kinds_of_folder(path)
        if not path.exists():
            raise InputError(f"there is no file {path}", hint="Check the name and the folder.")
        if not path.is_file():
            raise InputError(f"{path} is neither a file nor a folder", hint="Name a file.")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}", hint="Check its permissions.") from error
    if not head:
        raise InputError(f"{path} is empty", hint="Write it again.")
    return (*_kinds_of_content(path, head), "file")


def _kinds_of_folder(path: Path) -> tuple[str, ...]:
    kinds = []
    if (path / "bagit.txt").is_file():
        kinds.append("bag")
        if (path / "data" / "METS.xml").is_file():
            kinds.append("mets-package")
    elif any(path.glob("0=ocfl_*")):
        kinds.append("ocfl")
    elif (path / "METS.xml").is_file():
        kinds += ["eark", "mets-package"]
    for name in ("METS.xml", "data/METS.xml"):
        if kinds and (path / name).is_file():
            with (path / name).open("rb") as file:
                _kind_of_xml(path / name, file.read(_HEAD_BYTES))
    return tuple(kinds)


def _kinds_of_content(path: Path, head: bytes) -> tuple[str, ...]:
    if b"%PDF-" in head[:_PDF_WITHIN_BYTES]:
        return ("pdf",)
    if is_tar(head):
        return (CONTAINER,)
    if is_zip(head):
        return (_kind_of_zip(path) or _kind_of_name(path) or CONTAINER,)
    kind = (_kind_of_xml(path, head) if b"<" in head else "") or _kind_of_name(path)
    return (kind,) if kind else ()


def _kind_of_name(path: Path) -> str:
    lower = path.name.lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if lower.endswith(suffix)), "")


def _kind_of_zip(path: Path) -> str:
    import zipfile

    try:
        with opened_zip(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    if names & {"META-INF/container.xml", "mimetype"}:
        return "epub"
    return "docx" if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names) else ""


class _RootSeenError(Exception):
    """The first element was read."""


def _kind_of_xml(path: Path, head: bytes) -> str:
    """Return what XML that begins like this is, by the namespace of its first element.

    Raises:
        InputError: A document type declaration stands before it.
    """
    from xml.parsers.expat import ExpatError, ParserCreate

    root = ""
    doctype = False

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal root
        root = name.rpartition(" ")[0]
        raise _RootSeenError

    def declared(*_: object) -> None:
        nonlocal doctype
        doctype = True
        raise _RootSeenError

    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = declared
    with contextlib.suppress(_RootSeenError, ExpatError):
        parser.Parse(head, False)  # expat takes it by position only
    kind = _SPACES.get(root, "")
    if doctype and (path.name.lower().endswith(".xml") or _kind_of_name(path) in _XML_KINDS):
        raise InputError(
            f"{path} has a document type declaration, which could make a validator read other files",
            hint="Remove the <!DOCTYPE ...> at its head; write characters themselves instead of named entities.",
        )
    return kind
