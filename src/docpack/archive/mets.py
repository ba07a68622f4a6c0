"""The structural record: which files the package holds, what proves them, and how they belong together.

The package has a METS file at its root, and one in each representation; the root names those, and everything else that
lies outside the representations. So each representation can be handed on by itself.

Spec:
    METS 1.12.1. E-ARK CSIP 2.2.0 and E-ARK SIP 2.2.0, whose requirements are named at their lines.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.archive.events import identifier
from docpack.archive.xml_writing import XSI, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from docpack.archive.events import PackedFile

__all__ = ["METS_FILE", "Depositor", "MetsHead", "representation_mets", "root_mets"]

METS_FILE = "METS.xml"
_METS = "http://www.loc.gov/METS/"
_XLINK = "http://www.w3.org/1999/xlink"
_CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
_SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
_PREFIXES: dict[str | None, str] = {None: _METS, "xlink": _XLINK, "csip": _CSIP, "sip": _SIP, "xsi": XSI}
_SCHEMAS = (
    f"{_METS} https://www.loc.gov/standards/mets/version1121/mets.xsd"
    f" {_CSIP} https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd"
    f" {_SIP} https://earksip.dilcis.eu/schema/DILCISExtensionSIPMETS.xsd"
)
_PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml"  # SIP2
_TYPE = "Textual works \N{EN DASH} Digital"  # CSIP3: a term of the vocabulary, with its en dash


@dataclass(frozen=True, slots=True)
class Depositor:
    """Who hands the package over; `code` is an identification code (ISIL, VAT, ORCID, ...), or "" for none."""

    name: str
    code: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class MetsHead:
    """What both kinds of METS files say of themselves."""

    objid: str
    label: str
    created: str  # UTC, YYYY-MM-DDThh:mm:ssZ
    software_version: str
    depositor: Depositor | None = None
    object_id: str = ""


def root_mets(
    head: MetsHead,
    descriptive: Sequence[tuple[PackedFile, str]],
    preservation: Sequence[PackedFile],
    others: dict[str, list[PackedFile]],
    representations: dict[str, PackedFile],
) -> bytes:
    """Return the METS file at the root of a package.

    Args:
        head: What it says of itself.
        descriptive: The descriptive records, each with its MDTYPE, or OTHER and a colon and its name.
        preservation: The PREMIS records.
        others: Files outside the representations, by the name of their group: Documentation, Schemas.
        representations: The METS file of each representation, by its name.
    """
    mets = _Mets(head, "")
    with mets.root(head.objid):
        mets.header()
        for each, kind in descriptive:
            mets.descriptive(each, kind)
        mets.preservation(preservation)
        groups = {**others, **{f"Representations/{name}": [file] for name, file in representations.items()}}
        with mets.out.element("fileSec", {"ID": mets.id("fileSec")}):
            for use, files in groups.items():
                mets.group(use, files)
        with mets.structure():
            mets.metadata_division([each for each, _ in descriptive], preservation)
            for use in others:
                mets.division(use)
            for name, file in representations.items():
                mets.pointer_division(f"Representations/{name}", file.path)
    return mets.out.bytes()


def representation_mets(
    head: MetsHead, name: str, files: Sequence[PackedFile], preservation: Sequence[PackedFile]
) -> bytes:
    """Return the METS file of one representation; its paths are relative to the representation's folder."""
    mets = _Mets(head, f"representations/{name}/")
    with mets.root(name):
        mets.header()
        mets.preservation(preservation)
        with mets.out.element("fileSec", {"ID": mets.id("fileSec")}):
            mets.group("Data", files)
        with mets.structure():
            mets.metadata_division([], preservation)
            mets.division("Data")
    return mets.out.bytes()


