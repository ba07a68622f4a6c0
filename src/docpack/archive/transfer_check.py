"""Whether a transfer for Archivematica is complete and unchanged: its checksum files against its objects.

The files in `metadata/` have no digests there; Archivematica gives them some when it takes the transfer in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.problems import Code, DamagedError
from docpack.archive.tag_files import ALGORITHMS_BY_NAME, parse_manifest, read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["check_transfer", "is_transfer"]

_OBJECTS = "objects/"
_SUMS = {algorithm: f"metadata/checksum.{algorithm}" for algorithm in ("sha256", "sha512")}


def is_transfer(package: Package) -> bool:
    """Tell whether a package has the layout of a transfer, be it a damaged one."""
    return not package.is_bag and "METS.xml" not in package.members and any(map(_is_of_a_transfer, package.members))


def _is_of_a_transfer(path: str) -> bool:
    return path.startswith(_OBJECTS) or path in _SUMS.values()


def check_transfer(package: Package, digests: Mapping[str, Mapping[str, str]] | None, problems: Problems) -> int:
    """Report objects that are missing, too many or changed; return how many digests were compared.

    Args:
        package: The transfer.
        digests: Those of all files, by algorithm and path; None where they were not made.
        problems: Takes what is wrong.
    """
    objects = {path for path in package.members if path.startswith(_OBJECTS)}
    checked = 0
    for algorithm, name in _SUMS.items():
        if name not in package.members:
            problems.add(Code.MANIFEST_MISSING, name)
            continue
        try:
            data = read_whole(package.members[name])
        except DamagedError as damage:
            problems.add_damage(damage)
            continue
        named = dict(parse_manifest(data, name, ALGORITHMS_BY_NAME[algorithm], problems, None))
        for path in sorted(named.keys() - objects):
            problems.add(Code.PAYLOAD_MISSING, path)
        for path in sorted(objects - named.keys()):
            problems.add(Code.PAYLOAD_UNLISTED, path)
        if digests is None:
            continue
        for path in sorted(named.keys() & objects):
            checked += 1
            if digests[algorithm].get(path) != named[path]:
                problems.add(Code.PAYLOAD_CHANGED, path, f"its {algorithm} is not the one in {name}")
    return checked
