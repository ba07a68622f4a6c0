"""What is each line: does a block begin with it, and which? Sure cases, people's rulings, and the model for the rest.

The model decides on all lines in doubt together (`sequence`). What can be said for certain, or was said by a person,
is not asked of it but given to it, so that the lines around profit.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.evidence import BEGINS, evidence
from docpack.reflow.layout import NO_HEADING
from docpack.reflow.reasons import BEGINS_REASON, FLUSH_REASON, RULE_REASONS, SURE_REASON, reason_for
from docpack.reflow.rulings import Paragraphs, Profile, Role, Ruling
from docpack.reflow.sequence import decide, load_model
from docpack.reflow.states import STATES, State, follows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpack.reflow.evidence import Doubt
    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["Placed", "place_lines"]

SURE = 0.999  # of the lines that the model is not asked about 99.97 % go on, in the benchmark
RULE_SURE = 0.95  # of what a rule has found a line to be
CORRECTED_SURE = 0.75  # of what a rule makes of the model's answer
LEAST_CONSIDERED = 0.02  # what is less likely is not worth a mention
MAX_CONSIDERED = 3
_HEADING_GOES_ON = State(Role.HEADING, "inside")


class Placed(NamedTuple):
    """What a line is; how sure that is, 0..1; why; what else it might be; and whether a person said so.

    `decision` names it in the words of an overrides file: "join", or the role that begins.
    """

    line: Line
    state: State
    confidence: float
    reason: str
    decision: str = "join"
    considered: tuple[tuple[str, float], ...] = ()
    ruled: bool = False


def place_lines(
    lines: Sequence[Line], measures: Measures, profile: Profile, rulings: Mapping[int, Ruling]
) -> list[Placed]:
    """Return for each line of the text (furniture and notes apart) what it is."""
    rulings = _with_hyphens(lines, rulings)
    ruled = frozenset(number for number, each in rulings.items() if each.role or each.begins is not None)
    found = evidence(lines, measures, ruled)
    asked = [(line, doubt) for line, doubt in zip(lines, found, strict=True) if doubt is not None]
    never = frozenset(role for role in Role if role not in profile.roles and role is not Role.PARAGRAPH)
    allowed = _follow_up([_allowed(line, doubt, rulings, never) for line, doubt in asked])
    numbers, chances = decide([doubt.features for _, doubt in asked], load_model(), allowed)
    placed: list[Placed] = []
    number = 0
    for at, line in enumerate(lines):
        doubt = found[at]
        if doubt is None:
            placed.append(_sure(line, placed[-1].state))
            continue
        ruling = rulings.get(line.number)
        if ruling and line.number in ruled:
            placed.append(_ruled(line, STATES[numbers[number]], ruling))
        else:
            placed.append(_judged(line, numbers[number], chances[number], doubt))
        number += 1
    placed = _without_fragments(placed, measures, ruled)
    if profile.paragraphs is not Paragraphs.AUTO:
        by_person = frozenset(number for number in ruled if rulings[number].by_person)
        return _by_profile(placed, measures, profile.paragraphs, by_person)
    return placed


def _without_fragments(placed: list[Placed], measures: Measures, ruled: frozenset[int] = frozenset()) -> list[Placed]:
    """Make paragraphs of what cannot stand alone: one line of verse that is not set apart, a heading that nothing follows."""
    made = list(placed)
    last = len(placed) - 1
    while last >= 0 and placed[last].state == _HEADING_GOES_ON:
        last -= 1
    for at, each in enumerate(placed):
        if each.line.number in ruled or each.state.place != "begin":
            continue
        after = placed[at + 1] if at + 1 < len(placed) else None
        if each.state.role is Role.VERSE:
            before = placed[at - 1].state.role if at else None
            alone = before is not Role.VERSE and (after is None or after.state.role is not Role.VERSE)
            if alone and not _is_set_apart(each.line, after, measures):
                made[at] = _as_paragraph(each, "one line makes no verse")
        elif each.state.role is Role.HEADING and at == last:
            made[at:] = [_as_paragraph(later, "nothing follows that it could head") for later in placed[at:]]
    return made


def _is_set_apart(line: Line, after: Placed | None, measures: Measures) -> bool:
    """Tell whether a line has space around it, and is set in deeper than first lines are."""
    inset = line.indent - measures.margin(line) > measures.first_indent + 1
    return inset and bool(line.blanks and after and after.line.blanks)


def _as_paragraph(placed: Placed, reason: str) -> Placed:
    state = State(Role.PARAGRAPH, placed.state.place)
    confidence = min(placed.confidence, CORRECTED_SURE)
    decision = _decision(state)
    considered = placed.considered
    if decision != placed.decision:
        considered = ((placed.decision, round(1 - confidence, 2)),)  # what the model said
    return placed._replace(state=state, confidence=confidence, reason=reason, decision=decision, considered=considered)


def _with_hyphens(lines: Sequence[Line], rulings: Mapping[int, Ruling]) -> Mapping[int, Ruling]:
    """Return the rulings with what those on hyphens say of the lines after them: they go on."""
    made = dict(rulings)
    for before, line in zip(lines, lines[1:], strict=False) if rulings else ():
        ruling = rulings.get(before.number)
        if ruling and ruling.hyphen and line.number not in rulings:
            made[line.number] = Ruling(begins=False, where=ruling.where)
    return made


# ---------------------------------------------------------------------------------- what needs no model

_SIGN = r"(?:[*#~·•⁂❦✻✽☙†§+=＊※◇◆○●☆★]|[-–—_―─]{1,3}+|\bo\b)"
_ORNAMENT = re.compile(rf"{_SIGN}(?:[ \t\u00a0]*{_SIGN}){{0,12}}")
_RULE = re.compile(r"[-_–—=─═]{4,}|[-_–—=](?: [-_–—=]){6,}")
_BREAKS = frozenset(number for number, state in enumerate(STATES) if state.role is Role.SCENE_BREAK)
_NO_BREAKS = frozenset(range(len(STATES))) - _BREAKS
_TERMS = frozenset(number for number, state in enumerate(STATES) if state.role is Role.TERM)
_LONGEST_ORNAMENT = 80


def is_scene_break(line: Line) -> bool:
    """Tell whether a line is nothing but ornaments or a rule; one dash alone is such only where space stands before it."""
    text = line.text
    if len(text) > _LONGEST_ORNAMENT or (text[0].isalnum() and text[0] != "o"):
        return False
    if text in _DASHES and not line.blanks:
        return False  # the dash of a sentence for which no room was left on the line before
    return _ORNAMENT.fullmatch(text) is not None or _RULE.fullmatch(text) is not None


_DASHES = frozenset("-–—―")


def _allowed(line: Line, doubt: Doubt, rulings: Mapping[int, Ruling], never: frozenset[Role]) -> frozenset[int]:
    """Return the states that a line in doubt may be in."""
    ruling = rulings.get(line.number)
    if ruling and (ruling.role or ruling.begins is not None):
        return _states_of(ruling)
    if is_scene_break(line):
        return _BREAKS if Role.SCENE_BREAK not in never else _BEGINS
    if doubt is BEGINS:
        return _BEGINS
    if doubt.state and doubt.state.role not in never:
        return _ONLY[doubt.state]
    permitted = permitted_by(doubt)
    if doubt.begins:
        permitted &= _BEGINNINGS
    if doubt.cut:
        permitted -= _HEADINGS
    if line.level == NO_HEADING:  # set as the text is
        permitted -= _HEADINGS | _HEADINGS_GO_ON
        if not doubt.coded:
            permitted -= _CODE
    if never:
        permitted = frozenset(number for number in permitted if STATES[number].role not in never)
    return permitted


_ONLY = {state: frozenset({number}) for number, state in enumerate(STATES)}
_BEGINS, _ITEM_BEGINS, _CODE_BEGINS, _HEADINGS = (
    _ONLY[State(role, "begin")] for role in (Role.PARAGRAPH, Role.ITEM, Role.CODE, Role.HEADING)
)
_HEADINGS_GO_ON = _ONLY[_HEADING_GOES_ON]
_PLAIN = _NO_BREAKS - _TERMS - _ITEM_BEGINS - _CODE_BEGINS
_BEGINNINGS = frozenset(number for number, state in enumerate(STATES) if state.place == "begin")
_PERMITTED = {
    (marked, coded): _PLAIN | (_ITEM_BEGINS if marked else frozenset()) | (_CODE_BEGINS if coded else frozenset())
    for marked in (False, True)
    for coded in (False, True)
}


def permitted_by(doubt: Doubt) -> frozenset[int]:
    """Return the states that a line's look leaves open: a list item has a marker, program text has its signs."""
    return _PERMITTED[doubt.marked, doubt.coded]


