"""How the texts of `*.test.md` are written.

␌ stands for a form feed, ␂ for the control character U+0002, ␭ for a soft hyphen, · for a blank at the end of a line, ⇥ for
a tab. A line `⋮ 14 lines` stands for fourteen full lines of prose that begin and end in mid-sentence; in outlines they are
shown as ⋮ alone.
"""

import re

import pytest

_SIGNS = {"␌": "\f", "␂": "\x02", "␭": "\u00ad", "·\n": " \n", "⇥": "\t"}
_FILLER = re.compile(r"⋮ (\d+) lines")
_WORDS = """the a his her their this that each no some and or but of in on at by with from to over under harbour master clerk box tin
    ledger ship cargo captain town winter crane slate tar rope barrel quay tide mole wind bay awning market story share boy oilskin
    load yard house custom board lamp stair letter boat oil was had went came saw took gave kept counted carried told asked wrote
    small old green slow dry wet long heavy quiet empty never always often once again later already soon there where when while"""
_WIDTH = 58


def _words():
    """Yield words without an end, in an order that does not repeat itself."""
    words = _WORDS.split()
    state = 1
    while True:
        state = state * 75 % 65537
        yield words[state % len(words)]


def _prose(words, count):
    """Return full lines of prose; each begins with a small letter and ends without a stop."""
    lines = []
    word = next(words)
    for number in range(count):
        line, word = word, next(words)
        while len(line) + 1 + len(word) <= _WIDTH:
            if number % 3 == 1 and ". " not in line and len(line) > _WIDTH // 2:
                line += f". {word.capitalize()}"
            else:
                line += f" {word}"
            word = next(words)
        lines.append(line.removesuffix("."))
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
        words = _words()

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
