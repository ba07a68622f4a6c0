"""The reports of a run: valid by their formats' rules, and the same from run to run but for what is volatile."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
from lxml import etree

# The parts of SARIF 2.1.0 that a report has, with the restrictions of the standard's own schema.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {
            "type": "array",
            "minItems": 0,
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": {
                                                    "type": "object",
                                                    "required": ["text"],
                                                    "properties": {"text": {"type": "string"}},
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {"executionSuccessful": {"type": "boolean"}},
                        },
                    },
                    "properties": {"type": "object"},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {
                                    "type": "object",
                                    "required": ["text"],
                                    "additionalProperties": False,
                                    "properties": {"text": {"type": "string", "minLength": 1}},
                                },
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "additionalProperties": False,
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "required": ["uri"],
                                                        "properties": {
                                                            "uri": {"type": "string", "pattern": "^[!-~]+$"}
                                                        },
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "required": ["startLine"],
                                                        "additionalProperties": False,
                                                        "properties": {"startLine": {"type": "integer", "minimum": 1}},
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}

FILES = {
    "good.txt": "   The box was gone.\n   Nobody spoke of it.\n",
    "warned.txt": "   A text \x01 with a control.\n",
    "no text é.txt": "\0\0\0\0",
    "sub/segfault.txt": "   SEGFAULT\n",
    "raises.txt": "   RAISES <&> ]]>\n",
}


@pytest.fixture
def reported(batch, texts, tmp_path):
    """Run a batch in which everything happens, and return the folder with its reports."""
    texts(FILES)
    kinds = ("jsonl", "junit", "sarif", "html", "github")
    options = [each for kind in kinds for each in ("--report", f"{kind}:{kind}.out")]
    done = batch("in", "-d", "out", "-t", "faulty", "--strict=.999", *options)
    assert done.returncode == 1
    (tmp_path / "stdout").write_bytes(done.stdout)
    return tmp_path


def test_json_lines_have_a_line_for_each_input(reported):
    lines = [json.loads(line) for line in (reported / "jsonl.out").read_text("utf-8").splitlines()]

    assert [each["name"] for each in lines] == [
        "good.txt",
        "no text é.txt",
        "raises.txt",
        "warned.txt",
        "sub/segfault.txt",
    ]
    assert {each["schema"] for each in lines} == {"docpack.record/1"}
    assert [each["status"] for each in lines] == ["built", "failed", "failed", "built", "crashed"]
    assert all(list(each)[-1] == "volatile" for each in lines)
    assert lines[3]["findings"][0]["code"] == "R002"
    assert lines[0]["outputs"][0]["made"] == "built"


def test_what_is_not_volatile_is_the_same_from_run_to_run(batch, texts, tmp_path):
    texts(FILES)
    stable = []
    for number in (1, 2):
        batch("in", "-d", f"out{number}", "-t", "faulty", "-j", number, "--no-cache", "--report", f"jsonl:{number}")
        lines = [json.loads(line) for line in (tmp_path / str(number)).read_text("utf-8").splitlines()]
        stable.append(json.dumps([{**each, "volatile": 0} for each in lines]).replace(f"out{number}", "out"))

    assert stable[0] == stable[1]


def test_junit_is_what_servers_read(reported):
    """The rules of `junit-10.xsd`: names of elements and attributes, their order, and totals that are right."""
    root = etree.fromstring((reported / "junit.out").read_bytes())
    (suite,) = root
    cases = list(suite)

    assert root.tag == "testsuites"
    assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped", "time"}
    assert [each.tag for each in suite] == ["testcase"] * 5
    for case in cases:
        assert set(case.attrib) == {"classname", "name", "time"}
        assert re.fullmatch(r"\d+\.\d{3}", case.get("time"))
        assert [each.tag for each in case] in ([], ["failure"], ["error"], ["system-out"], ["failure", "system-out"])
        for each in case.iter("failure", "error"):
            assert each.get("message")
            assert each.get("type")
            assert each.text
    assert suite.get("tests") == "5"
    assert suite.get("failures") == str(len(list(suite.iter("failure")))) == "2"
    assert suite.get("errors") == str(len(list(suite.iter("error")))) == "1"
    assert [each.get("name") for each in cases if each.get("classname") == "sub"] == ["segfault.txt"]


def test_sarif_is_valid_and_leads_to_the_lines(reported):
    made = json.loads((reported / "sarif.out").read_text("utf-8"))

    jsonschema.validate(made, SARIF)
    (run,) = made["runs"]
    rules = {each["id"] for each in run["tool"]["driver"]["rules"]}
    assert {each["ruleId"] for each in run["results"]} <= rules
    levels = [each["level"] for each in run["results"]]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert levels.count("error") == 3
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert any(each["artifactLocation"]["uri"] == "in/no%20text%20%C3%A9.txt" for each in places)
    assert any(each.get("region", {}).get("startLine") for each in places)


def test_sarif_keeps_within_what_code_hosts_take(tmp_path, monkeypatch):
    from docpack.batch.reports import sarif
    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record, Status, Trouble

    monkeypatch.setattr(sarif, "MAX_RESULTS", 10)
    report = sarif.SarifReport(tmp_path / "s")
    told = {"severity": "warning", "code": "R002", "message": "m", "line": 1}
    for number in range(8):
        troubles = (Trouble("", "failed"),) if number > 4 else ()
        report.add(Record(number, "n", "s", Status.FAILED, findings=(told, told), troubles=troubles))
    report.close(Summary())

    (run,) = json.loads((tmp_path / "s").read_text())["runs"]
    assert [each["level"] for each in run["results"]] == ["error"] * 3 + ["warning"] * 7
    assert run["properties"]["resultsLeftOut"] == 9


def test_github_gets_annotations_and_a_summary(reported):
    lines = (reported / "stdout").read_text("utf-8").splitlines()

    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 3
    assert any(line.startswith("::warning file=in/warned.txt,title=R002::") for line in lines)
    summary = (reported / "github.out").read_text("utf-8")
    assert summary.startswith("### docpack: 5 documents")
    assert "| error | in/sub/segfault.txt | crashed |" in summary


def test_github_keeps_within_its_limits_and_says_what_is_left_out():
    from docpack.batch.reports.github import MAX_ANNOTATIONS, MAX_SUMMARY_BYTES, GitHubReport
    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record, Status, Trouble

    lines, parts = [], []
    report = GitHubReport(lines.append, parts.append)
    for number in range(3000):
        trouble = Trouble("", "100 % of\nit | `failed`: " + "x" * 5000)
        report.add(Record(number, "n", f"a,b:{number}.txt", Status.FAILED, troubles=(trouble,)))
    report.close(Summary())

    assert len(lines) == MAX_ANNOTATIONS
    assert lines[0].startswith("::error file=a%2Cb%3A0.txt,title=failed::100 %25 of%0Ait |")
    (summary,) = parts
    assert len(summary.encode()) < MAX_SUMMARY_BYTES + 100
    assert "more are left out here" in summary
    assert "\\`failed\\`" in summary


def test_the_page_for_people_needs_nothing_but_itself(reported):
    page = (reported / "html.out").read_text("utf-8")
    root = etree.fromstring(page.encode(), etree.HTMLParser())

    assert not re.search(r"""(src|href)=|url\(|@import|<script""", page)
    assert root.findtext(".//title") == "docpack: 3 of 5 documents failed"
    headings = [each.text for each in root.iter("h2")]
    assert headings == ["Failures", "Warnings", "Least sure decisions", "Slowest documents"][: len(headings)]
    assert headings[0] == "Failures"
    cells = [each.text for each in root.iter("td")]
    assert "in/sub/segfault.txt" in cells


def test_the_page_stays_small_for_very_many_documents(tmp_path):
    from docpack.batch.reports.html import HtmlReport
    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Doubts, Record, Status, Trouble

    report, summary = HtmlReport(tmp_path / "h"), Summary()
    doubt = {"line": 3, "decision": "join", "confidence": 0.5, "why": "w"}
    told = {"severity": "warning", "code": "R002", "message": "m", "line": 1}
    for number in range(20_000):
        record = Record(
            number,
            f"n{number}",
            f"s{number}",
            Status.FAILED,
            findings=(told,),
            doubts=Doubts(1, ({**doubt, "confidence": (number % 100) / 100},)),
            troubles=(Trouble("epub", "failed"),),
            volatile={"wall_s": number / 1000},
        )
        report.add(record)
        summary.add(record)
    report.close(summary)

    page = (tmp_path / "h").read_text()
    assert len(page) < 400_000
    assert "The first 1000 of 20000." in page
    assert "20.00</td>" in page  # the slowest one


def test_a_report_that_cannot_be_written_is_told_before_anything_is_done(batch, texts, tmp_path):
    texts(2)
    (tmp_path / "folder").mkdir()

    done = batch("in", "-d", "out", "-t", "json", "--report", "html:folder")

    assert done.returncode == 4
    assert not (tmp_path / "out").exists()
