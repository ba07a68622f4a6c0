"""Ace by DAISY: whether an EPUB can be read by people who see or hear little; runs on Node and a browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_program, version_said_by
from docpack.verify.tools.judging import Judgement, conclude, json_object
from docpack.verify.tools.processes import execute, report_in, workplace

if TYPE_CHECKING:
    from docpack.verdicts import Places, Verdict

__all__ = ["AceValidator"]

# The npm package `epubchecker` must not be asked for in the same breath: its own download fails, and all fails with it.
_GET = (
    "PUPPETEER_SKIP_DOWNLOAD=1 npm install --ignore-scripts @daisy/ace-cli@1.4.6"
    " @daisy/ace-axe-runner-puppeteer@1.4.6, and apt install chromium"
)
_START_S = 60.0  # Ace gives its browser 5 seconds to start, which a cold disk or a busy machine exceeds


@dataclass(frozen=True, slots=True)
class AceValidator:
    """Runs `ace-cli -E`; without that option its exit code is 0 whatever it finds."""

    name: ClassVar[str] = "ace"
    formats: ClassVar[tuple[str, ...]] = ("epub",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        program = find_program(places, "ace-cli", "ace")
        if not program:
            return Missing("there is no ace-cli", _GET)
        if not find_program(places, "node"):
            return Missing("there is no node", "apt install nodejs")
        browser = find_program(places, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        if not browser:
            return Missing("there is no Chromium", "apt install chromium")
        return Found(version_said_by(program, "--version"), (program,), (Path(browser),))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on an EPUB."""
        with workplace() as folder:
            report, temporary = folder / "ace", folder / "ace-temporary"
            command: list[str | Path] = [
                *found.command,
                "-s",
                "-f",
                "-E",
                "-t",
                temporary,
                "-o",
                report,
                path.absolute(),
            ]
            variables = {
                "PUPPETEER_EXECUTABLE_PATH": str(found.files[0]),
                "ACE_TIMEOUT_INITIAL": str(int(1000 * min(timeout_s, _START_S)) or 1),
            }
            done = execute(command, folder, timeout_s, variables)
            raw = report_in(report / "report.json")
            return conclude(self.name, found, path, done, lambda _: _read(raw), report=raw)


def _read(raw: bytes) -> Judgement:
    report = json_object(raw)
    messages = []
    for page in report["assertions"]:
        failed = [each for each in page["assertions"] if each["earl:result"]["earl:outcome"] == "fail"]
        messages += [_message(each, page["earl:testSubject"]["url"]) for each in failed]
    version = report["earl:assertedBy"]["doap:release"]["doap:revision"]
    return Judgement(report["earl:result"]["earl:outcome"] == "pass", messages, version)


def _message(assertion: dict[str, Any], page: str) -> Message:
    test, result = assertion["earl:test"], assertion["earl:result"]
    text = f"{test.get('earl:impact', '')}: {result.get('dct:description') or test.get('dct:description', '')}"
    return Message(Gravity.ERROR, str(test["dct:title"]), page, text)
