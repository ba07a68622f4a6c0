"""CPU time and memory of whole programs, as the operating system counts them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Usage", "best", "make_book", "measure", "platform_line", "typical_cpu_s"]

# Installed programs are compiled once and not at each start: so must be what is measured, in a checkout too.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Linux counts ru_maxrss in KiB, macOS in bytes.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run of a program took; `output` is what it printed."""

    cpu_s: float
    peak_bytes: int
    output: str = ""

    def __add__(self, other: Usage) -> Usage:
        """Return what two programs took that ran one after the other."""
        return Usage(self.cpu_s + other.cpu_s, max(self.peak_bytes, other.peak_bytes), self.output + other.output)


def measure(command: Sequence[str | os.PathLike[str]]) -> Usage:
    """Run a program in a process of its own, and count it together with the processes that it starts.

    Raises:
        SystemExit: The program failed; what it says on standard error is not held back.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with process.stdout or nullcontext() as stream:
        output = stream.read() if stream else ""
    # Not process.wait(): only wait4 tells what this one process took.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(str(each) for each in command)}\nfailed with {process.returncode}")
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_BYTES, output)


def make_book(path: Path, form: str = "text") -> None:
    """Write the generated book; in a process of its own, because a program's peak counts what it was forked from."""
    script = Path(__file__).with_name("make_book.py")
    subprocess.run([sys.executable, script, "-o", path, "--form", form], check=True)


def best(runs: Sequence[Usage]) -> Usage:
    """Return the run that took least: what else the machine does can only add."""
    return min(runs, key=lambda run: run.cpu_s)


def typical_cpu_s(runs: Sequence[Usage]) -> float:
    """Return the median of the CPU times, in seconds."""
    return median(run.cpu_s for run in runs)


def platform_line() -> str:
    """Return a line that says what machine this was."""
    import platform

    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
