"""What the reader of PDFs says of pages: their sizes and labels, and where lines stand."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from docpack.context import Context
from docpack.readers.pdf.reader import PdfReader


def pdf_of(*pages: str, labels: tuple[tuple[int, int, str | None, str | None], ...] = ()) -> bytes:
    """Return a PDF, a page for each text, its lines 20 points apart from 100 points below the top; "" is an empty page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 400)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        shown = " T* ".join(f"({line}) Tj" for line in text.splitlines())
        content = DecodedStreamObject()
        content.set_data(f"BT /F 10 Tf 20 TL 50 300 Td {shown} ET".encode("latin-1") if text else b"")
        page[NameObject("/Contents")] = writer._add_object(content)  # pypdf has no public way
    for first, last, style, prefix in labels:
        writer.set_page_label(first, last, style=style, prefix=prefix)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_each_line_has_the_box_in_which_it_is_printed() -> None:
    document = PdfReader().read(pdf_of("It was a box of tin.\nNobody had seen it.", "", "It was gone."), Context())

    assert document.source is not None
    source = document.source.source
    assert source.text == "It was a box of tin.\nNobody had seen it.\f\fIt was gone.\n"
    assert [box and (box.page, round(box.left), round(box.top), round(box.bottom)) for box in source.boxes] == [
        (0, 50, 92, 102),
        (0, 50, 112, 122),
        None,
        (2, 50, 92, 102),
    ]
    assert [page[:2] for page in source.pages] == [(300, 400)] * 3
    assert [source.page_of(line) for line in (0, 1, 2, 3, 4, 5)] == ["", "1", "1", "", "3", ""]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        pytest.param((), ["", "", ""], id="none"),
        pytest.param(((0, 0, "/r", None), (1, 2, "/D", None)), ["i", "1", "2"], id="roman-front-matter"),
        pytest.param(((0, 2, "/D", "A-"),), ["A-1", "A-2", "A-3"], id="prefix"),
        pytest.param(((0, 2, "/D", "\x1b[31m\n"),), ["", "", ""], id="what-a-terminal-would-obey"),
    ],
)
def test_pages_have_the_labels_that_the_file_gives_them(
    labels: tuple[tuple[int, int, str | None, str | None], ...], names: list[str]
) -> None:
    document = PdfReader().read(pdf_of("One.", "Two.", "Three.", labels=labels), Context())

    assert document.source is not None
    assert [page.label for page in document.source.source.pages] == names
