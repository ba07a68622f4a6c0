"""What is wrong with a store is noted with the standard's code: one change to a good store, and what it leads to."""

import hashlib
import json
import os
import shutil

import pytest

from docpack.archive.ocfl import OcflStore, validate_folder
from docpack.archive.ocfl.problems import MAX_OF_ONE_CODE
from docpack.errors import InputError

SHA512_OF_A = hashlib.sha512(b"a").hexdigest()


def codes(problems):
    return {each.code for each in problems}


def rewrite(folder, change, version=""):
    """Change an inventory and write its sidecar anew; the object's own goes for its latest version too."""
    inventory = json.loads((folder / version / "inventory.json").read_text())
    change(inventory)
    write(folder, json.dumps(inventory).encode(), version or inventory.get("head"))
    if not version:
        write(folder, json.dumps(inventory).encode(), "")


def write(folder, data, version):
    for name in {str(version or ""), ""} if not version else {str(version)}:
        if (folder / name).is_dir():
            (folder / name / "inventory.json").write_bytes(data)
            line = f"{hashlib.sha512(data).hexdigest()} inventory.json\n"
            (folder / name / "inventory.json.sha512").write_text(line)


def test_a_store_of_three_versions_is_valid(three_versions, folder):
    assert three_versions.validate() == []
    assert validate_folder(three_versions.root) == []
    assert validate_folder(folder) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda i: i.pop("id"), "E036", id="no-id"),
        pytest.param(lambda i: i.update(id=7), "E037", id="id-no-text"),
        pytest.param(lambda i: i.update(id="a shelf mark"), "W005", id="id-no-uri"),
        pytest.param(lambda i: i.update(type="https://ocfl.io/9.9/spec/#inventory"), "E038", id="type"),
        pytest.param(lambda i: i.update(type="https://ocfl.io/1.0/spec/#inventory"), "E038", id="type-of-1.0"),
        pytest.param(lambda i: i.update(digestAlgorithm="md5"), "E025", id="md5"),
        pytest.param(lambda i: i.update(digestAlgorithm=["sha512"]), "E025", id="algorithm-no-text"),
        pytest.param(lambda i: i.update(head="v2"), "E040", id="head"),
        pytest.param(lambda i: i.update(head=["v3"]), "E040", id="head-no-text"),
        pytest.param(lambda i: i.update(contentDirectory="a/b"), "E017", id="content-directory-slash"),
        pytest.param(lambda i: i.update(contentDirectory=".."), "E018", id="content-directory-dots"),
        pytest.param(lambda i: i.update(contentDirectory="content"), "E019", id="content-directory-named-late"),
        pytest.param(lambda i: i.update(contentDirectory="data"), "E020", id="content-directory-changed"),
        pytest.param(lambda i: i.update(more=1), "E102", id="unknown-key"),
        pytest.param(lambda i: i.update(manifest=[]), "E106", id="manifest-list"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: "v1/content/data/a.txt"}), "E092", id="path-no-list"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: []}), "E092", id="no-paths"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: [["x"]]}), "E092", id="path-no-text"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: ["../../../etc/passwd"]}), "E099", id="traversal"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: ["/etc/passwd"]}), "E100", id="absolute"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: ["v9/content/a"]}), "E042", id="no-such-version"),
        pytest.param(lambda i: i["manifest"].update({SHA512_OF_A: ["v1/content"]}), "E042", id="no-file"),
        pytest.param(
            lambda i: i["manifest"].update({SHA512_OF_A: ["v1/content/data/a.txt/x", "v1/content/data/a.txt"]}),
            "E101",
            id="file-and-folder",
        ),
        pytest.param(lambda i: i["manifest"].update({"00": ["v1/content/x"]}), "E025", id="no-digest"),
        pytest.param(
            lambda i: i["manifest"].update({SHA512_OF_A.upper(): ["v1/content/data/a.txt"]}), "E096", id="digest-twice"
        ),
        pytest.param(lambda i: i.update(versions=[]), "E044", id="versions-list"),
        pytest.param(lambda i: i.update(versions={}), "E008", id="no-versions"),
        pytest.param(lambda i: i["versions"].pop("v1"), "E009", id="no-v1"),
        pytest.param(lambda i: i["versions"].pop("v2"), "E010", id="no-v2"),
        pytest.param(lambda i: i["versions"].update(one={}), "E104", id="no-name-of-a-version"),
        pytest.param(lambda i: i["versions"].update(v03=i["versions"].pop("v3")), "E011", id="mixed-style"),
        pytest.param(lambda i: i["versions"].update(v1=7), "E047", id="version-no-object"),
        pytest.param(lambda i: i["versions"]["v1"].pop("created"), "E048", id="no-created"),
        pytest.param(lambda i: i["versions"]["v1"].update(created="2026-01-31"), "E049", id="created-without-time"),
        pytest.param(lambda i: i["versions"]["v1"].update(created=7), "E049", id="created-no-text"),
        pytest.param(lambda i: i["versions"]["v1"].pop("state"), "E048", id="no-state"),
        pytest.param(lambda i: i["versions"]["v1"].update(state=[]), "E050", id="state-list"),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({"0" * 128: ["x"]}), "E050", id="unknown-digest"),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: "x"}), "E050", id="state-no-list"),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: ["../x"]}), "E052", id="logical-dots"),
        pytest.param(
            lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: ["/x"]}), "E053", id="logical-absolute"
        ),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: ["x", "x"]}), "E095", id="twice"),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: ["x", "x/y"]}), "E095", id="conflict"),
        pytest.param(lambda i: i["versions"]["v1"]["state"].update({SHA512_OF_A: ["other"]}), "E066", id="other-state"),
        pytest.param(lambda i: i["versions"]["v1"].update(message="other"), "W011", id="other-message"),
        pytest.param(lambda i: i["versions"]["v1"].update(message=7), "E094", id="message-no-text"),
        pytest.param(lambda i: i["versions"]["v3"].pop("message"), "W007", id="no-message"),
        pytest.param(lambda i: i["versions"]["v3"].pop("user"), "W007", id="no-user"),
        pytest.param(lambda i: i["versions"]["v3"].update(user="me"), "E054", id="user-no-object"),
        pytest.param(lambda i: i["versions"]["v3"].update(user={"address": "a:b"}), "E054", id="user-no-name"),
        pytest.param(lambda i: i["versions"]["v3"].update(user={"name": "N"}), "W008", id="no-address"),
        pytest.param(lambda i: i["versions"]["v3"].update(user={"name": "N", "address": 7}), "E054", id="address"),
        pytest.param(lambda i: i["versions"]["v3"].update(user={"name": "N", "address": "x"}), "W009", id="no-uri"),
        pytest.param(lambda i: i.update(fixity=[]), "E111", id="fixity-list"),
        pytest.param(lambda i: i.update(fixity={"rot13": {}}), "E056", id="fixity-unknown"),
        pytest.param(lambda i: i.update(fixity={"md5": []}), "E057", id="fixity-block-list"),
        pytest.param(lambda i: i.update(fixity={"md5": {"0": []}}), "E057", id="fixity-no-digest"),
        pytest.param(
            lambda i: i.update(fixity={"md5": {"0" * 32: ["v1/content/data/a.txt"]}}), "E093", id="fixity-wrong"
        ),
        pytest.param(lambda i: i.update(fixity={"md5": {"0" * 32: ["v1/content/x"]}}), "E057", id="fixity-of-nothing"),
        pytest.param(
            lambda i: i.update(fixity={"md5": {"a" * 32: [], "A" * 32: []}}), "E097", id="fixity-digest-twice"
        ),
        pytest.param(lambda i: i["versions"]["v3"]["state"].pop(SHA512_OF_A), None, id="state-without-a-file"),
    ],
)
def test_a_fault_in_the_inventory_has_its_code(folder, change, code):
    rewrite(folder, change)

    found = codes(validate_folder(folder))

    assert found >= {code} if code else not found


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda i: i.update(id="urn:other"), "E110", id="id"),
        pytest.param(lambda i: i.update(head="v1"), "E040", id="head"),
        pytest.param(lambda i: i.update(type="https://ocfl.io/1.0/spec/#inventory"), None, id="older-standard"),
        pytest.param(lambda i: i["manifest"].pop(SHA512_OF_A), "E023", id="manifest-lacks-a-file"),
        pytest.param(lambda i: i["versions"].update(v4=i["versions"]["v2"]), "E066", id="more-versions"),
        pytest.param(lambda i: i["versions"]["v1"].update(created="2020-01-01T00:00:00Z"), "W011", id="created"),
    ],
)
def test_a_fault_in_an_earlier_inventory_has_its_code(folder, change, code):
    for version in ("v1", "v2") if code is None else ("v2",):
        rewrite(folder, change, version)

    found = codes(validate_folder(folder))

    assert found >= {code} if code else not found


