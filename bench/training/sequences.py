"""Benchmark cases as training sequences: the features of the lines in doubt, and the states that they truly are in."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from labels import Case, Label

from docpack.reflow.evidence import BEGINS, Doubt, Features, evidence
from docpack.reflow.lines import Line, read_lines
from docpack.reflow.measures import Measures, measure_document
from docpack.reflow.pages import mark_turns
from docpack.reflow.roles import permitted_by
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
# Where a third of a case's lines are of quotations, nothing on the page tells them from text: they are learnt as text.
WHOLE_QUOTE = 0.33
NARROW = 0.94  # of the measure; a quotation that is neither set in nor narrower than this is learnt as text, too


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
    measures = measure_document(lines)
    kinds = Counter(label[0] for label in case.labels if label)
    quoted = kinds["blockquote"] > WHOLE_QUOTE * sum(kinds.values())
    unseen = _unseen_quotes(lines, label_of, measures)
    features = evidence(lines, measures)
    kept: list[Features] = []
    states: list[int] = []
    doubtful: list[Line] = []
    wrong = 0
    for line, each in zip(lines, features, strict=True):
        label = label_of[id(line)]
        if each is None:
            wrong += label is not None and label[1] != "inside"
            continue
        kept.append(each.features)
        state = _visible(_state(label, quoted=quoted or line.number in unseen), each, states)
        states.append(0 if each is BEGINS else state)
        doubtful.append(line)
    return Sequence(case.name, case.work, kept, states, doubtful, wrong)


def _visible(state: int, doubt: Doubt, before: list[int]) -> int:
    """Return the state that a reader of the page can see: an item without a marker is a paragraph."""
    if state < 0 or state in permitted_by(doubt) or STATES[state].role in (Role.TERM, Role.SCENE_BREAK):
        if state >= 0 and STATES[state] == State(Role.ITEM, "inside") and before and before[-1] in _OF_PARAGRAPH:
            return _NUMBER[State(Role.PARAGRAPH, "inside")]
        return state
    return _NUMBER[State(Role.PARAGRAPH, "begin")] if STATES[state].role is Role.ITEM else -1


_OF_PARAGRAPH = frozenset(number for number, state in enumerate(STATES) if state.role is Role.PARAGRAPH)


FRAGMENT_LINES = (5, 40)
FRAGMENTS = 3  # of each case: short texts must be read well, too


def fragments_of(case: Case) -> list[Sequence]:
    """Return sequences of parts of a case, as if they were texts of their own; the same case gives the same parts."""
    draw = random.Random(case.name)  # noqa: S311  # it chooses passages
    starts = [at for at, label in enumerate(case.labels) if label and label[1] == "begin" and label[0] != "furniture"]
    made = []
    for number in range(FRAGMENTS if starts else 0):
        first = draw.choice(starts)
        last = min(len(case.lines) - 1, first + draw.randint(*FRAGMENT_LINES))
        begin = case.lines[first].ink - case.lines[first].indent
        text = case.source.text[max(0, begin) : case.lines[last].stop] + "\n"
        lines = read_lines(text)
        by_place = {line.ink: label for line, label in zip(case.lines, case.labels, strict=True)}
        labels = [by_place.get(line.ink + max(0, begin)) for line in lines]
        part = Case(f"{case.name}/{number}", case.work, case.source, lines, labels, case.meta, case.truth)
        text_lines = sum(label is not None and label[0] not in ("furniture", "footnote") for label in labels)
        if text_lines > FRAGMENT_LINES[0] and text_lines * 10 > len(labels) * 7:
            made.append(sequence_of(part))
    return [each for each in made if each.features]


def _unseen_quotes(lines: list[Line], label_of: dict[int, Label | None], measures: Measures) -> set[int]:
    """Return the numbers of the lines of quotations that nothing on the page tells from text."""
    unseen: set[int] = set()
    run: list[Line] = []
    for line in [*lines, None]:
        label = label_of[id(line)] if line else None
        if line and label and label[0] == "blockquote":
            run.append(line)
            continue
        if run:
            inset = min(each.indent - measures.margin(each) for each in run)
            narrow = len(run) > 2 and max(each.right for each in run) < NARROW * measures.measure
            if inset <= max(1, measures.first_indent) and not narrow:
                unseen.update(each.number for each in run)
        run = []
    return unseen


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
