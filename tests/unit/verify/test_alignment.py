"""Two sequences are aligned: rightly whatever they are, well where they resemble each other, and in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpack.verify.alignment import align

ITEMS = st.lists(st.sampled_from("abcde"), max_size=30)


@given(ITEMS, ITEMS)
def test_every_run_is_in_both_and_runs_ascend(left: list[str], right: list[str]):
    at_left = at_right = 0
    for match in align(left, right):
        assert match.size > 0
        assert at_left <= match.at_left
        assert at_right <= match.at_right
        assert left[match.at_left :][: match.size] == right[match.at_right :][: match.size]
        at_left, at_right = match.at_left + match.size, match.at_right + match.size


@given(ITEMS)
def test_equal_sequences_are_one_run(items: list[str]):
    assert [match.size for match in align(items, items)] == ([len(items)] if items else [])


@given(ITEMS, st.integers(0, 30))
def test_one_item_more_costs_no_match(items: list[str], place: int):
    longer = [*items[:place], "new", *items[place:]]

    assert sum(match.size for match in align(items, longer)) == len(items)


def test_a_title_that_is_set_above_the_text_again_is_told_apart_from_the_texts_own():
    (match,) = align(["Title", "one", "two"], ["Title", "Title", "one", "two"])

    assert match == (0, 1, 3)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(["a"] * 100_000, ["b", *["a"] * 90_000, "c"], id="all-alike"),
        pytest.param(["a", "b"] * 50_000, ["b", "b", "a"] * 30_000, id="two-that-alternate"),
        pytest.param([str(n) for n in range(50_000)], [str(n) for n in range(50_000, 0, -1)], id="backwards"),
        pytest.param([str(n % 317) for n in range(90_000)], [str(n % 311) for n in range(90_000)], id="near-periods"),
    ],
)
def test_hostile_sequences_end(left: list[str], right: list[str]):
    for match in align(left, right):
        assert left[match.at_left] == right[match.at_right]
