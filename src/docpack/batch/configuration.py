"""What a repository of texts says of itself: `docpack.toml`, or `[tool.docpack]` in the nearest `pyproject.toml`.

    inputs = ["texts/**/*.txt"]
    output = "books"
    formats = ["epub", "tei"]

    [metadata]
    publisher = "Harbour Press"

    [[rule]]
    match = ["poems/**"]
    options = { paragraphs = "line" }

Paths are those below the folder of the file. Every error names the file, the line and the key.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.batch.planning import Rule
from docpack.errors import DocpackError, UsageError
from docpack.files import read_file
from docpack.jobs import Job
from docpack.plugins import NamedBytes, options_of, reader_names, reader_type, writer_names, writer_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docpack.metadata import Changes
    from docpack.plugins import Option

__all__ = ["FILE_NAME", "Configuration", "find_configuration", "read_configuration"]

FILE_NAME = "docpack.toml"
MAX_NUMBER = 1_000_000  # of workers, or seconds
_PROJECT = "pyproject.toml"
_TABLE = re.compile(rb"^\s*\[\[?\s*tool\s*\.\s*docpack\s*[.\]]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration says; None and empty values stand for what it does not say.

    `path` is the file, `folder` where it lies; `inputs`, `base` and `output` are paths as the current folder has them.
    """

    path: str
    folder: str
    inputs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    base: str = ""
    output: str = ""
    formats: tuple[str, ...] = ()
    pack: bool = False
    job: Job = field(default_factory=lambda: Job("", ()))
    rules: tuple[Rule, ...] = ()
    strict: float | None = None
    jobs: int | None = None
    timeout_s: float | None = None
    memory: str | None = None


def find_configuration(folder: Path) -> Path | None:
    """Return the configuration of a folder: its own, or that of the nearest folder above that has one."""
    for place in (folder, *folder.parents):
        if os.path.isfile(place / FILE_NAME):  # noqa: PTH113  # where pathlib raises, it says no
            return place / FILE_NAME
        project = place / _PROJECT
        try:
            if _TABLE.search(project.read_bytes()):
                return project
        except OSError:  # there is none, or it is nobody's business of ours
            continue
    return None


def read_configuration(path: Path) -> Configuration:
    """Return what a configuration file says.

    Raises:
        UsageError: It cannot be read, or says what makes no sense; the message has file, line and key.
    """
    try:
        data = read_file(path)
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except DocpackError as error:
        raise UsageError(error.message, hint=error.hint) from error
    except RecursionError as error:
        raise UsageError(f"{path} is nested too deeply", hint="Settings are plain keys, texts and lists.") from error
    except ValueError as error:  # no UTF-8, or no TOML; the latter's message has the line
        raise UsageError(f"{path} is no valid TOML: {error}", hint='Lines have the form key = "value".') from error
    prefix: tuple[str, ...] = ()
    if path.name == _PROJECT:
        prefix = ("tool", "docpack")
        tool = table.get("tool")
        table = tool.get("docpack", {}) if isinstance(tool, dict) else {}
    return _Reader(path, text, prefix).configuration(table)


