"""The model as JSON and back: the contract that other programs rely on.

A document is `{"docpack": 1, "metadata": {...}, "children": [BLOCK...], "notes": [...]}`; every node is
`{"type": ..., "children": [...]}` with the field names of the model. Empty fields are left out, but for `text`,
`reading`, `children`, `title` and `term`. `origin` is a list of `[start, stop]`. Keys may be added, never renamed.
"""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING, Any

from docpack import model
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

__all__ = ["decode", "encode"]

_NAMES: dict[type, str] = {
    model.Text: "text",
    model.LineBreak: "line_break",
    model.SourceBreak: "source_break",
    model.NoteRef: "note_ref",
    model.Emphasis: "emphasis",
    model.Strong: "strong",
    model.SmallCaps: "small_caps",
    model.Superscript: "superscript",
    model.Subscript: "subscript",
    model.Code: "code",
    model.Link: "link",
    model.Foreign: "foreign",
    model.Paragraph: "paragraph",
    model.Section: "section",
    model.BlockQuote: "block_quote",
    model.Verse: "verse",
    model.Stanza: "stanza",
    model.VerseLine: "verse_line",
    model.List: "list",
    model.ListItem: "list_item",
    model.DefinitionList: "definition_list",
    model.Definition: "definition",
    model.Table: "table",
    model.Row: "row",
    model.Cell: "cell",
    model.Figure: "figure",
    model.SceneBreak: "scene_break",
    model.Preformatted: "preformatted",
    model.Note: "note",
    model.Media: "media",
    model.Contributor: "contributor",
    model.Identifier: "identifier",
}
_TYPES = {name: kind for kind, name in _NAMES.items()}
_ALWAYS = {
    "text",
    "reading",
    "children",
    "title",
    "term",
    "ordered",
    "start",
    "header",
    "href",
    "note",
    "marker",
    "label",
}


def _encoder(kind: type) -> Callable[[Any], dict[str, Any]]:
    """Return the function that encodes nodes of one type; made once, so that a book costs one call a node."""
    name = _NAMES[kind]
    fields = dataclasses.fields(kind)
    plain = [
        (f.name, f.name in _ALWAYS) for f in fields if f.name not in ("children", "title", "term", "caption", "origin")
    ]
    names = {f.name for f in fields}
    nested = [(key, key != "caption") for key in ("title", "term", "caption", "children") if key in names]
    has_origin = "origin" in names

    def encode_node(node: Any) -> dict[str, Any]:
        made: dict[str, Any] = {"type": name}
        for key, always in plain:
            value = getattr(node, key)
            if always or value or (value == "" and key == "page"):  # "" is a page without a number
                made[key] = value
        for key, always in nested:
            value = getattr(node, key)
            if always or value:
                made[key] = [_ENCODERS[type(each)](each) for each in value]
        if has_origin and node.origin:
            made["origin"] = node.origin
        return made

    return encode_node


_ENCODERS = {kind: _encoder(kind) for kind in _NAMES}


def encode(document: model.Document) -> dict[str, Any]:
    """Return a document as an object of plain dictionaries, lists and strings."""
    made: dict[str, Any] = {
        "docpack": model.MODEL_VERSION,
        "metadata": _encode_metadata(document.metadata),
        "children": [_ENCODERS[type(block)](block) for block in document.children],
        "notes": [_ENCODERS[model.Note](note) for note in document.notes],
    }
    if document.media:
        made["media"] = [
            {"id": m.id, "name": m.name, "media_type": m.media_type, "data": base64.b64encode(m.data).decode("ascii")}
            for m in document.media
        ]
    if document.source:
        source = document.source.source
        made["source"] = {
            "sha256": source.sha256,
            "encoding": source.encoding,
            "newline": source.newline,
            "characters": len(source.text),
        }
    return made


def _encode_metadata(metadata: model.Metadata) -> dict[str, Any]:
    made = {}
    for field in dataclasses.fields(metadata):
        value = getattr(metadata, field.name)
        if isinstance(value, model.Identifier):
            value = dataclasses.asdict(value) if value.value else ""
        elif isinstance(value, tuple):
            value = [each if isinstance(each, str) else dataclasses.asdict(each) for each in value]
        if value or field.name in ("title", "language"):
            made[field.name] = value
    return made


# ----------------------------------------------------------------------------------------------------- decode


def decode(data: Any) -> model.Document:
    """Return the document of a JSON object that `encode` made, or that follows the same contract.

    Raises:
        InputError: It is none; the message names the path of the first fault.
    """
    if not isinstance(data, dict) or "docpack" not in data:
        raise InputError("no docpack document: the key 'docpack' is missing")
    if data["docpack"] != model.MODEL_VERSION:
        raise InputError(
            f"the document has model version {data['docpack']!r}, this docpack reads {model.MODEL_VERSION}",
            hint="Convert it with the docpack that wrote it.",
        )
    return model.Document(
        children=_decode_nodes(data.get("children", []), "children", _BLOCKS),
        metadata=_decode_metadata(data.get("metadata", {})),
        notes=_decode_nodes(data.get("notes", []), "notes", frozenset({"note"})),
        media=tuple(_decode_media(each, f"media[{i}]") for i, each in enumerate(_list(data.get("media", []), "media"))),
    )


