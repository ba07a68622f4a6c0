"""Render truths of known structure in many styles, extract the text again, and write cases of a reflow benchmark.

    python bench/render_cases.py TRUTH_DIR OUT_DIR [--cases N] [--seed S] [--pdf] [--only RENDERER,...] [--skip N]

TRUTH_DIR has folders with truth.json and case.json; OUT_DIR gets folders with source.txt, truth.json, case.json.
Cases whose source does not hold the truth in order are dropped. The same seed, tools and fonts give the same cases.

Needs, by renderer and extractor: typst, weasyprint, pypdf, pdfminer.six, pypdfium2 of PyPI; chromium, libreoffice-writer,
groff, ghostscript, poppler-utils, mupdf-tools and the fonts of `render_pages` of Debian. `fixed` needs nothing
(pyphen, a dependency of WeasyPrint, for its hyphenation).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render_alignment import coverage
from render_enrich import enriched
from render_extractors import EXTRACTORS, furniture
from render_groff import GroffPdfRenderer, GroffStyle, random_groff_style, render_groff
from render_html import ChromiumRenderer, WeasyPrintRenderer
from render_libreoffice import LibreOfficeRenderer
from render_pages import Document, PageRenderer, PageStyle, random_page_style
from render_plain import render_plain
from render_plain_styles import PlainStyle, random_plain_style
from render_truth import Block, Excerpt, as_printed, cut, generator, load_excerpts
from render_typst import TypstRenderer

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

MIN_COVERAGE = 0.97  # of the truth's characters; below that an extractor has lost or reordered text
MIN_CHARACTERS, MAX_CHARACTERS = 4_500, 16_000
BATCH = 8  # documents given to LibreOffice at once: it takes longer to start than to work
SOURCES_A_PDF = 2

PAGE_RENDERERS: dict[str, PageRenderer] = {
    renderer.name: renderer
    for renderer in (TypstRenderer(), WeasyPrintRenderer(), ChromiumRenderer(), LibreOfficeRenderer(), GroffPdfRenderer())
}  # fmt: skip
# How often each renderer is taken; a PDF gives two cases, the others one.
SHARES = {"fixed": 6, "groff": 3, "typst": 3, "weasyprint": 3, "chromium": 2, "libreoffice": 2, "groff-pdf": 1}
_LATIN1 = {"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da"}  # what groff's PostScript fonts can print
_NOTES_AT_END = {"chromium"}
_OLD_PDFIUM = 0.8  # share of its sources with U+0002 at hyphens, as some versions write, and not U+FFFE
_BROWSER_HEADS = 0.25  # share of Chromium's documents that are printed web pages
_ALWAYS_FROM_1 = {"chromium", "libreoffice"}


@dataclass(frozen=True, slots=True)
class Job:
    """One document to render, and the extractors to read it with."""

    name: str
    excerpt: Excerpt
    renderer: str
    style: PlainStyle | GroffStyle | PageStyle
    extractors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A rendered and extracted text with its truth, ready to be written."""

    name: str
    source: str
    truth: Sequence[Block]
    facts: dict[str, Any]
    pdf: Path | None = None


def main() -> None:
    """Write the cases and print how many there are of each kind."""
    arguments = _parser().parse_args()
    excerpts = load_excerpts(arguments.truth_dir)
    only = set(arguments.only.split(",")) if arguments.only else set(SHARES)
    jobs = [job for job in _plan(excerpts, arguments.cases, arguments.seed)[arguments.skip :] if job.renderer in only]
    counts: Counter[str] = Counter()
    for case in _rendered(jobs):
        share = coverage(case.truth, case.source)
        kind = f"{case.facts['renderer']} {case.facts['extractor']}"
        if share < MIN_COVERAGE:
            print(f"dropped {case.name}: {share:.3f} of the truth is in the source", flush=True)
            counts["dropped " + kind] += 1
            continue
        _write(case, arguments.out_dir, share, keep_pdf=arguments.pdf)
        counts[kind] += 1
    for kind, count in sorted(counts.items()):
        print(f"{count:5} {kind}")


# ------------------------------------------------------------------------------------------------- planning


def _plan(excerpts: Sequence[Excerpt], cases: int, seed: str) -> list[Job]:
    """Draw jobs that will give so many cases; works, renderers and extractors take turns."""
    works = sorted({excerpt.work for excerpt in excerpts})
    turns = [name for name, share in SHARES.items() for _ in range(share)]
    extractors: dict[str, list[str]] = {name: [] for name in PAGE_RENDERERS}
    jobs: list[Job] = []
    planned = 0
    while planned < cases:
        index = len(jobs)
        rng = generator(seed, index)
        if index % len(works) == 0:
            generator(seed, "works", index).shuffle(works)
        if index % len(turns) == 0:
            generator(seed, "turns", index).shuffle(turns)
        excerpt = rng.choice([one for one in excerpts if one.work == works[index % len(works)]])
        renderer = turns[index % len(turns)]
        renderer = _able(renderer, excerpt.language[:2])
        chosen: tuple[str, ...] = ()
        if renderer in PAGE_RENDERERS:
            deck = extractors[renderer]
            if len(deck) < SOURCES_A_PDF:
                deck.extend(rng.sample(sorted(EXTRACTORS), len(EXTRACTORS)))
            chosen = tuple(sorted(deck.pop(0) for _ in range(SOURCES_A_PDF)))
        planned += len(chosen) or 1
        excerpt = enriched(cut(excerpt, rng, rng.randint(MIN_CHARACTERS, MAX_CHARACTERS)), rng)
        style = _style(renderer, rng, excerpt.language[:2])
        jobs.append(Job(f"{excerpt.name}-{renderer}-s{seed}x{index:04}", excerpt, renderer, style, chosen))
    return jobs


