"""Wires readers and writers: bytes to documents, with what the user states, and documents to bytes."""

from __future__ import annotations

import contextlib
import gc
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from docpack.clock import source_date_epoch
from docpack.context import EPOCH_1980_S, Context
from docpack.errors import InputError, OutputError, UsageError
from docpack.files import read_file
from docpack.findings import Code
from docpack.plugins import NamedBytes, make, options_of, reader_names, reader_type, writer_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpack.ledger import SourceText
    from docpack.metadata import Changes
    from docpack.model import Document

__all__ = [
    "OVERRIDES_SUFFIX",
    "OpenedSource",
    "Source",
    "new_context",
    "open_source",
    "overrides_beside",
    "read",
    "sniff",
    "write",
]

OVERRIDES_SUFFIX = ".docpack.toml"  # after the whole name of the text: in.txt.docpack.toml
Source: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO"


def new_context(name: str = "") -> Context:
    """Return a context whose clock is SOURCE_DATE_EPOCH, or 1980-01-01 where that is not set.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no whole number of seconds.
    """
    epoch = source_date_epoch()
    return Context(timestamp_s=EPOCH_1980_S if epoch is None else epoch, name=name)


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

    Where the source is a path and its reader takes overrides, those in the file beside it count (`in.txt.docpack.toml`
    for `in.txt`), unless `options` has others.

    Args:
        source: A path, the bytes themselves, or a file opened for binary reading.
        format: A reader's name; by default the content decides.
        name: The file name to go by where `source` has none.
        options: Options of the reader, e.g. `{"encoding": "windows-1252"}`.
        changes: Metadata that the user states; see `docpack.metadata`.
        context: Where findings go; by default they are dropped.

    Raises:
        InputError: It cannot be read as what it claims to be.
        UsageError: The format or an option is unknown, or the overrides make no sense.
    """
    from docpack import metadata as stated

    data, found_name = _bytes_of(source)
    context = context or new_context()
    context.name = name or context.name or found_name
    kind = reader_type(format or sniff(data, context.name))
    reader = make(kind, _with_overrides(kind, source, options or {}))
    try:
        with _collector_paused():
            document: Document = reader.read(data, context)
    except RecursionError as error:
        raise InputError("the document is nested too deeply to be read") from error
    described = stated.apply(changes, document.metadata) if changes else document.metadata
    if changes:
        _take_back(context, changes)
    for message in changes.ignored if changes else ():
        context.report(Code.M005, file="metadata file", message=message)
    if document.source and document.source.source.boxes:
        _name_pages(context, document.source.source)
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
    from docpack.lowering import lower

    writer = make(writer_type(format), options or {})
    context = context or new_context()
    try:
        if not document.metadata.identifier.value:
            document = _identified(document)
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
    Afterwards what was made counts as old, so that no pass over all of it follows at once.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if hasattr(gc, "freeze") and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
            gc.enable()


def _identified(document: Document) -> Document:
    """Return a document that was made by a program with an identifier of its content, the same for all formats."""
    import json

    from docpack import metadata
    from docpack.codec import encode

    content = json.dumps(encode(document), sort_keys=True).encode("ascii")
    return replace(document, metadata=metadata.with_identifier(document.metadata, _sha256(content)))


def _take_back(context: Context, changes: Changes) -> None:
    """Take back what was told of guesses that the user's word replaces."""
    replaced = {Code.M001, Code.M002} if changes.title is not None else set()
    replaced |= {Code.M003, Code.M004} if changes.language is not None else set()
    context.findings[:] = [finding for finding in context.findings if finding.code not in replaced]


def _name_pages(context: Context, source: SourceText) -> None:
    """Say of findings on which page their line stands."""
    context.findings[:] = [
        replace(each, page=source.page_of(each.line)) if each.line and not each.page else each
        for each in context.findings
    ]


def overrides_beside(source: str | os.PathLike[str]) -> Path:
    """Return where the overrides of a text are looked for."""
    return Path(f"{os.fspath(source)}{OVERRIDES_SUFFIX}")


def _with_overrides(kind: type[Any], source: Source, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options with what stands in the overrides file beside the source.

    Raises:
        UsageError: The file is there and cannot be read.
    """
    if not isinstance(source, str | os.PathLike) or options.get("overrides") is not None:
        return options
    path = overrides_beside(source)
    if not os.path.exists(path) or all(  # noqa: PTH110  # where pathlib raises, it says no
        each.name != "overrides" for each in options_of(kind)
    ):
        return options
    try:
        return {**options, "overrides": NamedBytes(read_file(path), path.name)}
    except InputError as error:
        raise UsageError(error.message, hint=error.hint) from error


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A file that was read once, who reads it, and the options with the overrides beside it: all that `read` needs."""

    data: bytes
    reader: str
    options: Mapping[str, Any]


def open_source(path: str, format: str, options: Mapping[str, Any]) -> OpenedSource:  # noqa: A002  # as in read
    """Return a file's content, the reader that takes it, and the options with what stands in the overrides beside it.

    Raises:
        InputError: It cannot be read, or no reader takes it.
        UsageError: The overrides cannot be read.
    """
    data, name = _bytes_of(path)
    reader = format or sniff(data, name)
    return OpenedSource(data, reader, _with_overrides(reader_type(reader), path, options))


def _bytes_of(source: Source) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, ""
    if isinstance(source, str | os.PathLike):
        if os.fspath(source).endswith(OVERRIDES_SUFFIX):
            text = os.fspath(source).removesuffix(OVERRIDES_SUFFIX)
            raise UsageError(f"{os.fspath(source)} holds overrides and is no text", hint=f"Name the text: {text}.")
        return read_file(Path(source)), Path(source).name
    name = getattr(source, "name", "")
    data = source.read()
    if not isinstance(data, bytes):
        raise UsageError("the file is open as text", hint='Open it with mode "rb", or give its path.')
    return data, Path(name).name if isinstance(name, str) else ""


def sniff(data: bytes, name: str) -> str:
    """Return the reader that takes these bytes: the first that does not refuse, plain text last.

    Raises:
        InputError: The file is not what its name says, or all refuse; the hint has the reasons.
    """
    excuses = []
    for reader in sorted(reader_names(), key=lambda each: each == "text"):
        kind = reader_type(reader)
        reason = kind().refuses(data, name)
        if not reason:
            return reader
        if data and name.lower().endswith(kind.format.suffixes):
            raise InputError(
                f"it is no {reader}, as its name says: {reason}",
                hint="Name what it is with -f, such as -f text, or get the file again.",
            )
        excuses.append(f"{reader}: {reason}")
    raise InputError("no reader takes this file", hint="; ".join(excuses) + ".")


def _sha256(data: bytes) -> str:
    from docpack.ledger import sha256_hex

    return sha256_hex(data)
