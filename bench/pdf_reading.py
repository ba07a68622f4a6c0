"""Score what docpack reads from PDF files against what was printed.

    python bench/pdf_reading.py FOLDER [--engine NAME] [--only NAME,...] [--json FILE]
    python bench/pdf_reading.py FOLDER --show NAME [--most N]
    python bench/pdf_reading.py FOLDER --through EXTRACTOR
    python bench/pdf_reading.py FOLDER --compare [--only NAME,...]

FOLDER is one of cases with source.pdf, truth.json and case.json: what `pdf_renderings` writes, or the benchmark's own
open cases. Each PDF is read with `docpack.read`, its format sniffed; --engine is the reader's option of that name.
--through reads what one of the extractors of `render_extractors` makes of it as plain text instead: what a reader of
PDFs has to surpass. --compare reads each PDF, also those of a folder without truths, with both engines, and prints where
their text and their blocks first differ. Scores are those of the benchmark (DOCPACK_SHARED, default ../shared), where its README says what
each means; `furn` is the share of running heads and folios still in the text, `cpu_s` what one PDF took.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reflow_bench import predictor, scorer
from render_extractors import EXTRACTORS

import docpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from render_truth import Block

COLUMNS = ("M_bF1", "structF1", "M_exact", "type_acc", "cer", "furn", "hyph", "verse_lines", "lost_per_10k")
_SHOWN = 90  # characters of a block

scores = scorer()
predictions = predictor()


@dataclass(frozen=True, slots=True)
class Case:
    """A PDF with its truth."""

    name: str
    pdf: Path
    truth: list[Block]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a PDF, how it scored, and the CPU time that it took."""

    case: Case
    blocks: list[Block]
    score: dict[str, Any]
    cpu_s: float


def main() -> int:
    """Print the table, or the differences of one case; return 1 when a PDF could not be read."""
    arguments = _parser().parse_args()
    only = {name for name in (arguments.show or arguments.only).split(",") if name}
    if arguments.compare:
        return _compare(arguments.folder, only)
    cases = [case for case in _cases(arguments.folder) if not only or case.name in only]
    if not cases:
        raise SystemExit(f"no case with a source.pdf in {arguments.folder}" + (" of that name" if only else ""))
    read = _reader(arguments.engine, arguments.through)
    readings = [reading for case in cases if (reading := _reading(case, read))]
    if arguments.show:
        for reading in readings:
            _show(reading, arguments.most)
    elif readings:
        _table(readings)
    if arguments.json:
        arguments.json.write_text(json.dumps(_as_data(readings), ensure_ascii=False, indent=1), "utf-8")
    return 1 if len(readings) < len(cases) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default="", help="the reader's back end, e.g. pypdf or pdfium")
    parser.add_argument("--through", choices=sorted(EXTRACTORS), default="", help="read as text what this one extracts")
    parser.add_argument("--only", default="", help="cases to read, comma-separated")
    parser.add_argument("--show", default="", help="show the worst differences of a case")
    parser.add_argument("--compare", action="store_true", help="compare the engines pypdf and pdfium")
    parser.add_argument("--most", type=int, default=15, help="how many differences to show")
    parser.add_argument("--json", type=Path, help="write the figures, and what was read, to a file")
    return parser


# ------------------------------------------------------------------------------------------------- reading


def _cases(folder: Path) -> Iterator[Case]:
    for pdf in sorted(folder.glob("*/source.pdf")):
        facts = json.loads(pdf.with_name("case.json").read_text("utf-8"))
        yield Case(pdf.parent.name, pdf, scores.load(pdf.with_name("truth.json")), facts)


def _reader(engine: str, extractor: str) -> Callable[[Path], Any]:
    """Return what makes a document of a PDF."""
    if extractor:
        return lambda pdf: docpack.read("".join(EXTRACTORS[extractor](pdf)).encode("utf-8", "replace"), format="text")
    return lambda pdf: docpack.read(pdf, options={"engine": engine} if engine else {})


def _reading(case: Case, read: Callable[[Path], Any]) -> Reading | None:
    """Read a PDF and score it; say so where that fails, and go on."""
    began = time.process_time()
    try:
        document = read(case.pdf)
        cpu_s = time.process_time() - began
        blocks = predictions.flatten(json.loads(docpack.write(document, "json")))
    except Exception as error:  # noqa: BLE001 - whatever a reader does wrong, the other PDFs are measured
        print(f"FAILED {case.name}: {type(error).__name__}: {error}", file=sys.stderr)
        if not isinstance(error, docpack.DocpackError):
            traceback.print_exc(limit=-3)
        return None
    return Reading(case, blocks, scores.score_case(case.truth, blocks, case.facts), cpu_s)


# --------------------------------------------------------------------------------------- one engine and the other


def _compare(folder: Path, only: set[str]) -> int:
    """Print whether both engines read the same from each PDF; return 1 where they do not."""
    paths = {pdf.parent.name: pdf for pdf in sorted(folder.glob("*/source.pdf"))}
    paths |= {pdf.stem: pdf for pdf in sorted(folder.glob("*.pdf"))}
    counts: Counter[str] = Counter()
    for name, pdf in paths.items():
        if only and name not in only:
            continue
        try:
            one, two = (docpack.read(pdf, options={"engine": engine}) for engine in ("pypdf", "pdfium"))
        except docpack.DocpackError as error:
            print(f"{name}: not read: {error}")
            continue
        texts = [document.source.source.text.split("\n") if document.source else [] for document in (one, two)]
        blocks = [predictions.flatten(json.loads(docpack.write(document, "json"))) for document in (one, two)]
        same_text, same_blocks = texts[0] == texts[1], blocks[0] == blocks[1] and one == two
        counts["read"] += 1
        counts["text"] += same_text
        counts["blocks"] += same_blocks
        print(f"{name}: text {'equal' if same_text else 'differs'}, blocks {'equal' if same_blocks else 'differ'}")
        for kind, (before, after) in (("line", texts), ("block", blocks)):
            for at, (a, b) in enumerate(zip_longest(before, after)):
                if a != b:
                    print(f"  {kind} {at + 1}\n    pypdf  {str(a)[:_SHOWN]!r}\n    pdfium {str(b)[:_SHOWN]!r}")
                    break
    print(f"{counts['read']} read; text equal {counts['text']}, blocks equal {counts['blocks']}")
    return 0 if counts["read"] == counts["blocks"] else 1


