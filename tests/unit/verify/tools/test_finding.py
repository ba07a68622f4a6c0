"""Where validators and schemas are looked for, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docpack.verdicts import Places
from docpack.verify.tools.finding import find_file, find_package, find_program, version_said_by

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts")


def test_a_program_among_the_tools_comes_before_the_path(tools, script):
    mine = script("sh", "exit 0")

    assert find_program(Places((tools,)), "sh") == str(mine)
    assert find_program(Places(), "sh") not in {str(mine), ""}


@pytest.mark.parametrize("folder", ["venv/bin", "npm/node_modules/.bin", "."])
def test_programs_are_found_where_installers_put_them(tools, folder):
    path = tools / folder / "some-validator"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)

    assert Path(find_program(Places((tools,)), "some-validator")).samefile(path)


def test_a_file_that_cannot_be_run_is_no_program(tools):
    (tools / "bin" / "some-validator").write_text("#!/bin/sh\n")

    assert find_program(Places((tools,)), "some-validator") == ""


@pytest.mark.parametrize("depth", ["", "tei/", "xml/tei/"])
def test_schemas_are_found_in_a_folder_and_below_it(tmp_path, depth):
    path = tmp_path / depth / "tei_all.rng"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<grammar/>")

    assert find_file(Places(schemas=(tmp_path,)), "tei_all.rng") == path


def test_a_schema_in_a_folder_of_schemas_comes_before_one_among_the_tools(tmp_path):
    for name in ("tools", "schemas"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wml.xsd").write_text(name)

    found = find_file(Places((tmp_path / "tools",), (tmp_path / "schemas",)), "wml.xsd")

    assert found == tmp_path / "schemas" / "wml.xsd"


def test_a_package_beside_docpack_is_found():
    found = find_package(Places(), "lxml", "lxml")

    assert found is not None
    assert found.version


def test_a_package_that_is_nowhere_is_not_found(tools):
    assert find_package(Places((tools,)), "no_such_package", "no-such-package") is None


def test_a_package_in_an_environment_among_the_tools_comes_first(tools, python):
    mine = python("exit 0")

    found = find_package(Places((tools,)), "lxml", "lxml")

    assert found == (str(mine), "9.9", Path("/nowhere/package"))


def test_an_interpreter_that_answers_nonsense_has_no_package(tools, script):
    script("python", "echo nonsense")

    assert find_package(Places((tools,)), "no_such_package", "no-such-package") is None


@pytest.mark.parametrize(
    ("said", "version"),
    [
        pytest.param("qpdf version 11.3.0", "11.3.0", id="at-the-end"),
        pytest.param("tool v1.4.6, built in 2026", "1.4.6", id="with-a-v"),
        pytest.param("[warning] none\nJing version 20220510", "20220510", id="a-date"),
        pytest.param("no idea", "", id="none"),
    ],
)
def test_a_version_is_read_out_of_what_a_program_says(script, said, version):
    path = script(f"teller-{version or 'none'}", f"printf '%s\\n' '{said}'")

    assert version_said_by(str(path)) == version
