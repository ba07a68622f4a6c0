"""Whether the outputs of a repository are those of its texts: by the digests of the lock, or by making them anew.

missing    an output is not there
stale      the text, its overrides, an option or a version is not the one that the output was made with
edited     the output is not the one that was made, though it would be made the same way again
orphaned   the text that an output was made from is gone, or its format is not made any more
failed     the text cannot be read or converted, and so nobody can tell
"""

from __future__ import annotations

import os
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
    from docpack.batch.task import Record, Task

__all__ = ["Comparing", "Discrepancy", "check_document", "check_folder", "check_orphans"]

_EDITED = "it is not the file that was made"


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
            found.append(Discrepancy(target, "edited", _EDITED))
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


def check_orphans(names: set[str], targets: set[str], lock: Lock, folder: str) -> Iterator[Discrepancy]:
    """Yield the outputs that the lock in a folder knows, that are there, and that are no longer to be made.

    Args:
        names: All documents.
        targets: All outputs that are to be there, as normal paths.
        lock: What the lock says.
        folder: Where it lies.
    """
    for name, locked in sorted(lock.documents.items()):
        why = "its format is not made any more" if name in names else "its text is gone"
        for path in locked.outputs:
            where = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
            if where not in targets and os.path.isfile(where):  # noqa: PTH113
                yield Discrepancy(where, "orphaned", why)


def check_folder(output_dir: str, endings: tuple[str, ...], known: set[str]) -> Iterator[Discrepancy]:
    """Yield the files in the folder for outputs that look like outputs and that no input becomes, hidden ones apart."""
    for folder, folders, names in os.walk(output_dir):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118
            if name.endswith(endings) and not name.startswith(".") and path not in known:
                yield Discrepancy(path, "orphaned", "no input becomes it")


class Comparing:
    """In the place of a staging folder: compares what was made with what is there, and gives nothing a name.

    Args:
        staging: The folder in which outputs are laid.
        lock: What outputs were when they were made: only it can tell one that was edited from a stale one.
        lock_folder: Where that lies.
    """

    def __init__(self, staging: str, lock: Lock, lock_folder: str) -> None:
        self.folder = staging
        self._lock_folder = lock_folder
        self._locked = {path: sha256 for each in lock.documents.values() for path, (_, sha256) in each.outputs.items()}
        self._found: dict[str, Discrepancy] = {}  # by path; filled by another thread than the one that takes

    def take(self, record: Record) -> list[Discrepancy]:
        """Return what was found of a document's outputs, in their order."""
        taken = (self._found.pop(each.path, None) for each in record.outputs)
        return [each for each in taken if each]

    def commit(self, staged: Iterable[Staged]) -> dict[str, str]:
        """Compare outputs; none of them fails."""
        for temporary, target in staged:
            if not os.path.isfile(target):  # noqa: PTH113
                self._found[target] = Discrepancy(target, "missing")
            elif (sha256 := sha256_of(temporary)) != sha256_of(target):
                if sha256 == self._locked.get(below(target, self._lock_folder)):
                    self._found[target] = Discrepancy(target, "edited", _EDITED)
                else:
                    self._found[target] = Discrepancy(target, "stale", "made anew, it comes out differently")
            os.unlink(temporary)  # noqa: PTH108
        return {}
