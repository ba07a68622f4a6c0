"""How formats come into docpack: the protocols of readers and writers, and the registry over entry points.

A plug-in is a frozen dataclass whose fields are its options: the command line, the documentation and the record of
provenance are made from those fields. It is announced under one of the entry-point groups in `GROUPS`, with the
format's name; docpack's own formats are announced in the same way.

    @dataclass(frozen=True, slots=True)
    class PlainWriter:
        format: ClassVar = Format("plain", (".txt",), "text/plain", "plain text, one paragraph a line")
        width_columns: int = option(72, "columns to wrap at")

        def write(self, document: Document, context: Context) -> bytes: ...
"""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from docpack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import EntryPoint
    from pathlib import Path
    from typing import Self

    from docpack.context import Context
    from docpack.model import Document
    from docpack.verdicts import Found, Missing, Places, Verdict

__all__ = [
    "Format",
    "NamedBytes",
    "Option",
    "Packager",
    "Plugin",
    "Reader",
    "Validator",
    "Writer",
    "make",
    "option",
    "options_of",
    "packager_names",
    "packager_type",
    "plugins",
    "reader_names",
    "reader_type",
    "reading_versions",
    "validator_names",
    "validator_type",
    "without_secrets",
    "writer_for_path",
    "writer_names",
    "writer_type",
]

# Entry point group -> what its plug-ins are called.
GROUPS = {
    "docpack.readers": "reader",
    "docpack.writers": "writer",
    "docpack.packagers": "packager",
    "docpack.validators": "validator",
}


_READ_WITH = {"pdf": ("pypdf", "pypdfium2")}  # the second one only where it is installed


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name, the file name endings it is known by (the first one is written), its media type."""

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    description: str = ""


@runtime_checkable
class Reader(Protocol):
    """Makes a document from bytes. Without state, so that it can be used from several threads."""

    format: ClassVar[Format]

    def refuses(self, data: bytes, name: str) -> str:
        """Return why these bytes cannot be this format, as a clause; or "" if they can."""

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document.

        Raises:
            InputError: The bytes are not what they claim to be.
        """


