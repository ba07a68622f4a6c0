"""Give an excerpt structure that its work lacks: notes, quotations, verse, lists and breaks of its own paragraphs.

Few works have many notes or quotations; what tells them in a page is how they are set, not what they say. So some
paragraphs become one of these, whole, and the text stays as it was, but for capitals at the starts of lines of verse.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from render_truth import Block, Excerpt

__all__ = ["enriched"]

_NOTE_CHARACTERS = range(25, 380)
_QUOTE_CHARACTERS = range(90, 900)
_ITEM_CHARACTERS = range(10, 420)
_STANZA_CHARACTERS = range(70, 420)
_SENTENCE_END = re.compile(r"[.;!?][”’»\")]?(?= |$)|[。！？]|,(?= )")
_MARKERS = ("{}.", "{})", "({})", "•", "–", "-")


def enriched(excerpt: Excerpt, rng: random.Random) -> Excerpt:
    """Return the excerpt with, now and then, some of its paragraphs made notes, quotations, stanzas or list items."""
    blocks = [dict(block) for block in excerpt.blocks]
    done = []
    for name, chance, change in _CHANGES:
        if rng.random() < chance and not any(block["type"] == name for block in blocks):
            changed = change(blocks, rng)
            done += [name] if changed != blocks else []
            blocks = changed
    return replace(excerpt, blocks=tuple(blocks), synthetic=tuple(done))


def _is_plain(block: Block, sizes: range) -> bool:
    return set(block) == {"type", "text"} and block["type"] == "paragraph" and len(block["text"]) in sizes


def _with_notes(blocks: list[Block], rng: random.Random) -> list[Block]:
    """Make short paragraphs notes to the paragraph before them."""
    out: list[Block] = []
    number = 0
    density = rng.choice([0.15, 0.4, 0.8])
    for block in blocks:
        host = out[-1] if out else None
        if not (
            host
            and _is_plain(block, _NOTE_CHARACTERS)
            and _is_plain(host, range(60, 100_000))
            and rng.random() < density
        ):
            out.append(block)
            continue
        number += 1
        ends = [match.end() for match in _SENTENCE_END.finditer(host["text"])]
        host["noterefs"] = [{"pos": rng.choice(ends or [len(host["text"])]), "label": str(number)}]
        out.append({"type": "footnote", "text": block["text"], "label": str(number)})
    return out


def _with_quotes(blocks: list[Block], rng: random.Random) -> list[Block]:
    return [
        block | {"type": "blockquote"}
        if i and _is_plain(block, _QUOTE_CHARACTERS) and blocks[i - 1]["type"] == "paragraph" and rng.random() < 0.15
        else block
        for i, block in enumerate(blocks)
    ]


def _with_verse(blocks: list[Block], rng: random.Random) -> list[Block]:
    """Break short paragraphs into lines, most of them at the end of a clause, as stanzas."""
    capitals = rng.random() < 0.7
    length = rng.randint(22, 48)
    return [
        _stanza(block["text"], length, capitals=capitals)
        if i and _is_plain(block, _STANZA_CHARACTERS) and " " in block["text"] and rng.random() < 0.12
        else block
        for i, block in enumerate(blocks)
    ]


def _stanza(text: str, length: int, *, capitals: bool) -> Block:
    lines = [""]
    for word in text.split():
        line = lines[-1]
        clause = line[-1:] in ".,;:!?" and len(line) > length * 0.6
        if line and (clause or len(line) + len(word) >= length * 1.3):
            lines.append(word)
        else:
            lines[-1] = f"{line} {word}".strip()
    if capitals:
        lines = [line[:1].upper() + line[1:] if len(line[:1].upper()) == 1 else line for line in lines]
    return {"type": "verse", "text": "\n".join(lines), "lines": lines}


def _with_items(blocks: list[Block], rng: random.Random) -> list[Block]:
    """Make runs of short paragraphs lists."""
    out: list[Block] = []
    marker = rng.choice(_MARKERS)
    left = number = 0
    for i, block in enumerate(blocks):
        short = _is_plain(block, _ITEM_CHARACTERS)
        if left == 0 and short and i and rng.random() < 0.12:
            left, number = rng.randint(2, 6), 0
            marker = marker if rng.random() < 0.7 else rng.choice(_MARKERS)
        if left and short:
            left, number = left - 1, number + 1
            out.append({"type": "list_item", "text": block["text"], "marker": marker.format(number)})
        else:
            left = 0
            out.append(block)
    return out


def _with_breaks(blocks: list[Block], rng: random.Random) -> list[Block]:
    out: list[Block] = []
    for block in blocks:
        if out and block["type"] == "paragraph" and out[-1]["type"] == "paragraph" and rng.random() < 0.06:
            out.append({"type": "scene_break", "text": ""})
        out.append(block)
    return out


_CHANGES: tuple[tuple[str, float, Callable[[list[Block], random.Random], list[Block]]], ...] = (
    ("blockquote", 0.3, _with_quotes),
    ("verse", 0.2, _with_verse),
    ("list_item", 0.25, _with_items),
    ("footnote", 0.35, _with_notes),
    ("scene_break", 0.2, _with_breaks),
)
