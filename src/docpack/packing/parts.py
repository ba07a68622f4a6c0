"""The files that a user hands over, as parts of a package: under portable names, with what is known of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from docpack.archive.content import BytesContent, FileContent
from docpack.archive.formats import XML, FileFormat, format_of_file, format_of_pdf
from docpack.archive.information_package import Part
from docpack.archive.portable_names import portable_name, unique_names
from docpack.errors import InputError, UsageError
from docpack.packing.documentation import significant_properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docpack.ledger import Ledger

__all__ = [
    "Record",
    "attachment_parts",
    "documentation_parts",
    "read_record",
    "record_parts",
    "schema_parts",
    "source_parts",
]

_TOML = FileFormat("TOML", "application/toml")
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what file managers leave in folders


@dataclass(frozen=True, slots=True)
class Record:
    """A descriptive record of the user's that goes in unchanged; `kind` is its MDTYPE in METS."""

    name: str
    kind: str
    data: bytes = field(repr=False)


_RECORDS = {
    "http://www.loc.gov/mods/v3": "MODS",
    "http://www.loc.gov/MARC21/slim": "MARC",
    "http://ns.editeur.org/onix/3.0/reference": "OTHER:ONIX",
    "http://ns.editeur.org/onix/3.0/short": "OTHER:ONIX",
    "http://ns.editeur.org/onix/3.1/reference": "OTHER:ONIX",
    "http://ns.editeur.org/onix/3.1/short": "OTHER:ONIX",
    "http://www.openarchives.org/OAI/2.0/oai_dc/": "DC",
    "http://purl.org/dc/elements/1.1/": "DC",
    "http://purl.org/dc/terms/": "DC",
    "http://www.tei-c.org/ns/1.0": "TEIHDR",
    "urn:isbn:1-931666-22-9": "EAD",
    "http://ead3.archivists.org/schema/": "EAD",
}


def read_record(name: str, data: bytes) -> Record:
    """Return a descriptive record with what it is, by its namespace.

    Raises:
        InputError: It is no XML.
    """
    from docpack.xml_safety import parse_xml

    root = parse_xml(data, what=name)
    tag = str(root.tag)
    namespace, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    kind = "OTHER:ONIX" if local.lower() == "onixmessage" else _RECORDS.get(namespace, f"OTHER:{local}")
    return Record(name, kind, data)


def source_parts(data: bytes, name: str, reader: str, options: Mapping[str, Any], ledger: Ledger | None) -> list[Part]:
    """Return the source and the overrides that belong to it, the source first."""
    # PRONOM knows plain text by its ending alone.
    ending = {"text": ".txt", "pdf": ".pdf"}.get(reader, "") if "." not in name.strip(".") else ""
    portable = portable_name(name + ending)
    path = f"representations/source/data/{portable}"
    properties = significant_properties(ledger)
    kind = format_of_pdf(data) if reader == "pdf" else format_of_file(portable, reader)
    parts = [Part(path, BytesContent(data), kind, name, properties=properties)]
    overrides = options.get("overrides")
    if isinstance(overrides, bytes):
        called = getattr(overrides, "name", "") or "overrides.toml"
        parts.append(Part(f"{path}.docpack.toml", BytesContent(overrides), _TOML, called))
    return parts


def attachment_parts(paths: Iterable[Path]) -> list[Part]:
    """Return the files that go in unchanged; a folder stands for all files in it, but those that file managers leave.

    Raises:
        InputError: One of them is missing, no regular file, or an empty folder.
    """
    found = [each for path in paths for each in _files_of(path)]
    parts = []
    for (path, name), portable in zip(found, unique_names([name for _, name in found]), strict=True):
        try:
            if path.is_symlink() or not path.is_file():
                raise InputError(f"{path} is no regular file", hint="Attach files, and folders of files.")
            content = FileContent.of(path)
            with content.open():
                pass  # what cannot be read is known before anything is written
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from error
        parts.append(Part(f"representations/attachments/data/{portable}", content, format_of_file(name), name))
    return parts


def _files_of(path: Path) -> list[tuple[Path, str]]:
    if not os.path.isdir(path) or path.is_symlink():  # noqa: PTH112  # where pathlib raises, it says no
        return [(path, path.name)]
    inside = sorted(_inside(path))
    taken = [(each, each.relative_to(path.parent).as_posix()) for each in inside if each.name not in _LITTER]
    if not taken:
        raise InputError(f"there is no file in {path}", hint="Attach files, and folders of files.")
    return taken


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the files and links in a folder, however deep.

    Raises:
        InputError: A folder cannot be read: nothing is left out in silence.
    """

    def refuse(error: OSError) -> NoReturn:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}", hint="Check its permissions.") from error

    for place, folders, files in os.walk(folder, onerror=refuse):
        for name in (*files, *folders):
            path = Path(place, name)
            if name in files or path.is_symlink():
                yield path


def record_parts(records: Sequence[Record]) -> list[Part]:
    """Return the descriptive records of the user's, beside the Dublin Core that docpack writes."""
    names = unique_names(["dc.xml", *(each.name for each in records)])[1:]
    return [
        Part(f"metadata/descriptive/{name}", BytesContent(each.data), XML, each.name, record_kind=each.kind)
        for name, each in zip(names, records, strict=True)
    ]


def schema_parts(folders: Sequence[Path]) -> list[Part]:
    """Return the schemas in some folders.

    Raises:
        InputError: A folder cannot be read.
        UsageError: There is none.
    """
    files = sorted({each for folder in folders for each in _inside(folder) if each.suffix == ".xsd" and each.is_file()})
    if folders and not files:
        raise UsageError(f"there is no schema in {folders[0]}", hint="Name a folder with *.xsd files.")
    names = unique_names([each.name for each in files])
    return [
        Part(f"schemas/{name}", FileContent.of(each), XML, each.name) for each, name in zip(files, names, strict=True)
    ]


def documentation_parts(files: Mapping[str, bytes]) -> list[Part]:
    """Return files of the documentation, given by their paths."""
    return [Part(path, BytesContent(data), format_of_file(path)) for path, data in files.items()]
