"""The seed in the shapes that other extractors, editors and typesetters would have given it.

Each variant is a `Layout`; `render` makes its bytes from the seed and the truth about it, never from what docpack
makes of it. Run as a script, this says of each variant whether docpack finds the true blocks, and where it first
does not: `python tests/conformance/seed_variants.py [PART OF A NAME...]`.
"""

from __future__ import annotations

import codecs
import importlib.util
import json
import os
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = Path(os.environ.get("DOCPACK_SHARED") or Path(__file__).resolve().parents[3] / "shared").resolve()

Block = tuple[str, str]  # its type, and its text with single blanks

# ------------------------------------------------------------------------------------------- the true lines


@dataclass(frozen=True)
class Line:
    """A line of a paragraph, without what a layout puts around it."""

    text: str
    block: int  # the paragraph's place in the truth
    first: bool
    last: bool
    glue: str  # what stands between this line and the next in the truth: a blank, or nothing behind a hyphen
    soft: bool = False  # the hyphen at its end is not the author's
    indent: str = ""  # the seed's own indentation


@dataclass(frozen=True)
class Seed:
    """The seed's lines, told apart by the truth."""

    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    turns: tuple[int, ...]  # the lines that a new page begins with: there are blank lines in mid-sentence before them
    tail: str  # what follows the last line


def normal(text: str) -> str:
    return " ".join(text.split())


def parse(text: str, truth: list[dict[str, Any]]) -> Seed:
    """Return the seed's lines: each block takes lines until it has all of its text."""
    rows, lines, turns = text.split("\n"), [], []
    blocks = tuple((block["type"], normal(block["text"])) for block in truth)
    at = 0
    for number, (_, wanted) in enumerate(blocks):
        got, first = "", True
        while got.strip() != wanted:
            row = rows[at]
            at += 1
            if not row.strip():
                if not first:
                    turns.append(len(lines))
                continue
            glue = "" if row.endswith("-") else " "
            got += row.strip() + glue
            last = got.strip() == wanted
            assert last or wanted.startswith(got), (wanted, got)
            bare = row.lstrip()
            indent = row[: len(row) - len(bare)]
            lines.append(Line(bare, number, first, last, glue, indent=indent))
            first = False
    return Seed(blocks, tuple(lines), tuple(turns), "\n".join(rows[at:]))


# ------------------------------------------------------------------------------------------------ wrapping

VOWELS = frozenset("aeiouy")
INSEPARABLE = frozenset("ch sh th ph gh ck wh bl br cl cr dr fl fr gl gr pl pr sc sk sp st tr tw zh lv ng nk".split())
NO_SYLLABLE = re.compile(r"\w?ed|\w?es|\wing")
WORD = re.compile(r"(?P<open>[“(]?)(?P<word>[A-Z]?[a-z]{5,})(?P<close>(?:’s)?[.,;:?”)]*)")
OWN_HYPHEN = re.compile(r"(?<=\w-)(?=\w)")

# In a text that breaks words too, these are not broken at their hyphens: the first two are as often written in one
# word, and of the others the text has neither the compound nor its second half elsewhere. No one could tell.
EITHER_WAY = re.compile(r"\W*(?:long-time|war-lord|foul-mouthed|ex-oligarch)\W*")


def syllables(word: str, known: Counter[str]) -> list[tuple[str, str]]:
    """Return the halves that a typesetter might break a word into, between two consonants that have vowels around them.

    Left out are halves that the text has as words where it has the whole word but once: those might be a compound.
    """
    match = WORD.fullmatch(word)
    if not match:
        return []
    core = match["word"]
    found = []
    for i in range(3, len(core) - 2):
        a, b, c, d = core[i - 2 : i + 2].lower()
        if a in VOWELS and d in VOWELS and b not in VOWELS and c not in VOWELS and b + c not in INSEPARABLE:
            left, right = core[:i], core[i:]
            compound = known[left.lower()] and known[right]
            if not NO_SYLLABLE.fullmatch(right) and (not compound or known[core.lower()] > 1):
                found.append((match["open"] + left, right + match["close"]))
    return found


def pieces(text: str, *, hyphenated: bool) -> Iterator[tuple[str, str]]:
    """Give what a line may end behind, each with what stands before it in the text: a blank, or nothing."""
    for word in text.split(" "):
        parts = [word] if hyphenated and EITHER_WAY.fullmatch(word) else OWN_HYPHEN.split(word)
        yield from zip(parts, [" ", *[""] * (len(parts) - 1)], strict=True)