# ------------------------------------------------------------------------------------------------- the table


def _table(readings: Sequence[Reading]) -> None:
    width = max(len(reading.case.name) for reading in readings)
    print(" " * width, *(f"{name[:9]:>9}" for name in (*COLUMNS, "cpu_s")))
    for reading in readings:
        print(f"{reading.case.name:{width}}", _row([reading]))
    for key in ("renderer", "preset", "language"):
        groups = defaultdict(list)
        for reading in readings:
            groups[str(reading.case.facts.get(key))].append(reading)
        print()
        for name, group in sorted(groups.items()):
            print(f"{f'{key} {name} ({len(group)})':{width}}", _row(group))
    print()
    print(f"{f'mean of {len(readings)}':{width}}", _row(readings))


def _row(readings: Sequence[Reading]) -> str:
    figures = _figures(readings)
    return " ".join("        -" if value is None else f"{value:9.3f}" for value in figures.values())


def _figures(readings: Sequence[Reading]) -> dict[str, float | None]:
    """Return the benchmark's figures for some readings: those with M_ are means of cases, the rest count all of them together."""
    totals = scores.aggregate([reading.score for reading in readings])
    cpu_s = sum(reading.cpu_s for reading in readings) / len(readings)
    return {name: totals[name] for name in COLUMNS} | {"cpu_s": cpu_s}


def _as_data(readings: Sequence[Reading]) -> dict[str, Any]:
    return {
        "mean": _figures(readings) if readings else {},
        "cases": {
            reading.case.name: _figures([reading]) | {"types": reading.score["types"], "blocks": reading.blocks}
            for reading in readings
        },
    }


# ------------------------------------------------------------------------------------------------- differences


def _show(reading: Reading, most: int) -> None:
    """Print the blocks that were read least rightly, and the text that is too much."""
    print(reading.case.name, _row([reading]))
    print(f"types: {json.dumps(reading.score['types'])}")
    ignored = reading.case.facts.get("ignore_chars", "")
    truth = _body(reading.case.truth)
    read = _body(reading.blocks)
    wanted, got = scores.Stream(truth, ignored, refs=True), scores.Stream(read, ignored)
    found = scores.align(wanted.s, got.s)
    differences = sorted(_differences(truth, read, wanted, got, found), key=lambda one: -one[0])
    print(f"\n{len(differences)} of {len(truth)} blocks differ; the worst:")
    for _, lines in differences[:most]:
        print("\n".join(lines))
    print("\nread, but not in the truth:")
    for text in sorted(_additions(got, found), key=len, reverse=True)[:most]:
        print(f"  {len(text):5}  {_short(text)}")
    print("\nnotes:")
    for kind, blocks in (("printed", reading.case.truth), ("read", reading.blocks)):
        for block in [block for block in blocks if block["type"] == "footnote"][:most]:
            print(f"  {kind:8} {block.get('label', ''):>4}  {_short(block['text'])}")


def _body(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block["type"] not in {"footnote", "scene_break"}]


def _differences(
    truth: Sequence[Block], read: Sequence[Block], wanted: Any, got: Any, found: Sequence[int]
) -> Iterator[tuple[int, list[str]]]:
    """Yield, for each block of the truth that was not read as it is, how bad that is and lines that show it."""
    there: dict[int, Counter[int]] = defaultdict(Counter)
    missing: Counter[int] = Counter()
    for i, at in enumerate(found):
        if at >= 0:
            there[wanted.blk[i]][got.blk[at]] += 1
        elif i not in wanted.free:
            missing[wanted.blk[i]] += 1
    sharing = Counter(block for blocks in there.values() for block in blocks)
    for number, block in enumerate(truth):
        pieces = sorted(there[number])
        same = len(pieces) == 1 and sharing[pieces[0]] == 1 and read[pieces[0]]["type"] == block["type"]
        if same and got.texts[pieces[0]] in {wanted.texts[number], wanted.alt[number]}:
            continue
        badness = missing[number] + 20 * abs(len(pieces) - 1) + 10 * (not same)
        yield badness, [
            f"- {block['type']:10} {_short(wanted.texts[number])}" + f"  ({missing[number]} missing)" * bool(missing[number]),
            *(
                f"+ {read[piece]['type']:10} {_short(got.texts[piece])}" + "  (with other blocks)" * (sharing[piece] > 1)
                for piece in pieces[:4]
            ),
        ]  # fmt: skip


def _additions(got: Any, found: Sequence[int]) -> Iterator[str]:
    """Yield the runs of read characters that the truth has not, with white space where it was read."""
    taken = set(found)
    run = ""
    for at, character in enumerate(got.s):
        if at in taken:
            if run:
                yield run.strip()
            run = ""
        else:
            run += character + (" " if got.gap[at] else "")
    if run:
        yield run.strip()


def _short(text: str) -> str:
    text = " ".join(text.split())
    half = _SHOWN // 2
    return text if len(text) <= _SHOWN else f"{text[:half]} ... {text[-half:]}"


if __name__ == "__main__":
    sys.exit(main())
