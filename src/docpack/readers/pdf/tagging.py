"""What the tags of a PDF say of its lines, if they are sane: where blocks begin, and which.

Theory of operation. Each line belongs to a unit: the element that is one block (a paragraph, a heading, an item, a note,
a row of a table). `_units` finds them, and `_why_not` tells whether they can be trusted: most of the text has to be
tagged, and the units have to agree with what the page shows. Then each kind of unit is made rulings by a function of its
own. What the tags leave open (untyped elements) stays without a ruling.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from docpack.readers.pdf.breaks import Room
from docpack.readers.pdf.laying import MIN_LETTER_SHARE
from docpack.readers.pdf.lines import MarkRun
from docpack.readers.pdf.tagged_notes import find_references
from docpack.reflow.layout import NO_MARKER, TURNED_OVER, StyleSpan
from docpack.reflow.lines import Line
from docpack.reflow.roles import is_scene_break
from docpack.reflow.rulings import Role, Ruling
from docpack.reflow.shapes import item_marker

if TYPE_CHECKING:
    from docpack.readers.pdf.laying import Laid, Lined
    from docpack.readers.pdf.tags import Tags
    from docpack.reflow.layout import LineLayout, NotePlace

__all__ = ["Kind", "Tagged", "Unit", "kind_of", "parted", "shown_by_tags"]

SURE = 0.98
MIN_TAGGED = 0.95  # of the letters that are no artifacts belong to an element
MAX_ARTIFACTS = 0.5  # of all letters
MAX_TWICE = 0.02  # of the marks belong to two elements
MAX_CUT = 0.25  # of the paragraphs begin where the page shows that a sentence goes on
MAX_MIXED = 0.5  # paragraphs that the page shows inside an element, for each element
MAX_RESUMED = 0.1  # of the elements are left and come back: another order than that of the page
MIN_UNITS = 3  # below that nothing can be said of habits
SET_IN = 0.8  # times the size: further than that from the margin a whole block is set in
NESTED_COLUMNS = 3  # by which a list is set in that stands in another one
OTHER_SIZE = 0.03
MOST = 0.85  # of a line's letters
STEP_COLUMNS = 3  # of verse


class Kind(NamedTuple):
    """What an element makes of the text in it: `unit` is the element that is one block."""

    unit: int
    role: Role | None
    tag: str
    level: int = 0
    item: int = -1
    quoted: bool = False
    nested: bool = False  # in an item or in what is said of a term


class Unit:
    """The lines of one block, by their numbers, in order."""

    __slots__ = ("kind", "lines")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.lines: list[int] = []


@dataclass(slots=True)
class Tagged:
    """What the tags say. `why` tells why they were left alone; then all else is empty.

    `places` are the layouts of lines that are better known now; `kinds` the standard types that occur.
    """

    why: str = ""
    rulings: dict[int, Ruling] = field(default_factory=dict)
    places: dict[int, LineLayout] = field(default_factory=dict)
    references: dict[int, tuple[NotePlace, ...]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    titles: list[Unit] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)


def parted(pages: list[list[Lined]], tags: Tags) -> list[list[Lined]]:
    """Return the lines of pages, each cut in two where a term or a heading is followed by its text on the same line."""
    return [[part for line in page for part in _parts(line, tags)] for page in pages]


def _parts(line: Lined, tags: Tags) -> list[Lined]:
    kinds = [kind_of(tags, tags.owners.get((line.page, run.mark), -1)) for run in line.runs]
    at = next((at for at, kind in enumerate(kinds) if kind.unit != kinds[0].unit), 0)
    if not at or line.artifact or kinds[0].role not in (Role.TERM, Role.HEADING) or kinds[at].role is None:
        return [line]
    cut = line.runs[at].start
    head = line.text[:cut].rstrip()
    if not head:
        return [line]
    across = line.left + (line.right - line.left) * cut / len(line.text)
    first = line._replace(
        text=head,
        right=across,
        runs=line.runs[:at],
        styles=tuple(each._replace(stop=min(each.stop, len(head))) for each in line.styles if each.start < len(head)),
    )
    return [
        first,
        line._replace(
            text=line.text[cut:],
            left=across,
            runs=tuple(MarkRun(each.start - cut, each.stop - cut, each.mark) for each in line.runs[at:]),
            styles=tuple(
                StyleSpan(max(each.start - cut, 0), each.stop - cut, each.kind)
                for each in line.styles
                if each.stop > cut
            ),
        ),
    ]


def shown_by_tags(laid: Laid, tags: Tags) -> Tagged:
    """Return what the tags show the lines to be."""
    units, owned, letters = _units(laid, tags)
    room = Room(laid)
    why = _why_not(laid, tags, units, room, owned, letters)
    if why:
        return Tagged(why)
    kinds = frozenset(element.kind for element in tags.elements)
    made = Tagged(kinds=kinds, units=units, titles=[unit for unit in units if unit.kind.tag == "Title"])
    _blocks(laid, made, room)
    _verse(laid, made, room)
    _artifacts(laid, made)
    _items(laid, made, tags)
    _code(laid, made, tags, room)
    made.references = find_references(laid, tags, made)
    return made


# ------------------------------------------------------------------------------------------------------ units

_BLOCKS = frozenset("P Caption BibEntry".split())
_HEADINGS = frozenset("H H1 H2 H3 H4 H5 H6 Title".split())
_TYPED = _BLOCKS | _HEADINGS | frozenset("Note FENote TR TOCI TOC Table Code LI Lbl LBody BlockQuote".split())
_INLINE = frozenset("Span Em Strong Quote Link Annot Code Lbl Reference".split())


def _units(laid: Laid, tags: Tags) -> tuple[list[Unit], int, int]:
    """Return the units in the order in which they begin on the pages, and how many letters have one, of how many."""
    kinds = [kind_of(tags, number) for number in range(len(tags.elements))]
    first: dict[int, int] = {}  # the first block in each list item: it is the item itself
    made: dict[int, Unit] = {}
    owned = letters = 0
    for number, line in enumerate(laid.lines, 1):
        if line is None or line.artifact or line.aslant:
            continue
        tally: Counter[Kind] = Counter()
        for start, stop, mark in line.runs:
            owner = tags.owners.get((line.page, mark), -1) if mark >= 0 else -1
            letters += stop - start
            owned += (stop - start) * (owner >= 0)
            if owner >= 0:
                tally[kinds[owner]] += stop - start
        if not tally:
            continue
        kind = max(tally, key=lambda each: (tally[each], -each.unit))
        if kind.item >= 0 and kind.unit != kind.item and first.setdefault(kind.item, kind.unit) == kind.unit:
            kind = kind._replace(unit=kind.item)
        made.setdefault(kind.unit, Unit(kind)).lines.append(number)
    return list(made.values()), owned, letters


def kind_of(tags: Tags, number: int) -> Kind:
    """Return what an element makes of its text: the innermost of those that it stands in that says something."""
    chain = list(tags.above(number))
    kinds = [tags.elements[each].kind for each in chain]
    for wanted, role in _OUTER:
        at = next((at for at, kind in enumerate(kinds) if kind in wanted), None)
        if at is not None and "Caption" not in kinds[:at]:
            return Kind(chain[at], role, kinds[at])
    item = next((each for each, kind in zip(chain, kinds, strict=True) if kind == "LI"), -1)
    if item >= 0 and tags.elements[tags.elements[item].parent].is_glossary:
        inside = kinds[: chain.index(item)]
        if "Lbl" in inside:
            return Kind(chain[inside.index("Lbl")], Role.TERM, "Lbl")
        item = -1
    return _inner(tags, chain, kinds, item)


# Elements that make one of all that stands in them, and those whose text is of no kind that is known.
_OUTER: tuple[tuple[frozenset[str], Role | None], ...] = (
    (frozenset({"Note", "FENote"}), Role.NOTE),
    (frozenset({"TR"}), Role.PARAGRAPH),
    (frozenset({"TOCI", "TOC"}), Role.PARAGRAPH),
    (frozenset({"Table"}), Role.PARAGRAPH),
    (frozenset({"Figure", "Formula", "Form"}), None),
)


def _inner(tags: Tags, chain: list[int], kinds: list[str], item: int) -> Kind:
    quoted, nested = "BlockQuote" in kinds, "LBody" in kinds
    for at, kind in enumerate(kinds):
        if kind in _HEADINGS and item < 0:
            level = int(kind[1:]) if kind[1:].isdecimal() else max(1, kinds[at:].count("Sect"))
            return Kind(chain[at], Role.HEADING, kind, 0 if kind == "Title" else min(level, 6))
        if kind == "Code" and _is_program(tags, chain[at], kinds[at:]):
            return Kind(chain[at], Role.CODE, kind)
    text = Role.ITEM if item >= 0 else Role.QUOTE if quoted else Role.PARAGRAPH
    for at, kind in enumerate(kinds):
        is_block = kind in _INLINE and tags.elements[chain[at]].is_block
        whole = kind in ("LI", "BlockQuote") or (kind == "LBody" and item < 0)
        if kind in _BLOCKS or kind in _HEADINGS or is_block or whole:
            return Kind(chain[at], text, kind, item=item, quoted=quoted, nested=nested)
    return Kind(chain[-1] if chain else -1, None, "")


def _is_program(tags: Tags, number: int, kinds: list[str]) -> bool:
    return tags.elements[number].is_block or not set(kinds) & (_BLOCKS | _HEADINGS | {"LI"})


# ------------------------------------------------------------------------------------------------- are they sane?


def _why_not(laid: Laid, tags: Tags, units: list[Unit], room: Room, owned: int, letters: int) -> str:
    """Return why the tags cannot be trusted, as a clause; "" where they can."""
    artifacts = sum(len(line.text) for line in laid.lines if line and line.artifact)
    if letters and owned < MIN_TAGGED * letters:
        return f"only {100 * owned // letters} % of the text is tagged"
    if artifacts > MAX_ARTIFACTS * (letters + artifacts):
        return "most of the text is tagged as no text"
    if tags.twice > MAX_TWICE * len(tags.owners):
        return "its elements share their text"
    blocks = [unit for unit in units if unit.kind.role in (Role.PARAGRAPH, Role.QUOTE, Role.ITEM)]
    if sum(unit.kind.role is not None for unit in units) == 0:
        return "they name no kind of block"
    return _against_page(laid, units, blocks, room) if len(blocks) >= MIN_UNITS else ""


def _against_page(laid: Laid, units: list[Unit], blocks: list[Unit], room: Room) -> str:
    """Return how the units contradict what the page shows, as a clause; "" where they do not."""
    owner = {number: unit for unit in units for number in unit.lines}
    follows = [unit.lines[0] for unit in blocks if owner.get(unit.lines[0] - 1) in blocks[:0] or unit.lines[0] > 1]
    cut = sum(room.goes_on(first - 1, first) for first in follows if first - 1 in owner)
    if cut > MAX_CUT * len(blocks):
        return "its paragraphs are lines"
    mixed = sum(
        room.begins(before, after)
        for unit in blocks
        if not room.is_broken(unit.lines, quoted=unit.kind.quoted)
        for before, after in zip(unit.lines, unit.lines[1:], strict=False)
    )
    if mixed > MAX_MIXED * len(blocks):
        return "its elements hold several paragraphs each"
    resumed = 0
    last: Unit | None = None
    seen: set[int] = set()
    for number in range(1, len(laid.lines) + 1):
        unit = owner.get(number)
        if unit is None or unit.kind.role in (None, Role.NOTE) or unit is last:
            continue
        resumed += unit.kind.unit in seen
        seen.add(unit.kind.unit)
        last = unit
    return "its order is not that of the pages" if resumed > MAX_RESUMED * len(seen) else ""


# ---------------------------------------------------------------------------------------------------- rulings


def _artifacts(laid: Laid, made: Tagged) -> None:
    """Take out what is tagged as an artifact; where anything is, all else is text, wherever it stands."""
    if any(line is not None and line.artifact for line in laid.lines):
        for number, ruling in made.rulings.items():
            made.rulings[number] = replace(ruling, furniture=False)
    for number, line in enumerate(laid.lines, 1):
        if line is not None and line.artifact:
            shown = "the PDF's tags call it no part of the text"
            made.rulings[number] = Ruling(furniture=True, shown=shown, confidence=SURE)


def _blocks(laid: Laid, made: Tagged, room: Room) -> None:
    """Rule where units begin and go on; one that is left and comes back begins anew."""
    owner = {number: unit for unit in made.units for number in unit.lines}
    last: Unit | None = None
    for number in sorted(owner):
        unit = owner[number]
        role = unit.kind.role
        if role is None:
            last = None
            continue
        begins = number == unit.lines[0] if role is Role.NOTE else unit is not last
        if role is not Role.NOTE:
            last = unit
        shown = f"the PDF's tags call it {_called(unit.kind)}"
        shown = shown if begins else f"{shown}, which goes on"
        if role is Role.PARAGRAPH and _may_be_more(laid, made, room, unit):
            role = None
        if unit.kind.tag not in _TYPED and not begins:
            continue  # a stretch that is set apart, of any number of blocks
        if _is_break(laid, unit):
            role, shown = Role.SCENE_BREAK, "the PDF's tags set it apart, and it holds no words"
        made.rulings[number] = Ruling(role, begins, shown=shown, confidence=SURE)
        place = laid.layout[number - 1]
        if place and role is Role.HEADING:
            level = unit.kind.level + ("Title" in made.kinds)
            made.places[number] = place._replace(level=level)


def _may_be_more(laid: Laid, made: Tagged, room: Room, unit: Unit) -> bool:
    """Tell whether a paragraph looks like something for which these tags have no type: its maker may know none."""
    line = laid.lines[unit.lines[0] - 1]
    if unit.kind.tag not in _TYPED:
        return True
    if line is None or unit.kind.tag != "P":
        return False
    set_in = "BlockQuote" not in made.kinds and (
        room.is_set_in(unit.lines) or line.size < laid.measures.size * (1 - OTHER_SIZE)
    )
    set_bold = len(unit.lines) == 1 and line.bold > MOST
    return set_in or set_bold or ("L" not in made.kinds and item_marker(line.text) is not None)


_NAMES = {Role.NOTE: "a note", Role.QUOTE: "a quotation", Role.CODE: "program text", Role.TERM: "a term"}


def _called(kind: Kind) -> str:
    names = {"H": "a heading", "P": "a paragraph", "LI": "an item of a list", "TR": "a row of a table"}
    if kind.role is Role.HEADING:
        return f"a heading ({kind.tag})"
    if kind.role in _NAMES:
        return _NAMES[kind.role]
    return names.get("LI" if kind.role is Role.ITEM else kind.tag, f"a block ({kind.tag})")


def _is_break(laid: Laid, unit: Unit) -> bool:
    line = laid.lines[unit.lines[0] - 1]
    if line is None or len(unit.lines) > 1 or unit.kind.role is not Role.PARAGRAPH:
        return False
    alone = Line(line.text, 0, 0, len(line.text))
    alone.blanks = int(unit.kind.tag != "P")  # a paragraph may be a mere dash
    return is_scene_break(alone) or (unit.kind.tag == "Span" and not any(map(str.isalnum, line.text)))


# ------------------------------------------------------------------------------------------------------ verse


def _verse(laid: Laid, made: Tagged, room: Room) -> None:
    """Take blocks for verse whose lines end before they are full, and single lines beside such blocks for stanzas."""
    text = [unit for unit in made.units if unit.kind.role is not Role.NOTE]
    plain = [_may_be_verse(made, unit) for unit in text]
    sung = [
        may_be
        and room.is_broken(unit.lines, quoted=unit.kind.quoted)
        and room.is_even(unit.lines)
        and (len(unit.lines) > 2 or room.is_set_in(unit.lines))
        for unit, may_be in zip(text, plain, strict=True)
    ]
    found = list(sung)
    for at, unit in enumerate(text):
        if plain[at] and not sung[at] and room.is_set_in(unit.lines):
            left = room.left(unit.lines)
            beside = [other for other in (at - 1, at + 1) if 0 <= other < len(text)]
            beside = [other for other in beside if text[other].kind.nested == unit.kind.nested]
            found[at] = any(
                (sung[other] and abs(room.left(text[other].lines) - left) < 2)
                or (plain[other] and _are_single(room, unit, text[other]))
                for other in beside
            )
    stanzas = [unit for unit, is_verse in zip(text, found, strict=True) if is_verse]
    # What stands in items is set in by more than what does not.
    runs = room.verse_lines([unit.lines for unit in stanzas if unit.kind.nested])
    runs |= room.verse_lines([unit.lines for unit in stanzas if not unit.kind.nested])
    for unit in stanzas:
        for number in unit.lines:
            shown = "the PDF's tags make one block of these lines, and they end before they are full"
            is_line = number != unit.lines[0] and number in runs
            begins = number == unit.lines[0] or (None if is_line else False)
            made.rulings[number] = Ruling(Role.VERSE, begins, shown=shown, confidence=0.95, is_line=is_line)
    for run in _runs(made, stanzas):
        _indent(laid, made, room, [number for unit in run for number in unit.lines if number in runs])


def _may_be_verse(made: Tagged, unit: Unit) -> bool:
    may_be = unit.kind.role in (Role.PARAGRAPH, Role.QUOTE) and unit.kind.tag in ("P", "BlockQuote")
    return may_be and made.rulings[unit.lines[0]].role is not Role.SCENE_BREAK


def _are_single(room: Room, unit: Unit, other: Unit) -> bool:
    """Tell whether two neighbours are single lines that are set in, and neither quoted nor centred: stanzas of a line."""
    return all(
        len(each.lines) == 1
        and not each.kind.quoted
        and not each.kind.nested
        and room.is_set_in(each.lines)
        and not room.is_centred(each.lines[0])
        for each in (unit, other)
    )


def _runs(made: Tagged, stanzas: list[Unit]) -> list[list[Unit]]:
    """Return stanzas in runs between which no other block stands."""
    order = {id(unit): at for at, unit in enumerate(unit for unit in made.units if unit.kind.role is not Role.NOTE)}
    found: list[list[Unit]] = []
    for unit in stanzas:
        if found and order[id(unit)] == order[id(found[-1][-1])] + 1:
            found[-1].append(unit)
        else:
            found.append([unit])
    return found


def _indent(laid: Laid, made: Tagged, room: Room, numbers: list[int]) -> None:
    """Give the lines of a poem columns that stand by its own steps."""
    lefts = {number: room.offset(number) for number in numbers}
    depths: list[float] = []
    for left in sorted(lefts.values()):
        if not depths or left - depths[-1] > 2:
            depths.append(left)
    step = min((b - a for a, b in zip(depths, depths[1:], strict=False)), default=1.0)
    base = min((place.indent for number in numbers if (place := laid.layout[number - 1])), default=0)
    for number in numbers:
        place = laid.layout[number - 1]
        if place:
            indent = base + STEP_COLUMNS * round((lefts[number] - depths[0]) / step)
            made.places[number] = place._replace(indent=indent)


# ------------------------------------------------------------------------------------------- lists, program text


def _items(laid: Laid, made: Tagged, tags: Tags) -> None:
    """Tell where the markers of items end, and set lists in by how they stand in each other."""
    columns: dict[int, int] = {}  # by list
    for unit in made.units:
        if unit.kind.role is not Role.ITEM:
            continue
        number = unit.lines[0]
        line, place = laid.lines[number - 1], laid.layout[number - 1]
        if line is None or place is None:
            continue
        if unit.kind.unit != unit.kind.item:
            made.places[number] = place._replace(marker=NO_MARKER)
            continue
        around = [each for each in tags.above(unit.kind.item) if tags.elements[each].kind == "L"]
        column = columns.get(around[0], place.indent) if around else place.indent
        if len(around) > 1 and around[1] in columns:
            column = max(column, columns[around[1]] + NESTED_COLUMNS)
        if around:
            columns[around[0]] = column
        made.places[number] = place._replace(indent=column, marker=_marker(line, tags, unit.kind.item))


def _marker(line: Lined, tags: Tags, item: int) -> int:
    """Return how many characters at the head of a line belong to the label of an item; -1 where it has none."""
    stop = -1
    for run in line.runs:
        owner = tags.owners.get((line.page, run.mark), -1)
        chain = list(tags.above(owner)) if owner >= 0 else []
        inside = chain[: chain.index(item)] if item in chain else []
        if not any(tags.elements[each].kind == "Lbl" for each in inside):
            break
        stop = run.stop
    return len(line.text[:stop].rstrip()) if stop > 0 else -1


def _code(laid: Laid, made: Tagged, tags: Tags, room: Room) -> None:
    """Measure the indentation and the blank lines of program text by its own letters and lines."""
    found = [unit for unit in made.units if unit.kind.role is Role.CODE]
    downs = [down for unit in found for down in _downs(laid, unit)]
    pitch = min(downs, default=0.0)
    for unit in found:
        lines = [(number, line) for number in unit.lines if (line := laid.lines[number - 1])]
        letter = max((line.right - line.left) / len(line.text) for _, line in lines)
        letter = max(letter, MIN_LETTER_SHARE * laid.measures.size)  # letters may be set upon each other
        left = min(line.left for _, line in lines)
        inset = room.left(unit.lines)
        before = 0
        for number, line in lines:
            place = laid.layout[number - 1]
            if place is None:
                continue
            above = laid.lines[before - 1] if before else None
            blanks = place.blanks if above is None else 0
            if above is not None and line.base > above.base and pitch:
                blanks = max(0, round((line.base - above.base) / pitch) - 1)
            made.places[number] = place._replace(indent=round((line.left - left) / letter), blanks=blanks)
            if above and not room.is_short(before, number, inset) and _row(tags, line) == _row(tags, above) >= 0:
                made.places[number] = made.places[number]._replace(marker=TURNED_OVER)
            before = number


def _downs(laid: Laid, unit: Unit) -> list[float]:
    lines = [line for number in unit.lines if (line := laid.lines[number - 1])]
    return [b.base - a.base for a, b in zip(lines, lines[1:], strict=False) if b.base > a.base]


def _row(tags: Tags, line: Lined) -> int:
    """Return the paragraph in program text that a line belongs to; -1 where there is none."""
    owner = tags.owners.get((line.page, line.runs[0].mark), -1) if line.runs else -1
    return next((each for each in tags.above(owner) if tags.elements[each].kind == "P"), -1)
