"""What people decide before the engine does: the profile of a reading, and rulings on single lines.

A profile switches whole kinds of decisions; a ruling fixes what one line is, and wins over every rule and model.
Where rulings come from (`overrides.py`: the file beside the input) the engine does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Correction", "Hyphen", "Paragraphs", "Profile", "Role", "Ruling", "Rulings", "merged"]


class Role(StrEnum):
    """What a line of the source is part of."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    VERSE = "verse"
    ITEM = "list-item"
    TERM = "term"
    NOTE = "note"
    CODE = "code"
    SCENE_BREAK = "scene-break"


class Paragraphs(StrEnum):
    """By what paragraphs are told apart."""

    AUTO = "auto"  # by all the evidence there is
    INDENT = "indent"  # by the indentation of their first lines alone
    BLANK = "blank"  # by blank lines alone
    LINE = "line"  # every line of the source is a paragraph


class Hyphen(StrEnum):
    """Whose a hyphen at a line end is."""

    KEEP = "keep-hyphen"  # the word's own
    JOIN = "join-hyphen"  # the line end's; it goes


@dataclass(frozen=True, slots=True)
class Profile:
    """One switch for each kind of decision; what is switched off is not guessed at, but rulings still count."""

    paragraphs: Paragraphs = Paragraphs.AUTO
    dehyphenate: bool = True
    furniture: bool = True
    roles: frozenset[Role] = frozenset(Role)  # those that may be found; paragraphs always may


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person says of one line, or the page shows of it; None where nothing is said.

    `begins` tells whether a block (of verse: a stanza) begins with this line; `is_line` that it does not, and is a line
    of verse of its own all the same. `furniture` true takes it out as a
    running head or folio, false keeps it in. `hyphen` is about the hyphen at this line's own end.
    `where` says whose word it is, for the ledger's reason: "line 7 of in.txt.docpack.toml". Where the page shows it,
    `shown` says by what, as a clause, and `confidence` how sure that is, 0..1; a person's word is not doubted.
    """

    role: Role | None = None
    begins: bool | None = None
    furniture: bool | None = None
    hyphen: Hyphen | None = None
    where: str = ""
    shown: str = ""
    confidence: float = 1.0
    is_line: bool = False

    @property
    def by_person(self) -> bool:
        """Whether a person has decided this."""
        return not self.shown

    @property
    def reason(self) -> str:
        """Why, as a clause."""
        return self.shown or f"{self.where} says so"


@dataclass(frozen=True, slots=True)
class Correction:
    """The range `[start, stop)` of the source, within one line, is to read as `reading`."""

    start: int
    stop: int
    reading: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Rulings:
    """All rulings on one source, by line number (counted from 1, blank lines too); corrections ascend."""

    lines: dict[int, Ruling] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()


def merged(said: Rulings, shown: dict[int, Ruling], profile: Profile) -> Rulings:
    """Return what a person says of the lines, and of all others what the page shows, as far as the profile asks for it."""
    if not shown:
        return said
    lines = {
        number: ruling
        for number, ruling in shown.items()
        if (ruling.role is None or ruling.role is Role.PARAGRAPH or ruling.role in profile.roles)
        and (not ruling.furniture or profile.furniture)
    }
    return Rulings({**lines, **said.lines}, said.corrections)
