"""The Library of Congress's bagit on a bag, and bagit_profile on its profile; Python packages.

bagit is not the strictest of readers: it lets through, among others, blanks before the colon in bagit.txt, tag files that no
manifest names, and names that differ in case only. `docpack verify` does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Cause, Found, Missing, Outcome, Verdict
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import ask_program, python_program

if TYPE_CHECKING:
    from docpack.verdicts import Places

__all__ = ["BagItProfileValidator", "BagItValidator"]

_LABEL = "bagit-profile-identifier"
_MAX_TAG_FILE_BYTES = 1 << 20
_OURS = Path(__file__).parents[2] / "archive"  # where the profile of docpack's own bags lies
_MAX_PROFILES = 200  # JSON files that are looked at in the folders of schemas


@dataclass(frozen=True, slots=True)
class BagItValidator:
    """Checks that a bag is complete, and every digest."""

    name: ClassVar[str] = "bagit"
    formats: ClassVar[tuple[str, ...]] = ("bag",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "bagit", "bagit")
        if not package:
            return Missing("there is no bagit", "pip install bagit")
        return Found(package.version, python_program(package.python, "with_bagit"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a bag in a folder."""
        return ask_program(self.name, found, path, timeout_s)


@dataclass(frozen=True, slots=True)
class BagItProfileValidator:
    """Holds a bag to the profile that its bag-info.txt names, if it is docpack's own or in a folder of schemas."""

    name: ClassVar[str] = "bagit-profile"
    formats: ClassVar[tuple[str, ...]] = ("bag",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "bagit_profile", "bagit-profile")
        if not package or not find_package(places, "bagit", "bagit"):
            return Missing("there is no bagit-profile", "pip install bagit-profile bagit")
        command = python_program(package.python, "with_bagit_profile")
        return Found(package.version, command, (*places.schemas, *places.tools, _OURS))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a bag in a folder; none where it names no profile, or one that is not on the disk."""
        wanted = _profile_of(path)
        known = _profile_file(wanted, found.files) if wanted else None
        if not known:
            reason = f"the profile {wanted} is in no folder of schemas" if wanted else "the bag names no profile"
            cause = Cause.MISSING if wanted else Cause.UNSUITED
            hint = f"{wanted} as a file; name its folder with --schemas" if wanted else ""
            return Verdict(self.name, found.version, Outcome.NOT_RUN, reason=reason, cause=cause, hint=hint)
        return ask_program(self.name, replace(found, files=()), path, timeout_s, known)


def _profile_of(bag: Path) -> str:
    """Return what a bag's bag-info.txt names as its profile, or ""."""
    try:
        with (bag / "bag-info.txt").open("rb") as file:
            text = file.read(_MAX_TAG_FILE_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    for line in text.splitlines():
        label, _, value = line.partition(":")
        if label.strip().lower() == _LABEL:
            return value.strip()
    return ""


def _profile_file(name: str, folders: tuple[Path, ...]) -> Path | None:
    """Return the file in which a profile of this name is, or None."""
    files = [file for folder in folders for depth in ("*.json", "*/*.json") for file in sorted(folder.glob(depth))]
    for file in files[:_MAX_PROFILES]:
        try:
            if file.stat().st_size > _MAX_TAG_FILE_BYTES:
                continue
            content = json.loads(file.read_bytes())
            if content["BagIt-Profile-Info"]["BagIt-Profile-Identifier"] == name:
                return file.absolute()
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            continue
    return None