class _Mets:
    """Writes the parts of one METS file; `folder` is cut off the paths that it names."""

    def __init__(self, head: MetsHead, folder: str) -> None:
        self.out = Writer(_METS, _PREFIXES)
        self._head = head
        self._folder = folder

    def id(self, *parts: str) -> str:
        """Return the ID of a part; NCNames must not begin with a digit."""
        return f"id-{identifier(self._head.objid, 'mets', self._folder, *parts)}"

    def root(self, objid: str) -> AbstractContextManager[None]:
        """Write the root element: CSIP1 to CSIP6."""
        return self.out.element(
            "mets",
            {
                "OBJID": objid,
                "LABEL": self._head.label,
                "TYPE": _TYPE,
                "PROFILE": _PROFILE,
                f"{{{_CSIP}}}CONTENTINFORMATIONTYPE": "MIXED",
                f"{{{XSI}}}schemaLocation": _SCHEMAS,
            },
        )

    def header(self) -> None:
        """Write when and by what the package was made, and who hands it over: CSIP7 to CSIP16, SIP3 to SIP31."""
        created = self._head.created
        with self.out.element(
            "metsHdr",
            {
                "CREATEDATE": created,
                "LASTMODDATE": created,
                "RECORDSTATUS": "NEW",
                f"{{{_CSIP}}}OAISPACKAGETYPE": "SIP",
            },
        ):
            self._agent(
                {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"},
                "docpack",
                "SOFTWARE VERSION",
                self._head.software_version,
            )
            depositor = self._head.depositor or Depositor("not stated")  # SIP15 asks for one
            kind = "INDIVIDUAL" if depositor.is_person else "ORGANIZATION"
            self._agent({"ROLE": "CREATOR", "TYPE": kind}, depositor.name, "IDENTIFICATIONCODE", depositor.code)
            if self._head.object_id and self._head.object_id != self._head.objid:
                self.out.text("altRecordID", self._head.object_id, {"TYPE": "OBJECT IDENTIFIER"})

    def _agent(self, attributes: dict[str, str], name: str, note_type: str, note: str) -> None:
        with self.out.element("agent", attributes):
            self.out.text("name", name)
            if note:
                self.out.text("note", note, {f"{{{_CSIP}}}NOTETYPE": note_type})

    def descriptive(self, file: PackedFile, kind: str) -> None:
        """Write a reference to a descriptive record: CSIP17 to CSIP30."""
        with self.out.element("dmdSec", {"ID": self.id("md", file.path), "CREATED": file.created, "STATUS": "CURRENT"}):
            self._reference(file, kind)

    def preservation(self, files: Sequence[PackedFile]) -> None:
        """Write references to preservation records: CSIP31 to CSIP44."""
        with self.out.element("amdSec", {"ID": self.id("amdSec")}):
            for file in files:
                with self.out.element(
                    "digiprovMD", {"ID": self.id("md", file.path), "CREATED": file.created, "STATUS": "CURRENT"}
                ):
                    self._reference(file, "PREMIS")

    def _reference(self, file: PackedFile, kind: str) -> None:
        kind, _, other = kind.partition(":")
        stated = {"MDTYPE": kind, **({"OTHERMDTYPE": other} if other else {})}
        if kind == "PREMIS":
            stated["MDTYPEVERSION"] = "3.0"
        self.out.empty("mdRef", {**self._link(file.path), **stated, **self._facts(file)})

    def _link(self, path: str) -> dict[str, str]:
        return {
            "LOCTYPE": "URL",
            f"{{{_XLINK}}}type": "simple",
            f"{{{_XLINK}}}href": path.removeprefix(self._folder),
        }

    def _facts(self, file: PackedFile) -> dict[str, str]:
        return {
            "MIMETYPE": file.format.media_type,
            "SIZE": str(file.digests.size_bytes),
            "CREATED": file.created,
            "CHECKSUM": file.digests.sha512,
            "CHECKSUMTYPE": "SHA-512",
        }

    def group(self, use: str, files: Sequence[PackedFile]) -> None:
        """Write a group of files: CSIP60 to CSIP79."""
        attributes = {"ID": self.id("group", use), "USE": use}
        if use.startswith("Representations/"):
            attributes[f"{{{_CSIP}}}CONTENTINFORMATIONTYPE"] = "MIXED"
        with self.out.element("fileGrp", attributes):
            for file in files:
                with self.out.element("file", {"ID": self.id("file", file.path), **self._facts(file)}):
                    self.out.empty("FLocat", self._link(file.path))

    def structure(self) -> AbstractContextManager[object]:
        """Write the structural map, CSIP80 to CSIP85; divisions are written inside the `with`."""
        return self._nested(
            ("structMap", {"ID": self.id("structMap"), "TYPE": "PHYSICAL", "LABEL": "CSIP"}),
            ("div", {"ID": self.id("div"), "LABEL": self._folder.split("/")[1] if self._folder else self._head.objid}),
        )

    def _nested(self, *elements: tuple[str, dict[str, str]]) -> AbstractContextManager[object]:
        stack = ExitStack()
        for name, attributes in elements:
            stack.enter_context(self.out.element(name, attributes))
        return stack

    def metadata_division(self, descriptive: Sequence[PackedFile], preservation: Sequence[PackedFile]) -> None:
        """Write the division of the records: CSIP88 to CSIP92."""
        attributes = {"ID": self.id("div", "Metadata"), "LABEL": "Metadata"}
        for name, files in (("DMDID", descriptive), ("ADMID", preservation)):
            if files:
                attributes[name] = " ".join(self.id("md", each.path) for each in files)
        self.out.empty("div", attributes)

    def division(self, use: str) -> None:
        """Write the division of a group of files: CSIP93 to CSIP104."""
        with self.out.element("div", {"ID": self.id("div", use), "LABEL": use}):
            self.out.empty("fptr", {"FILEID": self.id("group", use)})

    def pointer_division(self, use: str, path: str) -> None:
        """Write the division of a representation that has a METS file of its own: CSIP105 to CSIP112."""
        with self.out.element("div", {"ID": self.id("div", use), "LABEL": use}):
            self.out.empty("mptr", {**self._link(path), f"{{{_XLINK}}}title": self.id("group", use)})
