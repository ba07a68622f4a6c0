"""Folios: the page numbers that a line may carry, and what two running heads of different pages have in common."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from docpack.numerals import roman_value

__all__ = ["MAX_HEAD_CHARACTERS", "SENTENCE_ENDS", "Number", "head_shape", "is_folio", "numbers_of", "printed_number"]

MAX_HEAD_CHARACTERS = 90  # runs of blanks counted as one
SENTENCE_ENDS = '.!?…:;。！？؟”’"»'


_FOLIO = re.compile(r"(?:page |p\. ?|[-–—] ?|\[|\()?(\d{1,4}|[ivxlcdmIVXLCDM]{1,8})(?: ?[-–—]|\]|\))?", re.IGNORECASE)
_OF_PAGES = re.compile(r"(?:[^\W\d_]{1,8} )?(\d{1,4})(?: (?:of|de|von|van|di|av|af|из|z) | ?/ ?)\d{1,4}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"[\[(]?(\d{1,4})[\])]?[\s.|:·•–—-]+(\D.*)")
_NUMBER_LAST = re.compile(r"(.*\D)[\s.|:·•–—-]+[\[(]?(?:page |p\. ?)?(\d{1,4})(?:/\d{1,4})?[\])]?", re.IGNORECASE)


class Number(NamedTuple):
    """A page number that a line might carry: its value, what else the line says, and whether it is Roman."""

    value: int
    rest: str
    roman: bool = False


LONGEST_ROMAN = 12  # characters of a folio in Roman numerals with dashes round it


def _may_be_numbered(text: str) -> bool:
    """Tell at a glance whether a line begins or ends with a number, dashes and brackets apart."""
    if text[0].isdigit() or text[-1].isdigit() or text[0] in "-–—[(":
        return True
    return text[-1] in "-–—])" and any(map(str.isdigit, text[-6:-1]))


def numbers_of(text: str) -> list[Number]:
    """Return the page numbers that a line might carry; a long line carries none, blanks between its parts apart."""
    if len(text) >= MAX_HEAD_CHARACTERS:
        text = " ".join(text.split())
        if len(text) >= MAX_HEAD_CHARACTERS:
            return []
    if len(text) > LONGEST_ROMAN and not _may_be_numbered(text):
        return []
    folio = _FOLIO.fullmatch(text) or _OF_PAGES.fullmatch(text)
    if folio:
        if folio[1].isdecimal():
            return [Number(int(folio[1]), "")]
        value = roman_value(folio[1])
        return [Number(value, "", roman=True)] if value else []
    found = []
    if match := _NUMBER_FIRST.fullmatch(text):
        found.append(Number(int(match[1]), match[2]))
    if match := _NUMBER_LAST.fullmatch(text):
        found.append(Number(int(match[2]), match[1]))
    return found


@lru_cache(maxsize=1 << 15)
def head_shape(text: str) -> str:
    """Return what two heads of different pages have in common: digits as one sign, blanks and case apart."""
    return _DIGITS.sub("#", " ".join(text.split())).casefold()


_DIGITS = re.compile(r"\d+")


def printed_number(text: str, value: int) -> str:
    """Return a page number as a line prints it: its own numeral where it stands alone, else the value."""
    folio = _FOLIO.fullmatch(text)
    return folio[1] if folio and not folio[1].isdecimal() else str(value)


def is_folio(text: str) -> bool:
    """Tell whether a line is nothing but a page number."""
    return _FOLIO.fullmatch(text) is not None
