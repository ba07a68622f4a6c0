"""The real tools through their adapters: what is known to be good passes, what is known to be broken fails, by each of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import docpack
from docpack.errors import InputError
from docpack.testing import plain_document
from docpack.verdicts import Cause, Outcome
from docpack.verify.validating import validate

if TYPE_CHECKING:
    from docpack.verdicts import Verdict

pytestmark = [pytest.mark.validators, pytest.mark.shared]

HOME = Path(os.environ.get("VALIDATORS_HOME") or Path.home() / ".cache" / "docpack-validators")
SHARED = Path(os.environ.get("DOCPACK_SHARED") or Path(__file__).parents[3] / "shared")
DATA = SHARED / "validators" / "data"

# A sample of the validators' own collection, a validator, and whether the sample is good in its eyes. That LibreOffice and
# ooxml-integrity let broken files through, and that qpdf says nothing about PDF/A, is how they are.
SAMPLES = [
    ("good.epub", "ace", True),
    ("good.epub", "epubcheck", True),
    ("bad_link.epub", "ace", False),
    ("bad_link.epub", "epubcheck", False),
    ("bad_xhtml.epub", "epubcheck", False),
    ("clean.docx", "libreoffice", True),
    ("clean.docx", "ooxml-integrity", True),
    ("clean.docx", "ooxml-schema", True),
    ("clean.docx", "openxml-audit", True),
    ("bad_attr.docx", "libreoffice", True),
    ("bad_attr.docx", "ooxml-schema", False),
    ("bad_attr.docx", "openxml-audit", False),
    ("bad_ct.docx", "libreoffice", False),
    ("bad_ct.docx", "ooxml-integrity", True),
    ("bad_ct.docx", "openxml-audit", False),
    ("bad_order.docx", "ooxml-schema", False),
    ("bad_order.docx", "openxml-audit", False),
    ("bad_rel.docx", "ooxml-integrity", False),
    ("bad_rel.docx", "openxml-audit", False),
    ("good.tei.xml", "tei-relaxng", True),
    ("good.tei.xml", "tei-schematron", True),
    ("bad.tei.xml", "tei-relaxng", False),
    ("bad_date.tei.xml", "tei-relaxng", False),
    ("bad_sch.tei.xml", "tei-relaxng", True),
    ("bad_sch.tei.xml", "tei-schematron", False),
    ("verapdf-2a-pass.pdf", "page-validation", True),
    ("verapdf-2a-pass.pdf", "verapdf", True),
    ("verapdf-2a-fail.pdf", "page-validation", False),
    ("verapdf-2a-fail.pdf", "verapdf", False),
    ("verapdf-ua1-pass.pdf", "page-validation", True),
    ("verapdf-ua1-pass.pdf", "verapdf", True),
    ("lo_ua.pdf", "page-validation", False),
    ("lo_ua.pdf", "qpdf", True),
    ("lo_ua.pdf", "verapdf", False),
    ("trunc.pdf", "page-validation", False),
    ("trunc.pdf", "qpdf", False),
    ("trunc.pdf", "verapdf", False),
]


def ask(path: Path, *only: str) -> tuple[Verdict, ...]:
    return validate(path, only=only, tools=[HOME], schemas=[DATA])


@pytest.mark.parametrize(
    ("name", "validator", "good"), [pytest.param(*each, id=f"{each[1]}-{each[0]}") for each in SAMPLES]
)
def test_a_sample_gets_the_verdict_that_it_deserves(name, validator, good):
    (verdict,) = ask(DATA / "samples" / name, validator)

    assert verdict.outcome is (Outcome.PASSED if good else Outcome.FAILED), verdict
    assert verdict.version
    assert verdict.report
    assert good or verdict.messages


@pytest.mark.parametrize("name", ["cut.epub", "cut.docx", "cut.pdf", "cut.tei.xml"])
def test_a_file_that_is_cut_off_is_passed_by_nobody(tmp_path, name):
    original = {"epub": "good.epub", "docx": "clean.docx", "pdf": "verapdf-2a-pass.pdf", "xml": "good.tei.xml"}
    data = (DATA / "samples" / original[name.rpartition(".")[2]]).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) * 2 // 3])

    verdicts = ask(tmp_path / name)

    assert Outcome.FAILED in {each.outcome for each in verdicts}
    assert Outcome.PASSED not in {each.outcome for each in verdicts}, verdicts


def test_what_docpack_writes_passes_all_of_them(tmp_path):
    for format_name, suffix in {"epub": "epub", "docx": "docx", "tei": "tei.xml", "pdf": "pdf"}.items():
        path = tmp_path / f"book.{suffix}"
        path.write_bytes(docpack.write(plain_document("One paragraph.", "Another."), format_name))

        verdicts = ask(path)

        assert {each.outcome for each in verdicts} == {Outcome.PASSED}, verdicts


@pytest.mark.parametrize(
    ("suffix", "format_name", "key"),
    [
        ("epub", "epub", "fmt/483"),
        ("docx", "docx", "fmt/412"),
        ("tei.xml", "tei", "fmt/1476"),
        ("pdf", "pdf", "fmt/476"),
    ],
)
def test_both_identifiers_give_the_same_key(tmp_path, suffix, format_name, key):
    path = tmp_path / f"book.{suffix}"
    path.write_bytes(docpack.write(plain_document("One paragraph."), format_name))

    verdicts = ask(path, "fido", "siegfried")

    assert [(each.outcome, each.reason) for each in verdicts] == [(Outcome.IDENTIFIED, key)] * 2


def extracted(name: str, folder: Path) -> Path:
    with tarfile.open(DATA / name) as archive:
        archive.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


# The one bag of the suite on which bagit 1.9.0 is wrong: blanks before the colon in bagit.txt, which 1.0 forbids.
LET_THROUGH = {"bagit-with-invalid-whitespace"}


@pytest.mark.parametrize("version", ["v0.97", "v1.0"])
def test_bags_of_the_conformance_suite(tmp_path, version):
    suite = extracted("bagit-conformance-suite.tar.xz", tmp_path) / version
    bags = [path.parent for path in suite.glob("*/*/bagit.txt") if path.parent.parent.name in {"valid", "invalid"}]
    assert len(bags) >= 5

    for bag in bags:
        (verdict,) = ask(bag, "bagit")
        good = bag.parent.name == "valid" or bag.name in LET_THROUGH
        assert verdict.outcome is (Outcome.PASSED if good else Outcome.FAILED), (bag, verdict)


def test_objects_of_the_ocfl_fixtures(tmp_path):
    fixtures = extracted("ocfl-fixtures-1.1.tar.xz", tmp_path) / "1.1"
    objects = sorted(path for kind in ("good", "bad", "warn") for path in (fixtures / f"{kind}-objects").iterdir())
    assert len(objects) >= 70

    for each in objects:
        if not list(each.glob("0=ocfl_*")):  # a bad one without a declaration is of no kind that is known
            assert each.parent.name == "bad-objects"
            with pytest.raises(InputError):
                ask(each, "ocfl-py")
            continue
        (verdict,) = ask(each, "ocfl-py")
        bad = each.parent.name == "bad-objects"
        assert verdict.outcome is (Outcome.FAILED if bad else Outcome.PASSED), (each, verdict)
        if bad:
            assert any(message.code.startswith("E") for message in verdict.messages), (each, verdict)


def test_a_root_in_which_one_object_is_broken_fails(tmp_path):
    """The tool's own command ends with 0 for such a root."""
    (tmp_path / "in").mkdir()
    fixtures = extracted("ocfl-fixtures-1.1.tar.xz", tmp_path / "in")
    root = tmp_path / "root"
    root.mkdir()
    (root / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    (fixtures / "1.1" / "good-objects" / "minimal_one_version_one_file").rename(root / "good")

    (before,) = ask(root, "ocfl-py")
    (fixtures / "1.1" / "bad-objects" / "E001_extra_dir_in_root").rename(root / "bad")
    (after,) = ask(root, "ocfl-py")

    assert before.outcome is Outcome.PASSED
    assert after.outcome is Outcome.FAILED
    assert after.messages[0].place == "bad"


def test_an_empty_mets_is_no_e_ark_package(tmp_path):
    """ip-check, another tool of the field, is content with it, and commons-ip ends with 0."""
    (tmp_path / "METS.xml").write_text('<mets xmlns="http://www.loc.gov/METS/"/>')

    verdicts = ask(tmp_path)

    assert [(each.validator, each.outcome) for each in verdicts] == [
        ("commons-ip", Outcome.FAILED),
        ("mets-premis-schema", Outcome.FAILED),
    ]


def packed(tmp_path: Path, profile: str) -> Path:
    (tmp_path / "in.txt").write_text("   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n", "utf-8")
    target = tmp_path / "out.tar"
    command = [sys.executable, "-m", "docpack", "pack", tmp_path / "in.txt", "--profile", profile, "-o", target]
    subprocess.run(command, check=True, capture_output=True)
    return target


def test_a_bag_of_ours_passes_in_its_tar(tmp_path):
    verdicts = ask(packed(tmp_path, "bagit"))

    assert [(each.validator, each.outcome) for each in verdicts] == [
        ("bagit", Outcome.PASSED),
        ("bagit-profile", Outcome.PASSED),
        ("mets-premis-schema", Outcome.PASSED),
    ]


def test_an_e_ark_package_of_ours_passes_and_fails_without_one_of_its_files(tmp_path):
    package = packed(tmp_path, "eark-sip")
    with tarfile.open(package) as archive:
        archive.extractall(tmp_path / "folder", filter="data")
    (folder,) = (tmp_path / "folder").iterdir()
    next(folder.glob("representations/epub/data/*")).unlink()

    whole, broken = ask(package), ask(folder)

    names = ["commons-ip", "mets-premis-schema"]
    assert [(each.validator, each.outcome) for each in whole] == [(name, Outcome.PASSED) for name in names]
    assert not whole[0].messages
    assert [each.outcome for each in broken] == [Outcome.FAILED, Outcome.PASSED]


def test_schematron_knows_the_node_that_a_rule_is_about(tmp_path):
    """TEI's rules for verse say `current()`, which XPath alone has not."""
    verse = "<lg><l>One<note><lg><l>quoted</l></lg></note></l><l>Two</l></lg>"
    good = (DATA / "samples" / "good.tei.xml").read_text("utf-8")
    (tmp_path / "good.tei.xml").write_text(good.replace("</div>", f"{verse}</div>", 1), "utf-8")
    bad = verse.replace("Two", "<lg><l>Three</l></lg>")
    (tmp_path / "bad.tei.xml").write_text(good.replace("</div>", f"{bad}</div>", 1), "utf-8")

    (passed,) = ask(tmp_path / "good.tei.xml", "tei-schematron")
    (failed,) = ask(tmp_path / "bad.tei.xml", "tei-schematron")

    assert passed.outcome is Outcome.PASSED, passed
    assert failed.outcome is Outcome.FAILED
    assert any("/lg[1]/l[2]" in message.place for message in failed.messages)


def test_a_tool_with_too_little_time_gives_no_verdict_and_leaves_no_browser(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # so that its processes are told from those of other tests

    (verdict,) = validate(DATA / "samples" / "good.epub", only=["ace"], tools=[HOME], timeout_s=1.2)

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.BROKEN)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in left
    assert not list(tmp_path.iterdir())


def test_a_browser_may_take_its_time_to_start(tmp_path):
    browser = tmp_path / "chromium"
    browser.write_text(f'#!/bin/sh\nsleep 7\nexec {shutil.which("chromium")} "$@"\n', "utf-8")
    browser.chmod(0o755)

    (verdict,) = validate(DATA / "samples" / "good.epub", only=["ace"], tools=[tmp_path, HOME])

    assert verdict.outcome is Outcome.PASSED, verdict


def test_the_command_line_says_what_all_validators_say(tmp_path):
    path = tmp_path / "book.epub"
    path.write_bytes(docpack.write(plain_document("One paragraph."), "epub"))
    command = [sys.executable, "-m", "docpack", "validate", path, "--tools", HOME, "--schemas", DATA]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["PASS", "ace"], ["PASS", "epubcheck"]]
