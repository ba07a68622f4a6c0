"""Prove that an output holds what its source holds: read it back, compare, and account for every character.

`check` compares the text of an output with what the document says, which the ledger ties to the source. The common
case, an output that is the same to the last blank, takes one pass. Where it is not the same, whoever made the output,
these are told apart:

* what is missing, added or changed, and blanks more or less between words: differences, never ok;
* a block that stands elsewhere: moved, which is ok for a note only;
* the document's title, author, date or list of headings set in front of the text: extra matter, ok;
* labels of notes that are left to the reading system, and dots or brackets that are set round them: ok.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docpack.errors import UsageError
from docpack.ledger import account
from docpack.verify.differences import Difference, ink, same_blanks
from docpack.verify.expected import expected_of, squeezed, whole_text
from docpack.verify.outputs import CHECKED, read_back

if TYPE_CHECKING:
    from docpack.model import Document
    from docpack.verify.comparison import Found
    from docpack.verify.expected import Expected
    from docpack.verify.reading import Reading

__all__ = ["Conservation", "Reference", "check"]


@dataclass(frozen=True, slots=True)
class Conservation:
    """The balance sheet of one output; all figures count characters that are not white space.

    `source` is what the decoded source has, `kept` and `dropped` (by rule) what the ledger made of it; `expected` is
    what an output should print: what was kept, the label of a note once more at each reference, and a stated title.
    `output` is what it does print. `missing`, `added` and `changed` count how they differ; `spacing` counts blanks more or
    less; `moved` are characters at another place, `extra` those of metadata and of marks round labels, `unprinted` labels that the
    output leaves to the reading system. `loose` are those of blocks of a PDF that does not show their order: pointed or
    vocalised text, and text in both directions. So `output == expected - missing + added + extra - unprinted`.
    `differences` holds the first of them, in the order of the text; `count` is the number of all that are not ok.
    """

    format: str
    source: int
    kept: int
    dropped: dict[str, int]
    expected: int
    output: int
    missing: int = 0
    added: int = 0
    changed: int = 0
    spacing: int = 0
    moved: int = 0
    extra: int = 0
    unprinted: int = 0
    loose: int = 0
    count: int = 0
    differences: tuple[Difference, ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether every character is where it should be."""
        return not self.count

    def to_json(self) -> dict[str, Any]:
        """Return the balance sheet as a JSON object."""
        made = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {"ok": self.ok, **made, "differences": [each.to_json() for each in self.differences]}


class Reference:
    """A document as what outputs are compared with; for several outputs of one document, which is read once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._balance: tuple[int, int, dict[str, int]] = (0, 0, {})
        self._body, self._notes = whole_text(document)
        self._characters = len(self._body) + len(self._notes)
        self._expected: int | None = None

    def check(self, data: bytes, format: str) -> Conservation:  # noqa: A002  # the field's own word
        """Compare an output with the document; see `check`."""
        reading = read_back(data, format, self._characters)
        body, notes = " ".join(reading.blocks), " ".join(reading.notes)
        if self._is(body, notes):
            return self._figures(format)
        return self._unlike(format, *self._closest(reading, data, format))

    def _is(self, body: str, notes: str) -> bool:
        """Tell whether this is the text; most often it is, to the letter, and then its blanks need not be squeezed."""
        if (body, notes) == (self._body, self._notes):
            return True
        if self._expected is None:
            self._body, self._notes = squeezed(self._body), squeezed(self._notes)
        return same_blanks(self._body, body) and same_blanks(self._notes, notes)

    def _closest(self, reading: Reading, data: bytes, format: str) -> tuple[Found, Reading, int]:  # noqa: A002
        """Return what the comparison found that fits best, with the reading and the characters that no XML can hold.

        Markers that a reading system draws stand for those of the source if that fits better, and so does the document as
        writers get it, in which references follow a link instead of standing in it.
        """
        from docpack.verify.comparison import compare

        expected = expected_of(self._document)
        found = compare(expected, self._document, reading, data, format)
        if found.census.count and format == "epub":
            drawn = read_back(data, format, self._characters, drawn=True)
            again = compare(expected, self._document, drawn, data, format)
            if again.census.size() < found.census.size():
                found, reading = again, drawn
        lowered = self._lowered(expected, format) if found.census.count else None
        if lowered is not None:
            again = compare(lowered, self._document, reading, data, format)
            found = min(again, found, key=lambda each: each.census.size())
        return found, reading, expected.forbidden

    def _lowered(self, expected: Expected, format: str) -> Expected | None:  # noqa: A002
        """Return what is to be read of the document as writers get it, if it has the same characters in another order."""
        from docpack.context import Context
        from docpack.lowering import lower

        document = lower(self._document, Context(), name=format)
        if document is self._document:
            return None
        lowered = expected_of(document)
        return lowered if lowered.characters() == expected.characters() else None

    def _figures(self, format: str) -> Conservation:  # noqa: A002
        """Return the figures of an output that is the same."""
        if self._expected is None:
            # Here the blanks are squeezed, and there is no other white space.
            self._expected = sum(len(text) - text.count(" ") for text in (self._body, self._notes))
            self._balance = self._balanced(self._expected)
        source, kept, dropped = self._balance
        return Conservation(format, source, kept, dropped, self._expected, self._expected)

    def _balanced(self, expected: int) -> tuple[int, int, dict[str, int]]:
        """Return how many characters the source has, how many were kept, and how many each rule dropped."""
        if self._document.source is None:
            return expected, expected, {}
        balance = account(self._document.source)
        dropped = {str(rule): count for rule, count in balance.dropped.items()}
        return balance.characters - balance.white_space, balance.kept, dropped

    def _unlike(self, format: str, found: Found, reading: Reading, forbidden: int) -> Conservation:  # noqa: A002
        figures = self._figures(format)
        census = found.census
        return replace(
            figures,
            dropped=figures.dropped | ({"forbidden": forbidden} if forbidden else {}),
            kept=figures.kept - forbidden,
            expected=figures.expected - forbidden,
            output=sum(len(ink(text)) for text in (*reading.blocks, *reading.notes)),
            missing=census.missing,
            added=census.added,
            changed=census.changed,
            spacing=census.spacing,
            moved=census.moved,
            extra=found.extra,
            unprinted=found.unprinted,
            loose=found.loose,
            count=census.count,
            differences=tuple(census.kept),
        )


def check(document: Document, data: bytes, format: str) -> Conservation:  # noqa: A002  # the field's own word
    """Compare the text of an output with that of the document, character by character.

    Args:
        document: What the source was read as; with its ledger, differences name the source's lines.
        data: The output, whoever made it.
        format: What it is: epub, docx, tei or pdf.

    Raises:
        InputError: It cannot be read as this format.
        UsageError: The format is none of these.
    """
    if format not in CHECKED:
        raise UsageError(f"the text of {format!r} cannot be read back", hint=f"It can of: {', '.join(CHECKED)}.")
    return Reference(document).check(data, format)
