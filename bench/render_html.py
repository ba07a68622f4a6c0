"""Set documents as PDF through HTML and CSS, with WeasyPrint and with Chromium."""

from __future__ import annotations

import html
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from render_pages import BROWSER_DATE, BROWSER_URL
from render_truth import text_with_markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render_pages import Document, PageStyle
    from render_truth import Block

__all__ = ["ChromiumRenderer", "WeasyPrintRenderer", "html_of"]

_QUOTES = {
    "both": "margin-left: 2em; margin-right: 2em;", "left": "margin-left: 2em;", "smaller": "font-size: .87em;",
    "small_both": "margin-left: 1.5em; margin-right: 1.5em; font-size: .9em;",
}  # fmt: skip
_VERSES = {
    "indent": "margin-left: 2em;", "center": "margin-left: 25%;", "flush": "", "small": "margin-left: 1.5em; font-size: .9em;",
}  # fmt: skip
_FEET = {
    "folio": "counter(page)", "dash": "'– ' counter(page) ' –'", "page": "'Page ' counter(page)",
    "pageof": "'Page ' counter(page) ' of ' counter(pages)", "roman": "counter(page, lower-roman)",
    "bar": "{title} ' | ' counter(page)",
}  # fmt: skip


class WeasyPrintRenderer:
    """WeasyPrint: notes at the foot, running heads from the chapters."""

    name = "weasyprint"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""
        from weasyprint import HTML

        for document, target in zip(documents, targets, strict=True):
            HTML(string=html_of(document, foot_notes=True, string_set=True)).write_pdf(target)


class ChromiumRenderer:
    """Headless Chromium: notes at the end only, the same running head on every page."""

    name = "chromium"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""
        with tempfile.TemporaryDirectory() as folder:
            for document, target in zip(documents, targets, strict=True):
                page = Path(folder) / "page.html"
                page.write_text(html_of(document, foot_notes=False, string_set=False), "utf-8")
                command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/user",
                           "--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()]  # fmt: skip
                subprocess.run(command, check=True, capture_output=True, timeout=120)


def html_of(document: Document, *, foot_notes: bool, string_set: bool) -> str:
    """Return a document as HTML with its style sheet.

    Args:
        document: What to set.
        foot_notes: Whether the renderer knows CSS footnotes; else notes are set at the end.
        string_set: Whether the renderer knows named strings, for chapter titles in running heads.
    """
    at_foot = foot_notes and not document.style.form.collected_notes
    body = _body(document, at_foot=at_foot)
    css = _page_css(document, string_set=string_set) + _text_css(document, at_foot=at_foot)
    title = html.escape(document.title)
    return f'<!DOCTYPE html><html lang="{document.language}"><head><meta charset="utf-8"><title>{title}</title><style>{css}</style></head><body>{body}</body></html>'


# ------------------------------------------------------------------------------------------------- content


def _body(document: Document, *, at_foot: bool) -> str:
    notes = {block["label"]: block["text"] for block in document.blocks if block["type"] == "footnote"}
    parts: list[str] = []
    previous = ""
    for block in document.blocks:
        if block["type"] == "footnote":
            continue
        parts.append(_element(block, previous, document, notes if at_foot else {}))
        previous = block["type"]
    if not at_foot:
        parts += [
            f'<p class="note">{html.escape(document.style.form.marker_format.format(label))} {html.escape(text)}</p>'
            for label, text in notes.items()
        ]
    return "\n".join(parts)


