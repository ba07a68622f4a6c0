"""Truths to render: excerpts of known structure, cut to a size and given the form in which a style prints them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

__all__ = ["Block", "Excerpt", "PrintedForm", "as_printed", "cut", "generator", "load_excerpts", "text_with_markers"]

# One block of a truth.json: `type` and `text`, and what that type has (lines, indents, level, label, marker, noterefs).
Block: TypeAlias = dict[str, Any]

# What the collected notes of a language are headed with; a rule of hyphens stands for the others.
_NOTES_HEADINGS = {
    "en": "Notes", "de": "Anmerkungen", "fr": "Notes", "es": "Notas", "it": "Note", "pt": "Notas", "nl": "Noten",
    "pl": "Przypisy", "cs": "Poznámky", "sv": "Noter", "ru": "Примечания", "ja": "註", "zh": "注释", "ko": "주석",
}  # fmt: skip
_SYMBOLS = ("*", "†", "‡", "§", "¶")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of one work with its true blocks; `name` is the work and the excerpt's number, `synthetic` what was made up."""

    name: str
    work: str
    title: str
    author: str
    language: str
    blocks: tuple[Block, ...]
    synthetic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """How a style prints what the truth leaves open: the case of headings, bullets, note markers, where notes stand."""

    upper_headings: bool = False
    heading_numbers: str = ""
    bullet: str = ""
    marker_format: str = "{}"
    symbols: bool = False
    collected_notes: bool = False


def generator(*keys: object) -> random.Random:
    """Return a random generator that only the keys decide, whatever was drawn elsewhere."""
    return random.Random("/".join(map(str, keys)))  # noqa: S311 - test data, not secrets


def load_excerpts(folder: Path, renderers: Collection[str] = ()) -> list[Excerpt]:
    """Read one excerpt for each WORK-N of a folder of cases (or of folders that have only a truth and a case).

    Args:
        folder: A folder of cases.
        renderers: Those whose cases count, where a case names its renderer; by default all.
    """
    found: dict[str, Excerpt] = {}
    for path in sorted(folder.glob("*/truth.json")):
        facts = json.loads(path.with_name("case.json").read_text("utf-8"))
        name = "-".join(path.parent.name.split("-")[:2])
        if name in found or (renderers and facts.get("renderer", "") and facts["renderer"] not in renderers):
            continue
        truth = json.loads(path.read_text("utf-8"))
        blocks = truth["blocks"] if isinstance(truth, dict) else truth
        found[name] = Excerpt(
            name=name,
            work=facts["work"],
            title=facts.get("title", facts["work"]),
            author=facts.get("author") or "Anonymous",
            language=facts["language"],
            blocks=tuple(block for block in blocks if block["type"] != "table"),
        )
    return list(found.values())


def cut(excerpt: Excerpt, rng: random.Random, max_characters: int) -> Excerpt:
    """Return a random run of whole blocks with about so many characters; it never starts with a note or a break."""
    sizes = [len(block["text"]) + 1 for block in excerpt.blocks]
    starts = [
        i
        for i, block in enumerate(excerpt.blocks)
        if block["type"] not in {"footnote", "scene_break"} and sum(sizes[i:]) >= min(max_characters, sum(sizes))
    ]
    # A heading is the likeliest place for a reader to start copying.
    headed = [i for i in starts if excerpt.blocks[i]["type"] == "heading"]
    start = rng.choice(headed if headed and rng.random() < 0.5 else starts)
    stop, taken = start, 0
    while stop < len(sizes) and (taken < max_characters or excerpt.blocks[stop]["type"] == "footnote"):
        taken += sizes[stop]
        stop += 1
    while excerpt.blocks[stop - 1]["type"] in {"heading", "scene_break"} and stop - 1 > start:
        stop -= 1
    return replace(excerpt, blocks=excerpt.blocks[start:stop])


def as_printed(blocks: Iterable[Block], form: PrintedForm, language: str) -> list[Block]:
    """Return the blocks as a form prints them, notes numbered anew from 1: the truth of the rendered document."""
    printed: list[Block] = []
    labels = _Labels(form.symbols)
    number = 0
    has_notes = False
    for original in blocks:
        block = dict(original)
        match block["type"]:
            case "heading":
                number += 1
                block["text"] = _heading(block["text"], form, number)
            case "list_item" if form.bullet and not block.get("marker", "")[:1].isalnum():
                block["marker"] = form.bullet
            case "footnote":
                block["label"] = labels.of_note(block["label"])
                has_notes = True
        if block.get("noterefs"):
            block["noterefs"] = [
                {"pos": ref["pos"], "label": form.marker_format.format(labels.of_reference(ref["label"]))}
                for ref in block["noterefs"]
            ]
        printed.append(block)
    printed = _without_dangling_references(printed, form)
    if has_notes and form.collected_notes and language in _NOTES_HEADINGS:
        printed.append({"type": "heading", "text": _NOTES_HEADINGS[language], "level": 2, "notes": True})
    return printed


def text_with_markers(block: Block) -> str:
    """Return the text of a block with its note markers in their places."""
    text: str = block["text"]
    for ref in sorted(block.get("noterefs", ()), key=lambda ref: -int(ref["pos"])):
        text = text[: ref["pos"]] + ref["label"] + text[ref["pos"] :]
    return text


class _Labels:
    """The new label of each note: references are numbered as they come, notes take the number of their reference."""

    def __init__(self, symbols: bool) -> None:  # noqa: FBT001
        self._symbols = symbols
        self._count = 0
        self._open: dict[str, list[str]] = {}

    def of_reference(self, old: str) -> str:
        """Return the label of a reference that has just been met."""
        new = _SYMBOLS[self._count % len(_SYMBOLS)] if self._symbols else str(self._count + 1)
        self._count += 1
        self._open.setdefault(old, []).append(new)
        return new

    def of_note(self, old: str) -> str:
        """Return the label of a note, the oldest reference to it that had no note yet."""
        waiting = self._open.get(old)
        return waiting.pop(0) if waiting else self.of_reference(old)


def _without_dangling_references(blocks: Sequence[Block], form: PrintedForm) -> list[Block]:
    """Drop references whose note was cut off: no renderer could print them."""
    labels = {form.marker_format.format(block["label"]) for block in blocks if block["type"] == "footnote"}
    kept = []
    for block in blocks:
        if "noterefs" in block:
            refs = [ref for ref in block["noterefs"] if ref["label"] in labels]
            block = {key: value for key, value in block.items() if key != "noterefs"} | (  # noqa: PLW2901
                {"noterefs": refs} if refs else {}
            )
        kept.append(block)
    return kept


def _heading(text: str, form: PrintedForm, number: int) -> str:
    numbered = form.heading_numbers.format(number) + text if form.heading_numbers else text
    # A German "ß" would become "SS" and no longer align.
    return numbered.upper() if form.upper_headings and len(numbered.upper()) == len(numbered) else numbered
