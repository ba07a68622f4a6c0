"""Measure docpack beside pandoc, and calibre where it is installed, on one book, one machine, in one run.

    pip install pypandoc_binary
    python bench/compare.py                    prints a table in Markdown

docpack gets the book as it comes out of a PDF: wrapped lines, running heads, words cut at line ends. The others,
which do not find structure in such a text, get the same book with its structure spelt out, in Markdown. So theirs is
the lighter task. All of pandoc's PDF goes through typst, as docpack's does: typst itself is in both figures.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measure import Usage, best, make_book, measure, platform_line

FORMATS = {"epub": ".epub", "docx": ".docx", "tei": ".tei.xml", "pdf": ".pdf"}
TYPST = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], ignore_system_fonts=True)"


def docpack_run(folder: Path, name: str) -> Usage:
    """Return what docpack took to write the book in a format, from a cold start."""
    program = Path(sys.executable).with_name("docpack")
    return measure([program, "convert", "-q", folder / "book.txt", "-t", name, "-d", folder])


def pandoc_run(pandoc: str, folder: Path, name: str) -> Usage:
    """Return what pandoc took."""
    out = folder / f"pandoc{FORMATS[name]}"
    common = [pandoc, "-f", "markdown", "-s", "--metadata", "title=Book", folder / "book.md"]
    if name != "pdf":
        return measure([*common, "-t", name, "-o", out])
    source = folder / "book.typ"
    return measure([*common, "-t", "typst", "-o", source]) + measure([sys.executable, "-c", TYPST, source, out])


def calibre_run(ebook_convert: str, folder: Path, name: str) -> Usage | None:
    """Return what calibre took, or None for what it does not write."""
    if name not in ("epub", "docx"):
        return None
    return measure(
        [ebook_convert, folder / "book.md", folder / f"calibre{FORMATS[name]}", "--formatting-type=markdown"]
    )


def find_pandoc() -> str:
    """Return pandoc's path, of the package pypandoc_binary or of the system.

    Raises:
        SystemExit: There is none; the message says what to do.
    """
    try:
        import pypandoc
    except ImportError:
        found = shutil.which("pandoc")
    else:
        found = pypandoc.get_pandoc_path()
    if not found:
        raise SystemExit("compare.py needs pandoc, and there is none.\nInstall it with: pip install pypandoc_binary")
    return str(found)


def cell(run: Usage | None, than: Usage | None = None) -> str:
    """Return a cell of the table: seconds and megabytes, and how many times more seconds than another run."""
    if run is None:
        return "–"
    ratio = f" (× {run.cpu_s / than.cpu_s:.1f})" if than else ""
    return f"{run.cpu_s:.2f} s{ratio}, {run.peak_bytes / 1e6:.0f} MB"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the best counts")
    parser.add_argument("--formats", default=",".join(FORMATS))
    given = parser.parse_args()
    pandoc, ebook_convert = find_pandoc(), shutil.which("ebook-convert")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_book(folder / "book.txt")
        make_book(folder / "book.md", form="markdown")
        version = measure([pandoc, "--version"]).output.split("\n")[0]
        calibre = measure([ebook_convert, "--version"]).output.strip() if ebook_convert else ""
        size_mb = (folder / "book.txt").stat().st_size / 1e6
        print(
            f"{platform_line()}; a book of {size_mb:.1f} MB; CPU time with start-up, best of {given.repeat}, and peak memory\n"
        )
        print(f"| format | docpack | {version} |{f' {calibre} |' if calibre else ''}")
        print(f"|---|--:|--:|{'--:|' if calibre else ''}")
        for each in given.formats.split(","):
            ours = best([docpack_run(folder, each) for _ in range(given.repeat)])
            theirs = best([pandoc_run(pandoc, folder, each) for _ in range(given.repeat)])
            row = f"| {each} | {cell(ours)} | {cell(theirs, ours)} |"
            if ebook_convert:
                row += f" {cell(calibre_run(ebook_convert, folder, each), ours)} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