def _states_of(ruling: Ruling) -> frozenset[int]:
    """Return the states that a ruling leaves open; each line that is said to be verse is a line of its own.

    A line that goes on, and no more is said of it, is no line of its own in verse or program text.
    """
    if ruling.is_line:
        return frozenset(n for n, state in enumerate(STATES) if state.role is ruling.role and state.place == "line")
    if ruling.role is Role.NOTE:  # a note without a label that could be lifted out: it stands as a paragraph
        ruling = replace(ruling, role=Role.PARAGRAPH)
    return frozenset(
        number
        for number, state in enumerate(STATES)
        if (ruling.role is None or state.role is ruling.role)
        and (ruling.role is not Role.VERSE or ruling.begins is False or state.place != "inside")
        and (ruling.begins is None or (state.place == "begin") == ruling.begins)
        and (ruling.begins is not False or ruling.role is Role.CODE or state.place != "line")
    )


def _follow_up(allowed: list[frozenset[int]]) -> list[frozenset[int]]:
    """Return the states of each line; of one that cannot go on with the line before, what it is instead.

    Nothing can be joined to a scene break or a term: a paragraph begins. To program text a line is added.
    """
    made: list[frozenset[int]] = []
    for permitted in allowed:
        before = made[-1] if made else None
        if before and not any(follows(STATES[a], STATES[b]) for a in before for b in permitted):
            permitted = _CODE_LINES if before <= _CODE else _BEGINS  # noqa: PLW2901  # there is no other way
        made.append(permitted)
    return made


