"""Running heads and folios in a text without form feeds: what comes back in regular distances.

Three kinds of series: numbers that count up by the page, heads of one shape, and lines that stand beside either again
and again. Distances alone are not enough, since refrains and numbered stanzas keep them too: furniture interrupts
sentences, and what stands between sentences only is left alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from docpack.reflow.folios import MAX_HEAD_CHARACTERS, SENTENCE_ENDS, head_shape, numbers_of

if TYPE_CHECKING:
    from docpack.reflow.lines import Line

__all__ = ["mark_series"]

MIN_SERIES = 3  # members; two may be chance
HEAD_LENGTH = 0.85  # of the length of most lines; running heads are shorter
MIN_HEAD = 3  # characters; what is shorter and comes back is the end of a paragraph
PAIR = 2  # members are enough where both cut a sentence in two
MAX_STEP = 3  # pages between two numbers: a head on every other page, a page without one
SHORTEST_PAGE = 12  # lines; what comes back sooner is a list or a refrain
REGULAR = 0.6  # the distances of a series stay within this share of their median
INTERRUPTING = 0.25  # of a series' members stand in mid-sentence; page turns do in half of the cases, headings never
MAX_LOOK_BACK = 24  # members of a shape: a chain is looked for among so many before


def mark_series(lines: list[Line]) -> None:
    """Mark the furniture among the lines of a text whose pages are not known."""
    series: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    shapes: defaultdict[str, list[int]] = defaultdict(list)
    longest = min(MAX_HEAD_CHARACTERS, HEAD_LENGTH * sorted(len(line.text) for line in lines)[len(lines) * 3 // 4])
    for at, line in enumerate(lines):
        text = line.text if "  " not in line.text else " ".join(line.text.split())
        if len(text) >= MAX_HEAD_CHARACTERS:
            continue
        if text[0].isdigit() or text[-1].isdigit() or text[-1] in "-–—])" or len(text) < 9:
            for number in numbers_of(text):
                series["roman" if number.roman else head_shape(number.rest)].append((at, number.value))
        if len(text) > MIN_HEAD:
            shapes[text].append(at)
    repeated = {
        text: at
        for text, at in shapes.items()
        if (len(at) >= MIN_SERIES or (len(text) < longest and text[-1].isalnum() and not text[0].islower()))
        and len(at) > 1
        and not _are_copied(lines, at)
    }
    _mark_counting(lines, series)
    _mark_repeated(lines, repeated)
    _mark_counting(lines, series)  # a folio beside a head is seen to interrupt now
    _mark_between(lines, series)
    _mark_neighbours(lines)
    _mark_in_step(lines, repeated)
    _mark_beginning(lines)


def _are_copied(lines: list[Line], places: list[int]) -> bool:
    """Tell whether longer passages stand here more than once, not these lines alone: a refrain, a text given twice."""
    for step in (1, -1):
        around = [lines[at + step].text for at in places if 0 <= at + step < len(lines)]
        if len(around) > 1 and len(set(around)) == 1 and len(around[0]) > LONGEST_FOLIO:
            return True
    return False


SHORTEST_LAID_OUT = 24  # lines of a page, blank ones too
MIN_APART = 4  # members of a series that is known by its distances alone
EXACT = 0.1  # of a page's length; where blank lines are kept, pages differ by less, and chapters by more


def _are_pages_apart(lines: list[Line], places: list[int]) -> bool:
    """Tell whether lines stand apart from the text and the same number of lines (blank ones too) from each other."""
    gaps = sorted(lines[b].number - lines[a].number for a, b in zip(places, places[1:], strict=False))
    middle = gaps[len(gaps) // 2]
    near = sum(
        abs(gap - times * middle) <= EXACT * middle
        for gap in gaps
        for times in (1, 2)
        if _nearest(gap, middle) == times
    )
    return (
        middle >= SHORTEST_LAID_OUT
        and near >= max(MIN_APART - 1, len(gaps) - 1)
        and all(_stands_apart(lines, at) for at in places)
    )


def _stands_apart(lines: list[Line], at: int) -> bool:
    """Tell whether a line has a blank line or furniture before or after it."""
    after = lines[at + 1] if at + 1 < len(lines) else None
    if lines[at].blanks or after is None or after.blanks or after.furniture:
        return True
    return at > 0 and bool(lines[at - 1].furniture)


LONGEST_FOLIO = 8  # characters; a longer line beside a head is no page number


def _mark_counting(lines: list[Line], series: dict[str, list[tuple[int, int]]]) -> None:
    for members in series.values():
        left = members
        for _ in range(MAX_CHAINS):
            chain = _chain(left)
            if not _is_of_pages(lines, chain):
                break
            for at in [*chain, *_last_page(members, chain, len(lines))]:
                lines[at].furniture = "its number counts up in the regular distances of pages"
            left = [each for each in left if not lines[each[0]].furniture]


MAX_CHAINS = 4  # of one shape: texts that stand one after the other, each with pages from 1


def _is_of_pages(lines: list[Line], chain: list[int]) -> bool:
    """Tell whether numbers that count up are those of pages."""
    if len(chain) == PAIR:
        return _cut_in(lines, chain)
    return len(chain) >= MIN_SERIES and (
        _interrupts(lines, chain) or _counts_pages(lines, chain) or _are_pages_apart(lines, chain)
    )


def _mark_between(lines: list[Line], series: dict[str, list[tuple[int, int]]]) -> None:
    """Mark lines whose number stands where known page numbers leave room for it: heads by turns, a folio between paragraphs."""
    known = sorted((at, value) for members in series.values() for at, value in members if lines[at].furniture)
    places = [at for at, _ in known]
    if len(known) < PAIR:
        return
    steps = sorted((b - a) / (n - m) for (a, m), (b, n) in zip(known, known[1:], strict=False) if n > m)
    if not steps:
        return
    page = steps[len(steps) // 2]
    for members in series.values():
        for at, value in members:
            if (
                len(members) > 1
                and not lines[at].furniture
                and _fits_between(at, value, known, bisect_left(places, at), page)
            ):
                lines[at].furniture = "its number stands where those of other pages leave room for it"


def _fits_between(at: int, value: int, known: list[tuple[int, int]], place: int, page: float) -> bool:
    near = [known[each] for each in (place - 1, place) if 0 <= each < len(known)]
    expected = all(
        0 < abs(value - number) <= MAX_STEP
        and abs((at - other) - (value - number) * page) <= max(1.5, IN_STEP * page * abs(value - number))
        for other, number in near
    )
    return expected and page >= SHORTEST_PAGE


def _mark_repeated(lines: list[Line], shapes: dict[str, list[int]]) -> None:
    for members in shapes.values():
        regular = len(members) >= MIN_SERIES and (
            (_is_regular(members) and _interrupts(lines, members)) or _are_pages_apart(lines, members)
        )
        apart = len(members) == PAIR and members[1] - members[0] >= SHORTEST_PAGE
        if regular or (apart and _cut_in(lines, members)):
            for at in members:
                lines[at].furniture = f"the same line comes back {len(members)} times in the regular distances of pages"


def _chain(members: list[tuple[int, int]]) -> list[int]:
    """Return the longest run of places whose numbers count up in regular distances; linear in the members."""
    longest: list[tuple[int, int, float]] = []  # its length, the member before, its lines a page
    for number, (at, value) in enumerate(members):
        best = (1, -1, 0.0)
        for other in range(max(0, number - MAX_LOOK_BACK), number):
            gap, count = at - members[other][0], value - members[other][1]
            if not 1 <= count <= MAX_STEP or gap / count < SHORTEST_PAGE:
                continue
            size, _, step = longest[other]
            if step and not 1 - REGULAR <= gap / count / step <= 1 + REGULAR:
                continue
            if size + 1 > best[0]:
                best = (size + 1, other, gap / count)
        longest.append(best)
    if not longest:
        return []
    number = max(range(len(longest)), key=lambda each: longest[each][0])
    chain = []
    while number >= 0:
        chain.append(members[number][0])
        number = longest[number][1]
    return chain[::-1]


def _last_page(members: list[tuple[int, int]], chain: list[int], total: int) -> list[int]:
    """Return the number that ends a text whose last page is shorter than the others, as one that counts on."""
    value = next(value for at, value in members if at == chain[-1])
    return [at for at, number in members if at >= total - EDGE and at > chain[-1] and number == value + 1][:1]


EDGE = 2  # lines from the end of the text


def _is_regular(places: list[int]) -> bool:
    """Tell whether the distances are those of pages, of one or two each."""
    gaps = [b - a for a, b in zip(places, places[1:], strict=False)]
    middle = sorted(gaps)[len(gaps) // 2]
    if middle < SHORTEST_PAGE:
        return False
    near = sum(
        abs(gap - times * middle) <= REGULAR / 2 * middle * times
        for gap in gaps
        for times in (1, 2)
        if _nearest(gap, middle) == times
    )
    return near * 3 >= len(gaps) * 2


def _nearest(gap: int, middle: int) -> int:
    return 1 if gap < middle * 1.5 else 2


def _interrupts(lines: list[Line], places: list[int]) -> bool:
    """Tell whether enough of these lines stand where a sentence goes on.

    Where letters have case, one that is followed by a small letter must be among them: lines of verse seldom end in a
    stop, but they begin with capitals as headings do.
    """
    found = [_interruption(lines, at) for at in places]
    return sum(map(bool, found)) >= len(places) * INTERRUPTING and _LOWER in found


def _cut_in(lines: list[Line], places: list[int]) -> bool:
    """Tell whether all these lines cut a sentence in two: the line before is open, and the next goes on in lower case."""
    return all(
        _interruption(lines, at) is _LOWER
        and _before(lines, at)[-1:] not in (*SENTENCE_ENDS, "")
        and any(map(str.islower, _before(lines, at)))  # without capitals and small letters chance is too near
        for at in places
    )


def _before(lines: list[Line], at: int) -> str:
    """Return the text of the line before one, folios and furniture apart."""
    before = at - 1
    while before >= 0 and (lines[before].furniture or len(lines[before].text) < 4):
        before -= 1
    return lines[before].text if before >= 0 else ""


_LOWER, _CUT = "lower", "cut"


def _interruption(lines: list[Line], at: int) -> str:
    before, after = at - 1, at + 1
    while before >= 0 and (lines[before].furniture or len(lines[before].text) < 4):  # a folio beside the head
        before -= 1
    while after < len(lines) and (lines[after].furniture or len(lines[after].text) < 4):
        after += 1
    if before < 0 or after >= len(lines):
        return ""
    first, last = lines[after].text[0], lines[before].text[-1]
    if first.islower() or (first.isalpha() and first.upper() == first.lower() and last not in SENTENCE_ENDS):
        return _LOWER
    return _CUT if last.isalnum() or last in ",-\u2010\u00ad" else ""


def _counts_pages(lines: list[Line], chain: list[int]) -> bool:
    """Tell whether the lines say themselves that they are page numbers: "Page 3 of 9", "3/9", "- 3 -"."""
    return all(
        "/" in (text := lines[at].text) or " of " in text or text[0] in "-–—[(" or "age " in text for at in chain
    )


IN_STEP = 0.12  # of a page's length; a head stands so near to where it is expected
MAX_PAGES_BETWEEN = 6


def _mark_in_step(lines: list[Line], shapes: dict[str, list[int]]) -> None:
    """Mark lines that come back twice or more, and stand whole pages away from furniture each time.

    A running head that falls between two paragraphs looks like a heading; its distance gives it away.
    """
    known = [at for at, line in enumerate(lines) if line.furniture]
    steps = sorted(b - a for a, b in zip(known, known[1:], strict=False) if b - a >= SHORTEST_PAGE)
    if len(steps) < PAIR:
        return
    page = steps[0] if steps[0] * 1.5 < steps[len(steps) // 2] else steps[len(steps) // 2]
    for members in shapes.values():
        if any(lines[at].furniture or not _stands_apart(lines, at) for at in members):
            continue
        if all(_is_in_step(at, known, page) for at in members) or _keeps_step(members, page):
            for at in members:
                lines[at].furniture = "the same line comes back whole pages away from other running heads"


def _keeps_step(members: list[int], page: int) -> bool:
    """Tell whether lines come back at the same distances as other heads, between which they stand: author and title."""
    gaps = [b - a for a, b in zip(members, members[1:], strict=False)]
    return all(abs(gap - page) <= max(1, IN_STEP * page) for gap in gaps)


def _is_in_step(at: int, known: list[int], page: int) -> bool:
    place = bisect_left(known, at)
    for other in known[max(0, place - 1) : place + 1]:
        pages, rest = divmod(abs(at - other) + page // 2, page)
        if 1 <= pages <= MAX_PAGES_BETWEEN and abs(rest - page // 2) <= max(1, IN_STEP * page * pages**0.5):
            return True
    return False


def _mark_neighbours(lines: list[Line]) -> None:
    """Mark lines beside furniture that are printed beside it at least three times."""
    for _ in range(2):  # a head of two lines, or a foot and a head together
        beside: defaultdict[str, list[Line]] = defaultdict(list)
        for before, after in zip(lines, lines[1:], strict=False):
            if bool(before.furniture) != bool(after.furniture):
                other = after if before.furniture else before
                if len(other.text) < MAX_HEAD_CHARACTERS:
                    beside[head_shape(other.text)].append(other)
        for found in beside.values():
            if len(found) >= MIN_SERIES:
                for line in found:
                    line.furniture = f"the same stands beside {len(found)} page numbers or running heads"


def _mark_beginning(lines: list[Line]) -> None:
    """Mark a head on the first page, which nothing precedes, and a last one that ends the text."""
    known = {head_shape(line.text) for line in lines if line.furniture}
    for line in (*lines[:2], *lines[-2:]):
        if head_shape(line.text) in known and head_shape(line.text) != "#":
            line.furniture = "the same stands at the edges of later pages"
