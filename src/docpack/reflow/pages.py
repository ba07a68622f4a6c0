"""Pages: where they turn, what is printed at their edges again and again, and their numbers.

A line is taken for furniture (running head, folio) only on two kinds of evidence together: it stands at a page's edge,
and it is repeated there or carries a number that counts with the pages. Where form feeds tell the pages, the edges are
known; where none do, `series` finds what comes back in regular distances. What is taken out stands in the ledger and
in the TEI, so that a wrong decision loses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from docpack.numerals import roman_value
from docpack.reflow.series import find_series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.reflow.lines import Line

__all__ = ["find_furniture", "mark_turns"]

EDGE_LINES = 5  # from the page's edge inwards: a browser prints date, title, address and number there
MIN_PAGES = 2  # below this nothing can be repeated
MAX_HEAD_CHARACTERS = 90  # runs of blanks counted as one
MAX_SHARE = 0.2  # of all characters; more is no furniture but a text that repeats itself, and nothing is taken out
_FOLIO = re.compile(r"(?:page |p\. ?|[-–—] ?|\[|\()?(\d{1,4}|[ivxlcdmIVXLCDM]{1,8})(?: ?[-–—]|\]|\))?", re.IGNORECASE)
_OF_PAGES = re.compile(r"(?:[^\W\d_]{1,8} )?(\d{1,4})(?: (?:of|de|von|van|di|av|af|из|z) | ?/ ?)\d{1,4}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"[\[(]?(\d{1,4})[\])]?[\s.|:·•–—-]+(\D.*)")
_NUMBER_LAST = re.compile(r"(.*\D)[\s.|:·•–—-]+[\[(]?(?:page |p\. ?)?(\d{1,4})(?:/\d{1,4})?[\])]?", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\[(?:Illustrations?|Abbildung|Bild|Image|Imagen|Ilustración|Illustrazione|Ilustração|Musi\w+)\]"
)


class Number(NamedTuple):
    """A page number that a line might carry: its value, what else the line says, and whether it is Roman."""

    value: int
    rest: str
    roman: bool = False


Numbering = tuple[int, bool]  # printed number minus page index, and whether it is Roman


def find_furniture(lines: list[Line], keeps: Callable[[Line], bool] | None = None) -> dict[int, str]:
    """Mark the running heads and folios among the lines; return the printed number of each page that shows one.

    Where no form feed tells the pages, `line.page` counts them afterwards by what was found.

    Args:
        lines: All lines with ink.
        keeps: Tells of a line whether a person wants it kept.
    """
    if not lines:
        return {}
    labels: dict[int, str] = {}
    if lines[-1].page >= MIN_PAGES - 1:
        labels = _with_form_feeds(lines)
    else:
        find_series(lines, numbers_of, shape_of, MAX_HEAD_CHARACTERS)
        _count_pages(lines)
    _mark_placeholders(lines)
    taken = [line for line in lines if line.furniture]
    if taken and sum(len(line.text) for line in taken) > MAX_SHARE * sum(len(line.text) for line in lines):
        for line in taken:
            line.furniture = ""
        return {}
    if keeps:
        for line in taken:
            if keeps(line):
                line.furniture = ""
    return labels


def mark_turns(lines: list[Line], labels: dict[int, str]) -> list[Line]:
    """Return the lines that are text, each with its `turn` and `blanks` as the text's reader sees them."""
    kept: list[Line] = []
    page, blanks, furniture = 0, 0, False
    for line in lines:
        blanks += line.blanks
        if line.furniture:
            furniture = furniture or line.furniture != PLACEHOLDER
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


PLACEHOLDER = "a transcriber's mark where a picture or music stands"


def _mark_placeholders(lines: list[Line]) -> None:
    for line in lines:
        if line.text[0] == "[" and len(line.text) < MAX_HEAD_CHARACTERS and _PLACEHOLDER.fullmatch(line.text):
            line.furniture = PLACEHOLDER


def _count_pages(lines: list[Line]) -> None:
    """Begin a page after each run of furniture; a run in mid-page is a foot and the next page's head."""
    page, before = 0, False
    for line in lines:
        if not line.furniture and before:
            page += 1
        before = bool(line.furniture)
        line.page = page


# ------------------------------------------------------------------------------------------- with form feeds


