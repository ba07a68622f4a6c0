"""What the type shows: headings by size and weight, notes by size and place, program text by its face.

These are decisions of the page's designer, read off the page; what no type tells is left to the engine.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docpack.readers.pdf.columns import NUMBERS
from docpack.readers.pdf.laying import ALL_FIXED
from docpack.readers.pdf.tables import FoundTable, find_tables
from docpack.reflow.folios import is_folio
from docpack.reflow.layout import NO_HEADING
from docpack.reflow.rulings import Role, Ruling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpack.readers.pdf.laying import Laid, Lined
    from docpack.reflow.layout import StyleSpan

__all__ = ["Shown", "shown_by_type"]

LARGER = 1.09  # times the text's size: a heading
SMALLER = 0.945  # notes
SET_SO = 0.85  # of a line's letters are bold, or of one width
MAX_HEADING_LINES, MAX_HEADING_CHARACTERS = 5, 300
MAX_HEADING_SHARE = 0.2  # of all letters; type that is used more is text
SAME_SIZE = 0.03
MIN_LETTERS_SHARE = 0.6  # of a heading's characters; formulas have fewer
MAX_RANK = 6
# A page number after a gap or leaders, at the end of an entry of a table of contents.
ENTRY_END = re.compile(r"(?:[ \u00a0]{2,}|\.{3,} ?|(?:\. ?){4,}|…+ ?|_{3,} ?)(?:\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7})$")
MAX_ENTRY_END = 60  # characters: leaders and a number
MIN_ENTRIES, MAX_ENTRY_LINES, EDGE_POINTS = 4, 3, 3.0
DASH = re.compile(r"[-–—]\s+\S")
FULL = 0.7  # of the width of the text: a line of a heading that had to be broken
MIN_HANGING, MAX_HANG = 2, 8  # items whose lines hang, by so many columns at most
MIN_DRAWN = 3  # lines of signs below each other: fewer may be scene breaks
MIN_TYPED = 3  # lines of headings that the type tells, from which on it tells all
MIN_TERMS, TERMS_SHARE = 3, 0.6  # lines that are terms; of them have a definition set in below them
COLONS, COLONS_SHARE = (":", "\uff1a"), 0.9  # or end with a colon, which a heading seldom does
MAX_STEP, MAX_LOST = 2, 9  # by which labels count on; the first of a page may follow some that were not seen
ASIDE = 2.5  # times the size: how far the edge of a heading's line may stand from that of the line before
TOGETHER = 1.75  # times the size: the distance of the lines of one heading at most
NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.?\s")
STOP = re.compile(r"[.!?…]['\"”’»)\]]*$")
SENTENCE_END = re.compile(r"[.,;!?…]['\"”’»)\]]*$")
LABEL = re.compile(r"\[?(\d{1,3}|[*†‡§¶‖∗⋆]{1,3})(?:[\])]|\.(?=\s))?(?:\s|(?=[^\W\d_])|(?=[“\"‘«„(\[—]))|([a-z])[.)]\s")
RAISED_LABEL = re.compile(r"\s*[\w*†‡§¶‖∗⋆#]{1,4}\s*$")


class Shown(NamedTuple):
    """What the type shows: rulings by line number, and the rank of each heading's lines."""

    rulings: dict[int, Ruling]
    ranks: dict[int, int]
    tables: list[FoundTable]
    markers: dict[int, int] = {}  # noqa: RUF012  # of a tuple: characters of the marker, by line number


class _Kind(NamedTuple):
    """How a heading is set; the first is the highest."""

    size: float
    bold: bool


