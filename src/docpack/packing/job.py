"""What is to be packed, and what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.archive.events import Agent, Event, Provenance, Rights, identifier
from docpack.archive.information_package import InformationPackage
from docpack.archive.portable_names import folder_name, portable_name
from docpack.clock import Clock
from docpack.context import content_uuid
from docpack.conversion import OpenedSource, new_context, open_source, read, sniff
from docpack.errors import UsageError
from docpack.ledger import sha256_hex
from docpack.packing.documentation import documentation
from docpack.packing.parts import (
    Record,
    attachment_parts,
    documentation_parts,
    record_parts,
    schema_parts,
    source_parts,
)
from docpack.packing.renditions import Rendition, Validation, agent_of_docpack, render, versions_of
from docpack.plugins import make, packager_type
from docpack.recipe import Recipe, RecordedOutput, record_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.archive.containers import ContainerKind
    from docpack.archive.information_package import Assembled, Part
    from docpack.archive.mets import Depositor
    from docpack.context import Context
    from docpack.findings import Finding
    from docpack.metadata import Changes
    from docpack.model import Document

__all__ = ["DEFAULT_FORMATS", "PackJob", "Packed", "pack"]

MAX_PARTS = 20_000  # of which the records have some 40 MB; `verify` takes 64
DEFAULT_FORMATS = ("epub", "docx", "tei", "pdf")


@dataclass(frozen=True, slots=True)
class PackJob:
    """One input and how it is to be packed.

    `options` are those of the writers by format, `packager_options` those of the profile. `attachments` are files that
    go in unchanged beside the source, such as the scans that it was made from; `documents` are names and contents that
    go into the documentation. `info` are further fields of bag-info.txt.
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
    documents: tuple[tuple[str, bytes], ...] = ()
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
    sha256 = sha256_hex(source.data)
    object_id = job.object_id or f"urn:uuid:{content_uuid(sha256)}"
    objid = folder_name(job.object_id) if job.object_id else f"docpack-{content_uuid(sha256)}"
    owner = identifier(objid, sha256)
    provenance = Provenance(rights=_rights(job, source.document))
    inputs = source_parts(source.data, source.name, source.reader, source.options, source.document.source)
    attached = attachment_parts(job.attachments)
    _note_ingestion(job, source, [*inputs, *attached], provenance, owner, clock)
    renditions = tuple(
        render(
            source.document,
            {name: job.options.get(name, {}) for name in dict.fromkeys((*job.formats, "json"))},
            context,
            owner=owner,
            source=inputs[0].path,
            stem=_stem(inputs[0].path),
            provenance=provenance,
            clock=clock,
            validation=job.validation,
        )
    )
    recorded, option_files = _recorded(job, source, inputs[0].path, context, renditions)
    version = agent_of_docpack().version
    package = InformationPackage(
        objid,
        object_id,
        source.document.metadata,
        (),
        provenance,
        version,
        clock.moment,
        clock.note,
        job.depositor,
        job.info,
    )
    about = (package.label, object_id, "; ".join(filter(None, _rights_in_words(provenance.rights))))
    reports = documentation(
        job.profile,
        source.name,
        about,
        version,
        source.document.source,
        recorded,
        renditions,
        context.findings,
    )
    parts = (
        *inputs,
        *attached,
        *(each.part for each in renditions),
        *reports,
        *documentation_parts(option_files),
        *documentation_parts({f"documentation/{portable_name(name)}": data for name, data in job.documents}),
        *record_parts(job.records),
        *schema_parts(job.schemas),
    )
    if len(parts) > MAX_PARTS:
        raise UsageError(
            f"the package would hold {len(parts)} files; the limit is {MAX_PARTS}", hint="Pack some as a zip."
        )
    return replace(package, parts=parts), context, renditions


def _note_ingestion(
    job: PackJob, source: _Source, taken: list[Part], provenance: Provenance, owner: str, clock: Clock
) -> None:
    """Add the event in which source and attachments were taken in, and who took part."""
    agents = [provenance.take_part(agent_of_docpack())]
    if job.depositor:
        kind = "person" if job.depositor.is_person else "organization"
        agents.append(provenance.take_part(Agent(job.depositor.name, kind=kind)))
    moment = clock.moment()
    others = f", with {len(taken) - 1} more files" if len(taken) > 1 else ""
    provenance.events.append(
        Event(
            identifier(owner, "event", "ingestion", moment),
            "ingestion",
            moment,
            f"taken in as {source.name}, {len(source.data)} bytes, read as {source.reader}{others}" + clock.note,
            "success",
            "ing",
            agents=tuple(agents),
            results=tuple(each.path for each in taken),
        )
    )


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _recorded(
    job: PackJob, source: _Source, path: str, context: Context, renditions: tuple[Rendition, ...]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the record of how the outputs and the package were made, and the files that options named."""
    recipe = Recipe(
        path,
        context.name,
        source.reader,
        source.options,
        job.changes,
        context.timestamp_s,
        {each.name: RecordedOutput(each.part.path, job.options.get(each.name, {})) for each in renditions},
        versions_of((each.name for each in renditions), source.reader),
    )
    record, files = record_recipe(recipe)
    record["package"] = {
        "profile": job.profile,
        "profile_options": dict(job.packager_options),
        "object_id": job.object_id,
        "organization": job.depositor.name if job.depositor else "",
        "organization_id": job.depositor.code if job.depositor else "",
        "rights": asdict(job.rights),
        "bag_info": [list(each) for each in job.info],
    }
    return record, {name: data for name, data in files.items() if name.startswith("documentation/")}


def _rights_in_words(rights: Rights) -> tuple[str, ...]:
    embargo = f"not to be shown before {rights.embargo_until}" if rights.embargo_until else ""
    return (f"Rights: {rights.words}" if rights.words else "", f"Rights: {rights.uri}" if rights.uri else "", embargo)


def _read(job: PackJob, context: Context) -> _Source:
    """Read the input, with the overrides beside it: these are packed as well."""
    if job.data is None:
        opened = open_source(job.source, job.format, job.reader_options)
    else:
        opened = OpenedSource(job.data, job.format or sniff(job.data, context.name), job.reader_options)
    document = read(
        opened.data,
        format=opened.reader,
        name=context.name,
        options=opened.options,
        changes=job.changes,
        context=context,
    )
    return _Source(opened.data, context.name or "stdin", opened.reader, opened.options, document)


def _rights(job: PackJob, document: Document) -> Rights:
    """Return the rights that the user states: with options of their own, or with the other metadata."""
    stated = document.metadata
    return Rights(job.rights.uri or stated.rights_uri, job.rights.words or stated.rights, job.rights.embargo_until)
