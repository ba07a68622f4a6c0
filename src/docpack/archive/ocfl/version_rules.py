"""What the standard says about the block of one version: when, why, by whom, and which files it has."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from docpack.archive.ocfl.algorithms import is_digest
from docpack.archive.ocfl.paths import check_conflicts, check_logical_path
from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from docpack.archive.ocfl.inventory_rules import Reading
    from docpack.archive.ocfl.problems import Problems

__all__ = ["check_version", "is_moment"]

_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))"
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)


def is_moment(text: str) -> bool:
    """Tell whether a text is a date and time of the Internet, with seconds and a time zone.

    Spec:
        RFC 3339, section 5.6.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return False
    year, month, day, hour, minute, second, hours_off, minutes_off = (int(each or 0) for each in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    # 60 is a leap second.
    return hour < 24 and minute < 60 and second <= 60 and hours_off < 24 and minutes_off < 60


def check_version(name: str, reading: Reading, used: set[str], problems: Problems) -> dict[str, str]:
    """Note what is wrong with a version's block, and return the digest of each of its logical paths.

    The digests that it names are added to `used`.

    Spec:
        OCFL 1.1, section 3.5.3.1, version.
    """
    version = reading.raw["versions"][name]
    if not isinstance(version, dict):
        problems.add("E047", f"{name} is {shown(version)}, which is no JSON object")
        return {}
    created = version.get("created")
    if "created" not in version:
        problems.add("E048", f"{name} does not say when it was created")
    elif not isinstance(created, str) or not is_moment(created):
        problems.add("E049", f"{name} was created at {shown(created)}, which is no date and time of RFC 3339")
    if "message" not in version:
        problems.add("W007", f"{name} has no message")
    elif not isinstance(version["message"], str):
        problems.add("E094", f"{name} has a message that is no text")
    if "user" not in version:
        problems.add("W007", f"{name} does not say who made it")
    else:
        _check_user(name, version["user"], problems)
    if "state" not in version:
        problems.add("E048", f"{name} has no state")
        return {}
    return _check_state(name, version["state"], reading, used, problems)


def _check_user(name: str, user: Any, problems: Problems) -> None:
    if not isinstance(user, dict):
        problems.add("E054", f"{name} was made by {shown(user)}, which is no JSON object")
        return
    if not isinstance(user.get("name"), str) or not user["name"]:
        problems.add("E054", f"{name} was made by somebody without a name")
    address = user.get("address")
    if "address" not in user:
        problems.add("W008", f"{name} was made by somebody without an address")
    elif not isinstance(address, str):
        problems.add("E054", f"{name} was made by somebody whose address is no text")
    elif not _ADDRESS.fullmatch(address):
        problems.add("W009", f"{name} was made by somebody whose address {shown(address)} is no URI")


def _check_state(name: str, state: Any, reading: Reading, used: set[str], problems: Problems) -> dict[str, str]:
    if not isinstance(state, dict):
        problems.add("E050", f"the state of {name} is {shown(state)}, which is no JSON object")
        return {}
    found: dict[str, str] = {}
    for digest, paths in state.items():
        used.add(digest.lower())
        if reading.algorithm and not is_digest(digest, reading.algorithm):
            problems.add("E050", f"{name} has {shown(digest)}, which is no digest of {reading.algorithm}")
        elif reading.keys.get(digest.lower()) != digest:  # in the very same case: keys are compared as they stand
            problems.add("E050", f"{name} has the digest {shown(digest)}, which is not in the manifest")
        if not isinstance(paths, list) or not all(isinstance(each, str) for each in paths):
            problems.add("E050", f"{name} has {shown(paths)} for the paths of a digest")
            continue
        for path in paths:
            if path in found:
                problems.add("E095", f"{name} has the path {shown(path)} twice")
            found[path] = digest.lower()
    sound = [path for path in found if check_logical_path(path, problems)]
    check_conflicts(sound, "E095", problems)
    return found
