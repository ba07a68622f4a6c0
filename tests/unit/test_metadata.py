from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpack.errors import ExitCode, UsageError
from docpack.metadata import (
    MAX_FILE_BYTES,
    RELATORS,
    Changes,
    apply,
    direction_of,
    identifier_uri,
    merge,
    parse_assignments,
    parse_file,
    with_identifier,
)
from docpack.model import Contributor, Direction, Identifier, Metadata, TitleOrigin

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


def refusal(call, *arguments):
    with pytest.raises(UsageError) as caught:
        call(*arguments)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\n" not in caught.value.message
    assert caught.value.hint.endswith("."), caught.value.hint
    return caught.value


def of_pairs(*pairs):
    return parse_assignments(pairs)


def record(body, wrapper="metadata", attributes=""):
    return parse_file(f"<{wrapper} {DC} {attributes}>\n{body}\n</{wrapper}>".encode(), "dc.xml")


# ------------------------------------------------------------------------------------------------- assignments


def test_every_single_value_has_its_key():
    changes = of_pairs(
        "title=The Long Field",
        "subtitle=A Chronicle",
        "language=sv",
        "direction=ltr",
        "date=1937-05-21",
        "publisher=Heron Press",
        "description=About a field.",
        "series=Northern Tales",
        "series-position=4",
        "rights=All rights reserved",
        "rights-uri=https://example.org/rights",
        "source-title=Det långa fältet",
        "source-publisher=Hägern",
        "source-date=1921-03",
        "source-identifier=shelfmark:Lit. 12",
        "conforms-to=EPUB Accessibility 1.1 - WCAG 2.1 Level AA",
    )

    assert changes == Changes(
        title="The Long Field",
        subtitle="A Chronicle",
        language="sv",
        direction=Direction.LTR,
        date="1937-05-21",
        publisher="Heron Press",
        description="About a field.",
        series="Northern Tales",
        series_position="4",
        rights="All rights reserved",
        rights_uri="https://example.org/rights",
        source_title="Det långa fältet",
        source_publisher="Hägern",
        source_date="1921-03",
        source_identifier=Identifier("Lit. 12", "shelfmark"),
        conforms_to="EPUB Accessibility 1.1 - WCAG 2.1 Level AA",
    )


def test_nothing_stated_is_an_empty_change():
    assert of_pairs() == Changes()


@pytest.mark.parametrize("key", ["source-title", "source_title", "Source-Title", " SOURCE_TITLE "])
def test_dashes_underscores_and_case_of_a_key_do_not_matter(key):
    assert of_pairs(f"{key}=Origin").source_title == "Origin"


def test_a_value_may_hold_equals_signs():
    assert of_pairs("title=E = mc^2").title == "E = mc^2"


def test_an_assignment_without_an_equals_sign_is_refused_with_an_example():
    error = refusal(of_pairs, "title")

    assert error.message == "metadata 'title' has no equals sign"
    assert "-M title='The Long Field'" in error.hint


def test_an_unknown_key_names_the_nearest_and_lists_all():
    error = refusal(of_pairs, "tranlator=Ada")

    assert error.message == "unknown metadata key 'tranlator'; did you mean 'translator'?"
    for key in ("title", "rights-uri", "source-identifier", "writer-of-preface", "MARC"):
        assert key in error.hint


def test_the_scheme_of_an_identifier_as_key_gets_the_right_spelling():
    assert "identifier=isbn:VALUE" in refusal(of_pairs, "isbn=9783161484100").hint


def test_a_key_of_a_megabyte_is_refused_at_once():
    started = time.process_time()

    error = refusal(of_pairs, "x" * 1_000_000 + "=y")

    assert len(error.message) < 200
    assert time.process_time() - started < 1


def test_the_later_of_two_single_values_wins():
    assert of_pairs("title=One", "title=Two").title == "Two"


def test_subjects_add_up_and_are_not_split_at_commas():
    assert of_pairs("subject=Farming, history of", "keyword=Sweden").subjects == ("Farming, history of", "Sweden")


def test_what_is_stated_twice_stands_once():
    assert of_pairs("subject=Farming", "subject=Farming").subjects == ("Farming",)


def test_an_empty_value_states_that_there_is_none():
    changes = of_pairs("publisher=", "subject=", "author=", "source-identifier=")

    assert changes.publisher == ""
    assert changes.subjects == ()
    assert changes.contributors == (Contributor("", "aut"),)
    assert changes.source_identifier == Identifier("")


@pytest.mark.parametrize("key", ["title", "language", "direction"])
def test_what_no_document_can_do_without_may_not_be_empty(key):
    assert "is empty" in refusal(of_pairs, f"{key}= ").message


# ---------------------------------------------------------------------------------------------------- strings


def test_white_space_is_made_uniform_and_the_no_break_space_kept():
    assert of_pairs("title=  The\n Long\t\r\n Field\u00a0!  ").title == "The Long Field\u00a0!"


