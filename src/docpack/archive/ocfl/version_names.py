"""Names of versions: v1, v2, ... or, in older stores, with zeros in front so that all are of one length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from docpack.archive.ocfl.problems import Problems

__all__ = ["check_names", "in_order", "next_name", "number_of"]

_NAME = re.compile(r"v0*([1-9][0-9]{0,8})")


def number_of(name: str) -> int:
    """Return the number of a version; 0 where the name is none of a version."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the names that are names of versions, by their number; the shorter of two for one number."""
    by_number: dict[int, str] = {}
    for name in sorted(names, key=lambda each: (len(each), each)):
        if number := number_of(name):
            by_number.setdefault(number, name)
    return tuple(by_number[number] for number in sorted(by_number))


def next_name(head: str) -> str:
    """Return the name of the version after a version, in the same style.

    Returns "" where there is none: the zeros of `head` leave no room.

    Spec:
        OCFL 1.1, section 3.2, version directories: a padded number begins with a zero.

    >>> next_name("v9"), next_name("v009"), next_name("v09")
    ('v10', 'v010', '')
    """
    number = number_of(head) + 1
    if not head.startswith("v0"):
        return f"v{number}"
    name = f"v{number:0{len(head) - 1}}"
    return name if len(name) == len(head) and name.startswith("v0") else ""


def check_names(names: Collection[str], problems: Problems) -> tuple[str, ...]:
    """Note what is wrong with the names of an object's versions, and return them in order.

    Spec:
        OCFL 1.1, section 3.2, version directories.
    """
    if not names:
        problems.add("E008", "there are no versions")
        return ()
    for name in names:
        if not number_of(name):
            problems.add("E104", f"{shown(name)} is no name of a version")
    ordered = in_order(names)
    _check_style([name for name in names if number_of(name)], problems)
    numbers = [number_of(name) for name in ordered]
    if numbers[:1] != [1]:
        problems.add("E009", "there is no version 1")
    for before, number in zip(numbers, numbers[1:], strict=False):
        if number != before + 1:
            problems.add("E010", f"version {before} is followed by version {number}")
    return ordered


def _check_style(names: list[str], problems: Problems) -> None:
    padded = [name for name in names if name.startswith("v0")]
    if not padded:
        return
    problems.add("W001", "the numbers of versions are padded with zeros")
    for name in names:
        if not name.startswith("v0"):
            problems.add("E011", f"{name} does not begin with a zero, as the others do")
            problems.add("E013", f"{name} does not follow the style of the versions before it")
    if len({len(name) for name in names}) > 1:
        problems.add("E012", "the names of versions are not all of one length")