def shown_by_type(laid: Laid) -> Shown:
    """Return what the type of the lines shows them to be; one pass for each kind of block."""
    rulings: dict[int, Ruling] = {}
    _line_numbers(laid, rulings)
    _contents(laid, rulings)
    ranks = _headings(laid, rulings)
    _code(laid, rulings)
    _drawings(laid, rulings)
    markers = _dashes(laid, rulings)
    _notes(laid, rulings)
    if len(set(ranks)) >= MIN_TYPED:
        ranks.update(dict.fromkeys(_plain(laid, ranks), NO_HEADING))
    tables = find_tables(laid, frozenset(rulings))
    for table in tables:
        for at, number in enumerate(sorted(table.lines)):
            shown = "its parts stand in columns with those of the lines round it"
            rulings[number] = Ruling(Role.CODE, at == 0, shown=shown, confidence=0.8)
    return Shown(rulings, ranks, tables, markers)


def _plain(laid: Laid, ranks: dict[int, int]) -> Iterator[int]:
    """Yield the lines that are set as the text is: no headings, where headings are told by their type."""
    size = laid.measures.size
    numbers_typed = any(NUMBERED.match(_text(laid.lines[number - 1])) for number in ranks)
    for number, line in enumerate(laid.lines, 1):
        if line is None or number in ranks or line.size > size * LARGER or max(line.bold, line.italic) > 0.3:
            continue
        special = any(each.kind == "small_caps" for each in line.styles) or line.text.upper() == line.text
        if not special and (numbers_typed or not line.text[0].isdigit()):
            yield number


def _line_numbers(laid: Laid, rulings: dict[int, Ruling]) -> None:
    for number, line in enumerate(laid.lines, 1):
        if line is not None and line.column == NUMBERS:
            rulings[number] = Ruling(furniture=True, shown="it numbers the lines in the margin", confidence=0.98)


# ------------------------------------------------------------------------------------------ tables of contents


def _contents(laid: Laid, rulings: dict[int, Ruling]) -> None:
    """Let each entry of a table of contents stand by itself: its last line ends with a page number at the right edge."""
    run: list[int] = []
    edge = 0.0
    for number, line in enumerate(laid.lines, 1):
        if line is None or line.edge or line.artifact:
            continue
        ends = _ends_an_entry(line.text)
        if run and (number - run[-1] > MAX_ENTRY_LINES or (ends and abs(line.right - edge) > EDGE_POINTS)):
            _mark_entries(laid, rulings, run)
            run = []
        if ends:
            edge = line.right
            run.append(number)
    _mark_entries(laid, rulings, run)


def _ends_an_entry(text: str) -> bool:
    """Tell whether a text ends as an entry of a table of contents does; only its end is looked at."""
    return ENTRY_END.search(text[-MAX_ENTRY_END:]) is not None


def _mark_entries(laid: Laid, rulings: dict[int, Ruling], ends: Sequence[int]) -> None:
    if len(ends) < MIN_ENTRIES:
        return
    shown = "it is an entry of a table of contents"
    begins, last = True, frozenset(ends)
    for number in range(ends[0], ends[-1] + 1):
        line = laid.lines[number - 1]
        if line is not None and not line.edge and number not in rulings and not _may_be_folio(laid, number):
            rulings[number] = Ruling(Role.PARAGRAPH, begins, shown=shown, confidence=0.9)
            begins = number in last


def _may_be_folio(laid: Laid, number: int) -> bool:
    """Tell whether a line is the first or last of a page, and nothing but a number."""
    line = laid.lines[number - 1]
    beside = (laid.lines[each - 1] for each in (number - 1, number + 1) if 1 <= each <= len(laid.lines))
    at_edge = any(each is None or line is None or each.page != line.page for each in beside)
    return line is not None and at_edge and is_folio(line.text)


# ---------------------------------------------------------------------------------------------------- headings


