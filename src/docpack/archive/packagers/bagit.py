"""The package as a BagIt bag, the tree as its payload: the default."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar

from docpack.archive.bagit import BagWriter
from docpack.plugins import Format, option

if TYPE_CHECKING:
    from docpack.archive.containers import ContainerWriter
    from docpack.archive.information_package import Assembled, InformationPackage

__all__ = ["OWN_LABELS", "BagItPackager", "bagit_profile"]


# What `pack` and the writer of bags fill themselves.
OWN_LABELS = (
    *("Source-Organization", "Contact-Name", "Contact-Email", "External-Description", "External-Identifier"),
    *("Bag-Count", "Internal-Sender-Identifier", "Internal-Sender-Description", "BagIt-Profile-Identifier"),
    *("Bag-Software-Agent", "Bagging-Date", "Bag-Size", "Payload-Oxum"),
)


def bagit_profile() -> bytes:
    """Return the BagIt profile that our bags keep; a copy lies in each of them.

    Spec:
        BagIt Profiles 1.3.0.
    """
    return files("docpack.archive").joinpath("bagit-profile.json").read_bytes()


@dataclass(frozen=True, slots=True)
class BagItPackager:
    """Delivers a bag: digests of all files in plain text, which every archive can check without docpack.

    Spec: RFC 8493 (BagIt 1.0).
    """

    format: ClassVar[Format] = Format("bagit", (), "", "BagIt 1.0 bag whose payload is an E-ARK information package")

    contact_name: str = option("", "whom to ask about the bag", flag="--contact-name")
    contact_email: str = option("", "where to ask about the bag", flag="--contact-email")

    def pack(self, package: InformationPackage, sink: ContainerWriter) -> Assembled:
        """Write the package, and return what was written."""
        bag = BagWriter(sink, package.objid)
        made = package.assemble(bag.add)
        sender = next((each.original_name for each in made.files if each.representation == "source"), "")
        bag.close(
            [
                ("Source-Organization", package.depositor.name if package.depositor else ""),
                ("Contact-Name", self.contact_name),
                ("Contact-Email", self.contact_email),
                ("External-Description", package.label),
                ("External-Identifier", package.object_id),
                ("Bag-Count", "1 of 1"),
                ("Internal-Sender-Identifier", sender),
                ("Internal-Sender-Description", f"content-id sha512:{made.content_id}"),
                (
                    "BagIt-Profile-Identifier",
                    json.loads(bagit_profile())["BagIt-Profile-Info"]["BagIt-Profile-Identifier"],
                ),
                ("Bag-Software-Agent", f"docpack {package.software_version}"),
                ("Bagging-Date", package.moment()[:10]),
                *package.extra_info,
            ]
        )
        return made
