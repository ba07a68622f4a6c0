"""Opening PDFs: passwords, ciphers, damage to the file as a whole, and the numbers of pages."""

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import docpack
from docpack.errors import DependencyError, InputError
from docpack.plugins import NamedBytes, make, reader_type
from docpack.readers.pdf.page_tree import page_labels
from docpack.recipe import Recipe, read_recipe, record_recipe

_spec = spec_from_file_location("pdf_builder", Path(__file__).with_name("pdf_builder.py"))
pdf_builder = module_from_spec(_spec)
_spec.loader.exec_module(pdf_builder)
Pdf, encrypted, page_of, text_of = pdf_builder.Pdf, pdf_builder.encrypted, pdf_builder.page_of, pdf_builder.text_of
SECRET = "correct horse"  # noqa: S105  # that of a file that is made here


def read(data, **options):
    return docpack.read(data, format="pdf", name="in.pdf", options=options)


def text_in(document):
    return document.source.source.text


@pytest.fixture(scope="module")
def plain():
    return page_of(text_of(b"The words of the page."))


def test_a_file_that_opens_without_a_password_is_read(plain):
    assert "The words" in text_in(read(encrypted(plain, "")))


def test_a_missing_password_is_asked_for(plain):
    with pytest.raises(InputError, match="does not open without a password") as caught:
        read(encrypted(plain, SECRET))

    assert "--password-file" in caught.value.hint


@pytest.mark.parametrize("password", ["correct horse", "correct horse\n", "correct horse\r\nmore\n", "owner\n"])
def test_the_first_line_of_the_password_file_opens_it(plain, password):
    assert "The words" in text_in(read(encrypted(plain, SECRET), password=password.encode()))


@pytest.mark.parametrize("form", ["utf-8", "latin-1", "utf-8-sig"])
def test_a_password_beyond_ascii_may_be_written_in_either_encoding(plain, form):
    assert "The words" in text_in(read(encrypted(plain, "schlüssel"), password="schlüssel\n".encode(form)))


@pytest.mark.parametrize("password", [b"wrong", b"", b"\n", b"\ncorrect horse\n", b"\xff\xfe\x00"])
def test_a_wrong_password_is_said_to_be_wrong_and_not_shown(plain, password):
    with pytest.raises(InputError, match="the password does not open it") as caught:
        read(encrypted(plain, SECRET), password=password)

    assert "wrong" not in str(caught.value)


def test_a_password_for_a_file_that_needs_none_is_no_matter(plain):
    assert "The words" in text_in(read(plain, password=b"anything"))


@pytest.mark.parametrize("algorithm", ["AES-128", "AES-256-R5", "AES-256"])
def test_files_encrypted_with_aes_open(plain, algorithm):
    pytest.importorskip("cryptography")

    assert "The words" in text_in(read(encrypted(plain, SECRET, algorithm=algorithm), password=SECRET.encode()))


def test_what_aes_needs_is_named_where_it_is_missing(plain, tmp_path):
    pytest.importorskip("cryptography")
    (tmp_path / "in.pdf").write_bytes(encrypted(plain, "", algorithm="AES-256"))
    program = (
        "import sys\n"
        "for name in ('cryptography', 'Crypto', 'Cryptodome'): sys.modules[name] = None\n"
        "from docpack.cli import main\n"
        "sys.exit(main(['convert', sys.argv[1], '-t', 'json', '-d', sys.argv[2]]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "in.pdf", tmp_path], capture_output=True, text=True, check=False
    )

    assert done.returncode == DependencyError.exit_code == 8
    assert "docpack[crypto]" in done.stderr


@pytest.mark.parametrize(
    "entry",
    [
        b"/Encrypt 99 0 R",
        b"/Encrypt<<>>",
        b"/Encrypt(text)",
        b"/Encrypt<</Filter/Standard/V 1/R 2/O()/U()/P 0>>",
        b"/Encrypt<</Filter/Standard/V 99/R 99/O()/U()/P 0>>",
        b"/Encrypt<</Filter/Entrust.PPKEF/V 1>>",
        b"/Encrypt<</Filter/Standard/V 4/R 4/O<00>/U<00>/P -1/CF 7/StmF/X/StrF/X>>",
        b"/Encrypt<</Filter/Standard/V 5/R 6/O<00>/U<00>/OE<00>/UE<00>/P -1/Perms<00>>>",
        b"/Encrypt<</Filter/Standard/V 2/R 3/Length 1e300/O(a)/U(b)/P 1e300>>/ID 5",
    ],
)
def test_encryption_that_makes_no_sense_ends_in_a_clear_error(entry):
    made = Pdf()
    made.page()
    made.trailer = entry

    try:
        read(made.bytes())
    except InputError as error:
        assert error.hint  # noqa: PT017  # it may be read too
    except DependencyError:
        pass


# ------------------------------------------------------------------------------------- where passwords must not go


def test_a_password_stands_in_no_record_of_a_package():
    password = NamedBytes(SECRET.encode(), "password.txt")
    recipe = Recipe("data/in.pdf", "in.pdf", "pdf", {"password": password, "headings": False}, None, 0, {})

    record, files = record_recipe(recipe)

    assert SECRET not in json.dumps(record)
    assert "password.txt" not in json.dumps(record)
    assert files == {}
    again = read_recipe(json.dumps(record).encode(), lambda path: b"")
    assert again.lacking == ("password",)
    assert dict(again.reader_options) == {"headings": False}


