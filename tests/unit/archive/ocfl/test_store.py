"""A store as one works with it: versions, what they share, what they change, and what is refused."""

import json
import os
from pathlib import Path

import pytest

from docpack.archive.content import BytesContent, FileContent
from docpack.archive.ocfl import OcflStore, take
from docpack.errors import InputError, OutputError, UsageError, VerificationError

WORK = "ark:/12345/work"


def texts(version):
    found = {}
    for path, content in version.items():
        with content.open() as file:
            found[path] = file.read().decode()
    return found


def test_a_new_store_is_valid_and_empty(store):
    assert store.validate() == []
    assert list(store.objects()) == []
    assert (store.root / "0=ocfl_1.1").read_bytes() == b"ocfl_1.1\n"


def test_a_store_is_made_with_its_parents(tmp_path):
    OcflStore.create(tmp_path / "a" / "b" / "store")

    assert OcflStore(tmp_path / "a" / "b" / "store").validate() == []


def test_making_a_store_goes_on_where_it_was_interrupted(tmp_path, store):
    (store.root / "0=ocfl_1.1").unlink()
    (store.root / "ocfl_layout.json").write_text("{")

    assert OcflStore.create(store.root).validate() == []


@pytest.mark.parametrize("name", ["a.txt", "0=ocfl_1.0"], ids=["file", "store"])
def test_a_store_is_not_made_where_something_is(tmp_path, name):
    (tmp_path / name).write_text("x")

    with pytest.raises(UsageError):
        OcflStore.create(tmp_path)


def test_a_store_is_not_made_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match="cannot be written"):
        OcflStore.create(tmp_path / "file" / "store")


