"""The likeliest states of the lines in doubt, all together, and how likely each of them is.

A linear-chain conditional random field: the score of a row of states is the sum of the weights of each line's features
for its state and of the steps between them (`weights.json`, trained by `bench/training`). Viterbi's algorithm finds
the best row; the forward-backward algorithm gives each state its probability over all rows.
"""

from __future__ import annotations

import json
import math
from array import array
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.states import STATES, follows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.evidence import Features

__all__ = ["Model", "decide", "load_model", "parse_model"]

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
    return parse_model(files("docpack.reflow").joinpath("weights.json").read_text("utf-8"))


def parse_model(text: str) -> Model:
    """Return the model of a file of weights."""
    raw = json.loads(text)
    names = raw["states"]
    features, steps = raw["features"], raw["steps"]
    order = [names.index(str(state)) for state in STATES]
    if order != sorted(order) or len(order) != len(names):
        features = {feature: [weights[number] for number in order] for feature, weights in features.items()}
        steps = [[steps[a][b] for b in order] for a in order]
    return Model(features, steps, raw["temperature"])


def scores_of(features: Features, model: Model) -> Scores:
    """Return the score of each state for a line of these features."""
    known = model.features
    rows = [known[feature] for feature in features if feature in known]
    return list(map(sum, zip(*rows, strict=True))) if rows else [0.0] * len(STATES)


_COUNT = len(STATES)
_BEFORE = [[a for a in range(_COUNT) if follows(STATES[a], STATES[b])] for b in range(_COUNT)]
_AFTER = [[b for b in range(_COUNT) if follows(STATES[a], STATES[b])] for a in range(_COUNT)]
_STARTS = [state.place == "begin" for state in STATES]
_SURE = [[1.0 if state == number else 0.0 for state in range(_COUNT)] for number in range(_COUNT)]


def decide(
    lines: Sequence[Features], model: Model, allowed: Sequence[frozenset[int] | None] | None = None
) -> tuple[list[int], list[Scores]]:
    """Return the number of each line's state in the best row, and the probability of every state at every line.

    Lines between two that are allowed one state each are decided on by themselves: nothing beyond reaches them.

    Args:
        lines: The features of the lines in doubt, in order.
        model: The weights.
        allowed: For each line the states that it may be in, or None where all may be.
    """
    if not lines:
        return [], []
    chain = _Chain(model)
    numbers: list[int] = []
    chances: list[Scores] = []
    scores: list[Scores] = []
    before = -1
    for number, features in enumerate(lines):
        permitted = allowed[number] if allowed else None
        if permitted is not None and len(permitted) == 1:
            (state,) = permitted
            found, likely = chain.solve(scores, before, state)
            numbers += (*found, state)
            chances += (*likely, _SURE[state])
            before, scores = state, []
            continue
        row = chain.scores(features)
        if permitted is not None:
            row = [value if state in permitted else NEVER for state, value in enumerate(row)]
        scores.append(row)
    found, likely = chain.solve(scores, before, -1)
    return numbers + found, chances + likely


class _Chain:
    """The model made ready: its steps as they are needed."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._known: dict[Features, Scores] = {}
        heat = model.temperature
        steps = model.steps
        self.columns = [[(a, steps[a][b]) for a in _BEFORE[b]] for b in range(_COUNT)]
        self.moves = [[(a, math.exp(steps[a][b] / heat)) for a in _BEFORE[b]] for b in range(_COUNT)]
        self.onward = [[(b, math.exp(steps[a][b] / heat)) for b in _AFTER[a]] for a in range(_COUNT)]

    def scores(self, features: Features) -> Scores:
        """Return the score of each state for these features."""
        found = self._known.get(features)
        if found is None:
            found = self._known[features] = scores_of(features, self.model)
        return found

    def solve(self, scores: list[Scores], before: int, after: int) -> tuple[list[int], list[Scores]]:
        """Return states and probabilities of lines between two known states; -1 is the text's own beginning or end."""
        if not scores:
            return [], []
        first = scores[0]
        steps = self.model.steps
        if before < 0:
            scores[0] = [value if _STARTS[state] else NEVER for state, value in enumerate(first)]
        else:
            fit = frozenset(_AFTER[before])
            scores[0] = [value + steps[before][state] if state in fit else NEVER for state, value in enumerate(first)]
        if after >= 0:
            fit = frozenset(_BEFORE[after])
            scores[-1] = [
                value + steps[state][after] if state in fit else NEVER for state, value in enumerate(scores[-1])
            ]
        return self._best(scores), self._chances(scores)

    def _best(self, scores: list[Scores]) -> list[int]:
        """Return the best row of states (Viterbi)."""
        best = scores[0]
        back: list[bytes] = []
        for row in scores[1:]:
            made: Scores = []
            pointers: list[int] = []
            for state, column in enumerate(self.columns):
                top, choice = max([(best[a] + step, a) for a, step in column])
                made.append(top + row[state])
                pointers.append(choice)
            best = made
            back.append(bytes(pointers))
        state = max(range(_COUNT), key=best.__getitem__)
        found = [state]
        for chosen in reversed(back):
            state = chosen[state]
            found.append(state)
        return found[::-1]

    def _chances(self, scores: list[Scores]) -> list[Scores]:
        """Return the probabilities (forward-backward); numbers are scaled at each line, so that nothing overflows.

        What is kept of each line on the way is packed, and given up on the way back.
        """
        heat = self.model.temperature
        factors: list[array[float]] = []
        alphas: list[array[float]] = []
        alpha: Scores = []
        for scored in scores:
            row = _scaled(scored, heat)
            factors.append(array("d", row))
            if not alphas:
                alpha = _normal(row)
                alphas.append(array("d", alpha))
                continue
            alpha = _normal(
                [
                    weight and weight * sum([alpha[a] * move for a, move in moves])
                    for weight, moves in zip(row, self.moves, strict=True)
                ]
            )
            alphas.append(array("d", alpha))
        beta = [1.0] * _COUNT
        found = [alphas.pop().tolist()]
        while alphas:
            ahead = [x * y for x, y in zip(factors.pop(), beta, strict=True)]
            beta = _normal([sum([ahead[b] * move for b, move in moves]) for moves in self.onward])
            found.append(_normal([x * y for x, y in zip(alphas.pop(), beta, strict=True)]))
        found.reverse()
        return found


def _scaled(row: Scores, heat: float) -> Scores:
    top = max(row)
    return [math.exp((value - top) / heat) if value - top > -40 else 0.0 for value in row]


def _normal(row: Scores) -> Scores:
    total = sum(row)
    return [value / total for value in row] if total > 0 else [1 / len(row)] * len(row)
