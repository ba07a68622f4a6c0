"""Hypothesis strategies for documents and for texts that are hard on a reader; needs the `hypothesis` package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from docpack.model import (
    BlockQuote,
    Document,
    Emphasis,
    Identifier,
    List,
    ListItem,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    SourceBreak,
    Stanza,
    Strong,
    Text,
    Verse,
    VerseLine,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["documents", "hard_texts"]

_ODD = "\t\n\r\f\v\x00\x01\x02\x1c\x85\xa0\xad\u200b\u200d\u2010\u2028\u2029\ufeff\ufffe\U0001fffe"
_PIECES = (
    "word", "long-", "time ", "The end.", "“Oh!”", " ", "   ", "\n", "\n\n", "\r\n", "\f", "- item\n", "1. one\n", "2. two\n",
    "* * *\n", "CHAPTER II\n", "[1]", "\n[1] note\n", "12\n", "漢字", "שלום", "]]>", "&amp;", "<b>", "e\u0301", "so\u00adft", "—",
)  # fmt: skip


def hard_texts(max_pieces: int = 60) -> SearchStrategy[str]:
    """Return texts that mix words, layout, odd characters and anything else that UTF-8 can hold."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    piece = st.one_of(st.sampled_from(_PIECES), st.sampled_from(list(_ODD)), anything)
    return st.lists(piece, max_size=max_pieces).map("".join)


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)


@st.composite
def _inlines(draw: Any, notes: int) -> tuple[Any, ...]:
    made: list[Any] = []
    for words in draw(st.lists(st.lists(_WORDS, min_size=1, max_size=5), min_size=1, max_size=4)):
        if made:
            made.append(
                draw(st.sampled_from([SourceBreak(), SourceBreak(""), SourceBreak(" ", "7"), Strong((Text("bold"),))]))
            )
        made.append(Text(" ".join(words)))
    if draw(st.booleans()):
        made.append(Emphasis((Text(draw(_WORDS)),)))
    if notes and draw(st.booleans()):
        made.append(NoteRef(f"n{draw(st.integers(1, notes))}"))
    return tuple(made)


def _blocks(notes: int) -> SearchStrategy[Any]:
    inlines = _inlines(notes)
    paragraph = inlines.map(Paragraph)
    lines = st.lists(st.builds(VerseLine, inlines, st.integers(0, 4)), min_size=1, max_size=3).map(tuple)
    verse = st.lists(lines.map(Stanza), min_size=1, max_size=2).map(lambda stanzas: Verse(tuple(stanzas)))
    items = st.lists(st.builds(lambda p: ListItem((p,), "•"), paragraph), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        paragraph,
        verse,
        items.map(List),
        st.lists(paragraph, min_size=1, max_size=2).map(lambda each: BlockQuote(tuple(each))),
        st.sampled_from([SceneBreak("* * *"), SceneBreak()]),
        st.lists(_WORDS, min_size=1, max_size=3).map(lambda words: Preformatted("\n".join(words))),
    )


@st.composite
def documents(draw: Any) -> Document:
    """Return small documents in canonical form: sections with blocks, and notes that texts and other notes refer to."""
    count = draw(st.integers(0, 2))
    notes = tuple(Note(f"n{n}", (Paragraph(draw(_inlines(n - 1))),), str(n)) for n in range(1, count + 1))
    blocks = draw(st.lists(_blocks(count), min_size=0, max_size=4))
    sections = draw(st.lists(st.tuples(_WORDS, st.lists(_blocks(count), min_size=0, max_size=3)), max_size=2))
    children = (*blocks, *(Section((Text(title),), tuple(each)) for title, each in sections))
    metadata = Metadata(
        title="Sample", language="en", identifier=Identifier("0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10", "uuid")
    )
    return Document(children, metadata, notes)
