"""Styles of PDF pages, drawn at random, and what a renderer of pages is given and must do."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from render_truth import Block, PrintedForm

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = [
    "BROWSER_DATE",
    "BROWSER_URL",
    "Document",
    "PageRenderer",
    "PageStyle",
    "folio_text",
    "random_page_style",
    "roman",
]

# What a browser prints around a page, beside its title and "1/9".
BROWSER_DATE = "11/22/26, 3:30 PM"
BROWSER_URL = "https://www.example.org/library/reader/text.html"

_POINTS_PER_MM = 72 / 25.4
_LETTER_EM = 0.45  # mean width of a letter of running text in a book face, in ems
_WIDE_LETTER_EM = 0.52  # the same in a sans serif, or in DejaVu

_LATIN_FONTS = ("EB Garamond", "Linux Libertine O", "Liberation Serif", "DejaVu Serif", "Liberation Sans", "Noto Serif")
_GREEK_AND_CYRILLIC_FONTS = ("DejaVu Serif", "Liberation Serif", "Noto Serif", "DejaVu Sans")
_CJK_FONTS = {"ja": "Noto Serif CJK JP", "zh": "Noto Serif CJK SC", "ko": "Noto Serif CJK KR"}


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How a document is set; lengths carry their unit, the rest are words that every renderer understands."""

    preset: str
    width_mm: float
    height_mm: float
    margin_x_mm: float
    margin_y_mm: float
    size_pt: float
    leading: float
    font: str
    paragraphs: str = "indent"  # indent, blank, both, neither
    indent_em: float = 1.5
    gap_em: float = 0.8
    first_flush: bool = True
    justify: bool = True
    hyphenate: bool = True
    columns: int = 1
    head: str = ""  # title, upper, author, alternate, chapter, chapter_folio, title_folio, alternate_folio, browser
    foot: str = "folio"  # folio, dash, page, pageof, roman, bar, or empty
    foot_align: str = "center"
    first_page: int = 1
    quote: str = "both"  # both, left, smaller, small_both
    verse: str = "indent"  # indent, center, flush, small
    heading_align: str = "center"
    heading_size: float = 1.3
    heading_bold: bool = True
    list_hang: bool = True
    list_gap: bool = False
    definition_em: float = 0.0
    scene: str = "* * *"
    form: PrintedForm = field(default_factory=PrintedForm)
    heading_step: float = 1.0  # size of a heading beside that of the next higher level
    chapter_pages: bool = False  # headings of the highest level begin a page
    binding_mm: float = 0.0  # by how much the inner margin is wider than the outer one
    note_gap: bool = False  # whether LibreOffice sets a space after the label of a note


@dataclass(frozen=True, slots=True)
class Document:
    """What a renderer sets: printed blocks, their style, and the words of the running heads."""

    title: str
    author: str
    language: str
    blocks: Sequence[Block]
    style: PageStyle

    def body(self) -> Iterator[tuple[Block, str]]:
        """Yield the blocks without the notes, each with the type of the one before, "" for the first."""
        previous = ""
        for block in self.blocks:
            if block["type"] != "footnote":
                yield block, previous
                previous = block["type"]

    def notes(self, *, collected: bool) -> dict[str, str]:
        """Return the notes by their labels: those that are collected at the end, or those at the pages' feet."""
        if self.style.form.collected_notes != collected:
            return {}
        return {block["label"]: block["text"] for block in self.blocks if block["type"] == "footnote"}

    @property
    def top_level(self) -> int:
        """Return the level of the highest headings."""
        return min((block["level"] for block in self.blocks if block["type"] == "heading"), default=1)

    def heading_em(self, level: int) -> float:
        """Return the size of headings of a level, in those of the text."""
        deeper = max(0, level - self.top_level)
        return round(max(1.0, self.style.heading_size * self.style.heading_step**deeper), 3)

    def opens_page(self, block: Block, previous: str) -> bool:
        """Tell whether a block, after one of the type `previous`, is the heading with which a page begins."""
        return (
            self.style.chapter_pages
            and block["type"] == "heading"
            and block["level"] == self.top_level
            and previous not in {"", "heading"}
        )


class PageRenderer(Protocol):
    """Sets documents as PDF files."""

    name: str

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""


