r"""Patterns of an overrides file: Python regular expressions that cannot take forever.

Python's `re` goes back and tries again, and some patterns make it do so without end on lines of forty characters:
`(a+)+$`. So a pattern is looked at before it is used. What is repeated may not itself match in several ways; what is
left are choices one after the other, and the product of their numbers, on a line of `MAX_LINE_CHARACTERS`, is what
the pattern can cost at most. Longer lines match no pattern. What all patterns can cost on all lines of a text is
counted as well, with the lines as they are: a repetition cannot end at more places than its characters follow each
other there.
"""

from __future__ import annotations

import math
import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Places = Callable[[Any, int], int]  # what is repeated, and the flags there, to the places where that may end

__all__ = [
    "MAX_LINE_CHARACTERS", "MAX_PATTERN_CHARACTERS", "MAX_STEPS", "PatternError", "compile_pattern", "most_steps",
]  # fmt: skip

MAX_PATTERN_CHARACTERS = 200
MAX_LINE_CHARACTERS = 300  # what patterns are for, running heads and headings, is shorter
# A repetition may end at 300 places, but several of them only in their order: 300^2 / 2! = 212^2, 300^3 / 3! = 165^3.
_PLACES = 200
MAX_WAYS = 40_000_000  # `^.*.*.*=`, with 8 millions, takes 12 ms on a line of 300 characters; one `.*` more, a second
MAX_STEPS = 2_000_000_000  # of all patterns on all lines of a text; some three seconds
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
            tree = _tree(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise PatternError(f"it is no regular expression: {' '.join(str(error).split())}") from error
    ways = _ways(tree, compiled.flags, _worst_places) * (1 if _is_anchored(compiled, tree) else _PLACES)
    if ways > MAX_WAYS:
        raise PatternError("it could take too long: too many parts of it may match in several ways")
    if compiled.search("") is not None:
        raise PatternError("it matches every line")
    return compiled


def most_steps(compiled: re.Pattern[str], lines: Sequence[str]) -> int:
    """Return how many steps a pattern of `compile_pattern` can take at most on the lines of a text.

    It is no longer counted exactly once it is above `MAX_STEPS`.
    """
    tree = _tree(compiled.pattern)
    anchored = _is_anchored(compiled, tree)

    def on(length: int, places: Places) -> int:
        return _ways(tree, compiled.flags, places) * (1 if anchored else _places_in(length))

    @cache
    def by_length(length: int) -> int:
        return on(length, lambda _, __: _places_in(length))

    if sum(by_length(len(line)) for line in lines) <= MAX_STEPS:
        return sum(by_length(len(line)) for line in lines)
    runs = _Runs()
    steps = 0
    for line in lines:
        cheap = by_length(len(line))
        steps += cheap if cheap <= _CHEAP else on(len(line), runs.places_in(line))
        if steps > MAX_STEPS:
            break
    return steps


_CHEAP = 1000  # steps; to count more exactly would take as long


class _Runs:
    """How many characters of a kind follow each other in a line at most."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[int, int], re.Pattern[str] | None] = {}

    def places_in(self, line: str) -> Places:
        """Return a function that tells at how many places a repetition may end in a line."""

        def places(repeated: Any, flags: int) -> int:
            key = (id(repeated), flags)
            if key not in self._compiled:
                self._compiled[key] = _compile_run(repeated, flags)
            run = self._compiled[key]
            if run is None:
                return _places_in(len(line))
            return _places_in(max((match.end() - match.start() for match in run.finditer(line)), default=0))

        return places


def _compile_run(repeated: Any, flags: int) -> re.Pattern[str] | None:
    """Return a pattern for characters of one kind that follow each other; None where what is repeated is more."""
    if len(repeated) != 1 or str(repeated[0][0]) not in ("ANY", "IN", "LITERAL", "NOT_LITERAL"):
        return None
    parser, compiler = re._parser, re._compiler  # type: ignore[attr-defined]  # noqa: SLF001  # as in _tree
    run = parser.SubPattern(parser.State(), [(parser.MAX_REPEAT, (1, parser.MAXREPEAT, repeated))])
    made: re.Pattern[str] = compiler.compile(run, flags)
    return made


def _places_in(length: int) -> int:
    return length * _PLACES // MAX_LINE_CHARACTERS + 1


def _worst_places(_: Any, __: int) -> int:
    return _PLACES


def _tree(pattern: str) -> Any:
    return re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001  # no parser is public


def _is_anchored(compiled: re.Pattern[str], tree: Any) -> bool:
    """Tell whether a pattern can match at the head of a line only."""
    if not len(tree) or compiled.flags & re.MULTILINE:
        return False
    operation, argument = tree[0]
    return str(operation) == "AT" and str(argument) in _HEADS


def _ways(tree: Any, flags: int, places: Places) -> int:
    """Return in how many ways a part of a pattern may match at one place.

    Raises:
        PatternError: They cannot be counted.
    """
    return math.prod(_ways_of(str(operation), argument, flags, places) for operation, argument in tree)


def _ways_of(operation: str, argument: Any, flags: int, places: Places) -> int:
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, repeated = argument
        return _ways_of_repetition(least, most, repeated, flags, places)
    if operation == "BRANCH":  # `(x|xx)` costs more than `x?`
        return sum(_ways(each, flags, places) for each in argument[1]) + len(argument[1])
    if operation == "SUBPATTERN":
        _, added, taken, inner = argument
        return _ways(inner, (flags | added) & ~taken, places)
    if operation == "ATOMIC_GROUP":
        return _ways(argument, flags, places)
    if operation in ("ASSERT", "ASSERT_NOT"):
        return _ways(argument[1], flags, places)
    if operation.startswith("GROUPREF"):
        raise PatternError("it refers back to a group")
    return 1  # a character, a set of them, a place


def _ways_of_repetition(least: Any, most: Any, repeated: Any, flags: int, places: Places) -> int:
    ways = _ways(repeated, flags, places)
    if int(most) == 1:
        return ways + 1 - int(least)
    if _ways(repeated, flags, _worst_places) > 1:
        raise PatternError("what it repeats holds a repetition or an alternative itself")
    return min(int(most) - int(least) + 1, places(repeated, flags))
