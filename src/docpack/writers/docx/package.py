"""The package that takes the text: our own template, or the user's reference document without its body.

python-docx opens it and keeps its parts and their relations; we write the archive ourselves, since python-docx
stamps it with the clock and compresses it in a way that would have to be undone.
"""

from __future__ import annotations

import functools
import importlib.resources
import io
import zlib
from typing import TYPE_CHECKING, Any

from docpack.deterministic_zip import zip_members
from docpack.errors import UsageError
from docpack.writers.docx.markup import R, W, attribute, declarations, element

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["add_part", "archive", "open_reference", "open_template", "take_part", "template_part"]

_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

_MEMBERS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package.rels.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document.rels.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/fontTable.xml": "fontTable.xml",
    "word/theme/theme1.xml": "theme1.xml",
    "word/footer1.xml": "footer1.xml",
}
_SIZE_LIMIT_BYTES = 256 << 20  # of a reference document, unpacked; house templates have a few MB, pictures included

# What a house decides about its pages and its setting, in the schema's order; everything else in a reference document's
# settings (revision marks, mail merge, an attached template, passwords) concerns the text that was in it.
_HOUSE_SETTINGS = (
    "mirrorMargins",
    "gutterAtTop",
    "defaultTabStop",
    "autoHyphenation",
    "consecutiveHyphenLimit",
    "hyphenationZone",
    "doNotHyphenateCaps",
    "evenAndOddHeaders",
    "characterSpacingControl",
)


@functools.cache
def template_part(name: str) -> bytes:
    """Return a part of our template, without the comments and line ends that it has for its editors."""
    from lxml import etree

    source = (importlib.resources.files("docpack.writers.docx.template") / name).read_bytes()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True, remove_comments=True)
    compact: bytes = etree.tostring(etree.fromstring(source, parser), encoding="UTF-8", standalone=True)
    return compact


@functools.cache
def _template() -> bytes:
    return zip_members(((member, template_part(name)) for member, name in _MEMBERS.items()), 0)


def open_template() -> Any:
    """Return our template as a document of python-docx."""
    import docx

    return docx.Document(io.BytesIO(_template()))


def open_reference(data: bytes) -> Any:
    """Return a reference document as a document of python-docx, with nothing left of its text.

    Raises:
        UsageError: It is not a .docx that can be read.
    """
    import zipfile

    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        _check_size(data)
        return _without_text(_open(data))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _refusal(f"is no zip archive that can be read: {error}") from error
    except (OpcError, LookupError, ValueError, TypeError, AttributeError, etree.XMLSyntaxError) as error:
        # What python-docx and lxml say of parts that are missing, of another kind, or damaged.
        reason = str(error.args[0]) if error.args else type(error).__name__
        raise _refusal(f"is not a .docx that can be read: {reason}") from error


def _open(data: bytes) -> Any:
    from docx.opc.constants import CONTENT_TYPE
    from docx.package import Package

    part: Any = Package.open(io.BytesIO(data)).main_document_part
    if part.content_type != CONTENT_TYPE.WML_DOCUMENT_MAIN:
        raise _refusal(f"is no .docx but {part.content_type}")
    document = part.document
    if document.element.tag != W + "document" or document.element.body is None:
        raise _refusal("has no body")
    if document.styles.element.tag != W + "styles":
        raise _refusal("has a style sheet without styles")
    return document


def _refusal(reason: str) -> UsageError:
    return UsageError(
        f"the reference document {reason}",
        hint="Give a .docx file as Word or LibreOffice save it; save a .dotx, .docm or .doc as .docx first.",
    )


def _without_text(document: Any) -> Any:
    """Take out of a document all but what a house decides: styles, fonts, numberings, page, headers and footers."""
    part = document.part
    section = _last_section(document.element)
    references = list(section.iter(W + "headerReference", W + "footerReference"))
    _prune(part, {reference.get(f"{R}id") for reference in references})
    for reference in references:
        if reference.get(f"{R}id") not in part.rels:
            section.remove(reference)
    body = element(f"<w:body {declarations}/>")
    body.append(section)
    document.element.replace(document.element.body, body)
    _replace_settings(part)
    _complete(part)
    package = part.package
    for identifier, relation in list(package.rels.items()):
        if not relation.reltype.endswith("/officeDocument"):
            del package.rels[identifier]
    return document


