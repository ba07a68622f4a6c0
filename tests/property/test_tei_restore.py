"""From the archival TEI alone the source comes back, whatever the source holds and the document makes of it."""

from __future__ import annotations

import codecs
import re

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from docpack.context import Context
from docpack.findings import Code
from docpack.ledger import Edit, Ledger, Rule, SourceText, sha256_hex
from docpack.lowering import lower
from docpack.model import (
    Document,
    Emphasis,
    LineBreak,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    SourceBreak,
    Span,
    Strong,
    Text,
)
from docpack.readers.tei_source import restore
from docpack.verify.reading import characters
from docpack.verify.tei_text import read_tei
from docpack.walk import reading_text
from docpack.writers.tei import TeiWriter
from docpack.xml_characters import FORBIDDEN

_WORDS = ["word", "a", "B.", "long-", "1", "&", "<b>", "]]>", "e\u0301", "漢字", "שלום", "\u00ad", "\u00a0", "\u3000"]
_WHITE = [
    " ",
    "  ",
    "     ",
    "\t",
    "\t \t",
    " \u00a0 ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\x0b",
    "\f",
    "\n\f",
    "\x85",
    "\u2028",
]
_FORBIDDEN = [
    "\u2029",
    "\x00",
    "\x01",
    "\x1c",
    "\x1f",
    "\x7f",
    "\x9f",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\U0001fffe",
    "\ufeff",
]
_PIECES = st.sampled_from([*_WORDS, *_WHITE, *_FORBIDDEN])
_TEXTS = st.lists(_PIECES, max_size=40).map("".join)
_ENCODINGS = st.sampled_from(
    [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-32-be", b"")]
)
_QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _ledger(text: str, edits: tuple[Edit, ...], encoding: str = "utf-8", bom: bytes = b"") -> Ledger:
    data = bom + text.encode(encoding)
    return Ledger(SourceText(text, encoding, "lf", bom, sha256_hex(data)), edits)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Return a document whose texts, edits, order and structure have nothing to do with each other's meaning."""
    text = draw(_TEXTS)
    encoding, bom = draw(_ENCODINGS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=14)) | {0, len(text)})
    edits: list[Edit] = []
    inlines: list[object] = []
    for start, stop in zip(cuts, cuts[1:], strict=False):
        kind = draw(st.sampled_from(["text", "text", "text", "drop", "break", "change", "insert", "claim"]))
        rule = draw(st.sampled_from([Rule.CONTROL, Rule.FURNITURE, Rule.HYPHEN_SOFT, Rule.OVERRIDE, Rule.BLANKS]))
        span = Span(start, stop)
        if kind == "text":
            inlines.append(Text(text[start:stop], (span,)))
        elif kind == "drop":
            edits.append(Edit(start, stop, "", rule))
        elif kind == "break":
            reading = draw(st.sampled_from(["", " "]))
            edits.append(Edit(start, stop, reading, rule))
            inlines.append(SourceBreak(reading, draw(st.sampled_from([None, None, "", "12"])), (span,)))
        elif kind == "change":
            reading = draw(st.sampled_from(["x", " ", "", "new & old"]))
            middle = (start + stop) // 2
            edits.append(Edit(middle, stop, reading, rule))
            inlines.append(Text(text[start:middle] + reading, (span,)))
        elif kind == "insert":
            reading = draw(st.sampled_from(["y", " "]))
            edits.append(Edit(start, start, reading, rule))
            inlines.append(Text(reading + text[start:stop], (span,)))
        else:  # a claim that is wrong: another's range, or a text that is not there
            at = draw(st.integers(0, len(text)))
            inlines.append(
                Text(draw(st.sampled_from(["", " ", "wrong"])), draw(st.sampled_from([(), (Span(at, stop),)])))
            )
    blocks, notes = _arranged(draw, inlines)
    return Document(tuple(blocks), notes=tuple(notes), source=_ledger(text, tuple(edits), encoding, bom))


def _arranged(draw: st.DrawFn, inlines: list[object]) -> tuple[list[object], list[Note]]:
    if draw(st.booleans()):
        inlines = draw(st.permutations(inlines))
    blocks: list[object] = []
    notes: list[Note] = []
    while inlines:
        size = draw(st.integers(1, 5))
        some, inlines = inlines[:size], inlines[size:]
        if draw(st.booleans()):
            some = [*some[:1], Emphasis(tuple(some[1:2])), Strong((Emphasis(tuple(some[2:])),))]
        kind = draw(st.sampled_from(["p", "p", "p", "section", "note", "pre", "break"]))
        if kind == "p":
            blocks.append(Paragraph(tuple(some)))
        elif kind == "section":
            blocks.append(Section((*some[:1], LineBreak()), (Paragraph(tuple(some[1:])),)))
        elif kind == "note":
            origin = some[0].origin if isinstance(some[0], Text) else ()
            number = len(notes) + 1
            notes.append(Note(f"n{number}", (Paragraph(tuple(some)),), str(number), origin))
            blocks.append(Paragraph((NoteRef(f"n{number}", origin),)))
        elif isinstance(some[0], Text):
            make = Preformatted if kind == "pre" else SceneBreak
            blocks.append(make(some[0].text, origin=some[0].origin))
            blocks.append(Paragraph(tuple(some[1:])))
    return blocks, notes


def _written(document: Document) -> bytes:
    context = Context()
    written = TeiWriter("archival").write(lower(document, context), context)
    assume(Code.W006 not in [finding.code for finding in context.findings])  # nothing printed is from the source
    return written


@_QUICK
@given(documents())
def test_the_source_comes_back(document: Document) -> None:
    written = _written(document)

    restored = restore(written)

    assert document.source is not None
    assert restored.data == document.source.source.to_bytes()
    assert not restored.edited
    assert restored.problems == ()


@_QUICK
@given(documents())
def test_each_form_feed_is_one_page_turn_and_ids_are_unique(document: Document) -> None:
    from lxml import etree

    source = document.source
    assert source is not None

    root = etree.fromstring(_written(document))

    ids = root.xpath("//@xml:id")
    feeds = root.xpath("//*[local-name() = 'pb'][@type = 'form-feed']")
    assert len(ids) == len(set(ids))
    assert len(feeds) == source.source.text.count("\f")


@_QUICK
@given(documents(), st.sampled_from([" ", "\n    ", "\t\n"]))
def test_the_source_survives_other_white_space_in_the_file(document: Document, white: str) -> None:
    squeezed = re.sub(r"\s+", white, _written(document).decode()).encode()

    restored = restore(squeezed)

    assert document.source is not None
    assert restored.data == document.source.source.to_bytes()


@_QUICK
@given(documents())
def test_the_source_survives_an_indenting_editor(document: Document) -> None:
    from lxml import etree

    root = etree.fromstring(_written(document))
    indented = etree.tostring(root, pretty_print=True, encoding="UTF-16", xml_declaration=True)

    restored = restore(indented)

    assert document.source is not None
    assert restored.data == document.source.source.to_bytes()


@_QUICK
@given(documents())
def test_both_forms_read_as_the_model(document: Document) -> None:
    context = Context()
    prepared = lower(document, context)
    expected = _squeezed(reading_text(prepared))

    for form in ("archival", "reading"):
        reading = read_tei(TeiWriter(form).write(prepared, context))

        assert characters(reading) == expected


def _squeezed(text: str) -> str:
    return "".join(FORBIDDEN.sub("", text).split())
