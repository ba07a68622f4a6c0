"""Measure what packing costs: over converting, beside bagit, and verifying beside plain hashing; in one run each.

    python bench/packing.py                        the generated book of 3 MB, and 1 GB of attachments
    python bench/packing.py --payload-mb 200       less, on a small disk
    python bench/packing.py --bagit PYTHON         a Python that has bagit; by default this one

Times are wall clock and CPU of whole processes, the best of several runs in turns; memory is the highest of all runs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from measure import make_book, measure, platform_line

DOCPACK = str(Path(sys.executable).with_name("docpack"))
FILE_BYTES = 1_000_000
TEXT = "   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n"

BAGIT = """
import shutil, sys, bagit
shutil.copytree(sys.argv[1], sys.argv[2])
bagit.make_bag(sys.argv[2], checksums=["sha256", "sha512"])
"""
HASHING = """
import hashlib, sys
sha256, sha512 = hashlib.sha256(), hashlib.sha512()
with open(sys.argv[1], "rb") as file:
    while chunk := file.read(1 << 20):
        sha256.update(chunk)
        sha512.update(chunk)
print(sha256.hexdigest(), sha512.hexdigest())
"""


@dataclass
class Row:
    """One program: its best times, and the most memory that it took."""

    what: str
    wall_s: float = float("inf")
    cpu_s: float = float("inf")
    peak_mb: float = 0.0

    def take(self, command: list[str]) -> None:
        """Run the program once more."""
        began = time.perf_counter()
        used = measure(command)
        self.wall_s = min(self.wall_s, time.perf_counter() - began)
        self.cpu_s = min(self.cpu_s, used.cpu_s)
        self.peak_mb = max(self.peak_mb, used.peak_bytes / 1e6)

    def line(self, other: Row | None = None) -> str:
        """Return the row of the table; with the ratios to another one."""
        ratios = f"{self.wall_s / other.wall_s:.2f} | {self.cpu_s / other.cpu_s:.2f}" if other else "1 | 1"
        return f"| {self.what} | {self.wall_s:.2f} | {self.cpu_s:.2f} | {ratios} | {self.peak_mb:.0f} MB |"


def compare(first: Row, one: list[str], second: Row, two: list[str], repeat: int, clear: list[Path]) -> None:
    """Run two programs in turns, and print them."""
    for _ in range(repeat):
        for row, command in ((first, one), (second, two)):
            for path in clear:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            row.take(command)
    print(first.line())
    print(second.line(first))


def make_payload(folder: Path, size_mb: int) -> None:
    """Make files of 1 MB whose bytes do not repeat."""
    import random

    folder.mkdir()
    chance = random.Random(8)  # noqa: S311  # no secret
    for number in range(size_mb):
        (folder / f"page-{number:05}.tif").write_bytes(chance.randbytes(FILE_BYTES))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payload-mb", type=int, default=1000)
    parser.add_argument("--bagit", default=sys.executable)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    print(f"{platform_line()}; best of {given.repeat}\n")
    print("| what | wall s | CPU s | wall, ratio | CPU, ratio | memory |\n|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, text, payload = folder / "book.txt", folder / "in.txt", folder / "payload"
        out, bag, package = folder / "out", folder / "bag", folder / "a.tar"
        make_book(book)
        text.write_text(TEXT, "utf-8")
        formats = "epub,docx,tei,pdf"
        compare(
            Row("convert --verify, the book"),
            [DOCPACK, "convert", "-q", "--verify", str(book), "-t", f"{formats},json", "-d", str(out)],
            Row("pack, the book"),
            [DOCPACK, "pack", "-q", str(book), "-o", str(package), "-t", formats],
            given.repeat,
            [out, package],
        )
        make_payload(payload, given.payload_mb)
        size = f"{given.payload_mb / 1000:g} GB"
        compare(
            Row(f"copy, bagit.make_bag, {size}"),
            [given.bagit, "-c", BAGIT, str(payload), str(bag)],
            Row(f"pack, {size}"),
            [DOCPACK, "pack", "-q", str(text), "-o", str(package), "-t", "tei", "--attach-file", str(payload)],
            given.repeat,
            [bag, package],
        )
        compare(
            Row(f"both digests in one pass, {size}"),
            [sys.executable, "-c", HASHING, str(package)],
            Row(f"verify, {size}"),
            [DOCPACK, "verify", str(package)],
            given.repeat,
            [],
        )


if __name__ == "__main__":
    main()
