"""Every writer of docpack passes the check that authors of plug-ins get."""

import io
import json
import zipfile

import pytest

import docpack
from docpack.model import Document, Identifier, Metadata, Note, NoteRef, Paragraph, Text
from docpack.plugins import make, writer_type
from docpack.testing import check_writer
from docpack.verify.docx_text import text_of_docx
from docpack.verify.epub_text import text_of_epub, text_of_page
from docpack.verify.pdf_text import text_of_pdf
from docpack.verify.reading import characters
from docpack.verify.tei_text import read_tei


@pytest.mark.parametrize("name", ["docx", "epub", "html", "tei"])
def test_the_writer_passes(name):
    check_writer(make(writer_type(name), {}))


def _values(node, wanted):
    """Yield the strings of a JSON tree that `wanted` takes from its objects, in order."""
    if isinstance(node, list):
        for each in node:
            yield from _values(each, wanted)
    elif isinstance(node, dict):
        text = wanted(node)
        if text is not None:
            yield text
        for each in node.values():
            yield from _values(each, wanted)


def test_the_json_writer_passes():
    def read_back(data):
        return " ".join(
            _values(json.loads(data), lambda node: node.get("text") if isinstance(node.get("text"), str) else None)
        )

    check_writer(make(writer_type("json"), {}), text_of=read_back)


def test_the_pandoc_writer_passes():
    def wanted(node):
        content = node.get("c")
        if node.get("t") in ("Code", "CodeBlock"):
            return content[1]
        return content if node.get("t") == "Str" else None

    check_writer(
        make(writer_type("pandoc"), {}), text_of=lambda data: " ".join(_values(json.loads(data)["blocks"], wanted))
    )


def test_the_docx_writer_passes_by_its_own_reader():
    check_writer(make(writer_type("docx"), {}), text_of=lambda data: characters(text_of_docx(data)))


def test_the_pdf_writer_passes_by_its_own_reader():
    check_writer(make(writer_type("pdf"), {}), text_of=lambda data: characters(text_of_pdf(data)))


@pytest.mark.parametrize("name", ["docx", "epub", "html", "pdf", "tei"])
def test_a_note_without_a_label_prints_the_same_number_in_every_format(name):
    notes = (Note("n1", (Paragraph((Text("alpha"),)),), "*"), Note("n2", (Paragraph((Text("beta"),)),)))
    document = Document((Paragraph((Text("a"), NoteRef("n1"), Text(" b"), NoteRef("n2"))),), Metadata(title="T"), notes)
    read_back = {"docx": text_of_docx, "epub": text_of_epub, "html": text_of_page, "pdf": text_of_pdf, "tei": read_tei}[
        name
    ]

    reading = read_back(docpack.write(document, name))

    assert reading.blocks[-1] == "a* b1"
    assert [note.replace(" ", "") for note in reading.notes] == ["*alpha", "1beta"]


@pytest.mark.parametrize(
    ("identifier", "scheme", "uri"),
    [
        ("9780306406157", "isbn", "urn:isbn:9780306406157"),
        ("10.1000/182", "doi", "https://doi.org/10.1000/182"),
        ("0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10", "uuid", "urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10"),
    ],
)
def test_the_identifier_is_the_same_in_the_packages_of_all_formats(identifier, scheme, uri):
    metadata = Metadata(title="T", language="en", identifier=Identifier(identifier, scheme))
    document = Document((Paragraph((Text("a"),)),), metadata)

    for name, part in (("epub", "EPUB/content.opf"), ("docx", "docProps/core.xml"), ("html", ""), ("pdf", "")):
        data = docpack.write(document, name)
        shown = zipfile.ZipFile(io.BytesIO(data)).read(part) if part else data

        assert uri.encode() in shown, name
    tei = docpack.write(document, "tei").decode()
    assert f'type="{scheme}" n="main">{identifier}<' in tei