def _headings(laid: Laid, rulings: dict[int, Ruling]) -> dict[int, int]:
    lines = laid.lines
    body = laid.measures.size
    total = sum(len(line.text) for line in lines if line) or 1
    bold_body = sum(len(line.text) for line in lines if line and line.bold > 0.5) > 0.4 * total
    groups = list(_groups(laid, bold_body=bold_body))
    used: Counter[_Kind] = Counter()
    for kind, numbers in groups:
        used[kind] += sum(len(_text(lines[number - 1])) for number in numbers)
    found = [
        (kind, numbers)
        for kind, numbers in groups
        if len(numbers) <= MAX_HEADING_LINES
        and sum(len(_text(lines[number - 1])) for number in numbers) <= MAX_HEADING_CHARACTERS
        and used[kind] <= MAX_HEADING_SHARE * total
        and _is_readable("".join(_text(lines[number - 1]) for number in numbers))
    ]
    by_kind: dict[_Kind, list[list[int]]] = {}
    for kind, numbers in found:
        by_kind.setdefault(kind, []).append(numbers)
    terms = {
        kind: shown
        for kind, of_it in by_kind.items()
        if kind.size <= body * LARGER and (shown := _shown_as_terms(laid, of_it))
    }
    for kind, numbers in found:
        if kind in terms:
            shown = f"it is set in bold, and {terms[kind]}"
            rulings[numbers[0]] = Ruling(Role.TERM, True, shown=shown, confidence=0.9)
    found = [(kind, numbers) for kind, numbers in found if kind not in terms]
    kinds = _merged(sorted({kind for kind, _ in found}, key=lambda kind: (-kind.size, not kind.bold)))
    ranks: dict[int, int] = {}
    found = [(kind, numbers) for kind, numbers in found if not any(number in rulings for number in numbers)]
    before: tuple[_Kind, int] | None = None  # the heading before, and its last line
    for kind, numbers in found:
        # A title that follows a chapter's number belongs to it, although it is set alike: ranks are two apart.
        follows = before is not None and before == (kind, _printed_before(laid, numbers[0]))
        is_title = follows and not NUMBERED.match(_text(laid.lines[numbers[0] - 1]))
        before = kind, numbers[-1]
        look = f"{kind.size:g} pt" + (", bold" if kind.bold else "")
        shown = f"it is set in {look} where the text is set in {body:g} pt"
        for at, number in enumerate(numbers):
            rulings[number] = Ruling(
                Role.HEADING,
                at == 0,
                furniture=False,
                shown=shown,
                confidence=0.97 if kind.size > body * LARGER else 0.9,
            )
            ranks[number] = 2 * min(kinds[kind], MAX_RANK) + is_title
    return ranks


def _printed_before(laid: Laid, number: int) -> int:
    """Return the number of the line that is printed before a line, heads and feet of pages apart; 0 for the first."""
    number -= 1
    while number and ((line := laid.lines[number - 1]) is None or line.edge):
        number -= 1
    return number


def _groups(laid: Laid, *, bold_body: bool) -> Iterator[tuple[_Kind, list[int]]]:
    """Yield runs of lines that are set alike, and otherwise than the text, with their numbers."""
    lines = laid.lines
    number = 1
    while number <= len(lines):
        line = lines[number - 1]
        kind = _kind(line, laid, bold_body=bold_body) if line else None
        if line is None or kind is None:
            number += 1
            continue
        numbers = [number]
        while number < len(lines):
            before, after, following = lines[number - 1], lines[number], number + 1
            turns = after is None or after.edge or (before is not None and after.page != before.page)
            if turns:
                following = _on_next_page(laid, numbers)
                after = lines[following - 1] if following else None
            if before is None or after is None:
                break
            other = _kind(after, laid, bold_body=bold_body)
            near = turns or after.base - before.base <= TOGETHER * max(before.size, laid.measures.leading / 1.2)
            if (
                other is None
                or abs(other.size - kind.size) > SAME_SIZE * kind.size
                or other.bold != kind.bold
                or not (near and _are_aligned(before, after))
                or (NUMBERED.match(line.text) and NUMBERED.match(after.text))
            ):
                break
            number = following
            numbers.append(number)
        number += 1
        if kind.size > laid.measures.size * LARGER or _stands_apart(laid, numbers):
            yield kind, numbers


