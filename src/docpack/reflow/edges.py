"""Running heads and folios where form feeds tell the pages: what is repeated at their edges, or counts with them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from docpack.reflow.folios import SENTENCE_ENDS, head_shape, is_folio, numbers_of, printed_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line

__all__ = ["mark_edges"]

EDGE_LINES = 5  # from the page's edge inwards: a browser prints date, title, address and number there
Numbering = tuple[int, bool]  # printed number minus page index, and whether it is Roman


def mark_edges(lines: list[Line]) -> dict[int, str]:
    """Mark the furniture at the edges of pages; return the printed number of each page that shows one."""
    pages = {number: list(page) for number, page in groupby(lines, key=attrgetter("page"))}
    edges = {number: _edges(page) for number, page in pages.items()}
    numberings = _numberings(edges)
    repeated = _repeated(edges, lines)
    rests = _numbered_rests(edges, numberings)
    changing = rests.total() >= len(pages) * MANY_NUMBERED
    labels: dict[int, str] = {}
    for number, (top, bottom) in edges.items():
        for side in (top, bottom):
            label = _mark_side(side, number, numberings, repeated, rests, pages[number] if changing else None)
            if label:
                labels[number] = label
    for number, page in pages.items():
        lacks = number not in labels or len(numberings) > 1  # where two texts meet, a page has two numbers
        if lacks and (found := _folio_in_mid_page(page, number, numberings)):
            found.furniture = "it is the number of its page, and stands apart"
            labels.setdefault(number, found.text.strip("-–— "))
    if len(labels) * 2 >= len(pages):
        _mark_folios_before_numerals(edges, labels)
    _mark_changing_heads(edges)
    return labels


_NUMERAL = re.compile(r"(?:[^\W\d_]{3,12} )?(?:\d{1,3}|[IVXLC]{1,7})\.?")  # a chapter's number, or "Chapter" and it


def _mark_folios_before_numerals(edges: dict[int, tuple[list[Line], list[Line]]], labels: dict[int, str]) -> None:
    """Mark a number that fits no other page's, as where an excerpt begins anew: a chapter's own number follows on it."""
    for number, (top, _) in edges.items():
        if number in labels or len(top) < MIN_OPENING:
            continue
        first, second = top[0], top[1]
        if first.text.isdigit() and is_folio(first.text) and not first.furniture and _NUMERAL.fullmatch(second.text):
            first.furniture = "other pages have their number at this edge, and a chapter's own number follows"
            labels[number] = first.text


MIN_OPENING = 3  # lines: a folio, a chapter's number, its title or text


def _folio_in_mid_page(page: list[Line], number: int, numberings: list[Numbering]) -> Line | None:
    """Return the line that is nothing but the page's own number, where another text follows on the same page."""
    for line, after in zip(page[1:], page[2:], strict=False):
        apart = line.blanks and after.blanks and not line.furniture and is_folio(line.text)
        if apart and any((each.value - number, each.roman) in numberings for each in numbers_of(line.text)):
            return line
    return None


CHANGING = 0.7  # of the pages have a short line without a stop outermost; body lines at page edges are seldom such
MIN_CHANGING = 4  # pages


def _mark_changing_heads(edges: dict[int, tuple[list[Line], list[Line]]]) -> None:
    """Mark heads that change from page to page, as those that carry the title of the section: most pages have one."""
    full = max((line.right for page in edges.values() for side in page for line in side), default=0)
    for side in (0, 1):
        outermost = [_outermost(page[side]) for page in edges.values()]
        # Where the source tells what stands apart, what does not is a line of the text.
        outermost = [line if line and line.is_apart is not False else None for line in outermost]
        pages = [line for line in outermost if line]
        heads = [line for line in pages if _is_head_like(line, full)]
        if len(pages) >= MIN_CHANGING and len(heads) >= len(pages) * CHANGING:
            for line in heads[1:] if heads[0] is outermost[0] else heads:  # on the first page it is the title itself
                line.furniture = "most pages have such a short line at this edge"


def _outermost(side: list[Line]) -> Line | None:
    """Return the line that would be a head: outermost but for a folio; nothing where another head stands."""
    for line in side:
        if not line.furniture:
            return line
        if any(map(str.isalpha, line.text)) and not is_folio(line.text):
            return None
    return None


def _is_head_like(line: Line, full: int) -> bool:
    """Tell whether a line at a page's edge looks like a running head that changes: short, without a stop."""
    text = line.text
    return (
        not text[0].islower()
        and text[-1] not in SENTENCE_ENDS
        and line.right < full * 0.8
        and any(map(str.isalpha, text))
        and text[-1] not in ",-\u2010"
    )


