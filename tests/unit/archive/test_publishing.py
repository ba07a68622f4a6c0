"""How packages take their names: whole or not at all."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent
from docpack.archive.publishing import PARTIAL_SUFFIX, publish, sweep
from docpack.errors import OutputError

DEAD = 2**22 + 1  # above the highest process id of Linux
WRITER = Path(__file__).with_name("package_writer.py")


def left_overs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(PARTIAL_SUFFIX))


def test_a_file_takes_its_name_at_the_end(tmp_path: Path):
    target = tmp_path / "a" / "p.tar"

    with publish(target, folder=False) as partial:
        partial.write_bytes(b"x")
        assert partial.parent == target.parent
        assert str(os.getpid()) in partial.name
        assert not target.exists()

    assert target.read_bytes() == b"x"
    assert left_overs(target.parent) == []


def test_a_folder_takes_its_name_at_the_end(tmp_path: Path):
    with publish(tmp_path / "p", folder=True) as partial:
        (partial / "a" / "b").mkdir(parents=True)
        (partial / "a" / "b" / "c").write_bytes(b"x")

    assert (tmp_path / "p" / "a" / "b" / "c").read_bytes() == b"x"
    assert left_overs(tmp_path) == []


def test_an_existing_file_is_replaced(tmp_path: Path):
    (tmp_path / "p").write_bytes(b"old")

    with publish(tmp_path / "p", folder=False) as partial:
        partial.write_bytes(b"new")

    assert (tmp_path / "p").read_bytes() == b"new"


def test_an_empty_folder_is_replaced(tmp_path: Path):
    (tmp_path / "p").mkdir()

    with publish(tmp_path / "p", folder=True) as partial:
        (partial / "x").write_bytes(b"x")

    assert (tmp_path / "p" / "x").exists()


@pytest.mark.parametrize(
    ("make", "folder"),
    [
        pytest.param(lambda path: (path.mkdir(), (path / "x").write_bytes(b"")), True, id="a-folder-with-files"),
        pytest.param(lambda path: path.write_bytes(b""), True, id="a-file-for-a-folder"),
        pytest.param(lambda path: path.mkdir(), False, id="a-folder-for-a-file"),
        pytest.param(os.mkfifo, False, id="a-pipe"),
    ],
)
def test_what_must_not_be_replaced_is_refused(make: object, folder: bool, tmp_path: Path):
    make(tmp_path / "p")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(OutputError) as caught, publish(tmp_path / "p", folder=folder):
        pytest.fail("the block must not run")

    assert caught.value.hint
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), OutputError("x"), OSError(errno.ENOSPC, "full")]
)
def test_an_error_leaves_nothing(error: BaseException, folder: bool, tmp_path: Path):
    (tmp_path / "other").write_bytes(b"")

    def pack() -> None:
        with publish(tmp_path / "p", folder=folder) as partial:
            (partial / "x" if folder else partial).write_bytes(b"half")
            raise error

    with pytest.raises((OutputError, KeyboardInterrupt, ValueError)):
        pack()

    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_an_error_of_the_disk_says_what_and_where(tmp_path: Path):
    with (
        pytest.raises(OutputError, match=r"p cannot be written: No space left") as caught,
        publish(tmp_path / "p", folder=False),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert "space on the disk" in caught.value.hint


def test_what_dead_processes_left_is_swept_and_what_others_write_is_not(tmp_path: Path):
    alive = f".p.{os.getppid()}{PARTIAL_SUFFIX}"
    others = [alive, f".q.{DEAD}{PARTIAL_SUFFIX}", f".p.x{PARTIAL_SUFFIX}", f".p.{DEAD}.txt"]
    dead = [f".p.{DEAD}{PARTIAL_SUFFIX}", f".p.{os.getpid()}{PARTIAL_SUFFIX}"]
    for name in others + dead:
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_bytes(b"x")

    swept = sweep(tmp_path / "p")

    assert sorted(path.name for path in swept) == sorted(dead)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_sweeping_follows_no_links(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_bytes(b"x")
    (tmp_path / f".p.{DEAD}{PARTIAL_SUFFIX}").symlink_to(tmp_path / "mine")

    sweep(tmp_path / "p")

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine" / "x").exists()


def test_one_target_is_not_written_twice_at_once(tmp_path: Path):
    with publish(tmp_path / "p", folder=False) as partial:
        partial.write_bytes(b"first")
        with pytest.raises(OutputError, match="is being written already"), publish(tmp_path / "p", folder=False):
            pytest.fail("the block must not run")

    assert (tmp_path / "p").read_bytes() == b"first"


@pytest.mark.parametrize("name", ["n" * 255, "\u00fc" * 127], ids=["ascii", "two-bytes-a-letter"])
def test_the_longest_names_can_be_written(name: str, tmp_path: Path):
    with publish(tmp_path / name, folder=False) as partial:
        partial.write_bytes(b"x")

    assert (tmp_path / name).exists()


def test_a_name_with_nul_is_an_output_error(tmp_path: Path):
    with pytest.raises(OutputError), publish(tmp_path / "a\0b", folder=False):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_a_disk_that_fills_up_leaves_nothing(kind: str, tmp_path: Path):
    script = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.argv = ["", {kind!r}, {str(tmp_path / "p")!r}, "1000000"]
exec(open({str(WRITER)!r}).read())
"""

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert run.returncode == 4, run.stderr
    assert "cannot be written: File too large" in run.stderr
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_a_full_disk_is_told_from_within_a_container(tmp_path: Path):
    class Full(BytesContent):
        def open(self) -> object:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def pack() -> None:
        with publish(tmp_path / "p", folder=False) as partial, open_container("tar", partial) as sink:
            sink.add("a", BytesContent(b"x"))
            sink.add("b", Full(b"x"))

    with pytest.raises(OutputError, match="No space left"):
        pack()

    assert list(tmp_path.iterdir()) == []


def kill_at_random_moments(kind: str, times: int, folder: Path, check: Callable[[Path], None]) -> tuple[int, int]:
    """Kill a process that packs, at random moments; return how many packages were whole, and how many left-overs."""
    chance, whole, left = random.Random(5), 0, 0  # noqa: S311  # any moment will do
    began = time.monotonic()
    subprocess.run([sys.executable, WRITER, kind, folder / "first", "300000"], check=True)
    lasts_s = time.monotonic() - began
    check(folder / "first")
    for number in range(times):
        target = folder / f"{kind}{number}"
        process = subprocess.Popen([sys.executable, WRITER, kind, target, "300000"])
        time.sleep(chance.uniform(0.2, 1.1) * lasts_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if target.exists():
            check(target)
            whole += 1
        for name in left_overs(folder):
            assert str(process.pid) in name
            left += 1
        sweep(target)
        assert left_overs(folder) == []
    return whole, left


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_a_killed_writer_leaves_a_whole_package_or_none(kind: str, tmp_path: Path):
    from docpack.archive.package_check import check_package

    def check(target: Path) -> None:
        assert check_package(target, foreign=True).ok

    kill_at_random_moments(kind, 6, tmp_path, check)


@pytest.mark.validators
@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_a_writer_killed_two_hundred_times_leaves_whole_packages_or_none(kind: str, tmp_path: Path):
    from docpack.archive.package_check import check_package

    def check(target: Path) -> None:
        assert check_package(target, foreign=True).ok

    whole, left = kill_at_random_moments(kind, 67, tmp_path, check)

    assert whole > 0
    assert left > 0, "none was killed while it wrote: the test would prove nothing"
