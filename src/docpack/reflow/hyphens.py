"""Hyphens at line ends: whose are they, the word's own or the line end's?

A hyphen that is not proven soft is kept: a deleted hyphen cannot be recovered, a kept one can. Evidence, in this
order: the hyphen's own character; what stands around it; how the document spells the word elsewhere; whether this
document cuts words at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from docpack.ledger import Rule
from docpack.reflow.characters import HIDDEN_HYPHENS, SOFT_HYPHEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line

__all__ = ["HYPHENS", "HyphenDecision", "Hyphens"]

HYPHENS = "-\u2010" + SOFT_HYPHEN + HIDDEN_HYPHENS
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")  # the same backwards
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:[-\u2010][^\W\d_]+(?:['’][^\W\d_]+)*)*")
_COMPOUND = re.compile(r"[^\W\d_]-[^\W\d_]")
_PUNCTUATION = ".,;:!?…\"'“”‘’„«»()[]—–*_"
MANY_LINES = 100  # in fewer, few hyphens say nothing
MIN_PREFIXED = 2  # compounds of a word within lines (one, if the second half is a word), to keep another one's hyphen
MIN_PROVEN = 1  # hyphens at line ends of words that the document has without a hyphen, to know that it cuts words
CUTS_WORDS_SHARE = 0.02  # of all lines; typeset text with hyphenation has 4-12 %, text without has below 1.5 %


# Words that stand after a suspended hyphen: "pre-\nand postwar", "Vor-\nund Nachmittag".
_CONJUNCTION = re.compile(r"(?:and|or|to|und|oder|bis|bzw\.?|et|ou|y|o|e|en|of|och|og|i|a)(?=\s)")


class HyphenDecision(NamedTuple):
    """Whether the hyphen goes, and why; `reading` is what the line end after a kept one reads as."""

    drop: bool
    rule: Rule
    confidence: float
    reason: str
    reading: str = ""


class Hyphens:
    """Decides on the hyphens of one document. The word list is made when the first doubtful one is met."""

    def __init__(self, text: str, lines: Sequence[Line], *, enabled: bool = True) -> None:
        self._text = text
        self._lines = lines
        self._enabled = enabled
        self._words: Counter[str] | None = None
        self._prefixes: Counter[str] | None = None
        self._cuts: bool | None = None

    def decide(self, before: str, after: str) -> HyphenDecision:
        """Decide on the hyphen that ends `before`, where the text goes on with `after`."""
        hyphen = before[-1]
        left, right = _last_word(before), _FIRST_WORD.match(after)
        if not self._enabled:
            return _kept(1.0, "hyphens are kept as they stand")
        if hyphen == SOFT_HYPHEN:
            return HyphenDecision(
                True, Rule.HYPHEN_SOFT, 1.0, "a soft hyphen (U+00AD) stands only where a line end cuts"
            )
        if not left or not right:
            return _kept(0.97, "no letters stand on both sides of the hyphen")
        if _CONJUNCTION.match(after):
            reason = "a suspended hyphen: a conjunction follows"
            return HyphenDecision(False, Rule.HYPHEN_HARD, 0.9, reason, " ")
        if before[-2:-1] in "-\u2010–—" or (right[0][0].isupper() and not left.isupper()):
            return _kept(0.97, "what follows is a capital or a dash stands before, as in a compound")
        return self._by_words(left, right[0], before, after)

    def is_moved(self, before: str, after: str) -> bool:
        """Tell whether the hyphen after a blank at the end of `before` cuts a word all the same: the word is known."""
        left, right = _last_word(before[:-2] + "-"), _FIRST_WORD.match(after)
        if before[-1] not in "-\u2010" or not left or not right or not after[0].islower():
            return False
        whole = self.words[(left + right[0]).casefold()]
        return whole > 0 or (self.cuts_words and not self.words[right[0].casefold()])

    def _by_words(self, left: str, right: str, before: str, after: str) -> HyphenDecision:
        words, hyphen = self.words, before[-1]
        whole, compound = (left + right).casefold(), f"{left}-{right}".casefold()
        joined, hyphened = words[whole], words[compound]
        if (more := _WORDS.match(after)) and more[0] != right:  # on-Don, where the next word has hyphens of its own
            hyphened += words[f"{left}-{more[0]}".casefold().replace("\u2010", "-")]
        stem = before[: -1 - len(left)]
        if joined > hyphened:
            return _dropped(0.99, f"the document has “{left}{right}” {joined} times without a hyphen")
        if hyphened:
            return _kept(0.99, f"the document has “{left}-{right}” {hyphened} times within a line")
        known = words[left.casefold()] or words[right.casefold()]
        if stem[-1:] in ("-", "\u2010") and (known or not self.cuts_words):
            return _kept(0.95, "the word has a hyphen already")  # the third part of a compound: attorney-at-\nlaw
        if hyphen in HIDDEN_HYPHENS or (hyphen == "\u2010" and not self._hardly_cuts):
            return _dropped(0.96, "typesetting programs put this character where they cut a word")
        return self._by_habit(left, right, after)

    def _by_habit(self, left: str, right: str, after: str) -> HyphenDecision:
        """Decide by what the document does elsewhere."""
        words, prefixes = self.words, self._hyphened_parts()
        known_left, known_right = words[left.casefold()], words[right.casefold()]
        more = after[len(right) : len(right) + 1]
        name = after[len(right) + 1 : len(right) + 2].isupper()  # Rostov-\non-Don
        if more and more in "-\u2010" and known_right and (known_left or name or not self.cuts_words):
            return _kept(0.85, f"“{right}” is a word of its own here, and another hyphen follows")
        prefixed = prefixes[left.casefold()] + (known_right > 0)
        if prefixed >= MIN_PREFIXED and prefixed > (known_right > 0) and not self._is_beginning(left.casefold()):
            return _kept(0.85, f"the document has “{left}-” in other compounds")
        if known_right >= MIN_PREFIXED and len(right) >= 5:
            return _kept(0.65, f"“{right}” is a word of its own here")
        if self.cuts_words and not (known_left and known_right):
            return _dropped(0.96, "this document cuts words, and the halves are no words of their own in it")
        if self.cuts_words and known_left + known_right < 4:
            return _dropped(0.7, "this document cuts words, and the halves are rare in it")
        return _kept(0.8, "not proven soft; a kept hyphen can be dropped later, a dropped one is lost")

    @cached_property
    def _hardly_cuts(self) -> bool:
        """Whether this is a longer text with few hyphens at line ends and no other sign for those of compounds."""
        return len(self._lines) >= MANY_LINES and not self.cuts_words and _COMPOUND.search(self._text) is None

    def _hyphened_parts(self) -> Counter[str]:
        """Return how often each word stands before a hyphen within a line."""
        if self._prefixes is None:
            self._prefixes = Counter()
            for word, times in self.words.items():
                if "-" in word or "\u2010" in word:
                    self._prefixes[re.split("[-\u2010]", word, maxsplit=1)[0]] += times
        return self._prefixes

    def _is_beginning(self, left: str) -> bool:
        """Tell whether longer words of the document begin with these letters, without a hyphen."""
        words = self._whole_words
        at = bisect_right(words, left)
        return at < len(words) and words[at].startswith(left)

    @cached_property
    def _whole_words(self) -> list[str]:
        """The words without a hyphen in the order of their letters: those that begin alike stand together."""
        return sorted(filter(str.isalpha, self.words))

    @property
    def cuts_words(self) -> bool:
        """Whether this document cuts words at line ends: many hyphens stand there, or some are proven soft."""
        if self._cuts is None:
            ends = proven = 0
            for before, line in zip(self._lines, self._lines[1:], strict=False):
                if before.text[-1] not in "-\u2010" or not before.text[-2:-1].isalpha():
                    continue
                ends += 1
                left, right = _last_word(before.text), _FIRST_WORD.match(line.text)
                if left and right:
                    proven += self.words[(left + right[0]).casefold()] > self.words[f"{left}-{right[0]}".casefold()]
            self._cuts = (ends > 3 and ends >= len(self._lines) * CUTS_WORDS_SHARE) or proven >= MIN_PROVEN
        return self._cuts

    @property
    def words(self) -> Counter[str]:
        """The words of the document in lower case, those cut at line ends apart, with their number."""
        if self._words is None:
            counter: Counter[str] = Counter()
            # Each different token is looked at once: ten times faster than the pattern over the whole text.
            for token, times in Counter(self._text.casefold().split()).items():
                bare = token.strip(_PUNCTUATION)
                if bare.isalpha():
                    counter[bare] += times
                    continue
                for word in _WORDS.findall(token.replace("\u2010", "-")):
                    counter[word] += times
            for before, after in zip(self._lines, self._lines[1:], strict=False):
                if before.text[-1] in HYPHENS:  # a half word is no evidence for itself
                    token, following = before.text[before.text.rfind(" ") + 1 :], after.text.split(" ", 1)[0]
                    if half := _last_word(token.casefold()):
                        counter[half] -= 1
                    if match := _WORDS.match(following.casefold()):
                        counter[match[0]] -= 1
            self._words = +counter  # halves of words that stand nowhere else have fallen below nothing
        return self._words


def _last_word(text: str) -> str:
    """Return the letters before the last character of a text, or "". They are read backwards, and so only once."""
    match = _FIRST_WORD.match(text[text.rfind(" ") + 1 : -1][::-1])
    return match[0][::-1] if match else ""


def _kept(confidence: float, reason: str) -> HyphenDecision:
    return HyphenDecision(False, Rule.HYPHEN_HARD, confidence, reason)


def _dropped(confidence: float, reason: str) -> HyphenDecision:
    return HyphenDecision(True, Rule.HYPHEN_SOFT, confidence, reason)