def random_page_style(rng: random.Random, language: str, *, endnotes: bool) -> PageStyle:
    """Draw a style with a measure of 35 to 100 characters; `endnotes` when the renderer cannot set notes at the foot."""
    columns = 2 if rng.random() < 0.08 else 1
    measure = rng.randint(35, 50) if columns == 2 else rng.choice([rng.randint(38, 60), rng.randint(55, 100)])
    size = rng.choice([8, 9, 9.5, 10, 10.5, 11, 12, 13])
    font = _font(rng, language)
    letter = 0.95 if language in _CJK_FONTS else _WIDE_LETTER_EM if "Sans" in font or "DejaVu" in font else _LETTER_EM
    column_mm = measure * letter * size / _POINTS_PER_MM * (0.55 if language in _CJK_FONTS else 1)
    margin = rng.uniform(10, 30)
    width = columns * column_mm + (columns - 1) * 8 + 2 * margin
    paragraphs = rng.choice(["indent"] * 10 + ["blank"] * 6 + ["both"] * 2 + ["neither"])
    justify = rng.random() < 0.65
    notes = "end" if endnotes else rng.choice(["foot", "foot", "foot", "end"])
    return PageStyle(
        preset=f"{paragraphs}-{'justified' if justify else 'ragged'}" + ("-twocol" if columns == 2 else ""),
        width_mm=round(width, 1),
        height_mm=round(width * rng.uniform(1.25, 1.75) / (1.4 if columns == 2 else 1), 1),
        margin_x_mm=round(margin, 1),
        margin_y_mm=round(rng.uniform(16, 28), 1),
        size_pt=size,
        leading=rng.choice([1.15, 1.2, 1.3, 1.4, 1.5, 1.8]),
        font=font,
        paragraphs=paragraphs,
        indent_em=rng.choice([1, 1, 1.2, 1.5, 1.5, 2, 2.5, 3]),
        gap_em=rng.choice([0.4, 0.6, 0.8, 1.0, 1.0, 1.2]),
        first_flush=rng.random() < 0.6,
        justify=justify,
        hyphenate=rng.random() < (0.75 if justify else 0.35),
        columns=columns,
        head=rng.choice(["", "", "title", "upper", "author", "alternate", "alternate", "chapter", "chapter_folio", "alternate_folio", "title_folio"]),
        foot=rng.choice(["", "folio", "folio", "folio", "dash", "page", "pageof", "roman", "bar"]),
        foot_align=rng.choice(["center", "center", "outer", "right"]),
        first_page=rng.choice([1, 1, 1, 3, 7, 11, 37, 98, 112, 201]),
        quote=rng.choice(["both", "both", "left", "smaller", "small_both"]),
        verse=rng.choice(["indent", "indent", "center", "flush", "small"]),
        heading_align=rng.choice(["center", "center", "left", "left", "right"]),
        heading_size=rng.choice([1.0, 1.1, 1.2, 1.3, 1.5, 1.8]),
        heading_bold=rng.random() < 0.6,
        list_hang=rng.random() < 0.75,
        list_gap=rng.random() < 0.4,
        definition_em=rng.choice([0, 0, 2, 3]),
        scene=rng.choice(["* * *", "***", "*", "", "", "⁂", "—", "* * * * *", "#", "rule"]),
        form=PrintedForm(
            upper_headings=rng.random() < 0.15,
            heading_numbers=rng.choice([""] * 6 + ["{}. ", "{} ", "§ {} "]),
            bullet=rng.choice(["•", "•", "–", "-", "*", "◦", "■", ""]),
            marker_format=rng.choice(["{}", "{}", "{}", "[{}]"]),
            collected_notes=notes == "end",
        ),
    )  # fmt: skip


def folio_text(kind: str, number: int, total: int, title: str) -> str:
    """Return what a foot of this kind prints on a page."""
    return {
        "": "", "folio": f"{number}", "dash": f"– {number} –", "page": f"Page {number}", "roman": roman(number),
        "pageof": f"Page {number} of {total}", "bar": f"{title} | {number}",
    }[kind]  # fmt: skip


def roman(number: int) -> str:
    """Return a number in lower-case Roman numerals."""
    text = ""
    for value, letters in zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "c xc l xl x ix v iv i".split(), strict=True):
        text += letters * math.floor(number / value)
        number %= value
    return text


def _font(rng: random.Random, language: str) -> str:
    if language in _CJK_FONTS:
        return _CJK_FONTS[language]
    latin = language[:2] not in {"ru", "bg", "uk", "el", "sr"}
    return rng.choice(_LATIN_FONTS if latin else _GREEK_AND_CYRILLIC_FONTS)
