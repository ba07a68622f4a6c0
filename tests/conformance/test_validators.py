"""Every output is clean by the reference validators of its own field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import docpack
from docpack.model import Direction, Document, Metadata, Paragraph, Section, Text
from docpack.testing import full_document, plain_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUFFIXES = {"epub": ".epub", "docx": ".docx", "tei": ".tei.xml", "pdf": ".pdf"}


def hebrew_document() -> Document:
    """Return a document that is set from right to left."""
    return Document(
        (
            Section(
                (Text("פרק ראשון"),),
                (Paragraph((Text("בראשית ברא אלהים, 12 שנים (כן) and some English."),), id="p1"),),
                id="s1",
            ),
        ),
        Metadata(title="ספר", language="he", direction=Direction.RTL),
    )


DOCUMENTS = [
    pytest.param(full_document(), id="every-node"),
    pytest.param(plain_document("One paragraph.", "Another."), id="plain"),
    pytest.param(plain_document(), id="empty"),
    pytest.param(Document(()), id="empty-without-metadata"),
    pytest.param(hebrew_document(), id="right-to-left"),
]


def test_outputs_of_a_text_are_valid(sample: Any, tmp_path: Path, validators: Callable[..., None]):
    files = []
    for format_name, suffix in SUFFIXES.items():
        data = sample.write(format_name)
        assert data or not sample.printable, f"{format_name}: a character has no font"
        if data:
            files.append(tmp_path / f"{sample.name}{suffix}")
            files[-1].write_bytes(data)
    reading = tmp_path / f"{sample.name}-reading.tei.xml"
    reading.write_bytes(docpack.write(sample.read(), "tei", options={"form": "reading"}))

    validators(*files, reading)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_outputs_of_a_document_are_valid(document: Document, tmp_path: Path, validators: Callable[..., None]):
    files = []
    for format_name, suffix in SUFFIXES.items():
        try:
            data = docpack.write(document, format_name)
        except docpack.DocpackError:
            assert format_name == "pdf", "only a PDF can lack a font"
            assert document.metadata.language == "he" or document == full_document()
            continue
        files.append(tmp_path / f"document{suffix}")
        files[-1].write_bytes(data)

    validators(*files)


def test_the_pdf_that_carries_the_tei_is_valid(tmp_path: Path, validators: Callable[..., None]):
    options = {"standard": "a-3a,ua-1", "attach": "tei"}
    file = tmp_path / "document.pdf"
    file.write_bytes(docpack.write(plain_document("One paragraph.", "Another."), "pdf", options=options))

    validators(file, profiles="3a,ua1")


def test_broken_files_are_found_out(tmp_path: Path, validators: Callable[..., None]):
    """The proof that the validators run: what is broken does not pass."""
    good = docpack.write(plain_document("One paragraph."), "tei")
    file = tmp_path / "broken.tei.xml"
    file.write_bytes(good.replace(b"<body>", b"<body><blurb/>", 1))

    with pytest.raises(AssertionError, match="blurb"):
        validators(file)
