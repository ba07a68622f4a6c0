"""`docpack explain INPUT`: the ledger, edit by edit, for people or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import read_stdin, write_stdout
from docpack.cli.options import PluginOptions
from docpack.conversion import new_context, read
from docpack.errors import UsageError
from docpack.ledger import account, to_json
from docpack.plugins import reader_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpack.ledger import Ledger

__all__ = ["add_arguments", "run"]

_SHOWN = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\f": "␌", "\u00ad": "␭", "\x85": "␤"}


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("input", metavar="INPUT", help="the file to explain; - is standard input")
    parser.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the input is")
    parser.add_argument("--line", type=int, metavar="N", help="only the decisions on this line of the source")
    parser.add_argument("--json", action="store_true", help="print the ledger as JSON")
    of_readers = PluginOptions.of_readers(reader_names())
    of_readers.add_to(parser, "options of the formats read")
    parser.set_defaults(of_readers=of_readers)


def run(parsed: argparse.Namespace) -> int:
    """Print the ledger.

    Raises:
        UsageError: The input has no ledger, or not that many lines.
    """
    given = parsed.of_readers.values(parsed)
    options = {key: value for each in given.values() for key, value in each.items()}
    context = new_context()
    source = read_stdin() if parsed.input == "-" else parsed.input
    document = read(source, format=parsed.from_format or next(iter(given), ""), options=options, context=context)
    if document.source is None:
        raise UsageError(
            f"{parsed.input} has no ledger: it is a document already", hint="Explain the text it came from."
        )
    described = to_json(document.source)
    if parsed.line is not None:
        described["edits"] = _on_line(described["edits"], parsed.line, document.source)
    text = json.dumps(described, ensure_ascii=False) + "\n" if parsed.json else _table(described, document.source)
    write_stdout(text.encode("utf-8", "backslashreplace"))
    return 0


def _on_line(edits: list[dict[str, Any]], line: int, ledger: Ledger) -> list[dict[str, Any]]:
    """Return the edits that touch a line: those that begin on it, and the one that ends the line before."""
    from docpack.ledger import line_starts

    starts = line_starts(ledger.source.text)
    if not 1 <= line <= len(starts):
        raise UsageError(f"there is no line {line}", hint=f"The source has lines 1 to {len(starts)}.")
    begin = starts[line - 1]
    stop = starts[line] if line < len(starts) else len(ledger.source.text) + 1
    return [edit for edit in edits if edit["start"] < stop and edit["stop"] >= begin]


def _table(described: dict[str, Any], ledger: Ledger) -> str:
    source, balance = described["source"], account(ledger)
    rows = [
        f"{source['characters']} characters, {source['encoding']}, line ends {source['newline']}, sha256 {source['sha256']}",
        f"{balance.kept} characters kept, {balance.white_space} of white space, "
        + (", ".join(f"{count} dropped by {rule}" for rule, count in balance.dropped.items()) or "none dropped"),
        "",
        "  line  sure  rule             source -> reading   reason",
    ]
    for edit in described["edits"]:
        change = f"{_show(edit['source'])} -> {_show(edit['reading'])}"
        rows.append(
            f"{edit['line']:>6}  {edit['confidence']:.2f}  {edit['rule']:<16} {change:<19} {edit['reason']}".rstrip()
        )
    return "\n".join(rows) + "\n"


def _show(text: str) -> str:
    """Return a short, visible form of a piece of text."""
    shown = "".join(_SHOWN.get(char) or (char if char.isprintable() else f"U+{ord(char):04X}") for char in text)
    if not shown:
        return "∅"
    return shown if len(shown) <= 40 else f"{shown[:30]}…{shown[-8:]}"
