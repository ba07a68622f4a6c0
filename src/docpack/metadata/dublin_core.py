"""Dublin Core in XML: from catalogues, repositories, and the packages of EPUBs.

What docpack cannot take is left out and listed, because who hands over a record did not write it.

Spec:
    DCMI Metadata Terms; RDF/XML, section 2.15 (containers); OPF 2.0.1, section 2.2; EPUB 3.3, appendix D.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, UsageError
from docpack.metadata.identifiers import known_identifier, of_scheme
from docpack.metadata.keys import read_value
from docpack.metadata.relators import relator
from docpack.metadata.statements import Statements
from docpack.metadata.values import read_date, read_text, shown
from docpack.model import Contributor, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docpack.metadata.changes import Changes

__all__ = ["changes_of_xml"]

_DC = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.0/")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_OPF = "{http://www.idpf.org/2007/opf}"
# Elements that have a field; of a field that is not joined the first is taken.
_FIELDS = {
    "publisher": "publisher",
    "description": "description",
    "abstract": "description",
    "language": "language",
    "conformsTo": "conforms_to",
    "accessRights": "rights",
}
_JOINED = {"publisher": "; ", "description": "\n\n", "rights": "; "}
_DATES = {"issued": 0, "date": 1, "created": 2}  # which date to take, the lowest first
_EVENTS = {"publication": 0, "original-publication": 1, "creation": 2}  # what EPUB 2 calls them
_PERSONS = {"creator": "aut", "contributor": "ctb", "rightsHolder": "cph"}


def changes_of_xml(data: bytes, what: str) -> Changes:
    """Return what the one Dublin Core record of an XML file states.

    Args:
        data: The file's content.
        what: Its name, for messages.

    Raises:
        UsageError: It is no XML, or holds no record or several.
    """
    from docpack.xml_safety import parse_xml

    try:
        root = parse_xml(data, what=what)
    except InputError as error:  # the user's configuration is at fault, not the document
        raise UsageError(error.message, hint=error.hint) from error
    elements = [each for each in root.iter() if _is_dc(each) and not any(map(_is_dc, each.iterancestors()))]
    if not elements:
        raise UsageError(
            f"{what} holds no Dublin Core: its root is <{_local(root)}>",
            hint="Elements of the namespace http://purl.org/dc/elements/1.1/ or http://purl.org/dc/terms/ are read.",
        )
    records = {each.getparent() for each in elements if _local(each) == "title"}
    if len(records) > 1:
        raise UsageError(f"{what} holds {len(records)} records; one is expected", hint="Put one record into the file.")
    record = _Record(root)
    for element in elements:
        record.take(element)
    return record.changes()


def _is_dc(element: _Element) -> bool:
    return isinstance(element.tag, str) and element.tag[1:].partition("}")[0] in _DC


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _values_of(element: _Element) -> Iterator[str]:
    """Yield the values of an element: its text, its rdf:resource, or the items of its container."""
    items = list(element.iter(f"{_RDF}li"))
    if items and element.find(f".//{_RDF}Alt") is not None:
        items = items[:1]
    for each in items or [element]:
        text = " ".join(each.itertext()) if len(each) else each.text or ""
        yield text if text.strip() else each.get(f"{_RDF}resource", "")


class _Record:
    """Reads the elements of one record, in their order."""

    def __init__(self, root: _Element) -> None:
        self._statements = Statements()
        self._ignored: list[str] = []
        self._parts: dict[str, list[str]] = {}  # of the fields that are joined
        self._dates: list[tuple[int, str]] = []
        self._identifiers: list[Identifier] = []
        self._own_id = root.get("unique-identifier", "")  # of an EPUB package
        self._refinements = {  # EPUB 3 says role and file-as in elements of their own
            (each.get("refines", "")[1:], each.get("property", "")): (each.text or "").strip()
            for each in root.iter("{*}meta")
            if each.get("refines", "").startswith("#")
        }

    def take(self, element: _Element) -> None:
        """Take all values of an element; what cannot be used is listed."""
        for value in _values_of(element):
            try:
                if value.strip():
                    self._take_value(element, _local(element), value)
            except UsageError as error:
                self._ignore(element, f"{_local(element)} is left out: {error.message}")

    def changes(self) -> Changes:
        """Return what the record states."""
        for field, parts in self._parts.items():
            self._statements.take(field, _JOINED[field].join(dict.fromkeys(parts)))
        if self._dates:
            self._statements.take("date", min(self._dates, key=lambda each: each[0])[1])
        for identifier in self._identifiers:
            self._statements.take("identifier", identifier)
        return self._statements.changes(self._ignored)

    def _take_value(self, element: _Element, name: str, value: str) -> None:
        """Take one value, or raise a UsageError that says why it cannot be taken."""
        if name in _PERSONS:
            self._statements.take("contributor", self._person(element, name, value))
        elif name in _DATES:
            self._take_date(element, name, value)
        elif name in _FIELDS:
            self._take_text(_FIELDS[name], value)
        elif name == "title":
            self._take_text("subtitle" if self._refinement(element, "title-type") == "subtitle" else name, value)
        elif name == "subject":
            self._statements.take(name, read_text(name, value))
        elif name == "identifier":
            self._take_identifier(element, value)
        elif name == "source":
            text = read_text(name, value)
            identifier = known_identifier(name, text)
            self._take_first("source_identifier" if identifier else "source_title", identifier or text, value)
        elif name in ("rights", "license"):
            is_address = re.match(r"(?i)\s*(https?://|urn:)\S+\s*$", value)
            self._take_text("rights_uri" if is_address else "rights", value)
        else:
            raise UsageError("docpack has no place for it")

    def _ignore(self, element: _Element, why: str) -> None:
        self._ignored.append(f"line {element.sourceline}: {why}")

    def _refinement(self, element: _Element, name: str) -> str:
        return (
            self._refinements.get((element.get("id", ""), name), "")
            or element.get(_OPF + name)
            or element.get(name, "")
        )

    def _person(self, element: _Element, element_name: str, value: str) -> Contributor:
        name = read_text(element_name, value)
        stated = self._refinement(element, "role")
        role = relator(stated.rpartition(":")[2])  # also "marc:trl"
        if stated and not role:
            self._ignore(element, f"role {shown(stated)} is left out: no MARC relator")
        file_as = read_text("file-as", self._refinement(element, "file-as"))
        return Contributor(name, role or _PERSONS[element_name], file_as)

    def _take_date(self, element: _Element, name: str, value: str) -> None:
        event = self._refinement(element, "event")
        if event and event not in _EVENTS:
            raise UsageError(f"it is the date of a {shown(event)}")
        day = re.match(r"(?a)\s*(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-][\d:]+)?\s*$", value)
        self._dates.append((_EVENTS[event] if event else _DATES[name], read_date(name, day[1] if day else value)))

    def _take_identifier(self, element: _Element, value: str) -> None:
        text = read_text("identifier", value)
        scheme = element.get(f"{_OPF}scheme") or element.get("scheme", "")
        identifier = of_scheme("identifier", text, scheme) if scheme else known_identifier("identifier", text)
        is_own = self._own_id and element.get("id") == self._own_id
        self._identifiers.insert(0 if is_own else len(self._identifiers), identifier or Identifier(text))

    def _take_text(self, field: str, value: str) -> None:
        made = read_value(field, field, value)
        if field in _JOINED:
            self._parts.setdefault(field, []).append(made)
        else:
            self._take_first(field, made, value)

    def _take_first(self, field: str, made: Any, value: str) -> None:
        if self._statements.get(field) not in (None, made):
            raise UsageError(f"there is one before {shown(value.strip())}")
        self._statements.take(field, made)
