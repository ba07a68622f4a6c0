"""From the decoded source to a document and its ledger: the engine that gives a text its structure back.

Theory of operation. The source never changes; stages look at it and add what they find out:

    decode      bytes -> text, newline, byte-order mark
    lines       text -> lines with ink: where it begins and ends, indentation, blank lines and page before it
    pages       running heads and folios are marked, pages turn; what is left are the lines of the text
    series      the same where no form feed tells the pages
    notes       footnotes at the pages' feet or in brackets, tied to their references
    measures    what this document looks like: margins, measure, and what its indentation and blank lines are worth
    view        the lines' shapes (`shapes`), and how each would have fitted on the one before
    certain     lines that go on or begin beyond doubt, and quotations at a measure of their own
    rows        what lines have in common with others: numbers, markers, names, speech
    evidence    per line in doubt: what speaks for and against a block's beginning, and for each role
    sequence    the likeliest states of all these lines together, and how likely each is (a trained model)
    roles       sure cases, people's rulings and profile, and the model's answer for the rest; `reasons` says why
    units       lines -> paragraphs, headings, stanzas, items
    gaps        what stands between two lines, and what it reads as; `hyphens` decides whose a hyphen is,
                `spacing` whether a line end reads as a blank
    inlines     inside the lines: references, blanks, controls, invisible characters (`characters`), and what a person
                has corrected (`corrections`)
    blocks      units -> blocks of the model; sections nest (`headings`)

Invariants: no stage builds text but through edits; each edit has a rule, a confidence and a reason; statistics come
from the document; everything is linear in its lines. This package does no input or output and needs no third party.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.ledger import Edit, Ledger, Rule, SourceText
from docpack.model import Document
from docpack.reflow.layout import Layout
from docpack.reflow.rulings import Profile, Role, Rulings, merged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.context import Context
    from docpack.reflow.lines import Line
    from docpack.reflow.notes import Notes
    from docpack.reflow.rulings import Ruling

__all__ = ["reflow"]


def reflow(
    source: SourceText,
    context: Context,
    profile: Profile = Profile(),  # noqa: B008  # a frozen value
    rulings: Rulings = Rulings(),  # noqa: B008  # as above
    layout: Layout | None = None,
) -> Document:
    """Return the document of a decoded source, with its ledger as `document.source`; metadata stays empty.

    Args:
        source: The decoded source.
        context: Where findings go.
        profile: Which kinds of decisions are made at all.
        rulings: What a person has decided; it wins over every rule.
        layout: Where the lines stand on their pages, where the source tells; it wins over columns counted in the text.

    Findings: R002 and R003 for characters dropped, R004 for furniture.
    """
    from docpack.reflow.blocks import Builder
    from docpack.reflow.breaks import mark_breaks
    from docpack.reflow.gaps import Gaps
    from docpack.reflow.hyphens import Hyphens
    from docpack.reflow.inlines import Inlines
    from docpack.reflow.lines import read_lines
    from docpack.reflow.measures import measure_document
    from docpack.reflow.roles import place_lines
    from docpack.reflow.stanzas import join_stanzas
    from docpack.reflow.units import units_of

    every_line = read_lines(source.text)
    if layout:
        layout.apply(every_line)
        rulings = merged(rulings, layout.rulings, profile)
    lines, notes = _part(every_line, profile, rulings, layout or Layout())
    if layout:
        layout.restore_blanks(lines)
    if not lines:
        whole = Edit(0, len(source.text), "", Rule.EDGE, 1.0, "there is no text") if source.text else None
        return Document((), source=Ledger(source, (whole,) if whole else ()))
    body = _without_notes(lines, notes)
    measures = measure_document(body)
    placed = place_lines(body, measures, profile, rulings.lines)
    if layout and Role.VERSE in profile.roles:
        placed = join_stanzas(placed, rulings.lines)
    if layout and Role.SCENE_BREAK in profile.roles:
        mark_breaks(placed, measures)
    hyphens = Hyphens(source.text, lines, enabled=profile.dehyphenate)
    gaps = Gaps(source.text, lines, hyphens, rulings.lines, blanks_part=measures.blanks_part)
    identifiers = [f"n{number}" for number in range(1, len(notes.found) + 1)]
    inlines = Inlines(gaps, notes.references, identifiers, rulings.corrections)
    builder = Builder(gaps, inlines, layout.figures if layout else ())
    children = builder.build(units_of(placed))
    made = builder.notes(notes.found, identifiers)
    edits = gaps.all_edits(every_line)
    _report(source.text, edits, context)
    return Document(children, notes=made, source=Ledger(source, edits))


def _part(every_line: list[Line], profile: Profile, rulings: Rulings, layout: Layout) -> tuple[list[Line], Notes]:
    """Return the lines of the text with its notes, and these; what was taken out is marked `furniture`."""
    from docpack.reflow.notes import Notes, Said, find_notes
    from docpack.reflow.pages import NOTE_RULE, find_furniture, mark_turns

    ruled = rulings.lines
    labels = find_furniture(every_line) if profile.furniture else {}
    for line in every_line if ruled else ():
        ruling = ruled.get(line.number)
        if ruling and ruling.furniture is not None:
            line.furniture = ruling.reason if ruling.furniture else ""
    text = [line for line in every_line if not line.furniture]
    notes = Notes([], {}, [])
    if Role.NOTE in profile.roles:
        others = frozenset(number for number, each in ruled.items() if each.role not in (None, Role.NOTE))
        said = frozenset(number for number, each in ruled.items() if each.role is Role.NOTE)
        shown = frozenset(number for number in said if not ruled[number].by_person)
        notes = find_notes(text, others, Said(said, shown, _goes_on(ruled, said), layout.references))
    for line in notes.rules:
        line.furniture = NOTE_RULE
    return mark_turns(every_line, {**labels, **layout.labels}), notes


def _goes_on(rulings: Mapping[int, Ruling], said: frozenset[int]) -> frozenset[int]:
    """Return the numbers of lines that are known to go on with the note before, and not to begin one."""
    return frozenset(number for number in said if rulings[number].begins is False)


def _without_notes(lines: list[Line], notes: Notes) -> list[Line]:
    """Return the lines without those of notes; where one lay between two lines, a page turns."""
    if not notes.found:
        return lines
    taken = {line.number for note in notes.found for line in note.lines}
    kept = [line for line in lines if line.number not in taken]
    for before, line in zip(kept, kept[1:], strict=False):
        # Blank lines round a note in mid-page are the note's own where a sentence goes on, and part paragraphs elsewhere.
        interrupted = not line.blanks or line.text[0].islower()
        if line.index != before.index + 1 and line.turn is None and interrupted:
            line.turn = ""
    return kept


def _report(text: str, edits: tuple[Edit, ...], context: Context) -> None:
    from docpack.findings import Code

    control = [edit for edit in edits if edit.rule is Rule.CONTROL]
    if control:
        context.report(Code.R002, count=len(control), first=f"U+{ord(text[control[0].start]):04X}")
    invisible = sum(edit.rule is Rule.INVISIBLE for edit in edits)
    if invisible:
        context.report(Code.R003, count=invisible)
    furniture = sum(edit.rule is Rule.FURNITURE for edit in edits)
    if furniture:
        context.report(Code.R004, count=furniture)
