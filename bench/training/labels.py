"""What each line of a benchmark case truly is: the truth's blocks laid over the lines of the source.

A label is `(role, place)`: the role's name as the truth gives it, "furniture" or "footnote", and "begin" for the line
on which a block (of verse: a stanza) begins, "line" for a further line of verse or code, "inside" for the rest.
A line of which the alignment tells nothing has the label None.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from docpack.context import Context
from docpack.ledger import SourceText
from docpack.reflow.decode import decode
from docpack.reflow.lines import Line, read_lines

Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the benchmark with the true label of each of its lines."""

    name: str
    work: str
    source: SourceText
    lines: list[Line]
    labels: list[Label | None]
    meta: dict[str, Any]
    truth: str  # the text of all true blocks


def load_scorer(benchmark: Path) -> ModuleType:
    """Return the benchmark's scorer as a module; its alignment is used here."""
    return load_script(benchmark / "score.py")


def load_script(path: Path) -> ModuleType:
    """Return a script of the benchmark as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_case(folder: Path, scorer: ModuleType) -> Case:
    """Return a case with its labels."""
    meta = json.loads((folder / "case.json").read_text("utf-8"))
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    blocks = truth["blocks"] if isinstance(truth, dict) else truth
    source = decode((folder / "source.txt").read_bytes(), Context(name="source.txt"), "")
    lines = read_lines(source.text)
    labels = _labels(lines, blocks, meta, scorer)
    text = "\n".join(" ".join(block.get("lines", ())) or block.get("text", "") for block in blocks)
    return Case(folder.name, meta["work"], source, lines, labels, meta, text)


_ORNAMENT = re.compile(r"^[\s*·•.#~=_\-–—―⁂❦✻✽☙+oO]{1,40}$")
_HYPHENS = dict.fromkeys(map(ord, "\u00ad\u0002\ufffe\u200b\ufeff\u2060\u200c\u200e\u200f"))


def _squeeze(text: str) -> str:
    return "".join(
        unicodedata.normalize("NFC", text).translate(_HYPHENS).replace("\u2010", "-").replace("\u2011", "-").split()
    )


def _labels(
    lines: list[Line], blocks: list[dict[str, Any]], meta: dict[str, Any], scorer: ModuleType
) -> list[Label | None]:
    ignored = set(meta.get("ignore_chars", ""))
    body = [block for block in blocks if block["type"] not in ("footnote", "scene_break")]
    notes = [block for block in blocks if block["type"] == "footnote"]
    labels: list[Label | None] = [None] * len(lines)
    left = Counter(_squeeze(each) for each in meta.get("furniture", []))
    taken = _match(lines, list(range(len(lines))), body, labels, scorer, ignored, left)
    rest = [at for at in range(len(lines)) if at not in taken]
    for at in list(rest):
        squeezed = _squeeze(lines[at].text)
        if left[squeezed] > 0:
            left[squeezed] -= 1
            labels[at] = ("furniture", "begin")
            rest.remove(at)
    if notes and rest:
        done = _match(lines, rest, notes, labels, scorer, ignored, Counter())
        rest = [at for at in rest if at not in done]
    has_breaks = any(block["type"] == "scene_break" for block in blocks)
    for at in rest:
        if has_breaks and _ORNAMENT.match(lines[at].text):
            labels[at] = ("scene_break", "begin")
    return labels


@dataclass(slots=True)
class _Truth:
    """The characters of true blocks in a row, with the block of each; blanks, hyphens and the like apart."""

    text: str
    block_of: list[int]
    block_starts: set[int]
    line_starts: set[int]


def _truth_of(blocks: list[dict[str, Any]], ignored: set[str]) -> _Truth:
    characters: list[str] = []
    truth = _Truth("", [], set(), set())
    for number, block in enumerate(blocks):
        in_lines = block.get("lines") and block["type"] in ("verse", "code")
        truth.block_starts.add(len(characters))
        for piece in block["lines"] if in_lines else [block.get("text", "")]:
            truth.line_starts.add(len(characters))
            shown = [char for char in _squeeze(piece) if char not in ignored]
            characters += shown
            truth.block_of += [number] * len(shown)
    truth.text = "".join(characters)
    return truth


def _match(
    lines: list[Line],
    which: list[int],
    blocks: list[dict[str, Any]],
    labels: list[Label | None],
    scorer: ModuleType,
    ignored: set[str],
    furniture: Counter[str],
) -> set[int]:
    """Label those of the lines whose characters are for the most part those of blocks; return their indices."""
    shown = {at: [char for char in _squeeze(lines[at].text) if char not in ignored] for at in which}
    owner = [at for at in which for _ in shown[at]]
    truth = _truth_of(blocks, ignored)
    places: dict[int, list[int]] = {}  # of each line, in the truth
    for position, target in enumerate(scorer.align(truth.text, "".join(char for at in which for char in shown[at]))):
        if target >= 0:
            places.setdefault(owner[target], []).append(position)
    done = set()
    for at, found in places.items():
        is_furniture = furniture[_squeeze(lines[at].text)] > 0 and len(found) < len(shown[at])
        if len(found) * 2 >= len(shown[at]) and not is_furniture:
            labels[at] = _label(found, truth, blocks)
            done.add(at)
    return done


NEAR = 2  # characters from a line's first one that the alignment found; a mark may have been lost


def _label(found: list[int], truth: _Truth, blocks: list[dict[str, Any]]) -> Label:
    """Return the label of a line whose characters stand at these places of the truth."""
    counter = Counter(truth.block_of[position] for position in found)
    number = truth.block_of[found[0]]
    if counter[number] * 3 <= len(found):
        number = counter.most_common(1)[0][0]
    kind = blocks[number]["type"]
    begin = next((each for each in found if each in truth.line_starts), None)
    if begin is None or truth.block_of[begin] != number or begin - found[0] > NEAR:
        return kind, "inside"
    if begin in truth.block_starts:
        return kind, "begin"
    return kind, "line" if kind in ("verse", "code") else "inside"
