"""What the reader of PDF files reaches: on the benchmark's PDF files, on renderings of its truths, with both engines.

The floors stand in `tests/quality/floors.toml`; they are edited by hand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docpack import ledger, read
from docpack.readers.tei_source import restore
from docpack.walk import printed

if TYPE_CHECKING:
    from docpack.model import Document

REPOSITORY = Path(__file__).parents[2]
FLOORS = tomllib.loads((REPOSITORY / "tests" / "quality" / "floors.toml").read_text("utf-8"))["pdf"]
LOWER_IS_BETTER = frozenset({"furn", "cer"})
RENDERED = "keynes-0-typst-book,whitman-0-typst-book,alice-1-typst-book"  # in faces that typst brings with it
ENGINES = ("pypdf", "pdfium")


def scores(folder: Path, engine: str, shared: Path, target: Path) -> tuple[int, dict[str, float]]:
    """Return how many PDF files a folder of cases has, and the means of their scores."""
    command = [sys.executable, "bench/pdf_reading.py", folder, "--engine", engine, "--json", target]
    environment = {**os.environ, "DOCPACK_SHARED": str(shared)}
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY, env=environment)
    found = json.loads(target.read_text("utf-8"))
    return len(found["cases"]), found["mean"]


def fallen(means: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return the means that are worse than their floors."""
    assert FLOORS, "a test without floors would prove nothing"
    return {
        name: (means[name], floor)
        for name, floor in FLOORS.items()
        if (means[name] > floor if name in LOWER_IS_BETTER else means[name] < floor)
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_the_benchmarks_pdf_files_are_read_as_they_should_be(engine: str, shared: Path, tmp_path: Path):
    count, means = scores(shared / "reflow-bench" / "dev", engine, shared, tmp_path / "scores.json")

    assert count == 4
    assert not fallen(means), "figures and their floors; a floor is lowered only with a reason"


@pytest.mark.programs("pdftotext")  # which checks that the renderings show what they should
@pytest.mark.parametrize("engine", ENGINES)
def test_renderings_are_read_as_they_should_be(engine: str, shared: Path, tmp_path: Path):
    command = [sys.executable, "bench/pdf_renderings.py", tmp_path / "made", "--only", RENDERED]
    environment = {**os.environ, "DOCPACK_SHARED": str(shared)}
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY, env=environment)

    count, means = scores(tmp_path / "made", engine, shared, tmp_path / "scores.json")

    assert count == RENDERED.count(",") + 1
    lost = {
        name: each for name, each in fallen(means).items() if name != "furn"
    }  # a refrain may be a running head, too
    assert not lost, "figures and their floors; a floor is lowered only with a reason"


def _without_white_space(text: str) -> str:
    return "".join(text.split())


def _in_source_order(document: Document) -> str:
    runs = [(origin[0], text) for text, origin in printed(document) if text.strip()]
    return _without_white_space("".join(text for _, text in sorted(runs, key=lambda run: run[0])))


def test_the_ledger_of_a_pdf_accounts_for_every_character(shared: Path):
    for path in sorted((shared / "reflow-bench" / "dev").glob("*/source.pdf")):
        document = read(path)
        source = document.source
        replaced = [source.source.text[edit.start : edit.stop] for edit in source.edits]
        reading = ledger.apply(source)

        assert ledger.undo(reading, source.edits, replaced) == source.source.text
        assert _in_source_order(document) == _without_white_space(reading)
        assert len(source.source.boxes) == len(source.source.text.splitlines())


def test_the_extracted_text_comes_back_from_the_tei(shared: Path):
    import docpack

    for path in sorted((shared / "reflow-bench" / "dev").glob("*/source.pdf")):
        document = read(path)

        assert restore(docpack.write(document, "tei")).data == document.source.source.to_bytes()
