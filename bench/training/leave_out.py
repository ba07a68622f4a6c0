"""Judge the engine on works that its model has not seen: train without some works, read their cases, score them.

usage: leave_out.py BENCHMARK OUT [--more DIR]... [--folds N] [--pool N]

Each fold leaves out whole works; their cases are read with a model trained on all others (and on more cases in DIR, of
other works). The predictions go to OUT/predictions, and `score.py` judges them as it judges any others. `--folds 0`
leaves out one work at a time. The models stay in OUT, for `calibration.py`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import docpack
from docpack.reflow import reasons, roles
from docpack.reflow.sequence import Model

sys.path.insert(0, str(Path(__file__).parent))
from labels import load_case, load_scorer, load_script
from sequences import Sequence, fragments_of, sequence_of
from train import model_of, write_weights


def load_sequences(folders: list[Path], benchmark: Path) -> list[Sequence]:
    """Return the sequences of all cases in the folders."""
    scorer = load_scorer(benchmark)
    cases = [each for folder in folders for each in sorted(folder.iterdir()) if (each / "source.txt").exists()]
    made: list[Sequence] = []
    for each in cases:
        case = load_case(each, scorer)
        made += fragments_of(case)
        made.append(sequence_of(case))
    return made


def folds_of(works: list[str], count: int) -> list[list[str]]:
    """Return the works in folds; dealt out in turn, so that a fold holds works of all kinds."""
    return [[work] for work in works] if not count else [works[number::count] for number in range(count)]


def flatten_of(benchmark: Path) -> Any:
    """Return the benchmark's own function that flattens docpack's JSON."""
    return load_script(benchmark / "predict.py").flatten


def use(model: Model) -> None:
    """Let the engine of this process decide by a model other than the one that comes with it."""
    for module in (roles, reasons):
        module.load_model = lambda: model  # type: ignore[attr-defined]
    reasons._clauses.cache_clear()  # noqa: SLF001  # what it remembers is the other model's


def works_of(benchmark: Path) -> list[str]:
    """Return the works of the benchmark's development cases."""
    return sorted(
        {json.loads((each / "case.json").read_text("utf-8"))["work"] for each in (benchmark / "dev").iterdir()}
    )


def model_path(out: Path, held: list[str]) -> Path:
    """Return where the model is kept that has not seen these works."""
    return out / f"without-{'-'.join(held)}.json"


def run_fold(job: tuple[list[str], list[Sequence], Path, Path]) -> list[str]:
    """Train without some works and read their cases; return the names of these."""
    held, sequences, benchmark, out = job
    model = model_of([each for each in sequences if each.work not in held])
    write_weights(model, model_path(out, held))
    use(model)
    flatten = flatten_of(benchmark)
    done = []
    for folder in sorted((benchmark / "dev").iterdir()):
        meta = json.loads((folder / "case.json").read_text("utf-8"))
        if meta["work"] in held and (folder / "source.txt").exists():
            document = json.loads(docpack.write(docpack.read(folder / "source.txt"), "json"))
            (out / "predictions" / f"{folder.name}.json").write_text(json.dumps(flatten(document)), "utf-8")
            done.append(folder.name)
    return done


def main() -> int:
    """Run all folds, then the scorer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--more", type=Path, action="append", default=[])
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--pool", type=int, default=2)
    asked = parser.parse_args()
    sequences = load_sequences([asked.benchmark / "dev", *asked.more], asked.benchmark)
    predictions = asked.out / "predictions"
    predictions.mkdir(parents=True, exist_ok=True)
    jobs = [(held, sequences, asked.benchmark, asked.out) for held in folds_of(works_of(asked.benchmark), asked.folds)]
    with ProcessPoolExecutor(asked.pool) as pool:
        for names in pool.map(run_fold, jobs):
            print(f"{len(names)} cases read", flush=True)
    command = [sys.executable, str(asked.benchmark / "score.py"), str(asked.benchmark / "dev"), str(predictions)]
    text = subprocess.run(
        [*command, "--json", str(asked.out / "scores.json")], capture_output=True, check=True, text=True
    )
    (asked.out / "scores.txt").write_text(text.stdout)
    print("\n".join(text.stdout.splitlines()[-3:]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