_CODE = frozenset(number for number, state in enumerate(STATES) if state.role is Role.CODE)
_CODE_LINES = _ONLY[State(Role.CODE, "line")]


def _sure(line: Line, before: State) -> Placed:
    reason = SURE_REASON if line.text[0].islower() else FLUSH_REASON
    return Placed(line, _INSIDE.get(before.role, before), SURE, reason)


_INSIDE = {state.role: state for state in STATES if state.place == "inside"}
_INSIDE[Role.CODE] = State(Role.CODE, "line")
_INSIDE[Role.TERM] = State(Role.PARAGRAPH, "begin")
_INSIDE[Role.SCENE_BREAK] = State(Role.PARAGRAPH, "begin")


def _ruled(line: Line, state: State, ruling: Ruling) -> Placed:
    return Placed(line, state, ruling.confidence, ruling.reason, _decision(state), (), ruling.by_person)


# ------------------------------------------------------------------------------------ what the model says


def _decision(state: State) -> str:
    return "join" if state.place == "inside" else str(state.role)


_DECISIONS = [_decision(state) if state.place != "line" else f"{state.role} line" for state in STATES]
_NAMES = {
    "join": "joined to the line before",
    "verse": "a new stanza",
    "verse line": "a line of verse",
    "code line": "a line of preformatted text",
}
_SAME = [[other for other, name in enumerate(_DECISIONS) if name == own] for own in _DECISIONS]  # by state
_OTHERS = [[other for other, name in enumerate(_DECISIONS) if name != own] for own in _DECISIONS]


def _judged(line: Line, number: int, chances: list[float], doubt: Doubt) -> Placed:
    state = STATES[number]
    if doubt is BEGINS:
        return Placed(line, state, SURE, BEGINS_REASON, _decision(state))
    if doubt.state == state:
        return Placed(line, state, RULE_SURE, RULE_REASONS[state.role], _decision(state))
    confidence = sum([chances[each] for each in _SAME[number]])
    rival = max(_OTHERS[number], key=chances.__getitem__)
    reason = reason_for(doubt.features, number, rival)
    if confidence > SURE:
        return Placed(line, state, SURE, reason, _decision(state))
    considered = _considered(number, chances)
    if considered and considered[0][1] > confidence:
        reason += ", and with the lines around it that is the likeliest reading"
    return Placed(line, state, round(confidence, 3), reason, _decision(state), considered)


def _considered(number: int, chances: list[float]) -> tuple[tuple[str, float], ...]:
    by_decision: dict[str, float] = {}
    for other in _OTHERS[number]:
        name = _DECISIONS[other]
        by_decision[name] = by_decision.get(name, 0.0) + chances[other]
    likely = sorted(
        ((chance, name) for name, chance in by_decision.items() if chance >= LEAST_CONSIDERED), reverse=True
    )
    return tuple((_NAMES.get(name, name), round(chance, 2)) for chance, name in likely[:MAX_CONSIDERED])


# ------------------------------------------------------------------------------------- by the user's profile


def _by_profile(
    placed: list[Placed], measures: Measures, paragraphs: Paragraphs, ruled: frozenset[int]
) -> list[Placed]:
    """Begin paragraphs where the profile says, and nowhere else; other blocks stand as they were found."""
    made: list[Placed] = []
    for each in placed:
        line = each.line
        inside = bool(made) and made[-1].state.role is each.state.role
        if each.state.role is not Role.PARAGRAPH or not inside or line.number in ruled:
            made.append(each)
            continue
        begins, reason = _begins(line, measures, paragraphs)
        state = State(Role.PARAGRAPH, "begin" if begins else "inside")
        made.append(
            Placed(line, state, 1.0, f"{reason}, and paragraphs go by {_BY[paragraphs]} here", _decision(state))
        )
    return made


_BY = {Paragraphs.INDENT: "indentation", Paragraphs.BLANK: "blank lines", Paragraphs.LINE: "lines"}


def _begins(line: Line, measures: Measures, paragraphs: Paragraphs) -> tuple[bool, str]:
    if paragraphs is Paragraphs.LINE:
        return True, "a line of the source begins"
    if paragraphs is Paragraphs.BLANK:
        begins = line.blanks > 0 and line.turn is None
        return begins, "a blank line stands before it" if begins else "no blank line stands before it"
    begins = line.indent > measures.margin(line)
    return begins, "the line is indented" if begins else "the line is not indented"
