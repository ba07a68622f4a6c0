"""Which profiles a PDF declares."""

import pytest

from docpack.verify.tools import pdf_profiles
from docpack.verify.tools.pdf_profiles import profiles_of


@pytest.mark.parametrize(
    ("xmp", "profiles"),
    [
        pytest.param('pdfaid:part="2" pdfaid:conformance="A"', ("2a",), id="attributes"),
        pytest.param("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>", ("3u",), id="elements"),
        pytest.param("<pdfaid:part> 2 </pdfaid:part> <pdfuaid:part>1</pdfuaid:part>", ("2b", "ua1"), id="both"),
        pytest.param('<pdfaid:part>4</pdfaid:part>pdfaid:conformance="F"', ("4f",), id="pdf-a-4f"),
        pytest.param("<pdfuaid:part>2</pdfuaid:part>", ("ua2",), id="pdf-ua-2"),
        pytest.param('pdfaid:part="3" pdfaid:conformance="X"', ("3b",), id="a-level-that-does-not-exist"),
        pytest.param("", ("2a", "ua1"), id="none-is-held-to-what-docpack-writes"),
        pytest.param(
            'pdfaid:part="1" pdfaid:conformance="B" pdfaid:part="2" pdfaid:conformance="A"',
            ("2a",),
            id="the-last-counts",
        ),
    ],
)
def test_the_profiles_are_those_of_the_metadata(tmp_path, xmp, profiles):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + xmp.encode())

    assert profiles_of(tmp_path / "a.pdf") == profiles


def test_a_declaration_across_two_pieces_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_profiles, "_CHUNK_BYTES", 100)
    (tmp_path / "a.pdf").write_bytes(b"x" * 90 + b'pdfaid:part="2" pdfaid:conformance="B"' + b"x" * 500)

    assert profiles_of(tmp_path / "a.pdf") == ("2b",)
