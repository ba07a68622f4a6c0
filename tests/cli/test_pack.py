"""`docpack pack`, and what is done with packages: restore, reproduce, unpack, diff, fixity."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from lxml import etree

METS = "{http://www.loc.gov/METS/}"
PREMIS = "{http://www.loc.gov/premis/v3}"
MODS = b'<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>The Tin Box</title></titleInfo></mods>'


@pytest.fixture
def packed(docpack, text):
    """Return a function that packs the text into a tar and gives its files by their paths in the top folder."""

    def run(*options, env=None):
        done = docpack("pack", text, "-o", "out.tar", "-t", "tei", *options, env=env)
        assert done.returncode == 0, done.stderr
        return files_of(text.parent / "out.tar")

    return run


def files_of(path):
    with tarfile.open(path) as archive:
        found = {each.name: archive.extractfile(each).read() for each in archive}
    return {name.partition("/")[2]: data for name, data in found.items()}


def test_a_package_holds_source_outputs_and_proof(packed):
    files = packed()

    assert next(iter(files)) == "bagit.txt"
    assert {"data/METS.xml", "data/metadata/descriptive/dc.xml", "data/metadata/preservation/premis.xml"} <= set(files)
    assert "data/representations/source/data/in.txt" in files
    assert "data/representations/tei/data/in.tei.xml" in files
    assert json.loads(files["data/representations/model/data/in.json"])["docpack"] == 1
    assert json.loads(files["data/documentation/ledger.json"])["edits"]
    report = json.loads(files["data/documentation/conservation.json"])
    assert report["outputs"]["representations/tei/data/in.tei.xml"]["ok"]


def test_without_formats_all_four_are_made(docpack, text):
    docpack("pack", text, "-o", "out.tar")

    made = {name.split("/")[2] for name in files_of(text.parent / "out.tar") if "/data/" in name}
    assert {"epub", "docx", "tei", "pdf", "source", "model"} <= made


def test_the_package_is_named_by_its_object(packed, text):
    packed("--object-id", "ark:/12345/x7")

    with tarfile.open(text.parent / "out.tar") as archive:
        top = archive.getnames()[0].partition("/")[0]
    files = files_of(text.parent / "out.tar")
    root = etree.fromstring(files["data/METS.xml"])
    assert top.startswith("ark-12345-x7-")
    assert root.get("OBJID") == top
    assert root.find(f"{METS}metsHdr/{METS}altRecordID").text == "ark:/12345/x7"
    assert b"External-Identifier: ark:/12345/x7\n" in files["bag-info.txt"]


@pytest.mark.parametrize(
    ("output", "options", "expected"),
    [
        pytest.param("out.zip", [], "zip", id="ending"),
        pytest.param("out.bin", ["--container", "zip"], "zip", id="option"),
        pytest.param("out", ["--container", "folder"], "folder", id="folder"),
        pytest.param("out.any", [], "tar", id="default"),
    ],
)
def test_the_container_is_the_one_that_was_asked_for(docpack, text, output, options, expected):
    done = docpack("pack", text, "-o", output, "-t", "tei", *options)

    path = text.parent / output
    found = "folder" if path.is_dir() else "zip" if zipfile.is_zipfile(path) else "tar"
    assert (done.returncode, found) == (0, expected)
    assert docpack("verify", output, "--level", "canonical").returncode == 0


@pytest.mark.parametrize("profile", ["bagit", "eark-sip", "archivematica"])
def test_the_source_comes_back_from_every_profile(docpack, text, profile):
    docpack("pack", text, "-o", "out.tar", "-t", "tei", "--profile", profile)

    done = docpack("restore", "out.tar", "-o", "again.txt")

    assert done.returncode == 0, done.stderr
    assert (text.parent / "again.txt").read_bytes() == text.read_bytes()


def test_a_package_on_standard_input_is_told_to_be_saved(docpack, text):
    docpack("pack", text, "-o", "out.tar", "-t", "tei")

    done = docpack("restore", "-", "-o", "again.txt", stdin=(text.parent / "out.tar").read_bytes())

    assert done.returncode == 3
    assert b"Save it" in done.stderr


@pytest.mark.parametrize("profile", ["bagit", "eark-sip", "archivematica"])
def test_the_outputs_can_be_made_again(docpack, text, profile):
    (text.parent / "in.txt.docpack.toml").write_text('[[override]]\ntext = "Nobody ever did."\ndecision = "heading"\n')
    docpack("pack", text, "-o", "out.tar", "-t", "tei,epub", "--tei-form", "reading", "--profile", profile)
    (text.parent / "in.txt.docpack.toml").unlink()

    done = docpack("reproduce", "out.tar")

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.decode().splitlines()] == ["same"] * 3


def test_overrides_are_packed_and_count(packed, text):
    (text.parent / "in.txt.docpack.toml").write_text('[[override]]\ntext = "Nobody ever did."\ndecision = "heading"\n')

    files = packed()

    assert "data/representations/source/data/in.txt.docpack.toml" in files
    assert b"<head" in files["data/representations/tei/data/in.tei.xml"]


def test_an_output_that_comes_out_differently_is_told(docpack, text):
    docpack("pack", text, "-o", "out", "-t", "tei", "--profile", "eark-sip", "--container", "folder")
    (tei,) = (text.parent / "out").rglob("*.tei.xml")
    tei.write_bytes(tei.read_bytes().replace(b"box", b"fox"))

    done = docpack("reproduce", "out", "--json")

    assert done.returncode == 1
    outcomes = {each["format"]: each["outcome"] for each in json.loads(done.stdout)["outputs"]}
    assert outcomes == {"tei": "different", "json": "same"}


def test_a_damaged_source_is_not_given_back(docpack, text):
    docpack("pack", text, "-o", "out", "-t", "tei", "--container", "folder")
    (source,) = (text.parent / "out").rglob("in.txt")
    source.write_bytes(source.read_bytes().replace(b"box", b"fox"))

    done = docpack("restore", "out", "-o", "again.txt")

    assert done.returncode == 5
    assert b"not the one that was packed" in done.stderr
    assert not (text.parent / "again.txt").exists()


def test_events_tell_what_was_done_and_what_was_not(packed):
    record = etree.fromstring(packed()["data/metadata/preservation/premis.xml"])

    events = {
        (each.findtext(f"{PREMIS}eventType"), each.findtext(f".//{PREMIS}eventOutcome"))
        for each in record.iter(f"{PREMIS}event")
    }
    assert events == {
        ("ingestion", "success"),
        ("normalization", "success"),
        ("validation", "pass"),  # the text was read back and compared
        ("validation", "not run"),  # of the reference validators
        ("message digest calculation", "success"),
    }


def test_times_are_those_of_the_clock_unless_one_is_fixed(packed):
    fixed = packed(env={"SOURCE_DATE_EPOCH": "1700000000"})["data/metadata/preservation/premis.xml"]
    real = packed()["data/metadata/preservation/premis.xml"]

    assert b"2023-11-14T22:13:20Z" in fixed
    assert b"the time is that of SOURCE_DATE_EPOCH" in fixed
    assert b"SOURCE_DATE_EPOCH" not in real
    times = {each.text[:2] for each in etree.fromstring(real).iter(f"{PREMIS}eventDateTime")}
    assert times == {"20"}
    assert b"1980" not in real


def test_rights_come_from_the_user_alone(packed):
    stated = packed("--rights", "https://creativecommons.org/licenses/by/4.0/", "--embargo-until", "2030-01-01")
    silent = packed()

    record = etree.fromstring(stated["data/metadata/preservation/premis.xml"])
    assert record.findtext(f".//{PREMIS}rightsBasis") == "license"
    assert record.findtext(f".//{PREMIS}termOfRestriction/{PREMIS}endDate") == "2030-01-01"
    assert b"rights" not in silent["data/metadata/preservation/premis.xml"]


def test_records_go_in_unchanged_and_are_referenced(packed, text):
    (text.parent / "Mods Record.xml").write_bytes(MODS)

    files = packed("--record", "Mods Record.xml")

    assert files["data/metadata/descriptive/mods-record.xml"] == MODS
    references = etree.fromstring(files["data/METS.xml"]).iter(f"{METS}mdRef")
    assert {each.get("MDTYPE") for each in references} == {"DC", "MODS", "PREMIS"}


def test_attachments_go_in_unchanged_under_portable_names(packed, text):
    scans = text.parent / "Scans"
    scans.mkdir()
    (scans / "Seite 1.TIF").write_bytes(b"one")
    (scans / "Seite-1.tif").write_bytes(b"two")
    (scans / ".DS_Store").write_bytes(b"litter")

    files = packed("--attach-file", "Scans")

    attached = {name: data for name, data in files.items() if "/attachments/data/" in name}
    assert sorted(attached.values()) == [b"one", b"two"]
    names = etree.fromstring(files["data/metadata/preservation/premis.xml"]).iter(f"{PREMIS}originalName")
    assert {"Scans/Seite 1.TIF", "Scans/Seite-1.tif"} <= {each.text for each in names}


def test_one_table_describes_many_inputs(docpack, text):
    (text.parent / "b.txt").write_text("   Another text.\n   It is short.\n")
    (text.parent / "metadata.csv").write_text(
        "filename,dc.title,dc.creator,dc.creator,dc.coverage\n"
        'objects/in.txt,The Tin Box,"Almqvist, Ines",Somebody Else,Vell\nobjects/b.txt,Another,,,\n'
    )

    done = docpack("pack", "in.txt", "b.txt", "-o", "out", "-t", "tei", "--metadata-file", "metadata.csv")

    assert done.returncode == 0, done.stderr
    first, second = files_of(text.parent / "out" / "in.tar"), files_of(text.parent / "out" / "b.tar")
    assert b"<dc:title>The Tin Box</dc:title>" in first["data/metadata/descriptive/dc.xml"]
    assert first["data/metadata/descriptive/dc.xml"].count(b"<dc:creator>") == 2
    assert b"<dc:title>Another</dc:title>" in second["data/metadata/descriptive/dc.xml"]
    assert b"dc.coverage" in done.stderr


def test_a_transfer_for_archivematica_names_all_its_objects(docpack, text):
    docpack("pack", text, "-o", "out.tar", "-t", "tei", "--profile", "archivematica", "-M", "title=The Tin Box")

    files = files_of(text.parent / "out.tar")
    objects = {name for name in files if name.startswith("objects/")}
    sums = {line.partition("  ")[2] for line in files["metadata/checksum.sha256"].decode().splitlines()}
    rows = list(csv.reader(io.StringIO(files["metadata/metadata.csv"].decode())))
    assert sums == objects
    assert {row[0] for row in rows[1:]} == {"objects", *objects}
    assert rows[1][rows[0].index("dc.title")] == "The Tin Box"


def test_lines_of_bag_info_can_be_added(packed):
    files = packed("--bag-info", "Contact-Phone=+49 1", "--organization", "Harbour Archive", "--contact-name", "A. B.")

    lines = files["bag-info.txt"].decode().splitlines()
    assert "Contact-Phone: +49 1" in lines
    assert "Source-Organization: Harbour Archive" in lines
    assert "Contact-Name: A. B." in lines


def test_a_package_is_unpacked_only_when_it_is_valid(docpack, text):
    docpack("pack", text, "-o", "out.tar", "-t", "tei")

    good = docpack("unpack", "out.tar", "-o", "good")
    damaged = (text.parent / "out.tar").read_bytes().replace(b"box", b"fox")
    (text.parent / "bad.tar").write_bytes(damaged)
    bad = docpack("unpack", "bad.tar", "-o", "bad")

    assert good.returncode == 0, good.stderr
    assert docpack("verify", "good").returncode == 0
    assert bad.returncode == 5
    assert not (text.parent / "bad").exists()


def test_a_difference_between_packages_is_shown(docpack, text):
    docpack("pack", text, "-o", "a.tar", "-t", "tei")
    docpack("pack", text, "-o", "b.tar", "-t", "tei", "-M", "title=Other")

    same, other = docpack("diff", "a.tar", "a.tar"), docpack("diff", "a.tar", "b.tar")

    assert (same.returncode, same.stdout.endswith(b"identical\n")) == (0, True)
    assert other.returncode == 1
    assert b"! representations/tei/data/in.tei.xml\n" in other.stdout
    assert other.stdout.endswith(b"different content\n")


def test_packing_again_later_differs_in_records_alone(docpack, text):
    docpack("pack", text, "-o", "a.tar", "-t", "tei", env={"SOURCE_DATE_EPOCH": "1700000000"})
    docpack("pack", text, "-o", "b.tar", "-t", "tei", "-M", "date=2000", env={"SOURCE_DATE_EPOCH": "1700000000"})
    docpack("pack", text, "-o", "c.tar", "-t", "tei", "-M", "date=2000")

    later = docpack("diff", "b.tar", "c.tar", "--json")

    found = json.loads(later.stdout)
    assert later.returncode == 1
    assert not [
        each for each in found["different"] if "METS" not in each and "premis" not in each and "conversion" not in each
    ]


def test_a_fixity_check_leaves_a_line_in_the_log(docpack, text):
    docpack("pack", text, "-o", "out", "-t", "tei", "--container", "folder")

    good = docpack("fixity", "out", "--log", "log/fixity.jsonl")
    (source,) = (text.parent / "out").rglob("in.txt")
    source.write_bytes(source.read_bytes() + b"x")
    bad = docpack("fixity", "out", "--log", "log/fixity.jsonl")

    lines = [json.loads(line) for line in (text.parent / "log" / "fixity.jsonl").read_text().splitlines()]
    assert (good.returncode, bad.returncode) == (0, 5)
    assert [each["outcome"] for each in lines] == ["pass", "fail"]
    assert lines[1]["problems"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        pytest.param(["--rights", "mine"], 2, "is no address", id="rights"),
        pytest.param(["--embargo-until", "soon"], 2, "is no day", id="embargo"),
        pytest.param(["--bag-info", "x"], 2, "LABEL=VALUE", id="bag-info"),
        pytest.param(["--bag-info", "Payload-Oxum=1.1"], 2, "filled already", id="own-label"),
        pytest.param(["--bag-info", "A=1", "--bag-info", "a=2"], 2, "filled already", id="label-twice"),
        pytest.param(["--record", "in.txt"], 2, "--record", id="record"),
        pytest.param(["--attach-file", "missing"], 3, "no regular file", id="attachment"),
        pytest.param(
            ["--profile", "eark-sip", "--contact-name", "x"],
            2,
            "--contact-name is an option of the profile bagit",
            id="option-of-another",
        ),
        pytest.param(["--metadata-file", "in.csv"], 2, "there is no file", id="metadata"),
        pytest.param(["--with-schemas", "."], 2, "no schema", id="schemas"),
        pytest.param(["--object-id", "x\x01"], 2, "cannot be printed", id="object-id"),
        pytest.param(["--organization-id", "x"], 2, "--organization", id="code-without-name"),
        pytest.param(["--tools", "x"], 2, "--validate", id="tools-without-validate"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(docpack, text, options, code, words):
    done = docpack("pack", text, "-o", "out.tar", "-t", "tei", *options)

    assert done.returncode == code, done.stderr
    assert words in done.stderr.decode()
    assert {each.name for each in text.parent.iterdir()} == {"in.txt"}


def test_a_format_that_cannot_be_made_leaves_no_package(docpack, text):
    text.write_text("   A letter that no font has: \U00010330\n   and more.\n", encoding="utf-8")

    done = docpack("pack", text, "-o", "out.tar")

    assert done.returncode == 4
    assert {each.name for each in text.parent.iterdir()} == {"in.txt"}


def test_what_is_of_one_work_is_not_put_into_several_packages(docpack, text):
    (text.parent / "b.txt").write_text("   Another text.\n")

    done = docpack("pack", "in.txt", "b.txt", "-o", "out", "-t", "tei", "--attach-file", "b.txt")

    assert done.returncode == 2
    assert b"--attach-file is of one work" in done.stderr


def test_a_table_that_does_not_fit_the_inputs_is_told_of(docpack, text):
    (text.parent / "metadata.csv").write_text("filename,dc.title\nIn.txt,Typo\n")

    done = docpack("pack", "in.txt", "-o", "out.tar", "-t", "tei", "--metadata-file", "metadata.csv")

    assert done.returncode == 0
    assert b"has a row for In.txt, which is no input" in done.stderr
    assert b"in.txt has no row in metadata.csv" in done.stderr


def test_a_record_in_dublin_core_is_packed_as_it_is_too(packed, text):
    record = b'<r xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title><dc:coverage>V</dc:coverage></r>'
    (text.parent / "mine.xml").write_bytes(record)

    files = packed("--metadata-file", "mine.xml")

    assert files["data/metadata/descriptive/mine.xml"] == record
    assert b"<dc:title>T</dc:title>" in files["data/metadata/descriptive/dc.xml"]


def test_validators_that_are_not_there_are_told_of(docpack, text):
    done = docpack("pack", text, "-o", "out.tar", "-t", "epub", "--validate", env={"PATH": "/nonexistent"})

    assert done.returncode == 0, done.stderr
    assert b"epubcheck did not run" in done.stderr


@pytest.mark.parametrize("container", ["tar", "zip"])
def test_every_file_of_a_transfer_is_proved(docpack, text, container):
    name = f"out.{container}"
    docpack("pack", text, "-o", name, "-t", "tei", "--profile", "archivematica", "--rights", "https://x.example/r")
    docpack("unpack", name, "-o", "out")

    canonical = docpack("verify", name, "--level", "canonical")
    (ledger,) = (text.parent / "out").rglob("ledger.json")
    ledger.write_bytes(ledger.read_bytes() + b" ")
    changed = docpack("verify", "out")
    ledger.with_name("evil.txt").write_bytes(b"x")
    added = docpack("verify", "out")

    assert canonical.returncode == 0, canonical.stdout
    assert b"payload-changed" in changed.stdout
    assert b"payload-unlisted" in added.stdout


def test_archivematica_ties_its_records_to_the_files(docpack, text):
    rights = ["--rights", "https://creativecommons.org/licenses/by/4.0/", "--embargo-until", "2030-01-01"]
    docpack("pack", text, "-o", "out.tar", "-t", "tei", "--profile", "archivematica", *rights)

    files = files_of(text.parent / "out.tar")
    objects = {name for name in files if name.startswith("objects/")}
    names = etree.fromstring(files["metadata/premis.xml"]).iter(f"{PREMIS}originalName")
    rows = list(csv.DictReader(io.StringIO(files["metadata/rights.csv"].decode())))
    assert {each.text for each in names} == objects
    assert {row["file"] for row in rows} == objects
    assert {(row["basis"], row["grant_restriction"], row["grant_end_date"]) for row in rows} == {
        ("License", "Disallow", "2030-01-01")
    }


def test_identifiers_are_those_of_the_content(docpack, text):
    def uuids() -> set[str]:
        docpack("pack", text, "-o", "out.tar", "-t", "tei", "--object-id", "x", env={"SOURCE_DATE_EPOCH": "1700000000"})
        record = etree.fromstring(files_of(text.parent / "out.tar")["data/metadata/preservation/premis.xml"])
        objects = [
            [e.text for e in each.iter(f"{PREMIS}objectIdentifierValue")] for each in record.iter(f"{PREMIS}object")
        ]
        events = [each.text for each in record.iter(f"{PREMIS}eventIdentifierValue")]
        return {*events, *(uuid for uuid, path in objects if path.startswith("representations/"))}

    first = uuids()
    text.write_text("   The fox was gone.\n")

    second = uuids()

    assert first
    assert first.isdisjoint(second)


def test_the_report_is_the_same_in_json(docpack, text):
    done = docpack("pack", text, "-o", "out.tar", "-t", "tei", "--json")

    (package,) = json.loads(done.stdout)["packages"]
    assert package["content_id"].startswith("sha512:")
    assert package["conservation"]["tei"]["ok"]


def test_standard_input_can_be_packed(docpack, text):
    done = docpack("pack", "-", "-o", "out.tar", "-t", "tei", stdin=text.read_bytes())

    assert done.returncode == 0, done.stderr
    assert "data/representations/source/data/stdin.txt" in files_of(text.parent / "out.tar")
    assert docpack("reproduce", "out.tar").returncode == 0


@pytest.mark.parametrize("profile", ["bagit", "eark-sip", "archivematica"])
@pytest.mark.parametrize("change", ["changed", "removed", "added"])
def test_a_change_is_found_in_every_profile(docpack, text, profile, change):
    docpack("pack", text, "-o", "out", "-t", "tei", "--profile", profile, "--container", "folder")
    (source,) = (text.parent / "out").rglob("in.txt")
    before = docpack("verify", "out")
    if change == "changed":
        source.write_bytes(source.read_bytes().replace(b"box", b"fox"))
    elif change == "removed":
        source.unlink()
    else:
        source.with_name("other.txt").write_bytes(b"x")

    after = docpack("verify", "out")

    assert (before.returncode, after.returncode) == (0, 5), before.stdout + after.stdout


def test_a_package_that_gnu_tar_packed_anew_is_valid_but_not_canonical(docpack, text):
    docpack("pack", text, "-o", "out", "-t", "tei", "--container", "folder")
    with tarfile.open(text.parent / "again.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for each in (text.parent / "out").iterdir():
            archive.add(each, each.name)

    assert docpack("verify", "again.tar").returncode == 0
    assert docpack("verify", "again.tar", "--level", "canonical").returncode == 5


@pytest.fixture
def without_privileges():
    """Return a command that runs another one as somebody for whom permissions count."""
    if os.name == "nt":
        pytest.skip("permissions are those of POSIX")
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may read everything, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]


def run_as(privileges, folder, *arguments):
    command = [*privileges, sys.executable, "-m", "docpack", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def test_an_attached_folder_that_cannot_be_read_is_told(docpack, text, without_privileges):
    secret = text.parent / "scans" / "secret"
    secret.mkdir(parents=True)
    (text.parent / "scans" / "a.tif").write_bytes(b"x")
    (secret / "b.tif").write_bytes(b"y")
    secret.chmod(0)

    done = run_as(without_privileges, text.parent, "pack", text, "-t", "tei", "-o", "o.tar", "--attach-file", "scans")

    secret.chmod(0o700)
    assert done.returncode == 3, done.stderr
    assert b"scans/secret cannot be read" in done.stderr


def test_what_is_in_a_folder_that_cannot_be_read_is_told(docpack, text, without_privileges):
    closed = text.parent / "closed"
    closed.mkdir()
    closed.chmod(0)

    codes = [
        run_as(without_privileges, text.parent, *arguments).returncode
        for arguments in (
            ["pack", "closed/f", "-t", "tei", "-o", "o.tar"],
            ["pack", text, "-t", "tei", "-o", "closed/o.tar"],
            ["restore", "closed/x", "-o", "y"],
            ["convert", "closed/f", "-o", "y.epub"],
        )
    ]

    closed.chmod(0o700)
    assert codes == [3, 4, 3, 3]


@pytest.mark.skipif(os.name == "nt", reason="such names are those of POSIX")
@pytest.mark.parametrize("profile", ["bagit", "eark-sip", "archivematica"])
def test_a_name_that_is_no_text_is_packed(docpack, text, profile):
    source = os.fsencode(text.parent) + b"/na\xffme.txt"
    Path(os.fsdecode(source)).write_bytes(text.read_bytes())

    done = docpack("pack", os.fsdecode(source), "-t", "tei", "-o", "o.tar", "--profile", profile)

    assert done.returncode == 0, done.stderr
    assert docpack("verify", "o.tar", "--level", "canonical").returncode == 0


def test_a_very_long_name_is_packed(docpack, text):
    source = text.rename(text.parent / ("n" * 251 + ".txt"))

    assert docpack("pack", source, "-t", "tei", "-o", "o.tar").returncode == 0
    assert docpack("pack", source, "-t", "tei", "-o", "o" * 300).returncode == 4


@pytest.mark.skipif(os.name == "nt", reason="links need privileges there")
def test_links_in_a_circle_are_told(docpack, text):
    (text.parent / "loop").symlink_to("loop")
    docpack("pack", text, "-t", "tei", "-o", "o.tar")

    assert docpack("pack", "loop", "-t", "tei", "-o", "p.tar").returncode == 3
    assert docpack("restore", "loop", "-o", "x").returncode == 3
    assert docpack("restore", "o.tar", "-o", "loop/x").returncode == 4


@pytest.mark.parametrize("target", ["", ".", "/"])
def test_a_target_without_a_name_is_told(docpack, text, target):
    docpack("pack", text, "-t", "tei", "-o", "o.tar")

    assert docpack("restore", "o.tar", "-o", target).returncode == 4
    assert docpack("pack", text, "-t", "tei", "-o", target).returncode in (2, 4, 0)


@pytest.mark.parametrize(
    ("option", "name"),
    [("--record", "m.xml"), ("--attach-file", "m.xml"), ("--metadata-file", "m.xml"), ("--overrides", "m.xml")],
)
def test_a_file_that_is_read_is_not_overwritten(docpack, text, option, name):
    (text.parent / name).write_bytes(MODS)

    done = docpack("pack", text, "-t", "tei", option, name, "-o", name)

    assert done.returncode == 2
    assert (text.parent / name).read_bytes() == MODS


def test_overrides_beside_the_text_are_not_overwritten(docpack, text):
    assert docpack("pack", text, "-t", "tei", "-o", "in.txt.docpack.toml").returncode == 2


def test_a_name_with_escapes_does_not_reach_the_terminal(docpack, text):
    source = text.rename(text.parent / "\x1b[31mred.txt")
    source.write_bytes(b"A text \x01 with a control.\n")

    done = docpack("convert", source, "-o", "o.epub", "-v")

    assert b"\x1b" not in done.stderr
    assert b"\\x1b[31mred.txt" in done.stderr


@pytest.mark.parametrize("log", ["o.tar", "folder/log", "-"])
def test_a_log_is_never_written_into_a_package(docpack, text, log):
    docpack("pack", text, "-t", "tei", "-o", "o.tar")
    docpack("pack", text, "-t", "tei", "-o", "folder", "--container", "folder")

    done = docpack("fixity", "o.tar", "folder", "--log", log)

    assert done.returncode == 2
    assert docpack("verify", "o.tar", "folder").returncode == 0


def test_a_log_is_whole_whatever_becomes_of_what_is_printed(docpack, text):
    docpack("pack", text, "-t", "tei", "-o", "o.tar")
    (text.parent / "log").write_bytes(b'{"event": "fixity check", "outc')

    command = f"'{sys.executable}' -m docpack fixity o.tar --log log > /dev/full"
    done = subprocess.run(command, shell=True, cwd=text.parent, capture_output=True, check=False)

    assert done.returncode == 4
    lines = (text.parent / "log").read_bytes().splitlines()
    assert json.loads(lines[1])["outcome"] == "pass"


def test_options_of_bags_are_refused_where_there_is_no_bag(docpack, text):
    done = docpack("pack", text, "-t", "tei", "-o", "o.tar", "--profile", "eark-sip", "--bag-info", "X=y")

    assert done.returncode == 2


@pytest.mark.parametrize("option", [["--bag-info", "X=\x07"], ["--contact-name", "\x07"]])
def test_what_cannot_be_printed_is_refused_in_every_field(docpack, text, option):
    assert docpack("pack", text, "-t", "tei", "-o", "o.tar", *option).returncode == 2


def test_nothing_is_written_into_a_package_or_a_store(docpack, text):
    docpack("pack", text, "-t", "tei", "-o", "folder", "--container", "folder")
    docpack("store", "init", "store")

    assert docpack("unpack", "folder", "-o", "folder/new").returncode == 2
    assert docpack("unpack", "folder", "-o", "store/new").returncode == 4
    assert docpack("pack", text, "-t", "tei", "-o", "store/o.tar").returncode == 4
    assert docpack("store", "init", "store/inside").returncode == 4
    assert docpack("store", "validate", "store").returncode == 0


def test_what_cannot_be_reproduced_in_time_is_told(docpack, text):
    docpack("pack", text, "-t", "tei,pdf", "-o", "o.tar")

    done = docpack("reproduce", "o.tar", "--timeout", "0.001")

    assert done.returncode == 3
    assert b"--timeout" in done.stderr