def wrap(seed: Seed, width: int, every: int, indent: int) -> tuple[Line, ...]:
    """Return the lines anew: no longer than `width`, a word broken where that helps and `every` lines have passed.

    The quotation is set narrower, in the proportion of the seed. An `every` of 0 breaks no words.
    """
    known = Counter(re.findall(r"[^\W\d_]+", " ".join(text for _, text in seed.blocks).lower()))
    lines: list[Line] = []
    broken = 0  # lines since a word was broken
    for number, (kind, text) in enumerate(seed.blocks):
        measure = width * 60 // 70 if kind == "blockquote" else width
        own: list[Line] = []
        row = ""

        def end(glue: str, *, soft: bool = False, last: bool = False) -> None:
            own.append(Line(row, number, not own, last, glue, soft))  # noqa: B023  # called in this very round

        for piece, before in pieces(text, hyphenated=bool(every)):
            room = measure - (0 if own else indent)
            longer = row + before + piece if row else piece
            if len(longer) <= room:
                row = longer
                continue
            halves = syllables(piece, known) if every and before and broken >= every - 1 else []
            fitting = [(left, right) for left, right in halves if len(row + before + left) < room]
            if fitting:
                left, right = fitting[-1]
                row += f"{before}{left}-"
                end("", soft=True)
                row, broken = right, 0
            else:
                end(before)
                row = piece
                broken += 1
        end(" ", last=True)
        broken += 1
        lines += own
    return tuple(lines)


# ------------------------------------------------------------------------------------------------- layouts

# What stands between two pages. A form feed begins the next line; the page before has the number {folio}.
TURNS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "blank line": ("",),
    "form feed": ("\f",),
    "blank line and form feed": ("", "\f"),
    "form feed in a line of its own": ("\f", ""),
    "head": ("", "{TITLE}", ""),
    "head, form feed": ("\f", "{TITLE}", ""),
    "head in the middle": ("", "{middle}{TITLE}", ""),
    "folio": ("", "{folio}", ""),
    "folio, form feed": ("", "{folio}", "\f"),
    "folio in the middle": ("", "{middle}{middle}{folio}", ""),
    "folio between dashes, form feed": ("", "– {folio} –", "\f"),
    "folio and head": ("", "{folio}", "", "{TITLE}", ""),
    "folio and head, form feed": ("", "{folio}", "\f", "{TITLE}", ""),
    "folio and head, no blank lines": ("{folio}", "{TITLE}"),
    "folio and head, no blank lines, form feed": ("{folio}", "\f", "{TITLE}"),
    "head with number": ("", "{TITLE}  {next}", ""),
    "head with number, form feed": ("\f", "{TITLE}  {next}", ""),
    "head with number, no blank lines": ("{TITLE}  {next}",),
    "author and title by turns": ("", "{Running}", ""),
    "author and title by turns, folio, form feed": ("", "{folio}", "\f", "{Running}", ""),
    "author and title by turns, with number": ("", "{numbered}", ""),
    "author and title by turns, with number, form feed": ("\f", "{numbered}", ""),
}
FIRST_PAGE = 11
AUTHOR, TITLE = "Ann Writer", "The Coup in Russia"
ENCODINGS = {
    "UTF-8": (b"", "utf-8"),
    "UTF-8 with a BOM": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16 LE": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16 BE": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "windows-1252": (b"", "windows-1252"),
}
ENDINGS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
OPEN_END = re.compile(r"[\w,’]$")  # the end of a line that cannot be the end of a sentence


@dataclass(frozen=True)
class Layout:
    """How the text is set; the defaults are the seed itself, byte by byte."""

    width: int = 0  # 0 keeps the lines
    every: int = 0  # a word is broken after so many lines; 0 breaks none
    indent: str | None = None  # before a paragraph; None keeps the seed's
    gap: int = 0  # blank lines between paragraphs
    quote: str = ""  # before all lines of the quotation
    page: int = 0  # lines of a page; 0 keeps the seed's turns
    turn: str = "blank line"
    shift: int = 0
    trailing: str = ""  # "all lines", "wrapped lines"
    ending: str = "LF"
    encoding: str = "UTF-8"
    joint: str | None = None  # between the text and the text once more


def set_lines(seed: Seed, layout: Layout) -> tuple[Line, ...]:
    if not layout.width:
        return seed.lines
    indent = "   " if layout.indent is None else layout.indent
    return wrap(seed, layout.width, layout.every, len(indent.expandtabs(8)))


def turns_of(seed: Seed, lines: tuple[Line, ...], layout: Layout) -> tuple[int, ...]:
    """Return the lines that a new page begins with: at regular distances, or a little earlier.

    No page ends in or at the quotation or in mid-word, nor, where blank lines part the paragraphs, at what may be the
    end of a sentence: a blank line for the turn could not be told from one for a paragraph.
    """
    if not layout.page:
        return () if layout.width else seed.turns
    at, turns = layout.page, []
    while at < len(lines) - 2:
        near = lines[at - 2 : at + 2]
        before = lines[at - 1]
        quoted = any(seed.blocks[line.block][0] == "blockquote" for line in near)
        in_sentence = OPEN_END.search(before.text) and not before.last
        if quoted or before.text.endswith("-") or (layout.gap and not in_sentence):
            at -= 1
            continue
        turns.append(at)
        at += layout.page
    return tuple(turns)