@runtime_checkable
class Writer(Protocol):
    """Makes bytes from a document. Without state, so that it can be used from several threads.

    `write` gets a document that `docpack.lowering.lower` has prepared: nodes that `lacks` names are said with plainer
    ones, and no text holds a character that XML forbids.
    """

    format: ClassVar[Format]

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document in this format; the same document and options always give the same bytes."""


@runtime_checkable
class Packager(Protocol):
    """Delivers an information package in a container. Without state.

    Its `format` has a name and a description; endings and media type are those of the container.
    """

    format: ClassVar[Format]

    def pack(self, package: Any, sink: Any) -> Any:
        """Write the package (`docpack.archive.information_package`) into the container; return what was written."""


@runtime_checkable
class Validator(Protocol):
    """Asks a tool of the field what it says of a file. Without state.

    `formats` are the kinds of files that it judges, as `docpack.verify.kinds` names them; one that is `on_request`
    runs only where it is asked for by name.
    """

    name: ClassVar[str]
    formats: ClassVar[tuple[str, ...]]
    on_request: ClassVar[bool]

    def find(self, places: Places) -> Found | Missing:
        """Return how the tool is run, or what is missing and how to get it."""

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict. A tool that crashes, hangs or is not understood gives none: never "passed"."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """An announced plug-in, before it is loaded."""

    name: str
    kind: str  # one of the values of GROUPS
    distribution: str
    version: str
    entry_point: EntryPoint

    def load(self) -> type[Any]:
        """Return the plug-in's class.

        Raises:
            UsageError: It cannot be imported; the message says which distribution brought it.
        """
        try:
            loaded: type[Any] = self.entry_point.load()
        except (ImportError, AttributeError, SyntaxError) as error:
            raise UsageError(
                f"the {self.kind} {self.name} of {self.distribution} cannot be loaded: {error}",
                hint=f"Install {self.distribution} again, or remove it.",
            ) from error
        return loaded


@cache
def plugins() -> tuple[Plugin, ...]:
    """Return all announced plug-ins, by kind and name; scanned once a process."""
    from importlib.metadata import entry_points

    found: dict[tuple[str, str], Plugin] = {}
    announced = entry_points()  # once, for all groups: each scan reads the metadata of everything that is installed
    told: dict[int, tuple[str, str]] = {}  # and each question for a name or a version reads them again
    for group, kind in GROUPS.items():
        for entry in announced.select(group=group):
            dist = entry.dist
            if id(dist) not in told:
                told[id(dist)] = (dist.name, dist.version) if dist else ("unknown", "")
            distribution, version = told[id(dist)]
            key = (kind, entry.name)
            # Two distributions with one name: docpack's own wins, then the alphabet, so that it never depends on sys.path.
            if key not in found or (distribution != "docpack", distribution) < (
                found[key].distribution != "docpack",
                found[key].distribution,
            ):
                found[key] = Plugin(entry.name, kind, distribution, version, entry)
    return tuple(found[key] for key in sorted(found))


def reader_names() -> list[str]:
    """Return the names of all formats that can be read."""
    return [plugin.name for plugin in plugins() if plugin.kind == "reader"]


def writer_names() -> list[str]:
    """Return the names of all formats that can be written."""
    return [plugin.name for plugin in plugins() if plugin.kind == "writer"]


def packager_names() -> list[str]:
    """Return the names of all profiles in which packages can be delivered."""
    return [plugin.name for plugin in plugins() if plugin.kind == "packager"]


@cache
def packager_type(name: str) -> type[Any]:
    """Return the class of the packager of a profile.

    Raises:
        UsageError: No packager of this name is installed.
    """
    return _load("packager", name, packager_names())


def validator_names() -> list[str]:
    """Return the names of all validators that docpack can ask, installed or not."""
    return [plugin.name for plugin in plugins() if plugin.kind == "validator"]


@cache
def validator_type(name: str) -> type[Any]:
    """Return the class of a validator.

    Raises:
        UsageError: There is none of this name.
    """
    return _load("validator", name, validator_names())


@cache
def reader_type(name: str) -> type[Any]:
    """Return the class of the reader of a format.

    Raises:
        UsageError: No reader of this name is installed.
    """
    return _load("reader", name, reader_names())


@cache
def writer_type(name: str) -> type[Any]:
    """Return the class of the writer of a format.

    Raises:
        UsageError: No writer of this name is installed.
    """
    return _load("writer", name, writer_names())


@cache
def reading_versions(reader: str) -> dict[str, str]:
    """Return the versions of the libraries that shape what a reader gives, where they are installed, by name."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in _READ_WITH.get(reader, ()):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _load(kind: str, name: str, known: list[str]) -> type[Any]:
    for plugin in plugins():
        if plugin.kind == kind and plugin.name == name:
            return plugin.load()
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    guess = f"Did you mean {near[0]}? " if near else ""
    what = "profile" if kind == "packager" else "format"
    raise UsageError(f"no {kind} for the {what} {name!r}", hint=f"{guess}There are: {', '.join(known)}.")


def writer_for_path(path: str) -> str:
    """Return the name of the format that a file name asks for; the longest ending wins (`.tei.xml`).

    Raises:
        UsageError: No writer claims the ending.
    """
    lower = path.lower()
    endings = []
    for name in writer_names():
        try:
            suffixes = writer_type(name).format.suffixes
        except UsageError:  # a plug-in that cannot be loaded is in nobody's way until it is asked for
            continue
        endings += [(len(suffix), name) for suffix in suffixes if lower.endswith(suffix)]
    if not endings:
        raise UsageError(
            f"the ending of {path!r} names no format", hint=f"Name it with -t: {', '.join(writer_names())}."
        )
    return max(endings)[1]


# ---------------------------------------------------------------------------------------------------- options