def test_characters_are_not_normalised():
    decomposed = "Ha\u0308gern"

    assert of_pairs(f"title={decomposed}").title == decomposed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_a_description_keeps_its_paragraphs(end):
    text = f"First\u0020{end}line.{end} {end}{end}Second."

    assert of_pairs(f"description={text}").description == "First line.\n\nSecond."


@pytest.mark.parametrize(
    ("character", "reason"),
    [
        pytest.param("\x00", "U+0000", id="NUL"),
        pytest.param("\x1b", "U+001B", id="escape"),
        pytest.param("\x0c", "U+000C", id="form feed"),
        pytest.param("\x9f", "U+009F", id="C1"),
        pytest.param("\ufffe", "U+FFFE", id="noncharacter"),
        pytest.param("\U0010ffff", "U+10FFFF", id="last noncharacter"),
        pytest.param("\ud800", "no valid text", id="lone surrogate"),
    ],
)
@pytest.mark.parametrize("key", ["title", "description", "author", "identifier", "language", "subject", "rights-uri"])
def test_characters_that_no_format_holds_are_refused(key, character, reason):
    error = refusal(of_pairs, f"{key}=a{character}b")

    assert error.message.startswith(f"{key}: ")
    assert reason in error.message
    assert error.message.encode()  # it can be printed


@pytest.mark.parametrize("key", ["title", "description", "author", "subject", "identifier", "contributor"])
def test_a_value_of_a_megabyte_is_taken(key):
    prefix = "ctb:" if key == "contributor" else ""
    started = time.process_time()

    changes = of_pairs(f"{key}={prefix}{'word ' * 200_000}")

    assert len(repr(changes)) > 999_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize("key", ["language", "date", "direction", "rights-uri", "source-date"])
@pytest.mark.parametrize("value", ["a-" * 500_000, "1 " * 500_000, "http://" + "<" * 1_000_000])
def test_a_wrong_value_of_a_megabyte_is_refused_at_once(key, value):
    started = time.process_time()

    error = refusal(of_pairs, f"{key}={value}")

    assert len(error.message) < 200
    assert len(error.hint) < 300
    assert time.process_time() - started < 1


# -------------------------------------------------------------------------------------------------- contributors


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        pytest.param("author=Ines Almqvist", Contributor("Ines Almqvist", "aut"), id="author"),
        pytest.param("creator=Ines Almqvist", Contributor("Ines Almqvist", "aut"), id="Dublin Core's word"),
        pytest.param("translator=T. Ray", Contributor("T. Ray", "trl"), id="name of a role"),
        pytest.param("Writer-of-Preface=T. Ray", Contributor("T. Ray", "wpr"), id="name of several words"),
        pytest.param("trl=T. Ray", Contributor("T. Ray", "trl"), id="code"),
        pytest.param("WDC=T. Ray", Contributor("T. Ray", "wdc"), id="code without a name here"),
        pytest.param("contributor=trl: T. Ray", Contributor("T. Ray", "trl"), id="contributor with a code"),
        pytest.param("contributor=cover designer:T. Ray", Contributor("T. Ray", "cov"), id="contributor with a name"),
        pytest.param("contributor=T. Ray", Contributor("T. Ray", "ctb"), id="contributor without a role"),
        pytest.param("ctb=Verein: Nord", Contributor("Verein: Nord", "ctb"), id="colon in a name"),
        pytest.param(
            "author=Ines Almqvist | Almqvist, Ines", Contributor("Ines Almqvist", "aut", "Almqvist, Ines"), id="filed"
        ),
        pytest.param("author=Almqvist, Ines", Contributor("Almqvist, Ines", "aut"), id="a comma is part of the name"),
    ],
)
def test_contributors_have_roles(pair, expected):
    assert of_pairs(pair).contributors == (expected,)


@pytest.mark.parametrize("value", ["A|", "|A", "A|B|C"])
def test_a_bar_parts_just_a_name_and_how_it_is_filed(value):
    assert "Ines Almqvist|Almqvist, Ines" in refusal(of_pairs, f"author={value}").hint


def test_an_unknown_role_is_refused():
    assert "'qqq' is no MARC relator" in refusal(of_pairs, "contributor=qqq: Ada").message
    assert "unknown metadata key 'qqq'" in refusal(of_pairs, "qqq=Ada").message


def test_every_relator_can_be_named_by_code_and_by_name():
    for code, name in RELATORS.items():
        assert of_pairs(f"contributor={name}: Ada", f"{code}=Ada").contributors == (Contributor("Ada", code),)


# ------------------------------------------------------------------------------------- languages, dates, addresses


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("und", "und"),
        ("EN", "en"),
        ("de-at", "de-AT"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
        ("de-1901", "de-1901"),
        ("zh-cmn-hans-CN", "zh-cmn-Hans-CN"),
        ("en-a-bbb-x-US-latn", "en-a-bbb-x-us-latn"),
        ("x-whatever", "x-whatever"),
        ("i-klingon", "i-klingon"),
        ("sgn-be-fr", "sgn-BE-FR"),
        ("ger", "de"),
        ("eng-GB", "en-GB"),
        ("grc", "grc"),
    ],
)
def test_language_tags_are_made_canonical(tag, expected):
    assert of_pairs(f"language={tag}").language == expected


