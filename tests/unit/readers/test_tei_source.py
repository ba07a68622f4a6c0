"""The source out of an archival TEI: what is understood, what is reported, what is refused."""

from __future__ import annotations

import hashlib

import pytest

from docpack.context import Context
from docpack.errors import InputError
from docpack.ledger import Ledger, SourceText
from docpack.model import Document, Paragraph, SourceBreak, Span, Text
from docpack.readers.tei_source import restore
from docpack.testing import plain_document
from docpack.writers.tei import TeiWriter
from docpack.xml_safety import feed_xml, parse_xml


def archival(
    text: str = "The lamp is lit\nand burns.\n", encoding: str = "utf-8", bom: bytes = b"", sha256: str = ""
) -> bytes:
    """Return the TEI of a source that is one paragraph, with a text for each line."""
    inlines: list[Text | SourceBreak] = []
    position = 0
    for line in text.splitlines(keepends=True):
        stop = position + len(line.rstrip())
        inlines += [Text(text[position:stop], (Span(position, stop),)), SourceBreak()]
        position += len(line)
    sha256 = sha256 or hashlib.sha256(bom + text.encode(encoding)).hexdigest()
    source = Ledger(SourceText(text, encoding, "lf", bom, sha256))
    document = Document((Paragraph(tuple(inlines[:-1])),), source=source)
    return TeiWriter().write(document, Context())


def test_the_bytes_come_back_with_their_encoding_and_byte_order_mark() -> None:
    restored = restore(archival("Zwölf\r\nBoxkämpfer\r\n", "utf-16-le", b"\xff\xfe"))

    assert restored.data == b"\xff\xfe" + "Zwölf\r\nBoxkämpfer\r\n".encode("utf-16-le")
    assert not restored.edited
    assert restored.problems == ()


def test_an_edited_text_is_given_as_it_is_now_and_called_edited() -> None:
    edited = archival().replace(b"lamp", b"lantern")

    restored = restore(edited)

    assert restored.data == b"The lantern is lit\nand burns.\n"
    assert restored.edited


def test_an_edited_header_does_not_make_the_text_edited() -> None:
    restored = restore(archival().replace(b"Untitled", b"The Lamp"))

    assert not restored.edited


def test_comments_and_other_elements_do_not_matter() -> None:
    changed = archival().replace(b"lamp is", b'la<!-- a comment -->mp <name type="thing">is</name><?pi?>')

    restored = restore(changed)

    assert restored.data == b"The lamp is lit\nand burns.\n"


def test_what_an_editor_added_as_another_reading_is_not_the_source() -> None:
    changed = archival().replace(b"lamp", b"<choice><sic>lamp</sic><corr>lantern</corr></choice>")

    restored = restore(changed)

    assert restored.data == b"The lamp is lit\nand burns.\n"
    assert not restored.edited


def test_a_missing_line_is_named() -> None:
    changed = archival().replace(b'\n<lb n="2" ed="source"/>and burns.', b"")

    restored = restore(changed)

    assert restored.edited
    assert restored.problems == ("1 of 2 lines are missing, first line 2",)


def test_a_line_that_stands_twice_is_named() -> None:
    changed = archival().replace(b'n="2"', b'n="1"')

    assert "line 1 stands 2 times" in restore(changed).problems


def test_a_character_that_is_not_declared_is_named() -> None:
    changed = archival().replace(b"lamp", b'<g ref="#U0007"/>')

    assert "the character 'U0007' is not declared in the header" in restore(changed).problems


def test_bytes_that_could_not_be_kept_are_said_to_be_lost() -> None:
    restored = restore(archival(sha256="0" * 64))

    assert not restored.edited
    assert len(restored.problems) == 1
    assert "no valid utf-8" in restored.problems[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"no xml", "is not well-formed XML", id="no-xml"),
        pytest.param(b"<a><b></a>", "is not well-formed XML", id="not-well-formed"),
        pytest.param(b"<html/>", "this is no TEI file", id="another-format"),
        pytest.param(TeiWriter("reading").write(plain_document("x"), Context()), "holds no source", id="reading-form"),
        pytest.param(archival().replace(b">utf-8<", b">utf-99<"), "unknown encoding 'utf-99'", id="unknown-encoding"),
        pytest.param(archival().replace(b">lf<", b">dot<"), "unknown newline 'dot'", id="unknown-newline"),
        pytest.param(
            archival().replace(b"lamp", b'<space unit="char" quantity="900000000000"/>'),
            "more than 50000000 ",
            id="too-much-white",
        ),
    ],
)
def test_what_is_no_archival_tei_is_refused_in_words(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        restore(data)


class _Nothing:
    def start(self, tag: str, attributes: object) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>', "document type declaration", id="entities"
        ),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
            "document type declaration",
            id="a-file",
        ),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "document type declaration", id="a-dtd"),
    ],
)
def test_dangerous_xml_is_refused_by_both_ways_of_parsing(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_xml(data, what="the file")
    with pytest.raises(InputError, match=message):
        feed_xml(data, _Nothing(), what="the file")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"<a>" * 300 + b"</a>" * 300, "limits of safe parsing", id="too-deep"),
        pytest.param(b"<a>" + b"x" * 11_000_000 + b"</a>", "limits of safe parsing", id="a-text-too-long"),
    ],
)
def test_trees_that_are_too_large_are_not_built(data: bytes, message: str) -> None:
    feed_xml(data, _Nothing(), what="the file")  # events need no tree

    with pytest.raises(InputError, match=message):
        parse_xml(data, what="the file")
