"""What lines have in common with others of the text: rows of numbers, markers and names, speech, runs of lines."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from docpack.numerals import roman_value
from docpack.reflow.measures import OPENERS
from docpack.reflow.shapes import LONGEST_MARKER, item_marker, ordinal_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.shapes import Shape

__all__ = ["alphabetical_rows", "counted_items", "echoes", "marker_rows", "number_rows", "runs", "speakers", "speech"]


FAR = 60  # lines; a marker so far from the one before it begins a list of its own


def marker_rows(lines: Sequence[Line]) -> dict[int, str]:
    """Return the lines whose list marker goes on from or before another one: its kind, "first" or "next".

    Markers go on from others at the same left edge, so that lists may stand inside lists.
    """
    last: dict[tuple[str, int], tuple[int, int]] = {}  # by marker and left edge: its place and value
    made: dict[int, str] = {}
    for at, line in enumerate(lines):
        match = item_marker(line.text)
        if not match:
            continue
        marker = match[1]
        is_ordinal = marker[-1] in ".)"
        kind = "ordinal" if is_ordinal else "bullet"
        key = (re.sub(r"\w+", "#", marker), line.indent)
        value = ordinal_value(marker) if is_ordinal else 0
        old = last.get(key)
        if old and at - old[0] <= FAR and (not is_ordinal or value == old[1] + 1):
            made.setdefault(old[0], f"{kind} first")
            made[at] = f"{kind} next"
        last[key] = (at, value)
    return made


MIN_COUNTED = 3  # markers in a row that are a list beyond doubt


def counted_items(lines: Sequence[Line]) -> set[int]:
    """Return the lines that are list items beyond doubt: "a)", "b)", "c)" from the first on, at one left edge.

    Numbers with a stop may be those of sections, and "(1)", "(2)" count paragraphs, too.
    """
    open_rows: dict[tuple[str, int], list[int]] = {}  # by marker and left edge
    made: set[int] = set()
    for at, line in enumerate(lines):
        match = item_marker(line.text) if ")" in line.text[:LONGEST_MARKER] else None
        if not match or match[1][-1] != ")" or match[1][0] == "(":
            continue
        key = (re.sub(r"\w+", "#", match[1]), line.indent)
        row = open_rows.get(key, [])
        value = ordinal_value(match[1])
        if row and at - row[-1] <= FAR and value == len(row) + 1:
            row.append(at)
        else:
            row = [at] if value == 1 else []
        open_rows[key] = row
        if len(row) == MIN_COUNTED:
            made.update(row)
        elif len(row) > MIN_COUNTED:
            made.add(at)
    return made


def echoes(lines: Sequence[Line], shapes: list[Shape]) -> set[int]:
    """Return the lines whose words are the first ones of the next line: the titles of poems that are named by it."""
    made = set()
    for at, (line, after) in enumerate(zip(lines, lines[1:], strict=False)):
        text = line.text
        if shapes[at].length < 0.7 and len(text) > 3 and after.text[:3].casefold() == text[:3].casefold():
            words = "".join(filter(str.isalnum, text.casefold()))
            following = "".join(filter(str.isalnum, after.text.casefold()))
            if words and following.startswith(words) and following != words:
                made.add(at)
    return made


_ROW = re.compile(r"(?:([^\W\d_]{2,12}) )?(?:(\d{1,3}(?:\.\d{1,3})*)|([IVXLC]{1,7}))(?:[.):]|(?=\s)|$)[:—–-]? ?")
MAX_STRAY = 4  # numbers of a kind among which the one is looked for that another counts on from


def number_rows(lines: Sequence[Line], shapes: list[Shape]) -> dict[int, str]:
    """Return the lines that begin with numbers counting on through the text, as those of chapters do: the number's kind."""
    seen: dict[str, list[tuple[tuple[int, ...], int]]] = {}  # the last numbers of a kind; a stray one may lie between
    made: dict[int, str] = {}
    for at, line in enumerate(lines):
        text = line.text
        if not (text[0].isalnum() and (match := _ROW.match(text))) or shapes[at].length > 0.9:
            continue
        word = (match[1] or "").casefold()
        if match[2]:
            value = tuple(int(each) for each in match[2].split("."))
        else:
            number = roman_value(match[3])
            if not number:
                continue
            value = (number,)
        kind = f"{'word' if word else 'roman' if match[3] else 'dotted' if len(value) > 1 else 'number'}"
        if match.end() >= len(text):
            kind += " alone"
        key = f"{word} {kind}"
        before = seen.setdefault(key, [])
        old = next((each for each in reversed(before) if _counts_on(each[0], value) and at - each[1] > 1), None)
        if old:
            made[at] = kind
            made.setdefault(old[1], kind)
        before.append((value, at))
        del before[:-MAX_STRAY]
    return made


