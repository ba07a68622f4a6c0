"""The ledger as judgements: what was decided at a place, how sure that is, and what else it might have been.

An edit tells what became of characters. A judgement tells what a person may overrule: one for every edit that names
its decision, in the words of the overrides file. Where a running head parts the white space before a line into
several edits, they are one judgement.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpack.ledger import Edit, Ledger, Rule, line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.ledger import SourceText

__all__ = [
    "UNSURE_BELOW",
    "Judgement",
    "decision_of",
    "how_sure",
    "judgements",
    "name_of",
    "sentences",
    "shown",
    "unsure",
]

UNSURE_BELOW = 0.8  # the confidence below which a decision is worth a look, where nobody names another
_MAX_WORDS_CHARACTERS = 40

_BY_RULE = {
    Rule.LINE_JOIN: "join",
    Rule.PAGE_TURN: "join",
    Rule.HYPHEN_SOFT: "join-hyphen",
    Rule.HYPHEN_HARD: "keep-hyphen",
    Rule.FURNITURE: "drop",
}
# What an edit's reason begins with where it does not name its decision.
_BY_REASON = {
    "a paragraph": "paragraph",
    "a heading": "heading",
    "a quotation": "quote",
    "a stanza": "verse",
    "a list item": "list-item",
    "a term": "term",
    "a note": "note",
    "preformatted text": "code",
    "a scene break": "scene-break",
}
_BEGINS = re.compile(r"([a-z ]+) (begins|ends): ")
NAMES = {decision: name for name, decision in _BY_REASON.items()}
_HYPHENS = frozenset({"keep-hyphen", "join-hyphen"})
_PLACED = frozenset({"drop", "correct"})  # these are about the characters of the edit, not about the line after it


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision on the text.

    Args:
        line: The line of the source that it is about, from 1: the one that begins or goes on there, or is dropped, or
            has the hyphen at its end.
        decision: The word for it in an overrides file: join, paragraph, heading, drop, keep-hyphen, ...
        rule: The rule of the edit.
        confidence: How sure it is, 0..1.
        reason: Why, for a person.
        considered: What else was considered, and how probable that is; the likeliest first.
        before: The last words before the place.
        after: The first words after it; of what is dropped, the words themselves.
        start: Where the place begins in the source, in code points.
        stop: Where it ends.
        page: The name of the page that the line stands on, where the source has pages with known places.
    """

    line: int
    decision: str
    rule: Rule
    confidence: float
    reason: str
    considered: tuple[tuple[str, float], ...]
    before: str
    after: str
    start: int
    stop: int
    page: str = ""

    @property
    def where(self) -> str:
        """The line, after its page where that is known: `page iv, line 12`."""
        return f"page {self.page}, line {self.line}" if self.page else f"line {self.line}"

    @property
    def why(self) -> str:
        """The reason without the words for what begins or ends there, which `decision` says."""
        return _BEGINS.sub("", self.reason, count=1)

    @property
    def is_inside(self) -> bool:
        """Whether the line is one of several of its block, and does not begin it: a line of verse, say."""
        said = _BEGINS.match(self.reason)
        return self.rule is Rule.LINE_KEEP or (said is not None and said[2] == "ends")

    def to_json(self) -> dict[str, Any]:
        """Return the judgement as a JSON object."""
        return {
            "line": self.line,
            "decision": self.decision,
            "rule": str(self.rule),
            "confidence": self.confidence,
            "reason": self.reason,
            "considered": [{"as": what, "confidence": chance} for what, chance in self.considered],
            "before": self.before,
            "after": self.after,
            "start": self.start,
            "stop": self.stop,
            **({"page": self.page} if self.page else {}),
        }


def decision_of(edit: Edit) -> str:
    """Return what an edit decides, in the words of an overrides file; "" where there was nothing to decide."""
    if edit.decision:
        return edit.decision
    found = _BY_RULE.get(edit.rule, "")
    if found or edit.rule not in (Rule.BLOCK_BREAK, Rule.EDGE, Rule.OVERRIDE):
        return found
    begins = _BEGINS.match(edit.reason)
    return _BY_REASON.get(begins[1], "") if begins else "correct" if edit.rule is Rule.OVERRIDE else ""


def judgements(ledger: Ledger, below: float = 2.0) -> tuple[Judgement, ...]:
    """Return the decisions of a ledger in the order of the source.

    Args:
        ledger: The ledger.
        below: Only those less sure than this.
    """
    text, starts = ledger.source.text, line_starts(ledger.source.text)
    return tuple(
        _judgement(edit, decision, stop, ledger.source, starts)
        for edit, decision, stop in _places(ledger.edits)
        if edit.confidence < below and (stop < len(text) or decision in _PLACED)
    )


def unsure(ledger: Ledger, below: float = UNSURE_BELOW) -> tuple[Judgement, ...]:
    """Return the decisions that are less sure than this, the most doubtful first."""
    return tuple(sorted(judgements(ledger, below), key=lambda each: (each.confidence, each.start)))