@pytest.mark.parametrize(
    "tag",
    ["German", "e", "en-", "-en", "en--US", "en US", "de-1901-1901", "en-a-bb-a-cc", "ſv", "12", "x-", "en-abcdefghi"],
)
def test_what_is_no_language_tag_is_refused(tag):
    refusal(of_pairs, f"language={tag}")


def test_a_language_with_an_underscore_gets_the_right_spelling():
    assert refusal(of_pairs, "language=en_us").hint == "Write en-US."


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("ckb", "rtl"),
        ("az-Arab", "rtl"),
        ("ur-Latn-PK", "ltr"),
        ("ff-Adlm", "rtl"),
        ("en-x-hebr", "ltr"),
        ("de", "ltr"),
        ("und", "ltr"),
        ("und-Hebr", "rtl"),
    ],
)
def test_the_direction_of_a_language_is_that_of_its_script(tag, expected):
    assert direction_of(tag) == Direction(expected)


@pytest.mark.parametrize("date", ["0001", "1937", "1937-05", "2000-02-29", "2024-12-31"])
def test_dates_of_the_calendar_are_taken(date):
    assert of_pairs(f"date={date}").date == date


@pytest.mark.parametrize(
    "date",
    [
        "0000",
        "37",
        "1937-13",
        "1937-00",
        "1900-02-29",
        "1937-5",
        "21.5.1937",
        "1937-05-21T10:00",
        "1937-",
        "١٩٣٧",
        "c. 1937",
    ],
)
def test_other_dates_are_refused(date):
    assert refusal(of_pairs, f"date={date}").message.startswith("date: ")


@pytest.mark.parametrize("direction", ["ltr", "RTL", " rtl "])
def test_directions_are_taken_in_any_case(direction):
    assert of_pairs(f"direction={direction}").direction == Direction(direction.strip().lower())


def test_another_direction_is_refused():
    assert refusal(of_pairs, "direction=up").hint == "Write ltr or rtl."


@pytest.mark.parametrize(
    "uri",
    [
        "https://creativecommons.org/licenses/by/4.0/",
        "urn:x-test:1",
        "http://bücher.example/ä?b#c",
        "info:eu-repo/open",
    ],
)
def test_absolute_uris_are_taken(uri):
    assert of_pairs(f"rights-uri={uri}").rights_uri == uri


@pytest.mark.parametrize(
    "uri", ["example.org", "/rights", "https://", "https:///x", "https://a b", "http:x", "c:\\x", "a:<b>"]
)
def test_what_is_no_absolute_uri_is_refused(uri):
    assert "is no absolute URI" in refusal(of_pairs, f"rights-uri={uri}").message


