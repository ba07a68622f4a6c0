"""Killed at any moment, or on a full disk, there is a whole package or none."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docpack.archive.package_check import check_package

KILLS_BY_DEFAULT, KILLS_IN_CONFORMANCE = 8, 200
ATTACHMENT_BYTES = 8_000_000  # so that writing the package takes about as long as making what is in it
PARTIAL = ".docpack-partial"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """Return the command that packs a text with something large beside it."""
    (tmp_path / "in.txt").write_text("   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n", "utf-8")
    (tmp_path / "scan.tif").write_bytes(random.Random(1).randbytes(ATTACHMENT_BYTES))  # noqa: S311  # no secret
    return [
        sys.executable,
        "-m",
        "docpack",
        "pack",
        "in.txt",
        "-o",
        "out/a.tar",
        "-t",
        "tei",
        "--attach-file",
        "scan.tif",
    ]


def kill_again_and_again(command: list[str], folder: Path, times: int) -> tuple[int, int]:
    """Kill the command at random moments; return how often there was a whole package, and how often a left-over."""
    chance, whole, left = random.Random(4), 0, 0  # noqa: S311  # no secret
    began = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    lasts_s = time.monotonic() - began
    for number in range(times):
        if number % 2:
            (folder / "out" / "a.tar").unlink(missing_ok=True)  # else the one from before is to be replaced
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.05) * lasts_s)  # what comes before is Python's own start
        process.kill()
        process.wait()
        names = {each.name for each in (folder / "out").iterdir()}
        left += any(name.endswith(PARTIAL) for name in names)
        assert all(name == "a.tar" or name.endswith(PARTIAL) for name in names)
        if "a.tar" in names:
            report = check_package(folder / "out" / "a.tar", level="full")
            assert report.ok, report.problems
            whole += 1
    return whole, left


def test_a_killed_process_leaves_a_whole_package_or_none(command: list[str], tmp_path: Path):
    kill_again_and_again(command, tmp_path, KILLS_BY_DEFAULT)

    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    assert {each.name for each in (tmp_path / "out").iterdir()} == {"a.tar"}, "left-overs are swept"


@pytest.mark.validators
def test_two_hundred_killed_processes_leave_no_damaged_package(command: list[str], tmp_path: Path):
    whole, left = kill_again_and_again(command, tmp_path, KILLS_IN_CONFORMANCE)

    assert whole > 0
    assert left > 0, "no process was killed while it wrote: the test would prove nothing"


@pytest.mark.parametrize("limit_bytes", [0, 511, 100_000, 8_000_000, 8_100_000])
def test_a_full_disk_leaves_nothing_behind_and_the_old_package_whole(
    command: list[str], tmp_path: Path, limit_bytes: int
):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    before = (tmp_path / "out" / "a.tar").read_bytes()

    run = subprocess.run(command, cwd=tmp_path, preexec_fn=limit, capture_output=True, check=False)

    assert run.returncode == 4, run.stderr
    assert b"cannot be written" in run.stderr
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"a.tar"}
    assert (tmp_path / "out" / "a.tar").read_bytes() == before
