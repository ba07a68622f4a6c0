"""Runs the cases of `*.test.md`: each has a heading, a fenced input and the fenced outline that it must give.

Between input and outline there may be a fenced overrides file, as a person would write it beside the text.
`conftest.py` says which signs stand for what in inputs. The cases of `evidence.test.md` are of another kind:
`test_evidence.py` runs them.
"""

import re
from pathlib import Path

import pytest

from docpack import ledger
from docpack.context import Context
from docpack.ledger import SourceText
from docpack.model import (
    BlockQuote,
    DefinitionList,
    List,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    SourceBreak,
    Text,
    Verse,
)
from docpack.reflow import reflow
from docpack.reflow.overrides import profile_of, resolve
from docpack.reflow.overrides_file import parse

_CASE = re.compile(
    r"^## (?P<name>.+?)\n(?P<prose>.*?)```text\n(?P<input>.*?)^```\n+"
    r"(?:```toml\n(?P<overrides>.*?)^```\n+)?```outline\n(?P<output>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


def outline(blocks, notes=(), depth=0):
    """Return a document as lines that a person can read and write."""
    pad = "  " * depth
    for block in blocks:
        match block:
            case Section(title=title, children=children):
                yield f"{pad}h: {shown(title)}"
                yield from outline(children, depth=depth + 1)
            case Paragraph(children=children):
                yield f"{pad}p: {shown(children)}"
            case BlockQuote(children=children):
                yield f"{pad}q:"
                yield from outline(children, depth=depth + 1)
            case Verse(children=stanzas):
                for stanza in stanzas:
                    yield f"{pad}v: " + " / ".join(">" * line.indent + shown(line.children) for line in stanza.children)
            case List(children=items):
                for item in items:
                    yield f"{pad}li {item.marker}"
                    yield from outline(item.children, depth=depth + 1)
            case DefinitionList(children=entries):
                for entry in entries:
                    yield f"{pad}term: {shown(entry.term)}"
                    yield from outline(entry.children, depth=depth + 1)
            case SceneBreak(text=text):
                yield f"{pad}break: {text}"
            case Preformatted(text=text):
                yield f"{pad}pre: {text!r}"
    for note in notes:
        yield f"{pad}note {note.label}:"
        yield from outline(note.children, depth=depth + 1)


def shown(inlines):
    """Return inlines as text; {} is a page turn, {7} one with its number, {^n1} a reference."""
    parts = []
    for inline in inlines:
        match inline:
            case Text(text=text):
                parts.append(text)
            case SourceBreak(reading=reading, page=None):
                parts.append(reading)
            case SourceBreak(reading=reading, page=page):
                parts.append(f"{reading}{{{page}}}")
            case NoteRef(note=note):
                parts.append(f"{{^{note}}}")
    return "".join(parts)


def cases():
    for path in sorted(Path(__file__).parent.glob("*.test.md")):
        if path.name == "evidence.test.md":
            continue
        text = path.read_text(encoding="utf-8")
        found = list(_CASE.finditer(text))
        assert len(found) == text.count("\n## "), f"{path.name}: a case lacks its input or outline"
        for match in found:
            name = f"{path.name.removesuffix('.test.md')}-{match['name'].replace(' ', '-')}"
            yield pytest.param(match["input"], match["overrides"] or "", match["output"], id=name)


@pytest.mark.parametrize(("shown_source", "overrides_file", "expected"), list(cases()))
def test_case(shown_source, overrides_file, expected, as_source):
    source = as_source(shown_source)
    context = Context()
    overrides = parse(overrides_file.encode(), "in.txt.docpack.toml")

    document = reflow(SourceText(source), context, profile_of(overrides), resolve(overrides, source, context))

    found = "\n".join(outline(document.children, document.notes))
    for filler in source.filler:
        found = found.replace(filler, "⋮", 1)
    assert found == expected.rstrip("\n")
    edits = document.source.edits
    assert ledger.undo(ledger.apply(document.source), edits, [source[e.start : e.stop] for e in edits]) == source
