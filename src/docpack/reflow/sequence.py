"""The likeliest states of the lines in doubt, all together, and how likely each of them is.

A linear-chain conditional random field: the score of a row of states is the sum of the weights of each line's features
for its state and of the steps between them (`weights.json`, trained by `bench/training`). Viterbi's algorithm finds
the best row; the forward-backward algorithm gives each state its probability over all rows.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.states import STATES, follows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docpack.reflow.evidence import Features

__all__ = ["Model", "decide", "load_model"]

NEVER = -1e4
Scores = list[float]


class Model(NamedTuple):
    """The weights: of each feature for each state, and of each step from state to state."""

    features: dict[str, Scores]
    steps: list[Scores]
    temperature: float = 1.0  # by which scores are divided before they become probabilities


@cache
def load_model() -> Model:
    """Return the model that comes with docpack."""
    raw = json.loads(files("docpack.reflow").joinpath("weights.json").read_text("utf-8"))
    names = raw["states"]
    order = [names.index(str(state)) for state in STATES]
    features = {feature: [weights[number] for number in order] for feature, weights in raw["features"].items()}
    steps = [[raw["steps"][a][b] for b in order] for a in order]
    return Model(features, steps, raw.get("temperature", 1.0))


def scores_of(features: Features, model: Model) -> Scores:
    """Return the score of each state for a line of these features."""
    known = model.features
    rows = [known[feature] for feature in features if feature in known]
    return list(map(sum, zip(*rows, strict=True))) if rows else [0.0] * len(STATES)


_COUNT = len(STATES)
_BEFORE = [[a for a in range(_COUNT) if follows(STATES[a], STATES[b])] for b in range(_COUNT)]
_STARTS = [state.place == "begin" for state in STATES]


def decide(
    lines: Sequence[Features], model: Model, allowed: Sequence[Collection[int] | None] | None = None
) -> tuple[list[int], list[Scores]]:
    """Return the number of each line's state in the best row, and the probability of every state at every line.

    Args:
        lines: The features of the lines in doubt, in order.
        model: The weights.
        allowed: For each line the states that it may be in, or None where all may be.
    """
    if not lines:
        return [], []
    cache_of: dict[Features, Scores] = {}
    scores: list[Scores] = []
    for number, features in enumerate(lines):
        found = cache_of.get(features)
        if found is None:
            found = cache_of[features] = scores_of(features, model)
        permitted = allowed[number] if allowed else None
        if permitted is not None:
            found = [value if state in permitted else NEVER for state, value in enumerate(found)]
        scores.append(found)
    scores[0] = [value if _STARTS[state] else NEVER for state, value in enumerate(scores[0])]
    return _viterbi(scores, model), _marginals(scores, model)


def _viterbi(scores: list[Scores], model: Model) -> list[int]:
    best = scores[0]
    back: list[list[int]] = []
    steps = model.steps
    columns = [[steps[a][b] for a in range(_COUNT)] for b in range(_COUNT)]
    for row in scores[1:]:
        made: Scores = []
        pointers: list[int] = []
        for state in range(_COUNT):
            column = columns[state]
            choice, top = -1, -math.inf
            for a in _BEFORE[state]:
                value = best[a] + column[a]
                if value > top:
                    choice, top = a, value
            made.append(top + row[state])
            pointers.append(choice)
        best = made
        back.append(pointers)
    state = max(range(_COUNT), key=best.__getitem__)
    found = [state]
    for pointers in reversed(back):
        state = pointers[state]
        found.append(state)
    return found[::-1]


def _marginals(scores: list[Scores], model: Model) -> list[Scores]:
    """Return the probabilities; computed with numbers that are scaled at each line, so that nothing overflows."""
    heat = model.temperature
    moves = [[(a, math.exp(model.steps[a][b] / heat)) for a in _BEFORE[b]] for b in range(_COUNT)]
    onward: list[list[tuple[int, float]]] = [[] for _ in range(_COUNT)]
    for b, column in enumerate(moves):
        for a, weight in column:
            onward[a].append((b, weight))
    factors = [_scaled([value / heat for value in row]) for row in scores]
    alpha = _normal(factors[0])
    alphas = [alpha]
    for row in factors[1:]:
        alpha = _normal([row[b] and row[b] * sum([alpha[a] * weight for a, weight in moves[b]]) for b in range(_COUNT)])
        alphas.append(alpha)
    beta = [1.0] * _COUNT
    found = [alphas[-1]]
    for number in range(len(scores) - 2, -1, -1):
        ahead = [x * y for x, y in zip(factors[number + 1], beta, strict=True)]
        beta = _normal([sum([ahead[b] * weight for b, weight in onward[a]]) for a in range(_COUNT)])
        found.append(_normal([x * y for x, y in zip(alphas[number], beta, strict=True)]))
    return found[::-1]


def _scaled(row: Scores) -> Scores:
    top = max(row)
    return [math.exp(value - top) if value - top > -40 else 0.0 for value in row]


def _normal(row: Scores) -> Scores:
    total = sum(row)
    return [value / total for value in row] if total > 0 else [1 / len(row)] * len(row)
