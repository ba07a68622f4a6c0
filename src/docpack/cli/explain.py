"""`docpack explain INPUT`: the decisions on a text, for people, as JSON, or as an overrides file to start from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import read_stdin, write_stdout
from docpack.cli.options import PluginOptions, check_overrides_beside, confidence, reader_settings
from docpack.conversion import new_context, read
from docpack.errors import UsageError
from docpack.files import replace_file
from docpack.judgements import UNSURE_BELOW, how_sure, judgements, name_of, sentences, unsure
from docpack.ledger import account, line_starts, to_json
from docpack.plugins import reader_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from docpack.judgements import Judgement
    from docpack.ledger import Box, Ledger

__all__ = ["add_arguments", "run"]

_SHOWN = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\f": "␌", "\u00ad": "␭", "\x85": "␤"}
_BLOCKS = frozenset({"paragraph", "heading", "quote", "verse", "list-item", "term", "note", "code", "scene-break"})
_MAX_QUOTE_CHARACTERS = 100


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("input", metavar="INPUT", help="the file to explain; - is standard input")
    parser.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the input is")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--line", type=int, metavar="N", help="tell in words what was decided on this line, and why")
    what.add_argument(
        "--unsure",
        type=confidence,
        nargs="?",
        const=UNSURE_BELOW,
        metavar="P",
        help=f"list the decisions less sure than P ({UNSURE_BELOW:g}), the most doubtful first",
    )
    what.add_argument(
        "--suggest",
        type=confidence,
        nargs="?",
        const=UNSURE_BELOW,
        metavar="P",
        help="write an overrides file with these decisions, ready to be changed",
    )
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where --suggest writes to; a new file")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    of_readers = PluginOptions.of_readers(reader_names())
    of_readers.add_to(parser, "options of the formats read")
    parser.set_defaults(of_readers=of_readers)


def run(parsed: argparse.Namespace) -> int:
    """Print what was decided.

    Raises:
        UsageError: The input has no ledger, or not that many lines; the options do not fit together.
    """
    _check(parsed)
    check_overrides_beside(parsed.input, parsed)
    from_format, options = reader_settings(parsed)
    context = new_context()
    source = read_stdin() if parsed.input == "-" else parsed.input
    document = read(source, format=from_format, options=options, context=context)
    ledger = document.source
    if ledger is None:
        raise UsageError(
            f"{parsed.input} has no ledger: it is a document already", hint="Explain the text it came from."
        )
    data = _answer(parsed, ledger, context.name).encode("utf-8", "backslashreplace")
    if parsed.output == "-":
        write_stdout(data)
    else:
        replace_file(Path(parsed.output), data)
    return 0


def _check(parsed: argparse.Namespace) -> None:
    """Refuse options that do not fit together.

    Raises:
        UsageError: They do not.
    """
    if parsed.json and parsed.suggest is not None:
        raise UsageError("an overrides file is TOML, not JSON", hint="Leave out --json, or give --unsure instead.")
    if parsed.output == "-":
        return
    if parsed.suggest is None:
        raise UsageError("-o is for the overrides file of --suggest", hint="Redirect the output: > FILE.")
    if os.path.lexists(parsed.output):
        # Not replaced as other outputs are: it may hold the decisions of a person, which are in no other place.
        raise UsageError(
            f"{parsed.output} is there already, and may hold decisions of yours",
            hint="Give another name, and put the two together yourself.",
        )


def _answer(parsed: argparse.Namespace, ledger: Ledger, name: str) -> str:
    if parsed.suggest is not None:
        from docpack.reflow.suggestions import suggest

        return suggest(ledger, name, parsed.suggest)
    if parsed.unsure is not None:
        found = unsure(ledger, parsed.unsure)
        if parsed.json:
            told = {"below": parsed.unsure, "unsure": [each.to_json() for each in found]}
            return json.dumps(told, ensure_ascii=False) + "\n"
        return "".join(_places(found, parsed.unsure))
    described = to_json(ledger)
    if parsed.line is not None:
        begin, stop = _line_range(ledger, parsed.line)
        described["edits"] = [edit for edit in described["edits"] if edit["start"] < stop and edit["stop"] >= begin]
        if box := ledger.source.box_of(parsed.line):
            described["place"] = _placed(ledger, parsed.line, box)
        if not parsed.json:
            return "\n".join(_told(ledger, parsed.line, described["edits"])) + "\n"
    return json.dumps(described, ensure_ascii=False) + "\n" if parsed.json else _table(described, ledger)


def _placed(ledger: Ledger, line: int, box: Box) -> dict[str, Any]:
    """Return where a line stands, as a JSON object."""
    corners = zip(("left", "top", "right", "bottom"), box[1:], strict=True)
    return {
        "page": ledger.source.page_of(line),
        "index": box.page,
        **{side: round(value, 2) for side, value in corners},
    }


def _line_range(ledger: Ledger, line: int) -> tuple[int, int]:
    """Return where a line begins, and where the next one does.

    Raises:
        UsageError: There is no such line.
    """
    starts = line_starts(ledger.source.text)
    if not 1 <= line <= len(starts):
        raise UsageError(f"there is no line {line}", hint=f"The source has lines 1 to {len(starts)}.")
    return starts[line - 1], starts[line] if line < len(starts) else len(ledger.source.text) + 1


# ----------------------------------------------------------------------------------------------------- one line


def _told(ledger: Ledger, line: int, edits: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what was decided on a line: the line and the one before as a quotation, and then sentences."""
    text, starts = ledger.source.text, line_starts(ledger.source.text)
    lines = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    before = next((number for number in range(line - 1, 0, -1) if lines[number - 1]), 0)
    for number in filter(None, (before, line)):
        yield f"{number:>6} | {_cut(lines[number - 1])}"
    yield from _place(ledger, line)
    yield ""
    every = judgements(ledger)
    readings = {edit["start"]: edit["reading"] for edit in edits}
    about = [each for each in every if each.line == line]
    if not lines[line - 1]:
        begin, stop = _line_range(ledger, line)
        about = [each for each in every if each.start < stop and each.stop >= begin and each.line != line]
        yield f"Line {line} is white space."
    for each in about:
        yield sentences(each, readings.get(each.start, ""))
    block = _block_of(every, line)
    if block is not None and block.line != line and lines[line - 1]:
        yield f"It is part of {name_of(block.decision)} that begins with line {block.line}."
    decided = {each.start for each in every}
    others = [edit for edit in edits if edit["start"] not in decided and edit["line"] == line and not _is_gap(edit)]
    for edit in others:
        reading = f"reads as {_show(edit['reading'])}" if edit["reading"] else "is left out"
        yield f"On line {line}, {_show(edit['source'])} {reading}: {edit['reason'] or edit['rule']}."
    if not about and not others and block is None:
        yield f"Nothing was decided on line {line}: it stands as it is."


