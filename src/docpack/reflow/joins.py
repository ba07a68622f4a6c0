"""Does a new paragraph begin at this line? A sum of evidence, each part with its reason.

The score is the logarithm of the odds; its logistic is the probability of a break, from which the confidence comes.
The weights are estimates from the corpus's frequencies (see docs/explanation/reflow.md); no single kind of evidence
holds for all extractors, so what this document does not use weighs nothing.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from docpack.reflow.measures import OPENERS, ends_sentence, first_word_columns

if TYPE_CHECKING:
    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["SURE", "Join", "decide"]

Evidence: TypeAlias = tuple[float, str]  # a weight, and the reason to give; no reason where it says little
PRIOR = -0.6  # most line ends are none of a paragraph
_NOTHING: Evidence = (0.0, "")

_DIALOGUE = '"“„«»‘—–-¿¡'  # at the head of a line after a full stop: somebody else speaks


class Join(NamedTuple):
    """Whether a line begins a new paragraph; how sure that is, 0.5..1; and why."""

    is_break: bool
    confidence: float
    reason: str


SURE = Join(False, 0.99, "the line begins in lower case and is not indented as first lines are here")


def decide(before: Line, line: Line, measures: Measures, left: int, measure: int) -> Join:
    """Decide whether `line` begins a paragraph after `before`.

    Args:
        before: The line of text before, furniture and notes apart.
        line: The line in question.
        measures: Of the document.
        left: The left edge of the block that both stand in, in columns.
        measure: The right edge of that block, in columns.
    """
    if measures.first_indent and line.indent == left and line.text[0].islower() and not line.blanks:
        return SURE  # the sum below would say the same, whatever else speaks: most lines of a book are such
    ended = ends_sentence(before.text)
    room = measure - before.right - 1 - first_word_columns(line.text)
    evidence = (
        _by_end(before.text, ended=ended),
        _by_room(room, measure, measures.slack),
        _by_start(line.text, ended=ended),
        _by_blanks(line, measures) if line.blanks or line.turn is not None else _NOTHING,
        _by_indent(line.indent - left, line, measures),
        _by_trailing(before, line) if measures.trailing_joins else _NOTHING,
    )
    return _judge(evidence)


@lru_cache(maxsize=4096)  # a book has some hundred different sets of evidence
def _judge(evidence: tuple[Evidence, ...]) -> Join:
    score = PRIOR + sum(weight for weight, _ in evidence)
    is_break = score > 0
    confidence = round(1 / (1 + math.exp(-min(abs(score), 6.0))), 2)
    speaking = sorted((each for each in evidence if each[1] and (each[0] > 0) == is_break), key=lambda e: -abs(e[0]))
    return Join(is_break, confidence, "; ".join(reason for _, reason in speaking[:3]))


def _by_end(text: str, *, ended: bool) -> Evidence:
    if ended:
        return (
            (0.9, "the line before ends with a colon") if text[-1] == ":" else (1.6, "the line before ends a sentence")
        )
    if text[-1] in ",;-\u2010\u00ad":
        return -2.4, "the line before ends in mid-sentence"
    return -1.6, "the line before does not end a sentence"


def _by_room(room: int, measure: int, slack: int) -> Evidence:
    """Would the first word have fitted on the line before? If so, something else than its end broke that line."""
    if room < 0:
        return -1.5, "the next word would not have fitted on the line before"
    if room <= slack:
        return 0.3 if room > slack / 2 else -0.2, ""
    if room * 4 > measure:
        return 2.4, "the line before is short"
    return 1.5, "the next word would have fitted on the line before"


def _by_start(text: str, *, ended: bool) -> Evidence:
    first = text[0]
    if first in _DIALOGUE and ended:
        return 1.2, "the line begins with a quotation mark or a dash"
    bare = text.lstrip(OPENERS)[:1]
    if bare.islower():
        return -2.8, "the line begins in lower case"
    return (0.3, "") if bare.isupper() else (0.0, "")


def _by_blanks(line: Line, measures: Measures) -> Evidence:
    if line.turn is not None:
        return 0.0, ""  # white space at a page turn tells nothing
    if measures.blanks_part:
        return 4.0, "a blank line stands between them"
    if line.blanks > 1:
        return 2.5, f"{line.blanks} blank lines stand between them"
    return 0.8, "a blank line stands between them"


def _by_indent(shift: int, line: Line, measures: Measures) -> Evidence:
    usual = measures.first_indent
    if not usual and shift <= 0:
        return _NOTHING
    if shift > 0:
        if usual and abs(shift - usual) <= max(1, usual // 3):
            return 4.5, "the line is indented as first lines are here"
        if shift == 1 and usual != 1:
            return 0.0, ""  # a stray blank
        return 2.2, "the line is indented"
    if line.blanks and line.turn is None and measures.blanks_part:
        return -0.5, ""
    return -2.6, "the line is not indented as first lines are here"


def _by_trailing(before: Line, line: Line) -> Evidence:
    if line.turn is not None:
        return _NOTHING
    return (
        (-1.8, "the line before ends in a blank") if before.trailing else (1.2, "the line before ends without a blank")
    )
