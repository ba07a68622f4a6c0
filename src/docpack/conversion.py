"""Wires reading and writing: files in, files out. The calls that `import docpack` offers.

    read -> metadata -> lower -> write -> stored in one step

One input that cannot be read leaves no output; where one format fails, the others are still written.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from docpack.context import EPOCH_1980_S, Context
from docpack.errors import DocpackError, ExitCode, InputError, OutputError, UsageError
from docpack.files import read_file, replace_file
from docpack.findings import Code
from docpack.plugins import make, reader_names, reader_type, writer_for_path, writer_type
from docpack.walk import lower

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from docpack.findings import Finding
    from docpack.metadata import Changes
    from docpack.model import Document

__all__ = ["Job", "Result", "convert", "convert_many", "new_context", "read", "run", "write"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO"
Options: TypeAlias = Mapping[str, Mapping[str, Any]]  # format name -> option name -> value


def new_context(name: str = "") -> Context:
    """Return a context whose clock is SOURCE_DATE_EPOCH, or 1980-01-01 where that is not set.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no whole number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not (epoch.isascii() and epoch.isdigit() and int(epoch) < 253_402_300_800):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {epoch!r}, which is no time",
            hint="Give whole seconds since 1970-01-01, or unset it.",
        )
    return Context(timestamp_s=int(epoch) if epoch else EPOCH_1980_S, name=name)


def read(
    source: Source,
    *,
    format: str = "",  # noqa: A002  # the field's own word, and the contract's
    name: str = "",
    options: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    context: Context | None = None,
) -> Document:
    """Return the document of a file, of bytes or of an open binary file.

    Args:
        source: A path, the bytes themselves, or a file opened for binary reading.
        format: A reader's name; by default the content decides.
        name: The file name to go by where `source` has none.
        options: Options of the reader, e.g. `{"encoding": "windows-1252"}`.
        changes: Metadata that the user states; see `docpack.metadata`.
        context: Where findings go; by default they are dropped.

    Raises:
        InputError: It cannot be read as what it claims to be.
        UsageError: The format or an option is unknown.
    """
    from docpack import metadata as stated

    data, found_name = _bytes_of(source)
    context = context or new_context()
    context.name = name or context.name or found_name
    reader = make(reader_type(format or _sniff(data, context.name)), options or {})
    try:
        with _collector_paused():
            document: Document = reader.read(data, context)
    except RecursionError as error:
        raise InputError("the document is nested too deeply to be read") from error
    described = stated.apply(changes, document.metadata) if changes else document.metadata
    for message in changes.ignored if changes else ():
        context.report(Code.M005, file="metadata", message=message)
    sha256 = document.source.source.sha256 if document.source else _sha256(data)
    return replace(document, metadata=stated.with_identifier(described, sha256))


def write(
    document: Document,
    format: str,  # noqa: A002  # as in read
    *,
    options: Mapping[str, Any] | None = None,
    context: Context | None = None,
) -> bytes:
    """Return a document in a format, as bytes.

    Args:
        document: What to write.
        format: A writer's name: epub, docx, tei, pdf, json, ...
        options: Options of the writer, e.g. `{"form": "reading"}` for tei.
        context: The clock, and where findings go; by default SOURCE_DATE_EPOCH or 1980, and they are dropped.

    Raises:
        OutputError: The format cannot hold the document.
        UsageError: The format or an option is unknown.
    """
    writer = make(writer_type(format), options or {})
    context = context or new_context()
    try:
        with _collector_paused():
            prepared = lower(document, context, getattr(writer, "lacks", frozenset()), format)
            data: bytes = writer.write(prepared, context)
    except RecursionError as error:
        raise OutputError(
            f"the document is nested too deeply for {format}", hint="Flatten its sections or quotes."
        ) from error
    return data


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector.

    Documents are trees without cycles, and its passes over the growing tree take half of the time of reading a book.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _bytes_of(source: Source) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, ""
    if isinstance(source, str | os.PathLike):
        return read_file(Path(source)), Path(source).name
    name = getattr(source, "name", "")
    return source.read(), Path(name).name if isinstance(name, str) else ""


def _sniff(data: bytes, name: str) -> str:
    """Return the reader that takes these bytes: the first that does not refuse, plain text last.

    Raises:
        InputError: All refuse; the hint has the reasons of each.
    """
    excuses = []
    for reader in sorted(reader_names(), key=lambda each: each == "text"):
        reason = reader_type(reader)().refuses(data, name)
        if not reason:
            return reader
        excuses.append(f"{reader}: {reason}")
    raise InputError("no reader takes this file", hint="; ".join(excuses) + ".")


def _sha256(data: bytes) -> str:
    from docpack.ledger import sha256_hex

    return sha256_hex(data)


# ----------------------------------------------------------------------------------------------- files to files


