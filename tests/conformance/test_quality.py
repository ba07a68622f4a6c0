"""What the text engine reaches on the benchmark, against the pinned floors and against the other tools.

The floors stand in `tests/quality/floors.toml`. They are edited by hand: raised when the engine gets better, lowered only
with a reason. `--accept` does not touch them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

FLOORS = Path(__file__).parents[1] / "quality" / "floors.toml"
LOWER_IS_BETTER = frozenset({"furn", "cer"})
# A group of cases is held against each of the other tools by these figures.
COMPARED = ("M_bF1", "M_exact", "structF1", "hyph", "hkeep", "type_acc", "verse_lines", "furn", "cer")
OTHERS = ("rules", "calibre_heur", "naive_blank")
GROUPS = ("extractor", "renderer", "language")


@pytest.fixture(scope="module")
def scores(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the groups of scores that the benchmark's own scripts give, whole cases and means."""
    benchmark, folder = shared / "reflow-bench", tmp_path_factory.mktemp("quality")
    for command in (
        ["predict.py", benchmark / "dev", folder / "predictions"],
        ["score.py", benchmark / "dev", folder / "predictions", "--json", folder / "scores.json", "--quiet"],
    ):
        subprocess.run([sys.executable, benchmark / command[0], *command[1:]], check=True, capture_output=True)
    groups: dict[str, Any] = json.loads((folder / "scores.json").read_text("utf-8"))["groups"]
    return groups


def test_no_figure_falls_below_its_floor(scores: dict[str, Any]):
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["dev"]
    assert floors, "a test without floors would prove nothing"

    fallen = {
        name: (scores["ALL"][name], floor)
        for name, floor in floors.items()
        if (scores["ALL"][name] > floor if name in LOWER_IS_BETTER else scores["ALL"][name] < floor)
    }

    assert not fallen, "figures and their floors; a floor is edited by hand, and lowered only with a reason"


@pytest.mark.parametrize("other", OTHERS)
def test_no_group_is_read_worse_than_another_tool_reads_it(scores: dict[str, Any], other: str, shared: Path):
    theirs = json.loads((shared / "reflow-bench" / "others" / f"{other}.dev.json").read_text("utf-8"))["groups"]

    worse = [
        (group, name, ours[name], theirs[group][name])
        for group, ours in scores.items()
        if group.split("=")[0] in GROUPS
        for name in COMPARED
        if ours.get(name) is not None and theirs[group].get(name) is not None  # not every group has hyphens or verse
        if (ours[name] > theirs[group][name] if name in LOWER_IS_BETTER else ours[name] < theirs[group][name])
    ]

    assert not worse
