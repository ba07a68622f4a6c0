"""Inlines as runs: text with its character formatting, links, note references, page marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, assert_never

from docpack.model import (
    Code,
    Direction,
    Emphasis,
    Foreign,
    LineBreak,
    Link,
    NoteRef,
    SmallCaps,
    SourceBreak,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from docpack.writers.docx.languages import language_attributes
from docpack.writers.docx.markup import escape
from docpack.writers.docx.relations import external_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpack.model import Inline
    from docpack.writers.docx.bookmarks import Bookmarks
    from docpack.writers.docx.notes import NoteMarks
    from docpack.writers.docx.relations import Relations

__all__ = ["InlineWriter", "RunFormat"]

# Letters that are read from right to left, and letters that are not. Word sets a run of several Hebrew or Arabic
# words in the right order only if the run is marked with w:rtl, so text is cut where the direction changes.
_RIGHT = (
    "\u0590-\u065f\u066d-\u06ef\u06fa-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_LEFT = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02b8\u0370-\u058f\u0900-\u1fff\u200e\u2c00-\u2dff"
    "\u3040-\ud7ff\uf900-\ufb1c\U00010000-\U000107ff\U00020000-\U0003ffff"
)
_RIGHT_RUN = f"[{_RIGHT}](?:[^{_LEFT}]*[{_RIGHT}])?"  # compiled where a text needs it, which takes milliseconds
_LEFT_RUN = f"[{_LEFT}](?:[^{_RIGHT}]*[{_LEFT}0-9])?"

_LONGEST_RUN = 1_000_000  # characters; XML parsers that guard themselves refuse a text of more than 10 MB


class RunFormat(NamedTuple):
    """How a run of text is set."""

    emphasis: bool = False
    strong: bool = False
    small_caps: bool = False
    code: bool = False
    link: bool = False
    vertical: str = ""  # "superscript" or "subscript"
    language: str = ""  # nothing where none was named
    rtl: bool = False


class InlineWriter:
    """Writes the inlines of one part; what all parts share is handed in."""

    def __init__(
        self,
        styles: Mapping[str, str],
        bookmarks: Bookmarks,
        notes: NoteMarks,
        relations: Relations,
        language: str,
        *,
        in_note: bool = False,
    ) -> None:
        self._styles = styles
        self._bookmarks = bookmarks
        self._notes = notes
        self._relations = relations
        self._language = language  # of the document; its text does not say it again
        self._in_note = in_note
        self._properties_of: dict[tuple[RunFormat, str], str] = {}

    def write(self, inlines: Iterable[Inline], form: RunFormat) -> str:
        """Return the runs of inlines."""
        parts: list[str] = []
        text: list[str] = []  # neighbouring texts and breaks of the source make one run
        for inline in inlines:
            kind = type(inline)
            if kind is Text:
                text.append(inline.text)  # type: ignore[union-attr]  # kind is Text
            elif kind is SourceBreak and not inline.page:  # type: ignore[union-attr]  # kind is SourceBreak
                text.append(inline.reading)  # type: ignore[union-attr]  # kind is SourceBreak
            else:
                if isinstance(inline, SourceBreak):
                    text.append(inline.reading)
                parts.append(self.text("".join(text), form))
                text.clear()
                parts.append(self._other(inline, form))
        parts.append(self.text("".join(text), form))
        return "".join(parts)

    def text(self, text: str, form: RunFormat, style: str = "") -> str:
        """Return a text as runs; `style` is a character style that wins over the format's."""
        if not text:
            return ""
        against = re.compile(_LEFT_RUN if form.rtl else _RIGHT_RUN) if form.rtl or not text.isascii() else None
        if against is None or not against.search(text):
            return self._run(text, form, style)
        turned = form._replace(rtl=not form.rtl)
        return "".join(self._run(piece, turned if turns else form, style) for turns, piece in _pieces(text, against))

    def line_break(self, form: RunFormat) -> str:
        """Return a forced line end."""
        return f"<w:r>{self._properties(form)}<w:br/></w:r>"

    def tab(self, form: RunFormat) -> str:
        """Return a jump to the next tab stop."""
        return f"<w:r>{self._properties(form)}<w:tab/></w:r>"

    def note_mark(self, content: str, form: RunFormat) -> str:
        """Return a run in the style of note references."""
        return f"<w:r>{self._properties(form, 'FootnoteReference')}{content}</w:r>"

    def _run(self, text: str, form: RunFormat, style: str) -> str:
        if len(text) > _LONGEST_RUN:
            pieces = (text[start : start + _LONGEST_RUN] for start in range(0, len(text), _LONGEST_RUN))
            return "".join(self._run(piece, form, style) for piece in pieces)
        # Without xml:space, blanks at the ends of a w:t are not text.
        space = ' xml:space="preserve"' if text[0] in " \n" or text[-1] in " \n" or "  " in text else ""
        return f"<w:r>{self._properties(form, style)}<w:t{space}>{escape(text)}</w:t></w:r>"

    def _other(self, inline: Inline, form: RunFormat) -> str:
        """Return an inline that is not mere text."""
        match inline:
            case SourceBreak(page=page):
                return self._bookmarks.page(page or "")
            case LineBreak():
                return self.line_break(form)
            case NoteRef(note=note):
                return self._reference(note, form)
            case Link(href=href, children=children):
                return self._link(href, children, form)
            case Text():  # merged above; kept for the type checker
                return self.text(inline.text, form)
            case _:
                return self.write(inline.children, _within(inline, form))

    def _reference(self, note: str, form: RunFormat) -> str:
        """Return the mark of a note: a real reference in the body, the bare label elsewhere.

        WordprocessingML allows one reference for each footnote, and none inside footnotes.
        """
        mark = None if self._in_note else self._notes.refer(note)
        if mark is None:
            label = self.text(self._notes.label(note), form, "FootnoteReference")
            return self._anchor(self._bookmarks.name_of(note), label, form)
        if mark.automatic:
            return self.note_mark(f'<w:footnoteReference w:id="{mark.number}"/>', form)
        custom = f'<w:footnoteReference w:customMarkFollows="1" w:id="{mark.number}"/>'
        return self.note_mark(f"{custom}<w:t>{escape(mark.label)}</w:t>", form)

    def _link(self, href: str, children: tuple[Inline, ...], form: RunFormat) -> str:
        anchor = self._bookmarks.name_of(href[1:]) if href.startswith("#") else ""
        target = "" if href.startswith("#") else external_target(href)
        if form.link or not (anchor or target):
            return self.write(children, form)
        content = self.write(children, form._replace(link=True))
        if anchor:
            return self._anchor(anchor, content, form)
        return f'<w:hyperlink r:id="{self._relations.link(target)}" w:history="1">{content}</w:hyperlink>'

    def _anchor(self, name: str, content: str, form: RunFormat) -> str:
        if not name or form.link:
            return content
        return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'

    def _properties(self, form: RunFormat, style: str = "") -> str:
        key = (form, style)
        found = self._properties_of.get(key)
        if found is None:
            found = self._properties_of[key] = self._make_properties(form, style)
        return found

    def _make_properties(self, form: RunFormat, style: str) -> str:
        """Return the `w:rPr` of a format: a named style where one says it, direct formatting for the rest."""
        named = {
            "Hyperlink": form.link,
            "Code": form.code,
            "SmallCaps": form.small_caps,
            "Strong": form.strong,
            "Emphasis": form.emphasis,
        }
        first = style or next((name for name, applies in named.items() if applies), "")
        parts = [f'<w:rStyle w:val="{self._styles[first]}"/>'] if first else []
        # The order of these is the schema's.
        for name, markup in _DIRECT.items():
            if named[name] and name != first:
                parts.append(markup)
        if form.vertical and style != "FootnoteReference":
            parts.append(f'<w:vertAlign w:val="{form.vertical}"/>')
        if form.rtl:
            parts.append("<w:rtl/>")
        if form.language and form.language != self._language:
            parts.append(f"<w:lang {language_attributes(form.language)}/>")
        return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