def test_a_folder_that_is_no_store_is_none(tmp_path):
    with pytest.raises(InputError, match="is no OCFL storage root"):
        OcflStore(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        OcflStore(tmp_path / "none")


def test_each_version_can_be_had_again(three_versions):
    assert texts(three_versions.get(WORK, "v1")) == {"METS.xml": "1", "data/a.txt": "a", "data/b.txt": "b"}
    assert texts(three_versions.get(WORK, "v2")).keys() == {"METS.xml", "data/a.txt", "data/b.txt", "data/c.txt"}
    assert texts(three_versions.get(WORK)) == {"METS.xml": "2", "data/a.txt": "a", "data/c.txt": "c"}


def test_only_what_is_new_is_stored(folder):
    def stored(version):
        return sorted(str(path.relative_to(folder / version)) for path in (folder / version).rglob("*.*"))

    records = ["inventory.json", "inventory.json.sha512"]
    assert stored("v1") == sorted([*records, "content/METS.xml", "content/data/a.txt", "content/data/b.txt"])
    assert stored("v2") == sorted([*records, "content/METS.xml", "content/data/c.txt"])
    assert stored("v3") == records
    assert not (folder / "v3" / "content").exists()


def test_a_content_that_stands_twice_in_a_version_is_stored_once(store, add):
    add(store, {"a.txt": "same", "folder/b.txt": "same"})

    place = store.root / next(store.objects()).path
    assert [path.name for path in (place / "v1" / "content").rglob("*")] == ["a.txt"]
    assert texts(store.get(WORK)) == {"a.txt": "same", "folder/b.txt": "same"}
    assert store.validate() == []


def test_the_log_says_what_each_version_changed(three_versions):
    first, second, third = three_versions.log(WORK)

    assert (first.version, first.created, first.user) == ("v1", "2026-01-31T12:00:00Z", "N")
    assert first.added == ("METS.xml", "data/a.txt", "data/b.txt")
    assert (second.added, second.changed, second.removed) == (("data/c.txt",), ("METS.xml",), ())
    assert (third.added, third.changed, third.removed) == ((), (), ("data/b.txt",))


def test_nothing_new_makes_no_version(three_versions, add):
    before = sorted(three_versions.root.rglob("*"))

    assert add(three_versions, {"METS.xml": "2", "data/a.txt": "a", "data/c.txt": "c"}) is None
    assert sorted(three_versions.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("files", "version"),
    [
        pytest.param({"METS.xml": "9", "data/a.txt": "a", "data/c.txt": "c"}, None, id="changed"),
        pytest.param({"data/a.txt": "a", "data/c.txt": "c"}, None, id="gone"),
        pytest.param({"METS.xml": "9", "data/a.txt": "x", "data/c.txt": "c"}, "v4", id="with-something-else"),
    ],
)
def test_what_is_ignored_makes_no_version_by_itself(three_versions, add, files, version):
    assert add(three_versions, files, ignore=lambda path: path == "METS.xml") == version


def test_what_is_ignored_goes_into_the_next_version(three_versions, add):
    add(three_versions, {"METS.xml": "9", "data/a.txt": "x"}, ignore=lambda path: path == "METS.xml")

    assert texts(three_versions.get(WORK)) == {"METS.xml": "9", "data/a.txt": "x"}


def test_a_name_that_only_moved_makes_a_version_without_content(three_versions, add, folder):
    assert add(three_versions, {"METS.xml": "2", "data/moved.txt": "a", "data/c.txt": "c"}) == "v4"
    assert not (folder / "v4" / "content").exists()
    assert three_versions.validate() == []


def test_objects_lie_beside_each_other(store, add):
    ids = [f"urn:x:{number}" for number in range(40)]
    for each in ids:
        add(store, {"a.txt": each}, each)

    assert sorted(each.id for each in store.objects()) == sorted(ids)
    assert store.validate() == []
    assert texts(store.get("urn:x:7")) == {"a.txt": "urn:x:7"}


def test_the_same_additions_give_the_same_bytes(tmp_path, add):
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        store = OcflStore.create(root)
        add(store, {"b.txt": "b", "a.txt": "a"})
        add(store, {"b.txt": "c", "ä.txt": "a"})

    one, two = ({str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.*")} for root in roots)
    assert one == two


def test_the_inventory_states_sha256_as_fixity(folder):
    inventory = json.loads((folder / "inventory.json").read_text())

    paths = [path for each in inventory["fixity"]["sha256"].values() for path in each]
    assert sorted(paths) == sorted(path for each in inventory["manifest"].values() for path in each)


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([], id="none"),
        pytest.param(["/etc/passwd"], id="absolute"),
        pytest.param(["a/../../b"], id="traversal"),
        pytest.param(["a//b"], id="empty-part"),
        pytest.param(["a/."], id="dot"),
        pytest.param(["a/"], id="folder"),
        pytest.param(["a\0b"], id="nul"),
        pytest.param(["a\udcff"], id="no-text"),
        pytest.param(["a", "a/b"], id="file-and-folder"),
        pytest.param(["a", "a-b", "a/b"], id="file-and-folder-apart"),
    ],
)
def test_paths_that_no_object_may_have_are_refused(store, add, paths):
    with pytest.raises(InputError):
        add(store, dict.fromkeys(paths, "x"))

    assert list(store.objects()) == []
    assert store.validate() == []


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"created": "yesterday"}, id="no-time"),
        pytest.param({"created": "2026-02-30T12:00:00Z"}, id="no-such-day"),
        pytest.param({"created": "2026-01-31T12:00:00"}, id="no-zone"),
        pytest.param({"message": "\ud800"}, id="message-no-text"),
        pytest.param({"user": ("\ud800", "")}, id="user-no-text"),
        pytest.param({"object_id": ""}, id="no-id"),
        pytest.param({"object_id": "\ud800"}, id="id-no-text"),
    ],
)
def test_records_that_cannot_be_written_are_refused(store, add, options):
    with pytest.raises(UsageError):
        add(store, {"a.txt": "a"}, **options)


def test_a_content_that_changed_its_size_is_refused(store, tmp_path):
    (tmp_path / "a.txt").write_text("short")
    content = FileContent.of(tmp_path / "a.txt")
    (tmp_path / "a.txt").write_text("now it is longer")

    with pytest.raises(OutputError, match="had 5 bytes and now has 16"):
        store.add(WORK, {"a.txt": content}, message="", user=None, created="2026-01-31T12:00:00Z")

    assert list(store.objects()) == []
    assert store.validate() == []