_INLINES = frozenset(
    "text line_break source_break note_ref emphasis strong small_caps superscript subscript code link foreign".split()
)
_BLOCKS = frozenset(
    "paragraph section block_quote verse list definition_list table figure scene_break preformatted".split()
)
_CHILDREN: dict[str, frozenset[str]] = {
    "section": _BLOCKS,
    "block_quote": _BLOCKS,
    "list_item": _BLOCKS,
    "definition": _BLOCKS,
    "note": _BLOCKS,
    "verse": frozenset({"stanza"}),
    "stanza": frozenset({"verse_line"}),
    "list": frozenset({"list_item"}),
    "definition_list": frozenset({"definition"}),
    "table": frozenset({"row"}),
    "row": frozenset({"cell"}),
}
_STRINGS = {"text", "reading", "note", "href", "id", "role", "language", "marker", "label", "alt", "media", "inferred"}
_OPTIONAL_STRINGS = {"page", "direction"}
_NUMBERS = {"indent", "start"}
_FIELDS = {kind: {f.name: f for f in dataclasses.fields(kind)} for kind in _NAMES}


def _decode_nodes(items: Any, path: str, allowed: frozenset[str]) -> tuple[Any, ...]:
    return tuple(_decode_node(item, f"{path}[{i}]", allowed) for i, item in enumerate(_list(items, path)))


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{path}: a list is expected")
    return value


def _decode_node(item: Any, path: str, allowed: frozenset[str]) -> Any:
    name = item.get("type") if isinstance(item, dict) else None
    if name not in allowed:
        raise InputError(
            f"{path}: a node of type {name!r} cannot stand here", hint=f"Allowed: {', '.join(sorted(allowed))}."
        )
    kind = _TYPES[name]
    values: dict[str, Any] = {}
    for key, value in item.items():
        if key in _FIELDS[kind]:
            values[key] = _decode_value(key, value, f"{path}.{key}", _CHILDREN.get(name, _INLINES))
    if name == "note" and not values.get("id"):
        raise InputError(f"{path}: a note needs an id")
    try:
        if "children" in _FIELDS[kind]:
            values.setdefault("children", ())
        return kind(**values)
    except TypeError as error:
        missing = str(error).partition("argument")[2].lstrip("s: ")
        raise InputError(f"{path}: {name} lacks a key: {missing}") from error


def _decode_value(key: str, value: Any, path: str, children: frozenset[str]) -> Any:
    if key == "children":
        return _decode_nodes(value, path, children)
    if key in ("title", "term", "caption"):
        return _decode_nodes(value, path, _INLINES)
    if key == "origin":
        return _origin(value, path)
    expected: type = str if key in _STRINGS or key in _OPTIONAL_STRINGS else int if key in _NUMBERS else bool
    if key in _OPTIONAL_STRINGS and value is None:
        return None
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise InputError(f"{path}: {expected.__name__} expected, not {value!r}")
    if key == "direction":
        return _enum(model.Direction, value, path)
    return value


def _origin(value: Any, path: str) -> model.Origin:
    try:
        return tuple(model.Span(int(start), int(stop)) for start, stop in value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: pairs of offsets are expected") from error


def _enum(kind: type[StrEnum], value: object, path: str) -> StrEnum:
    try:
        return kind(str(value))
    except ValueError as error:
        raise InputError(f"{path}: {value!r} is none of {', '.join(kind)}") from error


def _decode_media(item: Any, path: str) -> model.Media:
    try:
        id_, name, media_type = (_string(item[key], f"{path}.{key}") for key in ("id", "name", "media_type"))
        return model.Media(id_, name, media_type, base64.b64decode(item["data"], validate=True))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: id, name, media_type and data (base64) are expected: {error}") from error


def _decode_metadata(data: Any) -> model.Metadata:
    if not isinstance(data, dict):
        raise InputError("metadata: an object is expected")
    values: dict[str, Any] = {}
    for field in dataclasses.fields(model.Metadata):
        if field.name not in data:
            continue
        path = f"metadata.{field.name}"
        try:
            decode_field: Callable[[Any, str], Any] = _METADATA.get(field.name, _string)
            values[field.name] = decode_field(data[field.name], path)
        except TypeError as error:
            raise InputError(f"{path}: {error}") from error
    return model.Metadata(**values)


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{path}: str expected, not {value!r}")
    return value


def _identifier(value: Any, path: str) -> model.Identifier:
    return (
        model.Identifier(**_strings(value, path)) if isinstance(value, dict) else model.Identifier(_string(value, path))
    )


def _strings(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InputError(f"{path}: an object is expected")
    return {key: _string(each, f"{path}.{key}") for key, each in value.items()}


_METADATA: dict[str, Callable[[Any, str], Any]] = {
    "identifier": _identifier,
    "source_identifier": _identifier,
    "identifiers": lambda value, path: tuple(_identifier(each, path) for each in _list(value, path)),
    "contributors": lambda value, path: tuple(model.Contributor(**_strings(each, path)) for each in _list(value, path)),
    "subjects": lambda value, path: tuple(_string(each, path) for each in _list(value, path)),
    "direction": lambda value, path: _enum(model.Direction, value, path),
    "title_origin": lambda value, path: _enum(model.TitleOrigin, value, path),
}
