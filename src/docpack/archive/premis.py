"""The preservation record: what each file is, what happened to it, by whom, and what may be done with it.

Spec:
    PREMIS Data Dictionary 3.0 and its schema of 2016-01-18; event types of id.loc.gov/vocabulary/preservation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.archive.events import identifier
from docpack.archive.xml_writing import XSI, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.archive.events import Agent, Event, PackedFile, Provenance, Rights

__all__ = ["NAMESPACE", "basis_of", "premis_xml"]

NAMESPACE = "http://www.loc.gov/premis/v3"
_SCHEMA = "https://www.loc.gov/standards/premis/v3/premis.xsd"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType"
_LICENCES = re.compile(
    r"https?://(www\.)?(creativecommons\.org/(licenses|publicdomain/zero)/|spdx\.org/licenses/|opensource\.org/licen[cs]e)"
)
_ROLES = {"software": "executing program", "organization": "submitter", "person": "submitter"}


def basis_of(rights: Rights) -> str:
    """Return PREMIS's word for what rights rest on: "license" where the address is that of one, else "other"."""
    return "license" if _LICENCES.match(rights.uri) else "other"


def premis_xml(
    owner: str,
    object_id: str,
    files: Sequence[PackedFile],
    provenance: Provenance,
    *,
    known: Iterable[PackedFile] = (),
    prefix: str = "",
) -> bytes:
    """Return the record of a package, or of a part of it.

    Args:
        owner: The package's name; identifiers of its parts are made from it.
        object_id: The name of the work.
        files: The files that are described; events and agents that have to do with none of them are left out.
        provenance: Events, agents and rights.
        known: Further files, to which the described ones are related.
        prefix: What stands before the logical paths where the package lies in another layout.
    """
    record = _Record(owner, prefix, [*files, *known], provenance)
    with record.out.element("premis", {"version": "3.0", f"{{{XSI}}}schemaLocation": f"{NAMESPACE} {_SCHEMA}"}):
        record.work(object_id)
        for each in files:
            record.file(each)
        paths = {each.path for each in files}
        events = [each for each in provenance.events if not paths.isdisjoint((*each.sources, *each.results))]
        for event in events:
            record.event(event, [each for each in event.results if each in paths])
        named = {name for event in events for name in event.agents}
        for agent in provenance.agents.values():
            if agent.name in named:
                record.agent(agent)
        if provenance.rights:
            record.rights(provenance.rights, [each.path for each in files if each.representation])
    return record.out.bytes()


