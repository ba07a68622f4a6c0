"""Pages: where they turn, what is printed at their edges again and again, and their numbers.

A line is taken for furniture (running head, folio) only on two kinds of evidence together: it stands at a page's edge,
and it is repeated there or carries a number that counts with the pages. Without form feeds the page's edge is not
known; then the number must count up through the document in regular distances. What is taken out stands in the
ledger and in the TEI, so that a wrong decision loses nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from docpack.numerals import roman_value

if TYPE_CHECKING:
    from docpack.reflow.lines import Line

__all__ = ["find_furniture", "mark_turns"]

EDGE_LINES = 3  # running head, folio and a second line of the head, counted from the page's edge inwards
MIN_PAGES = 2  # below this nothing can be repeated
MAX_HEAD_COLUMNS = 90
MAX_SHARE = 0.2  # of all characters; more is no furniture but a text that repeats itself, and nothing is taken out
_FOLIO = re.compile(
    r"(?:page |p\. ?|- ?|– ?|— ?|\[|\()?(\d{1,4}|[ivxlcdmIVXLCDM]{1,8})(?: ?-| ?–| ?—|\]|\))?", re.IGNORECASE
)
_OF_PAGES = re.compile(r"(?:page )?(\d{1,4})(?: of | ?/ ?)\d{1,4}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"[\[(]?(\d{1,4})[\])]?[\s.|:·•–—-]+(\D.*)")
_NUMBER_LAST = re.compile(r"(.*\D)[\s.|:·•–—-]+[\[(]?(?:page |p\. ?)?(\d{1,4})[\])]?", re.IGNORECASE)


def find_furniture(lines: list[Line]) -> dict[int, str]:
    """Mark the running heads and folios among the lines; return the printed number of each page that shows one."""
    if not lines:
        return {}
    labels: dict[int, str] = {}
    if lines[-1].page >= MIN_PAGES - 1:
        labels = _with_form_feeds(lines)
    else:
        _without_form_feeds(lines)
    taken = [line for line in lines if line.furniture]
    if taken and sum(len(line.text) for line in taken) > MAX_SHARE * sum(len(line.text) for line in lines):
        for line in taken:
            line.furniture = False
        return {}
    return labels


def mark_turns(lines: list[Line], labels: dict[int, str]) -> list[Line]:
    """Return the lines that are text, each with its `turn` and `blanks` as the text's reader sees them."""
    kept: list[Line] = []
    page, blanks, furniture = 0, 0, False
    for line in lines:
        blanks += line.blanks
        if line.furniture:
            furniture = True
            continue
        if line.page != page:
            line.turn = labels.get(line.page, "")
        elif furniture and kept:
            line.turn = ""
        if not kept and line.turn is None:
            line.turn = labels.get(line.page)
        page, furniture = line.page, False
        line.blanks, blanks = blanks, 0
        line.index = len(kept)
        kept.append(line)
    return kept


# ------------------------------------------------------------------------------------------- with form feeds


def _with_form_feeds(lines: list[Line]) -> dict[int, str]:
    pages = {number: list(page) for number, page in groupby(lines, key=attrgetter("page"))}
    edges = {number: _edges(page) for number, page in pages.items()}
    offset = _folio_offset(edges)
    repeated = _repeated(edges)
    labels: dict[int, str] = {}
    for number, (top, bottom) in edges.items():
        for side in (top, bottom):
            label = _mark_side(side, number, offset, repeated)
            if label:
                labels[number] = label
    return labels


