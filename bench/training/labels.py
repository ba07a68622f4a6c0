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
    spec = importlib.util.spec_from_file_location("score", benchmark / "score.py")
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
    return "".join(unicodedata.normalize("NFC", text).translate(_HYPHENS).replace("\u2010", "-").replace("\u2011", "-").split())


def _labels(lines: list[Line], blocks: list[dict[str, Any]], meta: dict[str, Any], scorer: ModuleType) -> list[Label | None]:
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
    stream: list[str] = []
    owner: list[int] = []
    for at in which:
        for char in _squeeze(lines[at].text):
            if char not in ignored:
                stream.append(char)
                owner.append(at)
    truth: list[str] = []
    block_of: list[int] = []
    line_starts: set[int] = set()
    block_starts: dict[int, int] = {}
    for number, block in enumerate(blocks):
        pieces = block["lines"] if block.get("lines") and block["type"] in ("verse", "code") else [block.get("text", "")]
        block_starts[len(truth)] = number
        for piece in pieces:
            line_starts.add(len(truth))
            for char in _squeeze(piece):
                if char not in ignored:
                    truth.append(char)
                    block_of.append(number)
    found = scorer.align("".join(truth), "".join(stream))
    hits: dict[int, Counter[int]] = {}
    begins: dict[int, tuple[int, int]] = {}
    first_of: dict[int, int] = {}
    for position, target in enumerate(found):
        if target < 0:
            continue
        at = owner[target]
        hits.setdefault(at, Counter())[block_of[position]] += 1
        first_of.setdefault(at, position)
        if position in block_starts or position in line_starts:
            begins.setdefault(at, (position, target))
    done = set()
    for at, counter in hits.items():
        size = len([c for c in _squeeze(lines[at].text) if c not in ignored])
        if sum(counter.values()) * 2 < size:
            continue
        if furniture[_squeeze(lines[at].text)] > 0 and sum(counter.values()) < size:
            continue
        number = counter.most_common(1)[0][0]
        first = first_of[at]
        number = block_of[first] if counter[block_of[first]] * 3 > sum(counter.values()) else number
        kind = blocks[number]["type"]
        begin = begins.get(at)
        near = begin is not None and block_of[begin[0]] == number and begin[0] - first <= 2
        if near and begin and begin[0] in block_starts:
            place = "begin"
        elif near and kind in ("verse", "code"):
            place = "line"
        else:
            place = "inside"
        labels[at] = (kind, place)
        done.add(at)
    return done