class _Reader:
    """Reads the tables of one file, and knows where in it each key stands."""

    def __init__(self, path: Path, text: str, prefix: tuple[str, ...]) -> None:
        self._path, self._text, self._prefix = path, text, prefix
        self._folder = os.path.relpath(path.parent)

    def configuration(self, table: Any) -> Configuration:
        self._check_keys((), table, _KEYS)
        formats = self._formats((), table)
        rules = self._list((), table, "rule", dict, "tables, each headed by [[rule]]")
        all_formats = dict.fromkeys(formats)
        for number, rule in enumerate(rules):
            all_formats |= dict.fromkeys(self._formats(("rule", number), rule))
        names = tuple(all_formats) or tuple(writer_names())
        return Configuration(
            path=os.path.relpath(self._path),
            folder=self._folder,
            inputs=tuple(map(self._below, self._list((), table, "inputs", str, "patterns"))),
            exclude=tuple(self._list((), table, "exclude", str, "patterns")),
            base=self._below(self._value((), table, "base", str, "a folder") or "") if table.get("base") else "",
            output=self._below(self._value((), table, "output", str, "a folder")) if table.get("output") else "",
            formats=formats,
            pack=bool(self._value((), table, "pack", bool, "true or false")),
            job=self._job((), table, names),
            rules=tuple(self._rule(number, rule, names) for number, rule in enumerate(rules)),
            strict=self._strict(table),
            jobs=self._number(table, "jobs", int),
            timeout_s=self._number(table, "timeout", float),
            memory=self._value((), table, "memory", str, 'a size, such as "2G"'),
        )

    def _rule(self, number: int, table: Mapping[str, Any], formats: tuple[str, ...]) -> Rule:
        where = ("rule", number)
        self._check_keys(where, table, _RULE_KEYS)
        patterns = tuple(self._list(where, table, "match", str, "patterns"))
        if not patterns:
            raise self._wrong((*where,), "a rule matches nothing", 'Give match = ["poems/**"].')
        return Rule(patterns, self._formats(where, table), self._job(where, table, formats))

    def _job(self, where: tuple[Any, ...], table: Mapping[str, Any], formats: tuple[str, ...]) -> Job:
        writers, readers = self._options(where, table, formats)
        return Job(
            source="",
            outputs=(),
            format=self._reader_name(where, table),
            options=writers,
            reader_options=readers,
            changes=self._metadata(where, table),
            verify=self._value(where, table, "verify", bool, "true or false"),
        )

    def _formats(self, where: tuple[Any, ...], table: Mapping[str, Any]) -> tuple[str, ...]:
        names = self._list(where, table, "formats", str, "names of formats")
        for name in names:
            self._checked((*where, "formats"), partial(writer_type, name))
        return tuple(dict.fromkeys(names))

    def _reader_name(self, where: tuple[Any, ...], table: Mapping[str, Any]) -> str:
        name = self._value(where, table, "from", str, "the name of a format") or ""
        if name:
            self._checked((*where, "from"), lambda: reader_type(name))
        return name

    def _metadata(self, where: tuple[Any, ...], table: Mapping[str, Any]) -> Changes | None:
        from docpack import metadata
        from docpack.metadata.tables import changes_of_table

        found = []
        if name := self._value(where, table, "metadata-file", str, "a file"):
            path = Path(self._below(name))
            key = (*where, "metadata-file")
            found.append(self._checked(key, lambda: metadata.parse_file(read_file(path), path.name)))
        for name, value in (self._value(where, table, "metadata", dict, "a table") or {}).items():
            key = (*where, "metadata", name)
            found.append(self._checked(key, partial(changes_of_table, {name: value}, "", "metadata")))
        return metadata.merge(*found) if found else None

    def _options(
        self, where: tuple[Any, ...], table: Mapping[str, Any], formats: tuple[str, ...]
    ) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """Return the options of writers, by format, and those of readers: they are called as on the command line."""
        writers: dict[str, dict[str, Any]] = {}
        readers: dict[str, Any] = {}
        for flag, value in (self._value(where, table, "options", dict, "a table") or {}).items():
            key = (*where, "options", flag)
            known = [(name, each) for name in formats for each in _options_called(flag, writer_type(name))]
            reading = [each for name in reader_names() for each in _options_called(flag, reader_type(name))]
            if not known and not reading:
                raise self._wrong(
                    key, f"no option is called {flag}", "See `docpack batch --help`; leave out the dashes."
                )
            for name, option in known:
                writers.setdefault(name, {})[option.name] = self._option(key, option, value)
            for option in reading:
                readers[option.name] = self._option(key, option, value)
        return writers, readers

    def _option(self, key: tuple[Any, ...], option: Option, value: Any) -> Any:
        if option.kind == "bool":
            if value is not True:
                raise self._wrong(key, "this is a switch", "Write true, or leave it out.")
            return option.default is not True
        if option.kind == "file" and isinstance(value, str):
            path = Path(self._below(value))
            return self._checked(key, lambda: NamedBytes(read_file(path), path.name))
        if option.kind == "folders":
            given = [value] if isinstance(value, str) else value
            if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
                raise self._wrong(key, "this is no folder", "Give the name of a folder, or a list of names.")
            return tuple(map(self._below, given))
        if option.choices and value not in option.choices:
            raise self._wrong(key, f"it cannot be {value!r}", f"It can be: {', '.join(filter(None, option.choices))}.")
        wanted = int if option.kind == "int" else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise self._wrong(key, f"it cannot be {value!r}", f"Give {'a number' if wanted is int else 'a text'}.")
        return value

    def _strict(self, table: Mapping[str, Any]) -> float | None:
        from docpack.judgements import UNSURE_BELOW

        value = table.get("strict")
        if value is None or value is False:
            return None
        if value is True:
            return UNSURE_BELOW
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self._wrong(("strict",), f"it cannot be {value!r}", "Give true, or a number from 0 to 1.")
        return float(value)

    def _number(self, table: Mapping[str, Any], key: str, kind: Callable[[Any], Any]) -> Any:
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMBER:
            raise self._wrong((key,), f"it cannot be {str(value)[:40]}", f"Give a number from 0 to {MAX_NUMBER}.")
        if kind(value) != value or (key == "jobs" and not value):
            raise self._wrong((key,), f"it cannot be {value!r}", "Give a whole number of at least 1.")
        return kind(value)

    def _value(self, where: tuple[Any, ...], table: Mapping[str, Any], key: str, kind: type, what: str) -> Any:
        value = table.get(key)
        if value is not None and not isinstance(value, kind):
            raise self._wrong((*where, key), f"it cannot be {value!r}", f"Give {what}.")
        return value

    def _list(self, where: tuple[Any, ...], table: Mapping[str, Any], key: str, kind: type, what: str) -> list[Any]:
        value = table.get(key, [])
        given = [value] if isinstance(value, str) and kind is str else value
        if not isinstance(given, list) or not all(isinstance(each, kind) for each in given):
            raise self._wrong((*where, key), f"it cannot be {value!r}", f"Give a list of {what}.")
        return given

    def _check_keys(self, where: tuple[Any, ...], table: Any, known: Sequence[str]) -> None:
        if not isinstance(table, dict):
            raise self._wrong(where, "this is no table", "Head it with [tool.docpack].")
        for key in table:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(key, known, 1)
                guess = f"Did you mean {near[0]}? " if near else ""
                raise self._wrong((*where, key), "there is no such key", f"{guess}There are: {', '.join(known)}.")

    def _checked(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        try:
            return make()
        except DocpackError as error:
            raise self._wrong(key, error.message, error.hint) from error

    def _wrong(self, key: tuple[Any, ...], message: str, hint: str) -> UsageError:
        name = ".".join(str(each) for each in key if not isinstance(each, int))
        line = _line_of(self._text, (*self._prefix, *key))
        return UsageError(f"{os.path.relpath(self._path)}:{line}: {name}: {message}", hint=hint)

    def _below(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._folder, path))  # noqa: PTH118