def test_there_is_no_version_of_what_is_not_there(three_versions):
    with pytest.raises(InputError, match="holds no object 'ark:/none'"):
        three_versions.get("ark:/none")
    with pytest.raises(InputError, match="has no version 'v9'") as raised:
        three_versions.get(WORK, "v9")
    assert raised.value.hint == "It has v1 to v3."


def test_an_object_that_is_not_valid_is_neither_given_nor_added_to(three_versions, add, folder):
    (folder / "inventory.json").write_bytes((folder / "inventory.json").read_bytes().replace(b'"m"', b'"n"'))

    for act in (three_versions.log, three_versions.get, lambda name: add(three_versions, {"a.txt": "x"}, name)):
        with pytest.raises(VerificationError, match="E060"):
            act(WORK)
    assert ["E060" in each.problem for each in three_versions.objects()] == [True]


def test_a_content_that_is_missing_is_not_relied_on(three_versions, add, folder):
    (folder / "v1" / "content" / "data" / "a.txt").unlink()

    with pytest.raises(InputError, match=r"a\.txt cannot be read"):
        add(three_versions, {"data/a.txt": "a", "new.txt": "n"})


def test_a_content_that_lost_bytes_is_not_relied_on(three_versions, add, folder):
    (folder / "v1" / "content" / "data" / "a.txt").write_text("")

    with pytest.raises(VerificationError, match="is damaged"):
        add(three_versions, {"data/a.txt": "a", "new.txt": "n"})


def test_nothing_is_written_through_a_link(three_versions, add, tmp_path):
    first = three_versions.root / next(three_versions.objects()).path.split("/")[0]
    first.rename(tmp_path / "elsewhere")
    first.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(VerificationError, match="is no folder"):
        add(three_versions, {"a.txt": "x"})


