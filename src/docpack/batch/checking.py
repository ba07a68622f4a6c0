"""Whether the outputs of a repository are those of its texts: by the digests of the lock, or by making them anew.

missing    an output is not there
stale      the text, its overrides, an option or a version is not the one that the output was made with
edited     the output is not the one that was made
orphaned   the text that an output was made from is gone
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.batch.keys import engine_versions
from docpack.batch.lock import Locked, below
from docpack.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.batch.keys import Keys
    from docpack.batch.lock import Lock
    from docpack.batch.publishing import Staged
    from docpack.batch.task import Task

__all__ = ["Comparing", "Discrepancy", "check_document", "check_orphans"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """An output that is not what it should be: which, what is wrong with it, and why."""

    path: str
    kind: str
    why: str = ""


def check_document(task: Task, keys: Keys, lock: Lock, folder: str) -> list[Discrepancy]:
    """Return what is wrong with the outputs of a document, by the lock in a folder."""
    locked = lock.documents.get(task.name)
    found = []
    for name, target in task.job.outputs:
        if not os.path.isfile(target):  # noqa: PTH113
            found.append(Discrepancy(target, "missing"))
            continue
        known = locked.outputs.get(below(target, folder)) if locked else None
        if locked is None or known is None:
            found.append(Discrepancy(target, "stale", "docpack.lock does not know it"))
        elif known[0] != keys.outputs[name]:
            found.append(Discrepancy(target, "stale", _why(locked, keys, lock, name)))
        elif known[1] != sha256_of(target):
            found.append(Discrepancy(target, "edited", "it is not the file that was made"))
    return found


def _why(locked: Locked, keys: Keys, lock: Lock, name: str) -> str:
    """Return why an output is stale, as far as the digests tell."""
    if locked.input_sha256 != keys.input_sha256:
        return "its text was changed"
    here = engine_versions([name])
    others = [f"{each} {lock.versions[each]}" for each in here if lock.versions.get(each, here[each]) != here[each]]
    if others:
        return f"it was made by {', '.join(others)}"
    return "an option, its metadata or its overrides were changed"


def check_orphans(names: set[str], lock: Lock, folder: str) -> Iterator[Discrepancy]:
    """Yield the outputs that are there and whose text is gone."""
    for name, locked in sorted(lock.documents.items()):
        if name not in names:
            for path in locked.outputs:
                where = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
                if os.path.isfile(where):  # noqa: PTH113
                    yield Discrepancy(where, "orphaned", "its text is gone")


class Comparing:
    """In the place of a staging folder: compares what was made with what is there, and gives nothing a name.

    Args:
        staging: The folder in which outputs are laid.
    """

    def __init__(self, staging: str) -> None:
        self.folder = staging
        self._found: deque[Discrepancy] = deque()  # filled by another thread than the one that takes

    def take(self) -> list[Discrepancy]:
        """Return what was found since the last time."""
        return [self._found.popleft() for _ in range(len(self._found))]

    def commit(self, staged: Iterable[Staged]) -> dict[str, str]:
        """Compare outputs; none of them fails."""
        for temporary, target in staged:
            if not os.path.isfile(target):  # noqa: PTH113
                self._found.append(Discrepancy(target, "missing"))
            elif sha256_of(temporary) != sha256_of(target):
                self._found.append(Discrepancy(target, "stale", "made anew, it comes out differently"))
            os.unlink(temporary)  # noqa: PTH108
        return {}
