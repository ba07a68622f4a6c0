"""Same input, same bytes: whatever the time, the place, the language and the user of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

# What a run under another clock imports first. (The clock that typst might ask is the machine's own; between the runs
# some seconds pass.)
SHIFTED_CLOCK = """
import datetime, time
SHIFT_S = 7 * 365 * 86400 + 12345
_time, _time_ns, _gmtime, _localtime, _strftime = time.time, time.time_ns, time.gmtime, time.localtime, time.strftime
time.time = lambda: _time() + SHIFT_S
time.time_ns = lambda: _time_ns() + SHIFT_S * 10**9
time.gmtime = lambda s=None: _gmtime(time.time() if s is None else s)
time.localtime = lambda s=None: _localtime(time.time() if s is None else s)
time.strftime = lambda form, t=None: _strftime(form, time.localtime() if t is None else t)
class _Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None): return super().now(tz) + datetime.timedelta(seconds=SHIFT_S)
    @classmethod
    def utcnow(cls): return super().utcnow() + datetime.timedelta(seconds=SHIFT_S)
    @classmethod
    def today(cls): return cls.now()
datetime.datetime = _Later
"""
FORMATS = "epub,docx,tei,pdf,json,html,pandoc"
HERE_AND_NOW = {
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "USER": "anna",
    "COLUMNS": "80",
}
ELSEWHERE_LATER = {
    "TZ": "Pacific/Chatham",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "4242",
    "PYTHONOPTIMIZE": "2",
    "PYTHONUTF8": "0",
    "USER": "bertil",
    "COLUMNS": "40",
    "NO_COLOR": "1",
}


def convert(source: Path, folder: Path, environment: dict[str, str], umask: int) -> dict[str, bytes]:
    """Convert a copy of the source in a process of its own; return the outputs by their names."""
    return run_docpack(["convert", source.name, "-t", FORMATS, "-d", "out"], source, folder, environment, umask)


def run_docpack(
    arguments: list[str], source: Path, folder: Path, environment: dict[str, str], umask: int
) -> dict[str, bytes]:
    """Run a command on a copy of the source in a process of its own; return all files in `out` by their paths."""
    home = folder / "home"
    home.mkdir(parents=True)
    (folder / source.name).write_bytes(source.read_bytes())
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in {"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYTHONPATH"}
    }
    path = os.pathsep.join(filter(None, [environment.get("PYTHONPATH", ""), kept.pop("PYTHONPATH", "")]))
    run = subprocess.run(
        [sys.executable, "-m", "docpack", *arguments],
        cwd=folder,
        env={**kept, "HOME": str(home), "TMPDIR": str(home), **environment, "PYTHONPATH": path},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {0, 4}, run.stderr  # 4: no font has its characters
    out = folder / "out"
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_a_second_run_elsewhere_and_later_gives_the_same_bytes(sample: Any, tmp_path: Path):
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(SHIFTED_CLOCK, "utf-8")
    first = convert(sample.path, tmp_path / "one", HERE_AND_NOW, 0o022)
    time.sleep(1.1)

    second = convert(
        sample.path,
        tmp_path / "some" / "other folder",
        {**ELSEWHERE_LATER, "PYTHONPATH": str(tmp_path / "clock")},
        0o077,
    )

    assert len(first) == len(FORMATS.split(",")) - (not sample.printable)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()


def pack_twice(arguments: list[str], source: Path, tmp_path: Path) -> list[dict[str, bytes]]:
    """Pack a source here and elsewhere, at the time that SOURCE_DATE_EPOCH names; return the files of both packages."""
    (tmp_path / "clock").mkdir(parents=True)
    (tmp_path / "clock" / "sitecustomize.py").write_text(SHIFTED_CLOCK, "utf-8")
    fixed = {"SOURCE_DATE_EPOCH": "1700000000"}
    elsewhere = {**ELSEWHERE_LATER, "PYTHONPATH": str(tmp_path / "clock"), **fixed}
    return [
        run_docpack(arguments, source, tmp_path / "one", {**HERE_AND_NOW, **fixed}, 0o022),
        run_docpack(arguments, source, tmp_path / "some" / "other folder", elsewhere, 0o077),
    ]


def test_a_package_made_elsewhere_and_later_has_the_same_bytes(sample: Any, tmp_path: Path):
    formats = "epub,docx,tei,pdf" if sample.printable else "epub,docx,tei"

    first, second = pack_twice(["pack", sample.path.name, "-o", "out/a.tar", "-t", formats], sample.path, tmp_path)

    assert list(first) == ["a.tar"]
    assert first == second


@pytest.mark.parametrize("profile", ["bagit", "eark-sip", "archivematica"])
@pytest.mark.parametrize("container", ["tar", "zip", "folder"])
def test_every_profile_in_every_container_has_the_same_bytes_elsewhere(profile: str, container: str, tmp_path: Path):
    source = tmp_path / "letter.txt"
    source.write_text("   A letter of one paragraph, which is\nprinted in two lines.\n   And a second one.\n", "utf-8")
    output = "out" if container == "folder" else f"out/a.{container}"
    command = ["pack", "letter.txt", "-o", output, "-t", "tei,epub", "--profile", profile, "--container", container]

    first, second = pack_twice(command, source, tmp_path / "both")

    assert first
    assert first == second


def test_the_clock_of_the_second_run_is_really_another(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(SHIFTED_CLOCK, "utf-8")
    script = "import time, datetime; print(time.time(), time.localtime()[0], datetime.datetime.now().year)"

    run = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )

    seconds, *years = run.stdout.split()
    assert float(seconds) > time.time() + 6 * 365 * 86400
    assert all(int(year) >= time.localtime().tm_year + 6 for year in years)


def test_source_date_epoch_moves_the_dates_and_nothing_else_does(tmp_path: Path):
    source = tmp_path / "letter.txt"
    source.write_text("   A letter of one paragraph, which is\nprinted in two lines.\n   And a second one.\n", "utf-8")

    first = convert(source, tmp_path / "one", {"SOURCE_DATE_EPOCH": "1000000000"}, 0o022)
    second = convert(source, tmp_path / "two", {"SOURCE_DATE_EPOCH": "1000000000", "TZ": "Asia/Tokyo"}, 0o022)
    third = convert(source, tmp_path / "three", {"SOURCE_DATE_EPOCH": "1200000000"}, 0o022)

    assert first == second
    assert {"letter.epub", "letter.docx"} <= {name for name in first if first[name] != third[name]}
