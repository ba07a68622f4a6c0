"""Bytes to text."""

import pytest

from docpack.context import Context
from docpack.errors import InputError
from docpack.reflow.decode import decode

GERMAN = "Die Schlüssel für das Häuschen über dem Fluß lagen, wie schon früher, „unter der Fußmatte“.\n"
RUSSIAN = "Смотритель маяка хранил свои книги в маленькой жестяной коробке, и никто не видел.\n"
FRENCH = "Le gardien du phare était à l’étage ; où l’avait-on déjà vu écrire ? Ça, c’est un mystère.\n"
POLISH = "Latarnik trzymał swoje księgi w małej blaszanej skrzynce, której nikt nigdy nie widział, i żył dobrze.\n"


def codes(context):
    return [finding.code.name for finding in context.findings]


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        pytest.param(GERMAN.encode(), "utf-8", b"", id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + GERMAN.encode(), "utf-8", b"\xef\xbb\xbf", id="utf-8-bom"),
        pytest.param(b"\xff\xfe" + GERMAN.encode("utf-16-le"), "utf-16-le", b"\xff\xfe", id="utf-16-le-bom"),
        pytest.param(b"\xfe\xff" + GERMAN.encode("utf-16-be"), "utf-16-be", b"\xfe\xff", id="utf-16-be-bom"),
        pytest.param(b"\xff\xfe\0\0" + GERMAN.encode("utf-32-le"), "utf-32-le", b"\xff\xfe\0\0", id="utf-32-le-bom"),
        pytest.param(GERMAN.encode("utf-16-le"), "utf-16-le", b"", id="utf-16-le"),
        pytest.param(GERMAN.encode("utf-16-be"), "utf-16-be", b"", id="utf-16-be"),
    ],
)
def test_unicode_is_known_without_a_guess(data, encoding, bom):
    context = Context()

    source = decode(data, context)

    assert (source.encoding, source.bom, source.text) == (encoding, bom, GERMAN)
    assert source.to_bytes() == data
    assert codes(context) == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(GERMAN, "cp1252", id="german-windows"),
        pytest.param(FRENCH, "cp1252", id="french-windows"),
        pytest.param(RUSSIAN, "cp1251", id="russian-windows"),
        pytest.param(RUSSIAN, "koi8-r", id="russian-koi8"),
        pytest.param(POLISH, "cp1250", id="polish-windows"),
        pytest.param("Müller, Größe, schön, für, über, Äpfel, Öl.\n" * 3, "cp850", id="german-dos"),
    ],
)
def test_a_single_byte_encoding_is_guessed_and_the_guess_is_told(text, encoding):
    context = Context()

    source = decode(text.encode(encoding), context)

    assert source.text == text
    assert codes(context) == ["R001"]
    assert "--encoding" in context.findings[0].message


def test_a_few_broken_bytes_in_utf_8_are_refused_and_not_guessed_at():
    with pytest.raises(InputError, match=r"byte 103 \(line 2\) is not valid UTF-8") as caught:
        decode(GERMAN.encode() + b"\xff" + GERMAN.encode(), Context())

    assert "--encoding" in caught.value.hint


def test_the_encoding_that_was_named_is_used():
    source = decode(b"\x84\x81", Context(), "cp850")

    assert source.text == "äü"


def test_a_byte_order_mark_stays_apart_where_the_encoding_is_named():
    source = decode(b"\xef\xbb\xbfword", Context(), "UTF-8")

    assert (source.text, source.bom) == ("word", b"\xef\xbb\xbf")


def test_an_encoding_that_cannot_give_the_bytes_back_is_told():
    context = Context()

    decode(b"+AGE-b", context, "utf-7")

    assert codes(context) == ["R005"]


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        ("a\nb\n", "lf"),
        ("a\r\nb\r\n", "crlf"),
        ("a\rb\r", "cr"),
        ("a\x85b\x85", "nel"),
        ("a\u2028b", "ls"),
        ("a\u2029b", "ps"),
    ],
)
def test_the_line_end_is_named(text, newline):
    assert decode(text.encode(), Context()).newline == newline


def test_mixed_line_ends_are_told():
    context = Context()

    source = decode(b"a\nb\r\nc\nd\r", context)

    assert source.newline == "lf"
    assert codes(context) == ["R006"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x7fELF" + bytes(99), "a program"),
        (b"a\0" * 5 + b"xyz\0\1" * 900, "binary"),
    ],
)
def test_what_is_no_text_is_refused(data, words):
    with pytest.raises(InputError, match=words):
        decode(data, Context())