_RULE_KEYS = ("match", "formats", "from", "metadata", "metadata-file", "options", "verify")
_KEYS = (
    *("inputs", "exclude", "base", "output", "formats", "from", "metadata", "metadata-file", "options", "verify"),
    *("pack", "strict", "jobs", "timeout", "memory", "rule"),
)
_HEAD = re.compile(r"\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"([A-Za-z0-9_.\-\"']+)\s*=")


def _options_called(flag: str, kind: type[Any]) -> list[Option]:
    return [each for each in options_of(kind) if each.flag == f"--{flag}"]


def _line_of(text: str, key: tuple[Any, ...]) -> int:
    """Return the line of a TOML file that a key stands in, or the nearest one before it: TOML's reader does not tell.

    Args:
        text: The file.
        key: Names of tables and keys; a number is the place in an array of tables, from 0.
    """
    names = [each for each in key if not isinstance(each, int)]
    wanted = next((each for each in key if isinstance(each, int)), None)
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    best, depth = 1, -1
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if head := _HEAD.fullmatch(stripped):
            table = _split(head[1])
            counts[table] = counts.get(table, -1) + 1
            path = table
        elif found := _KEY.match(stripped):
            path = (*table, *_split(found[1]))
        else:
            continue
        inside = next((counts[table[:n]] for n in range(len(table), 0, -1) if table[:n] in counts), None)
        if wanted is not None and "rule" in path and inside != wanted:
            continue
        common = next(
            (n for n, (a, b) in enumerate(zip(path, names, strict=False)) if a != b), min(len(path), len(names))
        )
        if common == len(path) and common > depth:
            best, depth = number, common
    return best


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(each.strip().strip("\"'") for each in dotted.split("."))
