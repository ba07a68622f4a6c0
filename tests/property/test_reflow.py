"""The promises of the engine, for any text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from docpack import codec, ledger
from docpack.context import Context
from docpack.ledger import SourceText
from docpack.reflow import reflow
from docpack.reflow.rulings import Hyphen, Paragraphs, Profile, Role, Ruling, Rulings
from docpack.strategies import hard_texts
from docpack.walk import printed


@example("\n[1] note\n1. one\n\n[1] note\n\x0c0")  # two labels for one reference
@given(hard_texts())
@settings(max_examples=400, deadline=None)
def test_the_source_comes_back_from_the_reading_text(text):
    document = reflow(SourceText(text), Context())

    edits = document.source.edits
    replaced = [text[edit.start : edit.stop] for edit in edits]
    assert ledger.undo(ledger.apply(document.source), edits, replaced) == text


@given(hard_texts())
@settings(max_examples=400, deadline=None)
def test_the_document_prints_what_the_ledger_keeps(text):
    document = reflow(SourceText(text), Context())

    pieces = sorted(printed(document), key=lambda piece: piece[1][0].start if piece[1] else -1)
    shown = "".join("".join(piece.split()) for piece, _ in pieces)
    assert shown == "".join(ledger.apply(document.source).split())


@given(hard_texts())
@settings(max_examples=200, deadline=None)
def test_every_character_has_a_fate(text):
    document = reflow(SourceText(text), Context())

    balance = ledger.account(document.source)
    assert balance.kept + balance.white_space + sum(balance.dropped.values()) == balance.characters == len(text)


@given(hard_texts())
@settings(max_examples=200, deadline=None)
def test_the_document_survives_json(text):
    import json

    document = reflow(SourceText(text), Context())

    assert codec.decode(json.loads(json.dumps(codec.encode(document)))) == document


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=9), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_text_of_one_line_stays_as_it_is(words):
    text = " ".join(words)

    document = reflow(SourceText(text), Context())

    assert "".join(ledger.apply(document.source).split()) == "".join(text.split())


# -------------------------------------------------------------------------- whatever people decide beforehand

_ROLES = st.sampled_from(list(Role))
_RULINGS = st.builds(
    Ruling,
    role=st.none() | _ROLES,
    begins=st.none() | st.booleans(),
    furniture=st.none() | st.booleans(),
    hyphen=st.none() | st.sampled_from(list(Hyphen)),
    where=st.just("line 1 of in.txt.docpack.toml"),
)
_PROFILES = st.builds(
    Profile,
    paragraphs=st.sampled_from(list(Paragraphs)),
    dehyphenate=st.booleans(),
    furniture=st.booleans(),
    roles=st.frozensets(_ROLES),
)


@example("1. one\n", Profile(), {1: Ruling(role=Role.NOTE, where="line 1 of in.txt.docpack.toml")})  # all is a note
@given(hard_texts(), _PROFILES, st.dictionaries(st.integers(1, 12), _RULINGS, max_size=6))
@settings(max_examples=300, deadline=None)
def test_the_promises_hold_whatever_people_decide(text, profile, rulings):
    document = reflow(SourceText(text), Context(), profile, Rulings(rulings))

    edits = document.source.edits
    reading = ledger.apply(document.source)
    assert ledger.undo(reading, edits, [text[edit.start : edit.stop] for edit in edits]) == text
    pieces = sorted(printed(document), key=lambda piece: piece[1][0].start if piece[1] else -1)
    assert "".join("".join(piece.split()) for piece, _ in pieces) == "".join(reading.split())
