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


def test_the_folder_for_outputs_need_not_be_read(batch, texts, locking):
    texts({"a.txt": "   One.\n", "locked/b.txt": "   Two.\n"})

    assert batch("in", "-d", "in/locked", "-t", "json", **locking).returncode == 0


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


COLLIDING = {"a/w.txt": "   Zero.\n", "a/x.txt": "   One.\n", "b/x.txt": "   Two.\n", "b/y.txt": "   Three.\n"}


def test_inputs_that_would_be_one_output_are_refused_and_reported_before_anything_is_done(batch, texts, tmp_path):
    texts(COLLIDING)

    done = batch("in/a", "in/b", "-d", "out", "-t", "tei", "--report", "jsonl:r", "--report", "junit:j")

    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
    records = [json.loads(line) for line in (tmp_path / "r").read_text().splitlines()]
    assert [(each["source"], each["status"]) for each in records] == [
        ("in/a/w.txt", "not-run"),
        ("in/a/x.txt", "failed"),
        ("in/b/x.txt", "failed"),
        ("in/b/y.txt", "not-run"),
    ]
    assert [each["troubles"][0]["message"] for each in records[1:3]] == [
        "in/a/x.txt and in/b/x.txt would both become out/x.tei.xml",
        "in/b/x.txt and in/a/x.txt would both become out/x.tei.xml",
    ]
    assert {each["troubles"][0]["exit_code"] for each in records[1:3]} == {2}
    assert b"would both become out/x.tei.xml" in done.stderr
    assert 'tests="4" failures="2" errors="0" skipped="2"' in (tmp_path / "j").read_text()


def test_of_many_that_would_be_one_output_each_is_reported(batch, texts, tmp_path):
    texts({f"{folder}/x.txt": "   One.\n" for folder in "abc"})

    done = batch("in/a", "in/b", "in/c", "-d", "out", "-t", "tei,json", "--report", "jsonl:r")

    assert done.returncode == 2
    lines = (tmp_path / "r").read_text().splitlines()
    assert [json.loads(line)["troubles"][0]["message"] for line in lines] == [
        f"in/{one}/x.txt and in/{other}/x.txt and 1 more would both become out/x.tei.xml"
        for one, other in ("ab", "ba", "ca")
    ]


def test_every_shard_refuses_a_collision_and_reports_its_own_part(batch, texts, tmp_path):
    texts({"3.txt": "   One.\n", "3.TXT": "   Two.\n"})

    how = [["--shard", f"{number}/2", "--report", f"jsonl:{number}"] for number in (1, 2)]
    codes = [batch("in", "-d", "out", "-t", "tei", *each).returncode for each in how]

    assert codes == [2, 2]
    assert sorted(name for number in (1, 2) for name in statuses(tmp_path / str(number))) == ["3.TXT", "3.txt"]


def test_a_collision_is_told_by_a_check(batch, texts):
    texts(COLLIDING)

    done = batch("in/a", "in/b", "-d", "out", "-t", "tei", "--check")

    assert done.returncode == 2
    assert b"in/a/x.txt and in/b/x.txt would both become out/x.tei.xml; 1 more inputs are refused" in done.stderr


def test_a_collision_leaves_the_lock_as_it_is(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n"})
    (tmp_path / "docpack.toml").write_text('inputs = ["in/*"]\noutput = "out"\nformats = ["json"]\n')
    batch()
    lock = (tmp_path / "docpack.lock").read_bytes()
    texts({"a.TXT": "   Two.\n"})

    assert batch().returncode == 2
    assert (tmp_path / "docpack.lock").read_bytes() == lock


def test_a_list_in_a_file_is_looked_through_before_anything_is_done(batch, texts, tmp_path):
    texts(COLLIDING)
    (tmp_path / "list").write_text("in/a/w.txt\nin/b/y.txt\nin/a/w.txt\n")

    done = batch("--files-from", "list", "-d", "out", "-t", "json", "--report", "jsonl:r")

    assert done.returncode == 2
    assert b"in/a/w.txt is named more than once" in done.stderr
    assert not (tmp_path / "out").exists()
    assert statuses(tmp_path / "r") == {"in/a/w.txt": "failed", "in/b/y.txt": "not-run"}


def test_a_collision_in_a_list_that_is_read_once_fails_the_later_input(batch, texts, tmp_path):
    texts({**COLLIDING, "a/x.TXT": "   Four.\n"})

    names = b"in/a/x.txt\nin/a/x.TXT\nin/b/y.txt\n"
    done = batch("--files-from", "-", "-d", "out", "-t", "json", "--report", "jsonl:r", stdin=names)

    assert done.returncode == 1
    assert statuses(tmp_path / "r") == {"in/a/x.txt": "built", "in/a/x.TXT": "failed", "in/b/y.txt": "built"}
    assert b"in/a/x.TXT and another input would both become out/in/a/x.json" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], b"t/in/a.txt does not lie below the current folder"),
        (["--base", "."], b"t/in/a.txt does not lie below ."),
    ],
)
def test_a_listed_name_outside_the_current_folder_needs_a_base(batch, texts, tmp_path, arguments, said):
    folder = texts({"a.txt": "   One.\n", "sub/b.txt": "   Two.\n"})
    (tmp_path / "list").write_text(f"{folder}/a.txt\nb.txt\n")
    here = {"cwd": folder / "sub"}

    of_file = batch("--files-from", "../../list", *arguments, "-d", "../../out", "-t", "json", **here)
    by_pipe = batch(
        "--files-from", "-", *arguments, "-d", "../../out", "-t", "json", stdin=b"../a.txt\nb.txt\n", **here
    )
    with_base = batch("--files-from", "../../list", "--base", "..", "-d", "../../based", "-t", "json", **here)

    assert of_file.returncode == 2
    assert said.replace(b"t/in", str(folder).encode()) in of_file.stderr
    assert b"with --base" in of_file.stderr
    assert by_pipe.returncode == 1, "what else is in a list that is read once is converted"
    assert said.replace(b"t/in", b"..") in by_pipe.stderr
    assert set(contents(tmp_path / "out")) == {"b.json"}
    assert with_base.returncode == 0, with_base.stderr
    assert set(contents(tmp_path / "based")) == {"a.json", "sub/b.json"}


@pytest.mark.parametrize("other", ["in/sub/b.txt", "../t/in/sub/b.txt", "{}/in/sub/b.txt"])
def test_files_that_are_named_are_called_by_what_lies_below_their_common_folder(batch, texts, tmp_path, other):
    texts({"a.txt": "   One.\n", "sub/b.txt": "   Two.\n"})
    other = other.replace("../t/", f"../{tmp_path.name}/").format(tmp_path)

    done = batch("in/a.txt", other, "-d", "out", "-t", "json")

    assert done.returncode == 0, done.stderr
    assert set(contents(tmp_path / "out")) == {"a.json", "sub/b.json"}
