"""How the texts of `*.test.md` are written.

␌ stands for a form feed, ␭ for a soft hyphen, · for a blank at the end of a line, ⇥ for a tab. A line `⋮ 14 lines`
stands for fourteen full lines of prose that begin and end in mid-sentence; in outlines they are shown as ⋮ alone.
"""

import re
from itertools import cycle

import pytest

_SIGNS = {"␌": "\f", "␭": "\u00ad", "·\n": " \n", "⇥": "\t"}
_FILLER = re.compile(r"⋮ (\d+) lines")
_WORDS = """ropes and barrels were counted while the tide ran out past the mole. Nobody asked where the tar had gone or who
    had paid for it, since every clerk on the quay knew his own share of the matter. The crane turned slowly with its load of
    slate, which a boy in oilskins steadied from below with both of his hands, although the wind was rising. Later the same
    wind took the awning off the fish market, and seven men ran after it as far as the customs house, shouting. They came
    back without it but with a story that grew by a yard in each telling, until the awning had crossed the whole bay"""
_WIDTH = 58


def _prose(words, count):
    """Return full lines of prose; each begins with a small letter and ends without a stop."""
    lines = []
    while len(lines) < count:
        line = next(words)
        while not line.islower():
            line = next(words)
        for word in words:
            if len(line) + 1 + len(word) > _WIDTH and line[-1].isalpha() and word.islower():
                lines.append(line)
                break
            line += f" {word}"
    return lines


class Filled(str):
    """A source; `filler` has what its lines of prose read as, joined."""

    __slots__ = ("filler",)

    filler: list[str]


@pytest.fixture
def as_source():
    """Return a function that makes the source of what a case shows."""

    def made(shown: str) -> Filled:
        filler: list[str] = []
        words = cycle(_WORDS.split())

        def lines_of(match: re.Match[str]) -> str:
            lines = _prose(words, int(match[1]))
            filler.append(" ".join(lines))
            return "\n".join(lines)

        text = _FILLER.sub(lines_of, shown)
        for sign, char in _SIGNS.items():
            text = text.replace(sign, char)
        source = Filled(text)
        source.filler = filler
        return source

    return made
