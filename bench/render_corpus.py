"""Derive truths to render from the HTML of books and manuals, such as the documentation packages of Debian.

    python bench/render_corpus.py OUT_DIR WORK LANGUAGE TITLE AUTHOR FILE.html ... [--excerpts N] [--characters N]

Each excerpt becomes OUT_DIR/WORK-N with truth.json and case.json, for `render_cases`. Needs lxml.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from render_truth import Block

_SKIPPED_TAGS = {"script", "style", "table", "nav", "head", "form", "img", "svg", "header", "footer"}
_SKIPPED_CLASSES = re.compile(
    r"nav|toc|footnote|indexterm|titlepage-legal|sidebar|copyright|docnav|headerlink|legalnotice|list-of|revhistory"
)
_HEADING = re.compile(r"h([1-6])")
_BLOCK_TAGS = {"p", "div", "ul", "ol", "dl", "pre", "blockquote", "li", "dt", "dd", "section", "article", "table"} | {
    f"h{n}" for n in range(1, 7)
}
# Words that only English has among the languages of our manuals: untranslated paragraphs have many of them.
_ENGLISH = {"the", "and", "which", "this", "with", "from", "are", "that", "you", "can"}
_MOST_ENGLISH = 0.08  # share of such words in a text of another language
_CODE_WIDTH = 72  # longer lines of code would be cut at the margin
_REPEATED = 3  # so often only navigation repeats a line
_SHORTEST_EXCERPT = 3000


def main() -> None:
    """Write the excerpts of one work."""
    arguments = _parser().parse_args()
    blocks: list[Block] = []
    for path in arguments.files:
        blocks += _blocks(html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8")), {})
    blocks = _usable(blocks, arguments.language)
    for number, excerpt in enumerate(_excerpts(blocks, arguments.excerpts, arguments.characters)):
        folder = arguments.out_dir / f"{arguments.work}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        facts = {
            "work": arguments.work,
            "language": arguments.language,
            "title": arguments.title,
            "author": arguments.author,
        }
        (folder / "truth.json").write_text(json.dumps(excerpt, ensure_ascii=False, indent=1), "utf-8")
        (folder / "case.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
        print(folder.name, len(excerpt), sum(len(block["text"]) for block in excerpt))


def _blocks(element: Any, within: dict[str, str]) -> Iterator[Block]:
    """Yield the blocks of an element; `within` tells the quote, definition or list item around it."""
    for child in element:
        if (
            not isinstance(child.tag, str)
            or child.tag in _SKIPPED_TAGS
            or _SKIPPED_CLASSES.search(child.get("class", ""))
        ):
            continue
        heading = _HEADING.fullmatch(child.tag)
        if heading:
            yield {"type": "heading", "text": _text(child), "level": int(heading[1])}
        elif child.tag == "pre":
            yield _code(child)
        elif child.tag == "dt":
            yield {"type": "term", "text": _text(child)}
        elif child.tag in {"ul", "ol"}:
            yield from _items(child)
        elif child.tag == "blockquote":
            yield from _blocks(child, {"type": "blockquote"})
        elif child.tag == "p" or (
            child.tag in {"div", "dd", "li"} and not any(one.tag in _BLOCK_TAGS for one in child)
        ):
            yield {"type": "paragraph", "text": _text(child)} | within
        else:
            yield from _blocks(child, within)


def _items(element: Any) -> Iterator[Block]:
    """Yield the items of a list, each with its marker; what follows an item's first paragraph is a paragraph."""
    for number, item in enumerate(element.iterchildren("li"), 1):
        marker = f"{number}." if element.tag == "ol" else "•"
        inner = list(_blocks(item, {})) if any(one.tag in _BLOCK_TAGS for one in item) else []
        # Text straight in the item, before an inner list.
        direct = " ".join(
            ((item.text or "") + "".join(_plain(one) for one in item if one.tag not in _BLOCK_TAGS)).split()
        )
        if direct:
            yield {"type": "list_item", "text": direct, "marker": marker}
        elif inner and inner[0]["type"] == "paragraph":
            yield inner.pop(0) | {"type": "list_item", "marker": marker}
        yield from inner


def _code(element: Any) -> Block:
    lines = [line.rstrip().expandtabs(8) for line in element.text_content().strip("\n").split("\n")]
    return {"type": "code", "text": "\n".join(lines), "lines": lines}


def _text(element: Any) -> str:
    for note in element.xpath(".//sup | .//a[contains(@class, 'headerlink')]"):
        note.drop_tree()
    return " ".join(element.text_content().replace("\xad", "").split())


def _plain(element: Any) -> str:
    return (element.text_content() if isinstance(element.tag, str) else "") + (element.tail or "")


def _usable(blocks: list[Block], language: str) -> list[Block]:
    """Drop empty blocks, wide code, what stands on every page, and what was left in English."""
    counts = Counter(block["text"] for block in blocks if block["type"] in {"paragraph", "heading"})
    return [
        block
        for block in blocks
        if block["text"].strip()
        and (block["type"] != "code" or max(map(len, block["lines"])) <= _CODE_WIDTH)
        and (counts[block["text"]] < _REPEATED or block["text"][-1] in ".:?!")
        and (language == "en" or block["type"] == "code" or not _is_english(block["text"]))
    ]


def _is_english(text: str) -> bool:
    words = re.findall(r"[a-z]+", text.lower())
    return sum(word in _ENGLISH for word in words) > max(1, len(text.split()) * _MOST_ENGLISH)


def _excerpts(blocks: list[Block], count: int, characters: int) -> Iterator[list[Block]]:
    """Yield runs of blocks from all over the work, each starting at a heading."""
    starts = [i for i, block in enumerate(blocks) if block["type"] == "heading"] or [0]
    stop = 0
    for n in range(count):
        wanted = len(blocks) * (n + 0.5) / (count + 0.5)
        start = max(stop, min(starts, key=lambda i: abs(i - wanted)))
        stop, taken = start, 0
        while stop < len(blocks) and taken < characters:
            taken += len(blocks[stop]["text"])
            stop += 1
        if taken >= _SHORTEST_EXCERPT:
            yield blocks[start:stop]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out_dir", type=Path)
    for name in ("work", "language", "title", "author"):
        parser.add_argument(name)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--excerpts", type=int, default=3)
    parser.add_argument("--characters", type=int, default=24_000)
    return parser


if __name__ == "__main__":
    main()
