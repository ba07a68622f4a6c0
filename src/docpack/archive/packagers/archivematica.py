"""A transfer for Archivematica: objects, and beside them the metadata that its ingest reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docpack.archive.bagit import render_manifest
from docpack.archive.content import BytesContent
from docpack.archive.dublin_core import dublin_core_elements
from docpack.archive.information_package import Assembled, content_id_of_files, packed
from docpack.archive.order import TRANSFER_DOCUMENTATION, TRANSFER_MANIFEST, packing_key
from docpack.archive.premis import basis_of, premis_xml
from docpack.plugins import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.containers import ContainerWriter
    from docpack.archive.events import PackedFile, Rights
    from docpack.archive.information_package import InformationPackage

__all__ = ["ArchivematicaPackager"]


@dataclass(frozen=True, slots=True)
class ArchivematicaPackager:
    """Delivers a standard transfer.

        objects/representations/...          the files
        metadata/metadata.csv                Dublin Core, a row for the transfer and one for each file
        metadata/rights.csv                  what is stated about rights, a row for each file
        metadata/checksum.sha256, .sha512    checked by Archivematica before it takes the files in
        metadata/premis.xml                  what happened to them
        metadata/submissionDocumentation/    the ledger, the reports, records of the user's, and a manifest of metadata/

    Archivematica counts the lines of a checksum file against the files in `objects/`, and runs sha256sum over it in the
    transfer's folder; so it names all of them, from there. It ties the objects of premis.xml to files by originalName,
    a path in the transfer; what a file was called before stands among its significant properties.
    """

    format: ClassVar[Format] = Format("archivematica", (), "", "a transfer for Archivematica")

    def pack(self, package: InformationPackage, sink: ContainerWriter) -> Assembled:
        """Write the transfer, and return what was written."""
        metadata: dict[str, str] = {}

        def add(path: str, data: bytes) -> None:
            metadata[path] = sink.add(f"{package.objid}/{path}", BytesContent(data)).sha512

        files: list[PackedFile] = []
        for part in sorted(package.parts, key=lambda each: packing_key(each.path)):
            place = _place(part.path)
            digests = sink.add(f"{package.objid}/{place}", part.content)
            files.append(packed(part, digests, package.moment))
            if not place.startswith("objects/"):
                metadata[place] = digests.sha512
        objects = [each for each in files if each.representation]
        package.note_digests(objects)
        add("metadata/metadata.csv", _metadata_csv(package, objects))
        if package.provenance.rights:
            add("metadata/rights.csv", _rights_csv(package.provenance.rights, objects))
        add("metadata/premis.xml", _premis(package, objects))
        for algorithm in ("sha256", "sha512"):
            sums = {f"objects/{each.path}": getattr(each.digests, algorithm) for each in objects}
            add(f"metadata/checksum.{algorithm}", render_manifest(algorithm, sums))
        add(TRANSFER_MANIFEST, render_manifest("sha512", metadata))
        return Assembled(tuple(files), content_id_of_files(files))


def _place(path: str) -> str:
    """Return where a file of the information package lies in the transfer."""
    return f"objects/{path}" if path.startswith("representations/") else f"{TRANSFER_DOCUMENTATION}{path}"


def _premis(package: InformationPackage, objects: list[PackedFile]) -> bytes:
    named = [
        replace(
            each,
            original_name=f"objects/{each.path}",
            properties=(
                *each.properties,
                *((("file name before packing", each.original_name),) if each.original_name else ()),
            ),
        )
        for each in objects
    ]
    return premis_xml(package.objid, package.object_id, named, package.provenance, prefix="objects/")


def _metadata_csv(package: InformationPackage, files: list[PackedFile]) -> bytes:
    """Return the table: a column for each value, a name of a column as often as the record has it."""
    elements = list(dublin_core_elements(package.metadata, package.object_id, package.provenance.rights))
    rows = _rows(elements, files)
    return _table(
        ["filename", *(f"dc.{name}" for name, _ in elements)],
        [["objects", *(" ".join(value.split()) for _, value in elements)], *rows],
    )


def _rows(elements: list[tuple[str, str]], files: list[PackedFile]) -> Iterator[list[str]]:
    """Yield a row for each file: its title tells which one it is."""
    for each in files:
        values = [f"{value} ({each.format.name})" if name == "title" else "" for name, value in elements]
        yield [f"objects/{each.path}", *values]


_RIGHTS_COLUMNS = (
    *("file", "basis", "terms", "note", "doc_id_type", "doc_id_value"),
    *("grant_act", "grant_restriction", "grant_start_date", "grant_end_date", "grant_note"),
)


def _rights_csv(rights: Rights, files: list[PackedFile]) -> bytes:
    """Return the table of rights: Archivematica reads them from here, and not from premis.xml."""
    licensed = basis_of(rights) == "license"
    words = " ".join(rights.words.split())
    stated = {
        "basis": "License" if licensed else "Other",
        "terms": words if licensed else "",
        "note": "" if licensed else words,
        "doc_id_type": "URI" if rights.uri else "",
        "doc_id_value": rights.uri,
    }
    if rights.embargo_until:
        stated |= {
            "grant_act": "Disseminate",
            "grant_restriction": "Disallow",
            "grant_end_date": rights.embargo_until,
            "grant_note": "embargo",
        }
    return _table(
        list(_RIGHTS_COLUMNS),
        [[f"objects/{each.path}", *(stated.get(name, "") for name in _RIGHTS_COLUMNS[1:])] for each in files],
    )


def _table(head: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([head, *rows])
    return out.getvalue().encode("utf-8", "backslashreplace")  # names of files may be no text
