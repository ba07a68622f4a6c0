"""Inputs that cannot be had, or that make no sense together: what is told of them, and what becomes of the others."""

from __future__ import annotations

import json
import os

import pytest

UNREADABLE = """
import os

_scandir = os.scandir

def scandir(path="."):
    if os.path.basename(path) == "locked":
        raise PermissionError(13, "Permission denied", path)
    return _scandir(path)

os.scandir = scandir
"""


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def statuses(path):
    return {each["name"]: each["status"] for each in map(json.loads, path.read_text("utf-8").splitlines())}


@pytest.fixture
def locking(environment, tmp_path):
    """Return what makes folders called `locked` unreadable in a run, for the superuser too."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(UNREADABLE)
    return {"PYTHONPATH": os.pathsep.join((str(site), environment["PYTHONPATH"]))}


def test_a_folder_that_cannot_be_read_is_one_failed_input(batch, texts, tmp_path, locking):
    texts({"a.txt": "   One.\n", "locked/b.txt": "   Two.\n", "poems/c.txt": "   Three.\n"})

    done = batch("in", "-d", "out", "-t", "json", "--report", "jsonl:r", **locking)

    assert done.returncode == 1
    assert b"error: in/locked cannot be read: Permission denied" in done.stderr
    assert statuses(tmp_path / "r") == {"a.txt": "built", "locked": "failed", "poems/c.txt": "built"}
    assert set(contents(tmp_path / "out")) == {"a.json", "poems/c.json"}


@pytest.mark.parametrize("pattern", ["in/**/*.txt", "in/*/*.txt", "in/locked"])
def test_it_is_told_once_whatever_pattern_leads_to_it(batch, texts, tmp_path, locking, pattern):
    texts({"locked/b.txt": "   Two.\n", "poems/c.txt": "   Three.\n"})

    done = batch(pattern, "in/poems", "-d", "out", "-t", "json", "--base", "in", "--report", "jsonl:r", **locking)

    assert done.returncode == 1
    assert statuses(tmp_path / "r") == {"locked": "failed", "poems/c.txt": "built"}


def test_fail_fast_ends_with_a_folder_that_cannot_be_read(batch, texts, tmp_path, locking):
    texts({"locked/b.txt": "   Two.\n", **{f"z/c{number:02}.txt": "   SLOW\n" for number in range(40)}})

    done = batch("in", "-d", "out", "-t", "faulty", "--fail-fast", "--report", "jsonl:r", **locking)

    found = list(statuses(tmp_path / "r").values())
    assert done.returncode == 1
    assert found[0] == "failed"
    assert found.count("not-run") > 30


def test_a_folder_that_is_excluded_need_not_be_read(batch, texts, locking):
    texts({"a.txt": "   One.\n", "locked/b.txt": "   Two.\n"})

    assert batch("in", "-d", "out", "-t", "json", "--exclude", "locked/**", **locking).returncode == 0


def test_checking_takes_nothing_for_orphaned_while_a_folder_cannot_be_read(batch, texts, tmp_path, locking):
    texts({"a.txt": "   One.\n", "locked/b.txt": "   Two.\n"})
    (tmp_path / "docpack.toml").write_text('inputs = ["in"]\noutput = "out"\nformats = ["json"]\n')
    batch()

    done = batch("--check", **locking)

    assert done.returncode == 1
    assert done.stdout == b"failed  in/locked  (in/locked cannot be read: Permission denied)\n"


def test_folders_without_end_are_one_failed_input(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", f"{'d/' * 210}b.txt": "   Two.\n"})

    done = batch("in", "-d", "out", "-t", "json")

    assert done.returncode == 1
    assert b"folders deep" in done.stderr
    assert set(contents(tmp_path / "out")) == {"a.json"}
