"""The texts that conformance is shown on, and what docpack makes of each of them."""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import docpack
from docpack.errors import MissingGlyphError

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
SHARED = Path(os.environ.get("DOCPACK_SHARED") or REPOSITORY.parent / "shared")
VALIDATORS = Path(os.environ.get("VALIDATORS_HOME") or Path.home() / ".cache" / "docpack-validators")
CASES = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]


@dataclass(frozen=True)
class Sample:
    """A text, and whether the fonts that docpack brings can print it."""

    name: str
    path: Path
    printable: bool = True

    def read(self) -> docpack.Document:
        return _read(self.path)

    def write(self, format_name: str) -> bytes | None:
        """Return the text in a format, or None where it is a PDF and no font has its characters."""
        return _write(self.path, format_name)


@cache
def _read(path: Path) -> docpack.Document:
    return docpack.read(path)


@cache
def _write(path: Path, format_name: str) -> bytes | None:
    try:
        return docpack.write(_read(path), format_name)
    except MissingGlyphError:
        if format_name == "pdf":
            return None
        raise


def _examples() -> list[Sample]:
    return [Sample(path.stem, path) for path in sorted((REPOSITORY / "examples").rglob("*.txt"))]


def _samples() -> list[Sample]:
    """Return the texts that everything is shown on: the seed, the examples, and the chosen cases of the benchmark."""
    chosen = [
        Sample(case["name"], SHARED / "reflow-bench" / "dev" / case["name"] / "source.txt", not case.get("without_pdf"))
        for case in CASES
    ]
    return [Sample("seed", SHARED / "seed" / "seed.txt"), *_examples(), *chosen]


def _benchmark() -> list[Sample]:
    """Return every text of the benchmark; where it is missing, one that stands for all and is skipped."""
    paths = sorted((SHARED / "reflow-bench" / "dev").glob("*/source.txt"))
    return [Sample(path.parent.name, path) for path in paths] or [Sample("benchmark", SHARED / "missing.txt")]


@pytest.fixture
def ocfl_py() -> Callable[[Path], None]:
    """A function that fails unless the reference validator finds a store valid, with all its digests."""

    def check(root: Path) -> None:
        programs = VALIDATORS / "venv" / "bin"
        done = subprocess.run(
            [programs / "python", programs / "ocfl-validate.py", "-v", root],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "INVALID" not in done.stdout + done.stderr

    return check


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, samples in (("sample", _samples), ("benchmark_case", _benchmark)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [_parameter(each) for each in samples()])


def _parameter(sample: Sample) -> object:
    ours = sample.path.is_relative_to(REPOSITORY)
    return pytest.param(sample, id=sample.name, marks=() if ours else pytest.mark.shared)