def _check_size(data: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size_bytes = sum(info.file_size for info in package.infolist())
    if size_bytes > _SIZE_LIMIT_BYTES:
        raise UsageError(
            f"the reference document holds {size_bytes >> 20} MB, more than {_SIZE_LIMIT_BYTES >> 20} MB",
            hint="Delete the pictures and the text from it; only its styles, headers and footers are used.",
        )


def _last_section(root: _Element) -> _Element:
    """Return the page format of the last section, or that of our template, without its footer, if there is none."""
    body = root.find(W + "body")
    section = body.find(W + "sectPr") if body is not None else None
    dropped: tuple[str, ...] = ("sectPrChange",)
    if section is None:
        section = open_template().element.body[-1]
        dropped = ("footerReference", "titlePg")
    for name in dropped:
        for child in list(section.iterchildren(W + name)):
            section.remove(child)
    return section


def _prune(part: Any, kept: set[str | None]) -> None:
    """Drop what belongs to the old text: pictures, links, notes, comments, controls, macros."""
    house = ("/styles", "/theme", "/fontTable", "/numbering", "/settings")
    for identifier, relation in list(part.rels.items()):
        is_page = relation.reltype.endswith(("/header", "/footer")) and identifier in kept
        if relation.is_external or not (is_page or relation.reltype.endswith(house)):
            del part.rels[identifier]


def _replace_settings(part: Any) -> None:
    """Put our settings in the place of the house's, with what a house decides taken from it."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from lxml import etree

    settings = element(template_part("settings.xml"))
    house = take_part(part, RELATIONSHIP_TYPE.SETTINGS)
    if house is not None:
        _take_settings(settings, house.element)
    blob = etree.tostring(settings, encoding="UTF-8", standalone=True)
    add_part(part, "/word/settings.xml", CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS, blob)


def _take_settings(settings: _Element, house: _Element) -> None:
    for name in _HOUSE_SETTINGS:
        for said in list(settings.iterchildren(W + name)):
            settings.remove(said)
    zoom = settings.find(W + "zoom")
    place = settings.index(zoom) + 1 if zoom is not None else 0
    settings[place:place] = [said for name in _HOUSE_SETTINGS for said in house.findall(W + name)[:1]]
    ours, theirs = settings.find(W + "clrSchemeMapping"), house.find(W + "clrSchemeMapping")
    if ours is not None and theirs is not None:
        settings.replace(ours, theirs)


def _complete(part: Any) -> None:
    """Add a theme and a font table where the house has none: Word expects both, and our styles name the theme's fonts."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE

    wanted = (
        ("theme1.xml", "/word/theme/theme1.xml", CONTENT_TYPE.OFC_THEME, RELATIONSHIP_TYPE.THEME),
        ("fontTable.xml", "/word/fontTable.xml", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE),
    )
    for name, place, content_type, relation_type in wanted:
        if not any(relation.reltype == relation_type for relation in part.rels.values()):
            add_part(part, place, content_type, relation_type, template_part(name))
    _clean_fonts(part)


def _clean_fonts(part: Any) -> None:
    """Take out of the font table what LibreOffice writes into it and the schema of Word does not have."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from lxml import etree

    fonts = part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    if b":characterSet=" not in fonts.blob:
        return
    root = element(fonts.blob)
    for charset in root.iter(W + "charset"):
        charset.attrib.pop(W + "characterSet", None)
    relations = dict(fonts.rels)
    take_part(part, RELATIONSHIP_TYPE.FONT_TABLE)
    blob = etree.tostring(root, encoding="UTF-8", standalone=True)
    made = add_part(part, fonts.partname, CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, blob)
    made.rels.update(relations)  # fonts may be embedded


def take_part(owner: Any, relation_type: str) -> Any:
    """Return the part to which a part or package has a relation of this type, and end the relation; or None."""
    found = None
    for identifier, relation in list(owner.rels.items()):
        if relation.reltype == relation_type and not relation.is_external:
            found = relation.target_part
            del owner.rels[identifier]
    return found


def add_part(owner: Any, name: str, content_type: str, relation_type: str, blob: bytes) -> Any:
    """Add a part with this content to the package, and relate the owner (a part or the package) to it."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    package = getattr(owner, "package", owner)
    part = Part(PackURI(name), content_type, blob, package)
    owner.relate_to(part, relation_type)
    return part


def archive(package: Any, timestamp_s: int) -> bytes:
    """Return the package as a zip archive; the order of its members is that of the relations."""
    parts = list(package.iter_parts())
    members = [("[Content_Types].xml", _content_types(parts)), ("_rels/.rels", package.rels.xml)]
    for part in parts:
        members.append((part.partname.membername, part.blob))
        if part.rels:
            members.append((part.partname.rels_uri.membername, part.rels.xml))
    return zip_members(members, timestamp_s)


def _content_types(parts: list[Any]) -> bytes:
    """Return the list of content types: of each part by its name, of pictures by their ending."""
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    overrides = {}
    for part in parts:
        ending = part.partname.ext.lower()
        is_plain = part.content_type.startswith("image/") or part.content_type.endswith(".obfuscatedFont")
        if is_plain and defaults.setdefault(ending, part.content_type) == part.content_type:
            continue
        overrides[part.partname] = part.content_type
    entries = [
        *(
            f'<Default Extension="{attribute(key)}" ContentType="{attribute(defaults[key])}"/>'
            for key in sorted(defaults)
        ),
        *(
            f'<Override PartName="{attribute(key)}" ContentType="{attribute(overrides[key])}"/>'
            for key in sorted(overrides)
        ),
    ]
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<Types xmlns="{_CONTENT_TYPES}">{"".join(entries)}</Types>'.encode()
