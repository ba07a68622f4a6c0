"""A linear-chain conditional random field, trained with numpy and scipy; docpack itself needs neither.

The score of a state is the sum of its features' weights. A feature's weight for a state is the sum of three: one for
the state's place (begin, line, inside), one for its role, and one for the state itself, which costs more; so what a
feature says of breaks is shared by all roles, and rare roles borrow from it.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sequences import Sequence

from docpack.reflow.states import STATES, follows

Array = NDArray[np.float64]
STATE_COUNT = len(STATES)
PLACES = sorted({state.place for state in STATES})
ROLES = sorted({state.role for state in STATES})
TO_PLACE = np.array([[state.place == place for state in STATES] for place in PLACES], dtype=float)
TO_ROLE = np.array([[state.role == role for state in STATES] for role in ROLES], dtype=float)
ALLOWED = np.array([[follows(a, b) for b in STATES] for a in STATES])
STARTS = np.array([state.place == "begin" for state in STATES])
NEVER = -1e4
COST_PLACE, COST_ROLE, COST_STATE, COST_STEP = 0.3, 0.6, 1.5, 0.5
MIN_CASES = 4  # in which a feature is met; what is rarer is not learnt


@dataclass(slots=True)
class Batch:
    """Sequences side by side, padded at their ends: `at[step, sequence]` is a row of the feature matrix, or -1."""

    matrix: sparse.csr_matrix
    at: NDArray[np.int64]
    states: NDArray[np.int64]
    weights: Array
    begins: NDArray[np.int64]


def vocabulary(sequences: Many[Sequence]) -> dict[str, int]:
    """Return the features that are met in enough cases, numbered."""
    cases: dict[str, set[str]] = {}
    for sequence in sequences:
        for each in {feature for features in sequence.features for feature in features}:
            cases.setdefault(each, set()).add(sequence.name)
    return {
        each: number for number, each in enumerate(sorted(f for f, names in cases.items() if len(names) >= MIN_CASES))
    }


def batch_of(sequences: Many[Sequence], known: dict[str, int], weights: Many[float]) -> Batch:
    """Return sequences as arrays; longest first, so that padding is all at the end."""
    order = sorted(range(len(sequences)), key=lambda number: -len(sequences[number].features))
    longest = len(sequences[order[0]].features)
    at = np.full((longest, len(order)), -1, dtype=np.int64)
    rows, columns, states = [], [], []
    for column, number in enumerate(order):
        sequence = sequences[number]
        for step, (features, state) in enumerate(zip(sequence.features, sequence.states, strict=True)):
            row = len(states)
            at[step, column] = row
            states.append(state)
            ids = [known[f] for f in features if f in known]
            rows += [row] * len(ids)
            columns += ids
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(states), len(known)))
    begins = np.array(
        [row for row in range(len(states)) if matrix.indptr[row] == matrix.indptr[row + 1]], dtype=np.int64
    )
    return Batch(matrix, at, np.array(states), np.array([weights[number] for number in order]), begins)


def unpack(theta: Array, size: int) -> tuple[Array, Array, Array, Array]:
    """Return the parts of the parameters: by place, by role, by state, and of the steps from state to state."""
    cuts = np.cumsum([size * len(PLACES), size * len(ROLES), size * STATE_COUNT])
    a, b, c, steps = np.split(theta, cuts)
    return (
        a.reshape(size, -1),
        b.reshape(size, -1),
        c.reshape(size, -1),
        steps.reshape(STATE_COUNT, STATE_COUNT),
    )


def weights_of(theta: Array, size: int) -> tuple[Array, Array]:
    """Return the weight of each feature for each state, and of each step."""
    a, b, c, steps = unpack(theta, size)
    return a @ TO_PLACE + b @ TO_ROLE + c, steps


def _logsumexp(values: Array, axis: int) -> Array:
    top = values.max(axis=axis, keepdims=True)
    return (np.log(np.exp(values - top).sum(axis=axis, keepdims=True)) + top).squeeze(axis)


def loss_and_gradient(theta: Array, batch: Batch, size: int) -> tuple[float, Array]:
    """Return the negative log likelihood of the true states with the cost of the weights, and its gradient."""
    a, b, c, steps = unpack(theta, size)
    weights = a @ TO_PLACE + b @ TO_ROLE + c
    scores = batch.matrix @ weights
    scores[batch.begins] = NEVER  # lines with which a paragraph begins beyond doubt
    scores[batch.begins, 0] = 0.0
    masked = np.where(ALLOWED, steps, NEVER)
    clamped = scores.copy()
    known = batch.states >= 0
    clamped[known] = NEVER
    clamped[np.nonzero(known)[0], batch.states[known]] = scores[np.nonzero(known)[0], batch.states[known]]
    total, expected, expected_steps = _forward_backward(scores, masked, batch)
    true_total, true_expected, true_steps = _forward_backward(clamped, masked, batch)
    loss = total - true_total
    d_scores = expected - true_expected
    d_weights = batch.matrix.T @ d_scores
    d_steps = np.where(ALLOWED, expected_steps - true_steps, 0.0)
    loss += 0.5 * (
        COST_PLACE * (a**2).sum() + COST_ROLE * (b**2).sum() + COST_STATE * (c**2).sum() + COST_STEP * (steps**2).sum()
    )
    gradient = np.concatenate(
        [
            (d_weights @ TO_PLACE.T + COST_PLACE * a).ravel(),
            (d_weights @ TO_ROLE.T + COST_ROLE * b).ravel(),
            (d_weights + COST_STATE * c).ravel(),
            (d_steps + COST_STEP * steps).ravel(),
        ]
    )
    return float(loss), gradient


def _forward_backward(scores: Array, steps: Array, batch: Batch) -> tuple[float, Array, Array]:
    """Return the weighted sum of log partitions, expected states by row, and expected steps."""
    longest, width = batch.at.shape
    alphas: list[Array] = []
    active = [int((batch.at[step] >= 0).sum()) for step in range(longest)]
    alpha = np.where(STARTS, scores[batch.at[0]], NEVER)
    alphas.append(alpha)
    moves = np.exp(steps)
    for step in range(1, longest):
        n = active[step]
        old = alphas[-1][:n]
        top = old.max(axis=1, keepdims=True)
        alphas.append(np.log(np.exp(old - top) @ moves + 1e-300) + top + scores[batch.at[step, :n]])
    ends = np.array([(batch.at[:, column] >= 0).sum() - 1 for column in range(width)])
    partition = np.array([_logsumexp(alphas[end][column][None], 1)[0] for column, end in enumerate(ends)])
    expected = np.zeros_like(scores)
    expected_steps = np.zeros_like(steps)
    beta = np.zeros((width, STATE_COUNT))
    for step in range(longest - 1, -1, -1):
        n = active[step]
        marginal = np.exp(alphas[step][:n] + beta[:n] - partition[:n, None]) * batch.weights[:n, None]
        expected[batch.at[step, :n]] = marginal
        if step:
            ahead = beta[:n] + scores[batch.at[step, :n]]
            old = alphas[step - 1][:n]
            shift_old, shift_new = old.max(axis=1, keepdims=True), ahead.max(axis=1, keepdims=True)
            left, right = np.exp(old - shift_old), np.exp(ahead - shift_new)
            scale = np.exp(shift_old + shift_new - partition[:n, None]) * batch.weights[:n, None]
            expected_steps += moves * ((left * scale).T @ right)
            new = np.zeros((width, STATE_COUNT))
            new[:n] = np.log(right @ moves.T + 1e-300) + shift_new
            beta = new
    return float((partition * batch.weights).sum()), expected, expected_steps


def train(sequences: Many[Sequence], weights: Many[float], rounds: int = 150) -> tuple[dict[str, int], Array, Array]:
    """Return the vocabulary, the weights of features and those of steps."""
    known = vocabulary(sequences)
    batch = batch_of(sequences, known, weights)
    size = len(known)
    start = np.zeros(size * (len(PLACES) + len(ROLES) + STATE_COUNT) + STATE_COUNT**2)
    found = minimize(
        loss_and_gradient,
        start,
        args=(batch, size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": rounds, "maxcor": 12},
    )
    features, steps = weights_of(found.x, size)
    return known, features, steps
