"""Walking documents."""

from dataclasses import replace

from docpack.model import (
    BlockQuote,
    Document,
    Emphasis,
    Metadata,
    NoteRef,
    Paragraph,
    Section,
    Text,
    TitleOrigin,
)
from docpack.testing import full_document, plain_document
from docpack.walk import nodes, printed_title, sections, text_of


def codes(context):
    return [finding.code.name for finding in context.findings]


def test_the_text_of_inlines_prints_labels_where_they_are_known():
    inlines = (Text("word"), NoteRef("n1"), Emphasis((Text("!"),)))

    assert text_of(inlines) == "word!"
    assert text_of(inlines, {"n1": "7"}) == "word7!"


def test_sections_are_counted_from_one():
    assert [(depth, section.id) for depth, section in sections(full_document().children)] == [
        (1, "s1"),
        (2, "s3"),
        (1, "s2"),
        (1, "s4"),
    ]


def test_the_title_is_printed_only_where_it_was_stated_and_the_text_lacks_it():
    document = plain_document("text", title="The Title")
    heading = Document((Section((Text("The  title"),), ()),), document.metadata)
    by_name = replace(document, metadata=Metadata(title="in", title_origin=TitleOrigin.NAME))

    assert printed_title(document) == "The Title"
    assert printed_title(heading) == ""
    assert printed_title(by_name) == ""


def test_depth_is_no_limit_for_walking():
    block = Paragraph((Text("deep"),))
    for _ in range(5_000):
        block = BlockQuote((block,))

    assert sum(1 for _ in nodes(Document((block,)))) == 5_002
