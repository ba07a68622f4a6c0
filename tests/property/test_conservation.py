"""No single character of an output can be changed, dropped, doubled or swapped unnoticed; and nothing else is noticed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from lxml import etree

import docpack
from docpack.errors import InputError
from docpack.strategies import documents, hard_texts
from docpack.testing import full_document, plain_document
from docpack.verify.conservation import Conservation, Reference, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.model import Document

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("every-node", *(path.stem for path in sorted(EXAMPLES.glob("*.txt"))))
WORD_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
# Elements of TEI whose text is not read: what the source had besides its text.
UNREAD = {"{http://www.tei-c.org/ns/1.0}" + name for name in ("fw", "orig", "sic", "figDesc", "space")}
OTHERS = "xq.1-é“"

slow = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def document(name: str) -> Document:
    return full_document() if name == "every-node" else docpack.read(EXAMPLES / f"{name}.txt")


@cache
def reference(name: str) -> Reference:
    return Reference(document(name))


@cache
def output(name: str, format_name: str) -> bytes:
    return docpack.write(document(name), format_name)


@dataclass(frozen=True)
class Spot:
    """A run of characters in an output: the file, its place among the elements, and whether it is text or tail."""

    file: str
    element: int
    attribute: str
    text: str


def parts(format_name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an output that hold its text."""
    if format_name == "tei":
        yield "", data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            wanted = ("word/document.xml", "word/footnotes.xml") if format_name == "docx" else ("text-",)
            if name.startswith(wanted) or name.rpartition("/")[2].startswith(wanted):
                yield name, archive.read(name)


def is_printed(format_name: str, element: Any, attribute: str) -> bool:
    if format_name == "docx":
        return bool(element.tag == WORD_TEXT and attribute == "text")
    around = [element, *element.iterancestors()] if attribute == "text" else list(element.iterancestors())
    if format_name == "epub":
        return any(each.tag.endswith("}body") for each in around)
    hyphen = attribute == "text" and element.get("force") == "weak"
    return (
        not hyphen
        and not any(each.tag in UNREAD for each in around)
        and any(each.tag.endswith("}text") for each in around)
    )


@cache
def spots(name: str, format_name: str) -> list[Spot]:
    """Return all runs of printed characters of an output."""
    return [
        Spot(file, number, attribute, text)
        for file, content in parts(format_name, output(name, format_name))
        for number, element in enumerate(etree.fromstring(content).iter(etree.Element))
        for attribute in ("text", "tail")
        if (text := getattr(element, attribute)) and text.strip() and is_printed(format_name, element, attribute)
    ]


def with_text(data: bytes, spot: Spot, text: str) -> bytes:
    """Return an output with another text in a spot."""

    def changed(content: bytes) -> bytes:
        root = etree.fromstring(content)
        setattr(list(root.iter(etree.Element))[spot.element], spot.attribute, text)
        return etree.tostring(root, encoding="utf-8", xml_declaration=True)

    if not spot.file:
        return changed(data)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            after.writestr(info, changed(content) if info.filename == spot.file else content)
    return made.getvalue()


def edited(text: str, place: int, edit: str, other: str) -> str:
    """Return a text with one character changed, dropped, doubled, or swapped with the next."""
    one, rest = text[place], text[place + 1 :]
    made = {"change": other + rest, "drop": rest, "double": one + one + rest, "swap": rest[:1] + one + rest[1:]}[edit]
    return text[:place] + made


EDITS = st.sampled_from(["change", "drop", "double", "swap"])


def balanced(found: Conservation) -> bool:
    return found.output == found.expected - found.missing + found.added + found.extra - found.unprinted


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei"])
@slow
@given(st.data())
def test_each_single_character_edited_in_an_output_is_found(format_name: str, data: st.DataObject):
    name = data.draw(st.sampled_from(NAMES))
    spot = data.draw(st.sampled_from(spots(name, format_name)))
    place = data.draw(st.sampled_from([n for n, each in enumerate(spot.text) if not each.isspace()]))
    text = edited(spot.text, place, data.draw(EDITS), data.draw(st.sampled_from(OTHERS)))
    assume(text.split() != spot.text.split())

    found = reference(name).check(with_text(output(name, format_name), spot, text), format_name)

    assert not found.ok
    assert found.differences
    assert balanced(found)


@cache
def word_source() -> Document:
    return plain_document(
        "The light-house keeper wrote every evening; he wrote 31 lines, “no more”.",
        "Nobody - not even the gulls - read them / or so he thought, in all those well-ordered years by the sea.",
    )


@settings(slow, max_examples=25)
@given(st.integers(0, 1), st.data(), EDITS, st.sampled_from(OTHERS))
def test_each_single_character_edited_in_a_pdf_is_found(number: int, data: st.DataObject, edit: str, other: str):
    paragraphs = [paragraph.children[0].text for paragraph in word_source().children]
    text = paragraphs[number]
    place = data.draw(st.sampled_from([n for n, each in enumerate(text) if not each.isspace()]))
    paragraphs[number] = edited(text, place, edit, other)
    assume("".join(paragraphs[number].split()) != "".join(text.split()))

    found = check(word_source(), docpack.write(plain_document(*paragraphs), "pdf"), "pdf")

    assert not found.ok
    assert balanced(found)


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei"])
@slow
@given(documents())
def test_no_false_alarm_on_any_document(format_name: str, document: Document):
    found = check(document, docpack.write(document, format_name), format_name)

    assert found.ok, found.differences


# Every kind of character beside which a printed line may end, and enough of them to fill several lines.
PARTING = st.lists(st.text("ab1-\u2010–—/\\.,;:!?()…“”’|&%", min_size=1, max_size=30), min_size=1, max_size=60)


@settings(slow, max_examples=40)
@given(st.lists(PARTING.map(" ".join), min_size=1, max_size=3))
def test_no_false_alarm_where_printed_lines_end(paragraphs: list[str]):
    document = plain_document(*paragraphs)

    found = check(document, docpack.write(document, "pdf"), "pdf")

    assert found.ok, found.differences


@slow
@example("&amp;- item\n\xadword")  # a line of program text begins with what prints nothing
@given(hard_texts())
def test_no_false_alarm_on_hard_texts(text: str):
    try:
        document = docpack.read(text.encode(), format="text", name="hard.txt")
    except InputError:
        assume(False)
        raise

    for format_name in ("epub", "docx", "tei"):
        found = check(document, docpack.write(document, format_name), format_name)

        assert found.ok, (format_name, found.differences)
        assert found.expected == found.kept


@slow
@given(documents(), documents())
def test_any_output_held_against_any_document_is_balanced(document: Document, other: Document):
    for format_name in ("epub", "docx", "tei"):
        found = check(document, docpack.write(replace(other, metadata=document.metadata), format_name), format_name)

        assert balanced(found)
        assert found.ok or found.differences
