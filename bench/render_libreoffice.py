"""Set documents as PDF with LibreOffice Writer, from flat OpenDocument files."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render_pages import Document, PageStyle
    from render_truth import Block

__all__ = ["LibreOfficeRenderer"]

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in (
        ("office", "office"), ("style", "style"), ("text", "text"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
_NUMBER = '<text:page-number text:select-page="current"/>'
_FEET = {
    "": "", "folio": _NUMBER, "dash": f"– {_NUMBER} –", "page": f"Page {_NUMBER}",
    "pageof": f"Page {_NUMBER} of <text:page-count/>", "roman": _NUMBER, "bar": "{title} | " + _NUMBER,
}  # fmt: skip
_COUNTRIES = {"en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "sv": "SE", "ru": "RU",
              "pl": "PL", "cs": "CZ", "ja": "JP", "zh": "CN", "ko": "KR"}  # fmt: skip


class LibreOfficeRenderer:
    """LibreOffice Writer: notes at the foot; running heads are the title or the author, chapters are not looked up."""

    name = "libreoffice"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target; one start of LibreOffice for all of them."""
        with tempfile.TemporaryDirectory() as folder:
            sources = []
            for document, target in zip(documents, targets, strict=True):
                source = Path(folder) / (target.stem + ".fodt")
                source.write_text(_flat_document(document), "utf-8")
                sources.append(str(source))
            command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/user", "--convert-to", "pdf",
                       "--outdir", str(targets[0].parent), *sources]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=300)


def _flat_document(document: Document) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMESPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{_styles(document)}{_page_layout(document)}<office:body><office:text>{_columns_open(document.style)}"
        f"{_content(document)}{'</text:section>' if document.style.columns == 2 else ''}"
        "</office:text></office:body></office:document>"
    )


def _columns_open(style: PageStyle) -> str:
    return '<text:section text:style-name="Columns" text:name="s">' if style.columns == 2 else ""


# ------------------------------------------------------------------------------------------------- content


def _content(document: Document) -> str:
    notes = document.notes(collected=False)
    parts: list[str] = []
    for block, previous in document.body():
        parts.append(_element(block, previous, document, notes))
    plain = document.style.form.marker_format
    collected = document.notes(collected=True).items()
    parts += [_paragraph("Note", _text(f"{plain.format(label)} {text}")) for label, text in collected]
    return "\n".join(parts)


def _element(block: Block, previous: str, document: Document, notes: dict[str, str]) -> str:
    style = document.style
    kind = block["type"]
    text = _inline(block, style, notes)
    match kind:
        case "heading":
            name = f"{'Opener' if document.opens_page(block, previous) else 'Head'}{block['level']}"
            return f'<text:h text:style-name="{name}" text:outline-level="{block["level"]}">{text}</text:h>'
        case "verse" | "code":
            indents = block.get("indents") or [0] * len(block["lines"])
            lines = [_spaced(line, indent) for line, indent in zip(block["lines"], indents, strict=False)]
            return _paragraph(kind.capitalize(), "<text:line-break/>".join(lines))
        case "scene_break":
            return _paragraph("Scene", _text("" if style.scene == "rule" else style.scene))
        case "list_item":
            return _paragraph("Item", _text(block.get("marker") or "•") + "<text:tab/>" + text)
        case "blockquote":
            return _paragraph("Right" if block.get("align") == "right" else "Quote", text)
        case "term":
            return _paragraph("Term", text)
    if previous == "term":
        return _paragraph("Definition", text)
    first = style.first_flush and previous in {"heading", "scene_break", ""}
    return _paragraph("First" if first else "Body", text)


def _paragraph(style_name: str, content: str) -> str:
    return f'<text:p text:style-name="{style_name}">{content}</text:p>'


def _inline(block: Block, style: PageStyle, notes: dict[str, str]) -> str:
    text: str = block["text"]
    out, last = "", 0
    for number, ref in enumerate(sorted(block.get("noterefs", ()), key=lambda one: int(one["pos"]))):
        out += _text(text[last : ref["pos"]])
        last = ref["pos"]
        label = next((key for key in notes if style.form.marker_format.format(key) == ref["label"]), "")
        if label:
            gap = "<text:s/>" if style.note_gap else ""
            out += (
                f'<text:note text:id="n{label}-{number}" text:note-class="footnote"><text:note-citation text:label={quoteattr(ref["label"])}>'
                f"{_text(ref['label'])}</text:note-citation><text:note-body>{_paragraph('Note', gap + _text(notes[label]))}</text:note-body></text:note>"
            )
        else:
            out += f'<text:span text:style-name="Super">{_text(ref["label"])}</text:span>'
    return out + _text(text[last:])