@dataclass(frozen=True, slots=True)
class Job:
    """One input and what is to become of it; a value that can travel to another process.

    `outputs` are pairs of format and path. `data` is the input's content where it does not come from a file.
    """

    source: str
    outputs: tuple[tuple[str, str], ...]
    format: str = ""
    options: Options = field(default_factory=dict)
    reader_options: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input.

    `outputs` maps formats to the files that were written, `errors` formats to what went wrong ("" stands for the
    reading). `data` holds outputs that were to go to standard output.
    """

    source: str
    outputs: dict[str, str]
    errors: dict[str, DocpackError]
    findings: tuple[Finding, ...]
    data: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether every output was written."""
        return not self.errors

    @property
    def exit_code(self) -> ExitCode:
        """The code of the first error, in the order of the formats asked for."""
        return next((error.exit_code for error in self.errors.values()), ExitCode.OK)


def convert(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str] = "",
    *,
    to: Sequence[str] = (),
    output_dir: str | os.PathLike[str] = "",
    format: str = "",  # noqa: A002  # as in read
    options: Options | None = None,
    reader_options: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
) -> Result:
    """Convert one file, to one output or to several formats at once.

    Args:
        source: The file to read.
        output: The file to write; its ending names the format unless `to` does.
        to: Formats; with several of them, or without `output`, files are named by the input.
        output_dir: Where those files go; by default beside the input. It is made if need be.
        format: The reader's name; by default the content decides.
        options: Options of the writers, by format.
        reader_options: Options of the reader.
        changes: Metadata that the user states; see `docpack.metadata`.

    Raises:
        DocpackError: The input cannot be read, or a format failed; the other formats are written all the same.
    """
    job = Job(
        os.fspath(source), plan(source, output, to, output_dir), format, options or {}, reader_options or {}, changes
    )
    result = run(job)
    for error in result.errors.values():
        raise error
    return result


def convert_many(
    sources: Iterable[str | os.PathLike[str]],
    *,
    to: Sequence[str],
    output_dir: str | os.PathLike[str] = "",
    format: str = "",  # noqa: A002  # as in read
    options: Options | None = None,
    reader_options: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Convert many files, lazily and in their order; a result for each, also where it failed.

    With an `executor` (any of `concurrent.futures`) the files go to its workers; at most 64 are under way at once.
    """
    jobs = (
        Job(os.fspath(each), plan(each, "", to, output_dir), format, options or {}, reader_options or {}, changes)
        for each in sources
    )
    if executor is None:
        yield from map(run, jobs)
        return
    from collections import deque

    window: deque[Any] = deque()
    for job in jobs:
        window.append(executor.submit(run, job))
        if len(window) >= 64:
            yield window.popleft().result()
    while window:
        yield window.popleft().result()


def plan(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    to: Sequence[str],
    output_dir: str | os.PathLike[str],
) -> tuple[tuple[str, str], ...]:
    """Return the formats and paths that an input is to be written to.

    Raises:
        UsageError: Neither an output nor a format is named, or they do not fit together.
    """
    formats = list(dict.fromkeys(to))
    if output:
        if output_dir:
            raise UsageError("both a file and a folder are named for the output", hint="Give -o FILE or -d DIR.")
        if len(formats) > 1:
            raise UsageError("one file cannot hold several formats", hint="Give a folder with -d DIR.")
        target = os.fspath(output)
        return ((formats[0] if formats else writer_for_path(target), target),)
    if not formats:
        raise UsageError("no output format is named", hint="Name it with -t, e.g. -t epub,pdf, or give -o FILE.")
    folder = Path(output_dir) if output_dir else Path(source).parent
    stem = stem_of(source)
    return tuple((name, str(folder / (stem + writer_type(name).format.suffixes[0]))) for name in formats)


def stem_of(source: str | os.PathLike[str]) -> str:
    """Return a file's name without its folder and last ending; `-` (standard input) is called stdin."""
    path = Path(source)
    return "stdin" if os.fspath(source) == "-" else path.stem or path.name


def run(job: Job) -> Result:
    """Do one job; errors of docpack become part of the result, others pass."""
    context = Context()
    outputs: dict[str, str] = {}
    errors: dict[str, DocpackError] = {}
    data: dict[str, bytes] = {}
    try:
        context = new_context(Path(job.source).name if job.source != "-" else "")
        source: Source = job.source if job.data is None else job.data
        document = read(source, format=job.format, options=job.reader_options, changes=job.changes, context=context)
    except DocpackError as error:
        return Result(job.source, outputs, {"": error}, tuple(context.findings))
    for name, target in job.outputs:
        try:
            made = write(document, name, options=job.options.get(name, {}), context=context)
            if target == "-":
                data[name] = made
            else:
                replace_file(Path(target), made)
            outputs[name] = target
        except DocpackError as error:
            errors[name] = error
    return Result(job.source, outputs, errors, tuple(context.findings), data)
