"""How tools are run: limited, alone, and ended with all that they started."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from docpack.verify.tools import processes
from docpack.verify.tools.processes import execute, report_in, workplace

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int) -> bool:
    for _ in range(200):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_output_and_exit_code_come_back(tmp_path):
    done = execute(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], tmp_path, 60)

    assert (done.code, done.output, done.errors, done.trouble) == (3, b"out\n", b"err\n", "")


def test_a_program_that_hangs_is_ended(tmp_path):
    done = execute(["/bin/sh", "-c", "echo begun; sleep 600"], tmp_path, 0.3)

    assert done.trouble == "it was ended after 0.3 seconds"
    assert done.output == b"begun\n"


def test_a_program_that_ignores_the_polite_signal_is_ended_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_GRACE_S", 0.3)
    script = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(600)"
    )

    done = execute([sys.executable, "-c", script], tmp_path, 1.5)

    assert done.trouble == "it was ended after 1.5 seconds"
    assert done.code == -9


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="descendants are known by /proc")
@pytest.mark.parametrize(
    ("ending", "timeout_s"),
    [pytest.param("sleep 600", 1.0, id="hangs"), pytest.param("exit 0", 60.0, id="ends")],
)
def test_what_a_program_leaves_running_is_ended(tmp_path, ending, timeout_s):
    execute(["/bin/sh", "-c", f"sleep 600 & echo $! > {tmp_path}/child; {ending}"], tmp_path, timeout_s)

    assert wait_until_gone(int((tmp_path / "child").read_text()))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="descendants are known by /proc")
def test_a_child_in_a_session_of_its_own_is_ended_too(tmp_path):
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)"
    )

    execute([sys.executable, "-c", script], tmp_path, 1.5)

    assert wait_until_gone(int((tmp_path / "child").read_text()))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="descendants are known by /proc")
def test_other_processes_are_left_alone(tmp_path):
    import subprocess

    with subprocess.Popen(["sleep", "600"]) as other:
        execute(["/bin/sh", "-c", "sleep 600"], tmp_path, 0.3)
        unharmed = other.poll() is None and alive(other.pid)
        other.kill()

    assert unharmed


def test_a_program_that_prints_without_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "MAX_REPORT_BYTES", 10_000)

    done = execute(["/bin/sh", "-c", "while :; do echo yes; done"], tmp_path, 60)

    assert done.trouble == "it printed more than 10000 bytes"
    assert len(done.output) == 10_000


def test_a_program_that_crashes_is_told_by_its_signal(tmp_path):
    done = execute(["/bin/sh", "-c", "kill -SEGV $$"], tmp_path, 60)

    assert done.trouble == "it was ended by signal 11"


def test_a_program_that_is_not_there_is_told(tmp_path):
    done = execute([str(tmp_path / "nothing")], tmp_path, 60)

    assert done.trouble == "it cannot be started: No such file or directory"


def test_the_environment_does_not_reach_a_program(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dsecret=1")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")

    done = execute(["/usr/bin/env"], tmp_path, 60, {"EXTRA": "yes"})

    lines = done.output.decode().splitlines()
    assert not [line for line in lines if line.startswith("JAVA")]
    assert {"LANG=C.UTF-8", "EXTRA=yes", f"HOME={tmp_path}", f"TMPDIR={tmp_path}"} <= set(lines)


def test_the_temporary_folder_is_gone_afterwards():
    with workplace() as folder:
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "file").write_text("x")

    assert not folder.exists()


def test_a_report_that_is_too_large_or_not_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "MAX_REPORT_BYTES", 4)
    (tmp_path / "short").write_bytes(b"1234")
    (tmp_path / "long").write_bytes(b"12345")

    assert [report_in(tmp_path / name) for name in ("short", "long", "none")] == [b"1234", b"", b""]
