"""Train the model of the text engine and write its weights.

usage: train.py BENCHMARK [--more DIR]... [-o WEIGHTS]

BENCHMARK is the folder of the benchmark (its `dev` cases are learnt from), DIR holds more cases of the same shape, as
`bench/render_cases.py` makes them. The weights go to src/docpack/reflow/weights.json. Needs numpy and scipy.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import model as crf
from sequences import Sequence

from docpack.reflow.sequence import Model
from docpack.reflow.states import STATES

ROUNDS = 150
FULL_WEIGHT_LINES = 60  # lines in doubt; a longer case counts by the root of its length, so that short ones are heard
TEMPERATURE = 2.0  # by which scores are divided: the model is surer of itself than it is right; see `calibration.py`
LEAST_WEIGHT = 0.1  # a feature none of whose weights is larger is left out
DIGITS = 2
WEIGHTS = Path(__file__).parents[2] / "src" / "docpack" / "reflow" / "weights.json"


def model_of(sequences: list[Sequence]) -> Model:
    """Return the model that these sequences teach, rounded as it is written."""
    weights = [min(1.0, (FULL_WEIGHT_LINES / max(1, len(each.features))) ** 0.5) for each in sequences]
    known, features, steps = crf.train(sequences, weights, ROUNDS)
    rows = {name: [round(float(each), DIGITS) for each in features[number]] for name, number in known.items()}
    kept = {name: row for name, row in rows.items() if max(map(abs, row)) > LEAST_WEIGHT}
    return Model(kept, [[round(float(each), DIGITS) for each in row] for row in steps], TEMPERATURE)


def write_weights(model: Model, path: Path) -> None:
    """Write the weights as JSON that a person can read: a feature a line, its weights in the order of the states."""
    features = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(model.features.items()))
    steps = ",\n".join(json.dumps(row) for row in model.steps)
    states = json.dumps([str(state) for state in STATES])
    path.write_text(
        f'{{\n"states": {states},\n"temperature": {model.temperature},\n"steps": [\n{steps}\n],\n'
        f'"features": {{\n{features}\n}}\n}}\n',
        "utf-8",
    )


def main() -> int:
    """Train on everything and write the weights."""
    from leave_out import load_sequences

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("--more", type=Path, action="append", default=[])
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS)
    asked = parser.parse_args()
    model = model_of(load_sequences([asked.benchmark / "dev", *asked.more], asked.benchmark))
    write_weights(model, asked.output)
    print(f"{len(model.features)} features")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