_DIRECT = {
    "Code": '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>',
    "Strong": "<w:b/><w:bCs/>",
    "Emphasis": "<w:i/><w:iCs/>",
    "SmallCaps": "<w:smallCaps/>",
}


def _within(
    inline: Emphasis | Strong | SmallCaps | Superscript | Subscript | Code | Foreign, form: RunFormat
) -> RunFormat:
    """Return the format of the text inside an inline."""
    match inline:
        case Emphasis():
            return form._replace(emphasis=not form.emphasis)  # stress inside stress is set upright
        case Strong():
            return form._replace(strong=True)
        case SmallCaps():
            return form._replace(small_caps=True)
        case Superscript():
            return form._replace(vertical="superscript")
        case Subscript():
            return form._replace(vertical="subscript")
        case Code():
            return form._replace(code=True)
        case Foreign(language=language, direction=direction):
            rtl = form.rtl if direction is None else direction is Direction.RTL
            return form._replace(language=language or form.language, rtl=rtl)
        case _:
            assert_never(inline)


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[bool, str]]:
    """Yield the text in pieces, each with whether the pattern matches it."""
    position = 0
    for match in pattern.finditer(text):
        if match.start() > position:
            yield False, text[position : match.start()]
        yield True, match[0]
        position = match.end()
    if position < len(text):
        yield False, text[position:]
