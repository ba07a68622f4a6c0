"""Every text of the benchmark converts, loses nothing, and can be had back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docpack import ledger
from docpack.readers.tei_source import restore
from docpack.walk import printed

if TYPE_CHECKING:
    from docpack.model import Document


def without_white_space(text: str) -> str:
    return "".join(text.split())


def in_source_order(document: Document) -> str:
    """Return what the document prints, put back into the order of the source by the nodes' origins."""
    runs = [(origin[0], text) for text, origin in printed(document) if text.strip()]
    return without_white_space("".join(text for _, text in sorted(runs, key=lambda run: run[0])))


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei", "json"])
def test_it_converts(benchmark_case: Any, format_name: str):
    assert benchmark_case.write(format_name)


def test_it_becomes_a_pdf_or_the_error_names_what_no_font_has(benchmark_case: Any):
    data = benchmark_case.write("pdf")

    assert data is None or data.startswith(b"%PDF-")
    assert data or not benchmark_case.path.read_bytes().isascii()


def test_the_source_comes_back_from_the_tei(benchmark_case: Any):
    restored = restore(benchmark_case.write("tei"))

    assert restored.data == benchmark_case.path.read_bytes()
    assert not restored.edited


def test_the_ledger_gives_the_source_back(benchmark_case: Any):
    source = benchmark_case.read().source
    replaced = [source.source.text[edit.start : edit.stop] for edit in source.edits]

    reading = ledger.apply(source)

    assert ledger.undo(reading, source.edits, replaced) == source.source.text
    assert source.source.to_bytes() == benchmark_case.path.read_bytes()


def test_the_ledger_accounts_for_every_character(benchmark_case: Any):
    source = benchmark_case.read().source

    account = ledger.account(source)

    assert account.kept + account.white_space + sum(account.dropped.values()) == account.characters
    assert account.characters == len(source.source.text)
    assert account.kept == len(without_white_space(ledger.apply(source)))


def test_the_document_prints_what_the_ledger_kept(benchmark_case: Any):
    document = benchmark_case.read()

    assert in_source_order(document) == without_white_space(ledger.apply(document.source))


def test_the_json_prints_what_the_ledger_kept(benchmark_case: Any):
    model = json.loads(benchmark_case.write("json"))
    labels = {note["id"]: note.get("label", "") for note in model.get("notes", [])}

    def texts(node: Any) -> str:
        if isinstance(node, list):
            return "".join(map(texts, node))
        own = labels[node["note"]] if node["type"] == "note_ref" else ""
        own += "".join(node.get(key, "") for key in ("text", "reading", "marker", "label"))
        return own + "".join(texts(node[key]) for key in ("title", "term", "caption", "children") if key in node)

    characters = without_white_space(texts(model["children"]) + texts(model.get("notes", [])))
    kept = without_white_space(ledger.apply(benchmark_case.read().source))

    assert sorted(characters) == sorted(kept)