def _with_form_feeds(lines: list[Line]) -> dict[int, str]:
    pages = {number: list(page) for number, page in groupby(lines, key=attrgetter("page"))}
    edges = {number: _edges(page) for number, page in pages.items()}
    numberings = _numberings(edges)
    repeated = _repeated(edges, lines)
    rests = _numbered_rests(edges, numberings)
    labels: dict[int, str] = {}
    for number, (top, bottom) in edges.items():
        for side in (top, bottom):
            label = _mark_side(side, number, numberings, repeated, rests, len(pages))
            if label:
                labels[number] = label
    _mark_changing_heads(edges)
    return labels


CHANGING = 0.7  # of the pages have a short line without a stop outermost; body lines at page edges are seldom such
MIN_CHANGING = 4  # pages


def _mark_changing_heads(edges: dict[int, tuple[list[Line], list[Line]]]) -> None:
    """Mark heads that change from page to page, as those that carry the title of the section: most pages have one."""
    full = max((line.right for page in edges.values() for side in page for line in side), default=0)
    for side in (0, 1):
        outermost = [_outermost(page[side]) for page in edges.values()]
        pages = [line for line in outermost if line]
        heads = [line for line in pages if is_head_like(line, full)]
        if len(pages) >= MIN_CHANGING and len(heads) >= len(pages) * CHANGING:
            for line in heads[1:] if heads[0] is outermost[0] else heads:  # on the first page it is the title itself
                line.furniture = "most pages have such a short line at this edge"


def _outermost(side: list[Line]) -> Line | None:
    """Return the line that would be a head: outermost but for a folio; nothing where another head stands."""
    for line in side:
        if not line.furniture:
            return line
        if any(map(str.isalpha, line.text)) and not _FOLIO.fullmatch(line.text):
            return None
    return None


def is_head_like(line: Line, full: int) -> bool:
    """Tell whether a line at a page's edge looks like a running head that changes: short, without a stop."""
    text = line.text
    return (
        not text[0].islower()
        and text[-1] not in SENTENCE_ENDS
        and line.right < full * 0.8
        and text[-1] not in ",-\u2010"
    )


SENTENCE_ENDS = '.!?…:;。！？؟”’"»'


