"""The tree itself: a submission package as E-ARK asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.plugins import Format

if TYPE_CHECKING:
    from docpack.archive.containers import ContainerWriter
    from docpack.archive.information_package import Assembled, InformationPackage

__all__ = ["EArkSipPackager"]


@dataclass(frozen=True, slots=True)
class EArkSipPackager:
    """Delivers the tree without a bag round it; the METS files hold the digests.

    Spec: E-ARK SIP 2.2.0.
    """

    format: ClassVar[Format] = Format("eark-sip", (), "", "E-ARK SIP 2.2, the information package itself")

    def pack(self, package: InformationPackage, sink: ContainerWriter) -> Assembled:
        """Write the package, and return what was written."""
        return package.assemble(lambda path, content: sink.add(f"{package.objid}/{path}", content))
