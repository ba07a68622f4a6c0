"""What is to be packed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.archive.content import BytesContent, FileContent
from docpack.archive.events import Event, Provenance, Rights, identifier
from docpack.archive.formats import XML, FileFormat, format_of_file
from docpack.archive.information_package import InformationPackage, Part
from docpack.archive.portable_names import folder_name, unique_names
from docpack.clock import Clock
from docpack.context import content_uuid
from docpack.conversion import new_context, overrides_beside, read, sniff
from docpack.errors import InputError, UsageError
from docpack.files import read_file
from docpack.ledger import sha256_hex
from docpack.packing.documentation import documentation, significant_properties
from docpack.packing.renditions import Rendition, Validation, agent_of_docpack, render, versions_of
from docpack.plugins import NamedBytes, make, options_of, packager_type, reader_type
from docpack.recipe import Recipe, RecordedOutput, record_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.archive.containers import ContainerKind
    from docpack.archive.information_package import Assembled
    from docpack.archive.mets import Depositor
    from docpack.context import Context
    from docpack.findings import Finding
    from docpack.metadata import Changes
    from docpack.model import Document

__all__ = ["DEFAULT_FORMATS", "PackJob", "Packed", "Record", "pack"]

DEFAULT_FORMATS = ("epub", "docx", "tei", "pdf")
_TOML = FileFormat("TOML", "application/toml")


@dataclass(frozen=True, slots=True)
class Record:
    """A descriptive record of the user's that goes in unchanged; `kind` is its MDTYPE in METS."""

    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackJob:
    """One input and how it is to be packed.

    `options` are those of the writers by format, `packager_options` those of the profile. `attachments` are files that
    go in unchanged beside the source, such as the scans that it was made from. `info` are further fields of
    bag-info.txt.
    """

    source: str
    output: str
    formats: tuple[str, ...] = DEFAULT_FORMATS
    format: str = ""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reader_options: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes | None = None
    data: bytes | None = None
    object_id: str = ""
    profile: str = "bagit"
    packager_options: Mapping[str, Any] = field(default_factory=dict)
    container: ContainerKind = "tar"
    rights: Rights = field(default_factory=Rights)
    depositor: Depositor | None = None
    records: tuple[Record, ...] = ()
    attachments: tuple[Path, ...] = ()
    schemas: tuple[Path, ...] = ()
    validation: Validation | None = None
    info: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that was written."""

    source: str
    path: str
    objid: str
    object_id: str
    content_id: str
    files: int
    size_bytes: int
    findings: tuple[Finding, ...]
    renditions: tuple[Rendition, ...] = field(repr=False, default=())


def pack(job: PackJob, clock: Clock | None = None) -> Packed:
    """Convert an input and pack it with everything that was made of it.

    Raises:
        InputError: The input cannot be read.
        OutputError: A format cannot hold it, or the package cannot be written.
        UsageError: The options make no sense.
        VerificationError: An output does not hold what its source holds, or a validator refuses it.
    """
    from docpack.archive.containers import open_container
    from docpack.archive.publishing import publish

    packager = make(packager_type(job.profile), job.packager_options)
    package, context, renditions = _prepared(job, clock or Clock.of_environment())
    target = Path(job.output)
    with (
        publish(target, folder=job.container == "folder") as temporary,
        open_container(job.container, temporary) as sink,
    ):
        made: Assembled = packager.pack(package, sink)
    return Packed(
        job.source,
        job.output,
        package.objid,
        package.object_id,
        made.content_id,
        len(made.files),
        sum(each.digests.size_bytes for each in made.files),
        tuple(context.findings),
        renditions,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """The input as it was read."""

    data: bytes
    name: str
    reader: str
    options: Mapping[str, Any]
    document: Document


def _prepared(job: PackJob, clock: Clock) -> tuple[InformationPackage, Context, tuple[Rendition, ...]]:
    """Read and convert the input; return the package that is to be written."""
    context = new_context("" if job.source == "-" else Path(job.source).name)
    source = _read(job, context)
    uuid = content_uuid(sha256_hex(source.data))
    object_id = job.object_id or f"urn:uuid:{uuid}"
    objid = folder_name(job.object_id) if job.object_id else f"docpack-{uuid}"
    provenance = Provenance(rights=_rights(job, source.document))
    provenance.take_part(agent_of_docpack())
    inputs = _inputs(job, source)
    provenance.events.append(
        Event(
            identifier(objid, "event", "ingestion"),
            "ingestion",
            clock.moment(),
            f"taken in as {source.name}, {len(source.data)} bytes, read as {source.reader}" + clock.note,
            "success",
            "ing",
            agents=("docpack",),
            results=tuple(each.path for each in inputs),
        )
    )
    stem = inputs[0].path.rpartition("/")[2].partition(".")[0]
    renditions = tuple(
        render(
            source.document,
            {name: job.options.get(name, {}) for name in dict.fromkeys((*job.formats, "json"))},
            context,
            objid=objid,
            source=inputs[0].path,
            stem=stem,
            provenance=provenance,
            clock=clock,
            validation=job.validation,
        )
    )
    recipe = Recipe(
        inputs[0].path,
        source.name,
        source.reader,
        source.options,
        job.changes,
        context.timestamp_s,
        {each.name: RecordedOutput(each.part.path, job.options.get(each.name, {})) for each in renditions},
        versions_of(each.name for each in renditions),
    )
    recorded, files = record_recipe(recipe)
    version = agent_of_docpack().version
    reports = documentation(source.name, version, source.document.source, recorded, renditions, context.findings)
    parts = (
        *inputs,
        *(each.part for each in renditions),
        *reports,
        *(
            Part(path, BytesContent(data), format_of_file(path))
            for path, data in files.items()
            if path.startswith("documentation/")
        ),
        *_attached(job),
        *_records(job),
        *_schemas(job),
    )
    package = InformationPackage(
        objid,
        object_id,
        source.document.metadata,
        parts,
        provenance,
        version,
        clock.moment,
        clock.note,
        job.depositor,
        job.info,
    )
    return package, context, renditions


def _read(job: PackJob, context: Context) -> _Source:
    """Read the input, with the overrides beside it: these are packed as well."""
    data = read_file(Path(job.source)) if job.data is None else job.data
    name = context.name or "stdin"
    reader = job.format or sniff(data, context.name)
    options = dict(job.reader_options)
    beside = overrides_beside(job.source)
    takes_overrides = any(each.name == "overrides" for each in options_of(reader_type(reader)))
    if job.data is None and takes_overrides and options.get("overrides") is None and beside.exists():
        options["overrides"] = NamedBytes(read_file(beside), beside.name)
    document = read(data, format=reader, name=context.name, options=options, changes=job.changes, context=context)
    return _Source(data, name, reader, options, document)


def _inputs(job: PackJob, source: _Source) -> list[Part]:
    """Return the source and what belongs to it, the source first."""
    name = source.name
    if source.reader == "text" and "." not in name.strip("."):
        name += ".txt"  # PRONOM knows plain text by its ending alone
    (portable,) = unique_names([name])
    path = f"representations/source/data/{portable}"
    inputs = [
        Part(
            path,
            BytesContent(source.data),
            format_of_file(portable, source.reader),
            source.name,
            properties=significant_properties(source.document.source),
        )
    ]
    overrides = source.options.get("overrides")
    if isinstance(overrides, bytes):
        called = getattr(overrides, "name", "") or "overrides.toml"
        inputs.append(Part(f"{path}.docpack.toml", BytesContent(overrides), _TOML, called))
    return inputs


def _rights(job: PackJob, document: Document) -> Rights:
    """Return the rights that the user states: with options of their own, or with the other metadata."""
    stated = document.metadata
    return Rights(job.rights.uri or stated.rights_uri, job.rights.words or stated.rights, job.rights.embargo_until)


def _attached(job: PackJob) -> list[Part]:
    """Return the attachments; a folder stands for all files in it, but those that file managers leave there.

    Raises:
        InputError: One of them is missing, or no regular file.
    """
    found: list[tuple[Path, str]] = []
    for path in job.attachments:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if not each.is_dir() and each.name not in _LITTER)
            found += [(each, each.relative_to(path.parent).as_posix()) for each in inside]
        else:
            found.append((path, path.name))
    parts = []
    for (path, name), portable in zip(found, unique_names([name for _, name in found]), strict=True):
        if path.is_symlink() or not path.is_file():
            raise InputError(f"{path} is no regular file", hint="Attach files, and folders of files.")
        content = FileContent.of(path)
        parts.append(Part(f"representations/attachments/data/{portable}", content, format_of_file(name), name))
    return parts


_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def _records(job: PackJob) -> list[Part]:
    names = unique_names(["dc.xml", *(each.name for each in job.records)])[1:]
    return [
        Part(f"metadata/descriptive/{name}", BytesContent(each.data), XML, each.name, record_kind=each.kind)
        for name, each in zip(names, job.records, strict=True)
    ]


def _schemas(job: PackJob) -> list[Part]:
    files = sorted({each for folder in job.schemas for each in folder.rglob("*.xsd")})
    if job.schemas and not files:
        raise UsageError(f"there is no schema in {job.schemas[0]}", hint="Name a folder with *.xsd files.")
    names = unique_names([each.name for each in files])
    return [
        Part(f"schemas/{name}", FileContent.of(each), XML, each.name) for each, name in zip(files, names, strict=True)
    ]
