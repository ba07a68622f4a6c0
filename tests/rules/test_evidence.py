"""Runs the cases of `evidence.test.md`: what single lines of a text have for and against a block's beginning.

Each section has a text in which lines are marked at their ends by ①, ②, ...; and under it, for each marked line, a verdict
with what the line has, and why a person would say so:

    fires ①: reach:0, not marker — "One" would have fitted on the line before
    silent ②: reach:5, goes on — ...
    doubt ③: reach:2 — ...

`kind:value` is a feature that the line has, `not kind` or `not kind:value` is none that it has; `goes on` and `begins`
say that it is sure to go on or to begin a paragraph, `quoted` that it is sure to be of a quotation, `listed` to be a list
item, `title` to be the text's title and `entry` to be the head of one in a dictionary; `is asked about` says that it is
left to the model. The line's verdict is about all kinds that it names. Every kind of feature needs a line where it
fires, one where it is silent and one where it leaves doubt.
"""

import ast
import json
import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from docpack.reflow import evidence as module
from docpack.reflow.evidence import BEGINS, evidence
from docpack.reflow.lines import read_lines
from docpack.reflow.measures import measure_document
from docpack.reflow.pages import find_furniture, mark_turns
from docpack.reflow.rulings import Role

HERE = Path(__file__).parent
VERDICTS = ("fires", "silent", "doubt")
RULES = {"quoted": Role.QUOTE, "listed": Role.ITEM, "title": Role.HEADING, "entry": Role.TERM}  # by the role they find
SURE = ("goes on", "begins", *RULES)
_SECTION = re.compile(
    r"^## (?P<name>.+?)\n(?P<prose>.*?)```text\n(?P<input>.*?)^```\n+```evidence\n(?P<claims>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r" ?([①-⑳]+)$", re.MULTILINE)
_CLAIM = re.compile(r"(fires|silent|doubt) ([①-⑳]): (.+?) — .+")
_TEXTS = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Case(NamedTuple):
    """A verdict on one marked line."""

    section: str
    text: str
    verdict: str
    mark: str
    claims: tuple[str, ...]

    @property
    def kinds(self) -> set[str]:
        """What it is about: the kinds of its features, or the sure rules."""
        return {claim if claim in SURE else kind_of(claim.removeprefix("not ")) for claim in self.claims} - {
            "is asked about"
        }


def kind_of(feature):
    return feature.partition(":")[0]


def cases():
    text = (HERE / "evidence.test.md").read_text("utf-8")
    sections = list(_SECTION.finditer(text))
    assert len(sections) == text.count("\n## "), "a section lacks its text or its evidence"
    for section in sections:
        for line in section["claims"].splitlines():
            match = _CLAIM.fullmatch(line)
            assert match, f"{section['name']}: what does this say? {line!r}"
            yield Case(section["name"], section["input"], match[1], match[2], tuple(match[3].split(", ")))


CASES = list(cases())


def lines_of(source):
    every_line = read_lines(source)
    return mark_turns(every_line, find_furniture(every_line))


def seen(source):
    """Return the lines of a text, what is made of each, and its features whether or not it is asked about."""
    lines = lines_of(source)
    measures = measure_document(lines)
    found = evidence(lines, measures)
    every = evidence(lines, measures, frozenset(line.number for line in lines))
    return lines, found, [doubt.features for doubt in every]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section.replace(' ', '-')}-{case.verdict}-{case.mark}")
def test_evidence(case, as_source):
    place = len(as_source(_MARK.sub("", case.text[: case.text.index(case.mark)].rstrip(" ·"))))
    lines, found, features = seen(as_source(_MARK.sub("", case.text)))
    at = next(at for at, line in enumerate(lines) if line.stop >= place)
    is_sure = {
        "goes on": found[at] is None,
        "begins": found[at] is BEGINS,
    }
    state = found[at].state if found[at] else None
    is_sure |= {rule: state is not None and state.role is role for rule, role in RULES.items()}

    for claim in case.claims:
        if claim in SURE:
            assert is_sure[claim]
        elif claim == "is asked about":
            assert not any(is_sure.values())
        elif claim.startswith("not ") and claim[4:] in SURE:
            assert not is_sure[claim[4:]]
        elif claim.startswith("not "):
            denied = claim[4:]
            assert denied not in features[at] if ":" in denied else denied not in map(kind_of, features[at])
        else:
            assert claim in features[at]


def written_kinds():
    """Return the kinds of features whose names stand in the source of the engine, as `f"kind:{value}"` or `"kind:value"`."""
    kinds = set()
    for path in Path(module.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"([a-z]+(?:-[a-z]+)*):\S*", node.value)
                kinds |= {match[1]} if match else set()
    return kinds


def made_kinds(as_source):
    """Return the kinds that the engine makes of all texts of these tests."""
    made = set()
    for path in sorted(HERE.glob("*.test.md")):
        for text in _TEXTS.findall(path.read_text("utf-8")):
            for features in seen(as_source(_MARK.sub("", text)))[2]:
                made.update(map(kind_of, features))
    return made


def test_every_kind_of_feature_has_a_case_where_it_fires_is_silent_and_leaves_doubt(as_source):
    weights = json.loads(files("docpack.reflow").joinpath("weights.json").read_text("utf-8"))
    wanted = made_kinds(as_source) | set(map(kind_of, weights["features"])) | written_kinds() | set(SURE)
    covered = defaultdict(set)
    for case in CASES:
        for kind in case.kinds:
            covered[kind].add(case.verdict)

    lacking = {kind: set(VERDICTS) - covered[kind] for kind in sorted(wanted) if len(covered[kind]) < len(VERDICTS)}

    assert not lacking, f"cases are missing in evidence.test.md: {lacking}"


def test_no_case_is_about_a_kind_that_does_not_exist(as_source):
    known = made_kinds(as_source) | set(SURE)

    assert {kind for case in CASES for kind in case.kinds} <= known
