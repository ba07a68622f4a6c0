"""Measure the reading of PDF: pages a second and peak memory of each engine, to glyphs and to the document.

    python bench/pdf_speed.py                  two books, of about 300 and 1,700 pages, set by docpack
    python bench/pdf_speed.py --pdf FILE       a PDF of your own
    python bench/pdf_speed.py --json           for a program to compare

Each figure comes from processes of its own. Pages a second count CPU time from the file's bytes on, without start-up;
the peak is that of the whole process, start-up included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import Usage, best, measure, platform_line

ENGINES = ("pypdf", "pdfium")
PARAGRAPHS = {"a short book": 4_000, "a long book": 22_800}
STAGE = """
import sys, time
from pathlib import Path
path, engine, stage = sys.argv[1:]
import docpack
from docpack.readers.pdf.opening import open_pdf
data = Path(path).read_bytes()
began = time.process_time()
if stage == "glyphs":
    count = sum(1 for page in open_pdf(data, engine, None).pages())
else:
    docpack.read(data, options={"engine": engine})
    count = 0
print(time.process_time() - began, count)
"""
WRITE = """
import sys, docpack
from pathlib import Path
Path(sys.argv[2]).write_bytes(docpack.write(docpack.read(sys.argv[1]), "pdf"))
"""


def make_pdf(path: Path, paragraphs: int) -> None:
    """Set the generated book, in processes of its own."""
    book = path.with_suffix(".txt")
    script = Path(__file__).with_name("make_book.py")
    subprocess.run([sys.executable, script, "-o", book, "--paragraphs", str(paragraphs)], check=True)
    subprocess.run([sys.executable, "-c", WRITE, book, path], check=True)


def rows_of(label: str, pdf: Path, repeat: int) -> list[dict[str, Any]]:
    """Return the figures of one PDF, by engine and stage."""
    rows = []
    pages = 0
    for stage in ("glyphs", "document"):
        runs: dict[str, list[Usage]] = {engine: [] for engine in ENGINES}
        for _ in range(repeat):
            for engine in ENGINES:  # in turns
                run = measure([sys.executable, "-c", STAGE, str(pdf), engine, stage])
                cpu_s, count = run.output.split()
                pages = int(count) or pages
                runs[engine].append(Usage(float(cpu_s), run.peak_bytes))
        for engine in ENGINES:
            cpu_s = best(runs[engine]).cpu_s
            peak = max(run.peak_bytes for run in runs[engine])
            rows.append(
                {
                    "what": f"{label} ({pages} pages) to {stage}",
                    "engine": engine,
                    "cpu_s": round(cpu_s, 2),
                    "pages_s": round(pages / cpu_s, 1),
                    "peak_mb": round(peak / 1e6),
                }
            )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pdf", type=Path, help="the PDF to measure with (default: the generated books)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if given.pdf:
            rows = rows_of(given.pdf.name, given.pdf, given.repeat)
        for number, (label, paragraphs) in enumerate(PARAGRAPHS.items() if not given.pdf else ()):
            pdf = Path(folder) / f"{number}.pdf"
            make_pdf(pdf, paragraphs)
            rows += rows_of(label, pdf, given.repeat)
    if given.json:
        print(json.dumps({"machine": platform_line(), "rows": rows}, indent=1))
        return
    print(f"{platform_line()}; CPU seconds, best of {given.repeat}\n")
    print("| what | engine | CPU | pages a second | peak memory |\n|---|---|--:|--:|--:|")
    for row in rows:
        print(
            f"| {row['what']} | {row['engine']} | {row['cpu_s']:.2f} s | {row['pages_s']:.1f} | {row['peak_mb']} MB |"
        )


if __name__ == "__main__":
    main()
