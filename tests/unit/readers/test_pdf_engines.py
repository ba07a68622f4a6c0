"""Both engines give the same glyphs, so that a PDF is the same document whichever of them is installed."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest
import typst

import docpack
from docpack.errors import DependencyError, ExitCode
from docpack.readers.pdf.glyphs import Glyph, Page
from docpack.readers.pdf.opening import open_pdf

pytest.importorskip("pypdfium2")

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
SET = '#set page(width: 300pt, height: 400pt, margin: 40pt)\n#set text(lang: "en", size: 10pt)\n'
SAMPLES = {
    "ligatures": "Five affluent officers find a fjord; baffling flowers.",
    "soft hyphens": "#set par(justify: true)\n#set text(hyphenate: true)\n"
    + "Extraordinarily incomprehensible circumstances. " * 12,
    "hard hyphens": "a well-known\n\n" + "twenty-\\\none and self-\\\nmade people " * 6,
    "turned": "#set page(flipped: true)\n" + "The quick brown fox. " * 20,
    "a turned line": "Upright text.\n\n#rotate(90deg, reflow: true)[Turned text.]",
    "raised and lowered": "Water is H#sub[2]O, and this is a note#super[12] to it.",
    "faces": "*Bold*, _italic_, `fixed type`, and #smallcaps[small capitals].",
    "columns": "#set page(columns: 2)\n" + "Words that run in two columns. " * 60,
    "beyond the basic plane": '#set text(font: ("Libertinus Serif", "New Computer Modern Math"))\nLetters 𝒜 and 𝔅, and $pi$.',
    "printed twice": "#place(dx: 0pt)[Doubly printed]#place(dx: 0.2pt)[Doubly printed]",
    "outside of the page": "Inside.#place(dx: 600pt)[Outside.]",
    "several blanks": "```\nleft     right\n  set in    by two\n```",
    "right to left": '#set text(lang: "he", dir: rtl)\nשלום (עולם) 123',
    "a rule": "Above.\n\n#line(length: 100%)\n\nBelow.",
}


def pages(data: bytes, engine: str) -> list[Page]:
    return list(open_pdf(data, engine, None).pages())


def assert_agreement(data: bytes) -> None:
    one = docpack.read(data, options={"engine": "pypdf"})
    two = docpack.read(data, options={"engine": "pdfium"})

    assert two.source is not None
    assert one.source is not None
    assert two.source.source.text == one.source.source.text
    assert two == one


@pytest.mark.parametrize("markup", [pytest.param(markup, id=name) for name, markup in SAMPLES.items()])
def test_they_read_the_same_text(markup: str):
    assert_agreement(typst.compile((SET + markup).encode()))


@pytest.mark.parametrize("markup", [pytest.param(markup, id=name) for name, markup in SAMPLES.items()])
def test_their_glyphs_stand_at_the_same_places(markup: str):
    data = typst.compile((SET + markup).encode())

    for one, two in zip(pages(data, "pypdf"), pages(data, "pdfium"), strict=True):
        assert (two.width, two.height) == pytest.approx((one.width, one.height), abs=1e-3)
        assert [each.text for each in two.glyphs] == [each.text for each in one.glyphs]
        assert two.glyphs == [NearTo(each) for each in one.glyphs]


class NearTo:
    """Equal to a glyph of the same text, face and marks whose place is the same to a fifth of a point."""

    def __init__(self, glyph: Glyph) -> None:
        self.glyph = glyph

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Glyph):
            return False
        places = [(each.left, each.right, each.base, each.size) for each in (self.glyph, other)]
        rest = [each._replace(left=0, right=0, base=0, size=0) for each in (self.glyph, other)]
        return rest[0] == rest[1] and all(abs(a - b) < 0.2 for a, b in zip(*places, strict=True))

    def __hash__(self) -> int:
        return hash(self.glyph)

    def __repr__(self) -> str:
        return repr(self.glyph)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(EXAMPLES.glob("*.txt"))])
def test_they_read_the_same_document_from_a_pdf_of_ours(path: Path):
    assert_agreement(docpack.write(docpack.read(path), "pdf"))


def test_pdfium_can_be_named_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    data = typst.compile(b"Text.")

    with pytest.raises(DependencyError) as caught:
        open_pdf(data, "pdfium", None)

    assert caught.value.exit_code == ExitCode.DEPENDENCY
    assert "pip install 'docpack[pdfium]'" in caught.value.hint


def test_without_pdfium_the_other_engine_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)

    opened = open_pdf(typst.compile(b"Text."), "", None)

    assert "".join(glyph.text for page in opened.pages() for glyph in page.glyphs) == "Text."


def test_a_reader_that_stops_half_way_closes_the_document():
    found = open_pdf(typst.compile(b"One.\n#pagebreak()\nTwo."), "pdfium", None).pages()

    first = next(found)
    del found
    gc.collect()

    assert "".join(glyph.text for glyph in first.glyphs) == "One."


def test_a_process_that_ends_half_way_does_not_crash(tmp_path: Path):
    path = tmp_path / "two.pdf"
    path.write_bytes(typst.compile(b"One.\n#pagebreak()\nTwo."))
    script = (
        "import sys; from pathlib import Path; from docpack.readers.pdf.opening import open_pdf\n"
        "found = open_pdf(Path(sys.argv[1]).read_bytes(), 'pdfium', None).pages(); next(found)"
    )

    done = subprocess.run([sys.executable, "-c", script, path], check=False)

    assert done.returncode == 0
