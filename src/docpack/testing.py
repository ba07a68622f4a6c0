"""For authors of plug-ins: sample documents, and the check that a writer must pass.

    from docpack.testing import check_writer

    def test_my_writer():
        check_writer(MyWriter())

This module needs nothing but docpack. `docpack.strategies` has Hypothesis strategies for documents.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.context import Context
from docpack.lowering import lower
from docpack.model import (
    BlockQuote,
    Cell,
    Code,
    Contributor,
    Definition,
    DefinitionList,
    Direction,
    Document,
    Emphasis,
    Figure,
    Foreign,
    Identifier,
    LineBreak,
    Link,
    List,
    ListItem,
    Media,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    Section,
    SmallCaps,
    SourceBreak,
    Stanza,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
    VerseLine,
)
from docpack.walk import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check_writer", "full_document", "plain_document"]

# A white square of one pixel.
_PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==")
_IDENTIFIER = Identifier("0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10", "uuid")


def plain_document(*paragraphs: str, title: str = "A plain document") -> Document:
    """Return a document of paragraphs alone."""
    children = tuple(Paragraph((Text(text),), id=f"p{n}") for n, text in enumerate(paragraphs, 1))
    return Document(children, Metadata(title=title, language="en", identifier=_IDENTIFIER))


def full_document() -> Document:
    """Return a small book that holds every node of the model at least once."""
    metadata = Metadata(
        title="The Keeper’s Log",
        subtitle="A Book of Samples",
        contributors=(
            Contributor("Ines Almqvist", "aut", "Almqvist, Ines"),
            Contributor("Tomas Reuter", "trl", "Reuter, Tomas"),
        ),
        language="en",
        date="2021-05-04",
        publisher="Lantern House",
        description="Everything that a writer must be able to say.",
        subjects=("Lighthouses", "Weather & wind"),
        identifier=_IDENTIFIER,
        identifiers=(Identifier("9780000000002", "isbn"),),
        series="Sample Books",
        series_position="2",
        rights="© 2021 Ines Almqvist",
        rights_uri="https://creativecommons.org/licenses/by/4.0/",
        source_title="The Keeper’s Log, first edition",
        source_publisher="Harbour Press",
        source_date="1921",
    )
    return Document(
        children=(_first_chapter(), _second_chapter(), _third_chapter()),
        metadata=metadata,
        notes=(
            Note("n1", (Paragraph((Text("The lamp of 1907, not the later one."),), id="p90"),), "1"),
            Note(
                "n2",
                (
                    Paragraph((Text("See "), Emphasis((Text("Tides"),)), Text(", p. 12.")), id="p91"),
                    Paragraph((Text("A second paragraph of the note."),), id="p92"),
                ),
                "*",
            ),
        ),
        media=(Media("m1", "lamp.png", "image/png", _PNG),),
    )


def _first_chapter() -> Section:
    return Section(
        (Text("I. The "), Emphasis((Text("Lantern"),))),
        (
            BlockQuote(
                (
                    Paragraph((Text("Light is a promise."),), id="p1"),
                    Paragraph((Text("Old saying"),), id="p2", role="attribution"),
                ),
                id="q1",
                role="epigraph",
            ),
            Paragraph(
                (
                    SourceBreak("", "7"),
                    Text("The night was long and long-"),
                    SourceBreak(""),
                    Text("drawn, & the wind "),
                    Emphasis((Text("howled "), Strong((Text("very"),)), Text(" loud"))),
                    Text(" over H"),
                    Subscript((Text("2"),)),
                    Text("O at 10"),
                    Superscript((Text("3"),)),
                    Text(" feet"),
                    NoteRef("n1"),
                    Text(" while"),
                    SourceBreak(" ", "8"),
                    Text("the "),
                    SmallCaps((Text("Harbour"),)),
                    Text(" slept. See "),
                    Link("https://example.org/?a=1&b=2", (Text("the <log>"),)),
                    Text(" and "),
                    Code((Text("lamp --on"),)),
                    Text(" or "),
                    Link("#s2", (Text("below"),)),
                    Text("."),
                    LineBreak(),
                    Text("A line of its own."),
                ),
                id="p3",
            ),
            SceneBreak("* * *", id="b1"),
            Paragraph(
                (
                    Text("He said "),
                    Foreign((Text("Guten Abend"),), "de"),
                    Text(" and "),
                    Foreign((Text("שלום"),), "he", Direction.RTL),
                    Text("."),
                    NoteRef("n2"),
                ),
                id="p4",
            ),
            SceneBreak("", id="b2"),
            Verse(
                (
                    Stanza((VerseLine((Text("The lamp is lit,"),)), VerseLine((Text("the wick is fit,"),), 1))),
                    Stanza(
                        (
                            VerseLine((Text("and all the sea"),)),
                            VerseLine((Text("looks up at "), Emphasis((Text("me"),)), Text(".")), 2),
                        )
                    ),
                ),
                id="v1",
            ),
            Section((Text("A closer look"),), (Paragraph((Text("Under a smaller heading."),), id="p5"),), id="s3"),
        ),
        id="s1",
    )


def _second_chapter() -> Section:
    def item(number: str, marker: str, *blocks: object) -> ListItem:
        return ListItem((Paragraph((Text(number),)), *blocks), marker)  # type: ignore[arg-type]  # blocks of a sample

    return Section(
        (Text("II. The Stores"),),
        (
            List(
                (item("oil", "•"), item("wicks", "•", List((item("thick", "–"), item("thin", "–")), id="l2"))), id="l1"
            ),
            List((item("trim", "3."), item("fill", "4."), item("light", "5.")), ordered=True, start=3, id="l3"),
            Paragraph((Text("Between two lists."),), id="p6"),
            List((item("first again", "1."), item("second again", "2.")), ordered=True, id="l4"),
            List((item("by letters", "(a)"), item("in brackets", "(b)")), ordered=True, id="l5"),
            DefinitionList(
                (
                    Definition((Text("Fresnel"),), (Paragraph((Text("A lens of rings."),), id="p7"),), id="d1"),
                    Definition((Text("Gallery"),), (Paragraph((Text("The walk outside."),), id="p8"),), id="d2"),
                ),
                id="l6",
            ),
            Table(
                (
                    Row((Cell((Text("Month"),), True), Cell((Text("Oil"),), True))),
                    Row((Cell((Text("May"),)), Cell((Text("12 "), Emphasis((Text("gal."),)))))),
                    Row((Cell((Text("June"),)),)),
                ),
                caption=(Text("What was burnt"),),
                id="t1",
            ),
            Figure("m1", "A white square, the lamp seen from afar", (Text("The lamp"),), id="f1"),
            Preformatted("LAMP  ON\n  WICK 2\n\nEND", id="c1"),
        ),
        id="s2",
    )


def _third_chapter() -> Section:
    return Section(
        (Text("סוף"),),
        (Paragraph((Text("המנורה כבתה."),), id="p9"),),
        id="s4",
        language="he",
        direction=Direction.RTL,
    )


# ----------------------------------------------------------------------------------------------------- checks


def check_writer(
    writer: object,
    *,
    text_of: Callable[[bytes], str] | None = None,
    documents: tuple[Document, ...] = (),
) -> None:
    """Check that a writer keeps docpack's promises; call it from a test of your own.

    It writes the sample documents (and yours), each twice, and checks that the bytes are the same and that every
    printed run of characters is in the output, whole and in its order.

    Args:
        writer: The writer, with the options to check.
        text_of: How the text is read back from the output. By default, UTF-8 text or the XML parts of a zip archive,
            without tags.
        documents: More documents to write.

    Raises:
        AssertionError: A promise is broken; the message says which, and where.
    """
    from docpack.errors import MissingGlyphError
    from docpack.plugins import Writer

    assert isinstance(writer, Writer), f"{type(writer).__name__} lacks `format` or `write(document, context)`"
    name = writer.format.name
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", name), f"the format's name {name!r} is not in lower case"
    assert all(suffix.startswith(".") for suffix in writer.format.suffixes), "a suffix begins with a dot"
    read_back = text_of or _any_text
    lacks: frozenset[type] = getattr(writer, "lacks", frozenset())
    for number, document in enumerate((*_probes(), *documents)):
        prepared = lower(document, Context(), lacks, name)
        try:
            first = writer.write(prepared, Context())
        except MissingGlyphError:  # a refusal that names the characters loses nothing
            continue
        assert isinstance(first, bytes), f"{name}: write returned {type(first).__name__}, not bytes"
        assert first == writer.write(prepared, Context()), (
            f"{name}: a second write of document {number} gave other bytes"
        )
        _check_text(name, number, prepared, read_back(first))


def _probes() -> tuple[Document, ...]:
    """Return documents whose every word is rare, so that a lost character shows."""
    awkward = plain_document(
        "Zero & one < two > three \" four ' five",
        "Ümläute, ẞ, Ωμέγα, Жук, 漢字, ﬁ, 𝔘, e\u0301, \u00a0nbsp\u00a0, soft\u00adhyphen",
        "# not a heading, *not emphasis*, _nor this_, `nor code`, [nor](link), $nor$ math, @nor #ref \\ and ]]> <!--",
        title="A & B < C",
    )
    alphabet = plain_document(*("".join(f"q{c}x{n}" for c in "abcdefghijklmnopqrstuvwxyz") for n in range(3)))
    empty = replace(plain_document(), children=())
    return full_document(), awkward, alphabet, plain_document("word " * 500), empty


def _check_text(name: str, number: int, document: Document, output: str) -> None:
    """Check that the body's runs stand in the output whole and in their order, and those of each note too.

    Runs of one or two characters only have to be there: markup may hold them as well. Markers of lists and labels of
    notes are not looked for, because a format may have its own way to make them.
    """
    squeezed = "".join(output.split())
    bodies = [replace(document, notes=()), *(Document(note.children) for note in document.notes)]
    for body in bodies:
        position = 0
        for text in (node.text for node in nodes(body) if isinstance(node, Text | SceneBreak | Preformatted)):
            run = "".join(text.split())
            at = squeezed.find(run, position if len(run) > 2 else 0)
            missing = next((word for word in text.split() if word not in squeezed), text)
            assert at >= 0, f"{name}: {missing!r} of document {number} is not in the output, or not in its order"
            position = max(position, at + len(run)) if len(run) > 2 else position


def _any_text(data: bytes) -> str:
    import html

    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [n for n in archive.namelist() if n.endswith((".xml", ".xhtml", ".html"))]
            names.sort(key=lambda n: [int(part) if part.isdecimal() else -1 for part in re.split(r"(\d+)", n)])
            return "\n".join(html.unescape(re.sub(r"<[^>]*>", "", archive.read(n).decode("utf-8"))) for n in names)
    text = data.decode("utf-8")
    return html.unescape(re.sub(r"<[^>]*>", "", text)) if text.lstrip().startswith("<") else text
