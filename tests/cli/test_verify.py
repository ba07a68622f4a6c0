"""`docpack verify`: verdicts on standard output, and the exit code says which."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def verify(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docpack", "verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def good(packages: ModuleType, tmp_path: Path) -> Path:
    return packages.write(tmp_path / "good.tar", "tar", packages.bag())


@pytest.fixture
def bad(packages: ModuleType, tmp_path: Path) -> Path:
    files = packages.bag()
    files["data/METS.xml"] += b"\n"
    return packages.write(tmp_path / "bad.zip", "zip", files)


def test_a_valid_package_exits_with_0(good: Path):
    run = verify(good)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"valid: {good}: 16 files, ")
    assert "digests checked (level full)" in run.stdout


def test_the_level_fast_says_that_digests_were_not_checked(good: Path):
    run = verify(good, "--level", "fast")

    assert run.returncode == 0
    assert "digests NOT checked (level fast)" in run.stdout


def test_a_damaged_package_exits_with_5_and_says_what_is_wrong(bad: Path):
    run = verify(bad)

    assert run.returncode == 5
    assert run.stdout.startswith(f"INVALID: {bad}: ")
    assert "\n  error payload-changed: data/METS.xml: its sha256 is not the one in the manifest\n" in run.stdout


@pytest.mark.parametrize("what", ["missing", "text", "empty-folder"])
def test_what_is_no_package_exits_with_3_and_a_hint(what: str, tmp_path: Path):
    path = tmp_path / what
    if what == "text":
        path.write_text("just a text")
    elif what == "empty-folder":
        path.mkdir()

    run = verify(path)

    assert run.returncode == 3
    assert run.stdout == ""
    assert "docpack: hint: " in run.stderr


@pytest.mark.parametrize("others", [["bad"], ["missing"], ["bad", "missing"]], ids="+".join)
def test_several_packages_exit_with_1_if_any_failed(others: list[str], good: Path, bad: Path, tmp_path: Path):
    run = verify(good, *(bad if each == "bad" else tmp_path / each for each in others))

    assert run.returncode == 1
    assert run.stdout.startswith("valid: ")


def test_several_valid_packages_exit_with_0(good: Path):
    assert verify(good, good).returncode == 0


def test_json_gives_the_same_data(good: Path, bad: Path, tmp_path: Path):
    run = verify(good, bad, tmp_path / "missing", "--json")

    results = json.loads(run.stdout)["results"]
    assert run.returncode == 1
    assert [(each["ok"], each["exit_code"]) for each in results] == [(True, 0), (False, 5), (False, 3)]
    assert results[0]["objid"] == "docpack-1"
    assert results[0]["level"] == "full"
    assert {
        "code": "payload-changed",
        "severity": "error",
        "path": "data/METS.xml",
        "message": "its sha256 is not the one in the manifest",
    } in results[1]["problems"]


def test_a_bag_of_others_needs_foreign(packages: ModuleType, tmp_path: Path):
    payload = {"data/a.txt": b"A"}
    files = {"bagit.txt": packages.BAGIT, "manifest-md5.txt": packages.manifest("md5", payload), **payload}
    bag = packages.write(tmp_path / "bag", "folder", files)

    assert verify(bag).returncode == 5
    assert verify(bag, "--foreign").returncode == 0


def test_names_are_printed_so_that_they_deceive_nobody(packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", "tar", {**packages.bag(), "data/\x1b[2J\u202e": b""})

    run = verify(package)

    assert run.returncode == 5
    assert "\x1b" not in run.stdout
    assert "data/\\x1b[2J\\u202e" in run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no-package"),
        pytest.param(["p", "--level", "deep"], id="unknown-level"),
        pytest.param(["p", "--against", "s", "--level", "full"], id="a-level-for-outputs"),
        pytest.param(["p", "--against", "s", "--foreign"], id="foreign-outputs"),
    ],
)
def test_arguments_that_make_no_sense_exit_with_2(arguments: list[str]):
    assert verify(*arguments).returncode == 2
