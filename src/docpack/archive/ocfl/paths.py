"""Paths as an inventory writes them: relative, with / between the parts, and none the beginning of another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.archive.ocfl.problems import Problems

MAX_PATH_CHARACTERS = 32_767  # the longest path of any common file system, NTFS

__all__ = ["check_conflicts", "check_content_path", "check_logical_path", "check_path"]


def check_path(path: str, problems: Problems, *, slash: str, element: str) -> bool:
    """Note what is wrong with a path; tell whether nothing is.

    Args:
        path: The path.
        problems: Where it is noted.
        slash: The code for a path that begins or ends with /.
        element: The code for a part that is `.`, `..` or empty.
    """
    if len(path) > MAX_PATH_CHARACTERS:
        problems.add("E902", f"the path {shown(path)} has {len(path)} characters")
        return False
    sound = True
    if path.startswith("/") or path.endswith("/"):
        problems.add(slash, f"the path {shown(path)} begins or ends with /")
        sound = False
    if any(part in {"", ".", ".."} for part in path.strip("/").split("/")):
        problems.add(element, f"the path {shown(path)} has a part that is empty, . or ..")
        sound = False
    return sound


def check_logical_path(path: str, problems: Problems) -> bool:
    """Note what is wrong with a logical path; tell whether nothing is.

    Spec:
        OCFL 1.1, section 3.5.3.1, version. That a file can have the path is our own rule: else nobody could take it out.
    """
    if "\0" in path or (not path.isascii() and any("\ud800" <= each <= "\udfff" for each in path)):
        problems.add("E904", f"the path {shown(path)} is none that a file can have")
        return False
    return check_path(path, problems, slash="E053", element="E052")


def check_content_path(path: str, names: Iterable[str], content_directory: str, problems: Problems) -> bool:
    """Note what is wrong with the path of a content file, `v1/content/...`; tell whether nothing is.

    Spec:
        OCFL 1.1, section 3.5.2, manifest.
    """
    if not check_path(path, problems, slash="E100", element="E099"):
        return False
    version, _, rest = path.partition("/")
    folder, _, inside = rest.partition("/")
    if version not in names or folder != content_directory or not inside:
        problems.add("E042", f"the path {shown(path)} is in no version's folder {shown(content_directory)}")
        return False
    return True


def check_conflicts(paths: Iterable[str], code: str, problems: Problems) -> None:
    """Note each path that is a file's and also that of a folder with files.

    Costs n log n in the length of all paths: one of a million parts is no trouble.
    """
    # With NUL, the lowest character, for the slash, what stands in a folder sorts right behind the folder's own path.
    ordered = sorted(path.replace("/", "\0") for path in paths)
    for before, after in pairwise(ordered):
        if after.startswith(f"{before}\0"):
            path = before.replace("\0", "/")
            problems.add(code, f"the path {shown(path)} is both that of a file and that of a folder")
