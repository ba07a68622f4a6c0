"""A metadata file: TOML, JSON or Dublin Core XML, told apart by content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.errors import UsageError
from docpack.metadata.values import shown

if TYPE_CHECKING:
    from docpack.metadata.changes import Changes

__all__ = ["MAX_FILE_BYTES", "parse_file"]

MAX_FILE_BYTES = 16_000_000  # a catalogue record has some kilobytes; what is larger is another file


def parse_file(data: bytes, name: str) -> Changes:
    """Return what a metadata file states: TOML, JSON or Dublin Core XML, told apart by content.

    Args:
        data: The file's content.
        name: The file's name, for messages; its ending decides where the content does not.

    Raises:
        UsageError: It is none of these, is broken (the message has the line), or states what makes no sense.
    """
    what = name or "the metadata file"
    if not data.strip():
        raise UsageError(f"{what} is empty", hint="Give a file in TOML, JSON or Dublin Core XML.")
    if len(data) > MAX_FILE_BYTES:
        raise UsageError(
            f"{what} has {len(data)} bytes; a metadata file may have {MAX_FILE_BYTES}",
            hint="Check that it is the right file.",
        )
    if name.lower().endswith(".csv"):
        raise UsageError(
            f"{name} has a row for each file: `docpack pack` takes it", hint="Give TOML, JSON or XML here."
        )
    kind = _kind(data, name)
    try:
        if kind == "xml":
            from docpack.metadata.dublin_core import changes_of_xml

            return changes_of_xml(data, what)
        from docpack.metadata.tables import changes_of_table

        return changes_of_table(*(_json if kind == "json" else _toml)(data, what), what)
    except RecursionError as error:
        raise UsageError(f"{what} is nested too deeply", hint="Metadata are plain keys, texts and lists.") from error


def _kind(data: bytes, name: str) -> str:
    """Return "toml", "json" or "xml": no two of them can begin alike, but for "[", where the name decides."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    head = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return "xml"
    if head.startswith(b"{"):
        return "json"
    if suffix in ("yaml", "yml"):
        raise UsageError(f"{name} is YAML, which docpack does not read", hint="Write the metadata as TOML or JSON.")
    return {"json": "json", "xml": "xml", "opf": "xml", "rdf": "xml"}.get(suffix, "toml")


def _toml(data: bytes, what: str) -> tuple[dict[str, Any], str]:
    """Return the table of a TOML file, and its text."""
    import tomllib

    text = _decoded(data, "utf-8-sig", "UTF-8", what)
    try:
        return tomllib.loads(text), text
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python takes
        last_line = text.rstrip().count("\n") + 1
        message = _one_line(error).replace("at end of document", f"at line {last_line}, the end")
        hint = 'Write lines of the form key = "value"; JSON and Dublin Core XML work too.'
        raise UsageError(f"{what} is no valid TOML: {message}", hint=hint) from error


def _json(data: bytes, what: str) -> tuple[dict[str, Any], str]:
    """Return the object of a JSON file, and its text."""
    import json

    def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                hint = "Leave one out; for several values write a list."
                raise UsageError(f"{what}: the key {shown(key)} is there twice", hint=hint)
            made[key] = value
        return made

    text = _decoded(data, json.detect_encoding(data), "Unicode", what)
    try:
        table = json.loads(text, object_pairs_hook=without_doubles)
    except ValueError as error:
        hint = "A JSON checker shows the place."
        raise UsageError(f"{what} is no valid JSON: {_one_line(error)}", hint=hint) from error
    if not isinstance(table, dict):
        raise UsageError(f"{what} holds no JSON object", hint='Write {"title": "...", "author": ["..."]}.')
    return table, text


def _decoded(data: bytes, encoding: str, expected: str, what: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{what}, line {line}: not valid {expected}", hint="Save the file as UTF-8.") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
