"""Benchmark cases as training sequences: the features of the lines in doubt, and the states that they truly are in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from labels import Case, Label

from docpack.reflow.evidence import Features, evidence
from docpack.reflow.lines import Line
from docpack.reflow.measures import measure_document
from docpack.reflow.pages import mark_turns
from docpack.reflow.rulings import Role
from docpack.reflow.states import STATES, State

_ROLES = {
    "paragraph": Role.PARAGRAPH,
    "heading": Role.HEADING,
    "blockquote": Role.QUOTE,
    "verse": Role.VERSE,
    "list_item": Role.ITEM,
    "code": Role.CODE,
    "table": Role.CODE,
    "term": Role.TERM,
    "scene_break": Role.SCENE_BREAK,
}
_NUMBER = {state: number for number, state in enumerate(STATES)}
WHOLE_QUOTE = 0.5  # of a case's lines are of a quotation: nothing on the page tells it from text, so it is learnt as text


@dataclass(frozen=True, slots=True)
class Sequence:
    """One case: per line in doubt its features and its state (-1 where it is not known)."""

    name: str
    work: str
    features: list[Features]
    states: list[int]
    lines: list[Line]
    wrong_sures: int  # lines taken for sure that truly begin something


def sequence_of(case: Case) -> Sequence:
    """Return the sequence of a case; furniture and notes are taken out as the truth has them."""
    label_of: dict[int, Label | None] = {}
    for line, label in zip(case.lines, case.labels, strict=True):
        line.furniture = "truth" if label and label[0] in ("furniture", "footnote") else ""
        line.turn = None
        label_of[id(line)] = label
    lines = mark_turns(case.lines, {})
    kinds = Counter(label[0] for label in case.labels if label)
    quoted = kinds["blockquote"] > WHOLE_QUOTE * sum(kinds.values())
    features = evidence(lines, measure_document(lines))
    kept: list[Features] = []
    states: list[int] = []
    doubtful: list[Line] = []
    wrong = 0
    for line, each in zip(lines, features, strict=True):
        label = label_of[id(line)]
        if each is None:
            wrong += label is not None and label[1] != "inside"
            continue
        kept.append(each)
        states.append(_state(label, quoted=quoted))
        doubtful.append(line)
    return Sequence(case.name, case.work, kept, states, doubtful, wrong)


def _state(label: Label | None, *, quoted: bool) -> int:
    if label is None:
        return -1
    role = _ROLES[label[0]]
    if quoted and role is Role.QUOTE:
        role = Role.PARAGRAPH
    place = label[1]
    if role is Role.CODE and place == "inside":
        place = "line"
    if role in (Role.TERM, Role.SCENE_BREAK):
        place = "begin"
    return _NUMBER[State(role, place)]
