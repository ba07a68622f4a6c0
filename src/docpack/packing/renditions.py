"""The outputs of a package: made, read back and compared, judged by the reference validators if that was asked for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.archive.content import BytesContent
from docpack.archive.events import Agent, Event, Relation, identifier
from docpack.archive.formats import format_of_output
from docpack.archive.information_package import Part
from docpack.conversion import write
from docpack.errors import VerificationError
from docpack.plugins import plugins, reading_versions, writer_type
from docpack.verdicts import Cause, Outcome
from docpack.verify.conservation import Reference
from docpack.verify.outputs import CHECKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpack.archive.events import Provenance
    from docpack.clock import Clock
    from docpack.context import Context
    from docpack.model import Document
    from docpack.verdicts import Verdict
    from docpack.verify.conservation import Conservation

__all__ = ["Rendition", "Validation", "agent_of_docpack", "render", "versions_of"]

# The libraries that make a format, beside docpack itself; their versions stand in the record.
_LIBRARIES = {
    "epub": ("ebooklib", "lxml"),
    "docx": ("python-docx", "lxml"),
    "pdf": ("typst", "pypdf"),
}
_COMPRESSED = frozenset({"epub", "docx"})  # their bytes depend on the zlib that Python was built with


@dataclass(frozen=True, slots=True)
class Validation:
    """That outputs are to be judged, and where the validators and their schemas are looked for first."""

    tools: tuple[Path, ...] = ()
    schemas: tuple[Path, ...] = ()
    timeout_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Rendition:
    """One output with what was found about it."""

    name: str  # of the format
    part: Part
    data: bytes = field(repr=False)
    conservation: Conservation | None = None
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Maker:
    """What all outputs of one package have in common."""

    owner: str  # what identifiers of events are made from
    source: str  # logical path
    stem: str
    provenance: Provenance
    clock: Clock
    validation: Validation | None
    reference: Reference


def render(
    document: Document,
    options: Mapping[str, Mapping[str, Any]],
    context: Context,
    *,
    owner: str,
    source: str,
    stem: str,
    provenance: Provenance,
    clock: Clock,
    validation: Validation | None = None,
) -> Iterator[Rendition]:
    """Yield the outputs of a document, in the order of `options`, each made and checked; events go to `provenance`.

    Args:
        document: What to write.
        options: The options of each format that is wanted.
        context: The clock of the outputs, and where findings go.
        owner: What the identifiers of events are made from.
        source: The source's path in the package.
        stem: What the outputs are called before their endings.
        provenance: Where events and agents go.
        clock: Tells when things happen.
        validation: How to validate, or None not to.

    Raises:
        OutputError: A format cannot hold the document.
        VerificationError: An output does not hold what its source holds, or a validator refuses it.
    """
    maker = _Maker(owner, source, stem, provenance, clock, validation, Reference(document))
    for name, chosen in options.items():
        yield _rendition(document, name, chosen, context, maker)


def _rendition(document: Document, name: str, options: Mapping[str, Any], context: Context, maker: _Maker) -> Rendition:
    data = write(document, name, options=options, context=context)
    made = maker.clock.moment()
    folder = "model" if name == "json" else name
    path = f"representations/{folder}/data/{maker.stem}{writer_type(name).format.suffixes[0]}"
    event = identifier(maker.owner, "event", "normalization", path, made)
    agents = tuple(map(maker.provenance.take_part, _agents_of(name)))
    maker.provenance.events.append(
        Event(
            event,
            "normalization",
            made,
            f"docpack convert --to {name}; the options stand in documentation/conversion.json" + maker.clock.note,
            "success",
            "nor",
            agents=agents,
            sources=(maker.source,),
            results=(path,),
        )
    )
    part = Part(
        path,
        BytesContent(data),
        format_of_output(name, options.get("standard", "a-2a,ua-1")),
        created_by=f"docpack {agent_of_docpack().version}",
        created=made,
        relations=(Relation(maker.source, event),),
    )
    conservation = _compared(name, data, path, maker)
    verdicts = _judged(name, data, path, maker)
    return Rendition(name, part, data, conservation, verdicts)


def _compared(name: str, data: bytes, path: str, maker: _Maker) -> Conservation | None:
    """Read an output back and compare it with the source.

    Raises:
        VerificationError: They differ.
    """
    if name not in CHECKED:
        detail = f"the text of the {name} was not read back: no reader of it is independent of its writer"
        _validation_event(maker, path, "conservation", detail, "not run", "", "docpack")
        return None
    found = maker.reference.check(data, name)
    if not found.ok:
        raise VerificationError(
            f"the {name} does not hold what its source holds: {_summary(found)}",
            hint="Nothing was packed. This is a bug in docpack: please report it with the source.",
        )
    _validation_event(
        maker,
        path,
        "conservation",
        "the text was read back from the output and compared with the source, character by character",
        "pass",
        _summary(found),
        maker.provenance.take_part(agent_of_docpack()),
    )
    return found


def _summary(found: Conservation) -> str:
    """Return the balance of an output in a line."""
    dropped = sum(found.dropped.values())
    return (
        f"of {found.source} characters of the source {found.kept} are kept and {dropped} dropped by rules of the ledger; "
        f"{found.output} are printed where {found.expected} are expected; {found.count} differences"
    )


def _judged(name: str, data: bytes, path: str, maker: _Maker) -> tuple[Verdict, ...]:
    """Let the reference validators judge an output.

    Raises:
        VerificationError: One refuses it.
    """
    if name not in CHECKED:  # no validator knows docpack's own JSON, or what a plug-in writes
        return ()
    if maker.validation is None:
        _validation_event(maker, path, "validators", "no reference validator was asked for", "not run", "", "docpack")
        return ()
    from docpack.verify.validating import validate

    with tempfile.TemporaryDirectory(prefix="docpack-") as folder:
        file = Path(folder) / path.rpartition("/")[2]
        file.write_bytes(data)
        asked = maker.validation
        verdicts = validate(file, tools=asked.tools, schemas=asked.schemas, timeout_s=asked.timeout_s)
    for each in verdicts:
        _record_verdict(each, path, maker)
        if each.outcome is Outcome.FAILED:
            raise VerificationError(
                f"{each.tool} refuses the {name}: {_first_message(each)}",
                hint="Nothing was packed. Pack without --validate to look at the output.",
            )
    return verdicts


_OUTCOMES = {Outcome.PASSED: "pass", Outcome.FAILED: "fail", Outcome.NOT_RUN: "not run", Outcome.IDENTIFIED: "positive"}


def _record_verdict(verdict: Verdict, path: str, maker: _Maker) -> None:
    """Record what a validator said; one that does not judge such files said nothing."""
    if verdict.cause is Cause.UNSUITED:
        return
    ran = verdict.outcome is not Outcome.NOT_RUN
    identified = verdict.outcome is Outcome.IDENTIFIED
    _validation_event(
        maker,
        path,
        verdict.validator,
        f"{'format identification' if identified else 'validation'} by {verdict.tool}",
        _OUTCOMES[verdict.outcome],
        verdict.reason if identified or not ran else _first_message(verdict),
        maker.provenance.take_part(Agent(verdict.validator, verdict.version) if ran else agent_of_docpack()),
        kind="format identification" if identified else "validation",
    )


def _first_message(verdict: Verdict) -> str:
    return str(verdict.messages[0]) if verdict.messages else verdict.reason


def _validation_event(
    maker: _Maker, path: str, what: str, detail: str, outcome: str, note: str, agent: str, *, kind: str = "validation"
) -> None:
    moment = maker.clock.moment()
    maker.provenance.events.append(
        Event(
            identifier(maker.owner, "event", "validation", what, path, moment),
            kind,
            moment,
            detail + maker.clock.note,
            outcome,
            "val" if kind == "validation" else "",
            note,
            (agent,),
            sources=(path,),
        )
    )


def versions_of(formats: Iterable[str], reader: str = "") -> dict[str, str]:
    """Return the versions of all programs and libraries that make these formats from what this reader reads, by name."""
    made = {each.name: each.version for name in formats for each in _agents_of(name)}
    return made | reading_versions(reader)


@cache
def agent_of_docpack() -> Agent:
    """Return docpack as it takes part in what it does."""
    from docpack import __version__

    return Agent("docpack", __version__)


def _agents_of(name: str) -> list[Agent]:
    """Return who makes a format: docpack, Python, the libraries, and the plug-in that brought the writer."""
    import platform
    import zlib
    from importlib.metadata import version

    agents = [agent_of_docpack(), Agent("Python", platform.python_version())]
    agents += [Agent(each, version(each)) for each in _LIBRARIES.get(name, ())]
    if name in _COMPRESSED:
        agents.append(Agent("zlib", zlib.ZLIB_RUNTIME_VERSION))
    for plugin in plugins():
        if plugin.kind == "writer" and plugin.name == name and plugin.distribution != "docpack":
            agents.append(Agent(plugin.distribution, plugin.version))
    return agents
