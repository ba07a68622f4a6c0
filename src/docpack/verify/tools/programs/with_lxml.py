"""lxml against schemas on the disk: XML Schema and RELAX NG. Nothing is loaded from the network, no DTD, no entity."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_LOCATIONS = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_KEPT = 100  # messages of one file


def judge(path: str, what: str, *arguments: str) -> dict[str, Any]:
    """Return what a schema says of a file.

    Args:
        path: An XML file, or a folder for `archival`, or a DOCX for `ooxml`.
        what: `relaxng`, `archival` (METS and PREMIS, wherever they are in a folder) or `ooxml`.
        arguments: The schema; for `archival` the pairs NAMESPACE=SCHEMA, and for imports NAMESPACE=SCHEMA too.
    """
    etree = import_module("lxml.etree")
    kinds: dict[str, Callable[..., dict[str, Any]]] = {"relaxng": _relaxng, "archival": _archival, "ooxml": _ooxml}
    return kinds[what](etree, Path(path), *arguments)


def _parser(etree: Any) -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, attribute_defaults=False
    )


def _relaxng(etree: Any, path: Path, schema: str) -> dict[str, Any]:
    judge_by = etree.RelaxNG(etree.parse(schema, _parser(etree)))
    messages = _held_against(etree, judge_by, path, path.name)
    return {"clean": not messages, "messages": messages}


def _held_against(etree: Any, schema: Any, source: Any, name: str) -> list[list[str]]:
    """Return what a schema has against a file, a stream, or a tree that is there already."""
    try:
        tree = source if hasattr(source, "getroot") else etree.parse(source, _parser(etree))
    except etree.XMLSyntaxError as error:
        return [["error", "not well-formed", name, str(error)]]
    for element in tree.getroot().iter("*"):  # libxml2 would load what these name, from the disk or the network
        for attribute in _LOCATIONS:
            element.attrib.pop(attribute, None)
    if schema.validate(tree):
        return []
    errors = list(schema.error_log)
    found = [["error", each.type_name, f"{name}:{each.line}", each.message] for each in errors[:_KEPT]]
    if len(errors) > _KEPT:
        found.append(["error", "", name, f"and {len(errors) - _KEPT} more"])
    return found or [["error", "", name, "it is not valid, and the parser does not say why"]]


def _schema(etree: Any, file: str, places: dict[str, str]) -> Any:
    """Return an XML Schema, the addresses of whose imports are replaced by files on the disk."""
    tree = etree.parse(file, _parser(etree))
    for element in tree.getroot().iter(f"{_XSD}import"):
        place = places.get(element.get("namespace", ""))
        if place:
            element.set("schemaLocation", Path(place).as_uri())
        elif "://" in element.get("schemaLocation", ""):
            raise ValueError(f"{file} imports {element.get('schemaLocation')}, which is not on the disk")
    return etree.XMLSchema(tree)


# ---------------------------------------------------------------------------------------- METS and PREMIS


def _archival(etree: Any, path: Path, *pairs: str) -> dict[str, Any]:
    places = dict(each.rpartition("=")[::2] for each in pairs)
    files = [path] if path.is_file() else _archival_files(path)
    schemas: dict[str, Any] = {}
    messages: list[list[str]] = []
    judged = set()
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        try:
            tree = etree.parse(str(file), _parser(etree))
        except etree.XMLSyntaxError as error:
            messages.append(["error", "not well-formed", name, str(error)])
            continue
        if tree.docinfo.internalDTD is not None:
            messages.append(["error", "doctype", name, "it has a document type declaration, which is not read"])
            continue
        space = etree.QName(tree.getroot()).namespace or ""
        if space not in places:
            messages.append(["error", "namespace", name, f"there is no schema for the namespace {space!r}"])
            continue
        if space not in schemas:
            schemas[space] = _schema(etree, places[space], places)
        judged.add(Path(places[space]).name)
        messages += _held_against(etree, schemas[space], tree, name)
    if not files:
        return {"clean": False, "messages": [], "confused": "there is no METS.xml and no premis.xml in it"}
    return {"clean": not messages, "messages": messages, "profile": ", ".join(sorted(judged))}


def _archival_files(folder: Path) -> list[Path]:
    names = {"mets.xml", "premis.xml"}
    return sorted(each for each in folder.rglob("*") if each.name.lower() in names and each.is_file())


# ------------------------------------------------------------------------------------------------- DOCX


def _ooxml(etree: Any, path: Path, schema: str, xml_schema: str) -> dict[str, Any]:
    """Hold the parts in the main namespace of WordprocessingML against the transitional schema of ECMA-376.

    `mc:Ignorable` is taken off first: it belongs to the layer that goes before the schema. What it names is in other
    namespaces, which the schema does not know; such a part is held against what it is, not against what is ignored.
    """
    import zipfile

    judge_by = _schema(etree, schema, {"http://www.w3.org/XML/1998/namespace": xml_schema})
    messages: list[list[str]] = []
    parts = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("word/") and name.count("/") == 1 and name.endswith(".xml"):
                    with archive.open(name) as part:
                        found = _part(etree, judge_by, part, name)
                    parts += found is not None
                    messages += found or []
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        messages.append(["error", "zip", "", str(error)])
    if not parts and not messages:
        messages.append(["error", "no part", "", "it has no part in the main namespace of WordprocessingML"])
    return {"clean": not messages, "messages": messages}


def _part(etree: Any, schema: Any, part: Any, name: str) -> list[list[str]] | None:
    try:
        tree = etree.parse(part, _parser(etree))
    except etree.XMLSyntaxError as error:
        return [["error", "not well-formed", name, str(error)]]
    root = tree.getroot()
    if not str(root.tag).startswith("{http://schemas.openxmlformats.org/wordprocessingml/"):
        return None
    root.attrib.pop("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable", None)
    return _held_against(etree, schema, tree, name)
