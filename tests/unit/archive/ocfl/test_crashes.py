"""Writers that are killed, whose disk fills up, or that meet: afterwards the store is whole, at one of two states."""

import errno
import json

import pytest

from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore
from docpack.errors import OutputError

TORN = {"E001", "E046", "E060"}  # what may be wrong before `recover`: see the states in `storing`


def assert_sound(result):
    told = json.dumps(result)
    assert set(result["raw"]) <= TORN, told
    assert not result["errors"], told
    assert result["head"] in {0, 1}, told
    assert result["whole"], told
    assert result["next"] == 1, told
    assert not result["left"], told
    assert not result["again"], told


@pytest.mark.parametrize("versions", ["0", "2"], ids=["new-object", "third-version"])
def test_a_writer_killed_at_any_step_leaves_the_old_state_or_the_new_one(dying_writers, versions):
    results = dying_writers("die", versions)

    for each in results:
        assert_sound(each)
    assert {each["ending"] for each in results} == {-9, 77}
    assert {each["head"] for each in results} == {0, 1}
    assert len(results) > 50


@pytest.mark.parametrize("versions", ["0", "1"], ids=["new-object", "second-version"])
def test_a_disk_that_stays_full_from_any_step_on_damages_nothing(dying_writers, versions):
    results = dying_writers("fail", versions)

    for each in results:
        assert_sound(each)
    assert {each["ending"] for each in results} >= {1, 77}


def test_a_write_that_fails_once_leaves_nothing_to_recover(dying_writers):
    results = dying_writers("fail-once", "1")

    for each in results:
        assert_sound(each)
        assert not each["raw"], each
    assert {each["ending"] for each in results} >= {0, 1, 77}


def test_writers_killed_at_random_moments_damage_nothing(dying_writers):
    results = dying_writers("random", 20, 1)

    for each in results:
        assert_sound(each)
    assert len(results) == 20


def test_processes_that_add_at_once_wait_for_each_other(dying_writers):
    [result] = dying_writers("together", 4)

    assert result["endings"] == [0, 0, 0]
    assert not result["errors"]
    assert result["heads"] == {"ark:/12345/one": "v12", "ark:/12345/two": "v12"}


class FullDisk(BytesContent):
    """A content in the middle of which the disk is full."""

    def open(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_leaves_the_store_as_it_was(three_versions):
    store = three_versions
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    tree = {"a.txt": BytesContent(b"new"), "b.txt": FullDisk(b"")}

    with pytest.raises(OutputError, match="No space left on device"):
        store.add("ark:/12345/work", tree, message="", user=None, created="2026-01-31T12:00:00Z")

    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before
    assert store.validate() == []


def test_a_store_that_is_held_is_waited_for_and_then_given_up(three_versions, add):
    from docpack.archive.ocfl.staging import hold

    other = OcflStore(three_versions.root, wait_s=0.1)

    with hold(three_versions.root, wait_s=0), pytest.raises(OutputError, match="another process has been writing"):
        add(other, {"a.txt": "new"})

    assert add(other, {"a.txt": "new"}) == "v4"


def test_a_lock_file_that_a_dead_process_left_is_no_lock(three_versions, add):
    staging = three_versions.root / "extensions" / "docpack-staging"
    staging.mkdir()
    (staging / "lock").touch()
    (staging / "new").mkdir()

    assert add(three_versions, {"a.txt": "new"}) == "v4"
    assert not staging.exists()
