"""What the tags of a PDF tell: docpack's own PDFs read back to the document that they were made of."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

import docpack
from docpack.conversion import new_context
from docpack.model import Contributor, Document, Preformatted, TitleOrigin
from docpack.readers.pdf.tags import MAX_DEPTH, read_tags

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((REPOSITORY / "examples").glob("*.txt"))

POEMS = """\
                              OF THE SEA

They sang it every evening, and nobody asked them why they did so, or for how long they would go on with
it, since the lines were long, and the evenings longer.

    The lamp is lit, the wick is fit, and all who ever came to look at it have gone away and come again to look,
        The glass is clean and clear,
    And all the sea looks up at it
        And wonders who is here,
            and who.

    A second stanza of the song,
        A short one, not for long.

So it was sung, and when it had been sung they went to bed, and the lamp went on without them.

Of what they ate there is a list, which hangs in the kitchen beside the door:

  1. fish, or parts of fish, boiled for as long as it takes to read this list aloud, and then for as long
     again;
  2. bread;
  3. fish.

The lamp burns oil[1], and the oil is paid for by the harbour [2].

    oil  = buy("lamp oil", "litres")
    if oil.empty:
        fetch(oil)

There is no more to be said of it, and so nobody has ever said it.

[1] Of two kinds, as the keeper says, of which the one is for the lamp and the other for the hinges of the door,
which is heard when it is not used.

