"""JSON as a hostile file may hold it: read strictly, with repeated keys noticed, and no depth that breaks Python."""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["JsonObject", "parse_object", "repeated_keys"]


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys stood there more than once."""

    __slots__ = ("repeated",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        """Make it of its members in order; the last of those with one key counts, as in Python's own reader."""
        super().__init__(pairs)
        self.repeated: tuple[str, ...] = ()
        if len(self) != len(pairs):
            seen: set[str] = set()
            self.repeated = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() gives None, which is false


def parse_object(data: bytes) -> JsonObject:
    """Return the JSON object that some bytes hold.

    Raises:
        ValueError: They hold no JSON object in UTF-8; the message says why.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=JsonObject, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not valid UTF-8") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, JsonObject):
        raise ValueError("it is no JSON object")  # for the caller it is one thing: not what it should be
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def repeated_keys(value: Any) -> list[str]:
    """Return the keys that stand more than once in one object, in a value and all that it holds."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, JsonObject):
            found.extend(each.repeated)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return found
