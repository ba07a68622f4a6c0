"""How outputs were made: recorded, and read again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from docpack.errors import InputError
from docpack.metadata import Changes
from docpack.metadata.recording import changes_from_json, changes_to_json
from docpack.model import Contributor, Direction, Identifier
from docpack.plugins import NamedBytes
from docpack.recipe import Recipe, RecordedOutput, read_recipe, record_recipe

CHANGES = Changes(
    title="The Tin Box",
    contributors=(Contributor("Ines Almqvist", "aut", "Almqvist, Ines"),),
    direction=Direction.LTR,
    subjects=(),
    identifiers=(Identifier("ark:/1/2", "ark"),),
    source_identifier=Identifier("1", "shelfmark"),
)
SOURCE = "representations/source/data/in.txt"


def recipe(**reader_options):
    return Recipe(
        SOURCE,
        "In.txt",
        "text",
        reader_options,
        CHANGES,
        1_700_000_000,
        {
            "pdf": RecordedOutput("representations/pdf/data/in.pdf", {"template": NamedBytes(b"#set", "My Book.typ")}),
            "tei": RecordedOutput("representations/tei/data/in.tei.xml", {"form": "reading"}),
        },
        {"docpack": "0.1.0"},
    )


def test_what_is_stated_survives_its_record():
    assert changes_from_json(json.loads(json.dumps(changes_to_json(CHANGES)))) == CHANGES


def test_a_recipe_survives_its_record():
    made = recipe(encoding="windows-1252", headings=False)

    record, files = record_recipe(made)
    read = read_recipe(json.dumps(record).encode(), files.__getitem__)

    assert read == made
    assert files == {"documentation/options/pdf-template-my-book.typ": b"#set"}
    assert read.outputs["pdf"].options["template"].name == "My Book.typ"


def test_overrides_lie_beside_the_source():
    _, files = record_recipe(recipe(overrides=NamedBytes(b"[options]", "other.toml")))

    assert files[f"{SOURCE}.docpack.toml"] == b"[options]"


def test_folders_are_not_recorded_but_missed():
    made = Recipe(SOURCE, "in.txt", "text", {}, None, 0, {"pdf": RecordedOutput("p", {"font_dirs": ("/fonts",)})})

    record, files = record_recipe(made)
    read = read_recipe(json.dumps(record).encode(), files.__getitem__)

    assert "/fonts" not in json.dumps(record)
    assert read.lacking == ("font_dirs",)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"{", id="no-json"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="empty"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"source": 1, "name": 2, "reader": 3, "reader_options": []}', id="wrong-types"),
    ],
)
def test_a_broken_record_is_refused(data):
    with pytest.raises(InputError, match="cannot be read"):
        read_recipe(data, {}.__getitem__)


def test_a_password_is_in_no_record():
    made = replace(recipe(password=NamedBytes(b"a dark horse", "password.txt"), engine="pypdf"), reader="pdf")

    record, files = record_recipe(made)
    read = read_recipe(json.dumps(record).encode(), files.__getitem__)

    assert record["reader_options"] == {"engine": "pypdf", "password": {"withheld": "secret"}}
    assert b"a dark horse" not in b"".join(files.values())
    assert read.reader_options == {"engine": "pypdf"}
    assert read.lacking == ("password",)
