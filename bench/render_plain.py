"""Render a truth as fixed-width text: typescripts, mails, RFCs, Gutenberg files, text copied from a ragged page.

Three steps: each block becomes a `_Piece` (its lines, the blank lines before it, the notes it refers to), the pieces
are set on pages with their heads, feet and notes, and the whole is shifted, quoted or padded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from render_lines import LineBreaker, units_of
from render_pages import roman
from render_truth import Block, Excerpt, as_printed, generator, text_with_markers

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from render_plain_styles import PlainStyle

__all__ = ["PlainText", "render_plain"]

_MIN_LAST_LINES = 3  # a page is never turned for fewer lines of text than this


@dataclass(frozen=True, slots=True)
class PlainText:
    """A rendered text: its source, the truth as printed, and the lines that are page furniture."""

    source: str
    truth: list[Block]
    furniture: list[str]


@dataclass(slots=True)
class _Piece:
    """The lines of one block, blank lines wanted before and after, and the notes that belong on its page."""

    lines: list[str]
    before: int
    after: int = 0
    notes: list[Block] = field(default_factory=list)
    chapter: str = ""


def render_plain(excerpt: Excerpt, style: PlainStyle, seed: str) -> PlainText:
    """Render an excerpt in a style."""
    truth = as_printed(excerpt.blocks, style.form, excerpt.language)
    setter = _Setter(style, excerpt.language, generator(seed, "justify"))
    pieces = _pieces(truth, style, setter)
    pages = _Pages(excerpt, style, setter)
    for piece in pieces:
        pages.add(piece)
    lines, furniture = pages.finish()
    lines = [_dressed(line, style) for line in lines]
    if style.prefix:
        furniture += [line for line in lines if line == style.prefix.rstrip()]
    source = "\n".join(lines).replace("\n\f\n", "\n\f").lstrip("\n") + "\n"
    return PlainText(source, truth, [" ".join(line.split()) for line in furniture if line.strip()])


# ------------------------------------------------------------------------------------------------- blocks to lines


def _pieces(truth: Sequence[Block], style: PlainStyle, setter: _Setter) -> list[_Piece]:
    """Set every block; a note goes to the piece that refers to it, or to the end."""
    pieces: list[_Piece] = []
    collected: list[Block] = []
    previous = ""
    for block in truth:
        if block["type"] == "footnote":
            if style.notes == "end" or not pieces:
                collected.append(block)
            elif style.notes == "after":
                pieces.append(_Piece(setter.note(block), before=1, after=1))
            else:
                pieces[-1].notes.append(block)
            continue
        pieces.append(setter.piece(block, previous))
        previous = block["type"]
    if collected and not truth[-1].get("notes"):
        pieces.append(_Piece([style.note_rule] if style.note_rule else [], before=1, after=1))
    pieces.extend(_Piece(setter.note(note), before=int(style.paragraphs == "blank")) for note in collected)
    return pieces


class _Setter:
    """Turns blocks into lines of the style's width."""

    def __init__(self, style: PlainStyle, language: str, rng: random.Random) -> None:
        self.style = style
        self._language = language
        self._rng = rng

    def piece(self, block: Block, previous: str) -> _Piece:
        """Return the lines of a block and the room around it; `previous` is the type of the block before it."""
        style = self.style
        gap = int(style.paragraphs in {"blank", "both"})
        match block["type"]:
            case "heading":
                before = style.heading_before if previous else 0
                return _Piece(self._heading(block), before, style.heading_after, chapter=block["text"])
            case "scene_break":
                return _Piece([style.scene.center(min(style.width, 72)).rstrip()] if style.scene else [], 1, 1)
            case "verse":
                return _Piece(self._verse(block), 1, 1)
            case "code":
                return _Piece([" " * style.code_left + line for line in block["lines"]], 1, 1)
            case "blockquote":
                tight = style.quote_left > 0 and self._rng.random() < 0.3
                around = 0 if tight and previous == "blockquote" else 1
                return _Piece(self._quote(block), around, 1)
            case "list_item":
                return _Piece(self._item(block), int(previous != "list_item" or style.list_gap), int(style.list_gap))
            case "term":
                return _Piece(self.wrapped(text_with_markers(block), 0, 0), 1, gap)
        return _Piece(self._paragraph(block, previous), gap)

    def note(self, block: Block) -> list[str]:
        """Return the lines of a note, opened with its label."""
        opened = self.style.note_open.format(block["label"])
        text = opened.lstrip() + block["text"] + ("]" if opened.startswith("[") and "]" not in opened else "")
        return self.wrapped(text, len(opened) - len(opened.lstrip()), 0)

    def wrapped(self, text: str, first: int, rest: int, right: int = 0, *, ragged: bool = False) -> list[str]:
        """Break a text into lines, the first and the others indented so far."""
        units = units_of(text, self._language, break_dashes=self.style.break_dashes)
        return LineBreaker(self.style, self._language, self._rng, right, ragged=ragged).lines(units, first, rest)

    def _paragraph(self, block: Block, previous: str) -> list[str]:
        style = self.style
        left = style.definition_left if previous == "term" else 0
        indent = style.indent if style.paragraphs in {"indent", "both"} else 0
        if style.first_flush and previous in {"heading", "scene_break", ""}:
            indent = 0
        if style.paragraphs == "hang":
            return self.wrapped(text_with_markers(block), left, left + style.indent)
        return self.wrapped(text_with_markers(block), left + indent, left)

    def _heading(self, block: Block) -> list[str]:
        style = self.style
        lines = self.wrapped(text_with_markers(block), 0, 0, right=style.width // 5, ragged=True)
        match style.heading_align:
            case "center":
                lines = [line.center(style.width).rstrip() for line in lines]
            case "right":
                lines = [line.rjust(style.width) for line in lines]
            case "indent":
                lines = [" " * max(2, style.indent) + line for line in lines]
            case _ if style.underline and len(lines) == 1:
                lines.append(style.underline * len(lines[0]))
        return lines

    def _verse(self, block: Block) -> list[str]:
        style = self.style
        indents = block.get("indents") or [0] * len(block["lines"])
        lines = []
        for line, indent in zip(block["lines"], indents, strict=False):
            left = style.verse_left + 2 * indent
            if style.verse_wrap:
                lines += self.wrapped(line, left, left + 4, ragged=True)
            else:
                lines.append(" " * left + line)
        return lines

    def _quote(self, block: Block) -> list[str]:
        style = self.style
        lines = self.wrapped(text_with_markers(block), style.quote_left, style.quote_left, style.quote_right)
        return [line.strip().rjust(style.width) for line in lines] if block.get("align") == "right" else lines

    def _item(self, block: Block) -> list[str]:
        style = self.style
        opened = f"{block.get('marker') or '•'} "
        rest = style.list_left + (len(opened) if style.list_hang else 0)
        return self.wrapped(opened.replace(" ", "\xa0") + text_with_markers(block), style.list_left, rest)


# ------------------------------------------------------------------------------------------------- lines to pages

_HEADS = {
    "": ("", "", ""), "folio": ("", "{n}", ""), "dash": ("", "- {n} -", ""), "roman": ("", "{r}", ""),
    "page": ("", "Page {n}", ""), "pageof": ("", "", "Page {n} of {N}"), "rfc": ("{a}", "", "[Page {n}]"),
    "bar": ("{t} | {n}", "", ""), "title": ("", "{t}", ""), "upper": ("", "{T}", ""), "chapter": ("", "{c}", ""),
    "chapter_folio": ("{c}", "", "{n}"), "title_folio": ("{t}", "", "{n}"), "author_folio": ("", "", "{a} / {n}"),
    "title_date": ("{t}", "", "12 March 2019"), "author_page": ("{a}", "", "p. {n}"), "alternate": ("", "{t}", ""),
    "alternate_folio": ("", "", "{t}  {n}"),
}  # fmt: skip
_TOTAL = "\0"  # stands for the number of pages until it is known
_VERSO = {"alternate": ("", "{a}", ""), "alternate_folio": ("{n}  {a}", "", "")}


class _Pages:
    """Collects pieces on pages; page furniture is remembered as it is printed."""

    def __init__(self, excerpt: Excerpt, style: PlainStyle, setter: _Setter) -> None:
        self._excerpt = excerpt
        self._style = style
        self._setter = setter
        self._output: list[str] = []
        self._page: list[str] = []
        self._notes: list[str] = []
        self._furniture: list[str] = []
        self._number = style.first_page
        self._chapter = excerpt.title
        self._gap = 0

    def add(self, piece: _Piece) -> None:
        """Set a piece on the page, turning pages as they fill."""
        self._chapter = piece.chapter or self._chapter
        if self._page:
            self._page += [""] * max(piece.before, self._gap)
        self._gap = piece.after
        for line in piece.lines:
            if self._full(1):
                self._turn()
            if self._page or line.strip():
                self._page.append(line)
        notes = [line for note in piece.notes for line in self._setter.note(note)]
        if notes and self._full(len(notes)) and len(self._page) >= _MIN_LAST_LINES and not self._style.page_lines:
            self._turn()
        if notes and not self._style.page_lines:
            self._page += ["", *notes]
            self._gap = max(1, self._gap)
        else:
            self._notes += notes

    def finish(self) -> tuple[list[str], list[str]]:
        """Close the last page; return all lines, and those of them that are furniture."""
        self._turn(last=True)
        total = str(self._number - 1)
        return tuple([line.replace(_TOTAL, total) for line in lines] for lines in (self._output, self._furniture))  # type: ignore[return-value]

    def _full(self, more: int) -> bool:
        style = self._style
        return bool(style.page_lines) and len(self._page) + len(self._notes) + more > style.page_lines

    def _turn(self, *, last: bool = False) -> None:
        """Print the page: head, text, notes, foot, and what parts it from the next."""
        style = self._style
        while self._page and not self._page[-1]:
            self._page.pop()
        paged = bool(style.page_lines)
        self._print_furniture(style.head if paged else "", 1 if style.page_turn != "tight" else 0)
        self._output += self._page
        if self._notes:
            self._output.append("")
            if style.note_rule:
                self._output.append(style.note_rule)
                self._furniture.append(style.note_rule)
            self._output += self._notes
        if paged and style.foot:
            self._output += [] if style.page_turn == "tight" else [""]
            self._print_furniture(style.foot, 0)
        if not last:
            self._output += {"blank": [""], "formfeed": ["\f"], "both": ["", "\f"], "tight": []}.get(
                style.page_turn, [""]
            )
        self._page, self._notes, self._gap = [], [], 0
        self._number += 1

    def _print_furniture(self, kind: str, after: int) -> None:
        if not kind:
            return
        parts = (_VERSO if self._number % 2 == 0 else {}).get(kind) or _HEADS[kind]
        left, middle, right = (self._filled(part) for part in parts)
        width = self._style.width
        line = middle.center(width).rstrip() if middle else left + right.rjust(max(2, width - len(left)))
        line = line.rstrip()
        self._furniture.append(line)
        self._output += [line] + [""] * after

    def _filled(self, part: str) -> str:
        excerpt = self._excerpt
        room = self._style.width - 12
        return part.format(
            n=self._number, r=roman(self._number), N=_TOTAL, a=excerpt.author[:room], t=excerpt.title[:room].strip(),
            T=excerpt.title[:room].strip().upper(), c=self._chapter[:room].strip(),
        )  # fmt: skip


def _dressed(line: str, style: PlainStyle) -> str:
    """Shift, quote and pad a finished line."""
    if line == "\f":
        return line
    if line and style.shift:
        line = " " * style.shift + line
    if style.prefix:
        line = style.prefix + line if line else style.prefix.rstrip()
    return line + " " if style.trailing and line else line