def test_an_earlier_inventory_of_a_later_standard_has_its_code(folder):
    rewrite(folder, lambda i: i.update(type="https://ocfl.io/1.0/spec/#inventory"), "v2")

    assert codes(validate_folder(folder)) == {"E103"}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(lambda f: (f / "0=ocfl_object_1.1").unlink(), {"E003", "E069"}, id="no-declaration"),
        pytest.param(lambda f: (f / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n"), {"E003"}, id="two"),
        pytest.param(lambda f: (f / "0=ocfl_object_1.1").write_text("ocfl"), {"E007"}, id="declaration-content"),
        pytest.param(lambda f: (f / "0=ocfl_object_7").write_text("x"), {"E006"}, id="unknown-declaration"),
        pytest.param(lambda f: (f / "inventory.json").unlink(), {"E063"}, id="no-inventory"),
        pytest.param(lambda f: (f / "inventory.json.sha512").unlink(), {"E058"}, id="no-sidecar"),
        pytest.param(lambda f: (f / "inventory.json.sha512").write_text("x y"), {"E061"}, id="broken-sidecar"),
        pytest.param(lambda f: (f / "v2" / "inventory.json.sha512").write_text("0 inventory.json"), {"E060"}, id="v2"),
        pytest.param(lambda f: (f / "more.txt").touch(), {"E001"}, id="file"),
        pytest.param(lambda f: (f / "more").mkdir(), {"E001"}, id="folder"),
        pytest.param(lambda f: (f / "v4").mkdir(), {"E001", "E046"}, id="more-versions"),
        pytest.param(lambda f: shutil.rmtree(f / "v2"), {"E010", "E046", "E092", "E093"}, id="version-is-gone"),
        pytest.param(lambda f: (f / "logs").mkdir(), set(), id="logs"),
        pytest.param(lambda f: (f / "extensions" / "mine").mkdir(parents=True), {"W013"}, id="extension"),
        pytest.param(lambda f: (f / "v1" / "more.txt").touch(), {"E015"}, id="file-in-version"),
        pytest.param(lambda f: (f / "v1" / "more").mkdir(), {"W002"}, id="folder-in-version"),
        pytest.param(lambda f: (f / "v3" / "content").mkdir(), {"W003"}, id="empty-content"),
        pytest.param(lambda f: (f / "v1" / "content" / "more").mkdir(), {"E024"}, id="empty-folder"),
        pytest.param(lambda f: (f / "v1" / "content" / "more.txt").touch(), {"E023"}, id="more-content"),
        pytest.param(lambda f: (f / "v1" / "content" / "METS.xml").unlink(), {"E092", "E093"}, id="content-is-gone"),
        pytest.param(
            lambda f: (f / "v1" / "content" / "METS.xml").write_text("x"), {"E092", "E093"}, id="content-changed"
        ),
        pytest.param(lambda f: (f / "link").symlink_to("v1"), {"E090"}, id="link"),
        pytest.param(lambda f: (f / "v1" / "link").symlink_to("content"), {"E090"}, id="link-in-version"),
        pytest.param(lambda f: (f / "v1" / "content" / "link").symlink_to("METS.xml"), {"E090"}, id="link-in-content"),
        pytest.param(
            lambda f: os.link(f / "v1" / "content" / "METS.xml", f / "v1" / "content" / "hard"),
            {"E023", "E090"},
            id="hard-link",
        ),
        pytest.param(lambda f: os.mkfifo(f / "v1" / "content" / "pipe"), {"E090"}, id="pipe"),
        pytest.param(lambda f: os.mkfifo(f / "pipe"), {"E001"}, id="pipe-in-object"),
    ],
)
def test_what_stands_in_an_object_has_its_code(folder, act, expected):
    act(folder)

    assert codes(validate_folder(folder)) == expected