def _on_next_page(laid: Laid, numbers: Sequence[int]) -> int:
    """Return the number of the line with which a heading at a page's foot might go on; 0 where there is none.

    Text stands above it on its page, its last line is full, and what follows on the next page has no number of its own.
    """
    above, first, last = _printed_before(laid, numbers[0]), laid.lines[numbers[0] - 1], laid.lines[numbers[-1] - 1]
    before = laid.lines[above - 1] if above else None
    if first is None or last is None or before is None or before.page != first.page:
        return 0
    if last.right - last.left < FULL * (before.right - before.left):
        return 0
    number = numbers[-1] + 1
    while number <= len(laid.lines) and ((line := laid.lines[number - 1]) is None or line.edge):
        number += 1
    line = laid.lines[number - 1] if number <= len(laid.lines) else None
    return number if line and line.page == first.page + 1 and not NUMBERED.match(line.text) else 0


def _are_aligned(line: Lined, other: Lined) -> bool:
    """Tell whether two lines begin at one edge, have one middle, or end at one edge: then they may be one heading."""
    aside = (line.left - other.left, line.left + line.right - other.left - other.right, line.right - other.right)
    return min(map(abs, aside)) <= max(line.size, other.size) * ASIDE


def _shown_as_terms(laid: Laid, groups: Sequence[Sequence[int]]) -> str:
    """Return what shows that the lines of one kind are terms, or "".

    What follows most of them is set in as a whole, as definitions are, or they end with a colon.
    """
    if len(groups) < MIN_TERMS:
        return ""
    if sum(_text(laid.lines[numbers[-1] - 1]).endswith(COLONS) for numbers in groups) >= COLONS_SHARE * len(groups):
        return "ends with a colon, as others set like it do"
    firsts = {numbers[0] for numbers in groups}
    inset = 0
    for numbers in groups:
        own, stop = laid.layout[numbers[0] - 1], numbers[-1] + 1
        after, then = (laid.layout[number - 1] if number <= len(laid.layout) else None for number in (stop, stop + 1))
        if own and after and after.indent >= own.indent + 2:
            inset += then is None or then.indent >= own.indent + 2 or stop + 1 in firsts
    return "what follows is set in below it" if inset >= TERMS_SHARE * len(groups) else ""


def _kind(line: Lined, laid: Laid, *, bold_body: bool) -> _Kind | None:
    if line.edge or line.artifact or line.fixed > SET_SO or line.aslant or _ends_an_entry(line.text):
        return None
    size = laid.measures.size
    if line.size >= size * LARGER:
        return _Kind(round(line.size, 1), line.bold > 0.5 and not bold_body)
    bold = line.bold > 0.5 and line.bold + line.fixed >= SET_SO and not bold_body  # names of commands are seldom bold
    if bold and line.size >= size * SMALLER:
        return _Kind(round(line.size, 1), bold)
    return None


def _is_readable(text: str) -> bool:
    """Tell whether a text is one that is read out: a number, or mostly letters and blanks."""
    letters = sum(each.isalnum() or each.isspace() for each in text)
    is_text = any(map(str.isalpha, text)) or len(text.split()) == 1
    return is_text and letters >= MIN_LETTERS_SHARE * len(text) and any(map(str.isalnum, text))


def _stands_apart(laid: Laid, numbers: Sequence[int]) -> bool:
    """Tell whether bold lines of the text's own size are a heading.

    Space, a whole sentence or another heading stands before them, or they are the first of a column; no sentence is in
    them.
    """
    first, last = laid.lines[numbers[0] - 1], laid.lines[numbers[-1] - 1]
    place = laid.layout[numbers[0] - 1]
    if first is None or last is None or place is None or len(numbers) > 3:
        return False
    above = _printed_before(laid, numbers[0])
    before = laid.lines[above - 1] if above else None
    is_first = before is None or before.page != first.page or before.column != first.column
    if before and not is_first and not place.blanks and before.bold < SET_SO and not STOP.search(before.text):
        return False
    return not SENTENCE_END.search(last.text)