def _spaced(line: str, indent: int) -> str:
    spaces = len(line) - len(line.lstrip()) + 3 * indent
    return (f'<text:s text:c="{spaces}"/>' if spaces else "") + _text(line.lstrip())


def _text(text: str) -> str:
    return escape(text)


# ------------------------------------------------------------------------------------------------- styles


def _styles(document: Document) -> str:
    style = document.style
    indent = style.indent_em * style.size_pt if style.paragraphs in {"indent", "both"} else 0
    gap = style.gap_em * style.size_pt if style.paragraphs in {"blank", "both"} else 0
    room = max(style.gap_em, 0.5) * style.size_pt
    em = style.size_pt
    justify = "justify" if style.justify else "start"
    quote_left = 0 if style.quote == "smaller" else 2 * em
    quote_right = quote_left if style.quote in {"both", "small_both"} else 0
    quote_size = 0.88 if "small" in style.quote else 1
    verse_left = {"flush": 0, "center": 6 * em}.get(style.verse, 2 * em)
    hang = 1.6 * em if style.list_hang else 0
    language = document.language[:2]
    font = (
        f'fo:font-family="{style.font}" style:font-family-asian="{style.font}" fo:font-size="{style.size_pt}pt" '
        f'style:font-size-asian="{style.size_pt}pt" fo:language="{language}" fo:country="{_COUNTRIES.get(language, "US")}" '
        f'fo:hyphenate="{str(style.hyphenate).lower()}" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"'
    )
    paragraphs = [
        _style("Body", align=justify, indent=indent, below=gap, height=style.leading, font=font),
        _style("First", align=justify, below=gap, height=style.leading, font=font),
        _style("Definition", align=justify, left=style.definition_em * em, below=gap, height=style.leading, font=font),
        _style("Term", above=room, height=style.leading, font=font + ' fo:font-weight="bold"'),
        *_heading_styles(document, font),
        _style("Quote", align=justify, left=quote_left, right=quote_right, above=room, below=room, height=style.leading,
               font=_over(font, f'fo:font-size="{quote_size * em}pt"')),
        _style("Right", align="end", below=room, font=font),
        _style("Verse", left=verse_left, above=room, below=room, height=style.leading, font=_over(font, 'fo:hyphenate="false"')),
        _style("Code", left=em, above=room, below=room, font=_over(font, f'fo:font-family="DejaVu Sans Mono" fo:font-size="{0.8 * em}pt" fo:hyphenate="false"')),
        _style("Scene", align="center", above=room, below=room, font=font),
        _style("Item", align=justify, left=hang, indent=-hang, below=room if style.list_gap else 0, height=style.leading, font=font),
        _style("Note", align=justify, font=_over(font, f'fo:font-size="{0.85 * em}pt"')),
        _style("HeadLine", font=_over(font, f'fo:font-size="{0.85 * em}pt" fo:hyphenate="false"'), align="center"),
    ]  # fmt: skip
    return "<office:styles>" + "".join(paragraphs) + "</office:styles>"


def _heading_styles(document: Document, font: str) -> list[str]:
    """Return a style for each level of headings, and one for those that begin a page."""
    style = document.style
    em = style.size_pt
    weight = "bold" if style.heading_bold else "normal"
    styles = []
    for level in range(1, 7):
        size = f'fo:font-size="{document.heading_em(level) * em}pt" fo:font-weight="{weight}" fo:hyphenate="false"'
        for name, opens in (("Head", False), ("Opener", True)):
            styles.append(
                _style(f"{name}{level}", align=style.heading_align, above=1.2 * em, below=0.7 * em,
                       font=_over(font, size), keep=True, opens_page=opens)
            )  # fmt: skip
    return styles


def _over(font: str, other: str) -> str:
    """Return attributes with some of them replaced."""
    names = [part.split("=")[0] for part in other.split('" ')]
    kept = [part for part in font.split('" ') if part.split("=")[0] not in names]
    return " ".join([*(part if part.endswith('"') else part + '"' for part in kept), other])


