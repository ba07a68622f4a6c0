"""TEI: its RELAX NG schema by jing, or where that is not there by lxml, and its Schematron rules by SaxonC.

The two know different things: a reference with both of two attributes that exclude each other is valid by the schema,
and breaks a rule. jing says in words what would have been right; lxml gives the same verdicts with poorer messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_file, find_package, find_program, own_python, version_said_by
from docpack.verify.tools.judging import Judgement, ask_program, conclude, python_program
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["TeiRelaxNgValidator", "TeiSchematronValidator"]

_SCHEMAS = "from tei-c.org, Vault/P5/current/xml/tei/custom/schema; name the folder with --schemas"
_LINE = re.compile(r"^.*?:(?P<place>\d+:\d+): (?P<kind>fatal|error|warning): (?P<text>.*)$")
_EDITION = re.compile(r"P5\s+(?:Version\s+)?(\d+\.\d+\.\d+)")  # a no-break blank stands there too
_HEAD_BYTES = 4096
# jing praises by saying nothing, as a program does that never looked. So it gets a document to refuse first.
_CANARY = '<docpack-canary xmlns="urn:docpack:canary"/>'
_REFUSED = 1


@dataclass(frozen=True, slots=True)
class TeiRelaxNgValidator:
    """Needs `tei_all.rng` in a folder of schemas."""

    name: ClassVar[str] = "tei-relaxng"
    formats: ClassVar[tuple[str, ...]] = ("tei",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        from importlib.metadata import version

        schema = find_file(places, "tei_all.rng")
        if not schema:
            return Missing("there is no tei_all.rng", f"tei_all.rng {_SCHEMAS}")
        edition = _edition(schema)
        jing = find_program(places, "jing")
        if jing:
            return Found(f"jing {version_said_by(jing)}".strip(), (jing,), (schema,), edition)
        return Found(f"lxml {version('lxml')}", python_program(own_python(), "with_lxml"), (schema,), edition)

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a TEI file."""
        if len(found.command) > 1:
            return ask_program(self.name, found, path, timeout_s, "relaxng", *found.files)
        with workplace() as folder:
            canary = folder / "canary.xml"
            canary.write_text(_CANARY, "utf-8")
            done = execute([*found.command, *found.files, canary, path.absolute()], folder, timeout_s)
            code = (_REFUSED,)  # always, because of the canary
            return conclude(self.name, found, path, done, _read, suffix=".txt", clean_codes=code)


def _read(done: Finished) -> Judgement:
    messages = []
    first, *lines = done.output.decode("utf-8", "replace").splitlines() or [""]
    if "docpack-canary" not in first or " error: " not in first:
        raise ValueError(first)
    for line in filter(None, lines):
        match = _LINE.match(line)
        if not match:  # not what jing says of a document
            raise ValueError(line)
        gravity = Gravity.WARNING if match["kind"] == "warning" else Gravity.ERROR
        messages.append(Message(gravity, "", match["place"], match["text"]))
    return Judgement(clean=not messages, messages=messages)


@dataclass(frozen=True, slots=True)
class TeiSchematronValidator:
    """Needs `tei_all.sch`, the rules taken out of the schema, in a folder of schemas."""

    name: ClassVar[str] = "tei-schematron"
    formats: ClassVar[tuple[str, ...]] = ("tei",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "saxonche", "saxonche")
        if not package:
            return Missing("there is no SaxonC", "pip install saxonche")
        rules = find_file(places, "tei_all.sch", "tei_all.isosch")
        if not rules:
            return Missing("there is no tei_all.sch", f"tei_all.isosch {_SCHEMAS}")
        command = python_program(package.python, "with_saxon")
        return Found(f"SaxonC-HE {package.version}", command, (rules,), _edition(rules))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a TEI file."""
        return ask_program(self.name, found, path, timeout_s, *found.files)


def _edition(schema: Path) -> str:
    """Return what a schema says it is: `TEI P5 4.12.0`."""
    with schema.open("rb") as file:
        match = _EDITION.search(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
    return f"TEI P5 {match[1]}" if match else schema.name
