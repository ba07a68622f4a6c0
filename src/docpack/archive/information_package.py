"""The tree of files that an archive takes in, in the shape of an E-ARK information package.

    representations/source/data/...       what was handed over, byte for byte
    representations/<format>/data/...     what was made of it
    documentation/...                     the ledger, the reports, the recorded options
    schemas/...                           on request
    metadata/descriptive/...              Dublin Core, and records of the user's
    metadata/preservation/premis.xml      what happened, and what proves each file
    representations/<format>/metadata/... the same for one representation
    representations/<format>/METS.xml     what each representation holds
    METS.xml                              what the package holds

The files are written in this order, each once: a record is made when the digests of all that it names are known. So no
file is read twice, and none has to be in memory but the records.

Spec:
    E-ARK CSIP 2.2.0, section 4 (structure); CSIPSTR1 to CSIPSTR16.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from docpack.archive.content import BytesContent
from docpack.archive.dublin_core import dublin_core_xml
from docpack.archive.events import Event, PackedFile, Provenance, Relation, identifier
from docpack.archive.formats import XML, FileFormat
from docpack.archive.mets import METS_FILE, Depositor, MetsHead, representation_mets, root_mets
from docpack.archive.order import packing_key
from docpack.archive.premis import premis_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docpack.archive.content import Content, Digests
    from docpack.model import Metadata

__all__ = ["PREMIS_FILE", "Assembled", "InformationPackage", "Part", "content_id", "content_id_of_files", "is_content"]

DC_FILE = "metadata/descriptive/dc.xml"
PREMIS_FILE = "metadata/preservation/premis.xml"


class Add(Protocol):
    """Writes one file of the tree, and returns what proves it."""

    def __call__(self, path: str, content: Content, /) -> Digests: ...


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is to be packed, with what is known of it; see `PackedFile`."""

    path: str
    content: Content
    format: FileFormat
    original_name: str = ""
    created_by: str = ""
    created: str = ""
    relations: tuple[Relation, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    record_kind: str = ""  # of a descriptive record: its MDTYPE in METS


@dataclass(frozen=True, slots=True)
class Assembled:
    """What was written: all files in their order, and the name of their content."""

    files: tuple[PackedFile, ...]
    content_id: str


@dataclass(frozen=True, slots=True)
class InformationPackage:
    """Everything that goes into a package, before it is written.

    `objid` is the name of its folder, `object_id` that of the work as the user gave it. `moment` gives the time at which
    something happens, in UTC as `YYYY-MM-DDThh:mm:ssZ`, and `time_note` says where times come from that are not the
    clock's.
    """

    objid: str
    object_id: str
    metadata: Metadata
    parts: tuple[Part, ...]
    provenance: Provenance
    software_version: str
    moment: Callable[[], str]
    time_note: str = ""
    depositor: Depositor | None = None
    extra_info: tuple[tuple[str, str], ...] = field(default=())  # bag-info fields of the user's

    @property
    def label(self) -> str:
        """The title, with the first author."""
        authors = [each.name for each in self.metadata.contributors if each.role == "aut"]
        return f"{authors[0]}: {self.metadata.title}" if authors else self.metadata.title

    def assemble(self, add: Add) -> Assembled:
        """Write all files of the tree through `add`, in the order of the module's docstring."""
        described_by = Part(
            DC_FILE,
            BytesContent(dublin_core_xml(self.metadata, self.object_id, self.provenance.rights)),
            XML,
            record_kind="DC",
        )
        parts = sorted((*self.parts, described_by), key=lambda each: packing_key(each.path))
        written = [packed(each, add(each.path, each.content), self.moment) for each in parts]
        self.note_digests(written)
        premis = [self._add(add, PREMIS_FILE, self._premis(written))]
        representations = {
            name: list(files)
            for name, files in groupby(filter(_is_represented, written), key=lambda each: each.representation)
        }
        own_premis = {
            name: self._add(add, f"representations/{name}/{PREMIS_FILE}", self._premis(files, written))
            for name, files in representations.items()
        }
        head = MetsHead(self.objid, self.label, self.moment(), self.software_version, self.depositor, self.object_id)
        own_mets = {
            name: self._add(
                add,
                f"representations/{name}/{METS_FILE}",
                representation_mets(head, name, files, [own_premis[name]]),
            )
            for name, files in representations.items()
        }
        records = [(file, part.record_kind) for part, file in zip(parts, written, strict=True) if part.record_kind]
        others = {
            use: files
            for folder, use in (("documentation", "Documentation"), ("schemas", "Schemas"))
            if (files := [each for each in written if each.path.startswith(f"{folder}/")])
        }
        root = self._add(add, METS_FILE, root_mets(head, records, premis, others, own_mets))
        everything = (*written, *premis, *own_premis.values(), *own_mets.values(), root)
        return Assembled(everything, content_id_of_files(written))

    def _add(self, add: Add, path: str, data: bytes) -> PackedFile:
        part = Part(path, BytesContent(data), XML)
        return packed(part, add(path, part.content), self.moment)

    def _premis(self, files: list[PackedFile], known: Sequence[PackedFile] = ()) -> bytes:
        return premis_xml(self.objid, self.object_id, files, self.provenance, known=known)

    def note_digests(self, files: list[PackedFile]) -> None:
        """Add the event in which the digests were made."""
        moment = self.moment()
        self.provenance.events.append(
            Event(
                identifier(self.objid, "event", "digests", moment, content_id_of_files(files)),
                "message digest calculation",
                moment,
                "SHA-256 and SHA-512 of each file, made while it was written" + self.time_note,
                "success",
                "mes",
                agents=("docpack",),
                results=tuple(each.path for each in files),
            )
        )


def _is_represented(file: PackedFile) -> bool:
    return bool(file.representation)


def packed(part: Part, digests: Digests, moment: Callable[[], str]) -> PackedFile:
    """Return a part as it lies in the package."""
    return PackedFile(
        part.path,
        digests,
        part.format,
        part.original_name,
        part.created_by,
        part.created or moment(),
        part.relations,
        part.properties,
    )


def is_content(path: str) -> bool:
    """Tell whether a file is part of the content that a package is made for, and not of what is told about it."""
    return path.startswith("representations/") and path.split("/")[2:3] == ["data"]


def content_id(digests: Iterable[tuple[str, str]]) -> str:
    """Return the name of a package's content, in which no time of packing has a part.

    It is the SHA-512 of lines `digest  path`, sorted: `sha512sum` over the files, sorted, gives the same lines.

    Args:
        digests: Logical path and SHA-512 of each file that `is_content`.
    """
    lines = sorted(f"{digest}  {path}\n" for path, digest in digests)
    return hashlib.sha512("".join(lines).encode()).hexdigest()


def content_id_of_files(files: Iterable[PackedFile]) -> str:
    """Return the name of the content among some files."""
    return content_id((each.path, each.digests.sha512) for each in files if is_content(each.path))
