"""Every text comes back whole from every output of ours; and from another program's as far as that kept it."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import docpack
from docpack.verify.conservation import Reference, check

if TYPE_CHECKING:
    from docpack.model import Document

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def reference(path: Path) -> Reference:
    return Reference(docpack.read(path))


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei", "pdf"])
def test_every_sample_is_conserved(sample: Any, format_name: str):
    data = sample.write(format_name)
    assert data or not sample.printable, "a character has no font"
    if not data:
        return

    found = reference(sample.path).check(data, format_name)

    assert found.ok, found.differences[:5]
    assert found.output == found.expected == found.kept == found.source - sum(found.dropped.values())


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei", "pdf"])
def test_every_text_of_the_benchmark_is_conserved(benchmark_case: Any, format_name: str):
    data = benchmark_case.write(format_name)
    if data is None:  # no font has its characters: tests/conformance/test_benchmark.py
        return

    found = reference(benchmark_case.path).check(data, format_name)

    assert found.ok, found.differences[:5]
    assert found.expected == found.kept


# -------------------------------------------------------------------------------------- an EPUB as calibre makes it

CONTAINER = (
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def calibre_page(body: str) -> str:
    return (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<html xmlns="http://www.w3.org/1999/xhtml">\n  <head>\n    <title>Unknown</title>\n'
        '  <link rel="stylesheet" type="text/css" href="stylesheet.css"/>\n</head>\n'
        f'  <body class="calibre">\n{body}\n</body></html>\n'
    )


def calibre_like(document: Document, *, typography: bool = False, title: str = "A Title") -> bytes:
    """Return an EPUB 2 in the shape that calibre 6.13 gives to a text with footnotes in Markdown.

    A page with the cover's picture, a page with title and author, pages that are split at headings, classes instead of
    meaning, and notes in a list whose numbers the reading system draws, with arrows that lead back.
    """
    blocks, notes = [], []
    for block in docpack.read(docpack.write(document, "json"), format="json").children:
        blocks += _blocks(block)
    for number, note in enumerate(document.notes, 1):
        text = " ".join(text for child in note.children for _, text in _blocks(child))
        back = f'<a href="index_split_001.html#fnref:{number}" title="Jump back to footnote {number} in the text">↩</a>'
        notes.append(f'<li id="fn:{number}" class="calibre8">\n<p class="calibre3">{text} {back}</p>\n</li>')
    pages = [f'<h1 class="jacket">{escape(title)}</h1>\n<p class="jacket1">Unknown Author</p>', ""]
    for kind, text in blocks:
        if kind == "h1":
            pages.append("")
        pages[-1] += f'<{kind} class="calibre3">{text}</{kind}>\n'
    if notes:
        pages[-1] += f'<div class="footnote">\n<hr/>\n<ol class="calibre12">\n{chr(10).join(notes)}\n</ol>\n</div>'
    if typography:
        pages = [page.replace("...", "…") for page in pages]
    return _archive(pages, title)


def _blocks(block: Any, depth: int = 1) -> list[tuple[str, str]]:
    """Return the element and the inline markup of each block below a block."""
    made = [(f"h{min(depth, 6)}", _inlines(block.title))] if hasattr(block, "title") else []
    for child in block.children:
        if hasattr(child, "indent"):  # a line of verse
            made.append(("p", _inlines(child.children)))
        elif type(child).__name__ in ("Text", "SourceBreak", "Emphasis", "NoteRef", "LineBreak"):
            return [("p", _inlines(block.children))]
        elif type(child).__name__ in ("SceneBreak", "Preformatted"):
            made.append(("p" if type(child).__name__ == "SceneBreak" else "pre", escape(child.text)))
        elif type(child).__name__ == "ListItem":
            (_, first), *rest = _blocks(child, depth)
            made += [("p", f"{escape(child.marker)} {first}"), *rest]
        else:
            made += _blocks(child, depth + 1)
    return made


def _inlines(inlines: Any) -> str:
    made = []
    for inline in inlines:
        kind = type(inline).__name__
        if kind == "Text":
            made.append(escape(inline.text))
        elif kind == "SourceBreak":
            made.append(inline.reading)
        elif kind == "LineBreak":
            made.append("<br/>")
        elif kind == "NoteRef":
            number = inline.note.removeprefix("n")
            made.append(f'<sup id="fnref:{number}"><a href="index_split_009.html#fn:{number}">{number}</a></sup>')
        else:
            made.append(f'<i class="calibre4">{_inlines(inline.children)}</i>')
    return "".join(made)


def _archive(pages: list[str], title: str) -> bytes:
    names = [f"index_split_{number:03d}.html" for number in range(len(pages))]
    cover = '<div><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800"><image width="600" height="800"/></svg></div>'
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in ("cover.xhtml", *names)
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("cover.xhtml", *names))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>Unknown Author</dc:creator><dc:language>en</dc:language></metadata>"
        f'<manifest>{items}</manifest><spine toc="ncx">{spine}</spine></package>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("content.opf", package)
        archive.writestr("cover.xhtml", calibre_page(cover))
        for name, page in zip(names, pages, strict=True):
            archive.writestr(name, calibre_page(page))
    return made.getvalue()


@pytest.mark.parametrize("name", ["ferry", "tin-box", "harbour-rules", "leuchtturm", "migdalor"])
def test_an_epub_in_calibres_shape_passes_where_it_kept_the_text(name: str):
    document = docpack.read(EXAMPLES / f"{name}.txt")

    found = check(document, calibre_like(document), "epub")

    assert found.ok, found.differences
    assert [each.kind for each in found.differences] == ["moved"] * len(document.notes)
    assert found.extra == len("ATitleUnknownAuthor") + len(document.notes)  # the dots after the numbers of notes


def test_an_epub_in_calibres_shape_shows_what_was_smartened():
    document = docpack.read(b"   He went ... and came.\n   It's all there.\n", format="text")

    found = check(document, calibre_like(document, typography=True), "epub")

    assert [(each.kind, each.source, each.output, each.line) for each in found.differences] == [
        ("changed", "...", "…", 1)
    ]
    assert (found.missing, found.changed) == (2, 1)


def test_an_epub_in_calibres_shape_shows_a_lost_note():
    document = docpack.read(EXAMPLES / "tin-box.txt")
    data = calibre_like(document)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            after.writestr(
                info, before.read(info).replace(b"The boy was given a coin and the key. He kept the key.", b"")
            )

    found = check(document, made.getvalue(), "epub")

    assert not found.ok
    assert any("The boy was given" in each.source and each.line for each in found.differences)
