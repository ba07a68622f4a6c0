"""Which files a batch is about: patterns, folders, names and lists, one by one, and where each lies below its base.

Nothing is listed before it is needed, and the order is that of the names, so that millions of files need no memory.
"""

from __future__ import annotations

import fnmatch
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from select import select as select_files
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from docpack.batch.task import Trouble
from docpack.conversion import OVERRIDES_SUFFIX
from docpack.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Selected", "fixed_part", "is_named", "listed", "matches", "select"]

_WILD = re.compile(r"[*?\[]")
_LIST_CHUNK_BYTES = 1 << 16
_PATIENCE_S = 0.1
MAX_DEPTH = 200
MAX_NAME_BYTES = 1 << 16  # of a name in a list: no system has longer ones
_Found: TypeAlias = "tuple[str, Trouble | None]"  # a path, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Selected:
    """A file: how it is opened, and its name below the base, which is what its outputs are called by.

    Where there is a `trouble`, it is a folder that cannot be read, or lies nowhere below the base.
    """

    path: str
    name: str
    trouble: Trouble | None = None


def select(
    patterns: Sequence[str], suffixes: Sequence[str], base: str = "", usual: Sequence[str] = ()
) -> Iterator[Selected]:
    """Yield the files that patterns, folders and file names stand for, each once, those of the first pattern first.

    The name of a file is its path below the fixed part of its pattern, below its folder, or below the deepest folder that
    holds all files that are named one by one; `base` is the folder instead, where it is given.

    Args:
        patterns: `*`, `?` and `[...]` within a name, `**` for any folders; a folder stands for all texts in it.
        suffixes: The endings of the files that are taken from a folder.
        base: The folder that names begin below.
        usual: Patterns of a configuration: a file that is named and lies below the fixed part of one is called as it calls it.

    Raises:
        UsageError: A file does not lie below the base.
    """
    single = [each for each in patterns if is_named(each)]
    together, folders = _common(single), [fixed_part(each) for each in usual]
    seen: set[bytes] = set()
    for pattern in patterns:
        several = len(patterns) > 1 or pattern.count("**") > 1
        for path, below, trouble in _expanded(pattern, suffixes, together):
            if several and _seen(path, seen):
                continue
            name = _name(path, base or _usual(path, folders if pattern in single else ()) or below)
            yield Selected(path, name, trouble)


def is_named(pattern: str) -> bool:
    """Tell whether a pattern is the name of a file; a file's name may have brackets in it."""
    return not os.path.isdir(pattern) and (not _WILD.search(pattern) or os.path.lexists(pattern))  # noqa: PTH112


def _usual(path: str, folders: Sequence[str]) -> str:
    """Return the first of some folders that a file lies in, or ""."""
    whole = os.path.abspath(path)  # noqa: PTH100
    return next((each for each in folders if whole.startswith(os.path.join(os.path.abspath(each), ""))), "")  # noqa: PTH100, PTH118


