"""How often are decisions right of which docpack is so and so sure? The table of docs/explanation/calibration.md.

usage: calibration.py BENCHMARK OUT [--folds N] [--temperature T] [--markdown FILE]

The models are those that `leave_out.py` has left in OUT, with the same number of folds: each has not seen some works, and
every decision that it makes on their cases is held against the truth: for each line whether it goes on or what begins with it, each line taken out as furniture, each hyphen at a line end. What
is printed is the expected calibration error: the mean distance, over ten bins of confidence, of how sure docpack was
from how often it was right, weighted by the number of decisions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from labels import Case, Label, load_case, load_scorer
from leave_out import folds_of, model_path, use, works_of
from train import TEMPERATURE

import docpack
from docpack.ledger import Edit, Rule
from docpack.reflow.sequence import Model, parse_model

BINS = 10
_DECISIONS = {
    "paragraph": "paragraph",
    "heading": "heading",
    "blockquote": "quote",
    "verse": "verse",
    "list_item": "list-item",
    "code": "code",
    "table": "code",
    "term": "term",
    "scene_break": "scene-break",
    "footnote": "note",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision: its kind, how sure docpack was, and whether it was right."""

    kind: str
    confidence: float
    right: bool


def judged(case: Case) -> list[Judged]:
    """Return the decisions on a case, each held against the truth."""
    document = docpack.read(case.source.to_bytes(), format="text")
    assert document.source
    by_ink = {line.ink: label for line, label in zip(case.lines, case.labels, strict=True)}
    truth = _squeezed(case)
    made: list[Judged] = []
    for edit in document.source.edits:
        if edit.rule in (Rule.HYPHEN_SOFT, Rule.HYPHEN_HARD):
            right = _hyphen_is_right(edit, case.source.text, truth)
            if right is not None:
                made.append(Judged("hyphens", edit.confidence, right))
        elif edit.decision == "drop":
            label = by_ink.get(edit.start)
            if label:
                made.append(Judged("furniture", edit.confidence, label[0] == "furniture"))
        elif edit.decision:
            label = by_ink.get(edit.stop)
            if label and label[0] != "furniture":
                made.append(Judged("blocks", edit.confidence, edit.decision == _true_decision(label)))
    return made


def _true_decision(label: Label) -> str:
    return "join" if label[1] == "inside" else _DECISIONS[label[0]]


_WORD = re.compile(r"[^\W\d_]+")


def _squeezed(case: Case) -> str:
    return " ".join(case.truth.split()).replace("\u2010", "-").casefold()


def _hyphen_is_right(edit: Edit, text: str, truth: str) -> bool | None:
    """Tell whether the truth has the word as it was decided; None where it has both forms, or neither."""
    left = re.search(r"[^\W\d_]+$", text[max(0, edit.start - 40) : edit.start].rstrip("-\u2010\u00ad"))
    right = _WORD.match(text[edit.stop : edit.stop + 40])
    if not left or not right:
        return None
    joined = f"{left[0]}{right[0]}".casefold() in truth
    kept = f"{left[0]}-{right[0]}".casefold() in truth
    return None if joined == kept else joined == (edit.rule is Rule.HYPHEN_SOFT)


def judged_without(held: list[str], benchmark: Path, model: Model) -> list[Judged]:
    """Return the decisions on the cases of some works, by a model that has not seen them."""
    use(model)
    scorer = load_scorer(benchmark)
    made: list[Judged] = []
    for folder in sorted((benchmark / "dev").iterdir()):
        meta = json.loads((folder / "case.json").read_text("utf-8"))
        if meta["work"] in held and (folder / "source.txt").exists():
            made += judged(load_case(folder, scorer))
    return made


def calibration_error(decisions: list[Judged]) -> float:
    """Return the expected calibration error of decisions, 0..1."""
    return sum(abs(sure - right) * number for _, number, sure, right in _bins(decisions)) / max(1, len(decisions))


def _bins(decisions: list[Judged]) -> list[tuple[int, int, float, float]]:
    """Return for each bin that is not empty: its number, its decisions, how sure they are, how often they are right."""
    bins: defaultdict[int, list[Judged]] = defaultdict(list)
    for each in decisions:
        bins[min(BINS - 1, int(each.confidence * BINS))].append(each)
    return [
        (
            number,
            len(found),
            sum(each.confidence for each in found) / len(found),
            sum(each.right for each in found) / len(found),
        )
        for number, found in sorted(bins.items())
    ]


def table(decisions: list[Judged]) -> str:
    """Return the bins as a table in Markdown."""
    rows = ["| confidence | decisions | mean confidence | right |", "|---|---|---|---|"]
    for number, count, sure, right in _bins(decisions):
        rows.append(f"| {number / BINS:.1f} to {(number + 1) / BINS:.1f} | {count} | {sure:.3f} | {right:.3f} |")
    return "\n".join(rows)


def report(decisions: list[Judged]) -> str:
    """Return the tables of all kinds of decisions, in Markdown."""
    parts = [f"Expected calibration error over all {len(decisions)} decisions: {calibration_error(decisions):.3f}.", ""]
    parts += [table(decisions), ""]
    for kind in sorted({each.kind for each in decisions}):
        found = [each for each in decisions if each.kind == kind]
        parts += [f"{kind}: {len(found)} decisions, expected calibration error {calibration_error(found):.3f}.", ""]
        parts += [table(found), ""]
    return "\n".join(parts)


def main() -> int:
    """Run all folds and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--temperature", type=float, default=TEMPERATURE)
    parser.add_argument("--markdown", type=Path, help="the file to write the tables to, between its two markers")
    asked = parser.parse_args()
    decisions: list[Judged] = []
    for held in folds_of(works_of(asked.benchmark), asked.folds):
        model = parse_model(model_path(asked.out, held).read_text("utf-8"))
        decisions += judged_without(held, asked.benchmark, model._replace(temperature=asked.temperature))
    text = report(decisions)
    print(text)
    if asked.markdown:
        page = asked.markdown.read_text("utf-8")
        begin, end = "<!-- calibration -->\n", "<!-- /calibration -->"
        before, rest = page.split(begin)
        asked.markdown.write_text(before + begin + text + rest[rest.index(end) :], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
