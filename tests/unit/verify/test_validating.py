"""Which validators are asked about a file, and what comes of it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from docpack.errors import InputError, UsageError
from docpack.plugins import Validator, validator_names, validator_type
from docpack.verdicts import Cause, Gravity, Message, Outcome, Verdict
from docpack.verify.validating import validate

PROFILE = "https://example.org/profile.json"


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path):
    """No program on the path; what lies beside docpack in its environment stays there."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def bag(tmp_path):
    folder = tmp_path / "bag"
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "bag-info.txt").write_text(f"BagIt-Profile-Identifier: {PROFILE}\n")
    return folder


@pytest.mark.parametrize("name", validator_names())
def test_every_validator_keeps_to_the_protocol(name):
    validator = validator_type(name)()

    assert isinstance(validator, Validator)
    assert validator.name == name
    assert set(validator.formats) <= {
        "bag", "docx", "eark", "epub", "file", "mets", "mets-package", "ocfl", "pdf", "premis", "tei",
    }  # fmt: skip


@pytest.mark.usefixtures("nothing_installed")
def test_each_validator_of_the_kind_speaks_even_where_it_is_missing(tmp_path):
    (tmp_path / "a.epub").write_bytes(b"PK\x03\x04")

    verdicts = validate(tmp_path / "a.epub")

    assert [each.validator for each in verdicts] == ["ace", "epubcheck"]
    assert {each.outcome for each in verdicts} == {Outcome.NOT_RUN}
    assert {each.cause for each in verdicts} == {Cause.MISSING}
    assert all(each.hint for each in verdicts)


@pytest.mark.usefixtures("nothing_installed")
def test_only_the_named_validators_are_asked(tmp_path):
    (tmp_path / "a.epub").write_bytes(b"PK\x03\x04")

    verdicts = validate(tmp_path / "a.epub", only=["epubcheck", "qpdf"])

    assert [each.validator for each in verdicts] == ["epubcheck"]


@pytest.mark.usefixtures("nothing_installed")
def test_those_who_only_identify_are_asked_by_name_only(tmp_path):
    (tmp_path / "a.txt").write_text("text")

    assert [each.validator for each in validate(tmp_path / "a.txt", only=["fido"])] == ["fido"]
    with pytest.raises(InputError, match="of no kind that these validators judge"):
        validate(tmp_path / "a.txt")


def test_an_unknown_validator_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="there is no validator 'epubchek'") as caught:
        validate(tmp_path, only=["epubchek"])

    assert "epubcheck" in caught.value.hint


@pytest.mark.usefixtures("nothing_installed")
def test_a_bag_in_a_tar_is_taken_apart(tmp_path, bag):
    with tarfile.open(tmp_path / "bag.tar", "w") as archive:
        archive.add(bag, "bag")

    verdicts = validate(tmp_path / "bag.tar")

    assert [each.validator for each in verdicts] == ["bagit", "bagit-profile"]


def test_a_tar_without_a_package_is_an_input_error(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("x/readme.txt"), io.BytesIO())

    with pytest.raises(InputError, match="of no kind that these validators judge"):
        validate(tmp_path / "a.tar")


def fake_python(folder: Path, body: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    path = folder / "bin" / "python"
    answer = json.dumps(["9.9", "/nowhere/x/__init__.py"])
    path.write_text(f'#!/bin/sh\ncase " $* " in *" -c "*) echo \'{answer}\'; exit 0;; esac\n{body}\n')
    path.chmod(0o755)
    return folder


def said(**facts: object) -> str:
    return f"echo '{json.dumps({'docpack-program': 1, 'messages': [], **facts})}'"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param(said(clean=True), Outcome.PASSED, id="clean"),
        pytest.param(said(clean=False), Outcome.FAILED, id="not-clean"),
        pytest.param(said(clean="yes"), Outcome.FAILED, id="something-else-than-true"),
        pytest.param(said(clean=True, messages=[["error", "", "", "bad"]]), Outcome.FAILED, id="clean-with-an-error"),
        pytest.param(said(clean=True, messages=[["warning", "", "", "hm"]]), Outcome.PASSED, id="clean-with-a-warning"),
        pytest.param(said(clean=True, messages=[["grave", "", "", "?"]]), Outcome.NOT_RUN, id="unknown-gravity"),
        pytest.param(said(clean=True, confused="no idea"), Outcome.NOT_RUN, id="confused"),
        pytest.param(said(clean=True) + "; exit 1", Outcome.NOT_RUN, id="clean-and-exit-code-1"),
    ],
)
def test_what_a_package_in_another_environment_says_becomes_a_verdict(tmp_path, bag, body, outcome):
    tools = fake_python(tmp_path / "tools", body)

    (verdict,) = validate(bag, only=["bagit"], tools=[tools])

    assert (verdict.outcome, verdict.version) == (outcome, "9.9")


def test_messages_do_not_tell_where_the_file_lay(tmp_path, bag):
    message = ["error", "", f"{bag}/data/x", f"{bag} is broken"]
    tools = fake_python(tmp_path / "tools", said(clean=False, messages=[message]))

    (verdict,) = validate(bag, only=["bagit"], tools=[tools])

    assert verdict.messages == (Message(Gravity.ERROR, "", "bag/data/x", "bag is broken"),)


def test_a_flood_of_messages_is_cut_and_counted(tmp_path, bag):
    message = ["error", "E", "", "bad"]
    tools = fake_python(tmp_path / "tools", said(clean=False, messages=[message] * 700))

    (verdict,) = validate(bag, only=["bagit"], tools=[tools])

    assert (len(verdict.messages), verdict.omitted) == (500, 200)


def test_a_bag_is_held_to_the_profile_that_it_names(tmp_path, bag):
    tools = fake_python(tmp_path / "tools", said(clean=True))
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "other.json").write_text("[]")
    profile = {"BagIt-Profile-Info": {"BagIt-Profile-Identifier": PROFILE}}
    (tmp_path / "schemas" / "ours.json").write_text(json.dumps(profile))

    (without,) = validate(bag, only=["bagit-profile"], tools=[tools])
    (with_it,) = validate(bag, only=["bagit-profile"], tools=[tools], schemas=[tmp_path / "schemas"])

    assert (without.outcome, without.cause) == (Outcome.NOT_RUN, Cause.MISSING)
    assert PROFILE in without.hint
    assert with_it.outcome is Outcome.PASSED


def test_a_bag_that_names_no_profile_is_not_held_to_one(tmp_path, bag):
    (bag / "bag-info.txt").unlink()
    tools = fake_python(tmp_path / "tools", said(clean=True))

    (verdict,) = validate(bag, only=["bagit-profile"], tools=[tools])

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.UNSUITED)


def test_a_verdict_is_data():
    verdict = Verdict(
        "epubcheck",
        "5.3.0",
        Outcome.FAILED,
        "EPUB 3.3",
        (Message(Gravity.ERROR, "RSC-005", "a:3", "bad"),),
        report=b"{}",
    )

    assert json.loads(json.dumps(verdict.to_json())) == {
        "validator": "epubcheck",
        "version": "5.3.0",
        "outcome": "failed",
        "profile": "EPUB 3.3",
        "messages": [{"severity": "error", "code": "RSC-005", "place": "a:3", "text": "bad"}],
        "omitted": 0,
        "reason": "",
        "cause": "",
        "hint": "",
    }