@pytest.mark.parametrize(
    ("shorthand", "address"),
    [
        ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("cc-by-nc-3.0", "https://creativecommons.org/licenses/by-nc/3.0/"),
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_the_short_name_of_a_licence_gets_its_address(shorthand, address):
    assert refusal(of_pairs, f"rights-uri={shorthand}").hint == f"Write {address}."


# --------------------------------------------------------------------------------------------------- identifiers


@pytest.mark.parametrize(
    ("value", "expected", "uri"),
    [
        ("isbn:978-3-16-148410-0", Identifier("9783161484100", "isbn"), "urn:isbn:9783161484100"),
        ("ISBN 978-3-16-148410-0", Identifier("9783161484100", "isbn"), "urn:isbn:9783161484100"),
        ("9783161484100", Identifier("9783161484100", "isbn"), "urn:isbn:9783161484100"),
        ("isbn:0-8044-2957-x", Identifier("080442957X", "isbn"), "urn:isbn:080442957X"),
        ("urn:isbn:080442957X", Identifier("080442957X", "isbn"), "urn:isbn:080442957X"),
        ("issn:2049-3630", Identifier("2049-3630", "issn"), "urn:issn:2049-3630"),
        ("issn:20493630", Identifier("2049-3630", "issn"), "urn:issn:2049-3630"),
        ("doi:10.1000/182", Identifier("10.1000/182", "doi"), "https://doi.org/10.1000/182"),
        ("10.1000.10/a", Identifier("10.1000.10/a", "doi"), "https://doi.org/10.1000.10/a"),
        ("https://doi.org/10.1000/a%3Cb%3E", Identifier("10.1000/a<b>", "doi"), "https://doi.org/10.1000/a%3Cb%3E"),
        ("doi:https://dx.doi.org/10.1000/182", Identifier("10.1000/182", "doi"), "https://doi.org/10.1000/182"),
        ("ark:/12345/x6", Identifier("ark:/12345/x6", "ark"), "ark:/12345/x6"),
        ("ark:12345/x6", Identifier("ark:12345/x6", "ark"), "ark:12345/x6"),
        ("urn:nbn:de:0000-1", Identifier("urn:nbn:de:0000-1", "urn"), "urn:nbn:de:0000-1"),
        ("https://example.org/7", Identifier("https://example.org/7", "uri"), "https://example.org/7"),
        ("uri:https://example.org/7", Identifier("https://example.org/7", "uri"), "https://example.org/7"),
        ("info:lccn/2002", Identifier("info:lccn/2002", "uri"), "info:lccn/2002"),
        ("shelfmark:Ms. germ. fol. 12", Identifier("Ms. germ. fol. 12", "shelfmark"), "Ms. germ. fol. 12"),
        ("Shelfmark: A: 12", Identifier("A: 12", "shelfmark"), "A: 12"),
        ("inventory:12", Identifier("12", "inventory"), "12"),
        ("Berlin: Fischer", Identifier("Berlin: Fischer"), "Berlin: Fischer"),
        ("12-B", Identifier("12-B"), "12-B"),
        (
            "uuid:6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
            Identifier("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "uuid"),
            "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        ),
    ],
)
def test_identifiers_know_their_scheme_and_their_uri(value, expected, uri):
    assert of_pairs(f"identifier={value}").identifiers == (expected,)
    assert identifier_uri(expected) == uri


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("isbn:9783161484101", "check digit would be 0"),
        ("9783161484101", "check digit would be 0"),
        ("isbn:0804429570", "check digit would be X"),
        ("isbn:12345", "is no ISBN"),
        ("isbn:9773161484100", "is no ISBN"),
        ("isbn:", "no value"),
        ("issn:2049-3631", "check digit would be 0"),
        ("issn:204", "is no ISSN"),
        ("doi:11.1000/182", "is no DOI"),
        ("doi:10.1000", "is no DOI"),
        ("https://doi.org/10.1000", "is no DOI"),
        ("ark:/12/", "is no ARK"),
        ("urn:x", "is no URN"),
        ("urn:isbn:123", "is no ISBN"),
        ("uuid:123", "is no UUID"),
        ("https://", "is no absolute URI"),
        ("isnb:9783161484100", "did you mean"),
        ("shelfmrk:A 12", "did you mean shelfmark"),
        ("inventory:", "no value"),
    ],
)
def test_a_wrong_identifier_is_refused(value, reason):
    error = refusal(of_pairs, f"identifier={value}")

    assert error.message.startswith("identifier: ")
    assert reason in error.message


def test_an_identifier_without_a_value_has_no_uri():
    assert identifier_uri(Identifier("")) == ""
    assert identifier_uri(Identifier("", "isbn")) == ""


def test_values_that_name_their_scheme_again_make_the_same_uri():
    assert identifier_uri(Identifier("urn:isbn:978-3-16-148410-0", "isbn")) == "urn:isbn:9783161484100"
    assert identifier_uri(Identifier("https://doi.org/10.1000/182", "doi")) == "https://doi.org/10.1000/182"
    assert identifier_uri(Identifier("nbn:de:0000-1", "urn")) == "urn:nbn:de:0000-1"


def test_a_document_without_an_identifier_is_named_by_its_content():
    made = with_identifier(Metadata(), "ab" * 32)

    assert made.identifier.scheme == "uuid"
    assert re.fullmatch(r"[0-9a-f-]{14}5[0-9a-f-]{21}", made.identifier.value)
    assert with_identifier(Metadata(), "ab" * 32) == made
    assert with_identifier(Metadata(), "cd" * 32) != made


def test_a_document_with_an_identifier_keeps_it():
    metadata = Metadata(identifier=Identifier("12", "shelfmark"))

    assert with_identifier(metadata, "ab" * 32) is metadata


# ------------------------------------------------------------------------------------------------ merge and apply


def test_the_later_source_wins_and_keeps_what_it_does_not_name():
    file, line = of_pairs("title=One", "date=1937", "subject=A"), of_pairs("title=Two", "subject=B", "subject=C")

    merged = merge(file, line)

    assert (merged.title, merged.date, merged.subjects) == ("Two", "1937", ("B", "C"))


def test_a_new_author_does_not_send_the_translator_away():
    file, line = of_pairs("author=A", "translator=T", "author=B"), of_pairs("author=C", "editor=E")

    merged = merge(file, line).contributors

    assert merged == (Contributor("C"), Contributor("T", "trl"), Contributor("E", "edt"))


def test_merging_nothing_changes_nothing():
    changes = of_pairs("title=One", "author=A", "identifier=isbn:9783161484100")

    assert merge() == Changes()
    assert merge(Changes(), changes, Changes()) == changes


def test_what_files_leave_out_is_collected():
    assert merge(Changes(ignored=("a",)), Changes(), Changes(ignored=("b",))).ignored == ("a", "b")


def test_applying_nothing_changes_nothing():
    metadata = Metadata(title="T", title_origin=TitleOrigin.NAME, contributors=(Contributor("A"),))

    assert apply(Changes(), metadata) == metadata


def test_a_stated_title_is_stated():
    assert apply(of_pairs("title=T"), Metadata(title_origin=TitleOrigin.NAME)).title_origin is TitleOrigin.STATED
    assert apply(of_pairs("date=1937"), Metadata(title_origin=TitleOrigin.NAME)).title_origin is TitleOrigin.NAME


@pytest.mark.parametrize(
    ("pairs", "before", "expected"),
    [
        pytest.param(["language=he"], "ltr", "rtl", id="from right to left"),
        pytest.param(["language=he", "direction=ltr"], "ltr", "ltr", id="a stated direction wins"),
        pytest.param(["language=en"], "rtl", "ltr", id="the word of the user wins over the letters of the text"),
        pytest.param(["direction=rtl"], "ltr", "rtl", id="direction alone"),
    ],
)
def test_the_language_sets_the_direction(pairs, before, expected):
    assert apply(of_pairs(*pairs), Metadata(direction=Direction(before))).direction == Direction(expected)


def test_the_first_identifier_names_the_document():
    changes = of_pairs("identifier=shelfmark:A 1", "identifier=isbn:9783161484100", "identifier=doi:10.1000/1")

    applied = apply(changes, Metadata(identifier=Identifier("old"), identifiers=(Identifier("older"),)))

    assert applied.identifier == Identifier("A 1", "shelfmark")
    assert applied.identifiers == (Identifier("9783161484100", "isbn"), Identifier("10.1000/1", "doi"))


def test_stated_emptiness_empties():
    before = Metadata(
        publisher="P",
        subjects=("S",),
        contributors=(Contributor("A"), Contributor("T", "trl")),
        identifier=Identifier("x"),
    )

    applied = apply(of_pairs("publisher=", "subject=", "author=", "identifier="), before)

    assert applied == Metadata(contributors=(Contributor("T", "trl"),))


def test_changes_travel_between_processes():
    changes = of_pairs("title=T", "author=A|B", "identifier=isbn:9783161484100", "direction=rtl")

    assert pickle.loads(pickle.dumps(changes)) == changes  # noqa: S301  # our own bytes
    assert hash(changes) == hash(merge(changes))


# ------------------------------------------------------------------------------------------------ TOML and JSON

TOML = """\
# our own
title = "The Long Field"
author = ["Ines Almqvist|Almqvist, Ines", "B. Ek"]
language = "sv"
date = 1937-05-21
source-date = 1921
series_position = 4
subject = ["Farming", "Sweden"]
identifier = ["isbn:978-3-16-148410-0", { value = "A 12", scheme = "shelfmark" }]
description = '''
First.

Second.
'''

[[contributor]]
name = "Tomas Ray"
role = "trl"
file_as = "Ray, Tomas"

[[contributor]]
name = "Vera Lund"
role = "illustrator"
"""
EXPECTED = Changes(
    title="The Long Field",
    contributors=(
        Contributor("Ines Almqvist", "aut", "Almqvist, Ines"),
        Contributor("B. Ek"),
        Contributor("Tomas Ray", "trl", "Ray, Tomas"),
        Contributor("Vera Lund", "ill"),
    ),
    language="sv",
    date="1937-05-21",
    source_date="1921",
    series_position="4",
    subjects=("Farming", "Sweden"),
    identifiers=(Identifier("9783161484100", "isbn"), Identifier("A 12", "shelfmark")),
    description="First.\n\nSecond.",
)


@pytest.mark.parametrize("name", ["meta.toml", "meta", "", "a.b/meta.txt"])
def test_toml_is_read_under_any_name_that_claims_nothing_else(name):
    assert parse_file(TOML.encode(), name) == EXPECTED


def test_what_claims_to_be_json_is_read_as_json():
    assert "is no valid JSON" in refusal(parse_file, TOML.encode(), "meta.json").message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_toml_may_have_a_byte_order_mark_and_crlf(encoding):
    assert parse_file(TOML.replace("\n", "\r\n").encode(encoding), "m.toml") == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_json_is_read_in_all_its_encodings(encoding):
    data = {
        "title": "The Long Field",
        "author": ["Ines Almqvist|Almqvist, Ines", {"name": "B. Ek"}],
        "contributors": [
            {"name": "Tomas Ray", "role": "translator", "file-as": "Ray, Tomas"},
            "ill: Vera Lund",
        ],
        "language": "sv",
        "date": "1937-05-21",
        "source date": 1921,
        "series-position": "4",
        "keywords": ["Farming", "Sweden"],
        "identifier": "isbn:978-3-16-148410-0",
        "identifiers": [{"value": "A 12", "scheme": "shelfmark"}],
        "description": "First.\n\nSecond.",
        "publisher": None,
    }

    assert parse_file(json.dumps(data, ensure_ascii=False).encode(encoding), "m.toml") == EXPECTED


def test_the_metadata_of_a_docpack_document_are_taken_from_its_json():
    from docpack.codec import encode
    from docpack.model import Document

    metadata = apply(EXPECTED, Metadata(source_identifier=Identifier("ark:/12345/x", "ark")))
    data = json.dumps(encode(Document((), metadata=metadata))).encode()

    assert apply(parse_file(data, "book.json"), Metadata()) == metadata


def test_single_tables_are_taken_without_a_list():
    changes = parse_file(
        b'author = {name = "A", file_as = "B"}\nsource-identifier = {value = "1", scheme = "local"}', ""
    )

    assert changes.contributors == (Contributor("A", "aut", "B"),)
    assert changes.source_identifier == Identifier("1", "local")


def test_an_empty_list_states_that_there_is_none():
    changes = parse_file(b"subject = []\nauthor = []\nidentifier = []", "m.toml")

    assert (changes.subjects, changes.identifiers, changes.contributors) == ((), (), (Contributor("", "aut"),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('title = "a\ndate = 1', "m.toml is no valid TOML: .*line 1", id="broken"),
        pytest.param('date = "1"\ntitle = "a"\ntitle = "b"', "m.toml is no valid TOML: .*line 3", id="a key twice"),
        pytest.param(
            'language = "en"\nlang = "de"', "m.toml, line 2: lang says again what language says", id="alias twice"
        ),
        pytest.param(
            'title = "a"\n\nautor = "b"', "m.toml, line 3: unknown metadata key 'autor'.*'author'", id="unknown"
        ),
        pytest.param('date = "1937-02-30"', "m.toml, line 1: date: '1937-02-30' is not in the calendar", id="no date"),
        pytest.param('title = "a"\n"rights-uri" = "CC0"', "m.toml, line 2: rights-uri: 'CC0' is no", id="quoted key"),
        pytest.param("date = 07:32:00", "line 1: date: '07:32:00' is no date", id="a time of day"),
        pytest.param("date = -3", "line 1: date: '-003' is no date", id="a negative year"),
        pytest.param("title = true", "line 1: title: a text is expected, not a truth value", id="truth value"),
        pytest.param("title = 1984", "line 1: title: a text is expected, not '1984' without quotes", id="number"),
        pytest.param('title = ["a"]', "line 1: title: a text is expected, not a list", id="list"),
        pytest.param('subject = [["a"]]', "line 1: subject: a text is expected, not a list", id="list in a list"),
        pytest.param('[title]\nmain = "a"', "line 1: title: a text is expected, not a table", id="table"),
        pytest.param('[[author]]\nrole = "aut"', "line 1: author: a table with 'role' is not understood", id="no name"),
        pytest.param(
            '[[author]]\nname = "a"\nrole = "trl"', "line 1: author: the role of 'a' is 'trl'", id="two roles"
        ),
        pytest.param(
            '[[author]]\nname = "a"\nage = 3', "line 1: author: a table with 'name, age'", id="unknown subkey"
        ),
        pytest.param('[[contributor]]\nname = "a"\nrole = "qq"', "line 1: contributor: 'qq' is no MARC", id="no role"),
        pytest.param('title = "a\\u0000b"', "line 1: title: .*U\\+0000", id="control character"),
        pytest.param("title = 9" + "9" * 5000, "TOML|without quotes", id="huge number"),
        pytest.param("[" * 100_000, "TOML|nested too deeply", id="deep"),
        pytest.param("title = " + "[" * 100_000, "TOML|nested too deeply", id="deep list"),
        pytest.param("\udcff", "m.toml, line 1: not valid UTF-8", id="not UTF-8"),
    ],
)
def test_a_broken_toml_file_is_refused_with_the_line(text, expected):
    error = refusal(parse_file, text.encode("utf-8", "surrogateescape"), "m.toml")

    assert re.search(expected, error.message), error.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"title": "a",\n}', "m.json is no valid JSON: .*line [12]", id="broken"),
        pytest.param('{"title": "a", "title": "b"}', "m.json: the key 'title' is there twice", id="a key twice"),
        pytest.param('{"title": "a",\n "date": "x"}', "m.json, line 2: date: 'x' is no date", id="no date"),
        pytest.param('["title"]', "m.json holds no JSON object", id="list"),
        pytest.param("nothing", "m.json is no valid JSON", id="no JSON"),
        pytest.param('{"title": "\\ud800"}', "title: .* is no valid text", id="lone surrogate"),
        pytest.param('{"date": NaN}', "date: 'nan' is no date", id="no number"),
        pytest.param('{"date": ' + "9" * 5000 + "}", "JSON", id="huge number"),
        pytest.param('{"title": ' + "[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"title":\n"\udcff"}', "m.json, line 2: not valid Unicode", id="not UTF-8"),
        pytest.param('{"docpack": 1, "metadata": {"titel": "a"}}', "unknown metadata key 'titel'", id="in a document"),
        pytest.param('{"metadata": {}, "title": "a"}', "unknown metadata key 'metadata'", id="two places"),
    ],
)
def test_a_broken_json_file_is_refused(text, expected):
    error = refusal(parse_file, text.encode("utf-8", "surrogateescape"), "m.json")

    assert re.search(expected, error.message), error.message


