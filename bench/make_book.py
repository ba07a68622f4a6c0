"""Make a large book to measure with: the same one for the same numbers, on every machine.

    python bench/make_book.py -o book.txt                       3 MB, 15,000 paragraphs, 60 chapters
    python bench/make_book.py -o book.md --form markdown        the same book, its structure spelt out

The words are invented. As `text` the book looks like something extracted from a PDF: wrapped lines, paragraphs told
apart by indentation, page turns in mid-sentence, running heads, folios, words cut at line ends.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

__all__ = ["Chapter", "as_markdown", "as_text", "make_chapters"]

PARAGRAPHS, CHAPTERS = 15_000, 60
WIDTH_COLUMNS, PAGE_LINES, MEAN_WORDS = 46, 38, 27
ONSETS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s sh st t th tr v w".split()
VOWELS = "a a e e e i i o o u ai ea ou é ö".split()
CODAS = ["", "", "", *"n r s t l m nd st".split()]
COMMON = "the and of a to in he was it that she with his her on at for had not but by".split()
VOCABULARY = 6_000
QUOTE_EVERY, VERSE_EVERY = 97, 131  # paragraphs from one quotation, or poem, to the next


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; each block is a kind (paragraph, quote, verse) and its text, lines of verse parted by line ends."""

    title: str
    blocks: tuple[tuple[str, str], ...]


def make_chapters(paragraphs: int = PARAGRAPHS, chapters: int = CHAPTERS, seed: int = 1) -> list[Chapter]:
    """Return the chapters of the book."""
    chance = random.Random(seed)  # noqa: S311  # sample text, no secret
    words = _Words(chance)
    made = []
    for number in range(chapters):
        count = paragraphs * (number + 1) // chapters - paragraphs * number // chapters
        blocks = tuple(_block(words, number * paragraphs // chapters + each) for each in range(count))
        made.append(Chapter(f"{_roman(number + 1)}. {words.sentence(3).rstrip('.')}", blocks))
    return made


def _block(words: _Words, number: int) -> tuple[str, str]:
    if number % QUOTE_EVERY == QUOTE_EVERY - 1:
        return "quote", words.paragraph(MEAN_WORDS)
    if number % VERSE_EVERY == VERSE_EVERY - 1:
        return "verse", "\n".join(words.sentence(6).rstrip(".") + "," for _ in range(4))
    return "paragraph", words.paragraph(MEAN_WORDS)


class _Words:
    """Draws words so that a few are common and most are rare, as in any language."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        invented = dict.fromkeys(self._invent() for _ in range(VOCABULARY))
        self.words = [*COMMON, *invented]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def _invent(self) -> str:
        syllables = self.chance.choice((1, 2, 2, 2, 3, 4))
        parts = [self.chance.choice(ONSETS) + self.chance.choice(VOWELS) for _ in range(syllables)]
        return "".join(parts) + self.chance.choice(CODAS)

    def word(self) -> str:
        return self.words[bisect(self.weights, self.chance.random() * self.weights[-1])]

    def sentence(self, length: int) -> str:
        words = [self.word() for _ in range(length)]
        if length > 10:
            words[length // 2] += self.chance.choice((",", ",", ";", " –"))
        if length > 8 and self.chance.random() < 0.1:
            words[2] = f"{words[2]}-{words[3]}"
        text = " ".join(words)
        return text[0].upper() + text[1:] + "."

    def paragraph(self, mean: int) -> str:
        left, sentences = max(4, round(self.chance.gauss(mean, mean / 2))), []
        while left > 0:
            length = min(left, self.chance.randint(4, 22))
            sentences.append(self.sentence(length))
            left -= length
        text = " ".join(sentences)
        return f"“{text}”" if self.chance.random() < 0.2 else text


def _roman(number: int) -> str:
    numerals = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, letters in numerals:
        count, number = divmod(number, value)
        text += letters * count
    return text


# ------------------------------------------------------------------------------------------------------ forms


def as_markdown(chapters: list[Chapter]) -> str:
    """Return the book with its structure spelt out, for programs that do not find it by themselves."""
    blocks = []
    for chapter in chapters:
        blocks.append(f"# {chapter.title.replace('.', chr(92) + '.', 1)}")
        for kind, text in chapter.blocks:
            lines = "\n".join("| " + line for line in text.split("\n"))
            blocks.append({"paragraph": text, "quote": f"> {text}", "verse": lines}[kind])
    return "\n\n".join(blocks) + "\n"


def as_text(chapters: list[Chapter]) -> str:
    """Return the book as it comes out of a PDF."""
    pages: list[str] = []
    for chapter in chapters:
        lines = ["", chapter.title.center(WIDTH_COLUMNS).rstrip(), "", ""]
        for kind, text in chapter.blocks:
            lines += _printed_lines(kind, text)
        for start in range(0, len(lines), PAGE_LINES):
            pages.append(_page(lines[start : start + PAGE_LINES], chapter.title, len(pages) + 1, opens=start == 0))
    return "\f".join(pages)


def _printed_lines(kind: str, text: str) -> list[str]:
    if kind == "verse":
        return ["", *("        " + line for line in text.split("\n")), ""]
    if kind == "quote":
        return ["", *("      " + line for line in _wrap(text, WIDTH_COLUMNS - 12, "")), ""]
    return _wrap(text, WIDTH_COLUMNS, "   ")


def _wrap(text: str, width_columns: int, indent: str) -> list[str]:
    """Return the lines of a paragraph; a long word that no longer fits is cut with a hyphen."""
    lines, line = [], indent
    for word in text.split(" "):
        gap = "" if line == indent or not line else " "
        room = width_columns - len(line) - len(gap)
        if len(word) <= room:
            line += gap + word
        elif room >= 5 and len(word) >= 9 and word[: room - 1].isalpha() and word[room - 1 :][:3].isalpha():
            lines.append(f"{line}{gap}{word[: room - 1]}-")
            line = word[room - 1 :]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def _page(lines: list[str], title: str, number: int, *, opens: bool) -> str:
    """Return a page with its running head, but where a chapter opens, and its folio."""
    head = [] if opens else [f"{number}   {title.upper()}", ""]
    foot = ["", str(number).center(WIDTH_COLUMNS).rstrip()] if opens else []
    return "\n".join([*head, *lines, *foot, ""])


def main() -> None:
    """Write the book."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--form", choices=["text", "markdown"], default="text")
    parser.add_argument("--paragraphs", type=int, default=PARAGRAPHS)
    parser.add_argument("--chapters", type=int, default=CHAPTERS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chapters = make_chapters(given.paragraphs, given.chapters, given.seed)
    form = as_text if given.form == "text" else as_markdown
    given.output.write_text(form(chapters), encoding="utf-8")


if __name__ == "__main__":
    main()
