"""The examples in README and docs are run: console blocks as commands, Python blocks as programs.

In a console block each line that begins with `$` is a command; lines after it are what it must print.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docpack.cli import COMMANDS
from docpack.errors import ExitCode
from docpack.findings import Code

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind):
    for page in PAGES:
        found = [body for language, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if language == kind]
        for number, body in enumerate(found, 1):
            yield pytest.param(body, id=f"{page.relative_to(ROOT)}-{number}")


@pytest.fixture
def workplace(tmp_path):
    """Return a folder with the example texts, and a `docpack` on the path."""
    for path in (ROOT / "examples").glob("*.txt"):
        shutil.copy(path, tmp_path)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "docpack"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m docpack "$@"\n')
    command.chmod(0o755)
    return tmp_path


def pages_with_commands():
    """Yield the commands of each page, in their order: a reader goes from the first to the last in one folder."""
    for page in PAGES:
        found = [body for language, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if language == "console"]
        if found:
            yield pytest.param("".join(found), id=str(page.relative_to(ROOT)))


@pytest.mark.parametrize("commands", list(pages_with_commands()))
def test_commands_do_what_the_page_shows(commands, workplace):
    environment = {**os.environ, "PATH": f"{workplace / 'bin'}:{os.environ['PATH']}"}
    for part in re.split(r"^\$ ", commands, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        done = subprocess.run(
            command, shell=True, cwd=workplace, env=environment, capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert expected.strip() in done.stdout, command


@pytest.mark.parametrize("body", list(blocks("python")))
def test_programs_run(body, workplace):
    done = subprocess.run([sys.executable, "-c", body], cwd=workplace, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES])
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.name)
def test_every_finding_has_its_page(code):
    page = ROOT / "docs" / "findings" / f"{code.name}.md"

    assert page.read_text(encoding="utf-8").startswith(f"# {code.name}: ")


@pytest.mark.parametrize("code", list(ExitCode), ids=lambda code: code.name)
def test_every_exit_code_is_documented(code):
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")

    assert re.search(rf"^\| {int(code)} \| ", page, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_documented(command):
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    run = subprocess.run(
        [sys.executable, "-m", "docpack", command, "--help"], capture_output=True, text=True, check=True
    )

    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run.stdout)) - {"--help"}
    assert {each for each in options if not re.search(rf"{each}(?![a-z-])", pages)} == set()


def test_every_option_of_every_format_is_documented():
    from docpack.plugins import options_of, reader_names, reader_type, writer_names, writer_type

    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    types = [*(writer_type(name) for name in writer_names()), *(reader_type(name) for name in reader_names())]
    missing = {each.flag for kind in types for each in options_of(kind) if f"`{each.flag}" not in pages}

    assert not missing