def _edges(page: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines at the top and at the bottom of a page, from the edge inwards."""
    return page[:EDGE_LINES], page[: -EDGE_LINES - 1 : -1]


LONGEST_ROMAN = 12  # characters of a folio in Roman numerals with dashes round it


def _may_be_numbered(text: str) -> bool:
    """Tell at a glance whether a line begins or ends with a number, dashes and brackets apart."""
    if text[0].isdigit() or text[-1].isdigit() or text[0] in "-–—[(":
        return True
    return text[-1] in "-–—])" and any(map(str.isdigit, text[-6:-1]))


def _numbers(text: str) -> list[tuple[int, str]]:
    """Return the page numbers that a line might carry, each with what else the line says."""
    if len(text) > LONGEST_ROMAN and not _may_be_numbered(text):
        return []
    folio = _FOLIO.fullmatch(text) or _OF_PAGES.fullmatch(text)
    if folio:
        value = int(folio[1]) if folio[1].isdigit() else roman_value(folio[1])
        return [(value, "")] if value else []
    found = []
    if match := _NUMBER_FIRST.fullmatch(text):
        found.append((int(match[1]), match[2]))
    if match := _NUMBER_LAST.fullmatch(text):
        found.append((int(match[2]), match[1]))
    return found


def _folio_offset(edges: dict[int, tuple[list[Line], list[Line]]]) -> int | None:
    """Return printed number minus page index, if at least two pages and a fifth of them agree."""
    votes: Counter[int] = Counter()
    for number, (top, bottom) in edges.items():
        seen = {value - number for line in (*top, *bottom) for value, _ in _numbers(line.text)}
        votes.update(seen)
    if not votes:
        return None
    offset, count = max(votes.items(), key=lambda item: (item[1], -abs(item[0])))
    return offset if count >= 2 and count * 5 >= len(edges) else None


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split())).casefold()


def _repeated(edges: dict[int, tuple[list[Line], list[Line]]]) -> set[str]:
    """Return the shapes (digits as one sign) that stand outermost on at least three pages, or on two of few."""
    count: Counter[str] = Counter()
    for top, bottom in edges.values():
        shapes = {_shape(line.text) for side in (top[:2], bottom[:2]) for line in side if line.right < MAX_HEAD_COLUMNS}
        count.update(shapes)
    least = 3 if len(edges) > 4 else 2
    return {shape for shape, times in count.items() if times >= least and shape != "#"}


def _mark_side(side: list[Line], page: int, offset: int | None, repeated: set[str]) -> str:
    """Mark the furniture on one side of a page, from the edge inwards; return the page's printed number, or ""."""
    label = ""
    for line in side:
        numbered = offset is not None and any(value == page + offset for value, _ in _numbers(line.text))
        if not numbered and _shape(line.text) not in repeated:
            break
        line.furniture = True
        if numbered and offset is not None:
            label = label or _printed_number(line.text, page + offset)
    return label


def _printed_number(text: str, value: int) -> str:
    folio = _FOLIO.fullmatch(text)
    return folio[1] if folio and not folio[1].isdigit() else str(value)


# ---------------------------------------------------------------------------------------- without form feeds

MIN_SERIES = 3  # numbers that count up; two may be chance
MAX_STEP = 2  # a head on every other page counts in twos
REGULAR = 0.5  # the distances of a series stay within this share of their median


def _without_form_feeds(lines: list[Line]) -> None:
    """Mark lines whose numbers count up with the lines in regular distances, and repeated heads beside them."""
    series: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.right < MAX_HEAD_COLUMNS and _may_be_numbered(line.text):
            for value, rest in _numbers(line.text):
                series[_shape(rest)].append((at, value))
    for rest, members in series.items():
        for at in _counting(members, lines, bare=not rest):
            lines[at].furniture = True
    _mark_neighbours(lines)


def _counting(members: list[tuple[int, int]], lines: list[Line], *, bare: bool) -> list[int]:
    """Return those members that form a series: numbers rise by one or two, in regular distances."""
    if len(members) < MIN_SERIES:
        return []
    best: list[int] = []
    run: list[tuple[int, int]] = []
    for at, value in members:
        if bare and not _isolated(lines, at):
            continue
        if run and not 1 <= value - run[-1][1] <= MAX_STEP:
            best = max(best, _regular(run), key=len)
            run = []
        run.append((at, value))
    return max(best, _regular(run), key=len)


def _isolated(lines: list[Line], at: int) -> bool:
    """Tell whether a blank line stands before or after a line, or the line is far shorter than its neighbours."""
    line = lines[at]
    if line.blanks or (at + 1 < len(lines) and lines[at + 1].blanks):
        return True
    near = [other.right for other in (lines[at - 1], *lines[at + 1 : at + 2])] if at else [0]
    return line.right * 4 < max(near)


def _regular(run: list[tuple[int, int]]) -> list[int]:
    if len(run) < MIN_SERIES:
        return []
    steps = [(b - a) / (m - n) for (a, n), (b, m) in zip(run, run[1:], strict=False)]
    middle = sorted(steps)[len(steps) // 2]
    if middle < 8:  # shorter than any page: a numbered list
        return []
    near = sum(abs(step - middle) <= REGULAR * middle for step in steps)
    return [at for at, _ in run] if near * 3 >= len(steps) * 2 else []


def _mark_neighbours(lines: list[Line]) -> None:
    """Mark lines beside furniture that are printed beside it at least three times."""
    beside: defaultdict[str, list[Line]] = defaultdict(list)
    for before, after in zip(lines, lines[1:], strict=False):
        if before.furniture != after.furniture:
            other = after if before.furniture else before
            if other.right < MAX_HEAD_COLUMNS:
                beside[_shape(other.text)].append(other)
    for found in beside.values():
        if len(found) >= MIN_SERIES:
            for line in found:
                line.furniture = True