def _merged(kinds: Sequence[_Kind]) -> dict[_Kind, int]:
    """Return the rank of each kind; sizes that hardly differ are one."""
    ranks: dict[_Kind, int] = {}
    rank = 0
    before: _Kind | None = None
    for kind in kinds:
        if before is None or kind.size < before.size * (1 - SAME_SIZE) or kind.bold != before.bold:
            rank += 1
            before = kind
        ranks[kind] = rank
    return ranks


# ------------------------------------------------------------------------------------------------ program text


def _code(laid: Laid, rulings: dict[int, Ruling]) -> None:
    lines = laid.lines
    letters = sum(len(line.text) for line in lines if line)
    if sum(len(line.text) for line in lines if line and line.fixed > SET_SO) > 0.6 * letters:
        return  # the whole is typewritten
    inside = False
    sure = [line is not None and line.fixed >= ALL_FIXED for line in lines]
    for number, line in enumerate(lines, 1):
        if line is None or line.edge or line.artifact:
            continue
        # A sign of another face may stand in a line of several.
        beside = line.fixed > SET_SO and (sure[max(0, number - 2)] or (number < len(sure) and sure[number]))
        coded = sure[number - 1] or beside
        if coded and number not in rulings:
            rulings[number] = Ruling(Role.CODE, not inside, shown="it is set in letters of one width", confidence=0.95)
        inside = coded


def _drawings(laid: Laid, rulings: dict[int, Ruling]) -> None:
    """Keep lines as they are that hold nothing but signs, several below each other: what is left of a drawing."""
    run: list[int] = []
    for number, line in enumerate([*laid.lines, None], 1):
        if line is not None and not any(map(str.isalnum, line.text)) and number not in rulings and not line.edge:
            run.append(number)
            continue
        if len(run) >= MIN_DRAWN:
            shown = "it has no letter or digit, and stands among others like it"
            for at, each in enumerate(run):
                rulings[each] = Ruling(Role.CODE, at == 0, shown=shown, confidence=0.8)
        run = []


# ------------------------------------------------------------------------------------------------------- lists


def _dashes(laid: Laid, rulings: dict[int, Ruling]) -> dict[int, int]:
    """Mark list items that begin with a dash: their other lines hang, where those of somebody's speech do not."""
    hanging: dict[int, list[int]] = {}  # by the column where the dashes stand
    short: dict[int, list[int]] = {}  # of one line
    flush: Counter[int] = Counter()  # whose other lines do not hang
    for number, line in enumerate(laid.lines, 1):
        place = laid.layout[number - 1]
        if line is None or place is None or line.edge or number in rulings or not DASH.match(line.text):
            continue
        after = laid.lines[number] if number < len(laid.lines) else None
        below = laid.layout[number] if number < len(laid.layout) else None
        if not (after and below) or after.page != line.page or DASH.match(after.text) or below.blanks:
            short.setdefault(place.indent, []).append(number)
        elif 1 <= below.indent - place.indent <= MAX_HANG:
            hanging.setdefault(place.indent, []).append(number)
        else:
            flush[place.indent] += 1
    items: list[int] = []
    for indent, numbers in hanging.items():
        if len(numbers) >= MIN_HANGING and len(numbers) > 2 * flush[indent]:
            items += [*numbers, *short.get(indent, ())]
    for number in items:
        rulings[number] = Ruling(
            Role.ITEM, True, shown="it begins with a dash, behind which lines hang", confidence=0.9
        )
    return dict.fromkeys(items, 1)


# ------------------------------------------------------------------------------------------------------- notes


