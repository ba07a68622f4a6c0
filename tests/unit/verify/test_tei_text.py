"""Reading TEI back: what is read and what is not."""

from __future__ import annotations

import pytest

from docpack.context import Context
from docpack.errors import InputError
from docpack.testing import full_document
from docpack.verify.tei_text import read_tei
from docpack.writers.tei import TeiWriter


def tei(body: str, back: str = "") -> bytes:
    return (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><p>unread</p></teiHeader>'
        f"<text><body>{body}</body>{back}</text></TEI>"
    ).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<p>a\n <lb/>b</p>", ("a b",), id="white-space-is-squeezed"),
        pytest.param("<p>a<lb/>b</p>", ("a b",), id="a-line-end-parts-words"),
        pytest.param('<p>long-<lb break="no"/>time</p>', ("long-time",), id="unless-it-says-no"),
        pytest.param(
            '<p>won<pc force="weak">-</pc><lb break="no"/>der</p>', ("wonder",), id="weak-hyphens-are-not-read"
        ),
        pytest.param("<p>a<pc>,</pc> b</p>", ("a, b",), id="other-punctuation-is"),
        pytest.param("<p>a<fw>HEAD <hi>x</hi></fw> b</p>", ("a b",), id="running-heads-are-not-read"),
        pytest.param("<p><choice><orig>o</orig><reg>r</reg></choice></p>", ("r",), id="the-regular-form-is-read"),
        pytest.param("<p><choice><sic>o</sic><corr>r</corr></choice></p>", ("r",), id="the-correct-form-is-read"),
        pytest.param("<div><head>h</head><p>a</p></div>", ("h", "a"), id="headings"),
        pytest.param("<lg><l>a</l><l>b</l></lg>", ("a b",), id="a-stanza-is-one-block"),
        pytest.param("<lg><lg><l>a</l></lg><lg><l>b</l></lg></lg>", ("a", "b"), id="two-stanzas-are-two"),
        pytest.param(
            "<list><label>1.</label><item><p>a</p><p>b</p></item></list>",
            ("1. a", "b"),
            id="a-marker-goes-with-its-item",
        ),
        pytest.param(
            "<list><label>•</label><item><list><label>–</label><item><p>a</p></item></list></item></list>",
            ("• – a",),
            id="markers-of-nested-lists",
        ),
        pytest.param("<list><label>1.</label><item/></list><p>a</p>", ("1.", "a"), id="a-marker-alone"),
        pytest.param(
            '<list type="gloss"><label>t</label><item><p>a</p></item></list>', ("t", "a"), id="a-term-stands-alone"
        ),
        pytest.param(
            "<table><head>c</head><row><cell>a</cell><cell>b</cell><cell/></row></table>", ("c", "a b"), id="rows"
        ),
        pytest.param(
            "<figure><head>c</head><figDesc>unread</figDesc></figure>",
            ("c",),
            id="descriptions-of-pictures-are-not-read",
        ),
    ],
)
def test_blocks_are_read(body: str, expected: tuple[str, ...]) -> None:
    assert read_tei(tei(body)).blocks == expected


def test_notes_are_apart_wherever_they_stand() -> None:
    inline = tei("<p>a<note><label>1</label><p>x</p><p>y</p></note>b</p>", "<back><note>z</note></back>")

    reading = read_tei(inline)

    assert reading.blocks == ("ab",)
    assert reading.notes == ("1 x y", "z")


def test_what_is_no_tei_is_refused() -> None:
    with pytest.raises(InputError, match="no TEI file"):
        read_tei(b"<html/>")


def test_the_reading_of_a_whole_document_is_complete() -> None:
    reading = read_tei(TeiWriter("reading").write(full_document(), Context()))

    assert reading.blocks[:3] == ("The Keeper’s Log", "I. The Lantern", "Light is a promise.")
    assert reading.blocks[-1] == "המנורה כבתה."
    assert reading.notes[1] == "* See Tides, p. 12. A second paragraph of the note."
