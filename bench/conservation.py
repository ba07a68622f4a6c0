"""Measure what it costs to read outputs back: `docpack convert` with and without the comparison, in turns.

    python bench/conservation.py               the generated book of 3 MB

Each figure is the CPU time of whole programs, start-up included: the best of several runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import Usage, best, make_book, measure, platform_line

FORMATS = ("epub", "docx", "tei", "epub,docx,tei", "pdf")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, of which the best counts")
    parser.add_argument("--formats", nargs="*", default=FORMATS)
    given = parser.parse_args()
    docpack = Path(sys.executable).with_name("docpack")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_book(folder / "book.txt")
        size_mb = (folder / "book.txt").stat().st_size / 1e6
        print(f"{platform_line()}; a book of {size_mb:.1f} MB; CPU time with start-up, best of {given.repeat}\n")
        print("| format | without | with | more |\n|---|--:|--:|--:|")
        for formats in given.formats:
            without: list[Usage] = []
            compared: list[Usage] = []
            for _ in range(given.repeat):
                for flag, runs in (("--no-verify", without), ("--verify", compared)):
                    command = [docpack, "convert", "-q", folder / "book.txt", "-t", formats, "-d", folder, flag]
                    runs.append(measure(command))
            before, after = best(without).cpu_s, best(compared).cpu_s
            print(f"| {formats} | {before:.2f} s | {after:.2f} s | {100 * (after / before - 1):.1f} % |", flush=True)


if __name__ == "__main__":
    main()
