"""Set documents as PDF with Typst."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from render_pages import Document, PageStyle
    from render_truth import Block

__all__ = ["TypstRenderer"]

_QUOTES = {
    "both": "inset: (left: 2em, right: 2em)", "left": "inset: (left: 2em)", "smaller": "inset: 0pt",
    "small_both": "inset: (left: 1.5em, right: 1.5em)",
}  # fmt: skip
_VERSES = {"indent": "2em", "center": "25%", "flush": "0em", "small": "1.5em"}
_FEET = {
    "": "[]", "folio": "[#n]", "dash": "[– #n –]", "page": "[Page #n]", "pageof": "[Page #n of #N]",
    "roman": 'numbering("i", n)', "bar": "[#title | #n]",
}  # fmt: skip
_HEADS = {
    "": "[]", "title": "align(center, title)", "upper": "align(center, upper(title))", "author": "align(left, author)",
    "alternate": "align(center, if recto { title } else { author })",
    "chapter": "align(center, if recto { chapter } else { title })",
    "chapter_folio": "[#chapter #h(1fr) #n]", "title_folio": "[#title #h(1fr) #n]",
    "alternate_folio": "if recto { align(right)[#title #h(1em) #n] } else { align(left)[#n #h(1em) #author] }",
}  # fmt: skip


class TypstRenderer:
    """Typst: notes at the foot, running heads from the chapters."""

    name = "typst"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""
        import typst

        for document, target in zip(documents, targets, strict=True):
            typst.compile(_source(document).encode(), output=str(target))


def _source(document: Document) -> str:
    """Return the Typst source of a document."""
    return _preamble(document) + "\n".join(_content(document))


def _content(document: Document) -> list[str]:
    notes = document.notes(collected=False)
    parts: list[str] = []
    for block, previous in document.body():
        if document.opens_page(block, previous):
            parts.append("#pagebreak(weak: true)")
        parts.append(_element(block, previous, document.style, notes))
    return parts + [_note(label, text, document.style) for label, text in document.notes(collected=True).items()]


def _element(block: Block, previous: str, style: PageStyle, notes: dict[str, str]) -> str:
    text = _inline(block, style, notes)
    first = "true" if style.first_flush and previous in {"heading", "scene_break", ""} else "false"
    match block["type"]:
        case "heading":
            return f"#heading(level: {block['level']})[{text}]"
        case "verse":
            indents = block.get("indents") or [0] * len(block["lines"])
            lines = [
                f"#h({1.5 * n}em){_string(line)}" if n else _string(line)
                for line, n in zip(block["lines"], indents, strict=False)
            ]
            return f"#verse[{' #linebreak() '.join(lines)}]"
        case "code":
            code = json.dumps("\n".join(block["lines"]), ensure_ascii=False)
            return f"#code({code})"
        case "scene_break":
            return (
                "#align(center, line(length: 20%))"
                if style.scene == "rule"
                else f"#scene[{_string(style.scene) if style.scene else ''}]"
            )
        case "list_item":
            return f"#item({json.dumps(block.get('marker') or '•', ensure_ascii=False)})[{text}]"
        case "blockquote":
            return f"#quoted(right: {'true' if block.get('align') == 'right' else 'false'})[{text}]"
        case "term":
            return f"#plain(true, 0em, above: true)[#strong[{text}]]"
    left = style.definition_em if previous == "term" else 0
    return f"#plain({first}, {left}em)[{text}]"


def _note(label: str, text: str, style: PageStyle) -> str:
    return f"#plain(true, 0em)[#text(size: 0.87em)[{_string(style.form.marker_format.format(label))} {_string(text)}]]"


def _inline(block: Block, style: PageStyle, notes: dict[str, str]) -> str:
    text: str = block["text"]
    out, last = "", 0
    for ref in sorted(block.get("noterefs", ()), key=lambda one: int(one["pos"])):
        out += _string(text[last : ref["pos"]])
        last = ref["pos"]
        label = next((key for key in notes if style.form.marker_format.format(key) == ref["label"]), "")
        out += f"#footnote[{_string(notes[label])}]" if label else f"#super[{_string(ref['label'])}]"
    return out + _string(text[last:])


def _string(text: str) -> str:
    """Return a text as an expression, so that none of it is taken for markup."""
    return "#" + json.dumps(text, ensure_ascii=False) + ";" if text else ""


def _preamble(document: Document) -> str:
    style = document.style
    size = style.size_pt
    indent = style.indent_em if style.paragraphs in {"indent", "both"} else 0
    gap = style.gap_em if style.paragraphs in {"blank", "both"} else 0
    leading = style.leading - 0.75  # Typst leads between the lines, CSS from baseline to baseline
    block_gap = max(style.gap_em, 0.5) + leading
    foot_align = {"center": "center", "right": "right", "outer": "if recto { right } else { left }"}[style.foot_align]
    fonts = f'("{style.font}", "Noto Serif CJK JP", "DejaVu Sans")'
    quote_size = 0.88 if "small" in style.quote else 1
    return f"""
