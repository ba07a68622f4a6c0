"""What people look at, kept as text: a change of it is seen in review. `pytest --accept` takes the new state."""

import io
import json
import zipfile
from pathlib import Path

import pytest

import docpack
from docpack.verify.pdf_text import text_of_pdf

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
CASES = ["tin-box", "harbour-rules", "leuchtturm", "migdalor"]


def written(case, name):
    return docpack.write(docpack.read(EXAMPLES / f"{case}.txt"), name)


def parts(data, wanted):
    """Return the parts of a zip archive that a person can read, one after the other."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        shown = [(name, archive.read(name).decode()) for name in archive.namelist() if wanted(name)]
    return "".join(f"=== {name}\n{text.rstrip()}\n" for name, text in shown)


@pytest.mark.parametrize("case", CASES)
def test_json(case, golden):
    shown = json.dumps(json.loads(written(case, "json")), ensure_ascii=False, indent=1)

    golden(shown + "\n", HERE / "json" / f"{case}.json")


@pytest.mark.parametrize("case", CASES)
def test_tei(case, golden):
    golden(written(case, "tei").decode(), HERE / "tei" / f"{case}.tei.xml")


@pytest.mark.parametrize("case", CASES)
def test_epub(case, golden):
    shown = parts(written(case, "epub"), lambda name: name.endswith((".xhtml", ".opf", ".ncx")))

    golden(shown, HERE / "epub" / f"{case}.txt")


@pytest.mark.parametrize("case", CASES)
def test_docx(case, golden):
    names = ("word/document.xml", "word/footnotes.xml", "word/numbering.xml", "docProps/core.xml")
    shown = parts(written(case, "docx"), names.__contains__)

    golden(shown.replace("<w:p>", "\n<w:p>").replace("<w:p ", "\n<w:p "), HERE / "docx" / f"{case}.txt")


@pytest.mark.parametrize("case", CASES)
def test_pdf(case, golden):
    reading = text_of_pdf(written(case, "pdf"))

    golden("\n\n".join((*reading.blocks, *reading.notes)) + "\n", HERE / "pdf" / f"{case}.txt")
