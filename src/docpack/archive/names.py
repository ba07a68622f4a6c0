"""Which names a package may hold: such as lead nowhere else, look like what they are, and fit every file system."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from docpack.archive.problems import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.problems import Problems

__all__ = ["check_name", "folded", "leads_astray"]

MAX_PART_BYTES = 240  # of the 255 that file systems hold: a program that copies wants room for ".partial"
MAX_PATH_BYTES = 4096  # PATH_MAX on Linux
MAX_PARTS = 100  # folders in folders: nobody has so many, and a thousand of them cost a thousand times the memory
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_WINDOWS_CHARACTERS = frozenset('<>"|?*')
# Control, format (with the marks that turn the direction of writing), surrogate and separator characters.
_DECEIVING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".spotlight-v100", ".trashes"})


def check_name(path: str, problems: Problems, *, foreign: bool) -> bool:
    """Report what is wrong with a path; return whether it can be used as a name inside the package.

    A bag of somebody else may hold names that do not fit every file system; for it these are warnings.
    """
    safe = True
    if reason := leads_astray(path):
        problems.add(Code.NAME_TRAVERSAL, path, reason)
        safe = False
    for character in sorted(set(path)):
        if character == "\\" or unicodedata.category(character) in _DECEIVING:
            problems.add(Code.NAME_CHARACTER, path, f"the name holds {_called(character)}")
            safe = False
    if len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        problems.add(Code.NAME_LENGTH, path[:200], f"the name is longer than {MAX_PATH_BYTES} bytes")
        safe = False
    if path.count("/") >= MAX_PARTS:
        problems.add(Code.NAME_LENGTH, path[:200], f"the name has more than {MAX_PARTS} parts")
        safe = False
    severity = Severity.WARNING if foreign else None
    for code, message in _not_portable(path):
        problems.add(code, path, message, severity)
    return safe


def leads_astray(path: str) -> str:
    """Return why a path would not stay where it is put, as a clause; or ""."""
    parts = path.split("/")
    if not path:
        return "the name is empty"
    if path.startswith("/"):
        return "the name is absolute"
    if ".." in parts:
        return "the name has a part .."
    if "." in parts:
        return "the name has a part ."
    if "" in parts:
        return "the name has an empty part"
    if re.match(r"[A-Za-z]:[/\\]", path):
        return "the name begins with a drive"
    return ""


def folded(path: str) -> str:
    """Return a path without what tells names apart on some file systems only: case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _not_portable(path: str) -> Iterator[tuple[Code, str]]:
    if path.startswith("~"):
        yield Code.NAME_TILDE, "the name begins with ~"
    if unicodedata.normalize("NFC", path) != path:
        yield Code.NAME_UNICODE, "the name is not in normal form C"
    for part in path.split("/"):
        if len(part.encode("utf-8", "surrogatepass")) > MAX_PART_BYTES:
            yield Code.NAME_LENGTH, f"a part of the name is longer than {MAX_PART_BYTES} bytes"
        if part.lower() in _SYSTEM_FILES:
            yield Code.SYSTEM_FILE, f"{part} was left there by an operating system"
        if part not in {"", ".", ".."} and (reason := _why_not_on_windows(part)):
            yield Code.NAME_WINDOWS, reason


def _why_not_on_windows(part: str) -> str:
    if _WINDOWS_DEVICE.fullmatch(part):
        return f"{part} is a device on Windows"
    if part[-1] in ". ":
        return "Windows cuts a dot or a blank off the end of a name"
    if forbidden := sorted(_WINDOWS_CHARACTERS.union(":").intersection(part)):
        return f"Windows has no {' '.join(forbidden)} in names"
    return ""


def _called(character: str) -> str:
    return f"{unicodedata.name(character, 'a control character')} (U+{ord(character):04X})"