@pytest.mark.parametrize("data", [b"", b" \n\t"])
def test_an_empty_file_is_refused(data):
    assert refusal(parse_file, data, "m.toml").message == "m.toml is empty"


def test_yaml_is_refused_by_name():
    assert "YAML" in refusal(parse_file, b"title: a\n", "m.yaml").message


def test_a_file_of_another_size_than_metadata_have_is_refused():
    assert str(MAX_FILE_BYTES) in refusal(parse_file, b"#" * (MAX_FILE_BYTES + 1), "m.toml").message


def test_a_value_of_a_megabyte_is_read_from_every_kind_of_file():
    text = "x" * 1_000_000

    assert parse_file(f'title = "{text}"'.encode(), "m.toml").title == text
    assert parse_file(json.dumps({"title": text}).encode(), "m.json").title == text
    assert record(f"<dc:title>{text}</dc:title>").title == text


# --------------------------------------------------------------------------------------------------- Dublin Core


@pytest.mark.parametrize(
    ("wrapper", "attributes"),
    [
        pytest.param("metadata", "", id="metadata"),
        pytest.param("oai_dc:dc", 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"', id="OAI"),
        pytest.param("r:RDF", 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"', id="RDF"),
    ],
)
def test_dublin_core_is_read_in_any_wrapper(wrapper, attributes):
    changes = record(
        """<dc:title xml:lang="sv">The Long
        Field</dc:title>
        <dc:creator>Almqvist, Ines</dc:creator><dc:contributor>Ray, Tomas</dc:contributor>
        <dcterms:rightsHolder>Heron Press</dcterms:rightsHolder>
        <dc:subject>Farming; Sweden</dc:subject><dc:subject>Fields</dc:subject><dc:subject/>
        <dc:description>One.</dc:description><dcterms:abstract>Two.</dcterms:abstract>
        <dc:publisher>Heron Press</dc:publisher><dc:date>1937</dc:date><dc:language>swe</dc:language>
        <dc:identifier>https://example.org/7</dc:identifier><dc:identifier>ISBN 978-3-16-148410-0</dc:identifier>
        <dc:identifier>Lit. 12</dc:identifier><dc:source>Hägern: Stockholm, 1921</dc:source>
        <dc:source>ark:/12345/x</dc:source><dc:rights>Free to read</dc:rights>
        <dcterms:accessRights>Open</dcterms:accessRights>
        <dcterms:license>https://creativecommons.org/licenses/by/4.0/</dcterms:license>
        <dcterms:conformsTo>WCAG 2.1</dcterms:conformsTo>""",
        wrapper,
        attributes,
    )

    assert changes == Changes(
        title="The Long Field",
        contributors=(
            Contributor("Almqvist, Ines"),
            Contributor("Ray, Tomas", "ctb"),
            Contributor("Heron Press", "cph"),
        ),
        language="sv",
        date="1937",
        publisher="Heron Press",
        description="One.\n\nTwo.",
        subjects=("Farming; Sweden", "Fields"),
        identifiers=(
            Identifier("https://example.org/7", "uri"),
            Identifier("9783161484100", "isbn"),
            Identifier("Lit. 12"),
        ),
        rights="Free to read; Open",
        rights_uri="https://creativecommons.org/licenses/by/4.0/",
        source_title="Hägern: Stockholm, 1921",
        source_identifier=Identifier("ark:/12345/x", "ark"),
        conforms_to="WCAG 2.1",
    )


def test_roles_and_filing_forms_of_epub_2_are_honoured():
    changes = record(
        """<dc:title>T</dc:title>
        <dc:contributor opf:role="trl" opf:file-as="Ray, Tomas">Tomas Ray</dc:contributor>
        <dc:creator opf:role="qqq">Ines Almqvist</dc:creator>
        <dc:identifier>other</dc:identifier>
        <dc:identifier id="main" opf:scheme="ISBN">978-3-16-148410-0</dc:identifier>
        <dc:date opf:event="modification">2020-01-01</dc:date><dc:date opf:event="creation">1930</dc:date>
        <dc:date opf:event="publication">1937-05-21T10:00:00Z</dc:date>""",
        "package",
        'xmlns:opf="http://www.idpf.org/2007/opf" unique-identifier="main"',
    )

    assert changes.contributors == (Contributor("Tomas Ray", "trl", "Ray, Tomas"), Contributor("Ines Almqvist"))
    assert changes.identifiers == (Identifier("9783161484100", "isbn"), Identifier("other"))
    assert changes.date == "1937-05-21"
    assert changes.ignored == (
        "line 4: role 'qqq' is left out: no MARC relator",
        "line 7: date is left out: it is the date of a 'modification'",
    )


def test_refinements_of_epub_3_are_honoured():
    changes = record(
        """<dc:title id="t">Main</dc:title><dc:title id="s">Sub</dc:title><meta refines="#s" property="title-type">subtitle</meta>
        <dc:creator id="c">Tomas Ray</dc:creator><meta refines="#c" property="role" scheme="marc:relators">trl</meta>
        <meta refines="#c" property="file-as">Ray, Tomas</meta>""",
    )

    assert (changes.title, changes.subtitle, changes.ignored) == ("Main", "Sub", ())
    assert changes.contributors == (Contributor("Tomas Ray", "trl", "Ray, Tomas"),)


def test_containers_and_resources_of_rdf_are_read():
    changes = record(
        """<rdf:Description><dc:title><rdf:Alt><rdf:li>First</rdf:li><rdf:li>Other</rdf:li></rdf:Alt></dc:title>
        <dc:subject><rdf:Bag><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Bag></dc:subject>
        <dcterms:license rdf:resource="https://example.org/l"/></rdf:Description>""",
        attributes='xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
    )

    assert (changes.title, changes.subjects, changes.rights_uri) == ("First", ("A", "B"), "https://example.org/l")


def test_the_date_of_issue_is_the_date():
    changes = record(
        "<dcterms:created>1930</dcterms:created><dc:date>1936</dc:date><dcterms:issued>1937</dcterms:issued>"
    )

    assert changes.date == "1937"


def test_what_a_catalogue_says_and_docpack_cannot_take_is_listed():
    changes = record(
        """<dc:title>T</dc:title><dc:title>Other</dc:title><dc:title>T</dc:title>
        <dc:date>[c. 1921?]</dc:date>
        <dc:format>30 p.</dc:format>
        <dc:identifier>isbn:9783161484101</dc:identifier>
        <dc:language>English</dc:language>"""
    )

    assert changes == Changes(
        title="T",
        ignored=(
            "line 2: title is left out: there is one before 'Other'",
            "line 3: date is left out: date: '[c. 1921?]' is no date of the form YYYY, YYYY-MM or YYYY-MM-DD",
            "line 4: format is left out: docpack has no place for it",
            "line 5: identifier is left out: identifier: '9783161484101' is no ISBN: its check digit would be 0",
            "line 6: language is left out: language: 'English' is no language tag",
        ),
    )


def test_xml_in_another_encoding_and_under_another_name_is_read():
    text = f'<?xml version="1.0" encoding="utf-16"?><m {DC}><dc:title>Å</dc:title></m>'

    assert parse_file(text.encode("utf-16"), "m.toml").title == "Å"


def test_xml_without_dublin_core_is_refused():
    error = refusal(parse_file, b"<html><title>T</title></html>", "m.xml")

    assert error.message == "m.xml holds no Dublin Core: its root is <html>"


def test_several_records_in_one_file_are_refused():
    error = refusal(record, "<a><dc:title>A</dc:title></a><a><dc:title>B</dc:title></a>")

    assert error.message == "dc.xml holds 2 records; one is expected"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<a><b></a>", "m.xml is not well-formed XML: .*line 1", id="not well-formed"),
        pytest.param('<!DOCTYPE a SYSTEM "http://example.invalid/x.dtd"><a/>', "document type", id="DTD"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "document type", id="external"
        ),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
            "document type|entit",
            id="entities in entities",
        ),
        pytest.param(f"<m {DC}><dc:title>&nbsp;</dc:title></m>", "nbsp", id="unknown entity"),
        pytest.param("<a>" * 100_000, "m.xml (goes beyond|is not well-formed)", id="deep"),
        pytest.param("<a>\x00</a>", "m.xml is not well-formed", id="NUL"),
    ],
)
def test_hostile_and_broken_xml_is_refused(body, expected):
    error = refusal(parse_file, body.encode(), "m.xml")

    assert re.search(expected, error.message), error.message