def test_a_password_is_not_shown_with_the_options_of_the_reader():
    assert SECRET not in repr(make(reader_type("pdf"), {"password": SECRET.encode()}))


# -------------------------------------------------------------------------------------------- damage to the whole


def test_a_file_without_a_cross_reference_table_is_read():
    made = Pdf()
    made.page(text_of(b"The words of the page."))

    assert "The words" in text_in(read(made.bytes(table=False)))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.995])
def test_a_truncated_file_is_read_as_far_as_it_goes_or_refused(share):
    made = Pdf()
    for _ in range(5):
        made.page()
    whole = made.bytes()
    data = whole[: max(9, int(share * len(whole)))]

    try:
        document = read(data)
    except InputError as error:
        assert error.message  # noqa: PT017
        assert error.hint  # noqa: PT017
    else:
        assert "bright cold day" in text_in(document)


def test_objects_that_the_table_misplaces_are_found():
    made = Pdf()
    made.page(text_of(b"The words of the page."))
    data = made.bytes()
    head, table, rest = data.partition(b"xref\n")
    wrong = table + rest.replace(b"00000 n", b"00000 n", 1)
    shifted = b"% a line that moves all objects\n".join(head.split(b"\n", 1)) if False else head
    moved = shifted.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%moved by some bytes\n", 1) + wrong

    assert "The words" in text_in(read(moved))


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, b"null"),
        (1, b"[1 0 R]"),
        (1, b"<</Type/Catalog>>"),
        (1, b"<</Type/Catalog/Pages 1 0 R>>"),
        (1, b"<</Type/Catalog/Pages 99 0 R>>"),
        (1, b"<</Type/Catalog/Pages(text)>>"),
        (2, b"7"),
        (2, b"<</Type/Pages/Kids 7>>"),
        (2, b"<</Type/Pages/Kids[]>>"),
        (2, b"<</Type/Pages/Kids[2 0 R 2 0 R]>>"),
        (2, b"<</Type/Pages/Kids[null (text) 7 [[]] 99 0 R <<>>]>>"),
        (2, b"2 0 R"),
        (2, b"<</Type/Pages/Kids[<</Kids[2 0 R]>>]/Parent 2 0 R>>"),
    ],
)
def test_a_catalog_or_page_tree_that_makes_no_sense_is_an_error_with_a_hint(number, value):
    made = Pdf()
    made.page()
    made.objects[number] = value

    with pytest.raises(InputError) as caught:
        read(made.bytes())

    assert caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n" * 2000,
        b"%PDF-1.7\n" + b"x" * 200_000,
        b"%PDF-1.7\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer<</Size 99999999/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n1 0 obj<</Type/XRef/W[1 1 1]/Index[0 999999999]/Size 9/Length 3>>stream\nabc\nendstream\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n" + b"".join(b"%d 0 obj (" % n for n in range(3000)) + b"\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n" + b"".join(b"%d 0 obj <<" % n for n in range(600)) + b"\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n1 0 obj" + b"[" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF",
    ],
    ids=range(11),
)
def test_what_only_begins_like_a_pdf_is_an_error_with_a_hint(data):
    with pytest.raises(InputError) as caught:
        read(data)

    assert caught.value.message
    assert caught.value.hint


# ------------------------------------------------------------------------------------------------- page numbers


def labels(entry, pages=6):
    import io

    from docpack.readers.pdf.limits import Budget
    from docpack.readers.pdf.objects import FileObjects

    made = Pdf()
    made.page()
    made.objects[1] = b"<</Type/Catalog/Pages 2 0 R/PageLabels %s>>" % entry
    data = made.bytes()
    assert io.BytesIO(data)
    return page_labels(FileObjects(data, Budget(len(data))).root_object, pages)


def test_pages_have_the_numbers_that_the_file_gives_them():
    entry = b"<</Nums[0<</S/r>> 2<</S/D/St 7/P(A-)>> 4<</S/A/St 27>> 5<</P(end)>>]>>"

    assert labels(entry) == {0: "i", 1: "ii", 2: "A-7", 3: "A-8", 4: "AA", 5: "end"}


@pytest.mark.parametrize(
    "entry",
    [
        b"7",
        b"<</Nums 7>>",
        b"<</Nums[0]>>",
        b"<</Nums[0 7 1(text)]>>",
        b"<</Nums[-5<</S/X>>1e300<</S/D>>]>>",
        b"<</Nums[0<</S/R/St 999999999>>]>>",
        b"<</Nums[0<</S/a/St 999999>>]>>",
        b"<</Kids[1 0 R]>>",
        b"99 0 R",
        b"<</Nums[0<</P 7/S[]>>]>>",
    ],
)
def test_page_labels_that_make_no_sense_are_none(entry):
    assert labels(entry) == {}


def test_a_text_that_is_read_as_a_pdf_is_told_to_be_none(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"%PDF-1.7 is how a PDF begins.\n")

    with pytest.raises(InputError, match="holds no object") as raised:
        docpack.read(path)

    assert "leave out the options" in raised.value.hint
