"""Set documents with groff and its ms macros: as text for a terminal, and as PDF with the PostScript fonts."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from render_plain import PlainText
from render_truth import Block, Excerpt, PrintedForm, as_printed, text_with_markers

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

    from render_pages import Document

__all__ = ["GroffPdfRenderer", "GroffStyle", "random_groff_style", "render_groff"]

_HYPHENATION = {"de": "de", "fr": "fr", "sv": "sv", "cs": "cs"}  # groff -m files
_HEADS = {
    "": ("", "", ""), "title": ("", "\\*[title]", ""), "title_folio": ("\\*[title]", "", "%"),
    "author_title": ("\\*[author]", "", "\\*[title]"), "dash": ("", "- % -", ""), "folio": ("", "%", ""),
    "page": ("", "", "Page %"), "author_folio": ("\\*[author]", "", "%"),
}  # fmt: skip
_HEAD_ROOM = 14  # columns that a head must leave free for its folio


@dataclass(frozen=True, slots=True)
class GroffStyle:
    """One way of formatting for a terminal; widths in columns, heights in lines, `page_lines` 9999 means one page."""

    preset: str
    width: int = 65
    paragraphs: str = "indent"
    indent: int = 3
    justify: bool = False
    hyphenate: bool = True
    page_lines: int = 66
    quote: int = 4
    verse: int = 4
    head: str = ""
    foot: str = "folio"
    first_page: int = 1
    offset: int = 0
    first_flush: bool = False
    heading_align: str = "left"
    scene: str = "* * *"
    squeeze: bool = False
    form: PrintedForm = field(default_factory=PrintedForm)


def random_groff_style(rng: random.Random) -> GroffStyle:
    """Draw a style."""
    paragraphs = rng.choice(["indent", "indent", "blank", "blank", "both"])
    collected = rng.random() < 0.3
    return GroffStyle(
        preset=f"groff-{paragraphs}",
        width=rng.randint(45, 90),
        paragraphs=paragraphs,
        indent=rng.choice([1, 2, 3, 4, 5, 8]),
        justify=rng.random() < 0.5,
        hyphenate=rng.random() < 0.7,
        page_lines=rng.choice([40, 50, 58, 60, 66, 9999]),
        quote=rng.choice([0, 3, 4, 5, 8]),
        verse=rng.choice([0, 3, 4, 6, 8]),
        head=rng.choice(["", *_HEADS]),
        foot=rng.choice(["", "folio", "folio", "dash", "page", "author_folio"]),
        first_page=rng.choice([1, 1, 12, 98]),
        offset=rng.choice([0, 0, 0, 3, 7]),
        first_flush=rng.random() < 0.4,
        heading_align=rng.choice(["left", "left", "center"]),
        scene=rng.choice(["* * *", "***", "", "*"]),
        squeeze=rng.random() < 0.3,
        form=PrintedForm(
            upper_headings=rng.random() < 0.2,
            bullet=rng.choice(["•", "-", "*", "o"]),
            marker_format=rng.choice(["{}", "[{}]", "({})"]),
            collected_notes=collected,
        ),
    )


def render_groff(excerpt: Excerpt, style: GroffStyle) -> PlainText:
    """Render an excerpt for a terminal."""
    truth = as_printed(excerpt.blocks, style.form, excerpt.language)
    source = _Source(style, "n", 1.0, excerpt.title, excerpt.author).of(truth)
    command = ["groff", "-k", "-t", "-ms", "-Tutf8", "-P-c", "-P-b", "-P-u", "-P-o", *_macros(excerpt.language)]
    text = subprocess.run(command, input=source.encode(), check=True, capture_output=True, timeout=60).stdout.decode()
    if style.page_lines == 9999:
        text = text.rstrip() + "\n"
    if style.squeeze:
        text = re.sub(r"\n{3,}", "\n\n", text)
    return PlainText(text, truth, _furniture(text, style, excerpt, truth))


class GroffPdfRenderer:
    """groff through PostScript; for languages that its Times can print."""

    name = "groff-pdf"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""
        for document, target in zip(documents, targets, strict=True):
            page = document.style
            style = GroffStyle(
                preset=page.preset,
                paragraphs="blank" if page.paragraphs == "neither" else page.paragraphs,
                justify=page.justify,
                hyphenate=page.hyphenate,
                head={"chapter": "title", "chapter_folio": "title_folio"}.get(page.head, page.head),
                foot=page.foot,
                first_page=page.first_page,
                first_flush=page.first_flush,
                heading_align="center" if page.heading_align == "center" else "left",
                scene="* * *" if page.scene in {"rule", "⁂"} else page.scene,
                form=page.form,
            )
            source = _PageSource(style, document).of(document.blocks)
            paper = f"-P-p{page.height_mm / 10:.2f}c,{page.width_mm / 10:.2f}c"
            command = ["groff", "-k", "-ms", "-Tps", paper, *_macros(document.language)]
            made = subprocess.run(command, input=source.encode(), check=True, capture_output=True, timeout=60).stdout
            subprocess.run(["ps2pdf", "-", str(target)], input=made, check=True, capture_output=True, timeout=120)


def _macros(language: str) -> list[str]:
    return [f"-m{_HYPHENATION[language[:2]]}"] if language[:2] in _HYPHENATION else []


class _Source:
    """Writes the groff source of one document; lengths come in a unit that suits the device."""

    def __init__(self, style: GroffStyle, unit: str, unit_factor: float, title: str, author: str) -> None:
        self.style = style
        self._unit = unit
        self._factor = unit_factor
        self._title = title
        self._author = author

    def of(self, truth: Sequence[Block]) -> str:
        """Return the source of the blocks."""
        notes = {block["label"]: block for block in truth if block["type"] == "footnote"}
        at_foot = not self.style.form.collected_notes
        lines = self.preamble()
        previous = ""
        for block in truth:
            if block["type"] == "footnote":
                continue
            lines += self._block(block, previous)
            if at_foot:
                lines += self._notes(block, notes)
            previous = block["type"]
        if not at_foot:
            for label, note in notes.items():
                lines += [".LP", _safe(f"{self.style.form.marker_format.format(label)} {note['text']}")]
        return "\n".join(lines) + "\n"

    def preamble(self) -> list[str]:
        """Return the settings of the page."""
        style = self.style
        height = f"{style.page_lines}v" if style.page_lines < 9999 else "9999v"
        return [f".pl {height}", f".nr PO {style.offset}n", f".nr LL {style.width}n", f".nr FL {style.width}n",
                *(["." + "nr HM 0", ".nr FM 0"] if style.page_lines == 9999 else [".nr HM 4v", ".nr FM 4v"]),
                *self.common()]  # fmt: skip

    def common(self) -> list[str]:
        """Return the settings that do not depend on the device."""
        style = self.style
        gap = "1v" if style.paragraphs in {"blank", "both"} else "0"
        indent = style.indent if style.paragraphs in {"indent", "both"} else 0
        room = max(20, style.width - _HEAD_ROOM)
        endless = style.page_lines == 9999
        heads = _HEADS[""] if endless else _HEADS.get(style.head, _HEADS["title"])
        feet = _HEADS[""] if endless else _HEADS.get(style.foot, _HEADS["folio"])
        return [
            f".nr PI {indent}n", f".nr PD {gap}", f".nr QI {style.quote}n", f".pn {style.first_page}",
            f".ds title {self._title[:room]}", f".ds author {self._author[:room]}",
            *(f".ds {name} {text}" for name, text in zip(("LH", "CH", "RH"), heads, strict=True)),
            *(f".ds {name} {text}" for name, text in zip(("LF", "CF", "RF"), feet, strict=True)),
            ".ds FR 1", ".nr HY " + ("4" if style.hyphenate else "0"), f".hy {4 if style.hyphenate else 0}",
            ".ad " + ("b" if style.justify else "l"), f".ds AD {'b' if style.justify else 'l'}", ".LP",
            ".ad " + ("b" if style.justify else "l"), f".hy {4 if style.hyphenate else 0}",
            *([".de pg@top", ".."] if endless else []),
        ]  # fmt: skip

    def _block(self, block: Block, previous: str) -> list[str]:
        style = self.style
        text = _safe(text_with_markers(block))
        start = [".ad " + ("b" if style.justify else "l"), f".hy {4 if style.hyphenate else 0}"]
        match block["type"]:
            case "heading":
                center = [".ce 9", text, ".ce 0"] if style.heading_align == "center" else [text]
                return [".LP", ".sp 1", ".ne 4", ".ft B", ".na", ".nh", *center, ".br", ".ft R", ".sp 1"]
            case "verse" | "code":
                return self._lines(block)
            case "scene_break":
                return [".LP", ".sp 1", ".ce 1", style.scene or "\\&", ".sp 1"]
            case "blockquote":
                return [".QP", *start, ".sp 1" if style.paragraphs == "indent" else ".br", text, ".LP", ".sp 1"]
            case "list_item":
                marker = _safe(block.get("marker") or "•").removeprefix("\\&")
                return [f'.IP "{marker}" {max(3, len(marker) + 1)}n', *start, text]
            case "term":
                return [".LP", ".sp 1", ".ft B", text, ".ft R", ".br"]
        flush = style.paragraphs == "blank" or (style.first_flush and previous in {"", "heading", "scene_break"})
        return [".LP" if flush else ".PP", *start, text]

    def _lines(self, block: Block) -> list[str]:
        indents = block.get("indents") or [0] * len(block["lines"])
        body = [
            "\\&" + "\\ " * (2 * indent + (len(line) - len(line.lstrip()))) + _safe(line.lstrip())
            for line, indent in zip(block["lines"], indents, strict=False)
        ]
        return [".LP", ".sp 1", ".nf", ".na", f".in +{self.style.verse}n", *body, ".in", ".fi", ".sp 1"]

    def _notes(self, block: Block, notes: dict[str, Block]) -> list[str]:
        lines: list[str] = []
        plain = self.style.form.marker_format
        for ref in block.get("noterefs", ()):
            label = next((one for one in notes if plain.format(one) == ref["label"]), "")
            if label:
                lines += [f".FS {ref['label']}", _safe(notes[label]["text"]), ".FE"]
        return lines


class _PageSource(_Source):
    """The same for a page with a size in points."""

    def __init__(self, style: GroffStyle, document: Document) -> None:
        super().__init__(style, "p", 1.0, document.title, document.author)
        self._page = document.style

    def preamble(self) -> list[str]:
        """Return the settings of the page."""
        page = self._page
        width = page.width_mm - 2 * page.margin_x_mm
        return [f".pl {page.height_mm / 10:.2f}c", f".nr PO {page.margin_x_mm / 10:.2f}c",
                f".nr LL {width / 10:.2f}c", f".nr FL {width / 10:.2f}c",
                f".nr HM {page.margin_y_mm / 10:.2f}c", f".nr FM {page.margin_y_mm / 10:.2f}c",
                f".nr PS {page.size_pt:.0f}", f".nr VS {page.size_pt * max(1.15, page.leading):.1f}p",
                *self.common()]  # fmt: skip


def _safe(text: str) -> str:
    """Escape what groff would take for a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-" if text.startswith("$") else "-")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga").replace("'", "\\(aq")
    return "\\&" + text if text[:1] in {".", "\\", " "} else text


def _furniture(text: str, style: GroffStyle, excerpt: Excerpt, truth: Sequence[Block]) -> list[str]:
    """Return the lines of a terminal text that its heads and feet print."""
    if style.page_lines == 9999:
        return []
    room = max(20, style.width - _HEAD_ROOM)
    known = {"\\*[title]": excerpt.title[:room], "\\*[author]": excerpt.author[:room]}
    patterns = []
    for parts in (_HEADS[style.head], _HEADS[style.foot]):
        words = [re.escape(known.get(part, part)).replace("%", r"\d+") for part in parts if part]
        if words:
            patterns.append(re.compile(r"\s+".join(word.replace(r"\ ", r"\s+") for word in words)))
    body = {block["text"] for block in truth}
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line not in body and any(pattern.fullmatch(line) for pattern in patterns)]
