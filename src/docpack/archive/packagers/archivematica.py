"""A transfer for Archivematica: objects, and beside them the metadata that its ingest reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.archive.content import BytesContent
from docpack.archive.dublin_core import dublin_core_elements
from docpack.archive.information_package import Assembled, content_id, packed
from docpack.archive.order import packing_key
from docpack.archive.premis import premis_xml
from docpack.plugins import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.containers import ContainerWriter
    from docpack.archive.events import PackedFile
    from docpack.archive.information_package import InformationPackage

__all__ = ["ArchivematicaPackager"]


@dataclass(frozen=True, slots=True)
class ArchivematicaPackager:
    """Delivers a standard transfer.

        objects/representations/...          the files
        metadata/metadata.csv                Dublin Core, a row for the transfer and one for each file
        metadata/checksum.sha256, .sha512    checked by Archivematica before it takes the files in
        metadata/premis.xml                  what happened to them
        metadata/submissionDocumentation/    the ledger, the reports, records of the user's

    Archivematica counts the lines of a checksum file against the files in `objects/`, and runs sha256sum over it in the
    transfer's folder; so it names all of them, from there.
    """

    format: ClassVar[Format] = Format("archivematica", (), "", "a transfer for Archivematica")

    def pack(self, package: InformationPackage, sink: ContainerWriter) -> Assembled:
        """Write the transfer, and return what was written."""
        files: list[PackedFile] = []
        for part in sorted(package.parts, key=lambda each: packing_key(each.path)):
            digests = sink.add(f"{package.objid}/{_place(part.path)}", part.content)
            files.append(packed(part, digests, package.moment))
        objects = [each for each in files if each.representation]
        premis = premis_xml(package.objid, package.object_id, objects, package.provenance, prefix="objects/")
        for name, data in (
            ("metadata.csv", _metadata_csv(package, objects)),
            ("premis.xml", premis),
            ("checksum.sha256", _checksums(objects, "sha256")),
            ("checksum.sha512", _checksums(objects, "sha512")),
        ):
            sink.add(f"{package.objid}/metadata/{name}", BytesContent(data))
        return Assembled(tuple(files), content_id(files))


def _place(path: str) -> str:
    """Return where a file of the information package lies in the transfer."""
    if path.startswith("representations/"):
        return f"objects/{path}"
    return f"metadata/submissionDocumentation/{path}"


def _checksums(files: list[PackedFile], algorithm: str) -> bytes:
    lines = (f"{getattr(each.digests, algorithm)}  objects/{each.path}\n" for each in files)
    return "".join(lines).encode()


def _metadata_csv(package: InformationPackage, files: list[PackedFile]) -> bytes:
    """Return the table: a column for each value, a name of a column as often as the record has it."""
    elements = [each for each in dublin_core_elements(package.metadata) if each[1].strip()]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["filename", *(f"dc.{name}" for name, _ in elements)])
    writer.writerow(["objects", *(" ".join(value.split()) for _, value in elements)])
    writer.writerows(_rows(elements, files))
    return out.getvalue().encode()


def _rows(elements: list[tuple[str, str]], files: list[PackedFile]) -> Iterator[list[str]]:
    """Yield a row for each file: its title tells which one it is."""
    for each in files:
        values = [f"{value} ({each.format.name})" if name == "title" else "" for name, value in elements]
        yield [f"objects/{each.path}", *values]
