"""What two packages have in common, and what not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpack.archive.content import digests_of
from docpack.archive.package_record import content_id_of

if TYPE_CHECKING:
    from docpack.archive.opening import Package

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two packages, file by file; paths are logical, so that a bag can be compared with a submission package."""

    content_ids: tuple[str, str]
    same: tuple[str, ...]
    different: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def same_content(self) -> bool:
        """Whether all representations are the same; records may differ, by their times say."""
        return self.content_ids[0] == self.content_ids[1]

    @property
    def identical(self) -> bool:
        """Whether all files are the same."""
        return not (self.different or self.only_first or self.only_second)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {
            "identical": self.identical,
            "same_content": self.same_content,
            "content_ids": [f"sha512:{each}" for each in self.content_ids],
            "same": list(self.same),
            "different": list(self.different),
            "only_first": list(self.only_first),
            "only_second": list(self.only_second),
        }


def compare(first: Package, second: Package) -> Comparison:
    """Compare two packages by size and SHA-512; files of different sizes are not read.

    Raises:
        InputError: A container does not give what it promised.
    """
    left, right = first.tree, second.tree
    both = sorted(left.keys() & right.keys())
    same = [
        path
        for path in both
        if left[path].size_bytes == right[path].size_bytes
        and digests_of(left[path]).sha512 == digests_of(right[path]).sha512
    ]
    equal = set(same)
    return Comparison(
        (content_id_of(first), content_id_of(second)),
        tuple(same),
        tuple(path for path in both if path not in equal),
        tuple(sorted(left.keys() - right.keys())),
        tuple(sorted(right.keys() - left.keys())),
    )
