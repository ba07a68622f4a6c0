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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in", "-d", "in"], b"in lies in in, which is the folder for outputs"),
        (["in", "-d", "."], b"in lies in ., which is the folder for outputs"),
        (["in/**/*.txt", "-d", "in"], b"in/**/*.txt lies in in"),
        (["in/a.txt", "-d", "in"], b"in/a.txt lies in in"),
        (["in/sub", "in", "-d", "in/sub"], b"in/sub lies in in/sub"),
        (["in", "-d", "in", "--check"], b"in lies in in"),
        (["--files-from", "-", "-d", "in"], b"all inputs lie in in"),
        (["--files-from", "list", "-d", "in"], b"all inputs lie in in"),
    ],
)
def test_inputs_in_the_folder_for_outputs_are_refused_and_said_to_be(batch, texts, tmp_path, arguments, said):
    texts({"a.txt": "   One.\n", "sub/b.txt": "   Two.\n"})
    (tmp_path / "list").write_text("in/a.txt\n")

    done = batch(*arguments, "-t", "json", stdin=b"in/a.txt\nin/sub/b.txt\n")

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert b"hint: Name a folder beside the inputs with -d" in done.stderr
    assert not list(tmp_path.rglob("*.json"))


def test_the_folder_for_outputs_may_lie_in_that_of_the_inputs(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "out/old.txt": "   An output of another program.\n"})

    done = batch("in", "-d", "in/out", "-t", "json")

    assert done.returncode == 0, done.stderr
    assert set(contents(tmp_path / "in" / "out")) == {"a.json", "old.txt"}


def test_outputs_among_listed_inputs_are_passed_over(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "out/old.txt": "   An output of another program.\n"})

    done = batch("--files-from", "-", "--base", "in", "-d", "in/out", "-t", "json", stdin=b"in/a.txt\nin/out/old.txt\n")

    assert done.returncode == 0, done.stderr
    assert set(contents(tmp_path / "in" / "out")) == {"a.json", "old.txt"}