class _Record:
    """Writes the parts of one record."""

    def __init__(self, owner: str, prefix: str, files: Iterable[PackedFile], provenance: Provenance) -> None:
        self.out = Writer(NAMESPACE, {"premis": NAMESPACE, "xsi": XSI})
        self._owner = owner
        self._prefix = prefix
        self._digests = {each.path: each.digests.sha512 for each in files}
        self._agents = provenance.agents

    def _identifier(self, element: str, kind: str, value: str) -> None:
        with self.out.element(element):
            self.out.text(f"{element}Type", kind)
            self.out.text(f"{element}Value", value)

    def _id_of_file(self, path: str) -> str:
        """Return the UUID of a file: of its place and its content, for a later version is another object."""
        return identifier(self._owner, "file", path, self._digests[path])

    def _id_of_agent(self, name: str) -> str:
        return identifier("agent", name, self._agents[name].version)

    def work(self, object_id: str) -> None:
        """Write the intellectual entity: the work itself, by the name that the user gave it."""
        with self.out.element("object", {f"{{{XSI}}}type": "premis:intellectualEntity"}):
            self._identifier("objectIdentifier", _kind_of(object_id), object_id)
            self._identifier("objectIdentifier", "package", self._owner)

    def file(self, each: PackedFile) -> None:
        """Write what one file is, and what it was made from."""
        with self.out.element("object", {f"{{{XSI}}}type": "premis:file"}):
            self._identifier("objectIdentifier", "UUID", self._id_of_file(each.path))
            self._identifier("objectIdentifier", "relative path", self._prefix + each.path)
            for kind, value in each.properties:
                with self.out.element("significantProperties"):
                    self.out.text("significantPropertiesType", kind)
                    self.out.text("significantPropertiesValue", value)
            self._characteristics(each)
            if each.original_name:
                self.out.text("originalName", each.original_name)
            for relation in each.relations:
                with self.out.element("relationship"):
                    self.out.text("relationshipType", "derivation")
                    self.out.text("relationshipSubType", "has source")
                    self._identifier("relatedObjectIdentifier", "UUID", self._id_of_file(relation.source))
                    self._identifier("relatedEventIdentifier", "UUID", relation.event)

    def _characteristics(self, each: PackedFile) -> None:
        with self.out.element("objectCharacteristics"):
            self.out.text("compositionLevel", "0")
            for algorithm, digest in (("SHA-256", each.digests.sha256), ("SHA-512", each.digests.sha512)):
                with self.out.element("fixity"):
                    self.out.text("messageDigestAlgorithm", algorithm)
                    self.out.text("messageDigest", digest)
                    self.out.text("messageDigestOriginator", "docpack")
            self.out.text("size", str(each.digests.size_bytes))
            with self.out.element("format"):
                with self.out.element("formatDesignation"):
                    self.out.text("formatName", each.format.name)
                    if each.format.version:
                        self.out.text("formatVersion", each.format.version)
                if each.format.pronom:
                    with self.out.element("formatRegistry"):
                        self.out.text("formatRegistryName", "PRONOM")
                        self.out.text("formatRegistryKey", each.format.pronom)
                if each.format.by_name:
                    self.out.text("formatNote", "known by the ending of the file's name alone")
            if each.created_by:
                name, _, version = each.created_by.partition(" ")
                with self.out.element("creatingApplication"):
                    self.out.text("creatingApplicationName", name)
                    self.out.text("creatingApplicationVersion", version)
                    self.out.text("dateCreatedByApplication", each.created)

    def event(self, event: Event, results: Sequence[str]) -> None:
        """Write one event with what it concerned; of what came of it, the files that are described here."""
        with self.out.element("event"):
            self._identifier("eventIdentifier", "UUID", event.id)
            known = {"authority": "eventType", "authorityURI": _VOCABULARY, "valueURI": f"{_VOCABULARY}/{event.code}"}
            self.out.text("eventType", event.kind, known if event.code else {})
            self.out.text("eventDateTime", event.time)
            with self.out.element("eventDetailInformation"):
                self.out.text("eventDetail", event.detail)
            with self.out.element("eventOutcomeInformation"):
                self.out.text("eventOutcome", event.outcome)
                if event.note:
                    with self.out.element("eventOutcomeDetail"):
                        self.out.text("eventOutcomeDetailNote", event.note)
            for agent in event.agents:
                with self.out.element("linkingAgentIdentifier"):
                    self.out.text("linkingAgentIdentifierType", "UUID")
                    self.out.text("linkingAgentIdentifierValue", self._id_of_agent(agent))
                    self.out.text("linkingAgentRole", _ROLES[self._agents[agent].kind])
            self._links(event.sources, "source")
            self._links(results, "outcome")

    def _links(self, paths: Sequence[str], role: str) -> None:
        for path in paths:
            with self.out.element("linkingObjectIdentifier"):
                self.out.text("linkingObjectIdentifierType", "UUID")
                self.out.text("linkingObjectIdentifierValue", self._id_of_file(path))
                if role:
                    self.out.text("linkingObjectRole", role)

    def agent(self, agent: Agent) -> None:
        """Write one agent."""
        with self.out.element("agent"):
            self._identifier("agentIdentifier", "UUID", self._id_of_agent(agent.name))
            self.out.text("agentName", agent.name)
            self.out.text("agentType", agent.kind)
            if agent.version:
                self.out.text("agentVersion", agent.version)

    def rights(self, rights: Rights, paths: Sequence[str]) -> None:
        """Write what the user states about rights; docpack knows nothing of its own about them."""
        basis = basis_of(rights)
        stated = (rights.uri, rights.words, rights.embargo_until)
        with self.out.element("rights"), self.out.element("rightsStatement"):
            self._identifier("rightsStatementIdentifier", "UUID", identifier(self._owner, "rights", *stated))
            self.out.text("rightsBasis", basis)
            (self._licence if basis == "license" else self._other_basis)(rights)
            if rights.embargo_until:
                with self.out.element("rightsGranted"):
                    self.out.text("act", "disseminate")
                    self.out.text("restriction", "embargo")
                    with self.out.element("termOfRestriction"):
                        self.out.text("startDate", "OPEN")
                        self.out.text("endDate", rights.embargo_until)
            self._links(paths, "")

    def _licence(self, rights: Rights) -> None:
        with self.out.element("licenseInformation"):
            self._documentation("licenseDocumentation", rights.uri)
            if rights.words:
                self.out.text("licenseTerms", rights.words)

    def _other_basis(self, rights: Rights) -> None:
        with self.out.element("otherRightsInformation"):
            if rights.uri:
                self._documentation("otherRightsDocumentation", rights.uri)
            is_statement = "://rightsstatements.org/" in rights.uri
            self.out.text("otherRightsBasis", "rightsstatements.org" if is_statement else "statement of the depositor")
            if rights.words:
                self.out.text("otherRightsNote", rights.words)

    def _documentation(self, name: str, uri: str) -> None:
        with self.out.element(f"{name}Identifier"):
            self.out.text(f"{name}IdentifierType", "URI")
            self.out.text(f"{name}IdentifierValue", uri)


def _kind_of(object_id: str) -> str:
    """Return the type of an identifier, as people name it."""
    for start, kind in (("ark:", "ARK"), ("urn:", "URN"), ("doi:", "DOI"), ("http", "URI")):
        if object_id.lower().startswith(start):
            return kind
    return "local"
