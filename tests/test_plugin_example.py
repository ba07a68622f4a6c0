"""A third party's writer: installed with pip, listed, run by the command line, and checked by `check_writer`."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from docpack.context import Context
from docpack.plugins import Format
from docpack.testing import check_writer, full_document
from docpack.walk import reading_text

EXAMPLE = Path(__file__).parents[1] / "examples" / "docpack-gemtext"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the example into a folder of its own and return the environment that sees it."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(EXAMPLE)]
    subprocess.run(command, check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": str(target)}


def run(environment, *arguments):
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)


def test_it_stands_among_the_formats_with_its_distribution(installed):
    done = run(installed, "-m", "docpack", "formats", "--json")

    rows = {row["name"]: row for row in json.loads(done.stdout)["formats"] if row["kind"] == "writer"}
    assert rows["gemtext"]["distribution"] == "docpack-gemtext"
    assert rows["epub"]["distribution"] == "docpack"
    assert rows["gemtext"]["options"][0]["flag"] == "--gemtext-bullet"


def test_the_command_line_writes_it_and_knows_its_option(installed, tmp_path):
    (tmp_path / "in.txt").write_text("It held:\n\n  1. a key\n  2. a book\n")

    output = tmp_path / "out.gmi"
    done = run(
        installed, "-m", "docpack", "convert", str(tmp_path / "in.txt"), "-o", str(output), "--gemtext-bullet", "-"
    )

    assert done.returncode == 0, done.stderr
    assert "- 1. a key" in output.read_text()


def test_it_passes_the_check(installed):
    code = "from docpack_gemtext import GemtextWriter; from docpack.testing import check_writer; check_writer(GemtextWriter())"

    done = run(installed, "-c", code)

    assert done.returncode == 0, done.stderr


@dataclass(frozen=True, slots=True)
class LossyWriter:
    """Drops the first of one letter."""

    letter: str = "q"
    format: ClassVar[Format] = Format("lossy", (".lossy",), "text/plain")

    def write(self, document, context):
        return reading_text(document).replace(self.letter, "", 1).encode()


@pytest.mark.parametrize("letter", list("aqz&ä漢.#"))
def test_a_writer_that_drops_a_character_is_caught(letter):
    with pytest.raises(AssertionError, match="is not in the output"):
        check_writer(LossyWriter(letter))


@dataclass(frozen=True, slots=True)
class SwappingWriter:
    """Puts the first two words of each paragraph in the wrong order."""

    format: ClassVar[Format] = Format("swapping", (".swap",), "text/plain")

    def write(self, document, context):
        lines = [line.split(" ") for line in reading_text(document).split("\n")]
        return "\n".join(" ".join(line[1::-1] + line[2:]) for line in lines).encode()


def test_a_writer_that_mixes_up_the_order_is_caught():
    with pytest.raises(AssertionError, match="order"):
        check_writer(SwappingWriter())


@dataclass(frozen=True, slots=True)
class RestlessWriter:
    """Writes something else each time."""

    format: ClassVar[Format] = Format("restless", (".r",), "text/plain")

    def write(self, document, context):
        return f"{reading_text(document)}{id(object())}{os.urandom(4).hex()}".encode()


def test_a_writer_that_is_not_reproducible_is_caught():
    with pytest.raises(AssertionError, match="other bytes"):
        check_writer(RestlessWriter())


def test_a_class_that_is_no_writer_is_told_what_it_lacks():
    with pytest.raises(AssertionError, match="lacks"):
        check_writer(object())


def test_the_sample_document_is_written_by_every_built_in_writer():
    import docpack
    from docpack.plugins import plugins

    for plugin in plugins():
        if plugin.kind == "writer" and plugin.distribution == "docpack":
            assert docpack.write(full_document(), plugin.name, context=Context())


@pytest.fixture
def packager_of_the_how_to(tmp_path):
    """Install the packager that the how-to page shows, and return the environment that sees it."""
    page = (EXAMPLE.parents[1] / "docs" / "how-to" / "write-a-plug-in.md").read_text("utf-8")
    site = tmp_path / "site"
    (site / "short_bag-1.dist-info").mkdir(parents=True)
    (site / "short_bag.py").write_text(page.partition("```python\n")[2].partition("```")[0])
    (site / "short_bag-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: short-bag\nVersion: 1\n")
    entry_point = "[docpack.packagers]\nshort-bag = short_bag:ShortBagPackager\n"
    (site / "short_bag-1.dist-info" / "entry_points.txt").write_text(entry_point)
    return {**os.environ, "PYTHONPATH": str(site)}


def test_a_third_partys_packager_packs_what_verify_and_restore_read(packager_of_the_how_to, tmp_path):
    source, package = EXAMPLE.parent / "tin-box.txt", tmp_path / "box.tar"

    packed = run(
        packager_of_the_how_to,
        *("-m", "docpack", "pack", str(source), "-o", str(package)),
        *("--profile", "short-bag", "--shelf", "Room 4", "-t", "tei"),
    )
    verified = run(os.environ, "-m", "docpack", "verify", str(package))
    restored = run(os.environ, "-m", "docpack", "restore", str(package), "-o", "-")

    assert packed.returncode == 0, packed.stderr
    assert verified.returncode == 0, verified.stdout
    assert restored.stdout == source.read_bytes()
    assert b"Internal-Sender-Description: Room 4" in package.read_bytes()
