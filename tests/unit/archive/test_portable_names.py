"""Names that every archive takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpack.archive.names import check_name
from docpack.archive.portable_names import MAX_CHARACTERS, folder_name, portable_name, unique_names
from docpack.archive.problems import Problems

NAMES = st.text(max_size=300)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("in.txt", "in.txt", id="portable"),
        pytest.param("Über die Küste (2).TXT", "uber-die-kuste-2.txt", id="accents-and-capitals"),
        pytest.param("a/b\\c:d.txt", "a-b-c-d.txt", id="separators"),
        pytest.param("港.txt", "file.txt", id="no-latin-letter"),
        pytest.param("..", "file", id="dots"),
        pytest.param("", "file", id="empty"),
        pytest.param("CON.txt", "file-con.txt", id="device"),
        pytest.param("x" * 300 + ".tei.xml", "x" * 96 + ".xml", id="long"),
        pytest.param("-rf.txt", "rf.txt", id="option"),
        pytest.param(".hidden", "file.hidden", id="hidden"),
    ],
)
def test_a_name_becomes_portable(name, expected):
    assert portable_name(name) == expected


@given(NAMES)
def test_every_name_becomes_one_that_a_package_may_hold(name):
    made = portable_name(name)

    problems = Problems()
    assert re.fullmatch(r"[a-z0-9._-]+", made)
    assert len(made) <= MAX_CHARACTERS
    assert check_name(made, problems, foreign=False), list(problems)
    assert portable_name(made) == made


@given(st.lists(st.sampled_from(["a.txt", "A.txt", "ä.txt", "a-2.txt", "a.tei.xml", "港", "file"]), max_size=12))
def test_no_two_names_become_one(names):
    made = unique_names(names)

    assert len(set(made)) == len(names)


@given(NAMES, NAMES)
def test_no_two_objects_have_one_folder(first, second):
    assert (folder_name(first) == folder_name(second)) == (first == second)


def test_a_portable_object_id_is_its_own_folder():
    assert folder_name("ms-germ-1020") == "ms-germ-1020"
