"""What a PDF is, by its content."""

import pytest

from docpack.archive.formats import format_of_pdf


@pytest.mark.parametrize(
    ("data", "version", "pronom"),
    [
        pytest.param(b"%PDF-1.0\n", "1.0", "fmt/14", id="1.0"),
        pytest.param(b"%PDF-1.4\n", "1.4", "fmt/18", id="1.4"),
        pytest.param(b"%PDF-1.7\n", "1.7", "fmt/276", id="1.7"),
        pytest.param(b"%PDF-2.0\n", "2.0", "fmt/1129", id="2.0"),
        pytest.param(b"junk before\n%PDF-1.5\n", "1.5", "fmt/19", id="after-junk"),
        pytest.param(b"%PDF-9.9\n", "9.9", "", id="unknown-version"),
        pytest.param(b"%PDF-\n", "", "", id="no-version"),
        pytest.param(
            b"%PDF-1.4\n<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
            "1b",
            "fmt/354",
            id="archival-by-elements",
        ),
        pytest.param(
            b"%PDF-1.7\n<x pdfaid:part='2' pdfaid:conformance='U'/>", "2u", "fmt/478", id="archival-by-attributes"
        ),
        pytest.param(b"%PDF-2.0\n<pdfaid:part>4</pdfaid:part>", "4", "fmt/1910", id="archival-without-level"),
        pytest.param(b"%PDF-1.7\n<pdfaid:part>1</pdfaid:part>", "1.7", "fmt/276", id="claim-that-no-standard-knows"),
    ],
)
def test_a_pdf_is_what_its_content_says(data, version, pronom):
    found = format_of_pdf(data)

    assert (found.version, found.pronom, found.media_type) == (version, pronom, "application/pdf")
    assert found.name.startswith("Acrobat PDF/A" if version[-1:].isalpha() or version == "4" else "Acrobat PDF -")
