"""The text that the project began with becomes the right document, with no option at all."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def outputs(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed") / "made" / "with parents"
    formats = "epub,docx,tei,pdf,json"
    command = [sys.executable, "-m", "docpack", "convert", shared / "seed" / "seed.txt", "-t", formats, "-d", folder]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
    return folder


def flatten(shared: Path, model: dict[str, object]) -> list[dict[str, object]]:
    """Return the benchmark's list of blocks, by the benchmark's own code."""
    specification = importlib.util.spec_from_file_location("predict", shared / "reflow-bench" / "predict.py")
    assert specification
    assert specification.loader
    predict = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(predict)
    return predict.flatten(model)


def test_the_folder_holds_the_outputs_and_nothing_else(outputs: Path):
    names = sorted(path.name for path in outputs.iterdir())

    assert names == ["seed.docx", "seed.epub", "seed.json", "seed.pdf", "seed.tei.xml"]


def test_every_block_of_the_seed_is_right(outputs: Path, shared: Path):
    model = json.loads((outputs / "seed.json").read_text("utf-8"))
    truth = json.loads((shared / "seed" / "truth.json").read_text("utf-8"))

    blocks = flatten(shared, model)

    assert len(truth) == 28
    assert blocks == truth


def test_the_seed_comes_back_from_its_tei(outputs: Path, shared: Path, tmp_path: Path):
    command = [sys.executable, "-m", "docpack", "restore", outputs / "seed.tei.xml", "-o", tmp_path / "back.txt"]

    subprocess.run(command, check=True)

    assert (tmp_path / "back.txt").read_bytes() == (shared / "seed" / "seed.txt").read_bytes()
