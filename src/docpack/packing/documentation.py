"""What lies in a package to be read by people: the ledger, the reports, and a page that tells what all of it is."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from docpack.archive.content import BytesContent
from docpack.archive.formats import JSON, TEXT
from docpack.archive.information_package import Part
from docpack.archive.package_record import RECIPE_FILE
from docpack.archive.portable_names import portable_name
from docpack.ledger import account, apply, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docpack.findings import Finding
    from docpack.ledger import Ledger
    from docpack.packing.renditions import Rendition

__all__ = ["documentation", "significant_properties"]

LEDGER_FILE = "documentation/ledger.json"
EXTRACTED_FILE = "documentation/extracted-text.txt"

_ABOUT = """What this package is
====================

{title}
{identifier}

docpack {version} made it from the file {name}: a text that was given its structure back, in several formats, with the
proof that nothing was lost on the way.
{rights}
{place}
representations/source/data/     the source, byte for byte; a file *.docpack.toml beside it holds what people decided
representations/model/data/      the text with its structure, in JSON: sections, paragraphs, verse, notes, ...; each node
                                 has a "type", and "children" or a "text"
representations/*/data/          what was made of it, a folder for each format
representations/attachments/     files that were put in unchanged
documentation/ledger.json        every change of the text: which characters of the source read as what, by which rule
{extracted}documentation/conservation.json  what was found when the outputs were read back and compared with the source
documentation/conversion.json    the options with which the outputs were made, and what was stated about the package
documentation/findings.json      what there was to tell about the text
documentation/validation/        what the reference validators said, if they were asked
{records}

How to check it without docpack
-------------------------------

{check}

The ledger: {decode}. Offsets count
characters (Unicode code points) from 0. Replace each range [start, stop) by its "reading", and the text is the one that
the outputs print, in the order of the source. What no edit names is kept as it is. So every character of the source is
either in the text, or named in the ledger with the rule that dropped it.

The name of the content (content-id), in which no time of packing has a part, is the SHA-512 of what this prints:
    find representations -path '*/data/*' -type f | LC_ALL=C sort | xargs sha512sum | LC_ALL=C sort
"""
_EXTRACTED = """documentation/extracted-text.txt the text that was extracted from the source, a printed line a line, a form feed at the end
                                 of each page; the ledger is about this text, and tells where each line stands
"""
_DECODE = 'decode the source as documentation/ledger.json says ("encoding"; without a byte-order mark)'
_DECODE_EXTRACTED = "it is about documentation/extracted-text.txt, in UTF-8"
_METS_RECORDS = """metadata/                        Dublin Core, other records; PREMIS with every event
METS.xml                         all files with their digests; each representation has a METS file of its own"""
# By profile: where these folders lie, which records there are, how they are checked.
_PLACES = {
    "bagit": (
        "All of this lies in the folder data/:\n",
        _METS_RECORDS,
        (
            "In the folder above data/\n    sha256sum --check manifest-sha256.txt\nchecks every file, and\n"
            "    sha256sum --check tagmanifest-sha256.txt\nthe manifests themselves."
        ),
    ),
    "archivematica": (
        "representations/ lies in the folder objects/, documentation/ in metadata/submissionDocumentation/:\n",
        "metadata/                        Dublin Core in metadata.csv; PREMIS with every event in premis.xml",
        (
            "In the folder that holds objects/\n    sha256sum --check metadata/checksum.sha256\nchecks every object, and\n"
            "    sha512sum --check metadata/submissionDocumentation/manifest-sha512.txt\nall other files."
        ),
    ),
}
_PLACE_OF_OTHERS = (
    "",
    _METS_RECORDS,
    (
        "METS.xml, and the METS.xml of each representation, name every file (xlink:href, from the folder in which the METS\n"
        "file lies) with its SHA-512 (CHECKSUM): compare it with what sha512sum prints."
    ),
)


def documentation(
    profile: str,
    name: str,
    about: tuple[str, str, str],
    version: str,
    ledger: Ledger | None,
    recipe: Mapping[str, Any],
    renditions: Iterable[Rendition],
    findings: Iterable[Finding],
) -> Iterator[Part]:
    """Yield the files of the documentation folder.

    Args:
        profile: How the package is delivered.
        name: What the source is called.
        about: What the work is: title, identifier and rights, each a line.
        version: Of docpack.
        ledger: That of the source, where its reader keeps one.
        recipe: How the outputs were made; see `docpack.recipe`.
        renditions: The outputs.
        findings: What was told about the source and the outputs.
    """
    place, records, check = _PLACES.get(profile, _PLACE_OF_OTHERS)
    title, identifier, rights = about
    is_extracted = ledger is not None and ledger.source.pages != ()
    text = _ABOUT.format(
        title=title,
        identifier=identifier,
        rights=f"{rights}\n" if rights else "",
        version=version,
        name=name,
        place=place,
        records=records,
        check=check,
        extracted=_EXTRACTED if is_extracted else "",
        decode=_DECODE_EXTRACTED if is_extracted else _DECODE,
    )
    yield Part("documentation/about-this-package.txt", _text(text), TEXT)
    if ledger is not None:
        yield Part(LEDGER_FILE, BytesContent(_ledger_lines(ledger)), JSON)
        if is_extracted:
            yield Part(EXTRACTED_FILE, BytesContent(ledger.source.to_bytes()), TEXT)
    yield Part("schemas/ledger.schema.json", _own_file("ledger.schema.json"), JSON)
    if profile == "bagit":
        yield Part("documentation/bagit-profile.json", _own_file("bagit-profile.json"), JSON)
    yield Part(RECIPE_FILE, _json(recipe), JSON)
    yield Part("documentation/findings.json", _json([each.to_json() for each in findings]), JSON)
    compared = {}
    for each in renditions:
        if each.conservation is not None:
            compared[each.part.path] = each.conservation.to_json()
        for verdict in each.verdicts:
            path = f"documentation/validation/{each.name}-{portable_name(verdict.validator)}.json"
            yield Part(path, _json(verdict.to_json()), JSON)
    report = {"unit": "characters (Unicode code points) that are not white space", "outputs": compared}
    yield Part("documentation/conservation.json", _json(report), JSON)


def significant_properties(ledger: Ledger | None) -> tuple[tuple[str, str], ...]:
    """Return what is characteristic of a text, in a form that can be computed again without docpack.

    The reading text is what all formats print: the source with the ledger's edits.
    """
    if ledger is None:
        return ()
    sums = account(ledger)
    return (
        ("characters", str(sums.characters)),
        ("characters without white space", str(sums.characters - sums.white_space)),
        ("characters kept in the reading text", str(sums.kept)),
        ("SHA-256 of the source's text in NFC, UTF-8, without white space", _sha256_of_ink(ledger.source.text)),
        ("SHA-256 of the reading text in NFC, UTF-8, without white space", _sha256_of_ink(apply(ledger))),
    )


def _sha256_of_ink(text: str) -> str:
    ink = "".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(ink.encode("utf-8", "surrogatepass")).hexdigest()


def _own_file(name: str) -> BytesContent:
    return BytesContent(files("docpack.archive").joinpath(name).read_bytes())


def _text(text: str) -> BytesContent:
    return BytesContent(text.encode("utf-8", "replace"))


def _json(record: Any) -> BytesContent:
    return BytesContent((json.dumps(record, indent=1, ensure_ascii=True) + "\n").encode("ascii"))


def _ledger_lines(ledger: Ledger) -> bytes:
    """Return the ledger as JSON, an edit a line: a large one can be searched line by line."""
    record = to_json(ledger)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    edits = ",\n".join(map(encode, record["edits"]))
    return f'{{"source": {encode(record["source"])},\n"edits": [\n{edits}\n]}}\n'.encode("ascii")