class NamedBytes(bytes):
    """The bytes of a file that an option names; they know its name, without its folder, for messages."""

    name: str

    def __new__(cls, data: bytes, name: str = "") -> Self:
        """Return the bytes with a name."""
        made = super().__new__(cls, data)
        made.name = name
        return made


@dataclass(frozen=True, slots=True)
class Option:
    """What a field of a plug-in looks like from outside.

    `flag` is its name on the command line; `kind` is how its text is read: str, int, bool, choice, file (the file's
    bytes), folders (paths, may be given more than once). A bool that is true by default has a flag that makes it
    false: `--no-headings`. The value of one that is `secret` (a password) stands in no record and shapes no output.
    """

    name: str
    flag: str
    kind: str
    help: str
    choices: tuple[str, ...]
    default: Any
    secret: bool = False


def option(
    default: Any, text: str, *, flag: str = "", kind: str = "", choices: tuple[str, ...] = (), secret: bool = False
) -> Any:
    """Return a dataclass field that is an option of a plug-in; `text` is its line of help.

    Args:
        default: Its value where the user names none.
        text: What it does, in half a line.
        flag: Its name on the command line; by default `--FORMAT-FIELD`, or `--FORMAT-no-FIELD` for a bool that is
            true by default, which the flag makes false.
        kind: str, int, bool, choice, file or folders; by default taken from `default`.
        choices: The values it may have.
        secret: Whether its value is to be kept out of all records.
    """
    told = {"help": text, "flag": flag, "kind": kind, "choices": choices, "secret": secret}
    return dataclasses.field(default=default, repr=not secret, metadata=told)


def options_of(plugin: type[Any]) -> tuple[Option, ...]:
    """Return the options of a reader or writer, in the order of its fields."""
    found = []
    name: str = plugin.format.name
    for field in dataclasses.fields(plugin) if dataclasses.is_dataclass(plugin) else ():
        choices = tuple(field.metadata.get("choices", ()))
        kind = field.metadata.get("kind") or ("choice" if choices else type(field.default).__name__)
        negation = "no-" if kind == "bool" and field.default is True else ""
        flag = field.metadata.get("flag") or f"--{name}-{negation}{field.name}".replace("_", "-")
        text, secret = field.metadata.get("help", ""), bool(field.metadata.get("secret"))
        found.append(Option(field.name, flag, kind, text, choices, field.default, secret))
    return tuple(found)


def without_secrets(options: Mapping[str, Any], readers: Iterable[str]) -> dict[str, Any]:
    """Return options of a reader without those that no record may hold.

    Args:
        options: Their values, by name.
        readers: Whose they may be.
    """
    secret = {each.name for name in readers for each in options_of(reader_type(name)) if each.secret}
    return {name: value for name, value in options.items() if name not in secret}


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "file": (bytes, type(None)),
    "folders": (tuple, list),
}


def _check_value(known: Option, value: Any) -> None:
    """Refuse a value that the option cannot have.

    Raises:
        UsageError: It is no choice, or of another type.
    """
    if known.choices and value not in known.choices:
        raise UsageError(
            f"{known.name} cannot be {value!r}", hint=f"It can be: {', '.join(filter(None, known.choices))}."
        )
    kinds = _KINDS.get(known.kind)
    if kinds and not isinstance(value, kinds):
        wanted = "the file's bytes" if known.kind == "file" else kinds[0].__name__
        raise UsageError(f"{known.name} cannot be {type(value).__name__}", hint=f"Give {wanted}.")


def make(plugin: type[Any], options: Mapping[str, Any]) -> Any:
    """Return a reader or writer with these options.

    Raises:
        UsageError: It has no such option, or not with this value.
    """
    known = {each.name: each for each in options_of(plugin)}
    for name, value in options.items():
        if name not in known:
            raise UsageError(
                f"the format {plugin.format.name} has no option {name!r}",
                hint=f"It has: {', '.join(known) or 'none'}.",
            )
        _check_value(known[name], value)
    return plugin(**options)
