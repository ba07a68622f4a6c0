"""From the decoded source to a document and its ledger: the engine that gives a text its structure back.

Theory of operation. The source never changes; stages look at it and add what they find out:

    decode      bytes -> text, newline, byte-order mark
    lines       text -> lines with ink: where it begins and ends, indentation, blank lines and page before it
    pages       running heads and folios are marked, pages turn; what is left are the lines of the text
    measures    what this document looks like: margins, measure, first-line indentation, blank lines between paragraphs
    roles       lines -> chunks, each prose, heading, quotation, verse, list item, scene break or code
    notes       footnotes among the chunks, tied to their references
    joins       prose, line by line: does a paragraph begin here?
    hyphens     at the joins: whose hyphen is it?
    characters  inside the lines: blanks, controls, invisible characters
    blocks      chunks -> blocks of the model, and one edit for every gap between two lines
    headings    sections nest

Invariants: no stage builds text but through edits; each edit has a rule, a confidence and a reason; statistics come
from the document; everything is linear in its lines. This package does no input or output and needs no third party.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.ledger import Edit, Ledger, Rule, SourceText
from docpack.model import Document
from docpack.reflow.rulings import Profile, Rulings

if TYPE_CHECKING:
    from docpack.context import Context

__all__ = ["reflow"]


def reflow(
    source: SourceText,
    context: Context,
    profile: Profile = Profile(),  # noqa: B008  # a frozen value
    rulings: Rulings = Rulings(),  # noqa: B008  # as above
) -> Document:
    """Return the document of a decoded source, with its ledger as `document.source`; metadata stays empty.

    Args:
        source: The decoded source.
        context: Where findings go.
        profile: Which kinds of decisions are made at all.
        rulings: What a person has decided; it wins over every rule.

    Findings: R002 and R003 for characters dropped, R004 for furniture.
    """
    from docpack.reflow.blocks import Builder
    from docpack.reflow.lines import read_lines
    from docpack.reflow.measures import measure_document
    from docpack.reflow.notes import find_notes
    from docpack.reflow.pages import find_furniture, mark_turns
    from docpack.reflow.roles import chunks_of, type_chunks

    every_line = read_lines(source.text)
    labels = find_furniture(every_line)
    lines = mark_turns(every_line, labels)
    if not lines:
        whole = Edit(0, len(source.text), "", Rule.EDGE, 1.0, "there is no text") if source.text else None
        return Document((), source=Ledger(source, (whole,) if whole else ()))
    measures = measure_document(lines)
    chunks = chunks_of(lines, measures)
    type_chunks(chunks, measures)
    notes, references = find_notes(chunks)
    builder = Builder(source.text, lines, chunks, measures, notes, references)
    children = builder.build()
    edits = builder.all_edits(every_line)
    _report(source.text, edits, context)
    return Document(children, notes=tuple(builder.notes), source=Ledger(source, edits))


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