def _edges(page: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines at the top and at the bottom of a page, from the edge inwards."""
    return page[:EDGE_LINES], page[: -EDGE_LINES - 1 : -1]


LONGEST_ROMAN = 12  # characters of a folio in Roman numerals with dashes round it


def _may_be_numbered(text: str) -> bool:
    """Tell at a glance whether a line begins or ends with a number, dashes and brackets apart."""
    if text[0].isdigit() or text[-1].isdigit() or text[0] in "-–—[(":
        return True
    return text[-1] in "-–—])" and any(map(str.isdigit, text[-6:-1]))


def numbers_of(text: str) -> list[Number]:
    """Return the page numbers that a line might carry."""
    if len(text) > LONGEST_ROMAN and not _may_be_numbered(text):
        return []
    folio = _FOLIO.fullmatch(text) or _OF_PAGES.fullmatch(text)
    if folio:
        if folio[1].isdigit():
            return [Number(int(folio[1]), "")]
        value = roman_value(folio[1])
        return [Number(value, "", roman=True)] if value else []
    found = []
    if match := _NUMBER_FIRST.fullmatch(text):
        found.append(Number(int(match[1]), match[2]))
    if match := _NUMBER_LAST.fullmatch(text):
        found.append(Number(int(match[2]), match[1]))
    return found


MANY_NUMBERED = 0.4  # of the pages have a line with their number and other words: heads with changing titles


def _numbered_rests(edges: dict[int, tuple[list[Line], list[Line]]], numberings: list[Numbering]) -> Counter[str]:
    """Return what stands beside the page's own number, and on how many pages: a heading's number fits by chance only."""
    rests: Counter[str] = Counter()
    for page, (top, bottom) in edges.items() if numberings else ():
        for line in (*top, *bottom):
            for each in numbers_of(line.text):
                if each.rest and (each.value - page, each.roman) in numberings:
                    rests[shape_of(each.rest)] += 1
    return rests


MAX_NUMBERINGS = 3


def _numberings(edges: dict[int, tuple[list[Line], list[Line]]]) -> list[Numbering]:
    """Return printed number minus page index and whether it is Roman, each that at least two pages and a fifth agree on.

    There are several where texts stand one after the other, or a preface has numbers of its own.
    """
    votes: Counter[tuple[int, bool]] = Counter()
    for number, (top, bottom) in edges.items():
        votes.update({(each.value - number, each.roman) for line in (*top, *bottom) for each in numbers_of(line.text)})
    likely = sorted(votes.items(), key=lambda item: (-item[1], abs(item[0][0]), item[0]))
    return [offset for offset, count in likely if count >= 2 and count * 5 >= len(edges)][:MAX_NUMBERINGS]


def shape_of(text: str) -> str:
    """Return what two heads of different pages have in common: digits as one sign, blanks and case apart."""
    return re.sub(r"\d+", "#", " ".join(text.split())).casefold()


AT_EDGES = 0.6  # of all lines of a shape stand at page edges, if it is a running head's


def _repeated(edges: dict[int, tuple[list[Line], list[Line]]], lines: list[Line]) -> dict[str, int]:
    """Return the shapes that stand at the edges of at least three pages, or of two of few, and of how many.

    A line that stands as often in mid-page is a refrain, or the program that a manual prints again and again.
    """
    count: Counter[str] = Counter()
    for top, bottom in edges.values():
        shapes = {shape_of(line.text) for side in (top, bottom) for line in side}
        count.update(shape for shape in shapes if len(shape) < MAX_HEAD_CHARACTERS)
    least = 3 if len(edges) > 4 else 2
    found = {shape: times for shape, times in count.items() if times >= least and shape != "#"}
    found |= _by_turns(edges, count, found)
    if not found:
        return {}
    longest = max(map(len, found))
    # A glance at the first two characters spares most lines of a book the longer look.
    starts = {shape[:2] for shape in found}
    everywhere = Counter(
        shape_of(line.text)
        for line in lines
        if len(line.text) <= longest + MAX_EXTRA_BLANKS
        and (line.text[:2].casefold() in starts or line.text[0].isdigit() or line.text[1:2].isdigit())
    )
    return {shape: times for shape, times in found.items() if times >= everywhere[shape] * AT_EDGES}


MAX_EXTRA_BLANKS = 40  # characters by which a head laid out across the page is longer than its words

BY_TURNS = 0.6  # of the pages have a repeated line outermost on a side where heads by turns are looked for


def _by_turns(
    edges: dict[int, tuple[list[Line], list[Line]]], count: Counter[str], found: dict[str, int]
) -> dict[str, int]:
    """Return the shapes that stand on two pages only, but outermost on a side where most pages have a running head."""
    made: dict[str, int] = {}
    for side in (0, 1):
        rows = [[shape for line in page[side] if (shape := shape_of(line.text)) != "#"] for page in edges.values()]
        outermost = [row[0] if row else "" for row in rows]
        copied = {row[0] for row in rows if len(row) > 1 and count[row[1]] > 1 and row[1] not in found}
        twice = {shape for shape in outermost if shape and count[shape] == 2 and shape not in found} - copied
        if sum(shape in found or shape in twice for shape in outermost) >= len(edges) * BY_TURNS:
            made |= dict.fromkeys(twice, 2)
    return made


def _mark_side(
    side: Sequence[Line],
    page: int,
    numberings: list[Numbering],
    repeated: dict[str, int],
    rests: Counter[str],
    page_count: int,
) -> str:
    """Mark the furniture on one side of a page, from the edge inwards; return the page's printed number, or ""."""
    label = ""
    if len(side) == EDGE_LINES and all(shape_of(line.text) in repeated for line in side):
        return label  # no head is so long: the text itself stands there twice
    for line in side:
        own = [each for each in numbers_of(line.text) if (each.value - page, each.roman) in numberings]
        numbered = any(
            (not each.rest or rests[shape_of(each.rest)] > 1 or rests.total() >= page_count * MANY_NUMBERED)
            for each in own
        )
        times = repeated.get(shape_of(line.text), 0)
        if not numbered and not times:
            break
        line.furniture = _reason(times, numbered=numbered)
        if numbered:
            label = label or _printed_number(line.text, own[0].value)
    return label


def _reason(times: int, *, numbered: bool) -> str:
    counted = "its number counts with the pages" if numbered else ""
    repeated = f"the same stands at the edges of {times} pages" if times else ""
    return " and ".join(filter(None, (repeated, counted)))


def _printed_number(text: str, value: int) -> str:
    folio = _FOLIO.fullmatch(text)
    return folio[1] if folio and not folio[1].isdigit() else str(value)
