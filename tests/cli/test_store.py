"""`docpack store`: what it prints, its exit codes, and what it leaves behind."""

import json
import resource
import time
from functools import partial

import pytest

EPOCH = {"SOURCE_DATE_EPOCH": "1769860800"}
WORK = "ark:/12345/work"


@pytest.fixture
def package(docpack, text, tmp_path):
    """Return a function that packs the text into a tar."""

    def pack(content=None, options=()):
        if content:
            text.write_text(content, encoding="utf-8")
        done = docpack("pack", text, "-t", "tei", "-o", "box.tar", "--object-id", WORK, *options)
        assert done.returncode == 0, done.stderr
        return tmp_path / "box.tar"

    return pack


@pytest.fixture
def store(docpack):
    """Make a store in the folder `archive`, and return a function that runs `docpack store`."""
    assert docpack("store", "init", "archive").returncode == 0
    return partial(docpack, "store", env=EPOCH)


def test_a_package_is_stored_listed_and_taken_again(store, package, text, tmp_path):
    package()

    added = store("add", "archive", "box.tar", "--user", "N", "--address", "mailto:n@example.org", "--message", "first")
    listed = store("log", "archive")
    log = store("log", "archive", WORK)
    taken = store("get", "archive", WORK, "-o", "out")
    checked = store("validate", "archive")

    assert added.stdout.decode() == f"{WORK} v1\n"
    assert listed.stdout.decode() == f"{WORK} v1\n"
    assert log.stdout.decode().startswith("v1 2026-01-31T12:00:00Z N <mailto:n@example.org>: first\n  + METS.xml\n")
    assert taken.stdout.decode().endswith("all digests checked\n")
    assert (tmp_path / "out/representations/source/data/in.txt").read_bytes() == text.read_bytes()
    assert checked.stdout.decode() == "valid: archive: all digests checked\n"
    assert [each.returncode for each in (added, listed, log, taken, checked)] == [0] * 5


def test_only_a_change_of_the_work_makes_a_version(store, package):
    package()
    first = store("add", "archive", "box.tar")
    time.sleep(1.1)  # the records tell seconds
    package()
    same = store("add", "archive", "box.tar", "--json")
    package(content="   The box was here, and nobody spoke of it.\n   Nobody ever did.\n")
    changed = store("add", "archive", "box.tar", "--json")

    assert first.stdout.decode() == f"{WORK} v1\n"
    assert json.loads(same.stdout) == {"root": "archive", "object": WORK, "version": None, "changed": False}
    assert json.loads(changed.stdout)["version"] == "v2"
    assert json.loads(store("validate", "archive", "--json").stdout)["ok"]


def test_a_change_of_rights_alone_makes_a_version(store, package):
    package()
    store("add", "archive", "box.tar")
    package(options=["--embargo-until", "2031-01-01"])

    done = store("add", "archive", "box.tar")

    assert done.stdout.decode() == f"{WORK} v2\n"


@pytest.mark.parametrize("profile", ["eark-sip", "archivematica"])
def test_every_profile_is_stored_under_the_name_of_its_work(store, package, profile):
    package(options=["--profile", profile])

    done = store("add", "archive", "box.tar")

    assert done.stdout.decode() == f"{WORK} v1\n", done.stderr


def test_each_version_gives_its_own_source(store, package, text, tmp_path):
    sources = []
    for number in (1, 2, 3):
        package(content=f"   The box was gone, {number} of them.\n   Nobody ever spoke of it.\n")
        sources.append(text.read_bytes())
        store("add", "archive", "box.tar")

    for number, source in enumerate(sources, 1):
        store("get", "archive", WORK, "--version", f"v{number}", "-o", f"out{number}")
        assert (tmp_path / f"out{number}/representations/source/data/in.txt").read_bytes() == source


def test_a_damaged_package_is_not_stored(store, package, tmp_path):
    path = package()
    data = bytearray(path.read_bytes())
    place = data.index(b"nobody spoke of it")
    data[place] ^= 1
    path.write_bytes(data)

    done = store("add", "archive", "box.tar")

    assert done.returncode == 5
    assert b"is not valid and was not stored" in done.stderr
    assert store("log", "archive").stdout == b""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["init", "archive"], 2, "already", id="init-a-store"),
        pytest.param(["init"], 2, "required", id="no-root"),
        pytest.param([], 2, "required", id="no-action"),
        pytest.param(["drop", "archive"], 2, "invalid choice", id="no-such-action"),
        pytest.param(["add", "none", "in.txt"], 3, "none cannot be read", id="no-store"),
        pytest.param(["add", "archive", "none.tar"], 3, "none.tar", id="no-package"),
        pytest.param(["add", "archive", "in.txt"], 3, "is no tar, no zip", id="no-container"),
        pytest.param(["add", "archive", "x", "--address", "a:b"], 2, "--user", id="address-alone"),
        pytest.param(["log", "."], 3, "is no OCFL storage root", id="log-of-no-store"),
        pytest.param(["log", "archive", "none"], 3, "holds no object 'none'", id="no-object"),
        pytest.param(["get", "archive", "none", "-o", "out"], 3, "holds no object", id="get-nothing"),
        pytest.param(["get", "archive", "none"], 2, "-o", id="get-nowhere"),
        pytest.param(["validate", "none"], 3, "none cannot be read", id="validate-nothing"),
        pytest.param(["validate", "."], 5, "", id="validate-no-store"),
        pytest.param(["recover", "none"], 3, "none cannot be read", id="recover-nothing"),
    ],
)
def test_what_goes_wrong_has_its_exit_code(store, text, arguments, code, words):
    done = store(*arguments)

    assert done.returncode == code, done.stderr
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_validate_names_the_code_and_the_place(store, package, tmp_path):
    package()
    store("add", "archive", "box.tar", "--user", "N", "--address", "mailto:n@example.org")
    [source] = (tmp_path / "archive").rglob("in.txt")
    source.write_text("other")

    done = store("validate", "archive")
    fast = store("validate", "archive", "--fast")
    taken = store("get", "archive", WORK, "-o", "out")

    assert done.returncode == 5
    assert done.stdout.decode().startswith("INVALID: archive: all digests checked\n  error E092: ")
    assert "v1/content/representations/source/data/in.txt: its sha512 is not" in done.stdout.decode()
    assert fast.stdout.decode() == "valid: archive: digests NOT checked\n"
    assert taken.returncode == 5
    assert not (tmp_path / "out").exists()


def test_recover_says_what_it_did(store, tmp_path):
    nothing = store("recover", "archive")
    (tmp_path / "archive/extensions/docpack-staging/new").mkdir(parents=True)
    done = store("recover", "archive", "--json")

    assert nothing.stdout == b"archive: nothing to recover\n"
    assert json.loads(done.stdout)["done"] == [
        "removed extensions/docpack-staging/new, which an interrupted process left"
    ]


def test_files_that_may_not_grow_leave_the_store_as_it_was(store, package, tmp_path):
    package()
    store("add", "archive", "box.tar")
    before = {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    package(content="   The box was gone. " + "Nobody ever spoke of it again. " * 300 + "\n")

    done = store(
        "add", "archive", "box.tar", preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (4096, 4096))
    )

    assert done.returncode == 4, done.stderr
    assert b"File too large" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()} == before
    assert store("validate", "archive").returncode == 0


def test_help_names_the_actions(docpack):
    done = docpack("store", "--help")

    for action in ("init", "add", "log", "get", "validate", "recover"):
        assert action in done.stdout.decode()