def test_nothing_is_staged_through_a_link(three_versions, add, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (three_versions.root / "extensions" / "docpack-staging").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OutputError, match="is a link"):
        add(three_versions, {"a.txt": "x"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_place_that_is_taken_is_not_written_to(store, add):
    from docpack.archive.ocfl.layout import Layout

    (store.root / Layout().path_of(WORK)).mkdir(parents=True)

    with pytest.raises(VerificationError, match="is in the object's place and is none"):
        add(store, {"a.txt": "x"})


def test_a_version_is_taken_as_a_folder(three_versions, tmp_path):
    assert take(three_versions.get(WORK, "v1"), tmp_path / "out") == 3

    assert (tmp_path / "out" / "data" / "b.txt").read_text() == "b"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "store"]


def test_a_damaged_content_is_not_taken(three_versions, folder, tmp_path):
    (folder / "v1" / "content" / "data" / "b.txt").write_text("x")

    with pytest.raises(VerificationError, match="is damaged"):
        take(three_versions.get(WORK, "v1"), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_link_in_the_place_of_a_content_is_not_taken(three_versions, folder, tmp_path):
    content = folder / "v1" / "content" / "data" / "b.txt"
    version = three_versions.get(WORK, "v1")
    (tmp_path / "secret").write_text("b")
    content.unlink()
    content.symlink_to(tmp_path / "secret")

    with pytest.raises(InputError, match="is a link"):
        take(version, tmp_path / "out")
    with pytest.raises(InputError, match="is a link"):
        three_versions.get(WORK, "v1")


def test_a_folder_that_holds_something_is_not_written_into(three_versions, tmp_path):
    with pytest.raises(OutputError, match="is not empty"):
        take(three_versions.get(WORK), three_versions.root)


def test_a_store_of_ocfl_1_0_gets_objects_of_ocfl_1_0(store, add):
    (store.root / "0=ocfl_1.1").unlink()
    (store.root / "0=ocfl_1.0").write_text("ocfl_1.0\n")
    old = OcflStore(store.root)

    add(old, {"a.txt": "a"})
    add(old, {"a.txt": "b"})

    assert (old.root / next(old.objects()).path / "0=ocfl_object_1.0").is_file()
    assert old.validate() == []


def test_an_object_of_another_program_is_added_to_in_its_own_style(shared, store, add, tmp_path):
    import shutil
    import tarfile

    with tarfile.open(shared / "validators" / "data" / "ocfl-fixtures-1.1.tar.xz") as fixtures:
        fixtures.extractall(tmp_path, filter="data")
    versions = {}
    for kind, name in (
        ("warn", "W001_W004_W005_zero_padded_versions"),
        ("good", "minimal_content_dir_called_stuff"),
        ("good", "minimal_uppercase_digests"),
    ):
        source = tmp_path / "ocfl-fixtures" / "1.1" / f"{kind}-objects" / name
        identity = json.loads((source / "inventory.json").read_text())["id"]
        place = store.root / store._layout.path_of(identity)
        shutil.copytree(source, place)

        versions[name] = add(store, {"new.txt": "new", **texts(store.get(identity))}, identity)

    assert list(versions.values()) == ["v0005", "v2", "v2"]
    assert [each for each in store.validate() if each.is_error] == []


def test_a_large_content_is_never_held_in_memory(tmp_path):
    import subprocess
    import sys

    script = """
import resource, sys
from pathlib import Path
from docpack.archive.content import FileContent
from docpack.archive.ocfl import OcflStore, take
root = Path(sys.argv[1])
with (root / "large").open("wb") as file:
    file.truncate(200 << 20)
store = OcflStore.create(root / "store")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
tree = {"large": FileContent.of(root / "large")}
store.add("urn:x:1", tree, message="", user=None, created="2026-01-31T12:00:00Z")
assert not [each for each in store.validate() if each.is_error]
take(store.get("urn:x:1"), root / "out")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True, timeout=300
    )

    assert int(done.stdout) < 30  # MB


def test_the_store_is_not_written_by_reading_it(three_versions, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in three_versions.root.rglob("*")}

    list(three_versions.objects())
    three_versions.log(WORK)
    three_versions.validate()
    texts(three_versions.get(WORK))

    assert {path: path.stat().st_mtime_ns for path in three_versions.root.rglob("*")} == before


def test_files_get_the_permissions_of_any_new_file(tmp_path, add):
    umask = os.umask(0o027)
    try:
        store = OcflStore.create(tmp_path / "store")
        add(store, {"a.txt": "a"})
    finally:
        os.umask(umask)

    modes = {path.stat().st_mode & 0o777 for path in Path(store.root).rglob("*") if path.is_file()}
    assert modes == {0o640}


def test_bytes_stay_what_they_are(store):
    data = bytes(range(256)) * 10_000
    store.add(WORK, {"a.bin": BytesContent(data)}, message="", user=None, created="2026-01-31T12:00:00Z")

    with store.get(WORK)["a.bin"].open() as file:
        assert file.read() == data


def test_nothing_is_built_on_a_content_that_was_damaged(three_versions, folder, add):
    content = folder / "v1" / "content" / "data" / "a.txt"
    content.write_text("?")  # of the same size
    before = {path: path.read_bytes() for path in three_versions.root.rglob("*") if path.is_file()}

    with pytest.raises(VerificationError, match="damaged, and nothing was stored"):
        add(three_versions, {"METS.xml": "3", "data/a.txt": "a"})

    assert {path: path.read_bytes() for path in three_versions.root.rglob("*") if path.is_file()} == before


def test_a_content_that_was_changed_after_it_was_verified_is_not_stored(three_versions, add):
    with pytest.raises(VerificationError, match="changed after it was verified"):
        add(three_versions, {"data/a.txt": "other"}, proved={"data/a.txt": "0" * 128})

    assert three_versions.validate() == []


@pytest.mark.parametrize("path", ["a\\u0000b", "\\ud800"])
def test_a_path_that_no_file_can_have_is_told(three_versions, folder, path):
    inventory = json.loads((folder / "inventory.json").read_text())
    state = inventory["versions"]["v3"]["state"]
    digest = next(iter(state))
    text = json.dumps(inventory).replace(json.dumps(state[digest]), f'["{path}"]', 1)
    (folder / "inventory.json").write_text(text)

    assert "E904" in {each.code for each in three_versions.validate()}
