"""What an engine tells of a page: its glyphs, each with its text and its place.

Engines give glyphs and nothing else of the text: no blanks of their own, no lines. What becomes of them is decided in one
place for all engines (`lines.py`), so that they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Engine", "Face", "Glyph", "Page", "Picture", "Unmapped"]

Unmapped = "\ufffd"  # the text of a glyph of which the file does not say what it means


class Face(NamedTuple):
    """A font, as far as it says something about the text that is set in it."""

    name: str = ""  # without the six letters that mark a subset
    bold: bool = False
    italic: bool = False
    fixed: bool = False  # all letters have one width
    small_caps: bool = False


class Glyph(NamedTuple):
    """A glyph in upright page space: points, y counted downwards from the top of the page.

    `text` may be several characters (a ligature), or none (the second glyph of a span that is read as something else).
    A blank has the text " ". `mark` is the marked-content identifier, or -1; `artifact` tells of what the file itself
    calls no part of the text.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    face: Face
    mark: int = -1
    artifact: bool = False


class Picture(NamedTuple):
    """A picture on a page, in page space; `name` is that of its object in the file."""

    left: float
    top: float
    right: float
    bottom: float
    name: str
    mark: int = -1


@dataclass(slots=True)
class Page:
    """A page as it is seen: cropped and turned as the file says."""

    number: int  # counted from 0
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)  # left, top, right, bottom of lines
    aslant: int = 0  # glyphs in other directions than the page's own, which stand at the end of `glyphs`
    damage: list[str] = field(default_factory=list)  # what of it could not be read, with the reason
    limit: str = ""  # the limit that it was cut short by
    is_crowded: bool = False  # so that it was not told which letters are raised; known once its lines were found


class Engine(Protocol):
    """A library that interprets pages."""

    name: str

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order; only one is kept at a time.

        Raises:
            InputError: The file is damaged so that it cannot be read on, or a limit is exceeded.
        """