@pytest.mark.parametrize("name", ["inventory.json", "inventory.json.sha512", "0=ocfl_object_1.1", "v1", "v1/content"])
def test_a_link_in_the_place_of_a_part_is_not_followed(folder, name, tmp_path):
    (folder / name).rename(tmp_path / "real")
    (folder / name).symlink_to(tmp_path / "real")

    assert any(each.is_error for each in validate_folder(folder))


@pytest.mark.parametrize("name", ["inventory.json", "inventory.json.sha512", "v2/inventory.json"])
def test_a_pipe_in_the_place_of_a_record_does_not_hang(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)

    assert "E901" in codes(validate_folder(folder))


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(lambda r: (r / "0=ocfl_1.1").write_text("ocfl"), {"E080"}, id="declaration-content"),
        pytest.param(lambda r: (r / "0=ocfl_1.0").write_text("ocfl_1.0\n"), {"E076"}, id="two-declarations"),
        pytest.param(lambda r: (r / "0=ocfl_7").write_text("x"), {"E076", "E077"}, id="unknown-declaration"),
        pytest.param(lambda r: (r / "README.md").touch(), set(), id="readme"),
        pytest.param(lambda r: (r / "empty").mkdir(), {"E073"}, id="empty-folder"),
        pytest.param(lambda r: ((r / "a").mkdir(), (r / "a" / "b.txt").touch()), {"E072"}, id="file-between"),
        pytest.param(lambda r: (r / "link").symlink_to("/"), {"E090"}, id="link"),
        pytest.param(lambda r: (r / "ocfl_layout.json").write_text("[]"), {"E070"}, id="layout-list"),
        pytest.param(lambda r: (r / "ocfl_layout.json").write_text("{}"), {"E070"}, id="layout-empty"),
        pytest.param(
            lambda r: (r / "ocfl_layout.json").write_text('{"extension": "mine", "description": "x"}'),
            {"E071"},
            id="layout-unknown",
        ),
        pytest.param(lambda r: (r / "extensions" / "file").touch(), {"E112"}, id="file-in-extensions"),
        pytest.param(lambda r: (r / "extensions" / "mine").mkdir(), {"W016"}, id="unknown-extension"),
    ],
)
def test_what_stands_in_a_storage_root_has_its_code(three_versions, act, expected):
    act(three_versions.root)

    assert codes(validate_folder(three_versions.root)) == expected


