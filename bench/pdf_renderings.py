"""Print truths of known structure as PDF files that look like books and reports, for measuring what is read from them.

    python bench/pdf_renderings.py OUT_DIR [--truths DIR]... [--only NAME,...]
    python bench/pdf_renderings.py --list

OUT_DIR gets a folder for each case, with source.pdf, truth.json and case.json: a folder of cases as the benchmark has
them, for `pdf_reading` and for the benchmark's own programs. Which truth is printed by which engine in which layout
stands in the table below; nothing is drawn at random. The truths are those of the benchmark's open cases that came from
PDF engines (DOCPACK_SHARED, default ../shared), and those of other folders of the same shape, such as
`render_corpus` makes. Of each PDF it is told what of the truth it lacks and what it holds beyond truth and furniture.

Needs typst and weasyprint of PyPI; libreoffice-writer, hyphen-*, chromium, texlive-latex-recommended,
texlive-fonts-recommended, texlive-lang-cyrillic, texlive-lang-german, texlive-lang-spanish, lmodern, groff, ghostscript,
poppler-utils, fonts-ebgaramond, fonts-liberation, fonts-noto-core and fonts-noto-cjk of Debian. What needs an engine
or a truth that is not there is left out, and said.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reflow_bench import dev_cases, scorer
from render_alignment import aligned, squeezed
from render_extractors import EXTRACTORS, furniture
from render_groff import GroffPdfRenderer
from render_html import ChromiumRenderer, WeasyPrintRenderer
from render_latex import LatexRenderer, as_latex_prints
from render_libreoffice import LibreOfficeRenderer
from render_pages import Document, PageStyle
from render_truth import Block, Excerpt, PrintedForm, as_printed, load_excerpts
from render_typst import TypstRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from render_pages import PageRenderer

PDF_ENGINES = {"typst", "weasyprint", "libreoffice", "chromium", "groff"}  # of the cases whose truths are printed

_RENDERERS: dict[str, PageRenderer] = {
    renderer.name: renderer
    for renderer in (
        TypstRenderer(), WeasyPrintRenderer(), LibreOfficeRenderer(), ChromiumRenderer(), LatexRenderer(), GroffPdfRenderer(),
    )
}  # fmt: skip
# What each renderer needs: modules of Python, and programs.
_NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "typst": (("typst",), ()), "weasyprint": (("weasyprint",), ()), "libreoffice": ((), ("soffice",)),
    "chromium": ((), ("chromium",)), "latex": ((), ("pdflatex",)), "groff-pdf": ((), ("groff", "ps2pdf")),
}  # fmt: skip
_RAW = "pdftotext-raw"  # text in the order in which it was drawn: an independent witness of what was printed
_HYPHENS = "-\u2010\u00ad\ufffe\x02"
_MOSTLY_QUOTED = 0.75  # share of quotations from which on nothing sets them apart

# ------------------------------------------------------------------------------------------------- layouts

_FORM = PrintedForm(bullet="•")
_ENDNOTES = PrintedForm(bullet="•", collected_notes=True)

BOOK = PageStyle(
    "book", 148, 210, 18, 21, 10.5, 1.25, "Libertinus Serif", indent_em=1.5, head="alternate", foot="folio",
    foot_align="outer", heading_size=1.5, heading_step=0.8, chapter_pages=True, binding_mm=5, form=_FORM,
)  # fmt: skip
POCKET = PageStyle(
    "pocket", 110, 178, 13, 17, 9, 1.2, "EB Garamond", indent_em=1.2, head="title", foot="folio", heading_size=1.4,
    heading_step=0.85, heading_bold=False, quote="small_both", form=_FORM,
)  # fmt: skip
OCTAVO = PageStyle(
    "octavo", 140, 216, 20, 22, 11, 1.3, "Liberation Serif", justify=False, hyphenate=False, indent_em=1.8,
    first_flush=False, head="", foot="dash", heading_size=1.3, heading_align="left", quote="left", form=_FORM,
)  # fmt: skip
REPORT = PageStyle(
    "report", 210, 297, 28, 25, 11, 1.4, "Liberation Sans", paragraphs="blank", justify=False, hyphenate=False,
    head="chapter_folio", foot="", heading_align="left", heading_size=1.9, heading_step=0.78, list_gap=True,
    quote="left", form=_FORM,
)  # fmt: skip
JOURNAL = PageStyle(
    "journal", 210, 280, 19, 24, 9.5, 1.2, "Liberation Serif", columns=2, indent_em=1, head="alternate_folio", foot="",
    heading_align="left", heading_size=1.35, heading_step=0.85, quote="small_both", verse="small", form=_FORM,
)  # fmt: skip
BOTH = replace(OCTAVO, preset="both", paragraphs="both", gap_em=0.5, indent_em=1.2, justify=True, hyphenate=True,
               head="upper", foot="pageof", foot_align="right", quote="both")  # fmt: skip
PLAIN = replace(
    OCTAVO, preset="plain", width_mm=210, height_mm=297, margin_x_mm=30, head="", foot="", paragraphs="blank"
)
CHINESE = replace(REPORT, preset="report-cjk", font="Noto Serif CJK SC", justify=True, paragraphs="indent", indent_em=2,
                  first_flush=False, head="title_folio")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendering:
    """One truth, by its work and number, printed by an engine in a layout."""

    truth: str
    engine: str
    style: PageStyle

    @property
    def name(self) -> str:
        """Return what the case is called."""
        return f"{self.truth}-{self.engine}-{self.style.preset}"


def _in(style: PageStyle, font: str, **changes: Any) -> PageStyle:
    return replace(style, font=font, **changes)


RENDERINGS = (
    Rendering("keynes-0", "typst", BOOK),
    Rendering("darwin-0", "typst", _in(JOURNAL, "Libertinus Serif")),
    Rendering("walden-0", "typst", OCTAVO),
    Rendering("whitman-0", "typst", replace(BOOK, head="chapter", verse="small", chapter_pages=False, first_page=37)),
    Rendering("wodehouse-1", "typst", replace(POCKET, foot="page", scene="⁂")),
    Rendering("entrenous-0", "typst", REPORT),
    Rendering("verwandlung-1", "typst", replace(POCKET, head="author", foot="roman", first_page=3)),
    Rendering("alice-1", "typst", replace(BOOK, head="alternate_folio", foot="", verse="center")),
    Rendering("keynes-2", "typst", replace(JOURNAL, form=PrintedForm(bullet="•", marker_format="[{}]"))),
    Rendering("faqru-1", "typst", _in(REPORT, "DejaVu Sans", size_pt=10, head="title_folio")),
    Rendering("bierce-0", "weasyprint", _in(JOURNAL, "EB Garamond", size_pt=10, definition_em=1.5)),
    Rendering("buddenbrooks-1", "weasyprint", _in(BOOK, "EB Garamond", head="chapter", chapter_pages=False)),
    Rendering("keynes-1", "weasyprint", replace(REPORT, justify=True, hyphenate=True, foot="bar", head="")),
    Rendering("faqzh-0", "weasyprint", CHINESE),
    Rendering("dracula-1", "weasyprint", replace(POCKET, scene="")),
    Rendering("rustbook-2", "weasyprint", _in(REPORT, "Liberation Serif", justify=True, hyphenate=True)),
    Rendering("pygmalion-1", "weasyprint", BOTH),
    Rendering("sherlock-2", "weasyprint", replace(JOURNAL, paragraphs="neither", head="title", foot="folio")),
    Rendering("entrenous-1", "weasyprint", _in(OCTAVO, "EB Garamond")),
    Rendering("frankenstein-0", "weasyprint", _in(PLAIN, "Liberation Serif")),
    Rendering("faqru-2", "weasyprint", _in(BOOK, "Noto Serif", head="title", size_pt=9.5)),
    Rendering("alice-0", "libreoffice", replace(POCKET, head="alternate", verse="indent")),
    Rendering("keynes-3", "libreoffice", replace(OCTAVO, note_gap=True)),
    Rendering("niebla-1", "libreoffice", _in(BOOK, "EB Garamond", head="alternate_folio", foot="")),
    Rendering("dracula-2", "libreoffice", replace(JOURNAL, head="title_folio", scene="* * *")),
    Rendering("whitman-1", "libreoffice", _in(OCTAVO, "EB Garamond", head="title")),
    Rendering("sherlock-1", "libreoffice", PLAIN),
    Rendering("faqru-0", "libreoffice", _in(REPORT, "Noto Serif", head="title_folio", size_pt=10.5)),
    Rendering("frankenstein-1", "chromium", REPORT),
    Rendering("walden-1", "chromium", _in(BOOK, "Liberation Serif", head="alternate_folio", foot="")),
    Rendering("rustbook-0", "chromium", replace(REPORT, head="browser")),
    Rendering("sherlock-3", "chromium", replace(BOTH, head="browser", foot="")),
    Rendering("wodehouse-0", "chromium", replace(BOTH, foot="folio")),
    Rendering("keynes-2", "chromium", _in(BOOK, "Liberation Serif", form=_ENDNOTES, chapter_pages=False)),
    Rendering("faqzh-0", "chromium", replace(CHINESE, preset="twocol-cjk", columns=2, size_pt=10)),
    Rendering("darwin-1", "latex", _in(JOURNAL, "Times", size_pt=10)),
    Rendering("keynes-0", "latex", _in(BOOK, "Latin Modern", head="alternate_folio", foot="")),
    Rendering("keynes-3", "latex", _in(JOURNAL, "Latin Modern", head="title_folio")),
    Rendering("sherlock-0", "latex", _in(POCKET, "Palatino", head="alternate_folio", foot="", foot_align="outer")),
    Rendering("buddenbrooks-2", "latex", _in(BOOK, "Latin Modern")),
    Rendering("niebla-1", "latex", _in(OCTAVO, "Charter", head="title")),
    Rendering("whitman-0", "latex", _in(BOOK, "Palatino", head="alternate", chapter_pages=False)),
    Rendering("rustbook-2", "latex", _in(REPORT, "Helvetica", size_pt=10.5, head="title_folio")),
    Rendering("bierce-0", "latex", _in(BOOK, "Bookman", size_pt=9.5, head="title_folio", foot="", definition_em=1.5)),
    Rendering(
        "faqru-1", "latex", _in(BOOK, "Computer Modern", head="alternate_folio", foot="", form=PrintedForm(bullet="—"))
    ),
    Rendering("walden-2", "latex", _in(JOURNAL, "Palatino", head="alternate_folio", foot="")),
    Rendering("pygmalion-0", "groff-pdf", _in(BOOK, "Times", head="title")),
    Rendering("buddenbrooks-1", "groff-pdf", _in(POCKET, "Times", size_pt=10, head="", foot="dash")),
)


# ------------------------------------------------------------------------------------------------- the program


def main() -> int:
    """Print the cases; return 1 when one of them could not be printed."""
    arguments = _parser().parse_args()
    only = {name for name in arguments.only.split(",") if name}
    chosen = [one for one in RENDERINGS if not only or one.name in only]
    if arguments.list or not arguments.out_dir:
        for one in chosen:
            print(f"{one.name:42} {_described(one.style)}")
        return 0
    if unknown := only - {one.name for one in RENDERINGS}:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; --list shows them")
    truths = _truths(arguments.truths)
    failed = 0
    print(f"{'case':42} pages  missing  beyond the truth")
    for engine in _RENDERERS:
        mine = [one for one in chosen if one.engine == engine]
        if mine and (lack := _lacking(engine)):
            print(f"left out {len(mine)} of {engine}: {lack} is not installed")
            continue
        for one in [one for one in mine if one.truth not in truths]:
            print(f"left out {one.name}: no truth of that name; --truths names a folder of more")
        failed += _print([one for one in mine if one.truth in truths], truths, arguments.out_dir)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out_dir", type=Path, nargs="?")
    parser.add_argument("--truths", type=Path, action="append", default=[], help="a folder of more truths")
    parser.add_argument("--list", action="store_true", help="show the cases")
    parser.add_argument("--only", default="", help="cases to print, comma-separated")
    return parser


def _described(style: PageStyle) -> str:
    width = "two columns" if style.columns == 2 else "one column"
    lines = "justified" if style.justify else "ragged"
    return (
        f"{style.width_mm:g} x {style.height_mm:g} mm, {width}, {lines}, {style.paragraphs}, {style.size_pt:g} pt "
        f"{style.font}, head {style.head or 'none'}, foot {style.foot or 'none'}"
    )


def _lacking(engine: str) -> str:
    """Return what an engine needs that is not installed."""
    modules, programs = _NEEDS[engine]
    absent = [name for name in modules if not importlib.util.find_spec(name)]
    return ", ".join(absent + [name for name in programs if not shutil.which(name)])


def _truths(folders: Sequence[Path]) -> dict[str, Excerpt]:
    excerpts = [one for folder in (dev_cases(), *folders) for one in load_excerpts(folder, PDF_ENGINES)]
    return {one.name: _plainly(one) for one in excerpts}


def _plainly(excerpt: Excerpt) -> Excerpt:
    """Return an excerpt whose text is one quotation as paragraphs: a page that is all inset has another margin, no more."""
    kinds = Counter(block["type"] for block in excerpt.blocks)
    if kinds["blockquote"] < _MOSTLY_QUOTED * sum(kinds.values()):
        return excerpt
    blocks = tuple(
        block | {"type": "paragraph"} if block["type"] == "blockquote" else block for block in excerpt.blocks
    )
    return replace(excerpt, blocks=blocks)


def _print(cases: Sequence[Rendering], truths: dict[str, Excerpt], out_dir: Path) -> int:
    """Print the cases of one engine and write them; return how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        documents = [_document(one, truths[one.truth]) for one in cases]
        targets = [Path(folder) / f"{one.name}.pdf" for one in cases]
        # LibreOffice takes longer to start than to work: it is given all of them at once.
        size = max(1, len(cases)) if cases and cases[0].engine == "libreoffice" else 1
        for start in range(0, len(cases), size):
            part = slice(start, start + size)
            complaint = _rendered(cases[start].engine, documents[part], targets[part])
            for one, document, target in zip(cases[part], documents[part], targets[part], strict=True):
                if target.exists():
                    _write(one, truths[one.truth], document, target, out_dir / one.name)
                else:
                    failed += 1
                    print(f"FAILED {one.name}: {complaint or 'no PDF was made'}")
    return failed