# ------------------------------------------------------------------------------------------------------- the rest

KEYS = st.sampled_from(
    "title description language date identifier author contributor rights_uri series-position".split()
)


@settings(deadline=None, max_examples=60)
@given(KEYS, st.text())
def test_any_value_is_taken_or_refused_and_taken_again_as_it_was_made(key, value):
    try:
        changes = of_pairs(f"{key}={value}")
    except UsageError as error:
        assert "\n" not in error.message  # noqa: PT017  # either is right
        return

    made = getattr(changes, key.replace("-", "_"), None)
    if isinstance(made, str):
        assert of_pairs(f"{key}={made}") == changes


@settings(deadline=None, max_examples=60)
@given(st.binary() | st.text().map(str.encode), st.sampled_from(["m.toml", "m.json", "m.xml", ""]))
def test_any_bytes_are_read_or_refused(data, name):
    try:
        parse_file(data, name)
    except UsageError as error:
        assert error.message  # noqa: PT017  # either is right


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    ),
    KEYS,
)
def test_any_json_is_read_or_refused(value, key):
    try:
        parse_file(json.dumps({key: value}).encode(), "m.json")
    except UsageError as error:
        assert error.message  # noqa: PT017  # either is right


def test_importing_the_module_costs_no_xml_and_no_difflib():
    program = "import sys, docpack.metadata as m; m.parse_assignments(['title=T', 'author=A']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())

    assert loaded.isdisjoint({"lxml", "difflib", "json", "tomllib", "datetime", "urllib.parse", "zipfile"})


def test_the_manual_lists_every_role_and_its_example_is_read():
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "metadata.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", manual, re.DOTALL)

    assert example is not None
    assert parse_file(example[1].encode(), "").title == "The Long Field"
    for code, name in RELATORS.items():
        assert f"`{code}` | {name} |" in manual