def fill(template: tuple[str, ...], page: int, width: int) -> list[str]:
    running = TITLE if page % 2 else AUTHOR
    numbered = f"{running.upper()}   {page}" if page % 2 else f"{page}   {running.upper()}"
    return [
        part.format(
            folio=page - 1,
            next=page,
            TITLE=TITLE.upper(),
            Running=running,
            numbered=numbered,
            middle=" " * ((width - len(TITLE)) // 2 if "TITLE" in part else width // 4),
        )
        for part in template
    ]


def render_text(seed: Seed, layout: Layout) -> str:
    """Return the text once, with LF."""
    lines = set_lines(seed, layout)
    turns = turns_of(seed, lines, layout)
    template = TURNS[layout.turn]
    width, page = layout.width or 68, FIRST_PAGE
    out: list[str] = []

    def put(text: str, *, wrapped: bool = False) -> None:
        if text == "\f":
            out.append(text)
            return
        blanks = layout.trailing == "all lines" or (wrapped and layout.trailing == "wrapped lines")
        out.append((" " * layout.shift + text if text else "") + "  " * blanks + "\n")

    for i, line in enumerate(lines):
        quoted = seed.blocks[line.block][0] == "blockquote"
        if i in turns:
            page += 1
            for part in fill(template, page, width):
                put(part)
        elif i and line.first:
            parted = quoted or seed.blocks[line.block - 1][0] == "blockquote"
            for _ in range(max(layout.gap, parted)):
                put("")
        indent = line.indent
        if line.first and layout.indent is not None:
            indent = layout.indent
        elif line.first and layout.width:
            indent = "   "
        put((layout.quote if quoted else "") + indent + line.text, wrapped=not line.last and line.glue == " ")
    foot = [i for i, part in enumerate(template) if "{folio}" in part]
    for part in fill(template[: foot[-1] + 1] if foot else (), page + 1, width):
        put(part)
    return "".join(out) + ("" if layout.width or foot else seed.tail)


def render(seed: Seed, layout: Layout) -> bytes:
    text = render_text(seed, layout)
    if layout.joint is not None:
        text = text.rstrip("\n ") + layout.joint + text
    mark, encoding = ENCODINGS[layout.encoding]
    return mark + text.replace("\n", ENDINGS[layout.ending]).encode(encoding)


def expected(seed: Seed, layout: Layout) -> list[Block]:
    return list(seed.blocks) * (1 if layout.joint is None else 2)


# ------------------------------------------------------------------------------------------------ variants

JOINTS = {"blank line": "\n\n", "form feed": "\n\f", "four blank lines": "\n\n\n\n\n"}
INDENTS = {"tab": "\t", "1 blank": " ", "2 blanks": "  ", "4 blanks": "    ", "8 blanks": "        "}
WIDTHS = (40, 55, 72, 100)
COMBINATIONS = 20


def describe(layout: Layout) -> str:
    """Return what a layout changes, in words."""
    names = {text: name for name, text in INDENTS.items()} | {"": "no indentation", None: ""}
    joints = {text: name for name, text in JOINTS.items()}
    parts = [
        f"at {layout.width}" if layout.width else "",
        f"broken after {layout.every}" if layout.every else "",
        names[layout.indent],
        f"{layout.gap} blank between" if layout.gap else "",
        "indented quotation" if layout.quote else "",
        f"pages of {layout.page}: {layout.turn}" if layout.page else "",
        f"shifted {layout.shift}" if layout.shift else "",
        f"trailing on {layout.trailing}" if layout.trailing else "",
        layout.ending if layout.ending != "LF" else "",
        layout.encoding if layout.encoding != "UTF-8" else "",
        f"twice by {joints[layout.joint]}" if layout.joint is not None else "",
    ]
    return "; ".join(filter(None, parts))


def combination(number: int) -> Layout:
    """Return a layout of several changes; the same number gives the same layout."""
    draw = random.Random(number)  # noqa: S311  # it chooses tests
    gap = draw.choice((0, 0, 1, 2))
    width = draw.choice((0, 0, 40, 48, 55, 64, 72, 85, 100))
    layout = Layout(
        width=width,
        every=draw.choice((0, 6, 1)) if width else 0,
        indent=draw.choice((*INDENTS.values(), *[""] * 3 * bool(gap))),
        gap=gap,
        quote="    " if gap else "",
        page=draw.choice((0, 28, 33, 40, 45)),
        shift=draw.choice((0, 0, 4, 10)),
        trailing=draw.choice(("", "", "all lines", "wrapped lines")),
        ending=draw.choice(tuple(ENDINGS)),
        encoding=draw.choice(tuple(ENCODINGS)),
        joint=draw.choice((None, None, None, *JOINTS.values())),
    )
    turn = draw.choice(tuple(TURNS)) if layout.page else "blank line"
    return replace(layout, turn=turn, page=24 if "by turns" in turn else layout.page)  # each head comes back


def variants() -> dict[str, Layout]:
    """Return all layouts by their names."""
    found = {name: Layout(ending=name) for name in ("CRLF", "CR")}
    found |= {f"encoding: {name}": Layout(encoding=name) for name in ENCODINGS if name != "UTF-8"}
    found |= {f"indentation: {name}": Layout(indent=indent) for name, indent in INDENTS.items()}
    found |= {f"shifted by {shift}": Layout(shift=shift) for shift in (4, 10)}
    found |= {f"trailing blanks on {which}": Layout(trailing=which) for which in ("all lines", "wrapped lines")}
    found |= {f"turns: {name}": Layout(turn=name) for name in TURNS if name != "blank line" and "by turns" not in name}
    found |= {f"pages of 30: {name}": Layout(turn=name, page=30) for name in TURNS if name != "nothing"}
    for gap, name in ((1, "blank line"), (2, "2 blank lines")):
        found[f"{name} between paragraphs, indented"] = Layout(gap=gap)
        found[f"{name} between paragraphs, not indented"] = Layout(gap=gap, indent="")
        found[f"{name} between paragraphs, not indented but the quotation"] = Layout(gap=gap, indent="", quote="    ")
    for width in WIDTHS:
        for every, kind in ((0, "ragged"), (6, "hyphenated"), (1, "hyphenated often")):
            name = f"wrapped at {width}, {kind}"
            found[name] = Layout(width=width, every=every, turn="nothing")
            found[f"{name}, pages of 45"] = Layout(width=width, every=every, page=45)
            found[f"{name}, blank line between paragraphs"] = Layout(
                width=width, every=every, turn="nothing", gap=1, indent="", quote="    "
            )
    found |= {f"twice, by {name}": Layout(joint=joint) for name, joint in JOINTS.items()}
    for number in range(1, COMBINATIONS + 1):
        layout = combination(number)
        found[f"combination {number}: {describe(layout)}"] = layout
    return found


VARIANTS = variants()

# -------------------------------------------------------------------------------------------------- asking


@cache
def the_seed() -> Seed:
    folder = SHARED / "seed"
    return parse((folder / "seed.txt").read_bytes().decode("utf-8"), json.loads((folder / "truth.json").read_bytes()))


@cache
def _flatten() -> Callable[[Any], list[dict[str, Any]]]:
    """Return the benchmark's own function."""
    specification = importlib.util.spec_from_file_location("predict", SHARED / "reflow-bench" / "predict.py")
    assert specification
    assert specification.loader
    predict = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(predict)
    return predict.flatten


def ask(data: bytes) -> list[Block]:
    """Return the blocks that docpack finds."""
    import docpack

    model = json.loads(docpack.write(docpack.read(data), "json"))
    return [(block["type"], normal(block["text"])) for block in _flatten()(model)]


def first_difference(wanted: list[Block], got: list[Block]) -> str:
    """Return where two lists of blocks first differ, with a little of the text around it; empty if nowhere."""
    nothing = ("nothing", "")
    for i in range(max(len(wanted), len(got))):
        a = wanted[i] if i < len(wanted) else nothing
        b = got[i] if i < len(got) else nothing
        if a == b:
            continue
        unlike = (at for at, (one, other) in enumerate(zip(a[1], b[1], strict=False)) if one != other)
        at = next(unlike, min(len(a[1]), len(b[1])))
        shown = [f"{kind} …{text[max(0, at - 25) : at]}|{text[at : at + 30]}…" for kind, text in (a, b)]
        return f"block {i + 1}: wanted {shown[0]} got {shown[1]}"
    return ""


def main() -> int:
    failed = 0
    chosen = {name: layout for name, layout in VARIANTS.items() if all(part in name for part in sys.argv[1:])}
    for name, layout in chosen.items():
        wanted = expected(the_seed(), layout)
        try:
            got = ask(render(the_seed(), layout))
        except Exception as error:  # noqa: BLE001  # one line a variant, whatever happens
            difference, wrong = repr(error), len(wanted)
        else:
            difference = first_difference(wanted, got)
            a, b = Counter(wanted), Counter(got)
            wrong = max((a - b).total(), (b - a).total())
        failed += bool(difference)
        print(f"{name}: {wrong} wrong; {difference}" if difference else f"{name}: ok")  # noqa: T201
    print(f"{len(chosen)} variants, {failed} fail")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
