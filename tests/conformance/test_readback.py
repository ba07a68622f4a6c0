"""What a reader of each output gets to read is what the model says: not a word more, less or elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import docpack
from docpack.testing import full_document, plain_document
from docpack.verify.docx_text import text_of_docx
from docpack.verify.epub_text import text_of_epub
from docpack.verify.pdf_text import text_of_pdf
from docpack.verify.tei_text import read_tei
from docpack.walk import printed_title, reading_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.model import Document
    from docpack.verify.reading import Reading

READERS = {"epub": text_of_epub, "docx": text_of_docx, "tei": read_tei, "pdf": text_of_pdf}
BY_FORMAT = pytest.mark.parametrize(("format_name", "read_back"), READERS.items(), ids=READERS)


def words_of_model(document: Document) -> list[str]:
    return f"{printed_title(document)}\n\n{reading_text(document)}".split()


def words_of_reading(reading: Reading) -> list[str]:
    return " ".join((*reading.blocks, *reading.notes)).split()


def up_to_line_ends(words: list[str], format_name: str) -> list[str]:
    """Return the words as far as a format tells them apart.

    A printed line may end at a hyphen or dash inside a word, and in program text at the backslash of a path; nothing in
    a PDF says that no blank stood there.
    """
    if format_name != "pdf":
        return words
    return re.sub(r"\s*([-‐–—/\\])\s*", r"\1", " ".join(words)).split()


@BY_FORMAT
def test_a_text_reads_the_same_in_every_output(sample: Any, format_name: str, read_back: Callable[[bytes], Reading]):
    data = sample.write(format_name)
    assert data or not sample.printable, "a character has no font"
    if not data:
        return

    words = words_of_reading(read_back(data))

    assert up_to_line_ends(words, format_name) == up_to_line_ends(words_of_model(sample.read()), format_name)


@pytest.mark.parametrize("form", ["archival", "reading"])
def test_a_text_reads_the_same_in_both_forms_of_tei(sample: Any, form: str):
    data = docpack.write(sample.read(), "tei", options={"form": form})

    assert words_of_reading(read_tei(data)) == words_of_model(sample.read())


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(full_document(), id="every-node"),
        pytest.param(plain_document("One & two.", "Three <four>."), id="plain"),
        pytest.param(plain_document(), id="empty"),
    ],
)
@pytest.mark.parametrize("format_name", ["epub", "docx", "tei"])
def test_a_document_reads_the_same_in_every_output(document: Document, format_name: str):
    reading = READERS[format_name](docpack.write(document, format_name))

    assert words_of_reading(reading) == words_of_model(document)


@BY_FORMAT
def test_a_lost_word_is_found_out(format_name: str, read_back: Callable[[bytes], Reading]):
    """The proof that the comparison can fail."""
    data = docpack.write(plain_document("One word less."), format_name)

    assert words_of_reading(read_back(data)) != words_of_model(plain_document("One more word less."))
