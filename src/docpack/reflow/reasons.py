"""The model's reasons in words: which features spoke most for a decision, against what was likeliest beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from docpack.reflow.sequence import load_model
from docpack.reflow.states import STATES

if TYPE_CHECKING:
    from docpack.reflow.evidence import Features

__all__ = ["SURE_REASON", "reason_for"]

SURE_REASON = "the line begins in lower case, and the line before is full and ends in mid-sentence"
MAX_REASONS = 2

_ENDS = {
    "stop": "the line before ends a sentence",
    "stop-quote": "the line before ends a sentence and what was quoted",
    "colon": "the line before ends with a colon",
    "comma": "the line before ends with a comma",
    "hyphen": "the line before ends with a hyphen",
    "dash": "the line before ends with a dash",
    "letter": "the line before ends in mid-sentence",
    "digit": "the line before ends with a number",
    "quote": "the line before ends with a bracket or quotation mark",
    "sign": "the line before ends with a sign",
}
_STARTS = {
    "lower": "it begins in lower case",
    "upper": "it begins with a capital",
    "caseless": "it begins with a letter",
    "quote": "it begins with a quotation mark",
    "dash": "it begins with a dash",
    "digit": "it begins with a number",
    "bracket": "it begins with a bracket",
    "bullet": "it begins with a bullet",
}
_GAPS = {
    "turn": "a page turns before it",
    "none": "no blank line stands before it",
    "usual": "a blank line stands before it",
    "more": "more space than usual stands before it",
    "less": "less space than usual stands before it",
}
_PLACES = {
    "flush": "it stands at the margin",
    "out": "it stands out to the left of the margin",
    "first": "it is indented as first lines are here",
    "one": "it is set in by one column",
    "deep": "it is set in",
    "far": "it stands far from the margin",
}
_CASES = {"upper": "it is in capitals", "title": "its words begin with capitals"}
_FORMS = {"chapter": "it is a number as chapters have", "keyword": "it names a number", "numbered": "it begins with a number"}


def _of_reach(value: str) -> str:
    number = int(value[0])
    if number <= 1:
        return "its first word would have fitted on the line before"
    return "its first word would not have fitted on the line before" if number >= 3 else ""


def _of_odds(what: str, value: str) -> str:
    number = int(value[0])
    if number <= 1:
        return f"{what} as where lines go on in this document"
    return f"{what} as where paragraphs begin in this document" if number >= 5 else ""


def _say(feature: str) -> str:
    """Return a feature in words, or "" where it says nothing to a person."""
    kind, _, value = feature.partition(":")
    head = value.split(" ", 1)[0]
    rest = value.split(" ")
    if kind in ("reach", "reach-end", "reach-end-start"):
        return _of_reach(value)
    if kind in ("fill", "fill-end"):
        return "the line before is short" if int(head) <= 2 else "the line before is full" if int(head) >= 6 else ""
    if kind == "shift-odds":
        return _of_odds("it stands from the margin", value)
    if kind == "blank-odds":
        return _of_odds("the blank lines before it are", value)
    if kind == "trailing-odds":
        return _of_odds("the line before ends", value)
    if kind.startswith("odds"):
        return _of_odds("indentation, blank lines and line end are", value)
    if kind in ("end", "end-start"):
        return _ENDS.get(head, "")
    if kind == "start":
        return _STARTS.get(head, "")
    if kind in ("gap", "gaps", "gap-parts"):
        return _GAPS.get(head, "")
    if kind in ("place", "places", "inset"):
        return _PLACES.get(head, "it is set in" if head == "in" else "")
    if kind in ("turned", "turned-all"):
        return _PLACES.get(rest[1], "") if len(rest) > 1 else ""
    if kind in ("case", "case-end"):
        return _CASES.get(head, "")
    if kind in ("form", "form-case"):
        return _FORMS.get(head, _CASES.get(rest[1], "") if len(rest) > 1 else "")
    return _say_rest(kind, value, head)


def _say_rest(kind: str, value: str, head: str) -> str:
    if kind in ("length", "length-end", "words", "own-short"):
        return "it is short" if head in ("0", "1", "2", "3", "True") else ""
    if kind in ("alone", "heading-like", "centred"):
        return "it stands apart" if value.startswith("apart apart") else "it is centred" if kind == "centred" else ""
    if kind in ("run-narrow", "run-edges", "run-inset", "run"):
        return "the lines that it stands with are narrower or set in" if value.startswith(("in", "0", "1", "2")) else ""
    if kind in ("ahead", "behind", "around"):
        return "the lines around it are short and begin with capitals" if value[:1] in "34" and value[1:2] in "34" else ""
    if kind == "marker":
        return "it begins with the marker of a list"
    if kind == "term":
        return "it stands in an alphabetical row of short lines"
    if kind == "code":
        return "it has the signs of program text"
    if kind.startswith("next"):
        return _STARTS.get(head, "").replace("it begins", "the next line begins")
    return "the text begins with it" if kind == "first" else ""


@lru_cache(maxsize=16384)
def reason_for(features: Features, number: int, rival: int) -> str:
    """Return why a line of these features is in state `number` and not `rival` (states by their numbers)."""
    if number == rival:
        rival = _RIVALS[number]
    weights = load_model().features
    gains = []
    for feature in features:
        row = weights.get(feature)
        if row is not None and (gain := row[number] - row[rival]) > 0:
            gains.append((gain, feature))
    gains.sort(reverse=True)
    said: list[str] = []
    for _, feature in gains:
        words = _say(feature)
        if words and words not in said:
            said.append(words)
        if len(said) == MAX_REASONS:
            break
    return " and ".join(said) or "nothing speaks clearly for anything else"


_RIVALS = {
    number: next(other for other, each in enumerate(STATES) if (each.place == "begin") != (state.place == "begin"))
    for number, state in enumerate(STATES)
}
