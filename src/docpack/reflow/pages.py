"""Pages: where they turn, what is printed at their edges again and again, and their numbers.

A line is taken for furniture (running head, folio) only on two kinds of evidence together: it stands at a page's edge,
and it is repeated there or carries a number that counts with the pages. Where form feeds tell the pages, the edges are
known (`edges`); where none do, `series` finds what comes back in regular distances. What is taken out stands in the ledger and
in the TEI, so that a wrong decision loses nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.reflow.edges import mark_edges
from docpack.reflow.folios import MAX_HEAD_CHARACTERS
from docpack.reflow.series import mark_series

if TYPE_CHECKING:
    from docpack.reflow.lines import Line

__all__ = ["NOTE_RULE", "find_furniture", "mark_turns"]

MIN_PAGES = 2  # below this nothing can be repeated
MAX_SHARE = 0.2  # of all characters; more is no furniture but a text that repeats itself, and nothing is taken out
_PLACEHOLDER = re.compile(
    r"\[(?:Illustrations?|Abbildung|Bild|Image|Imagen|Ilustración|Illustrazione|Ilustração|Musi\w+)\]"
)


def find_furniture(lines: list[Line]) -> dict[int, str]:
    """Mark the running heads and folios among all lines with ink; return the printed number of each page that shows one.

    Where no form feed tells the pages, `line.page` counts them afterwards by what was found.
    """
    if not lines:
        return {}
    labels: dict[int, str] = {}
    if lines[-1].page >= MIN_PAGES - 1:
        labels = mark_edges(lines)
    else:
        mark_series(lines)
        _count_pages(lines)
    _mark_placeholders(lines)
    taken = [line for line in lines if line.furniture]
    if taken and sum(len(line.text) for line in taken) > MAX_SHARE * sum(len(line.text) for line in lines):
        for line in taken:
            line.furniture = ""
        return {}
    return labels


def mark_turns(lines: list[Line], labels: dict[int, str]) -> list[Line]:
    """Return the lines that are text, each with its `turn` and `blanks` as the text's reader sees them."""
    kept: list[Line] = []
    page, blanks, furniture = 0, 0, False
    for line in lines:
        blanks += line.blanks
        if line.furniture:
            furniture = furniture or line.furniture not in (PLACEHOLDER, NOTE_RULE)
            continue
        if line.page != page:
            line.turn = labels.get(line.page, "")
        elif furniture and kept:
            line.turn = ""
        if not kept and line.turn is None:
            line.turn = labels.get(line.page)
        page, furniture = line.page, False
        line.blanks, blanks = blanks, 0
        line.index = len(kept)
        kept.append(line)
    return kept


NOTE_RULE = "a rule parts the notes from the text"
PLACEHOLDER = "a transcriber's mark where a picture or music stands"


def _mark_placeholders(lines: list[Line]) -> None:
    for line in lines:
        if line.text[0] == "[" and len(line.text) < MAX_HEAD_CHARACTERS and _PLACEHOLDER.fullmatch(line.text):
            line.furniture = PLACEHOLDER


def _count_pages(lines: list[Line]) -> None:
    """Begin a page after each run of furniture; a run in mid-page is a foot and the next page's head."""
    page, before = 0, False
    for line in lines:
        if not line.furniture and before:
            page += 1
        before = bool(line.furniture)
        line.page = page