#let title = {json.dumps(document.title, ensure_ascii=False)}
#let author = {json.dumps(document.author, ensure_ascii=False)}
#let heading-em = ({", ".join(f"{document.heading_em(level)}" for level in range(1, 7))})
#let page-line(head, make) = context {{
  let n = counter(page).get().first()
  let N = counter(page).final().first()
  let recto = calc.odd(n)
  let before = query(heading).filter(it => it.location().page() <= here().page())
  let chapter = if before.len() > 0 {{ before.last().body }} else {{ title }}
  set text(size: 0.85em)
  set par(first-line-indent: 0em, justify: false)
  let opens = {str(style.chapter_pages).lower()} and query(heading.where(level: {document.top_level})).any(it => it.location().page() == here().page())
  if not (head and opens) {{ make(n, N, recto, chapter) }}
}}
#set page(width: {style.width_mm}mm, height: {style.height_mm}mm, margin: (inside: {style.margin_x_mm + style.binding_mm}mm, outside: {style.margin_x_mm}mm, y: {style.margin_y_mm}mm),
  columns: {style.columns},
  header: page-line(true, (n, N, recto, chapter) => {_HEADS[style.head]}),
  footer: page-line(false, (n, N, recto, chapter) => align({foot_align}, {_FEET[style.foot]})))
#counter(page).update({style.first_page})
#set text(font: {fonts}, size: {size}pt, lang: "{document.language[:2]}", hyphenate: {str(style.hyphenate).lower()})
#set par(justify: {str(style.justify).lower()}, leading: {leading:.2f}em, spacing: {leading + gap:.2f}em)
#set footnote(numbering: "{style.form.marker_format.format(1)}")
#show heading: it => block(above: {block_gap + 0.6:.2f}em, below: {block_gap + 0.2:.2f}em, width: 100%)[
  #set align({style.heading_align}); #set text(size: heading-em.at(it.level - 1) * {size}pt, weight: "{"bold" if style.heading_bold else "regular"}", hyphenate: false)
  #set par(first-line-indent: 0em, justify: false); #it.body]
#let plain(flush, left, above: false, body) = {{
  set par(first-line-indent: (amount: if flush {{ 0em }} else {{ {indent}em }}, all: true))
  if above {{ v({block_gap - leading:.2f}em, weak: true) }}
  pad(left: left, par(body))
}}
#let quoted(right: false, body) = block(above: {block_gap:.2f}em, below: {block_gap:.2f}em, width: 100%, {_QUOTES[style.quote]})[
  #set par(first-line-indent: 0em); #set text(size: {quote_size}em); #if right {{ align(end, body) }} else {{ body }}]
#let verse(body) = block(above: {block_gap:.2f}em, below: {block_gap:.2f}em, inset: (left: {_VERSES[style.verse]}))[
  #set par(first-line-indent: 0em, justify: false); #set text(hyphenate: false, size: {0.9 if style.verse == "small" else 1}em); #body]
#let code(it) = block(above: {block_gap:.2f}em, below: {block_gap:.2f}em, inset: (left: 1em))[#set par(justify: false); #text(size: 0.95em, raw(it, block: true))]
#let scene(body) = block(above: {block_gap:.2f}em, below: {block_gap:.2f}em, width: 100%, align(center)[#body])
#let item(marker, body) = block(above: {block_gap if style.list_gap else leading:.2f}em, below: {block_gap if style.list_gap else leading:.2f}em)[
  #set par(first-line-indent: 0em, hanging-indent: {1.5 if style.list_hang else 0}em)
  #marker#h(0.5em)#body]
"""
