"""What pandoc makes of a text that docpack has read: what it kept passes, and what it changed is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import docpack
from docpack.verify.conservation import Conservation, check

EXAMPLES = Path(__file__).parents[3] / "examples"


def document_of(name: str) -> docpack.Document:
    return docpack.read(EXAMPLES / f"{name}.txt")


def through_pandoc(document: docpack.Document, target: Path, *arguments: str, read_as: str = "json") -> bytes:
    """Return what pandoc writes of a document: from its own syntax tree, or from Markdown that it wrote before."""
    pypandoc: Any = pytest.importorskip("pypandoc")
    text = docpack.write(document, "pandoc").decode()
    if read_as != "json":
        text = pypandoc.convert_text(text, "markdown-smart", format="json")
    pypandoc.convert_text(
        text, target.suffix[1:], format=read_as, outputfile=str(target), extra_args=["--standalone", *arguments]
    )
    return target.read_bytes()


def kinds(found: Conservation) -> set[tuple[str, str, str]]:
    return {(each.kind, each.source, each.output) for each in found.differences}


@pytest.mark.parametrize("name", ["ferry", "tin-box", "leuchtturm", "migdalor"])
@pytest.mark.parametrize("suffix", ["epub", "docx"])
def test_a_text_that_pandoc_kept_passes(tmp_path: Path, name: str, suffix: str):
    document = document_of(name)

    found = check(document, through_pandoc(document, tmp_path / f"book.{suffix}"), suffix)

    assert found.ok, found.differences
    assert found.extra > 0  # the title, which pandoc sets above the text


def test_a_title_page_with_an_author_is_extra_matter(tmp_path: Path):
    document = document_of("tin-box")
    named = ["--metadata=title=The Box, Retold", "--metadata=author=A. Nother"]

    found = check(document, through_pandoc(document, tmp_path / "book.epub", *named, read_as="markdown-smart"), "epub")

    assert found.ok, found.differences
    assert found.extra == len("TheBox,RetoldA.Nother")


def test_list_markers_that_pandoc_changed_are_shown(tmp_path: Path):
    document = document_of("harbour-rules")

    found = check(document, through_pandoc(document, tmp_path / "book.docx"), "docx")

    assert kinds(found) == {("changed", "-", "•")}
    assert [each.line for each in found.differences] == [30, 32, 33]


def test_smart_punctuation_is_shown(tmp_path: Path):
    document = docpack.read(b'   He said "no" ... and went -- at last.\n   Nobody saw it.\n', format="text")
    data = through_pandoc(document, tmp_path / "book.epub", read_as="markdown")

    found = check(document, data, "epub")

    assert not found.ok
    assert kinds(found) == {("changed", '"', "“"), ("changed", '" ...', "” …"), ("changed", "--", "–")}
    assert {each.line for each in found.differences} == {1}


def test_pandocs_tei_shows_the_markers_that_it_lost(tmp_path: Path):
    document = document_of("tin-box")
    pypandoc: Any = pytest.importorskip("pypandoc")
    target = tmp_path / "book.xml"
    text = docpack.write(document, "pandoc").decode()
    pypandoc.convert_text(text, "tei", format="json", outputfile=str(target), extra_args=["--standalone"])

    found = check(document, target.read_bytes(), "tei")

    assert {kind for kind, _, _ in kinds(found)} == {"missing"}
    assert {source for _, source, _ in kinds(found)} == {"1", "2", "1.", "2.", "3."}
