"""Runs a tool so that it can do no harm: limited in time and output, in a folder of its own, ended with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["MAX_REPORT_BYTES", "Finished", "execute", "report_in", "workplace"]

MAX_REPORT_BYTES = (
    16_000_000  # the longest report of the conformance suites has 200 kB; its tree takes some ten times as much
)
_POLL_S = 0.2  # how often a running tool is looked at
_GRACE_S = 5.0  # a browser's parent process clears its children away in this time when it is asked to


@dataclass(frozen=True, slots=True)
class Finished:
    """How a tool's process ended; `trouble` says why its output is worth nothing, or is ""."""

    code: int
    output: bytes
    errors: bytes
    trouble: str = ""


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """Give a temporary folder, which is gone afterwards with all that tools left in it."""
    with tempfile.TemporaryDirectory(prefix="docpack-validate-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def execute(
    command: Sequence[str | Path], folder: Path, timeout_s: float, variables: Mapping[str, str] | None = None
) -> Finished:
    """Run a command to its end.

    Args:
        command: The program and its arguments.
        folder: Where it runs, and where its temporary files and its home are.
        timeout_s: After how many seconds it is ended.
        variables: What else its environment holds.
    """
    output, errors = folder / "docpack-stdout", folder / "docpack-stderr"
    with output.open("wb") as out, errors.open("wb") as err:
        try:
            process = subprocess.Popen(  # noqa: S603  # the words come from an adapter, and no shell reads them
                [str(each) for each in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=folder,
                env={**_environment(folder), **(variables or {})},
                start_new_session=True,
            )
        except OSError as error:
            return Finished(-1, b"", b"", f"it cannot be started: {error.strerror or error}")
        try:
            trouble = _await(process, timeout_s, (output, errors))
        finally:
            _end(process)
    code = process.returncode
    if not trouble and code < 0:
        trouble = f"it was ended by signal {-code}"
    return Finished(code, _head(output), _head(errors), trouble)


def report_in(file: Path) -> bytes:
    """Return a report that a tool wrote to a file; nothing where there is none, or one that is too large to be read."""
    try:
        return file.read_bytes() if file.stat().st_size <= MAX_REPORT_BYTES else b""
    except OSError:
        return b""


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which a tool does the same for everybody, and finds its programs."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    temporary = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"), str(folder))
    return {**kept, **temporary, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _await(process: subprocess.Popen[bytes], timeout_s: float, files: Sequence[Path]) -> str:
    """Wait for a process, and return why it has to be ended, or ""."""
    stop = monotonic() + timeout_s
    while True:
        try:
            process.wait(max(0.0, min(_POLL_S, stop - monotonic())))
        except subprocess.TimeoutExpired:
            if monotonic() >= stop:
                return f"it was ended after {timeout_s:g} seconds"
        if any(each.stat().st_size > MAX_REPORT_BYTES for each in files):
            return f"it printed more than {MAX_REPORT_BYTES} bytes"
        if process.returncode is not None:
            return ""


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_REPORT_BYTES)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started: first politely, since a browser's parent can then clear up after itself."""
    started = _started_by(process.pid)
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
    if process.poll() is None:
        _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
    for pid, born in (started | _started_by(process.pid)).items():
        if _born(pid) == born:
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a process that has not been waited for, so that its number, and its group's, are still its own."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def _started_by(leader: int) -> dict[int, str]:
    """Return the processes of a leader's session and its descendants, with their times of birth; Linux only.

    A number may be given to another process later; with the time of birth it is told apart.
    """
    if not Path("/proc/self/stat").exists():
        return {}
    parents: dict[int, tuple[int, int, str]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208  # half the time of a Path for each of some hundred processes
        if entry.isdigit() and (fields := _fields(int(entry))):
            parents[int(entry)] = (int(fields[1]), int(fields[3]), fields[19])
    ours = {leader}
    size = 0
    while len(ours) != size:
        size = len(ours)
        ours |= {pid for pid, (parent, session, _) in parents.items() if parent in ours or session == leader}
    return {pid: parents[pid][2] for pid in sorted(ours - {leader}) if pid in parents}


def _fields(pid: int) -> list[str]:
    """Return the fields of a process after its name: state, parent, group, session, ...; none where it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _born(pid: int) -> str:
    fields = _fields(pid)
    return fields[19] if fields else ""
