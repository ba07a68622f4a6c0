"""Options of readers and writers on the command line, made from the fields of their classes."""

from __future__ import annotations

import argparse
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.conversion import overrides_beside
from docpack.errors import DocpackError, UsageError
from docpack.plugins import (
    NamedBytes,
    options_of,
    packager_type,
    reader_names,
    reader_type,
    writer_for_path,
    writer_names,
    writer_type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.metadata import Changes
    from docpack.plugins import Option

__all__ = [
    "PluginOptions",
    "asked_formats",
    "check_overrides_beside",
    "confidence",
    "owners_of",
    "reader_settings",
    "split_formats",
    "stated_changes",
]


@dataclass(slots=True)
class PluginOptions:
    """The options of some plug-ins, by flag: several formats may share one (`--css`)."""

    flags: dict[str, list[tuple[str, Option]]]

    @classmethod
    def of_writers(cls, formats: Sequence[str]) -> PluginOptions:
        """Collect the options of the writers of these formats."""
        return cls(_by_flag((name, each) for name in formats for each in options_of(writer_type(name))))

    @classmethod
    def of_readers(cls, formats: Sequence[str]) -> PluginOptions:
        """Collect the options of the readers of these formats."""
        return cls(_by_flag((name, each) for name in formats for each in options_of(reader_type(name))))

    @classmethod
    def of_packagers(cls, profiles: Sequence[str]) -> PluginOptions:
        """Collect the options of the packagers of these profiles."""
        return cls(_by_flag((name, each) for name in profiles for each in options_of(packager_type(name))))

    def add_to(self, parser: argparse.ArgumentParser, title: str) -> None:
        """Add the flags to a parser, under a title of their own."""
        if not self.flags:
            return
        group = parser.add_argument_group(title)
        for flag, users in self.flags.items():
            option = users[0][1]
            text = f"{option.help} ({', '.join(name for name, _ in users)})".replace("%", "%%")
            extra: dict[str, Any] = {}
            if option.kind == "bool":
                extra["action"] = "store_false" if option.default is True else "store_true"
            elif option.kind == "folders":
                extra = {"action": "append", "metavar": "DIR"}
            elif option.kind == "choice":
                extra["choices"] = option.choices
            else:
                extra["metavar"] = {"file": "FILE", "int": "N"}.get(option.kind, "TEXT")
                extra["type"] = int if option.kind == "int" else str
            group.add_argument(flag, dest=_destination(flag), default=None, help=text, **extra)

    def files(self, parsed: argparse.Namespace) -> list[Path]:
        """Return the files that options name."""
        return _files_of(self.flags, parsed)

    def words(self, parsed: argparse.Namespace) -> list[str]:
        """Return the options that the user gave, ready to be given to a shell again."""
        made: list[str] = []
        for flag, users in self.flags.items():
            given = getattr(parsed, _destination(flag))
            if given is None:
                continue
            kind = users[0][1].kind
            if kind == "bool":
                made.append(flag)
            else:
                for each in given if kind == "folders" else [given]:
                    made += (flag, shlex.quote(str(each)))
        return made

    def values(self, parsed: argparse.Namespace) -> dict[str, dict[str, Any]]:
        """Return what the user gave, by format and field.

        Raises:
            UsageError: A file that an option names cannot be read.
        """
        made: dict[str, dict[str, Any]] = {}
        for flag, users in self.flags.items():
            given = getattr(parsed, _destination(flag))
            if given is None:
                continue
            for name, option in users:
                made.setdefault(name, {})[option.name] = _value(flag, option, given)
        return made


def check_overrides_beside(source: str, parsed: argparse.Namespace) -> None:
    """Refuse a folder where the overrides of an input are looked for, unless the user names others.

    Raises:
        UsageError: There is one.
    """
    if source == "-" or getattr(parsed, _destination("--overrides"), None) is not None:
        return
    path = overrides_beside(source)
    if os.path.isdir(path):  # noqa: PTH112  # where pathlib raises, it says no
        raise UsageError(
            f"{path} is a folder, and overrides are a file", hint="Rename it, or name the overrides with --overrides."
        )


def _files_of(flags: dict[str, list[tuple[str, Option]]], parsed: argparse.Namespace) -> list[Path]:
    given = (getattr(parsed, _destination(flag)) for flag, users in flags.items() if users[0][1].kind == "file")
    return [Path(each) for each in given if each is not None]


def _by_flag(pairs: Any) -> dict[str, list[tuple[str, Option]]]:
    flags: dict[str, list[tuple[str, Option]]] = {}
    for name, option in pairs:
        flags.setdefault(option.flag, []).append((name, option))
    return flags


def _destination(flag: str) -> str:
    return "option_" + flag.lstrip("-").replace("-", "_")


def _value(flag: str, option: Option, given: Any) -> Any:
    if option.kind == "folders":
        return tuple(given)
    if option.kind != "file":
        return given
    from docpack.files import read_file

    try:
        return NamedBytes(read_file(Path(given)), Path(given).name)
    except DocpackError as error:
        raise UsageError(f"{flag}: {error.message}", hint=error.hint) from error


def asked_formats(arguments: Sequence[str], default: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Return the formats to write and to read that raw arguments name, so that only their options are loaded.

    Where they name none to write, it is those of `default`, or what the output's ending says. A `--help` among them asks
    for those of all formats.
    """
    if any(each in ("-h", "--help") for each in arguments):
        return writer_names(), reader_names()
    glance = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for flags in (("-t", "--to"), ("-o", "--output"), ("-f", "--from")):
        glance.add_argument(*flags, default="")
    for flag in ("-q", "-v"):
        glance.add_argument(flag, action="store_true")
    try:
        seen, _ = glance.parse_known_args(list(arguments))
    except argparse.ArgumentError:
        return writer_names(), reader_names()
    writers = split_formats(seen.to) or list(default)
    if not writers and seen.output and seen.output != "-":
        writers = [writer_for_path(seen.output)]
    return writers, [getattr(seen, "from")] if getattr(seen, "from") else reader_names()


def reader_settings(parsed: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """Return the format to read, where it is named or an option tells it, and the options of its reader."""
    given = parsed.of_readers.values(parsed)
    format_ = parsed.from_format or (next(iter(given)) if len(given) == 1 else "")
    return format_, {key: value for each in given.values() for key, value in each.items()}


def stated_changes(parsed: argparse.Namespace) -> Changes | None:
    """Return what -M and --metadata-file state.

    Raises:
        UsageError: The file cannot be read, or something in it or in -M makes no sense.
    """
    if not parsed.metadata and not parsed.metadata_file:
        return None
    from docpack import metadata
    from docpack.files import read_file

    changes = metadata.parse_assignments(parsed.metadata)
    if not parsed.metadata_file:
        return changes
    path = Path(parsed.metadata_file)
    try:
        data = read_file(path)
    except DocpackError as error:
        raise UsageError(f"--metadata-file: {error.message}", hint=error.hint) from error
    return metadata.merge(metadata.parse_file(data, path.name), changes)


def owners_of(flag: str) -> list[str]:
    """Return the formats that have an option, so that people can be told which one they left out."""
    types = [(name, writer_type(name)) for name in writer_names()] + [
        (name, reader_type(name)) for name in reader_names()
    ]
    return [name for name, kind in types if any(each.flag == flag for each in options_of(kind))]


def split_formats(text: str) -> list[str]:
    """Return the formats of a comma-separated list, each once.

    Raises:
        UsageError: One of them cannot be written.
    """
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        writer_type(name)
    return names


def confidence(text: str) -> float:
    """Return a number from 0 to 1; for argparse, which says what is wrong with the option."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 0 to 1")
    return value