def test_an_object_in_another_place_is_told(three_versions, folder):
    shutil.copytree(folder, three_versions.root / "elsewhere")

    assert codes(three_versions.validate()) == {"E037", "W903"}


def test_an_object_of_a_later_standard_than_its_root_is_told(three_versions):
    (three_versions.root / "0=ocfl_1.1").unlink()
    (three_versions.root / "0=ocfl_1.0").write_text("ocfl_1.0\n")

    assert codes(three_versions.validate()) == {"E081"}


def test_without_digests_no_content_is_read(three_versions, folder):
    (folder / "v1" / "content" / "METS.xml").write_text("x")

    assert three_versions.validate(digests=False) == []


def test_problems_say_where(three_versions, folder):
    (folder / "v1" / "content" / "METS.xml").write_text("x")

    place = str(folder.relative_to(three_versions.root))
    assert {each.path for each in three_versions.validate()} == {f"{place}/v1/content/METS.xml"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        validate_folder(tmp_path / "none")


# ----------------------------------------------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "E033", id="empty"),
        pytest.param(b"[]", "E033", id="list"),
        pytest.param(b"null", "E033", id="null"),
        pytest.param(b'{"id": "\xff"}', "E033", id="no-utf-8"),
        pytest.param('{"id": "x"}'.encode("utf-16"), "E033", id="utf-16"),
        pytest.param(b"\xef\xbb\xbf{}", "E033", id="byte-order-mark"),
        pytest.param(b'{"id": NaN}', "E033", id="nan"),
        pytest.param(b'{"id": ' + b"9" * 10_000 + b"}", "E033", id="huge-number"),
        pytest.param(b'{"id":' * 100_000 + b"1" + b"}" * 100_000, "E033", id="deep"),
        pytest.param(b'{"id":' + b"[" * 900 + b"]" * 900 + b"}", "E037", id="rather-deep"),
        pytest.param(b'{"manifest":' + b'{"x":' * 900 + b"1" + b"}" * 901, "E025", id="deep-manifest"),
        pytest.param(b'{"id":"a","id":"b"}', "E033", id="key-twice"),
        pytest.param(b'{"x":[' + b"1," * 500_000 + b"1]}", "E902", id="many-values"),
        pytest.param(b'{"x":"' + b"x" * (17 << 20) + b'"}', "E902", id="large"),
        pytest.param(b'{"manifest":{"a":["' + b"a/" * 1_000_000 + b'"]}}', "E902", id="long-path"),
        pytest.param(b'{"id":"\\ud800","manifest":{"\\ud800":["\\ud800"]},"head":"\\ud800"}', "E025", id="surrogates"),
        pytest.param(b'{"id":"x\\u0000","manifest":{"\\u0000":["v1/content/\\u0000"]}}', "E042", id="nul"),
    ],
)
def test_a_hostile_inventory_has_a_code_and_no_traceback(three_versions, folder, data, code):
    (folder / "inventory.json").write_bytes(data)

    found = three_versions.validate()

    assert code in codes(found)
    assert all(len(each.message) < 2000 and each.message.isprintable() for each in found)
    assert OcflStore(three_versions.root).recover() == []


def test_keys_that_stand_twice_are_told_where_they_matter(folder):
    data = (folder / "inventory.json").read_text()
    digest = next(iter(json.loads(data)["manifest"]))
    twice = data.replace(f'"{digest}"', f'"{digest}": ["v1/content/x"], "{digest}"', 1)
    (folder / "inventory.json").write_text(twice)

    assert "E096" in codes(validate_folder(folder))


def test_a_thousand_faults_are_not_all_listed(folder):
    rewrite(
        folder, lambda i: i["manifest"].update({f"{number:0128x}": [f"v1/content/{number}"] for number in range(2000)})
    )

    found = [each for each in validate_folder(folder) if each.code == "E107"]

    assert len(found) == MAX_OF_ONE_CODE + 1
    assert "more of this kind" in found[-1].message


def test_a_content_directory_with_a_nul_is_told(folder):
    rewrite(folder, lambda i: i.update(contentDirectory="a\0b"))

    assert "E020" in codes(validate_folder(folder))


def test_a_very_long_content_directory_is_told(folder):
    rewrite(folder, lambda i: i.update(contentDirectory="a" * 5000))

    assert codes(validate_folder(folder)) & {"E020", "E901"}