def _rendered(engine: str, documents: Sequence[Document], targets: Sequence[Path]) -> str:
    """Have an engine print documents; return its complaint."""
    try:
        _RENDERERS[engine].render(documents, targets)
    except (subprocess.SubprocessError, RuntimeError, OSError) as error:
        return str(error)[:400]
    return ""


def _document(case: Rendering, excerpt: Excerpt) -> Document:
    blocks = as_printed(excerpt.blocks, case.style.form, excerpt.language)
    if case.engine == "latex":
        blocks = as_latex_prints(blocks)
    return Document(excerpt.title, excerpt.author, excerpt.language, blocks, case.style)


# ------------------------------------------------------------------------------------------------- writing and checking


def _write(case: Rendering, excerpt: Excerpt, document: Document, pdf: Path, folder: Path) -> None:
    pages = EXTRACTORS[_RAW](pdf)
    heads = furniture(pages, document)
    stream = _stream(document.blocks)
    source = squeezed("".join(pages))
    found = aligned(stream, source)
    hyphens = list(_line_end_hyphens(pages, source, found))
    missing, beyond = _difference(document, stream, source, found, heads)
    broken = sum(line.rstrip()[-1:] in _HYPHENS for line in _lines(pages) if line.strip())
    beyond = beyond.replace("-", "", broken)
    print(f"{case.name:42} {len(pages):5}  {missing[:30]!r:8} {beyond[:60]!r}", flush=True)
    facts = {
        "work": excerpt.work, "title": excerpt.title, "author": excerpt.author, "language": excerpt.language,
        "renderer": case.engine, "extractor": "none", "preset": case.style.preset, "kind": "pdf-input", "input": "pdf",
        "para_style": case.style.paragraphs, "style": asdict(case.style), "pages": len(pages), "ignore_chars": "",
        "furniture": heads, "line_end_hyphens": hyphens,
        "missing_in_source": missing, "beyond_truth": beyond,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.pdf").write_bytes(pdf.read_bytes())
    (folder / "truth.json").write_text(json.dumps(list(document.blocks), ensure_ascii=False, indent=1), "utf-8")
    (folder / "case.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def _stream(blocks: Sequence[Block]) -> str:
    """Return the characters of the body by which the scorer counts."""
    body = [block for block in blocks if block["type"] not in {"footnote", "scene_break"}]
    text: str = scorer().Stream(body, refs=True).s
    return text


def _difference(
    document: Document, stream: str, source: str, found: Sequence[int], heads: Sequence[str]
) -> tuple[str, str]:
    """Return the characters of the truth that were not printed, and those printed that are neither truth nor furniture."""
    blocks, style = document.blocks, document.style
    missing = "".join(character for character, at in zip(stream, found, strict=True) if at < 0)
    taken = set(found)
    rest = "".join(character for i, character in enumerate(source) if i not in taken)
    # These stand elsewhere than in the stream: notes, markers of items, what is printed at a scene break.
    labelled = [
        style.form.marker_format.format(block["label"]) + block["text"]
        for block in blocks
        if block["type"] == "footnote"
    ]
    notes = "".join(map(squeezed, labelled))
    in_rest = aligned(notes, rest)
    missing += "".join(character for character, at in zip(notes, in_rest, strict=True) if at < 0)
    taken = set(in_rest)
    beyond = Counter(character for i, character in enumerate(rest) if i not in taken)
    known = [*heads, *(block.get("marker", "") for block in blocks)]
    known += [style.scene for block in blocks if block["type"] == "scene_break" and style.scene != "rule"]
    beyond -= Counter("".join(map(squeezed, known)))
    return missing, "".join(sorted(beyond.elements()))


def _lines(pages: Sequence[str]) -> list[str]:
    return "".join(pages).replace("\f", "\n").split("\n")


def _line_end_hyphens(pages: Sequence[str], source: str, found: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield each hyphen at a line's end: after which character of the stream, and whether the truth has it too."""
    truth_at = {there: here for here, there in enumerate(found) if there >= 0}
    end = 0
    for line in _lines(pages):
        end += len(squeezed(line))
        before = truth_at.get(end - 2)
        # Notes, a folio and a running head may stand between the two halves.
        after = next((truth_at[at] for at in range(end, len(source)) if at in truth_at), None)
        if line.rstrip()[-1:] in _HYPHENS and line.strip() and before is not None and after is not None:
            kept = truth_at.get(end - 1) == before + 1
            if after == before + 1 + kept:
                yield {"after": before, "kept": kept}


if __name__ == "__main__":
    sys.exit(main())
