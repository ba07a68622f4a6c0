"""Properties of the store: what went in comes out, version by version, and no damage is called valid."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore, validate_folder

WORK = "urn:x:work"
PARTS = st.text(alphabet="ab.é -_%", min_size=1, max_size=4).filter(lambda part: part not in {".", ".."})
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
CONTENTS = st.sampled_from([b"", b"a", b"b", b"longer content", bytes(range(256))])


def is_possible(tree: dict[str, bytes]) -> bool:
    """Tell whether no path is that of a file and of a folder."""
    return not any(other.startswith(f"{path}/") for path in tree for other in tree)


TREES = st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=6).filter(is_possible)


def add(store: OcflStore, tree: dict[str, bytes]) -> str | None:
    contents = {path: BytesContent(data) for path, data in tree.items()}
    return store.add(WORK, contents, message="m", user=("N", "mailto:n@example.org"), created="2026-01-31T12:00:00Z")


def stored(store: OcflStore, version: str) -> dict[str, bytes]:
    found = {}
    for path, content in store.get(WORK, version).items():
        with content.open() as file:
            found[path] = file.read()
    return found


@settings(max_examples=25)
@given(st.lists(TREES, min_size=1, max_size=5))
def test_each_version_gives_what_was_stored_as_it(trees: list[dict[str, bytes]]):
    with tempfile.TemporaryDirectory() as folder:
        store = OcflStore.create(Path(folder) / "store")
        states: list[dict[str, bytes]] = []

        for tree in trees:
            version = add(store, tree)
            assert (version is None) == (bool(states) and states[-1] == tree)
            if version:
                states.append(tree)

        assert store.validate() == []
        assert [stored(store, f"v{number}") for number in range(1, len(states) + 1)] == states


def small_store(folder: Path) -> Path:
    """Make a store with one object of two versions, and return the object's folder."""
    store = OcflStore.create(folder / "store")
    add(store, {"METS.xml": b"one", "data/a": b"a"})
    add(store, {"METS.xml": b"two", "data/a": b"a"})
    return store.root / next(store.objects()).path


def says_the_same(path: Path, before: bytes) -> bool:
    """Tell whether a file is a sidecar with the same digest: its case and its white space may differ."""
    return path.name.startswith("inventory.json.") and path.read_bytes().lower().split() == before.split()


@settings(max_examples=80)
@given(st.data())
def test_no_changed_byte_is_called_valid(data: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        place = small_store(Path(folder))
        path = data.draw(st.sampled_from(sorted(path for path in place.rglob("*") if path.is_file())))
        before = path.read_bytes()
        position = data.draw(st.integers(0, len(before) - 1))
        changed = bytes([before[position] ^ data.draw(st.integers(1, 255))])
        path.write_bytes(before[:position] + changed + before[position + 1 :])

        problems = validate_folder(place)

        assert any(each.is_error for each in problems) or says_the_same(path, before), path


@settings(max_examples=60)
@given(st.data())
def test_no_missing_cut_or_longer_file_is_called_valid(data: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        place = small_store(Path(folder))
        path = data.draw(st.sampled_from(sorted(path for path in place.rglob("*") if path.is_file())))
        before = path.read_bytes()
        now = data.draw(
            st.one_of(
                st.none(), st.integers(0, len(before) - 1).map(lambda stop: before[:stop]), st.just(before + b"x")
            )
        )
        path.unlink()
        if now is not None:
            path.write_bytes(now)

        problems = validate_folder(place)

        assert any(each.is_error for each in problems) or (now is not None and says_the_same(path, before)), path


@settings(max_examples=80)
@given(st.data())
def test_whatever_an_inventory_says_has_codes_and_no_traceback(data: st.DataObject):
    values = st.recursive(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["v1", "sha512", "../x"])
        ),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
        max_leaves=8,
    )
    with tempfile.TemporaryDirectory() as folder:
        place = small_store(Path(folder))
        inventory = json.loads((place / "inventory.json").read_bytes())
        target: Any = inventory
        while isinstance(target, dict | list) and target:
            keys = sorted(target) if isinstance(target, dict) else range(len(target))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(target[key], dict | list) or data.draw(st.booleans()):
                target[key] = data.draw(values)
                break
            target = target[key]
        (place / "inventory.json").write_text(json.dumps(inventory))

        problems = validate_folder(place)

        assert all(each.code[0] in "EW" and each.message for each in problems)
