"""What `recover` does, and what it leaves alone."""

import json
import shutil

import pytest

from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore
from docpack.errors import VerificationError


def snapshot(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_sound_store_is_not_changed(three_versions):
    before = snapshot(three_versions.root)

    assert three_versions.recover() == []
    assert snapshot(three_versions.root) == before


def test_a_version_that_never_came_to_count_is_removed(three_versions, folder):
    before = snapshot(three_versions.root)
    shutil.copytree(folder / "v3", folder / "v4")

    [done] = three_versions.recover()

    assert done.endswith("removed v4, which never came to count")
    assert snapshot(three_versions.root) == before


def test_a_sidecar_of_the_version_before_is_written_anew(three_versions, folder):
    before = snapshot(three_versions.root)
    shutil.copy(folder / "v2" / "inventory.json.sha512", folder / "inventory.json.sha512")

    [done] = three_versions.recover()

    assert done.endswith("wrote the sidecar of v3's inventory")
    assert snapshot(three_versions.root) == before


def test_what_was_being_written_is_removed(three_versions):
    before = snapshot(three_versions.root)
    staging = three_versions.root / "extensions" / "docpack-staging"
    (staging / "new" / "v1").mkdir(parents=True)
    (staging / "new" / "v1" / "half").write_text("x")

    [done] = three_versions.recover()

    assert done == "removed extensions/docpack-staging/new, which an interrupted process left"
    assert snapshot(three_versions.root) == before
    assert not staging.exists()


def test_what_lies_behind_a_link_in_the_staging_folder_stays(three_versions, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    staging = three_versions.root / "extensions" / "docpack-staging"
    staging.mkdir()
    (staging / "new").symlink_to(tmp_path / "precious")

    assert len(three_versions.recover()) == 1
    assert (tmp_path / "precious" / "file").exists()


def test_an_inventory_that_somebody_changed_gets_no_sidecar(three_versions, folder):
    inventory = json.loads((folder / "inventory.json").read_text())
    inventory["versions"]["v3"]["message"] = "forged"
    (folder / "inventory.json").write_text(json.dumps(inventory))
    shutil.copytree(folder / "v3", folder / "v4")
    before = snapshot(three_versions.root)

    (said,) = three_versions.recover()

    assert said.endswith("left it as it is: it has v4, and its inventory ends with v3")
    assert snapshot(three_versions.root) == before


def test_an_inventory_that_somebody_set_back_costs_no_more_than_the_next_version(three_versions, folder):
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)

    three_versions.recover()

    assert (folder / "v3").is_dir()


def test_an_object_with_a_broken_inventory_is_left_alone(three_versions, folder):
    (folder / "inventory.json").write_text("{")
    (folder / "v4").mkdir()
    before = snapshot(three_versions.root)

    assert three_versions.recover() == []
    assert snapshot(three_versions.root) == before
    assert (folder / "v4").is_dir()


def test_adding_recovers_the_object_first(three_versions, folder, add):
    shutil.copytree(folder / "v3", folder / "v4")

    assert add(OcflStore(three_versions.root), {"a.txt": "new"}) == "v4"
    assert three_versions.validate() == []


def test_a_version_that_the_sidecar_proves_is_not_removed(three_versions, folder):
    shutil.copy(folder / "v2" / "inventory.json", folder / "inventory.json")  # the sidecar is still that of v3
    before = snapshot(three_versions.root)

    (said,) = three_versions.recover()

    assert "left it as it is: it has v3" in said
    assert snapshot(three_versions.root) == before


def test_a_version_that_a_later_one_proves_is_not_removed(three_versions, folder):
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)
    before = snapshot(three_versions.root)

    (said,) = three_versions.recover()

    assert "left it as it is: it has v2, v3" in said
    assert snapshot(three_versions.root) == before


def test_nothing_is_added_to_an_object_that_contradicts_itself(three_versions, folder, add):
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)
    before = snapshot(three_versions.root)

    with pytest.raises(VerificationError):
        add(OcflStore(three_versions.root), {"a.txt": "new"})

    assert snapshot(three_versions.root) == before


def test_what_was_put_right_before_adding_is_told(three_versions, folder):
    shutil.copytree(folder / "v3", folder / "v4")
    told = []

    OcflStore(three_versions.root).add(
        "ark:/12345/work",
        {"a.txt": BytesContent(b"new")},
        message="",
        user=None,
        created="2026-01-01T00:00:00Z",
        tell=told.append,
    )

    assert ["removed v4" in each for each in told] == [True]


def test_a_place_that_cannot_be_looked_at_is_told(three_versions):
    (three_versions.root / "elsewhere").symlink_to("/")

    assert any("elsewhere: left as it is" in each for each in three_versions.recover())
    assert any(each.problem and each.path == "elsewhere" for each in three_versions.objects())


def test_nothing_is_added_to_an_object_with_a_stray_version(three_versions, folder, add):
    (folder / "v9").mkdir()
    (folder / "v9" / "f").touch()

    with pytest.raises(VerificationError, match="v9"):
        add(OcflStore(three_versions.root), {"a.txt": "new"})