def fixed_part(pattern: str) -> str:
    """Return the folder that a pattern begins with, before anything in it is wild; a pattern without is a folder."""
    parts = Path(pattern).parts
    fixed = next((number for number, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return os.path.join(*parts[:fixed]) if fixed else "."  # noqa: PTH118


def _common(paths: Sequence[str]) -> str:
    """Return the deepest folder that all files lie in, or "" where there is none, as on several drives of Windows."""
    try:
        return os.path.commonpath([os.path.dirname(os.path.abspath(each)) for each in paths])  # noqa: PTH100, PTH120
    except ValueError:
        return ""


def _seen(path: str, seen: set[bytes]) -> bool:
    import hashlib

    key = hashlib.blake2b(os.fsencode(os.path.abspath(path)), digest_size=12).digest()  # noqa: PTH100
    if key in seen:
        return True
    seen.add(key)
    return False


def _expanded(pattern: str, suffixes: Sequence[str], together: str) -> Iterator[tuple[str, str, Trouble | None]]:
    """Yield the paths of a pattern, each with the folder that its name begins below, and what is wrong with it."""
    if os.path.isdir(pattern):  # noqa: PTH112
        wanted = tuple(suffixes)
        for path, trouble in _walk(pattern, ["**", "*"]):
            if trouble or path.lower().endswith(wanted):
                yield path, pattern, trouble
        return
    if not _WILD.search(pattern) or os.path.lexists(pattern):  # a name may have brackets in it
        if not pattern.endswith(OVERRIDES_SUFFIX):
            yield pattern, together, None
        return
    parts = Path(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if _WILD.search(part))
    folder = os.path.join(*parts[:fixed]) if fixed else ""  # noqa: PTH118
    for path, trouble in _walk(folder, list(parts[fixed:])):
        yield path, folder, trouble


def _walk(folder: str, parts: list[str]) -> Iterator[_Found]:
    """Yield the files below a folder that match the parts of a pattern; hidden ones only where it names them.

    A folder that cannot be read is yielded itself, with what is wrong with it: that costs what lies in it, and no more.
    """
    try:
        entries = _entries(folder)
    except InputError as error:
        yield folder, Trouble.of(error)
        return
    yield from _matching(folder, entries, parts)


def _matching(folder: str, entries: list[tuple[str, bool]], parts: list[str]) -> Iterator[_Found]:
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _matching(folder, entries, rest or ["*"])
        for name, is_folder in entries:
            if is_folder and not name.startswith("."):
                yield from _walk(os.path.join(folder, name), parts)  # noqa: PTH118
        return
    match = re.compile(fnmatch.translate(part)).match
    for name, is_folder in entries:
        if not match(name) or (name.startswith(".") and not part.startswith(".")):
            continue
        path = os.path.join(folder, name)  # noqa: PTH118
        if rest:
            if is_folder:
                yield from _walk(path, rest)
        elif not is_folder and not name.endswith(OVERRIDES_SUFFIX):
            yield path, None


def _entries(folder: str) -> list[tuple[str, bool]]:
    """Return what is in a folder, by name: links to folders are not followed, as they may lead in a circle.

    Raises:
        InputError: It cannot be read, or lies too deep.
    """
    if folder.count(os.sep) > MAX_DEPTH:
        raise InputError(f"{folder[:200]}... lies more than {MAX_DEPTH} folders deep", hint="Name a folder in it.")
    try:
        with os.scandir(folder or ".") as found:
            entries = [(each.name, each.is_dir(follow_symlinks=False), _may_be_file(each)) for each in found]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}", hint="Check its permissions.") from error
    return sorted((name, is_folder) for name, is_folder, is_file in entries if is_folder or is_file)


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a file, or a link of which nobody can tell: that one fails by itself, with a message."""
    try:
        return entry.is_file()
    except OSError:
        return True


def _name(path: str, base: str) -> str:
    """Return a path below its base, with slashes.

    Raises:
        UsageError: It does not lie there.
    """
    relative = os.path.relpath(path, base or ".")
    if relative == os.pardir or relative.startswith(os.pardir + os.sep):
        raise UsageError(
            f"{path} does not lie below {base or 'the current folder'}",
            hint="Name the folder that all inputs lie below with --base.",
        )
    return relative.replace(os.sep, "/")


def listed(file: BinaryIO, *, by_nul: bool, base: str = "") -> Iterator[Selected | None]:
    """Yield the files that a list names, a name a line, or with a NUL after each; and None while no name comes.

    They are called by their paths below the base or, as nobody knows what the list will name yet, below the current folder.
    One that does not lie there is yielded with that trouble.

    Raises:
        UsageError: A name is longer than any file's.
    """
    separator = b"\0" if by_nul else b"\n"
    rest = b""
    read = getattr(file, "read1", file.read)  # what is there, at once: whoever writes the list may not be done
    while True:
        while _keeps_waiting(file):
            yield None
        if not (chunk := read(_LIST_CHUNK_BYTES)):
            break
        *lines, rest = (rest + chunk).split(separator)
        yield from _of_lines(lines, base, by_nul=by_nul)
        if len(rest) > MAX_NAME_BYTES:
            raise UsageError("the list of files has a name that is too long", hint="Is it separated by NUL? Add -0.")
    yield from _of_lines([rest], base, by_nul=by_nul)


def _keeps_waiting(file: BinaryIO) -> bool:
    """Tell whether a file has nothing to give for a tenth of a second, where the system can tell."""
    try:
        return not select_files([file], [], [], _PATIENCE_S)[0]
    except (OSError, ValueError):  # it is none of the system's files; or on Windows, which knows of sockets only
        return False


def _of_lines(lines: Iterable[bytes], base: str, *, by_nul: bool) -> Iterator[Selected]:
    for line in lines:
        name = line if by_nul else line.removesuffix(b"\r")
        if name and not name.endswith(OVERRIDES_SUFFIX.encode()):
            path = os.fsdecode(name)
            try:
                yield Selected(path, _name(path, base))
            except UsageError as error:
                yield Selected(path, path, Trouble.of(error))


def matches(name: str, pattern: str) -> bool:
    """Tell whether a name below the base matches a pattern of a configuration.

    >>> matches("poems/1819/ode.txt", "poems/**")
    True
    >>> matches("ode.txt", "**/*.txt"), matches("poems/ode.txt", "*.txt")
    (True, False)
    """
    return _compiled(pattern).fullmatch(name) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = pattern.strip("/").split("/")
    made = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            made += ".*" if last else "(?:.*/)?"
        else:
            made += _of_part(part) + ("" if last else "/")
    try:
        return re.compile(made, re.DOTALL)
    except re.error as error:
        raise UsageError(f"{pattern!r} is no pattern: {error}", hint="Ranges are such as [a-z].") from error


def _of_part(part: str) -> str:
    """Return the regular expression of a part of a pattern, in which nothing matches a slash."""
    made, position = "", 0
    for wild in re.finditer(r"\*+|\?|\[!?\]?[^\]]*\]", part):
        made += re.escape(part[position : wild.start()])
        position = wild.end()
        if wild[0][0] == "[":
            inside = wild[0][1:-1].replace("\\", "\\\\").replace("[", "\\[")
            inside = inside.replace("^", r"\^")
            made += f"(?!/)[{'^' + inside[1:] if inside[0] == '!' else inside}]"
        else:
            made += "[^/]" if wild[0] == "?" else "[^/]*"
    return made + re.escape(part[position:])