def _counts_on(old: tuple[int, ...], value: tuple[int, ...]) -> bool:
    """Tell whether a number follows another: 3 2, 1.3 1.2, 2.1 1.7, 1.2.1 1.2."""
    if len(value) == len(old):
        different = [place for place, (a, b) in enumerate(zip(old, value, strict=True)) if a != b]
        if not different:
            return False
        place = different[0]
        return value[place] == old[place] + 1 and all(each == 1 for each in value[place + 1 :])
    if len(value) > len(old):
        return value[: len(old)] == old and all(each == 1 for each in value[len(old) :])
    return value[:-1] == old[: len(value) - 1] and value[-1] == old[len(value) - 1] + 1


MIN_TERMS = 6  # short lines in alphabetical order; by chance one in 720 such rows is


def alphabetical_rows(lines: Sequence[Line], shapes: list[Shape], shorts: list[bool]) -> dict[int, str]:
    """Return the lines that may be the heads of a dictionary: short, without a stop, in alphabetical order."""
    rows = [
        at
        for at in range(len(lines) - 1)
        if shorts[at]
        and shapes[at].length < 0.5
        and not shapes[at].ended
        and shapes[at].ends in ("letter", "quote", "sign")
        and shapes[at].starts in ("upper", "lower", "quote", "quote-lower")
        and lines[at].text.count(" ") < 4
        and (not at or shapes[at - 1].ended)
        and shapes[at + 1].starts != "lower"
    ]
    made: dict[int, str] = {}
    run: list[int] = []
    for at in [*rows, -1]:
        key = _sort_key(lines[at].text) if at >= 0 else ""
        if run and key < _sort_key(lines[run[-1]].text):
            if len(run) >= MIN_TERMS:
                made.update(dict.fromkeys(run, "alphabetical"))
            run = []
        run.append(at)
    return made


def _sort_key(text: str) -> str:
    return text.lstrip(OPENERS).casefold()


_MARKS = re.compile('[“”«»„"]')
_BEFORE_OPENER = " ([—–-\u2014‘“«¡¿"


def speech(lines: Sequence[Line]) -> list[str]:
    """Return for each line whether speech is open at its end, closed there, or none was met for some lines.

    A mark of quotation opens where a blank or nothing stands before it, whatever its shape: languages differ.
    """
    made: list[str] = []
    state, age = "none", 0
    for line in lines:
        text = line.text
        age += 1
        for match in _MARKS.finditer(text):
            at = match.start()
            opens = at == 0 or text[at - 1] in _BEFORE_OPENER
            state, age = ("open" if opens else "closed"), 0
        if age > MAX_SPEECH_LINES:
            state = "none"
        made.append(state)
    return made


MAX_SPEECH_LINES = 30  # after which a mark of quotation is forgotten
_SPEAKER = re.compile(r"([^\W\d_][\w’'-]*\.?(?: [^\W\d_][\w’'-]*\.?){0,2}?)[.:] ?(?=\S)")
MIN_SPEECHES = 3  # lines that begin with a name, for it to be a speaker's


def speakers(lines: Sequence[Line]) -> dict[int, str]:
    """Return the lines that begin with a name and a stop as speeches of plays do, and how many of that name there are."""
    found: dict[int, str] = {}
    counter: Counter[str] = Counter()
    for at, line in enumerate(lines):
        if line.text[0].isupper() and (match := _SPEAKER.match(line.text)):
            found[at] = match[1]
            counter[match[1]] += 1
    return {
        at: "often" if counter[name] > 2 * MIN_SPEECHES else "some"
        for at, name in found.items()
        if counter[name] >= MIN_SPEECHES
    }


def runs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return for each line where the lines begin and end that stand together: no blank line, no new left edge."""
    made: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].blanks or lines[at].turn is not None or _edge_changes(lines, start, at):
            made += [(start, at)] * (at - start)
            start = at
    return made


def _edge_changes(lines: Sequence[Line], start: int, at: int) -> bool:
    shift = lines[at].indent - lines[at - 1].indent
    return shift != 0 and not (at - 1 == start and shift < 0)  # a first line is indented on its own
