"""TEI: the places of lines and pages, as `--facsimile` tells them."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest
from lxml import etree

from docpack.context import Context
from docpack.errors import OutputError, UsageError
from docpack.ledger import Box, SourcePage, SourceText
from docpack.lowering import lower
from docpack.model import Document, Paragraph, Text
from docpack.readers.tei_source import restore
from docpack.reflow import reflow
from docpack.reflow.overrides import Overrides, profile_of
from docpack.writers.tei import TeiWriter

TEI = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
# A page with a running head, one without text, and one on which a paragraph goes on in the middle of a word.
LINES = [
    "THE BOX 1",
    "The harbour master kept his",
    "books in a box of tin, and no-",
    "",
    "body knew.",
    "Nobody ever did.",
]
TEXT = f"{LINES[0]}\n{LINES[1]}\n{LINES[2]}\f\f{LINES[4]}\n{LINES[5]}\n"
PAGES = (SourcePage(300, 400.004, "iv"), SourcePage(300, 400), SourcePage(400, 300, 'A "1"'))
BOXES = (
    Box(0, 30, 20, 90, 32),
    Box(0, 30, 40, 270.123, 52),
    Box(0, 30, 60, 268, 72),
    None,
    Box(2, 30, 40, 95, 52),
    Box(2, 30, 60, 130, 72),
)


def placed() -> Document:
    source = SourceText(TEXT, sha256=hashlib.sha256(b"%PDF").hexdigest(), boxes=BOXES, pages=PAGES)
    return reflow(source, Context(), profile_of(Overrides(), "", {}))


def written(document: Document, **options: Any) -> bytes:
    context = Context()
    return TeiWriter(facsimile=True, **options).write(lower(document, context), context)


def test_each_page_is_a_surface_and_each_printed_line_a_zone() -> None:
    root = etree.fromstring(written(placed()))

    surfaces = root.findall(f"{TEI}facsimile/{TEI}surface")
    assert [each.get("n") for each in surfaces] == ["iv", "2", 'A "1"']
    assert [surfaces[0].get(each) for each in ("ulx", "uly", "lrx", "lry")] == ["0", "0", "300", "400"]
    assert [[zone.get("n") for zone in each] for each in surfaces] == [["1", "2", "3"], [], ["5", "6"]]
    assert [surfaces[0][1].get(each) for each in ("ulx", "uly", "lrx", "lry")] == ["30", "40", "270.12", "52"]


def test_each_line_and_each_page_turn_points_to_its_place() -> None:
    root = etree.fromstring(written(placed()))

    ids = {each.get(XML_ID): each for each in root.iter(f"{TEI}surface", f"{TEI}zone")}
    lines = {each.get("n"): each.get("facs", "#")[1:] for each in root.iter(f"{TEI}lb")}
    assert {number: ids[name].get("n") if name else "" for number, name in lines.items()} == {
        "1": "1",
        "2": "2",
        "3": "3",
        "4": "",
        "5": "5",
        "6": "6",
    }
    turns = [ids[each.get("facs")[1:]].get("n") for each in root.iter(f"{TEI}pb") if each.get("type") == "form-feed"]
    assert turns == ["2", 'A "1"']


def test_the_extracted_text_comes_back_from_it() -> None:
    restored = restore(written(placed()))

    assert restored.data.decode() == TEXT
    assert not restored.edited
    assert not restored.problems
    assert restored.extracted_from == "application/pdf"


def test_ids_are_unique_though_a_block_has_one_of_them() -> None:
    document = placed()
    taken = Document((Paragraph((Text("x"),), id="facs-line-2"), *document.children), source=document.source)

    root = etree.fromstring(written(taken))

    assert max(Counter(each.get(XML_ID) for each in root.iter() if each.get(XML_ID)).values()) == 1


def test_without_the_option_no_place_is_named() -> None:
    context = Context()

    data = TeiWriter().write(lower(placed(), context), context)

    assert b"facs" not in data


def test_a_source_without_pages_cannot_have_a_facsimile() -> None:
    document = reflow(SourceText("It was gone.\n"), Context(), profile_of(Overrides(), "", {}))

    with pytest.raises(OutputError, match="not known where the lines stand") as caught:
        written(document)

    assert "Convert from the PDF itself" in caught.value.hint


def test_the_reading_form_cannot_have_one() -> None:
    with pytest.raises(UsageError, match="no lines"):
        written(placed(), form="reading")
