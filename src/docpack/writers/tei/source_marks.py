"""What the source's characters look like in the archival form.

Every line of the source begins with `<lb n="..." ed="source"/>`. What XML tools do not change stays literal text; all
else is a mark, so that the source survives any tool that squeezes or adds white space:

* White space: a single blank between two other characters is literal. Every other run is `<space/>` with `@unit`
  ("char" for blanks, "tab", "U+00A0" and so on) and `@quantity`. A literal blank beside a `<space/>` is there for
  the reading text only; `quantity="0"` is such a blank where the source has none.
* The end of a line is the newline that the header names; another one is named by `@type` of the `<lb/>` that begins
  the line. A form feed is `<pb type="form-feed"/>`, with the number of the page that begins if it is known.
* Characters that XML cannot hold, and noncharacters, are `<g ref="#U0000"/>`, declared in the header.
* Dropped text: `<fw>` for running heads and folios, `<pc force="weak">` for the hyphen that a line end had put in a
  word, `<choice><orig>..</orig><reg/></choice>` for the rest; text that reads otherwise is `<choice>` too, with
  `<sic>` and `<corr>` where a person decided so.
* `<milestone unit="char" n="12.34" ed="source"/>`: the source goes on in line 12 after 34 characters; it stands where
  the order of the document differs from the source's inside a line, and in very long lines.

The literal text of `<orig>`, `<sic>`, `<fw>`, `<pc>` is the source's, that of `<reg>`, `<corr>` is not.
`docpack.readers.tei_source` reads these marks back; it shares no code with this module.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from enum import IntEnum
from typing import TYPE_CHECKING

from docpack.ledger import Rule, split_lines
from docpack.writers.tei.escapes import text
from docpack.writers.tei.facsimile import Places
from docpack.writers.tei.page_turns import PageTurns, form_feed
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpack.ledger import Edit, Ledger

__all__ = [
    "Lead",
    "SourceMarks",
    "has_plain_white",
    "keep_first_blank",
    "keep_last_blank",
    "takes_white_after",
    "takes_white_before",
]


class Lead(IntEnum):
    """What a stretch of the source between two texts reads as."""

    JOINED = 0  # nothing: the word goes on
    BLANK = 1  # a blank
    BLOCK = 2  # the border of two blocks, where white space does not matter


# Characters that end lines, as `ledger.split_lines` sees them, and the names of the ends in `lb/@type`.
_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
_END_NAMES = {
    "\n": "lf",
    "\r\n": "crlf",
    "\r": "cr",
    "\x0b": "vt",
    "\x85": "nel",
    "\u2028": "ls",
    "\u2029": "ps",
    "": "none",
}
_FORBIDDEN = FORBIDDEN.pattern
_ESCAPED = "&<>\xa0\xad\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"

_LITERAL = re.compile(f"(?P<blanks>[ \t]+)|(?P<forbidden>{_FORBIDDEN})|(?P<escaped>[{_ESCAPED}])")
_WHITE = re.compile(f" +|\t+|(?P<forbidden>{_FORBIDDEN})|(.)\\2*", re.DOTALL)
_FOLIO = re.compile(r"[\W_]*([0-9]+|[ivxlcdm]+)[\W_]*", re.IGNORECASE)

# A text of 10 MB is more than the common XML parsers take in one node; a milestone parts it long before.
MAX_RUN = 1_000_000


def has_plain_white(content: str) -> bool:
    """Return whether a text of one line needs no marks: nothing unprintable, and its blanks are single and inside."""
    return content.isprintable() and "  " not in content and content[:1] != " " and content[-1:] != " "


def _space(run: str) -> str:
    """Return the mark of a run of one white-space character."""
    unit = {" ": "char", "\t": "tab"}.get(run[0]) or f"U+{ord(run[0]):04X}"
    return f'<space unit="{unit}" quantity="{len(run)}"/>'


NO_SPACE = '<space unit="char" quantity="0"/>'
ONE_SPACE = '<space unit="char" quantity="1"/>'


class SourceMarks:
    """Turns ranges of the source into marks.

    A range says `<lb/>` for each line that begins in it. `characters` collects what `<g>` stands for. `places` names where
    lines and pages are to be seen.
    """

    def __init__(self, ledger: Ledger, places: Places | None = None) -> None:
        self.ledger = ledger
        self.places = places or Places()
        self.source = ledger.source.text
        self.edits = ledger.edits
        self.characters: dict[str, None] = {}
        self.turns = PageTurns(set())
        self._has_feeds = "\f" in self.source
        self._numbers: dict[int, str] = {}  # of pages, by the place of the form feed that begins them
        self._edit_starts: list[int] | None = None
        self._white: dict[str, str] = {}
        lines = split_lines(self.source)
        self.starts = _starts(lines)
        self.newline, self.types = _line_ends(self.source, lines)
        self.newline_name = _END_NAMES[self.newline]

    # ------------------------------------------------------------------------------------------------ positions

    def begins_line(self, position: int) -> bool:
        """Return whether a line of the source begins here."""
        index = bisect_left(self.starts, position)
        return index < len(self.starts) and self.starts[index] == position

    def next_line(self, position: int) -> int:
        """Return where the first line begins that begins here or later; the source's length if there is none."""
        index = bisect_left(self.starts, position)
        return self.starts[index] if index < len(self.starts) else len(self.source)

    def _pieces(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Yield the index of each line that the range touches, and the part of it that lies in the range."""
        starts = self.starts
        index = bisect_right(starts, start) - 1
        while start < stop:
            index += 1
            end = min(stop, starts[index]) if index < len(starts) else stop
            yield index - 1, start, end
            start = end

    def line(self, position: int, *, inside: bool = False) -> str:
        """Return the `<lb/>` of the line that begins here; `inside` a word it is no word boundary."""
        index = bisect_right(self.starts, position) - 1
        kind = self.types.get(index)
        kind = f' type="{kind}"' if kind else ""
        return f'<lb n="{index + 1}" ed="source"{self.places.of_line(index + 1)}{kind}{_BREAK if inside else ""}/>'

    def line_number(self, position: int) -> int:
        """Return the number of the line, from 1, that this character stands in."""
        return bisect_right(self.starts, position)

    def position(self, position: int) -> str:
        """Return the mark that says where in the source the following text stands."""
        index = bisect_right(self.starts, position) - 1
        return f'<milestone unit="char" n="{index + 1}.{position - self.starts[index]}" ed="source"/>'

    # ------------------------------------------------------------------------------------------------ kept text

    def kept(self, start: int, stop: int, done: int = -1) -> str:
        """Return the source's text as it is read; the `<lb/>` at `done` is there already."""
        out = []
        for _, begin, end in self._pieces(start, stop):
            if begin != done and self.begins_line(begin):
                out.append("\n" + self.line(begin))
            content = self.source[begin:end].rstrip(_ENDS)
            for at in range(begin, begin + len(content), MAX_RUN):
                if at > begin:
                    out.append(self.position(at))
                out.append(self._literal(content[at - begin : at - begin + MAX_RUN], at, reads=True))
            if "\f" in self.source[begin + len(content) : end]:
                out.append(form_feed(self.places.of_page(end)))
        return "".join(out)

    def _literal(self, content: str, start: int, *, reads: bool) -> str:
        """Return text of one line with marks for what is not safe as it is; if it `reads`, blanks stay readable."""
        if has_plain_white(content):
            return text(content)
        # In <orig> and the like, blanks at the edge are always marked: what stands beside the element is not known.
        before = reads and self._is_solid(start - 1)
        after = reads and self._is_solid(start + len(content))

        def mark(match: re.Match[str]) -> str:
            if match.lastgroup == "escaped":
                return text(match[0])
            if match.lastgroup == "forbidden":
                return self._character(match[0])
            if match[0] == " " and _is_safe(content, match.start(), before=before, after=after):
                return " "
            return (" " if reads else "") + self.white(match[0])

        return _LITERAL.sub(mark, content)

    def _is_solid(self, position: int) -> bool:
        """Return whether a character stands here that is no white space."""
        return 0 <= position < len(self.source) and not self.source[position].isspace()

    def _character(self, character: str) -> str:
        self.characters[character] = None
        return f'<g ref="#U{ord(character):04X}"/>'

    def white(self, run: str) -> str:
        """Return the marks of white space and of characters that XML cannot hold."""
        if run not in self._white:
            self._white[run] = _WHITE.sub(
                lambda match: self._character(match[0]) if match.lastgroup == "forbidden" else _space(match[0]), run
            )
        return self._white[run]

    # --------------------------------------------------------------------------------------------- dropped text

    def number_pages(self, pages: tuple[str, ...], start: int, stop: int) -> tuple[str, ...]:
        """Give the numbers of pages to the last form feeds in a range; return those for which there is none.

        In a source that has form feeds, a turn with neither form feed nor number is none: a guess from blank lines,
        where a note or a heading parts a paragraph.
        """
        feeds: list[int] = []
        at = self.source.rfind("\f", start, stop)
        while at >= 0 and len(feeds) < len(pages):
            if at not in self._numbers:
                feeds.append(at)
            at = self.source.rfind("\f", start, at)
        self._numbers.update(zip(feeds, reversed(pages), strict=False))
        rest = pages[: len(pages) - len(feeds)]
        return tuple(filter(None, rest)) if self._has_feeds else rest

    def dropped(
        self,
        start: int,
        stop: int,
        lead: Lead,
        pages: Sequence[str] = (),
        *,
        done: int = -1,
        opens: bool = False,
    ) -> str:
        """Return the marks of a range that is not read.

        Args:
            start: Where it begins.
            stop: Where it ends.
            lead: What it reads as.
            pages: The numbers of pages that begin in it, but not at a form feed.
            done: Where an `<lb/>` is there already.
            opens: Whether the line that begins at `stop` is opened too.
        """
        source, out = self.source, []
        turns = "".join(self.turns.mark(number, inside=not lead, place=self.places.of_page(stop)) for number in pages)
        has_line = False
        for _, begin, end in self._pieces(start, stop):
            if begin != done and self.begins_line(begin):
                out.append(self._turned_line(begin, lead, turns))
                turns, has_line = "", True
            content = source[begin:end].rstrip(_ENDS)
            if content:
                out.append(self._dropped_line(content, begin, is_foot=source.find("\f", begin, stop) >= 0))
            feed = source.find("\f", begin + len(content), end)
            if feed >= 0:
                number, place = self._numbers.get(feed, ""), self.places.of_page(feed + 1)
                out.append(self.turns.mark(number, inside=not lead, is_form_feed=True, place=place))
        if opens and self.begins_line(stop):
            out.append(self._turned_line(stop, lead, turns))
            turns, has_line = "", True
        marks = turns + "".join(out)
        if lead is Lead.BLANK and not has_line:
            return " " + marks if marks.startswith("<space") else f" {NO_SPACE}{marks}"
        return marks

    def _turned_line(self, position: int, lead: Lead, turns: str) -> str:
        """Return the begin of a line, after the page turns that stand before it."""
        between = "\n" if lead else ""
        turns = between + turns if turns else ""
        return turns + between + self.line(position, inside=not lead)

    def _dropped_line(self, content: str, start: int, *, is_foot: bool) -> str:
        """Return the marks of what was dropped of one line: the blanks round it, and itself by its rule."""
        core = content.strip()
        if not core:
            return self.white(content)
        at = content.index(core)
        first, last = content[:at], content[at + len(core) :]
        return self.white(first) + self._core(core, start + at, is_foot=is_foot) + self.white(last)

    def _core(self, core: str, start: int, *, is_foot: bool) -> str:
        literal = self._literal(core, start, reads=False)
        rule = self._rule_at(start)
        if rule is Rule.OVERRIDE and FORBIDDEN.sub("", core):
            return f"<choice><sic>{literal}</sic><corr/></choice>"
        if rule is Rule.FURNITURE:
            kind = "pageNum" if _FOLIO.fullmatch(core) else "footer" if is_foot else "header"
            return f'<fw type="{kind}">{literal}</fw>'
        if not FORBIDDEN.sub("", core):
            return literal
        if rule is Rule.HYPHEN_SOFT and len(core) == 1:
            # The Guidelines, 3.2.2, and the Council (TEIC/TEI issue 361): a hyphen that does not part the word.
            return f'<pc force="weak">{literal}</pc>'
        return f"<choice><orig>{literal}</orig><reg/></choice>"

    def bare(self, start: int, stop: int, done: int = -1) -> str:
        """Return the source's text for `<orig>`: without what it reads as."""
        out = []
        for _, begin, end in self._pieces(start, stop):
            if begin != done and self.begins_line(begin):
                out.append(self.line(begin))
            content = self.source[begin:end].rstrip(_ENDS)
            out.append(self._literal(content, begin, reads=False))
            if "\f" in self.source[begin + len(content) : end]:
                out.append(form_feed(self.places.of_page(end)))
        return "".join(out)

    # -------------------------------------------------------------------------------------------------- edits

    def _rule_at(self, position: int) -> Rule | None:
        """Return the rule of the edit that holds this character, if one does.

        Where a person decided it, that is the rule that would have done the same.
        """
        index = bisect_right(self._indexed(), position) - 1
        if index < 0 or self.edits[index].stop <= position:
            return None
        edit = self.edits[index]
        return _BY_DECISION.get(edit.decision, edit.rule) if edit.rule is Rule.OVERRIDE else edit.rule

    def _indexed(self) -> list[int]:
        if self._edit_starts is None:
            self._edit_starts = [edit.start for edit in self.edits]
        return self._edit_starts

    def _edits_in(self, start: int, stop: int) -> tuple[Edit, ...] | None:
        """Return the edits inside a range, with insertions at its ends; None if one crosses its border."""
        first = bisect_left(self._indexed(), start)
        last = bisect_right(self._indexed(), stop)
        inside = tuple(edit for edit in self.edits[first:last] if edit.start < stop or edit.stop == stop)
        crosses_head = first > 0 and self.edits[first - 1].stop > start
        crosses_tail = bool(inside) and inside[-1].stop > stop
        return None if crosses_head or crosses_tail else inside

    def variants(self, start: int, stop: int) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        """Yield what a range may read as, with the edits that make it so.

        There are several answers where something is inserted at its ends, because an insertion belongs to no side.
        """
        edits = self._edits_in(start, stop)
        if edits is None:
            return
        head = sum(edit.stop == start for edit in edits)
        tail = sum(edit.start == stop for edit in edits)
        seen = set()
        for first, last in ((0, len(edits)), (head, len(edits)), (0, len(edits) - tail), (head, len(edits) - tail)):
            if (first, last) not in seen and first <= last:
                seen.add((first, last))
                yield self._reading(start, stop, edits[first:last]), edits[first:last]

    def _reading(self, start: int, stop: int, edits: Sequence[Edit]) -> str:
        parts: list[str] = []
        position = start
        for edit in edits:
            parts += (self.source[position : edit.start], edit.reading)
            position = edit.stop
        parts.append(self.source[position:stop])
        return "".join(parts)

    def edited(self, start: int, stop: int, edits: Sequence[Edit]) -> str:
        """Return the marks of a range that is read with these edits; the `<lb/>` at its head is there already."""
        out: list[str] = []
        position = done = start
        for edit in edits:
            if edit.reading == self.source[edit.start : edit.stop]:
                continue
            _add(out, self.kept(position, edit.start, done=done))
            if position < edit.start < stop and self.begins_line(edit.start):  # the line end before it is read as such
                _add(out, "\n" + self.line(edit.start))
                done = edit.start
            _add(out, self._edit(edit, done))
            position = edit.stop
        _add(out, self.kept(position, stop, done=done))
        return "".join(out)

    def _edit(self, edit: Edit, done: int) -> str:
        if not edit.reading.strip(" \t\n\r"):
            lead = Lead.BLANK if edit.reading else Lead.JOINED
            return self.dropped(edit.start, edit.stop, lead, done=done)
        original = self.source[edit.start : edit.stop]
        if edit.rule is Rule.OVERRIDE and original.strip():
            return (
                f"<choice><sic>{self.bare(edit.start, edit.stop, done)}</sic><corr>{text(edit.reading)}</corr></choice>"
            )
        return self.regularized(edit.start, edit.stop, edit.reading, done)

    def regularized(self, start: int, stop: int, reading: str, done: int = -1) -> str:
        """Return the marks of a range that reads otherwise."""
        original = self.bare(start, stop, done)
        original = f"<orig>{original}</orig>" if original else "<orig/>"
        return f"<choice>{original}<reg>{text(FORBIDDEN.sub('', reading))}</reg></choice>"


_BREAK = ' break="no"'
_BY_DECISION = {"drop": Rule.FURNITURE, "join-hyphen": Rule.HYPHEN_SOFT}


def _is_safe(content: str, at: int, *, before: bool, after: bool) -> bool:
    """Return whether a single blank may stay literal: between two characters, one of them in the same text node."""
    left = content[at - 1] if at else ""
    right = content[at + 1] if at + 1 < len(content) else ""
    if not (left or before) or not (right or after) or "\t" in (left, right):
        return False
    return any(each and not FORBIDDEN.match(each) for each in (left, right))


def _add(out: list[str], marks: str) -> None:
    """Append marks; a blank of the source that would stand beside one that takes it becomes one itself."""
    if not marks:
        return
    if out:
        if takes_white_before(marks):
            out[-1] = keep_last_blank(out[-1])
        if takes_white_after(out[-1]):
            marks = keep_first_blank(marks)
    out.append(marks)


_TAKING = ("<space", "<lb", "<pb")  # white space beside these is the file's, not the source's


def takes_white_before(marks: str) -> bool:
    """Return whether marks begin with one that white space before it does not belong to the source."""
    return marks.lstrip("\n ").startswith(_TAKING)


def takes_white_after(marks: str) -> bool:
    """Return whether marks end with one that white space after it does not belong to the source."""
    return marks.endswith(">") and marks.startswith(_TAKING, marks.rfind("<"))


def keep_last_blank(marks: str) -> str:
    """Return marks with a mark in place of a literal blank at their end."""
    return marks + ONE_SPACE if marks.endswith(" ") else marks


def keep_first_blank(marks: str) -> str:
    """Return marks with a mark beside a literal blank at their head, if there is none."""
    return f" {ONE_SPACE}{marks[1:]}" if marks.startswith(" ") and not marks.startswith(" <space") else marks


def _starts(lines: list[str]) -> list[int]:
    starts, position = [], 0
    for line in lines:
        starts.append(position)
        position += len(line)
    return starts


def _line_ends(source: str, lines: list[str]) -> tuple[str, dict[int, str]]:
    """Return the commonest end of a line, and the names of the others by the index of their line.

    A form feed is in neither: it is a page turn.
    """
    last = len(lines) - 1
    unfinished = {last: "none"} if lines and lines[-1][-1] not in _ENDS else {}
    if source.count("\n") == len(lines) - len(unfinished) and "\r\n" not in source:
        return "\n", unfinished
    ends = [line[len(line.rstrip(_ENDS)) :] for line in lines]
    counts: dict[str, int] = {}
    for end in ends:
        if end not in ("", "\f"):
            counts[end] = counts.get(end, 0) + 1
    common = max(counts, key=counts.__getitem__, default="\n")
    return common, {k: _END_NAMES[end] for k, end in enumerate(ends) if end not in (common, "\f")}