def _style(
    name: str, *, font: str, align: str = "start", indent: float = 0, left: float = 0, right: float = 0,
    above: float = 0, below: float = 0, height: float = 1.2, keep: bool = False, opens_page: bool = False,
) -> str:  # fmt: skip
    align = {"left": "start", "right": "end"}.get(align, align)
    return (
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties fo:text-align="{align}" '
        f'fo:text-indent="{indent}pt" fo:margin-left="{left}pt" fo:margin-right="{right}pt" fo:margin-top="{above}pt" '
        f'fo:margin-bottom="{below}pt" fo:line-height="{height * 100:.0f}%" fo:orphans="1" fo:widows="1" '
        f"{'fo:keep-with-next=' + chr(34) + 'always' + chr(34) if keep else ''} "
        f"{'fo:break-before=' + chr(34) + 'page' + chr(34) if opens_page else ''}/><style:text-properties {font}/></style:style>"
    )


def _page_layout(document: Document) -> str:
    style = document.style
    side = max(8.0, style.margin_y_mm - 8)
    size = f'fo:page-width="{style.width_mm}mm" fo:page-height="{style.height_mm}mm" fo:margin-top="{side}mm" fo:margin-bottom="{side}mm" fo:margin-left="{style.margin_x_mm + style.binding_mm}mm" fo:margin-right="{style.margin_x_mm}mm"'
    number = f'style:num-format="{"i" if style.foot == "roman" else "1"}" style:first-page-number="{style.first_page}" style:page-usage="mirrored"'
    head, verso = _head(document)
    header = (
        f"<style:header>{_line('RightHead', head)}</style:header><style:header-left>{_line('LeftHead', verso)}</style:header-left>"
        if head
        else ""
    )
    foot = _FEET[style.foot].format(title=escape(document.title))
    footer = (
        f"<style:footer>{_line('RightFoot', foot)}</style:footer><style:footer-left>{_line('LeftFoot', foot)}</style:footer-left>"
        if foot
        else ""
    )
    foot_right = {"center": "center", "right": "end", "outer": "end"}[style.foot_align]
    foot_left = {"center": "center", "right": "end", "outer": "start"}[style.foot_align]
    aligned = style.head == "alternate_folio"
    width = style.width_mm - 2 * style.margin_x_mm - style.binding_mm
    lines = (
        _aligned("RightHead", "end" if aligned else _head_align(style), width)
        + _aligned("LeftHead", "start" if aligned else _head_align(style), width)
        + _aligned("RightFoot", foot_right, width)
        + _aligned("LeftFoot", foot_left, width)
    )
    gap = '<style:header-footer-properties fo:min-height="6mm" fo:margin-{}="4mm"/>'
    return f"""<office:automatic-styles>{lines}
<style:style style:name="Super" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="Columns" style:family="section"><style:section-properties><style:columns fo:column-count="2" fo:column-gap="8mm"/></style:section-properties></style:style>
<style:page-layout style:name="P"{' style:page-usage="mirrored"'}><style:page-layout-properties {size} {number.replace('style:page-usage="mirrored"', "")}/>
<style:header-style>{gap.format("bottom") if head else ""}</style:header-style><style:footer-style>{gap.format("top") if foot else ""}</style:footer-style></style:page-layout>
</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P">{header}{footer}</style:master-page></office:master-styles>"""


def _head_align(style: PageStyle) -> str:
    return "start" if style.head in {"title_folio", "chapter_folio", "author"} else "center"


def _head(document: Document) -> tuple[str, str]:
    """Return the content of the head of right and left pages."""
    title, author = escape(document.title), escape(document.author)
    with_number = f"{title}<text:tab/>{_NUMBER}"
    return {
        "": ("", ""), "title": (title, title), "upper": (title.upper(), title.upper()), "author": (author, author),
        "alternate": (title, author), "chapter": (title, title), "chapter_folio": (with_number, with_number),
        "title_folio": (with_number, with_number), "alternate_folio": (f"{title}   {_NUMBER}", f"{_NUMBER}   {author}"),
    }[document.style.head]  # fmt: skip


def _line(style_name: str, content: str) -> str:
    return _paragraph(style_name, content)


def _aligned(name: str, align: str, width_mm: float) -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="HeadLine"><style:paragraph-properties fo:text-align="{align}">'
        f'<style:tab-stops><style:tab-stop style:position="{width_mm}mm" style:type="right"/></style:tab-stops></style:paragraph-properties></style:style>'
    )
