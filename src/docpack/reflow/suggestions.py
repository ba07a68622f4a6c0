"""An overrides file for the places that are worth a look: each entry says what was decided, ready to be changed.

Given back as it is, the file changes nothing but how sure the decisions are. So an entry for a block of several lines
is a range: a ruling on its first line alone would leave open what the others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.judgements import UNSURE_BELOW, Judgement, judgements, name_of, shown
from docpack.ledger import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpack.ledger import Ledger

__all__ = ["suggest"]

_MAX_ANCHOR_CHARACTERS = 60
_MAX_COMMENT_CHARACTERS = 200
_HYPHENS = frozenset({"keep-hyphen", "join-hyphen"})
_PLACED = frozenset({"drop", "correct"})
_NOT_BLOCKS = frozenset({"join", "keep", *_HYPHENS, *_PLACED})
_ONE_LINE = _NOT_BLOCKS | {"paragraph"}
_UNSAID = frozenset({"correct", "keep"})  # these are somebody's decisions, or no decisions at all
_WORDS = "join, paragraph, heading, quote, verse, list-item, term, note, code, scene-break, drop, keep, keep-hyphen, join-hyphen"


def suggest(ledger: Ledger, name: str, below: float = UNSURE_BELOW) -> str:
    """Return an overrides file with the decisions of a ledger that are less sure than `below`, as they are.

    Args:
        ledger: The ledger of the text.
        name: The text's file name, for the comment at the head.
        below: How sure a decision has to be to be left out.
    """
    lines = [" ".join(line.split()) for line in split_lines(ledger.source.text)]
    made = list(_entries(judgements(ledger), lines, below))
    count = f"{len(made)} decisions" if len(made) != 1 else "1 decision"
    head = (
        f"# {_comment(name or 'This text')}: {count} that docpack is less than {below:g} sure of, as they are now.\n"
        f"# Change what is wrong, and take out what you do not want to fix.\n"
        f"# A decision is one of: {_WORDS}.\n"
    )
    return head + "".join(made)


def _entries(every: Sequence[Judgement], lines: list[str], below: float) -> Iterator[str]:
    begin = -1  # the judgement that the block of the line begins with
    written = -2  # the last of these that has its entry
    for index, each in enumerate(every):
        inside = each.decision in _NOT_BLOCKS or each.is_inside
        if not inside:
            begin = index
        if each.confidence >= below or each.decision in _UNSAID:
            continue
        if each.decision in _ONE_LINE:
            yield _entry(each, lines, each.line, each.line)
        elif begin != written:
            written = begin
            first = every[begin].line if begin >= 0 else _line_before(lines, each.line)
            yield _entry(each, lines, first, _last_line(every, index, lines))


def _last_line(every: Sequence[Judgement], index: int, lines: list[str]) -> int:
    """Return the last line of the block that a judgement belongs to."""
    last = every[index].line
    for each in every[index + 1 :]:
        if each.decision in _HYPHENS:
            last = _line_after(lines, each.line)
        elif each.decision == "join" or each.is_inside:
            last = each.line
        elif each.decision not in _PLACED:
            break
    return last


def _line_before(lines: list[str], number: int) -> int:
    return next((each for each in range(number - 1, 0, -1) if lines[each - 1]), number)


def _line_after(lines: list[str], number: int) -> int:
    return next((each for each in range(number + 1, len(lines) + 1) if lines[each - 1]), number)


def _entry(judgement: Judgement, lines: list[str], first: int, last: int) -> str:
    others = ", ".join(f"{name_of(what)} ({chance:.2f})" for what, chance in judgement.considered)
    page = f"page {_comment(judgement.page)}, " if judgement.page else ""
    made = f"\n# {page}{shown(judgement.confidence)} sure: {_comment(judgement.why)}\n"
    if others:
        made += f"# also considered: {_comment(others)}\n"
    if judgement.decision in _HYPHENS:
        made += f"# the line after it: {_comment(judgement.after)}\n"
    elif judgement.before and judgement.decision != "drop":
        made += f"# the line before: {_comment(judgement.before)}\n"
    made += f"[[override]]\ntext = {_quoted(_anchor(lines[first - 1]))}\nline = {first}\n"
    if last > first:
        made += f"to = {_quoted(_anchor(lines[last - 1]))}\nto-line = {last}\n"
    return f'{made}decision = "{judgement.decision}"\n'


def _anchor(line: str) -> str:
    """Return the first words of a line, enough to find it again."""
    if len(line) <= _MAX_ANCHOR_CHARACTERS:
        return line
    return line[:_MAX_ANCHOR_CHARACTERS].rpartition(" ")[0] or line[:_MAX_ANCHOR_CHARACTERS]


def _quoted(text: str) -> str:
    r"""Return a TOML string.

    >>> print(_quoted('say "a\\b"'))
    "say \"a\\b\""
    """
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _comment(text: str) -> str:
    """Return text that may stand in a comment of TOML: one line, nothing that does not print."""
    shown = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    return shown if len(shown) <= _MAX_COMMENT_CHARACTERS else f"{shown[:_MAX_COMMENT_CHARACTERS]}…"
