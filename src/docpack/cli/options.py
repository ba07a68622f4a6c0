"""Options of readers and writers on the command line, made from the fields of their classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.errors import DocpackError, UsageError
from docpack.plugins import options_of, reader_names, reader_type, writer_for_path, writer_names, writer_type

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpack.plugins import Option

__all__ = ["PluginOptions", "asked_formats"]


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
                extra["action"] = "store_true"
            elif option.kind == "folders":
                extra = {"action": "append", "metavar": "DIR"}
            elif option.kind == "choice":
                extra["choices"] = option.choices
            else:
                extra["metavar"] = {"file": "FILE", "int": "N"}.get(option.kind, "TEXT")
                extra["type"] = int if option.kind == "int" else str
            group.add_argument(flag, dest=_destination(flag), default=None, help=text, **extra)

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
        return read_file(Path(given))
    except DocpackError as error:
        raise UsageError(f"{flag}: {error.message}", hint=error.hint) from error


def asked_formats(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the formats to write and to read that raw arguments name, so that only their options are loaded.

    A `--help` among them asks for those of all formats.
    """
    if any(each in ("-h", "--help") for each in arguments):
        return writer_names(), reader_names()
    to, output, from_format = "", "", ""
    for at, each in enumerate(arguments):
        after = arguments[at + 1] if at + 1 < len(arguments) else ""
        name, _, inline = each.partition("=")
        value = inline if inline and each.startswith("--") else after
        if name in ("-t", "--to"):
            to = value
        elif each.startswith("-t") and not each.startswith("--"):
            to = each[2:]
        elif name in ("-o", "--output"):
            output = value
        elif name in ("-f", "--from"):
            from_format = value
    writers = split_formats(to)
    if not writers and output and output != "-":
        writers = [writer_for_path(output)]
    return writers, [from_format] if from_format else reader_names()


def split_formats(text: str) -> list[str]:
    """Return the formats of a comma-separated list, each once.

    Raises:
        UsageError: One of them cannot be written.
    """
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        writer_type(name)
    return names