def _element(block: Block, previous: str, document: Document, notes: dict[str, str]) -> str:
    kind = block["type"]
    text = _inline(block, document, notes)
    match kind:
        case "heading":
            opener = ' class="opener"' if document.opens_page(block, previous) else ""
            return f"<h{block['level']}{opener}>{text}</h{block['level']}>"
        case "verse":
            indents = block.get("indents") or [0] * len(block["lines"])
            lines = [
                f'<span style="padding-left:{1.5 * indent}em">{html.escape(line)}</span>'
                for line, indent in zip(block["lines"], indents, strict=False)
            ]
            return f'<p class="verse">{"<br>".join(lines)}</p>'
        case "code":
            return f"<pre>{html.escape(chr(10).join(block['lines']))}</pre>"
        case "scene_break":
            scene = document.style.scene
            return "<hr>" if scene == "rule" else f'<p class="scene">{scene or "&nbsp;"}</p>'
        case "list_item":
            marker = html.escape(block.get("marker") or "•")
            first = "" if previous == "list_item" else " first"
            return f'<ul class="item{first}" style="list-style-type:\'{marker} \'"><li>{text}</li></ul>'
    first = " first" if previous in {"heading", "scene_break", ""} else ""
    align = " right" if block.get("align") == "right" else ""
    definition = " definition" if previous == "term" else ""
    return f'<p class="{kind}{first}{align}{definition}">{text}</p>'


def _inline(block: Block, document: Document, notes: dict[str, str]) -> str:
    """Return the text with its markers: as calls of CSS footnotes where the note is known, else as superscripts."""
    plain = document.style.form.marker_format
    refs = {ref["pos"]: ref["label"] for ref in block.get("noterefs", ())}
    text = block["text"] if refs else text_with_markers(block)
    out, last = "", 0
    for position, label in sorted(refs.items()):
        out += html.escape(text[last:position])
        last = position
        bare = next((key for key in notes if plain.format(key) == label), "")
        out += f'<span class="fn">{html.escape(notes[bare])}</span>' if bare else f"<sup>{html.escape(label)}</sup>"
    return out + html.escape(text[last:])


# ------------------------------------------------------------------------------------------------- style sheet


def _page_css(document: Document, *, string_set: bool) -> str:
    style = document.style
    title, author = _css_string(document.title), _css_string(document.author)
    chapter = "string(chapter)" if string_set else title
    recto, verso = _heads(style.head, title, author, chapter)
    foot = _FEET.get(style.foot, "").format(title=title)
    css = f"@page {{ size: {style.width_mm}mm {style.height_mm}mm; margin: {style.margin_y_mm}mm {style.margin_x_mm}mm; {_margin_font(style)} }}"
    if style.binding_mm:
        inner = style.margin_x_mm + style.binding_mm
        css += f"@page :right {{ margin-left: {inner}mm; }} @page :left {{ margin-right: {inner}mm; }}"
    css += f"@page :right {{ {recto} {_foot(foot, style, recto=True)} }} @page :left {{ {verso} {_foot(foot, style, recto=False)} }}"
    if string_set:
        css += "h1, h2, h3 { string-set: chapter content(); }"
        if style.first_page > 1:
            css += (
                f"html {{ counter-reset: page {style.first_page - 1}; }}"
                f"@page :first {{ counter-reset: page {style.first_page}; }}"
            )
    return css


def _margin_font(style: PageStyle) -> str:
    return f"font-family: '{style.font}'; font-size: {style.size_pt * 0.85}pt;"


def _heads(kind: str, title: str, author: str, chapter: str) -> tuple[str, str]:
    """Return the margin boxes of the heads of right and left pages."""
    middle = "@top-center {{ content: {0}; }}"
    outer_right, outer_left = "@top-right {{ content: {0}; }}", "@top-left {{ content: {0}; }}"
    number = "counter(page)"
    inner = (
        outer_left.format(chapter) + outer_right.format(number),
        outer_left.format(chapter) + outer_right.format(number),
    )
    date, url, page = _css_string(BROWSER_DATE), _css_string(BROWSER_URL), "counter(page) '/' counter(pages)"
    browser = outer_left.format(date) + middle.format(title)
    browser += f"@bottom-left {{ content: {url}; }} @bottom-right {{ content: {page}; }}"
    return {
        "": ("", ""),
        "browser": (browser, browser),
        "title": (middle.format(title), middle.format(title)),
        "upper": (middle.format(title.upper()), middle.format(title.upper())),
        "author": (outer_left.format(author), outer_left.format(author)),
        "alternate": (middle.format(title), middle.format(author)),
        "chapter": (middle.format(chapter), middle.format(title)),
        "chapter_folio": inner,
        "title_folio": tuple([outer_left.format(title) + outer_right.format(number)] * 2),
        "alternate_folio": (outer_right.format(f"{title} '  ' {number}"), outer_left.format(f"{number} '  ' {author}")),
    }[kind]  # type: ignore[return-value]