[2] Or by nobody.
"""


# ----------------------------------------------------------------------------------------- what has to be equal


def shape(document):
    """Return all of a document but where it came from: no ids, no breaks of source lines, no reasons of guesses."""
    return _shape(json.loads(docpack.write(document, "json")))


IGNORED = {"id", "inferred", "origin", "source", "docpack"}


def _shape(node):
    if isinstance(node, dict):
        return {
            key: int(value[1:]) if (node.get("type"), key) == ("note_ref", "note") else _shape(value)
            for key, value in node.items()
            if key not in IGNORED
        }
    if isinstance(node, list):
        made = []
        for shaped in map(_shape, node):
            is_break = isinstance(shaped, dict) and shaped.get("type") == "source_break"
            each = {"type": "text", "text": shaped["reading"]} if is_break else shaped
            if isinstance(each, dict) and each.get("type") == "text" and made and made[-1].get("type") == "text":
                made[-1]["text"] += each["text"]
            else:
                made.append(each)
        return [each for each in made if each != {"type": "text", "text": ""}]
    return node


def read_back(document, **options):
    return docpack.read(docpack.write(document, "pdf", options=options), name="other.pdf")


@pytest.mark.parametrize("paper", ["a4", "pocket"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_pdf_of_an_example_reads_back_equal(path, paper):
    document = docpack.read(path)

    assert shape(read_back(document, paper=paper)) == shape(document)


def test_pdf_of_the_seed_reads_back_equal(shared):
    document = docpack.read(shared / "seed" / "seed.txt")

    assert shape(read_back(document)) == shape(document)


@pytest.mark.parametrize("paper", ["a4", "a5", "pocket"])
def test_verse_with_lines_turned_over_lists_notes_and_code_read_back_equal(paper):
    document = docpack.read(POEMS.encode(), format="text", name="in.txt")
    kinds = {each.split('"')[0] for each in docpack.write(document, "json").decode().split('"type":"')[1:]}

    assert {"verse", "list", "note", "note_ref", "preformatted", "section"} <= kinds
    assert shape(read_back(document, paper=paper)) == shape(document)


def test_title_that_is_printed_above_the_text_is_metadata_and_no_heading():
    document = docpack.read(EXAMPLES[0])
    stated = replace(
        document.metadata,
        title="A Title of One's Own, and a Long One, so that It Takes Two Lines of a Page",
        title_origin=TitleOrigin.STATED,
        subtitle="With a subtitle",
        contributors=(Contributor("Ann Author"), Contributor("Bob Writer")),
        date="1921-05-03",
        publisher="Vell Press",
        subjects=("ferries", "bells"),
        description="About a ferry",
    )
    document = replace(document, metadata=stated)

    back = read_back(document)

    assert back.metadata == stated
    assert shape(back) == shape(document)


# ------------------------------------------------------------------------------------ when tags are left alone


def pdf_of(path):
    return docpack.write(docpack.read(path), "pdf")


def changed(data, change):
    """Return a PDF after a change to its objects."""
    import io

    writer = PdfWriter(clone_from=io.BytesIO(data))
    change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def elements(node):
    """Yield the elements of a structure tree in order."""
    node = node.get_object()
    if isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        kids = node.get("/K", ArrayObject())
        for kid in list(kids) if isinstance(kids, ArrayObject) else [kids]:
            yield from elements(kid)


def codes(data, **options):
    context = new_context("x.pdf")
    docpack.read(data, options=options, context=context)
    return [finding.code.name for finding in context.findings]


TIN_BOX = REPOSITORY / "examples" / "tin-box.txt"


def test_sane_tags_are_used_and_said_to_be():
    found = codes(pdf_of(TIN_BOX))

    assert "P010" in found
    assert "P011" not in found


def test_no_tags_leaves_them_alone():
    assert not {"P010", "P011"} & set(codes(pdf_of(TIN_BOX), tags=False))


def test_elements_that_share_their_text_are_left_alone():
    def spoil(writer):
        for element in elements(writer.root_object["/StructTreeRoot"]):
            if element["/S"] == "/P":
                element[NameObject("/K")] = ArrayObject([NumberObject(n) for n in range(8)])

    assert "P011" in codes(changed(pdf_of(TIN_BOX), spoil))


def test_paragraphs_that_are_lines_are_left_alone():
    def spoil(writer):
        for element in list(elements(writer.root_object["/StructTreeRoot"])):
            kids = element.get("/K")
            if element["/S"] == "/P" and isinstance(kids, ArrayObject):
                parts = [
                    DictionaryObject(
                        {
                            NameObject("/S"): NameObject("/P"),
                            NameObject("/K"): kid,
                            NameObject("/Pg"): element.raw_get("/Pg"),
                        }
                    )
                    for kid in kids
                    if isinstance(kid, NumberObject)
                ]
                element[NameObject("/S")] = NameObject("/Div")
                element[NameObject("/K")] = ArrayObject([writer._add_object(part) for part in parts])

    assert "P011" in codes(changed(pdf_of(TIN_BOX), spoil))


def test_text_that_no_element_has_leaves_the_tags_alone():
    def spoil(writer):
        for element in list(elements(writer.root_object["/StructTreeRoot"]))[20:]:
            element[NameObject("/K")] = ArrayObject()

    assert "P011" in codes(changed(pdf_of(TIN_BOX), spoil))


# --------------------------------------------------------------------------------------------- damaged trees


@pytest.mark.parametrize("wrong", [NumberObject(5), NameObject("/P"), ArrayObject(), DictionaryObject()], ids=str)
def test_tree_of_a_wrong_type_is_no_tree(wrong):
    data = changed(pdf_of(TIN_BOX), lambda writer: writer.root_object.__setitem__(NameObject("/StructTreeRoot"), wrong))

    assert not {"P010", "P011"} & set(codes(data))


def test_kids_of_the_page_tree_that_are_no_pages_change_no_number():
    def spoil(writer):
        kids = writer.root_object["/Pages"]["/Kids"]
        kids.insert(0, NumberObject(5))
        kids.append(NameObject("/Page"))

    data = pdf_of(TIN_BOX)

    whole = docpack.read(data, name="a.pdf")
    assert shape(docpack.read(changed(data, spoil), name="a.pdf"))["children"] == shape(whole)["children"]


def test_what_a_file_says_of_itself_is_left_out_where_it_is_damaged():
    def state(writer):
        writer.metadata = {"/Subject": "zzzzzz"}

    data = changed(pdf_of(TIN_BOX), state).replace(b"(zzzzzz)", b"<44/44> ")
    assert b"<44/44>" in data

    assert docpack.read(data, name="a.pdf").metadata.description == ""


def test_program_text_whose_letters_have_no_width_is_read():
    def spoil(writer):
        for page in writer.pages:
            for font in page["/Resources"]["/Font"].values():
                below = font["/DescendantFonts"][0].get_object()
                below[NameObject("/DW")] = NumberObject(0)
                below[NameObject("/W")] = ArrayObject()

    code = Document((Preformatted("for box in boxes:\n    open(box)\n\n    close(box)"),))

    assert docpack.read(changed(docpack.write(code, "pdf"), spoil), name="a.pdf").children


def test_tree_that_leads_back_to_itself_is_read_once():
    def spoil(writer):
        root = writer.root_object.raw_get("/StructTreeRoot")
        for element in list(elements(root)):
            kids = element.get("/K")
            if isinstance(kids, ArrayObject):
                kids.append(root)
                kids.extend(kids[:1])

    assert codes(changed(pdf_of(TIN_BOX), spoil))


def test_tree_that_is_too_deep_ends():
    def spoil(writer):
        inner = DictionaryObject({NameObject("/S"): NameObject("/P"), NameObject("/K"): NumberObject(0)})
        for _ in range(5 * MAX_DEPTH):
            inner = DictionaryObject(
                {NameObject("/S"): NameObject("/Div"), NameObject("/K"): writer._add_object(inner)}
            )
        writer.root_object["/StructTreeRoot"][NameObject("/K")] = writer._add_object(inner)

    assert codes(changed(pdf_of(TIN_BOX), spoil))


def test_roles_that_lead_in_a_circle_are_no_types():
    def spoil(writer):
        root = writer.root_object["/StructTreeRoot"]
        names = {NameObject("/A"): NameObject("/B"), NameObject("/B"): NameObject("/A")}
        root[NameObject("/RoleMap")] = DictionaryObject(names)
        next(iter(elements(root)))[NameObject("/S")] = NameObject("/A")

    data = changed(pdf_of(TIN_BOX), spoil)
    import io

    tags = read_tags(PdfReader(io.BytesIO(data)))

    assert tags is not None
    assert tags.elements[0].kind == "NonStruct"