def _places(edits: tuple[Edit, ...]) -> Iterator[tuple[Edit, str, int]]:
    """Yield the edits that decide something, what that is, and where the place ends.

    White space that running heads interrupt ends after the last of them.
    """
    at = 0
    while at < len(edits):
        edit = edits[at]
        decision = decision_of(edit)
        stop, at = edit.stop, at + 1
        if not decision:
            continue
        if decision in _PLACED:
            yield edit, decision, edit.stop
            continue
        dropped: list[Edit] = []
        while at < len(edits) and edits[at].start == stop and _goes_on(edit, decision, edits[at]):
            if decision_of(edits[at]) == "drop":
                dropped.append(edits[at])
            stop, at = edits[at].stop, at + 1
        yield edit, decision, stop
        yield from ((each, "drop", each.stop) for each in dropped)


def _goes_on(edit: Edit, decision: str, following: Edit) -> bool:
    """Tell whether an edit that follows at once is of the same place: a running head, or the white space after it."""
    said = decision_of(following)
    return said == "drop" or (said == decision and not following.reading and following.reason == edit.reason)


def _judgement(edit: Edit, decision: str, stop: int, source: SourceText, starts: list[int]) -> Judgement:
    text = source.text
    if decision in _PLACED:
        place, after = edit.start, text[edit.start : edit.stop]
    elif decision in _HYPHENS:
        place, after = max(edit.start - 1, 0), text[stop : stop + _MAX_WORDS_CHARACTERS]
    else:
        place, after = stop, text[stop : stop + _MAX_WORDS_CHARACTERS]
    # The hyphen itself belongs to the edit that drops it, but people look for it in the line.
    shown = edit.start + (decision == "join-hyphen" and text[edit.start : edit.start + 1].strip() != "")
    line = bisect_right(starts, place)
    return Judgement(
        line,
        decision,
        edit.rule,
        edit.confidence,
        edit.reason,
        edit.considered,
        _last_line(text[max(0, shown - _MAX_WORDS_CHARACTERS) : shown]),
        _first_line(after),
        edit.start,
        stop,
        source.page_of(line),
    )


def _last_line(text: str) -> str:
    """Return the end of a line that was cut at a number of characters, from its first whole word on."""
    lines = text.strip().splitlines()
    if not lines:
        return ""
    words = lines[-1].split()
    was_cut = len(lines) == 1 and len(text) == _MAX_WORDS_CHARACTERS
    return " ".join(["…", *words[1:]] if was_cut and len(words) > 1 else words)


def _first_line(text: str) -> str:
    """Return the beginning of a line that was cut at a number of characters, up to its last whole word."""
    lines = text.strip().splitlines()
    if not lines:
        return ""
    words = lines[0].split()
    was_cut = len(lines) == 1 and len(text) >= _MAX_WORDS_CHARACTERS
    if was_cut and len(words) > 1:
        words = [*" ".join(words)[:_MAX_WORDS_CHARACTERS].split()[:-1], "…"]
    return " ".join(words)[: _MAX_WORDS_CHARACTERS + 2]


# --------------------------------------------------------------------------------------------------- in English


def sentences(judgement: Judgement, reading: str = "") -> str:
    """Return what was decided, why, what else was considered and how sure it is, in plain English.

    Args:
        judgement: What to tell of.
        reading: What a line end that is joined, or a correction, reads as.
    """
    said = f"{_what(judgement, reading)}."
    if judgement.why:
        said += f" Why: {judgement.why}."
    return f"{said} {how_sure(judgement)}"


def how_sure(judgement: Judgement) -> str:
    """Return the sentence on how sure a judgement is."""
    others = ", ".join(f"{name_of(what)} ({chance:.2f})" for what, chance in judgement.considered)
    sure = f"It is {shown(judgement.confidence)} sure"
    return f"{sure}; also considered: {others}." if others else f"{sure}; nothing else is likely."


def shown(confidence: float) -> str:
    """Return a confidence with two digits, rounded down: what is less than 0.8 shall not be shown as 0.80."""
    return f"{int(confidence * 100 + 1e-9) / 100:.2f}"


def name_of(decision: str) -> str:
    """Return a decision as a person would call it."""
    return NAMES.get(decision, decision)


def _what(judgement: Judgement, reading: str) -> str:
    line, decision = judgement.line, judgement.decision
    if decision == "join":
        reads = "a blank" if reading else "nothing"
        return f"Line {line} goes on where the text before it stops: the line end reads as {reads}"
    if decision == "drop":
        return f"Line {line} is taken out as a running head or page number"
    if decision == "keep-hyphen":
        return f"The hyphen at the end of line {line} is the word's own and is kept; the next line goes on"
    if decision == "join-hyphen":
        return f"The hyphen at the end of line {line} was put there by the line end and goes; the word goes on"
    if decision == "correct":
        return f"On line {line}, “{judgement.after}” is corrected to “{reading}”"
    if decision == "keep":
        return f"The text goes on with line {line}"
    if judgement.is_inside:
        return f"Line {line} is a line of its own in {'verse' if decision == 'verse' else name_of(decision)}"
    name = name_of(decision)
    return f"{name[0].upper()}{name[1:]} begins with line {line}"
