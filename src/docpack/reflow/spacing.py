"""What a line end inside a paragraph reads as: a blank, or nothing where the script or the signs round it have none."""

from __future__ import annotations

import re
from functools import cached_property

__all__ = ["Spacing"]

# Before Python 3.12 patterns with many ideographs take milliseconds to compile: so only where a text needs them.
# Scripts that part no words by blanks: Thai to Khmer, kana, ideographs, and their punctuation.
_NO_BLANKS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\uff00-\uffef]"
_WIDE_SIGN = "[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"  # with room of its own
_TOUCHING = "[\u3040-\u30ff\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3040-\u30ff\u3400-\u9fff]"
_APART = "[\u3040-\u30ff\u3400-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u3040-\u30ff\u3400-\u9fff]"
_BRACKET_APART = "[\u3040-\u30ff\u3400-\u9fff] \\("
_BRACKET_TOUCHING = "[\u3040-\u30ff\u3400-\u9fff]\\("
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[/?&=_#~%]$")


class Spacing:
    """The habits of one text; they are looked for when they are first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def between(self, before: str, after: str) -> str:
        """Return what stands between the end of one line and the beginning of the next: a blank or nothing."""
        last, first = before[-1], after[0]
        if last in "/?&=_#~%" and (before[-2:-1] not in ("", " ") if last == "/" else _is_address(before)):
            return ""  # and/or, GNU/Linux, an address: a line may end after the slash, and no blank stands there
        if last == "–" and before[-2:-1].isdigit() and first.isdigit():
            return ""  # 1914–18
        if last >= "\u0e00" or first >= "\u0e00":
            return self._between_scripts(before, after)
        if before.endswith("--") and before[-3:-2] != " " and self._dashes_close:
            return ""
        return " "

    def _between_scripts(self, before: str, after: str) -> str:
        left, right = re.match(_NO_BLANKS, before[-1]), re.match(_NO_BLANKS, after[0])
        if left and right:
            return ""
        if left or right:
            if after[0] == "(":
                return " " if self._brackets_apart else ""
            wide = re.match(_WIDE_SIGN, before[-1]) or re.match(_WIDE_SIGN, after[0])
            return "" if wide or not self._scripts_apart else " "
        closes = (before[-1] == "—" and before[-2:-1] != " ") or (after[0] == "—" and after[1:2] != " ")
        return "" if closes and self._dashes_close else " "

    @cached_property
    def _dashes_close(self) -> bool:
        """Whether this text sets its em dashes without blanks."""
        text = self._text
        dashes = text.count("—") + text.count("--")
        loose = text.count(" — ") + text.count(" -- ")
        return dashes > 0 and loose * 4 < dashes

    @cached_property
    def _scripts_apart(self) -> bool:
        """Whether this text sets blanks between ideographs or kana and Latin letters."""
        return len(re.findall(_APART, self._text)) >= len(re.findall(_TOUCHING, self._text))

    @cached_property
    def _brackets_apart(self) -> bool:
        """Whether this text sets blanks between ideographs or kana and a narrow bracket that opens."""
        return len(re.findall(_BRACKET_APART, self._text)) >= max(1, len(re.findall(_BRACKET_TOUCHING, self._text)))


def _is_address(before: str) -> bool:
    return _ADDRESS.search(before[before.rfind(" ") + 1 :]) is not None
