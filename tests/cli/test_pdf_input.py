"""PDFs as input on the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import docpack as library

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def pages_bytes():
    """Return a PDF of three small pages, without page labels."""
    document = library.read(EXAMPLES / "tin-box.txt")
    return relabelled(library.write(document, "pdf", options={"paper": "pocket"}), [])


def relabelled(data, ranges):
    """Return a PDF whose page labels are these: (first page, last page, style, first number)."""
    from pypdf import PdfWriter
    from pypdf.generic import NameObject

    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.root_object.pop(NameObject("/PageLabels"), None)
    for first, last, style, start in ranges:
        writer.set_page_label(first, last, style=style, start=start)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.fixture
def pdf(tmp_path, pages_bytes):
    """Return a PDF without page labels."""
    path = tmp_path / "in.pdf"
    path.write_bytes(pages_bytes)
    return path


# ------------------------------------------------------------------------------------------------ inputs and outputs


def test_a_pdf_is_known_by_its_content(docpack, pdf):
    pdf.rename(pdf.with_name("in.bin"))

    done = docpack("convert", "in.bin", "-t", "json", "-o", "-")

    assert done.returncode == 0, done.stderr
    assert b"The harbour master of Vell" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-o", "in.pdf"), id="named"),
        pytest.param(("-t", "pdf"), id="beside"),
        pytest.param(("-t", "pdf", "-d", "."), id="same-folder"),
        pytest.param(("-t", "pdf", "-d", "../{name}"), id="same-folder-otherwise"),
    ],
)
def test_a_pdf_is_never_replaced_by_what_is_made_of_it(docpack, pdf, pages_bytes, options):
    done = docpack("convert", "in.pdf", *(each.format(name=pdf.parent.name) for each in options))

    assert done.returncode == 2
    assert b"is read as well and would be overwritten" in done.stderr
    assert pdf.read_bytes() == pages_bytes


def test_a_batch_never_replaces_its_inputs(docpack, pdf, pages_bytes):
    done = docpack("batch", "*.pdf", "-d", ".", "-t", "pdf", "--no-cache")

    assert done.returncode == 2
    assert pdf.read_bytes() == pages_bytes


def test_a_folder_stands_for_its_pdfs_too(docpack, pdf, tmp_path):
    (tmp_path / "works").mkdir()
    pdf.rename(tmp_path / "works" / "box.PDF")
    (tmp_path / "works" / "ode.txt").write_text("   It was a box of tin.\n")

    done = docpack("batch", "works", "-d", "out", "-t", "tei", "--no-cache", env={"DOCPACK_CACHE_DIR": "cache"})

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"box.tei.xml", "ode.tei.xml"}
