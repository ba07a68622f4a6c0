"""How names stand to each other, however many and however deep."""

from __future__ import annotations

import tracemalloc

import pytest

from docpack.archive.path_tree import check_paths
from docpack.archive.problems import Problems


def problems_of(files: list[str], folders: list[str] = [], *, foreign: bool = False) -> list[tuple[str, str]]:  # noqa: B006  # nobody changes it
    problems = Problems()
    check_paths(files, folders, problems, foreign=foreign)
    return [(each.code.id, each.path) for each in problems]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(["a", "b/c", "b/d/e"], [], id="nothing"),
        pytest.param(["a", "A"], [("name-collision", "A")], id="case"),
        pytest.param(["b/c", "B/d"], [("name-collision", "B")], id="case-of-folders"),
        pytest.param(["\u00e9", "e\u0301"], [("name-collision", "e\u0301")], id="unicode-form"),
        pytest.param(["stra\u00dfe", "STRASSE"], [("name-collision", "STRASSE")], id="sharp-s"),
        pytest.param(["b/c", "d/C"], [], id="in-two-folders"),
        pytest.param(["a", "a/b"], [("file-as-folder", "a/b")], id="file-then-folder"),
        pytest.param(["a/b", "a"], [("file-as-folder", "a")], id="folder-then-file"),
        pytest.param(["a", "a/b/c/d"], [("file-as-folder", "a/b/c/d")], id="deep-below-a-file"),
    ],
)
def test_names_that_get_in_each_others_way_are_reported(files: list[str], found: list[tuple[str, str]]):
    assert problems_of(files) == found


@pytest.mark.parametrize(
    ("folders", "found"),
    [
        pytest.param(["a", "a/b"], [], id="in-use"),
        pytest.param(["c"], [("empty-folder", "c")], id="empty"),
        pytest.param(["a/c"], [("empty-folder", "a/c")], id="empty-inside"),
        pytest.param(["a/b/f"], [("file-as-folder", "a/b/f")], id="a-file"),
        pytest.param(["a/b/f/g"], [("file-as-folder", "a/b/f/g")], id="below-a-file"),
        pytest.param(["A"], [("name-collision", "A"), ("empty-folder", "A")], id="case"),
    ],
)
def test_entries_of_folders_are_held_against_the_files(folders: list[str], found: list[tuple[str, str]]):
    assert problems_of(["a/b/f"], folders) == found


def test_the_payload_of_somebody_elses_bag_may_be_empty():
    assert problems_of(["bagit.txt"], ["data"], foreign=True) == []
    assert problems_of(["bagit.txt"], ["data"]) == [("empty-folder", "data")]


def test_deep_names_cost_no_more_than_their_length():
    files = [f"{number}/" + "/".join(["d"] * 500) for number in range(200)]
    tracemalloc.start()

    found = problems_of(files)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == []
    # All prefixes of all names written out would have 100 million bytes; each part of a name takes some 300 here.
    assert peak < 50_000_000
