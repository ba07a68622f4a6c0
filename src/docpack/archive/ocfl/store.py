"""An OCFL storage root as one works with it: make it, add to it, list it, take from it, check it, repair it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from docpack.archive.durable import sync_tree, write_new
from docpack.archive.ocfl.current import contents, is_object, read_current
from docpack.archive.ocfl.folders import children
from docpack.archive.ocfl.inventory_rules import SPEC_VERSIONS
from docpack.archive.ocfl.layout import LAYOUT_FILE, NAME, Layout, read_layout
from docpack.archive.ocfl.problems import Problems
from docpack.archive.ocfl.recovering import recover_object
from docpack.archive.ocfl.root_rules import EXTENSIONS, ROOT_DECLARATION, object_folders
from docpack.archive.ocfl.staging import hold, sweep
from docpack.archive.ocfl.storing import Record, add_version, check_paths
from docpack.archive.ocfl.validating import validate_root
from docpack.archive.ocfl.version_rules import is_moment
from docpack.archive.publishing import check_outside_stores
from docpack.errors import DocpackError, InputError, OutputError, UsageError
from docpack.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from docpack.archive.content import Tree
    from docpack.archive.ocfl.current import StoredContent
    from docpack.archive.ocfl.problems import Problem

__all__ = ["ObjectRecord", "OcflStore", "VersionRecord"]

WAIT_S = 600.0  # for another process that writes; a package of 2 GB takes a minute


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One object of a store: its id, latest version and folder; `problem` says why it cannot be read, if it cannot."""

    id: str
    head: str
    path: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One version of an object, and what it changed against the one before; paths are logical ones."""

    version: str
    created: str
    message: str
    user: str
    address: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


class OcflStore:
    """A storage root of OCFL 1.1 (or 1.0) on a file system.

    Whoever writes holds the store for that time; others wait. Reading needs no lock.

    Args:
        root: The folder.
        wait_s: How long to wait for another process that writes.

    Raises:
        InputError: There is no storage root in it.
    """

    def __init__(self, root: Path, *, wait_s: float = WAIT_S) -> None:
        self.root = root
        self._wait_s = wait_s
        self._spec = _declared(root)
        self._layout = read_layout(root)

    @classmethod
    def create(cls, root: Path) -> OcflStore:
        """Make a storage root in a new or empty folder, and return it.

        Raises:
            UsageError: The folder holds something.
            OutputError: It cannot be made.
        """
        try:
            check_outside_stores(root)
            root.mkdir(parents=True, exist_ok=True)
            _check_empty(root)
            for name, value in Layout().to_files().items():
                _write(root / name, (json.dumps(value, indent=1) + "\n").encode())
            sync_tree(root)
            # Last: only with its declaration is it a storage root.
            declaration = f"ocfl_{SPEC_VERSIONS[-1]}"
            _write(root / f"0={declaration}", f"{declaration}\n".encode())
            sync_tree(root)
            sync_folder(root.resolve().parent)
        except (OSError, ValueError) as error:
            raise _cannot_write(root, error) from error
        return cls(root)

    def add(
        self,
        object_id: str,
        tree: Tree,
        *,
        message: str,
        user: tuple[str, str] | None,
        created: str,
        ignore: Callable[[str], bool] = lambda _: False,
        proved: Mapping[str, str] = MappingProxyType({}),
        tell: Callable[[str], object] = lambda _: None,
    ) -> str | None:
        """Store a tree as a new version of an object, which is made if there is none; return the version's name.

        Args:
            object_id: The work's identifier; a URI, if it has one.
            tree: The version's files. A content that an earlier version has already is not stored again.
            message: Why there is a new version.
            user: Who makes it, with an address: a mailto: or other URI of the person.
            created: When, as RFC 3339 writes it.
            ignore: Tells paths whose change, appearance or absence alone makes no new version.
            proved: The SHA-512 of contents that were verified, by path; it is compared on the way.
            tell: Takes what an interrupted process left and was put right first.

        Returns:
            The name, or None where nothing has changed but what is ignored.

        Raises:
            UsageError: The id, the message, the user or the time cannot be stored.
            InputError: A path is one that the standard forbids.
            VerificationError: The object that is there is not valid, or a content was changed after it was verified.
            OutputError: The disk did not take it; the store is as it was.
        """
        for text in (object_id, message, *(user or ())):
            _check_text(text)
        if not is_moment(created):
            raise UsageError(f"{created!a} is no date and time", hint="Write it like 2026-01-31T12:00:00Z.")
        check_paths(list(tree))
        place = self._layout_to_write().path_of(object_id)
        record = Record(created, message, user)
        with self._writing() as staging:
            for each in (*sweep(staging), *self._recover(place, staging)):
                tell(each)
            try:
                return add_version(
                    self.root,
                    place,
                    object_id,
                    tree,
                    record,
                    staging=staging,
                    spec=self._spec,
                    ignore=ignore,
                    proved=proved,
                )
            except BaseException:
                with contextlib.suppress(OSError, DocpackError):
                    self._recover(place, staging)
                raise

    def objects(self) -> Iterator[ObjectRecord]:
        """Yield the objects in the order of their folders; reads the inventory of each."""
        problems = Problems()
        for place in object_folders(self.root, problems):
            try:
                reading = read_current(self.root / place)
            except DocpackError as error:
                yield ObjectRecord("", "", place, error.message)
            else:
                yield ObjectRecord(reading.id, reading.head, place)
        for each in problems.found:
            yield ObjectRecord("", "", each.path, each.message)

    def log(self, object_id: str) -> list[VersionRecord]:
        """Return the versions of an object, the first one first.

        Raises:
            InputError: There is no such object.
            VerificationError: Its inventory is not valid.
        """
        reading = read_current(self._find(object_id), object_id)
        before: dict[str, str] = {}
        records = []
        for name in reading.names:
            state, version = reading.states[name], reading.raw["versions"][name]
            user = version.get("user", {})
            records.append(
                VersionRecord(
                    name,
                    version["created"],
                    version.get("message", ""),
                    user.get("name", ""),
                    user.get("address", ""),
                    tuple(sorted(state.keys() - before.keys())),
                    tuple(sorted(path for path in state.keys() & before.keys() if state[path] != before[path])),
                    tuple(sorted(before.keys() - state.keys())),
                )
            )
            before = state
        return records

    def get(self, object_id: str, version: str = "") -> dict[str, StoredContent]:
        """Return the contents of a version, by default the latest; `taking.take` writes them, and checks digests.

        Raises:
            InputError: There is no such object or version, or a content is missing.
            VerificationError: Its inventory is not valid.
        """
        folder = self._find(object_id)
        reading = read_current(folder, object_id)
        return contents(folder, reading, version or reading.head)

    def validate(self, *, digests: bool = True) -> list[Problem]:
        """Return all that is wrong with the store; without `digests` no content is read.

        Raises:
            InputError: It cannot be listed.
        """
        return validate_root(self.root, digests=digests)

    def recover(self) -> list[str]:
        """Put right what crashes left, and return what was done; a store that needs nothing is not changed.

        Raises:
            OutputError: The disk did not take it.
        """
        with self._writing() as staging:
            done = sweep(staging)
            problems = Problems()
            for place in object_folders(self.root, problems):
                done += recover_object(self.root, place, staging)
            done += [f"{each.path}: left as it is: {each.message}" for each in problems.found if each.is_error]
        return done

    def _layout_to_write(self) -> Layout:
        if self._layout is None:
            raise UsageError(
                f"{self.root} has a layout that docpack does not know", hint=f"It can add to stores of layout {NAME}."
            )
        return self._layout

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Path]:
        try:
            with hold(self.root, wait_s=self._wait_s) as staging:
                yield staging
        except OSError as error:
            raise _cannot_write(self.root, error) from error

    def _recover(self, place: str, staging: Path) -> list[str]:
        return recover_object(self.root, place, staging) if self._is_object(place) else []

    def _is_object(self, place: str) -> bool:
        return is_object(self.root, place)

    def _find(self, object_id: str) -> Path:
        """Return the folder of an object: where the layout puts it, or else wherever it is."""
        try:
            if self._layout is not None and self._is_object(self._layout.path_of(object_id)):
                return self.root / self._layout.path_of(object_id)
        except OSError as error:
            raise InputError(f"{self.root} cannot be read: {error.strerror}", hint="Check its permissions.") from error
        for each in self.objects():
            if each.id == object_id:
                return self.root / each.path
        raise InputError(f"{self.root} holds no object {object_id!a}", hint="See `docpack store log ROOT`.")


def _declared(root: Path) -> str:
    """Return the version of the standard that a storage root declares."""
    try:
        names = [each.name for each in children(root)]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{root} cannot be read: {reason}", hint="Make a store with `docpack store init`.") from error
    for spec in reversed(SPEC_VERSIONS):
        if f"{ROOT_DECLARATION}{spec}" in names:
            return spec
    raise InputError(f"{root} is no OCFL storage root", hint="Make one with `docpack store init`.")


def _check_empty(root: Path) -> None:
    names = {each.name for each in children(root)}
    if any(name.startswith("0=") for name in names):
        raise UsageError(f"{root} is an OCFL storage root or object already", hint="Add to it, or name a new folder.")
    ours = {LAYOUT_FILE, EXTENSIONS}  # what is there if making a store was interrupted
    if names - ours or (EXTENSIONS in names and {each.name for each in children(root, EXTENSIONS)} - {NAME}):
        raise UsageError(f"{root} is not empty", hint="Name a new folder.")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        path.unlink()
    write_new(path, lambda write: write(data))


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{text!a} is no text", hint="Leave out lone surrogates.") from error


def _cannot_write(root: Path, error: OSError | ValueError) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    place = getattr(error, "filename", None)
    where = f" ({os.fsdecode(place)})" if isinstance(place, str | bytes | os.PathLike) else ""
    return OutputError(
        f"{root} cannot be written: {reason}{where}", hint="Check its permissions and the space on the disk."
    )