def _foot(content: str, style: PageStyle, *, recto: bool) -> str:
    if not content:
        return ""
    place = {"center": "center", "right": "right", "outer": "right" if recto else "left"}[style.foot_align]
    return f"@bottom-{place} {{ content: {content}; }}"


def _text_css(document: Document, *, at_foot: bool) -> str:
    style = document.style
    indent = f"{style.indent_em}em" if style.paragraphs in {"indent", "both"} else "0"
    gap = f"{style.gap_em}em" if style.paragraphs in {"blank", "both"} else "0"
    block_gap = max(style.gap_em, 0.5)
    call = _marker_content(style)
    css = f"""
body {{ font-family: '{style.font}'; font-size: {style.size_pt}pt; line-height: {style.leading}; margin: 0;
  text-align: {"justify" if style.justify else "left"}; hyphens: {"auto" if style.hyphenate else "manual"};
  {"columns: 2; column-gap: 8mm;" if style.columns == 2 else ""} orphans: 1; widows: 1; }}
p {{ margin: 0 0 {gap}; text-indent: {indent}; }}
{"p.first { text-indent: 0; }" if style.first_flush else ""}
h1, h2, h3, h4, h5, h6 {{ font-weight: {"bold" if style.heading_bold else "normal"};
  text-align: {style.heading_align}; margin: 1.2em 0 .7em; hyphens: manual; break-after: avoid; }}
{" ".join(f"h{level} {{ font-size: {document.heading_em(level)}em; }}" for level in range(1, 7))}
.opener {{ break-before: page; }}
p.blockquote {{ {_QUOTES[style.quote]} text-indent: 0; margin-top: {block_gap}em; margin-bottom: {block_gap}em; }}
p.verse {{ {_VERSES[style.verse]} text-indent: 0; margin-top: {block_gap}em; margin-bottom: {block_gap}em; text-align: left; hyphens: manual; }}
p.right {{ text-align: right; }}
p.scene {{ text-align: center; text-indent: 0; margin: .8em 0; }}
p.term {{ font-weight: bold; text-indent: 0; margin-top: {block_gap}em; }}
p.definition {{ margin-left: {style.definition_em}em; }}
p.note {{ text-indent: 0; font-size: .87em; margin: 0 0 .3em; }}
ul.item {{ margin: 0 0 {block_gap if style.list_gap else 0}em; padding-left: {2 if style.list_hang else 0}em;
  list-style-position: {"outside" if style.list_hang else "inside"}; }}
ul.first {{ margin-top: {block_gap}em; }}
pre {{ font-family: 'DejaVu Sans Mono'; font-size: .8em; margin: {block_gap}em 1em; white-space: pre; text-align: left; hyphens: manual; line-height: 1.2; }}
sup {{ font-size: .7em; line-height: 0; }}
"""
    if at_foot:
        css += f""".fn {{ float: footnote; font-size: .85em; text-indent: 0; text-align: left; line-height: 1.25; }}
::footnote-call {{ content: {call}; }} ::footnote-marker {{ content: {call} " "; }}"""
    return css


def _marker_content(style: PageStyle) -> str:
    before, after = style.form.marker_format.split("{}")
    return " ".join(
        part
        for part in (_css_string(before) if before else "", "counter(footnote)", _css_string(after) if after else "")
        if part
    )


def _css_string(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "\\'") + "'"
