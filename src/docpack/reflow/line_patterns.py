r"""Patterns of an overrides file: Python regular expressions that cannot take forever.

Python's `re` goes back and tries again, and some patterns make it do so without end on lines of forty characters:
`(a+)+$`. So a pattern is looked at before it is used. What is repeated may not itself match in several ways; what is
left are choices one after the other, and the product of their numbers, on a line of `MAX_LINE_CHARACTERS`, is what
the pattern can cost at most. Longer lines match no pattern.
"""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

__all__ = ["MAX_LINE_CHARACTERS", "MAX_PATTERN_CHARACTERS", "PatternError", "compile_pattern"]

MAX_PATTERN_CHARACTERS = 200
MAX_LINE_CHARACTERS = 300  # what patterns are for, running heads and headings, is shorter
# A repetition may end at 300 places, but several of them only in their order: 300^2 / 2! = 212^2, 300^3 / 3! = 165^3.
_PLACES = 200
MAX_WAYS = 40_000_000  # `^.*.*.*=`, with 8 millions, takes 12 ms on a line of 300 characters; one `.*` more, a second
_HEADS = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING"})


class PatternError(ValueError):
    """A pattern is invalid, or may take too long; the message says why, as a clause."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern, to be searched for in lines without the white space at their edges.

    Raises:
        PatternError: It is too long, invalid, matches everything, or might take too long.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise PatternError(f"it has {len(pattern)} characters; the limit is {MAX_PATTERN_CHARACTERS}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # constructs whose meaning will change
            compiled = re.compile(pattern)
            tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001  # no parser is public
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise PatternError(f"it is no regular expression: {' '.join(str(error).split())}") from error
    ways = _ways(tree) * (1 if _is_anchored(compiled, tree) else _PLACES)
    if ways > MAX_WAYS:
        raise PatternError("it could take too long: too many parts of it may match in several ways")
    if compiled.search("") is not None:
        raise PatternError("it matches every line")
    return compiled


def _is_anchored(compiled: re.Pattern[str], tree: Any) -> bool:
    """Tell whether a pattern can match at the head of a line only."""
    if not len(tree) or compiled.flags & re.MULTILINE:
        return False
    operation, argument = tree[0]
    return str(operation) == "AT" and str(argument) in _HEADS


def _ways(tree: Any) -> int:
    """Return in how many ways a part of a pattern may match at one place.

    Raises:
        PatternError: They cannot be counted.
    """
    return math.prod(_ways_of(str(operation), argument) for operation, argument in tree)


def _ways_of(operation: str, argument: Any) -> int:
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _ways_of_repetition(*argument)
    if operation == "BRANCH":
        return sum(map(_ways, argument[1])) + len(argument[1])  # `(x|xx)` costs more than `x?`
    if operation == "SUBPATTERN":
        return _ways(argument[-1])
    if operation == "ATOMIC_GROUP":
        return _ways(argument)
    if operation in ("ASSERT", "ASSERT_NOT"):
        return _ways(argument[1])
    if operation.startswith("GROUPREF"):
        raise PatternError("it refers back to a group")
    return 1  # a character, a set of them, a place


def _ways_of_repetition(least: Any, most: Any, repeated: Any) -> int:
    ways = _ways(repeated)
    if int(most) == 1:
        return ways + 1 - int(least)
    if ways > 1:
        raise PatternError("what it repeats holds a repetition or an alternative itself")
    return min(int(most) - int(least) + 1, _PLACES)
