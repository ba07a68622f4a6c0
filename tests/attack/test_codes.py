"""Every code of a problem is documented, and provoked by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docpack.archive.problems import Code, Problems, Severity, shown

HERE = Path(__file__).parent
TESTS = [*HERE.glob("test_*.py"), HERE.parent / "conformance" / "test_bagit_suite.py"]


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.id)
def test_every_code_is_provoked_by_a_test(code: Code):
    quoted = f'"{code.id}"'

    assert any(quoted in path.read_text("utf-8") for path in TESTS if path.name != Path(__file__).name)


def test_the_reference_lists_every_code(repository: Path):
    text = (repository / "docs" / "reference" / "verify.md").read_text("utf-8")

    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \| (.+) \|$", text, re.MULTILINE)

    assert rows == [(code.id, str(code.severity), code.meaning) for code in Code]


def test_a_warning_makes_no_package_invalid():
    problems = Problems()
    problems.add(Code.NAME_WINDOWS, "con", severity=Severity.WARNING)
    before = problems.has_errors

    problems.add(Code.NAME_WINDOWS, "con")

    assert (before, problems.has_errors) == (False, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a b\u00fc", "a b\u00fc"), ("a\x1b[2J", "a\\x1b[2J"), ("a\u202eb", "a\\u202eb"), ("\udcff", "\\udcff")],
)
def test_names_are_shown_so_that_they_deceive_nobody(name: str, text: str):
    assert shown(name) == text