def _notes(laid: Laid, rulings: dict[int, Ruling]) -> None:
    """Mark the lines at the feet of columns that are set smaller than the text, from the first that has a label on.

    Small lines at a foot without a label, or before the first, go on with the note that the foot before left open.
    """
    open_note: Lined | None = None  # the last line of the last note, where it may go on
    label = ""
    again = _printed_again(laid)
    for numbers in _columns(laid):
        zone = _foot(laid, numbers, again)
        before = rulings.get(zone[0] - 1) if zone else None
        if before and before.role is Role.HEADING and _text(laid.lines[zone[0] - 1]).startswith("["):
            zone = []  # a list of references, set small, with its own heading
        begun = False
        for at, number in enumerate(zone):
            line = laid.lines[number - 1]
            if line is None:
                continue
            found = _label(line)
            begins = bool(found) and _counts_on(label, found, first=not begun, raised=_is_raised(line))
            if not begins and not begun and not (open_note and _goes_on(open_note, line, first=at == 0)):
                continue
            label = found if begins else label
            begun = True
            shown = f"it stands at the foot, set in {line.size:g} pt"
            rulings[number] = Ruling(Role.NOTE, begins, shown=shown, confidence=0.95)
            open_note = line
        if not zone:
            open_note = None


def _counts_on(before: str, label: str, *, first: bool, raised: bool) -> bool:
    """Tell whether a label is the next one; a line of a note may begin with any number."""
    if raised or not label.isdecimal() or not before.isdecimal():
        return True
    step = int(label) - int(before)
    return 1 <= step <= MAX_STEP or (first and (label == "1" or 1 <= step <= MAX_LOST))


def _columns(laid: Laid) -> list[list[int]]:
    """Return the numbers of the lines of each column, in reading order."""
    by_column: dict[tuple[int, int], list[int]] = {}
    for number, line in enumerate(laid.lines, 1):
        if line is not None and not line.artifact and not line.aslant:
            by_column.setdefault((line.page, line.column), []).append(number)
    return list(by_column.values())


def _printed_again(laid: Laid) -> frozenset[str]:
    """Return what stands at the edges of several pages, numbers apart."""
    edges: Counter[str] = Counter()
    for line in laid.lines:
        if line is not None and line.edge:
            edges[_shape(line.text)] += 1
    return frozenset(shape for shape, times in edges.items() if times > 1)


def _shape(text: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", text)


def _foot(laid: Laid, numbers: Sequence[int], again: frozenset[str]) -> list[int]:
    """Return the lines at a column's foot that are set smaller than the text; a folio below them is none of them."""
    limit = laid.measures.size * SMALLER
    zone: list[int] = []
    rest = list(numbers)
    while rest and (last := laid.lines[rest[-1] - 1]) is not None and last.edge and _shape(last.text) in again:
        rest.pop()
    for number in reversed(rest):
        line = laid.lines[number - 1]
        if line is None or line.size > limit:
            break
        zone.append(number)
    return zone[::-1] if len(zone) < len(rest) else []


def _goes_on(before: Lined, line: Lined, *, first: bool) -> bool:
    """Tell whether a note that ended a page goes on with a line at the foot of the next one."""
    if not first:  # the line before it went on
        return (line.page, line.column) == (before.page, before.column)
    near = (line.page, line.column) > (before.page, before.column) and line.page <= before.page + 1
    alike = abs(line.size - before.size) <= SAME_SIZE * before.size
    return (
        near and alike and (not SENTENCE_END.search(before.text) or line.text[0].islower() or before.text[-1] in ",;-")
    )


def _label(line: Lined) -> str:
    """Return the label that a line begins with, or ""."""
    raised = _raised(line)
    if raised:
        return line.text[: raised.stop].strip()
    match = LABEL.match(line.text)
    return (match[1] or match[2]) if match else ""


def _is_raised(line: Lined) -> bool:
    return _raised(line) is not None


def _raised(line: Lined) -> StyleSpan | None:
    first = next((each for each in line.styles if each.kind == "superscript" and each.start == 0), None)
    return first if first and RAISED_LABEL.fullmatch(line.text[: first.stop]) else None


def _text(line: Lined | None) -> str:
    return line.text if line else ""
