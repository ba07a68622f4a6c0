"""The sequence decision against the plainest way to make it: trying all rows of states."""

import itertools
import math
import random
import tracemalloc

import pytest

from docpack.reflow.sequence import Model, decide, load_model
from docpack.reflow.states import STATES, follows

COUNT = len(STATES)
FEATURES = ("a", "b", "c", "d")


def random_model(seed, temperature=1.0):
    draw = random.Random(seed)  # noqa: S311  # it draws weights
    features = {each: [draw.uniform(-2, 2) for _ in STATES] for each in FEATURES}
    steps = [[draw.uniform(-1, 1) for _ in STATES] for _ in STATES]
    return Model(features, steps, temperature)


def random_lines(seed, number):
    draw = random.Random(seed)  # noqa: S311  # it draws tests
    return [tuple(draw.sample(FEATURES, 2)) for _ in range(number)]


def all_rows(lines, model, allowed):
    """Return every row of states that may be, with its score."""
    rows = {}
    for row in itertools.product(range(COUNT), repeat=len(lines)):
        steps = list(itertools.pairwise(row))
        if STATES[row[0]].place != "begin" or not all(follows(STATES[a], STATES[b]) for a, b in steps):
            continue
        if any(each is not None and state not in each for state, each in zip(row, allowed, strict=True)):
            continue
        score = sum(model.features[f][state] for state, features in zip(row, lines, strict=True) for f in features)
        rows[row] = score + sum(model.steps[a][b] for a, b in steps)
    return rows


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("temperature", [1.0, 1.7])
def test_the_best_row_and_all_chances_are_those_of_all_rows(seed, temperature):
    model, lines = random_model(seed, temperature), random_lines(seed, 3)
    rows = all_rows(lines, model, [None] * 3)
    total = sum(math.exp(score / temperature) for score in rows.values())

    found, chances = decide(lines, model)

    assert tuple(found) == max(rows, key=rows.__getitem__)
    for at, state in itertools.product(range(3), range(COUNT)):
        chance = sum(math.exp(score / temperature) for row, score in rows.items() if row[at] == state) / total
        assert chances[at][state] == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_line_that_may_be_one_thing_only_parts_the_text_without_changing_what_is_found(seed):
    model, lines = random_model(seed), random_lines(seed, 4)
    allowed = [None, frozenset({0}), None, None]
    rows = all_rows(lines, model, allowed)
    total = sum(map(math.exp, rows.values()))

    found, chances = decide(lines, model, allowed)

    assert tuple(found) == max(rows, key=rows.__getitem__)
    chance = sum(math.exp(score) for row, score in rows.items() if row[2] == found[2]) / total
    assert chances[2][found[2]] == pytest.approx(chance, abs=1e-6)
    assert chances[1][0] == 1.0


def test_a_feature_that_the_model_does_not_know_says_nothing():
    model = random_model(1)

    assert decide([("a", "unheard of")], model) == decide([("a",)], model)


def test_no_lines_give_no_states():
    assert decide([], random_model(1)) == ([], [])


def test_a_long_text_neither_overflows_nor_vanishes():
    model = random_model(2)

    _, chances = decide(random_lines(3, 5000), model)

    assert all(math.isclose(sum(each), 1.0, rel_tol=1e-6) for each in chances)


def test_little_is_kept_of_each_line_on_the_way():
    model, lines = random_model(2), random_lines(3, 3000)
    tracemalloc.start()

    found = decide(lines, model)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(found[0]) == len(lines)
    assert peak < kept * 1.5, "lists of numbers for each line would take three times what the answer takes"


def test_the_weights_that_come_with_docpack_name_all_states():
    model = load_model()

    assert len(model.steps) == COUNT
    assert {len(row) for row in (*model.steps, *model.features.values())} == {COUNT}