def _able(renderer: str, language: str) -> str:
    """Return the renderer, or another that can set this language."""
    if renderer == "groff-pdf" and language not in _LATIN1:
        return "weasyprint"
    # LibreOffice breaks the Latin words of a Korean text anywhere.
    return "typst" if renderer == "libreoffice" and language == "ko" else renderer


def _style(renderer: str, rng: random.Random, language: str) -> PlainStyle | GroffStyle | PageStyle:
    match renderer:
        case "fixed":
            return random_plain_style(rng)
        case "groff":
            return random_groff_style(rng)
    style = random_page_style(rng, language, endnotes=renderer in _NOTES_AT_END)
    if renderer == "chromium" and rng.random() < _BROWSER_HEADS:
        style = replace(style, head="browser", foot="")
    return replace(style, first_page=1) if renderer in _ALWAYS_FROM_1 or style.foot == "pageof" else style


# ------------------------------------------------------------------------------------------------- rendering


def _rendered(jobs: Sequence[Job]) -> Iterator[Case]:
    for job in jobs:
        if isinstance(job.style, PlainStyle):
            text = render_plain(job.excerpt, job.style, job.name)
        elif isinstance(job.style, GroffStyle):
            text = render_groff(job.excerpt, job.style)
        else:
            continue
        yield Case(job.name, text.source, text.truth, _facts(job, job.renderer, text.furniture))
    for name, renderer in PAGE_RENDERERS.items():
        mine = [job for job in jobs if job.renderer == name]
        batch = BATCH if name == "libreoffice" else 1
        for start in range(0, len(mine), batch):
            with tempfile.TemporaryDirectory() as folder:
                yield from _extracted(mine[start : start + batch], renderer, Path(folder))


def _extracted(jobs: Sequence[Job], renderer: PageRenderer, folder: Path) -> Iterator[Case]:
    """Render a batch of documents and extract each with its extractors."""
    documents = [_document(job) for job in jobs]
    targets = [folder / f"{i}.pdf" for i in range(len(jobs))]
    try:
        renderer.render(documents, targets)
    except (subprocess.SubprocessError, RuntimeError, OSError) as error:
        print(f"failed {renderer.name}: {jobs[0].name}...: {str(error)[:300]}", flush=True)
    for job, document, target in zip(jobs, documents, targets, strict=True):
        if not target.exists():
            print(f"failed {job.name}: no PDF", flush=True)
            continue
        for extractor in job.extractors:
            pages = EXTRACTORS[extractor](target)
            facts = _facts(job, extractor, furniture(pages, document))
            source = "".join(pages)
            if generator(job.name, extractor).random() < _OLD_PDFIUM:
                source = source.replace("\ufffe", "\x02")
            yield Case(f"{job.name}-{extractor}", source, document.blocks, facts, target)


def _document(job: Job) -> Document:
    style = job.style
    if not isinstance(style, PageStyle):
        raise TypeError(job.name)
    excerpt = job.excerpt
    blocks = as_printed(excerpt.blocks, style.form, excerpt.language)
    return Document(excerpt.title, excerpt.author, excerpt.language, blocks, style)


# ------------------------------------------------------------------------------------------------- writing


def _facts(job: Job, extractor: str, lines: Sequence[str]) -> dict[str, Any]:
    excerpt = job.excerpt
    return {
        "work": excerpt.work, "title": excerpt.title, "author": excerpt.author, "language": excerpt.language,
        "renderer": job.renderer, "extractor": extractor, "preset": job.style.preset,
        "kind": "pdf" if job.extractors else "fixed", "para_style": job.style.paragraphs, "style": asdict(job.style),
        "synthetic": list(excerpt.synthetic), "ignore_chars": "", "input": "txt", "furniture": list(lines), "line_end_hyphens": [],
    }  # fmt: skip


def _write(case: Case, out_dir: Path, share: float, *, keep_pdf: bool) -> None:
    folder = out_dir / case.name
    folder.mkdir(parents=True, exist_ok=True)
    facts = case.facts | {"source_truth_coverage": round(share, 5)}
    (folder / "source.txt").write_bytes(case.source.encode("utf-8", "replace"))
    (folder / "truth.json").write_text(json.dumps(list(case.truth), ensure_ascii=False, indent=1), "utf-8")
    (folder / "case.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    if case.pdf and keep_pdf:
        (folder / "source.pdf").write_bytes(case.pdf.read_bytes())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--cases", type=int, default=600, help="how many to plan; those dropped are not made up for")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--pdf", action="store_true", help="keep the PDFs beside the sources")
    parser.add_argument("--only", default="", help="renderers to use, comma-separated; the plan stays the same")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many documents of the plan")
    return parser


if __name__ == "__main__":
    main()
