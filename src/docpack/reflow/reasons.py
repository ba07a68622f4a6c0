"""The model's reasons in words: which features spoke most for a decision, against what was likeliest beside it."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from docpack.reflow.rulings import Role
from docpack.reflow.sequence import load_model
from docpack.reflow.states import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpack.reflow.evidence import Features

__all__ = ["BEGINS_REASON", "FLUSH_REASON", "RULE_REASONS", "SURE_REASON", "reason_for"]

# What rules have found lines to be, by `Doubt.state`.
RULE_REASONS = {
    Role.HEADING: "the text begins with it, and it stands apart with the look of a title",
    Role.ITEM: "it begins with the marker of a list, and the markers count from the first on",
    Role.TERM: "it stands in a row of short lines in alphabetical order",
    Role.QUOTE: "its lines are set in, or wrapped at a narrower measure than the text around, and space stands around them",
}
SURE_REASON = "it begins in lower case, and the line before ends without a stop"
FLUSH_REASON = "the line before is full, and this one is not indented as all first lines are here"
BEGINS_REASON = "the line before ends a sentence, and the line is indented as first lines are here and the next is not"
MAX_REASONS = 2

_ENDS = {
    "stop": "the line before ends a sentence",
    "stop-quote": "the line before ends a sentence and what was quoted",
    "colon": "the line before ends with a colon",
    "comma": "the line before ends with a comma",
    "hyphen": "the line before ends with a hyphen",
    "dash": "the line before ends with a dash",
    "letter": "the line before ends without a stop",
    "digit": "the line before ends with a number",
    "quote": "the line before ends with a bracket, a quotation mark or an asterisk",
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
_FORMS = {
    "chapter": "it is a number as chapters have",
    "keyword": "it names a number",
    "numbered": "it begins with a number",
}


def _by_table(table: Mapping[str, str]) -> Callable[[str], str]:
    """Return a teller that looks the first word of a value up."""
    return lambda value: table.get(value.split(" ", 1)[0], "")


def _reach(value: str) -> str:
    if value[0] in "01":
        return "its first word would have fitted on the line before"
    return "its first word would not have fitted on the line before" if value[0] in "345" else ""


def _fill(value: str) -> str:
    return "the line before is short" if value[0] in "012" else "the line before is full" if value[0] in "67" else ""


def _odds(what: str) -> Callable[[str], str]:
    def tell(value: str) -> str:
        if value[0] in "01":
            return f"{what} as where lines go on in this document"
        return f"{what} as where paragraphs begin in this document" if value[0] in "567" else ""

    return tell


def _second(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: table.get(value.split(" ")[1], "") if " " in value else ""


def _short(value: str) -> str:
    return "it is short" if value.split(" ", 1)[0] in ("0", "1", "2", "3", "True") else ""


def _apart(value: str) -> str:
    return "it stands apart" if value.startswith("apart apart") else ""


def _run(value: str) -> str:
    return "the lines that it stands with are narrower or set in" if value[0] in "i012" else ""


def _verse_like(value: str) -> str:
    return "the lines around it are short and begin with capitals" if value[:1] in "34" and value[1:2] in "34" else ""


def _next_start(value: str) -> str:
    return _STARTS.get(value, "").replace("it begins", "the next line begins")


def _next_sure(value: str) -> str:
    return "the next line goes on with it" if value.startswith("True") else ""


def _quote(value: str) -> str:
    return (
        "somebody is still speaking"
        if value.startswith("open")
        else "speech has just ended"
        if value.startswith("closed")
        else ""
    )


def _always(words: str) -> Callable[[str], str]:
    return lambda _: words


_INDENTED = _odds("it stands from the margin")
_SPACED = _odds("the blank lines before it are")
_ALL_CUES = _odds("indentation, blank lines and line end are")
_TELLERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("reach", "reach-end", "reach-end-start"), _reach),
    **dict.fromkeys(("fill", "fill-end"), _fill),
    "shift-odds": _INDENTED,
    "blank-odds": _SPACED,
    "trailing-odds": _odds("the line before ends"),
    **dict.fromkeys(("odds", "odds-end", "odds-start"), _ALL_CUES),
    **dict.fromkeys(("end", "end-start"), _by_table(_ENDS)),
    "start": _by_table(_STARTS),
    **dict.fromkeys(("gap", "gaps", "gap-parts"), _by_table(_GAPS)),
    **dict.fromkeys(("place", "places", "inset"), _by_table({**_PLACES, "in": "it is set in"})),
    **dict.fromkeys(("turned", "turned-all"), _second(_PLACES)),
    **dict.fromkeys(("case", "case-end"), _by_table(_CASES)),
    **dict.fromkeys(("form", "form-case"), _by_table(_FORMS)),
    **dict.fromkeys(("length", "length-end", "own-short"), _short),
    **dict.fromkeys(("alone", "heading-like"), _apart),
    "centred": _always("it is centred"),
    **dict.fromkeys(("run-narrow", "run-edges", "run-inset"), _run),
    **dict.fromkeys(("ahead", "behind", "around"), _verse_like),
    "marker": _always("it begins with the marker of a list"),
    **dict.fromkeys(("row", "row-length"), _always("its number counts on from the one before")),
    "term": _always("it stands in an alphabetical row of short lines"),
    "echo": _always("the next line begins with the same words"),
    **dict.fromkeys(("code", "codes"), _always("it has the signs of program text, or stands beside such lines")),
    **dict.fromkeys(("speaker", "speaker-reach"), _always("it begins with a name as many lines do here")),
    **dict.fromkeys(("quote", "quote-end"), _quote),
    "next-start": _next_start,
    **dict.fromkeys(("next-sure", "next-sure-length"), _next_sure),
    **dict.fromkeys(("block", "narrow"), _always("its lines are set in or wrapped at a narrower measure")),
    "turn-end": _second(_STARTS),
    "first": _always("the text begins with it"),
}


def _say(feature: str) -> str:
    """Return a feature in words, or "" where it says nothing to a person."""
    kind, _, value = feature.partition(":")
    tell = _TELLERS.get(kind)
    return tell(value) if tell else ""


# What is said first of each role: what it looks like, before what stands between it and the line before.
_TELLING: dict[Role, frozenset[str]] = {
    Role.HEADING: frozenset(
        "form form-case row row-length case case-end alone heading-like echo length centred gap".split()
    ),
    Role.VERSE: frozenset("ahead behind around".split()),
    Role.QUOTE: frozenset("block narrow run-narrow run-edges run-inset inset".split()),
    Role.ITEM: frozenset(["marker"]),
    Role.CODE: frozenset(["code", "codes"]),
}
_ORNAMENTS = "the line is nothing but ornaments or a rule"
# What speaks against beginning is not given as a reason for it, nor the other way round: a weight may say more than its
# words, since it was learned beside all others.
_OF_JOINS = frozenset(
    (
        _STARTS["lower"],
        "the line before is full",
        "its first word would not have fitted on the line before",
        "the next line goes on with it",
        *map(_ENDS.__getitem__, ("letter", "comma", "hyphen")),
    )
)
_OF_BEGINNINGS = frozenset(
    (
        "the line before is short",
        "its first word would have fitted on the line before",
        "it stands apart",
        *map(_ENDS.__getitem__, ("stop", "stop-quote")),
        *map(_GAPS.__getitem__, ("usual", "more")),
    )
)


def reason_for(features: Features, number: int, rival: int) -> str:
    """Return why a line of these features is in state `number` and not `rival` (states by their numbers).

    What stands between two lines is said first; it is the same for many pairs of lines, so it is remembered.
    """
    state = STATES[number]
    if state.role is Role.SCENE_BREAK:
        return _ORNAMENTS
    telling = _TELLING.get(state.role) if state.place != "inside" else None
    said: tuple[str, ...] = ()
    if telling:
        said = _clauses(tuple(each for each in features if each.partition(":")[0] in telling), number, rival)
    for part in (features[:_OF_BETWEEN], features[_OF_BETWEEN:]):
        if len(said) < MAX_REASONS:
            said = tuple(dict.fromkeys(said + _clauses(part, number, rival)))[:MAX_REASONS]
    return _together(said) or "the lines around it and its own look, taken together, speak for it"


def _together(clauses: tuple[str, ...]) -> str:
    """Return clauses as one; what two of them are about is said once."""
    said = list(clauses[:1])
    for before, clause in pairwise(clauses):
        subject = next((each for each in _SUBJECTS if clause.startswith(each) and before.startswith(each)), "")
        said.append(clause.removeprefix(subject))
    return " and ".join(said)


_SUBJECTS = ("it ", "the line before ")
_OF_BETWEEN = 8  # the features that `evidence` gives first: how the line before ends, how this one begins, whether a word would have fitted


@lru_cache(maxsize=16384)
def _clauses(features: Features, number: int, rival: int) -> tuple[str, ...]:
    weights = load_model().features
    gains = []
    for feature in features:
        row = weights.get(feature)
        if row is not None and (gain := row[number] - row[rival]) > 0:
            gains.append((gain, feature))
    gains.sort(reverse=True)
    unfit = _OF_JOINS if STATES[number].place == "begin" else _OF_BEGINNINGS
    said: dict[str, None] = {}
    for _, feature in gains:
        words = _say(feature)
        if words and words not in unfit:
            said[words] = None
        if len(said) == MAX_REASONS:
            break
    return tuple(said)
