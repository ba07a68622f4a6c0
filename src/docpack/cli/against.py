"""`docpack verify OUTPUT... --against SOURCE`: whether outputs hold what their source holds, whoever made them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import read_stdin, say_error, write_stdout
from docpack.cli.options import PluginOptions, asked_formats, check_overrides_beside, reader_settings
from docpack.conversion import new_context, read
from docpack.errors import DocpackError, ExitCode, UsageError
from docpack.files import read_file
from docpack.findings import place_in
from docpack.verify.conservation import Reference
from docpack.verify.outputs import format_of
from docpack.verify.report import figures, in_context

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from docpack.model import Document
    from docpack.verify.conservation import Conservation

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str] = ()) -> None:
    """Add the arguments that say how the source is read."""
    parser.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the source is")
    of_readers = PluginOptions.of_readers(asked_formats(arguments)[1])
    of_readers.add_to(parser, "options of the format of the source")
    parser.set_defaults(of_readers=of_readers)


def run(parsed: argparse.Namespace) -> int:
    """Compare each output with the source; exit with 5 where one does not hold it.

    Raises:
        InputError: The source cannot be read.
        UsageError: Standard input is named twice.
    """
    outputs: list[str] = parsed.packages
    if [*outputs, parsed.against].count("-") > 1:
        raise UsageError("standard input is named twice", hint="It can be read once.")
    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it says of a broken PDF ends in our message
    document = _read(parsed)
    reference = Reference(document)
    codes, made = [], []
    for name in outputs:
        try:
            data = read_stdin() if name == "-" else read_file(Path(name))
            found = reference.check(data, format_of(data))
        except DocpackError as error:
            say_error(name, error)
            codes.append(error.exit_code)
            made.append({"output": name, "ok": False, "exit_code": int(error.exit_code), "error": error.message})
            continue
        codes.append(ExitCode.OK if found.ok else ExitCode.VERIFICATION)
        made.append({"output": name, "source_file": parsed.against, **found.to_json(), "exit_code": int(codes[-1])})
        if not parsed.json:
            _print("".join(f"{line}\n" for line in _lines(name, parsed.against, found, document)))
    if parsed.json:
        _print(json.dumps({"results": made}, indent=1) + "\n")
    failed = [code for code in codes if code]
    if not failed:
        return ExitCode.OK
    return failed[0] if len(codes) == 1 else ExitCode.FAILED


def _read(parsed: argparse.Namespace) -> Document:
    check_overrides_beside(parsed.against, parsed)
    from_format, options = reader_settings(parsed)
    name = "" if parsed.against == "-" else Path(parsed.against).name
    source = read_stdin() if parsed.against == "-" else parsed.against
    return read(source, format=from_format, options=options, context=new_context(name))


def _print(text: str) -> None:
    write_stdout(text.encode("utf-8", "backslashreplace"))


def _lines(name: str, source: str, found: Conservation, document: Document) -> Iterator[str]:
    """Yield the verdict, the balance sheet, and each difference with its place in the source."""
    verdict = "conserved" if found.ok else "NOT CONSERVED"
    places = (
        "" if found.ok else ": it differs in 1 place" if found.count == 1 else f": it differs in {found.count} places"
    )
    yield f"{name} ({found.format}) against {source}: {verdict}{places}"
    yield from (f"  {line}" for line in figures(found))
    for each in found.differences:
        what, *readings = in_context(each)
        page = document.source.source.page_of(each.line or 0) if document.source else ""
        yield f"{place_in(source, each.line, page)}: {what}"
        yield from readings
    untold = found.count - sum(not each.ok for each in found.differences)
    if untold > 0:
        yield f"{untold} more are not shown"
