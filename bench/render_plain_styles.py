"""Styles of fixed-width text, drawn at random: typescripts, mails, RFCs, Gutenberg files, text copied from a book."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from render_truth import PrintedForm

if TYPE_CHECKING:
    import random

__all__ = ["PlainStyle", "random_plain_style"]


@dataclass(frozen=True, slots=True)
class PlainStyle:
    """One way of typing a text; widths and indents are in columns, `page_lines` 0 means no pages."""

    preset: str
    width: int = 72
    proportional: bool = False
    paragraphs: str = "indent"  # indent, blank, both, neither, hang
    indent: int = 3
    first_flush: bool = False
    justify: bool = False
    hyphenate: bool = False
    break_dashes: bool = True
    sentence_gap: int = 1
    heading_align: str = "left"
    heading_before: int = 1
    heading_after: int = 1
    underline: str = ""
    quote_left: int = 4
    quote_right: int = 0
    verse_left: int = 4
    verse_wrap: bool = True
    list_left: int = 0
    list_hang: bool = True
    list_gap: bool = False
    code_left: int = 4
    definition_left: int = 0
    scene: str = "* * *"
    notes: str = "foot"  # foot, end, after
    note_open: str = "{} "
    note_rule: str = ""
    page_lines: int = 0
    page_turn: str = "blank"  # blank, formfeed, both, gap, rule
    head: str = ""  # see _HEADS
    foot: str = ""
    first_page: int = 1
    shift: int = 0
    trailing: bool = False
    prefix: str = ""
    form: PrintedForm = field(default_factory=PrintedForm)


def random_plain_style(rng: random.Random) -> PlainStyle:
    """Draw a style: a known kind of typed text, with its details varied."""
    preset, make = rng.choice(_KINDS)
    options: dict[str, Any] = _any_style(rng)
    options |= make(rng)
    form = PrintedForm(
        upper_headings=options.pop("upper_headings", rng.random() < 0.2),
        heading_numbers=rng.choice(["", "", "", "", "", "{}. ", "{} "]),
        bullet=rng.choice(["•", "-", "*", "–", "o", ""]),
        marker_format=options.pop("marker_format", "{}"),
        symbols=options.pop("symbols", False),
        collected_notes=options.get("notes") == "end",
    )
    return PlainStyle(preset=preset, form=form, **options)


def _any_style(rng: random.Random) -> dict[str, Any]:
    """Return the details that any kind of style may have."""
    notes = rng.choice(["foot", "foot", "end", "after"])
    bracket = rng.choice(["{}", "{}", "[{}]", "({})", "*"])
    if notes == "after":
        bracket = rng.choice(["[{}]", "{}"])
    opened = {"{}": rng.choice(["{} ", "{}. ", "{}  ", "  {} "])}.get(bracket, bracket + " ")
    if notes == "after":
        opened = rng.choice(["[Footnote {}: ", "[{}] ", "[Note {}: "])
    quote = rng.choice([0, 2, 3, 4, 4, 5, 6, 8, 10])
    return {
        "first_flush": rng.random() < 0.35,
        "break_dashes": rng.random() < 0.7,
        "sentence_gap": 1,
        "heading_align": rng.choice(["left", "left", "center", "center", "indent", "right"]),
        "heading_before": rng.choice([1, 1, 2, 3, 4]),
        "heading_after": rng.choice([0, 1, 1, 1, 2]),
        "underline": rng.choice([""] * 8 + ["-", "="]),
        "quote_left": quote,
        "quote_right": rng.choice([0, quote]),
        "verse_left": rng.choice([0, 2, 4, 6, 8, 10, 15]),
        "verse_wrap": rng.random() < 0.7,
        "list_left": rng.choice([0, 0, 2, 3, 4]),
        "list_hang": rng.random() < 0.7,
        "list_gap": rng.random() < 0.35,
        "code_left": rng.choice([0, 2, 4, 4, 8]),
        "definition_left": rng.choice([0, 0, 4, 8]),
        "scene": rng.choice(["* * *", "***", "*", "", "", "* * * * *", "-----", "—", "#", "~", ". . .", "⁂"]),
        "notes": notes,
        "marker_format": "{}" if bracket == "*" else bracket,
        "symbols": bracket == "*",
        "note_open": "{} " if bracket == "*" else opened,
        "note_rule": rng.choice(["", "", "-----", "_" * 20, "—" * 10]),
        "first_page": rng.choice([1, 1, 2, 5, 12, 37, 98, 112, 201]),
    }


def _indented(rng: random.Random) -> dict[str, Any]:
    """Text as a reader copies it out of a book: indented paragraphs, now and then a blank line at a page turn."""
    return {
        "width": rng.randint(40, 100),
        "indent": rng.choice([1, 2, 2, 3, 3, 4, 5, 8]),
        "proportional": rng.random() < 0.4,
        "justify": rng.random() < 0.15,
        "hyphenate": rng.random() < 0.35,
        "page_lines": rng.choice([0, 30, 38, 44, 46, 50, 60]),
        "page_turn": rng.choice(["blank", "blank", "formfeed", "both"]),
    }


def _blank(rng: random.Random) -> dict[str, Any]:
    """Gutenberg and mail: a blank line between paragraphs, no pages."""
    return {
        "width": rng.randint(50, 90),
        "paragraphs": "blank",
        "hyphenate": rng.random() < 0.1,
        "proportional": rng.random() < 0.25,
        "page_lines": rng.choice([0, 0, 0, 40]),
    }


def _both(rng: random.Random) -> dict[str, Any]:
    """A blank line and an indented first line."""
    return _blank(rng) | {"paragraphs": "both", "indent": rng.choice([1, 2, 3, 4, 5]), "justify": rng.random() < 0.3}


def _hanging(rng: random.Random) -> dict[str, Any]:
    """First line flush, the rest indented."""
    return _indented(rng) | {"paragraphs": "hang", "indent": rng.choice([2, 3, 4, 5])}


def _flush(rng: random.Random) -> dict[str, Any]:
    """Neither indent nor blank line: only the length of the last line tells."""
    return _indented(rng) | {"paragraphs": "neither", "indent": 0, "heading_before": rng.choice([0, 1, 2])}


def _typed(rng: random.Random) -> dict[str, Any]:
    """A typescript: wide indents, numbered pages, sometimes a running head."""
    return {
        "width": rng.randint(55, 72),
        "indent": rng.choice([4, 5, 5, 8]),
        "sentence_gap": rng.choice([1, 2, 2]),
        "page_lines": rng.randint(24, 56),
        "page_turn": "gap",
        "head": rng.choice(["", "", "folio", "dash", "author_folio", "title_folio"]),
        "foot": rng.choice(["folio", "dash", "", "page"]),
        "shift": rng.choice([0, 0, 5, 10]),
    }


def _book(rng: random.Random) -> dict[str, Any]:
    """Pages of a book with its running heads, as a layout-preserving extractor would give them."""
    return _indented(rng) | {
        "page_lines": rng.randint(28, 52),
        "page_turn": rng.choice(["formfeed", "gap", "gap", "both", "tight"]),
        "head": rng.choice(["", "title", "alternate", "alternate_folio", "chapter", "chapter_folio", "upper", "bar"]),
        "foot": rng.choice(["folio", "roman", "dash", "", "pageof", "bar", "page"]),
        "justify": rng.random() < 0.5,
        "hyphenate": rng.random() < 0.6,
        "shift": rng.choice([0, 0, 0, 4, 12]),
        "paragraphs": rng.choice(["indent"] * 5 + ["both", "blank", "neither"]),
    }


def _report(rng: random.Random) -> dict[str, Any]:
    """An RFC or a report: blank lines between paragraphs, heads and feet on each page."""
    return {
        "width": rng.choice([64, 68, 72, 72, 76, 80]),
        "paragraphs": "blank",
        "page_lines": rng.randint(40, 58),
        "page_turn": rng.choice(["formfeed", "gap", "both", "tight"]),
        "head": rng.choice(["title", "rfc", "title_date", "bar"]),
        "foot": rng.choice(["rfc", "pageof", "page", "author_page"]),
        "justify": rng.random() < 0.3,
        "shift": rng.choice([0, 0, 3]),
    }


def _quoted(rng: random.Random) -> dict[str, Any]:
    """A quoted mail."""
    return _blank(rng) | {
        "prefix": rng.choice(["> ", "> ", ">> ", "| ", "> > "]),
        "page_lines": 0,
        "shift": rng.choice([0, 0, 2]),
        "note_rule": "",
    }


def _unwrapped(rng: random.Random) -> dict[str, Any]:
    """Text whose lines were joined already: each paragraph is one line."""
    return {
        "width": 100_000,
        "paragraphs": rng.choice(["blank", "blank", "neither", "indent"]),
        "heading_align": "left",
        "quote_right": 0,
        "page_lines": rng.choice([0, 0, 30]),
    }


_KINDS = [
    ("unwrapped", _unwrapped),
    ("plain-indent", _indented), ("plain-indent", _indented), ("plain-blank", _blank), ("plain-both", _both),
    ("plain-hang", _hanging), ("plain-flush", _flush), ("typed", _typed), ("typed", _typed), ("book", _book),
    ("book", _book), ("book", _book), ("report", _report), ("report", _report), ("mail", _quoted),
]  # fmt: skip
