"""What a reader of an output gets to read: the common result of all read-backs."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Reading", "characters"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of an output, as it is printed.

    `blocks` are the texts of the body in reading order, white space squeezed to single blanks and none at the
    ends, no empty ones: the printed title if there is one, headings, paragraphs, stanzas, list items, terms,
    captions, rows of tables, scene breaks. The labels at note references and the markers of list items are
    part of them. `notes` are the notes in the order of the output, each one its label and its text. `bare` has the
    places among them of those that print no label and lead to none: the reading system is to name them.
    """

    blocks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    bare: frozenset[int] = field(default=frozenset(), compare=False)


def characters(reading: Reading) -> str:
    """Return all characters of the blocks and then of the notes, without white space.

    >>> characters(Reading(("Two words",), ("1 note",)))
    'Twowords1note'
    """
    return "".join("".join(text.split()) for text in (*reading.blocks, *reading.notes))
