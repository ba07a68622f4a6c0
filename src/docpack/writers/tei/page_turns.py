"""Page turns: one `<pb/>` for each, with the printed number of the page that begins and an id to cite it by.

Spec:
    TEI P5, section 3.11.3 (milestone elements); `pb/@break` in 3.2.2.
"""

from __future__ import annotations

import re

from docpack.writers.tei.escapes import attribute
from docpack.xml_characters import FORBIDDEN

__all__ = ["PageTurns", "form_feed"]

_BREAK = ' break="no"'
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def form_feed(place: str) -> str:
    """Return the mark of a form feed inside a text; `place` is `@facs` of the page that begins, or ""."""
    return f'<pb{place} type="form-feed"/>'


class PageTurns:
    """Writes `<pb/>`s, in the order of the text; `ids` are those that are there already."""

    def __init__(self, ids: set[str]) -> None:
        self._ids = ids
        self._numbered = 0

    def mark(self, number: str, *, inside: bool, is_form_feed: bool = False, place: str = "") -> str:
        """Return the mark of a page turn.

        Args:
            number: The printed number of the page that begins, or "".
            inside: Whether it parts a word.
            is_form_feed: Whether it stands for a form feed of the source.
            place: `@facs` of the page that begins, or "".
        """
        kind = ' type="form-feed"' if is_form_feed else ""
        return f"<pb{self._name(number)}{place}{kind}{_BREAK if inside else ''}/>"

    def _name(self, number: str) -> str:
        """Return `@xml:id` and `@n`. Numbers may repeat, where a book counts anew; the first page has the id."""
        label = " ".join(FORBIDDEN.sub("", number).split())
        if not label:
            return ""
        self._numbered += 1
        # The same id as in EPUB; a number without a letter that an id may have is named by its place.
        name = f"page-{_NOT_IN_A_NAME.sub('-', label).strip('-') or self._numbered}"
        identifier = "" if name in self._ids else f' xml:id="{name}"'
        self._ids.add(name)
        return f'{identifier} n="{attribute(label)}"'
