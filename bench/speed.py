"""Measure docpack: start-up, text to model, and each writer, in CPU time and memory.

    python bench/speed.py                      the generated book of 3 MB
    python bench/speed.py --book FILE          a text of your own
    python bench/speed.py --json               for a program to compare

Each figure comes from processes of its own: the best of several runs, and the median. What else the machine does can
only add to them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import Usage, best, make_book, measure, platform_line, typical_cpu_s

FORMATS = "epub docx tei pdf json html pandoc".split()

# Times one stage inside the process, so that start-up and reading do not count as writing.
STAGE = """
import sys, time, docpack
source, stage = sys.argv[1:]
began = time.process_time()
document = docpack.read(source)
spent = time.process_time() - began
if stage != "read":
    began = time.process_time()
    docpack.write(document, stage)
    spent = time.process_time() - began
print(spent)
"""


def stage(book: Path, name: str, repeat: int) -> dict[str, Any]:
    """Return the figures of one stage: `read`, or the name of a format that is written."""
    runs = [measure([sys.executable, "-c", STAGE, str(book), name]) for _ in range(repeat)]
    inside = [Usage(float(run.output), run.peak_bytes) for run in runs]
    return figures(name if name == "read" else f"write {name}", inside)


def command(label: str, arguments: list[str], repeat: int) -> dict[str, Any]:
    """Return the figures of a whole program."""
    return figures(label, [measure(arguments) for _ in range(repeat)])


def figures(label: str, runs: list[Usage]) -> dict[str, Any]:
    """Return what the table shows of some runs."""
    return {
        "what": label,
        "best_s": round(best(runs).cpu_s, 3),
        "median_s": round(typical_cpu_s(runs), 3),
        "peak_mb": round(max(run.peak_bytes for run in runs) / 1e6),
    }


def start_up(repeat: int) -> list[dict[str, Any]]:
    """Return the figures of bare Python and of `docpack --version`, measured in turns."""
    docpack = str(Path(sys.executable).with_name("docpack"))
    bare, version = [], []
    for _ in range(repeat):
        bare.append(measure([sys.executable, "-c", "pass"]))
        version.append(measure([docpack, "--version"]))
    rows = [figures("python -c pass", bare), figures("docpack --version", version)]
    rows[1]["times_python"] = round(best(version).cpu_s / best(bare).cpu_s, 2)
    return rows


def all_figures(book: Path, small: Path | None, repeat: int) -> list[dict[str, Any]]:
    """Return every row of the table."""
    docpack = str(Path(sys.executable).with_name("docpack"))
    rows = start_up(repeat * 7)
    rows += [stage(book, name, repeat) for name in ("read", *FORMATS)]
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMATS[:4]:
            rows.append(
                command(
                    f"docpack convert -t {name}",
                    [docpack, "convert", "-q", str(book), "-t", name, "-d", folder],
                    repeat,
                )
            )
        if small:
            four = [docpack, "convert", "-q", str(small), "-t", "epub,docx,tei,pdf", "-d", folder]
            rows.append(command(f"docpack convert {small.name} to all four", four, repeat))
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, help="the text to measure with (default: the generated book)")
    parser.add_argument("--small", type=Path, help="a short text to convert to all four formats in one process")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = given.book or Path(folder) / "book.txt"
        if not given.book:
            make_book(book)
        rows = all_figures(book, given.small, given.repeat)
        size_mb = book.stat().st_size / 1e6
    if given.json:
        print(json.dumps({"machine": platform_line(), "book_mb": size_mb, "rows": rows}, indent=1))
        return
    print(
        f"{platform_line()}; {given.book or 'the generated book'}, {size_mb:.1f} MB; CPU seconds, best of {given.repeat}\n"
    )
    print("| what | best | median | peak memory |\n|---|--:|--:|--:|")
    for row in rows:
        times = f" ({row['times_python']} times Python)" if "times_python" in row else ""
        print(f"| {row['what']} | {row['best_s']:.3f}{times} | {row['median_s']:.3f} | {row['peak_mb']} MB |")


if __name__ == "__main__":
    main()