def _place(ledger: Ledger, line: int) -> Iterator[str]:
    """Yield where a line stands on its page, if that is known."""
    box = ledger.source.box_of(line)
    if box is None:
        return
    number, count = box.page + 1, len(ledger.source.pages)
    name = ledger.source.page_of(line)
    page = f"Page {name}" if name == str(number) else f"Page {name} (page {number} of the file)"
    yield (
        f"{page}, of {count}: {box.left:.1f} to {box.right:.1f} points from the left edge, "
        f"{box.top:.1f} to {box.bottom:.1f} from the top."
    )


def _is_gap(edit: dict[str, Any]) -> bool:
    """Tell whether an edit is about the white space between two lines, or is nothing to tell of."""
    return not edit["source"] or any(end in edit["source"] for end in "\n\r\f\v\x85\u2028\u2029")


def _block_of(every: Sequence[Judgement], line: int) -> Judgement | None:
    """Return the beginning of the block that a line is part of; None where it is dropped, or not known."""
    found = None
    for each in every:
        if each.line == line and each.decision == "drop":
            return None
        if each.line > line:
            continue
        if each.decision in _BLOCKS and not each.is_inside:
            found = each
    return found


def _cut(text: str) -> str:
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return shown if len(shown) <= _MAX_QUOTE_CHARACTERS else f"{shown[:_MAX_QUOTE_CHARACTERS]}…"


# ------------------------------------------------------------------------------------------------------ doubts


def _places(found: Sequence[Judgement], below: float) -> Iterator[str]:
    decisions = "decision is" if len(found) == 1 else "decisions are"
    yield f"{len(found) or 'no'} {decisions} less than {below:g} sure\n"
    for each in found:
        place = _cut(each.after) if each.decision == "drop" else f"{_cut(each.before)} ⏎ {_cut(each.after)}"
        yield f"\n{each.where}: {each.decision}\n    {place}\n    {each.why or each.rule}. {how_sure(each)}\n"


# -------------------------------------------------------------------------------------------------- the ledger


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