def _edges(page: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines at the top and at the bottom of a page, from the edge inwards."""
    return page[:EDGE_LINES], page[: -EDGE_LINES - 1 : -1]


MANY_NUMBERED = 0.4  # of the pages have a line with their number and other words: heads with changing titles


def _numbered_rests(edges: dict[int, tuple[list[Line], list[Line]]], numberings: list[Numbering]) -> Counter[str]:
    """Return what stands beside the page's own number, and on how many pages: a heading's number fits by chance only."""
    rests: Counter[str] = Counter()
    for page, (top, bottom) in edges.items() if numberings else ():
        for line in (*top, *bottom):
            for each in numbers_of(line.text):
                if each.rest and (each.value - page, each.roman) in numberings:
                    rests[head_shape(each.rest)] += 1
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


AT_EDGES = 0.6  # of all lines of a shape stand at page edges, if it is a running head's


def _repeated(edges: dict[int, tuple[list[Line], list[Line]]], lines: list[Line]) -> dict[str, int]:
    """Return the shapes that stand at the edges of at least three pages, or of two of few, and of how many.

    A line that stands as often in mid-page is a refrain, or the program that a manual prints again and again.
    """
    count: Counter[str] = Counter()
    for top, bottom in edges.values():
        shapes = {head_shape(line.text) for side in (top, bottom) for line in side}
        count.update(shape for shape in shapes if len(shape) < MAX_REPEATED_CHARACTERS)
    least = 3 if len(edges) > 4 else 2
    found = {shape: times for shape, times in count.items() if times >= least and shape != "#"}
    found |= _by_turns(edges, count, found)
    if not found:
        return {}
    longest = max(map(len, found))
    # A glance at the first two characters spares most lines of a book the longer look.
    starts = {shape[:2] for shape in found}
    everywhere = Counter(
        head_shape(line.text)
        for line in lines
        if len(line.text) <= longest + MAX_EXTRA_BLANKS
        and (line.text[:2].casefold() in starts or line.text[0].isdigit() or line.text[1:2].isdigit())
    )
    return {shape: times for shape, times in found.items() if times >= everywhere[shape] * AT_EDGES}


MAX_REPEATED_CHARACTERS = 160  # a journal's name, volume, number and date at the feet of wide pages
MAX_EXTRA_BLANKS = 40  # characters by which a head laid out across the page is longer than its words

BY_TURNS = 0.6  # of the pages have a repeated line outermost on a side where heads by turns are looked for


def _by_turns(
    edges: dict[int, tuple[list[Line], list[Line]]], count: Counter[str], found: dict[str, int]
) -> dict[str, int]:
    """Return the shapes that stand on two pages only, but outermost on a side where most pages have a running head."""
    made: dict[str, int] = {}
    for side in (0, 1):
        rows = [[shape for line in page[side] if (shape := head_shape(line.text)) != "#"] for page in edges.values()]
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
    changing: list[Line] | None,
) -> str:
    """Mark the furniture on one side of a page, from the edge inwards; return the page's printed number, or "".

    `changing` are the lines of the page where many pages have a head with their number and changing words.
    """
    label = ""
    if len(side) == EDGE_LINES and all(head_shape(line.text) in repeated for line in side):
        return label  # no head is so long: the text itself stands there twice
    for line in side:
        own = [each for each in numbers_of(line.text) if (each.value - page, each.roman) in numberings]
        numbered = any(
            not each.rest
            or rests[head_shape(each.rest)] > 1
            or (changing is not None and not _is_referred_to(each.value, changing))
            for each in own
        )
        times = repeated.get(head_shape(line.text), 0)
        if not numbered and not times:
            break
        line.furniture = _reason(times, numbered=numbered)
        if numbered:
            label = label or printed_number(line.text, own[0].value)
    return label


def _is_referred_to(number: int, page: list[Line]) -> bool:
    """Tell whether a number is glued to a word of the page: a line that begins with it is a note then, and no head."""
    reference = re.compile(rf"[^\W\d_][.,;:!?”’)]*(?:{number}|\[{number}\])(?![\w.,]\d|\d)")
    return any(reference.search(line.text) for line in page)


def _reason(times: int, *, numbered: bool) -> str:
    counted = "its number counts with the pages" if numbered else ""
    repeated = f"the same stands at the edges of {times} pages" if times else ""
    return " and ".join(filter(None, (repeated, counted)))
