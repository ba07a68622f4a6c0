"""Fonts: from the bytes of a string to characters and widths.

A character is known from the font's ToUnicode map, else from its encoding and the names of its glyphs. Where neither
says anything, the glyph is `Unmapped`: what it means is not guessed.

Spec:
    ISO 32000-1 (PDF 1.7): 9.6 (simple fonts), 9.7 (composite fonts), 9.8 (descriptors), 9.10 (extraction of text).
    Adobe Glyph List Specification, section 2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docpack.readers.pdf.cmaps import CMap, parse_cmap, two_byte_codes
from docpack.readers.pdf.font_programs import type1_encoding
from docpack.readers.pdf.glyphs import Face, Unmapped
from docpack.readers.pdf.objects import Damaged, array_of, decoded, dictionary_of, number_of, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.readers.pdf.limits import Budget

__all__ = ["Font", "Fonts", "Shown", "face_of", "load_font"]

MAX_WIDTHS = 70_000  # of a font
MAX_CMAP_BYTES = 4_000_000  # the largest of Adobe's, for all of Unicode, has 500,000
MAX_CODES = 256  # of a simple font
MIN_LETTERS, TYPEWRITER = 16, (0.4, 0.7)  # letters of one width; the width that they have in typewriter faces, in sizes
MAX_NAME = 200  # characters of the name of a font or a glyph
MAX_KEPT = 1_000_000  # codes that fonts in memory say something of; 100 MB
MIN_ALIKE = 8  # codes that a map reads as one and the same character: such a map says nothing
_BOLD = re.compile(r"bold|black|heavy|demi|(?:^|[-,])bd|\bCMB|^SFB[XL]|^LMRoman\d+-Bold|^EC-?BX", re.IGNORECASE)
_NOT_BOLD = re.compile(r"semi-?light|demi-?light", re.IGNORECASE)
_ITALIC = re.compile(
    r"italic|oblique|slanted|kursiv|[-,]it\b|[-,]ital\b|^CM(?:TI|SL|MI|BXTI)|^SF(?:TI|SL)", re.IGNORECASE
)
_FIXED = re.compile(
    r"mono(?!type)|nimbusmon|courier|typewriter|consol|menlo|monaco|cousine|source-?code|letter-?gothic|inconsolata"
    r"|^CM(?:S?L?|I)TT|^(?:SF|EC|TX|PX)TT|^t1[xp]tt",
    re.IGNORECASE,
)
_SMALL_CAPS = re.compile(r"small-?caps|^CMCSC|^SFCC|[-,]sc\b|caps(?:\d+)?-", re.IGNORECASE)
_SUBSET = re.compile(r"[A-Z]{6}\+")
_UNI = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ſt", "ﬆ": "st"}
# CJK encodings that need no table of Adobe's: the Python codec that reads their strings.
_CODECS = {
    "GBK-EUC": "gbk", "GBKp-EUC": "gbk", "GBK2K": "gb18030", "GB-EUC": "gb2312", "GBpc-EUC": "gb2312",
    "B5pc": "big5", "ETen-B5": "cp950", "HKscs-B5": "big5hkscs", "90ms-RKSJ": "cp932", "90msp-RKSJ": "cp932",
    "90pv-RKSJ": "shift_jis", "83pv-RKSJ": "shift_jis", "EUC": "euc_jp", "KSC-EUC": "euc_kr", "KSCms-UHC": "cp949",
    "KSCpc-EUC": "cp949",
}  # fmt: skip


class Shown(NamedTuple):
    """One code of a string: its text, its width in thousandths of the type's size, and whether it is a word space."""

    text: str
    width: float
    is_space: bool = False  # the one-byte code 32, which word spacing applies to


class Font:
    """A font, ready to read strings with it."""

    __slots__ = ("_cache", "_decode", "_parse", "face", "scale", "vertical", "weight")

    def __init__(
        self,
        face: Face,
        parse: Callable[[bytes], list[int]],
        decode: Callable[[int], Shown],
        scale: float,
        *,
        vertical: bool,
        weight: int = 0,
    ) -> None:
        self.face = face
        self.weight = weight  # how many codes it says something of: what it takes in memory
        self.scale = scale  # of widths: 0.001, but for fonts with a matrix of their own
        self.vertical = vertical
        self._parse = parse
        self._decode = decode
        self._cache: dict[int, Shown] = {}

    def show(self, data: bytes) -> list[Shown]:
        """Return what a string shows."""
        made, cache = [], self._cache
        if len(cache) > MAX_WIDTHS:
            cache.clear()
        for code in self._parse(data):
            shown = cache.get(code)
            if shown is None:
                shown = cache[code] = self._decode(code)
            made.append(shown)
        return made


class Fonts:
    """The fonts of a file, each loaded once; those that were used longest ago are let go where they take much memory."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._kept: dict[int, Font] = {}  # in the order of their last use
        self._weight = 0

    def font(self, raw: Any, number: int) -> Font:
        """Return the font that is the object of a number."""
        font = self._kept.pop(number, None)
        if font is None:
            font = self.load(raw)
            self._weight += font.weight
            while self._weight > MAX_KEPT and self._kept:
                self._weight -= self._kept.pop(next(iter(self._kept))).weight
        self._kept[number] = font
        return font

    def load(self, raw: Any) -> Font:
        """Return a font, loaded anew."""
        self._budget.spend(100)
        return load_font(raw, self._budget)


def load_font(raw: Any, budget: Budget) -> Font:
    """Return a font from its dictionary; one that says nothing of itself shows `Unmapped` glyphs of half the size."""
    font = dictionary_of(raw)
    unicode_map = _meaning(_cmap(font.get("/ToUnicode"), budget).text)
    if _value(font.get("/Subtype")) == "/Type0":
        return _composite(font, unicode_map, budget)
    return _simple(font, unicode_map, budget, type3=_value(font.get("/Subtype")) == "/Type3")


def _meaning(texts: dict[int, str]) -> dict[int, str]:
    """Return what of a ToUnicode map can be meant.

    Some programs map every code to one character, or to control characters; that tells nothing of the text.
    """
    if len(texts) >= MIN_ALIKE and len(set(texts.values())) == 1 and not next(iter(texts.values())).isspace():
        return {}
    return {
        code: " " if text in _BLANK_CONTROLS else text
        for code, text in texts.items()
        if text and (text in _BLANK_CONTROLS or not any(map(_says_nothing, text)))
    }


_BLANK_CONTROLS = frozenset("\t\n\r")


def _says_nothing(char: str) -> bool:
    """Tell whether a character is a control, a noncharacter, a surrogate or the one for what is not known."""
    if " " <= char < "\x7f":
        return False
    value = ord(char)
    return (
        value < 0x20 or 0x7F <= value < 0xA0 or 0xD800 <= value <= 0xDFFF or char == Unmapped
        or 0xFDD0 <= value <= 0xFDEF or value & 0xFFFE == 0xFFFE
    )  # fmt: skip


def face_of(name: str, flags: int = 0, weight: float = 0) -> Face:
    """Return what a font's name, flags (ISO 32000-1, table 123) and weight say of its look."""
    name = _SUBSET.sub("", name.removeprefix("/"), count=1)
    return Face(
        name,
        bold=bool((_BOLD.search(name) and not _NOT_BOLD.search(name)) or flags & 1 << 18 or weight >= 600),
        italic=bool(_ITALIC.search(name) or flags & 1 << 6),
        fixed=bool(_FIXED.search(name) or flags & 1),
        small_caps=bool(_SMALL_CAPS.search(name)),  # the flag for them is set by typst whatever the font
    )


def expanded(text: str) -> str:
    """Return a text with its Latin ligatures as letters, and no NULs."""
    if len(text) == 1 and text < "\ufb00":
        return text
    return "".join(LIGATURES.get(each, each) for each in text)


# ------------------------------------------------------------------------------------------------ simple fonts


def _simple(font: dict[str, Any], unicode_map: dict[int, str], budget: Budget, *, type3: bool) -> Font:
    descriptor = dictionary_of(font.get("/FontDescriptor"))
    name = _string(font.get("/BaseFont"), font.get("/Name"))
    face = _face(name, descriptor)
    texts = _encoding_texts(font, face, descriptor, budget)
    widths = array_of(font.get("/Widths"))
    first = int(number_of(font.get("/FirstChar")))
    missing = number_of(descriptor.get("/MissingWidth"))
    core = {} if widths else _core_widths(face.name)
    scale = 0.001
    if type3:
        matrix = array_of(font.get("/FontMatrix"))
        scale = abs(number_of(matrix[0])) if matrix else 0.001
        face = face._replace(fixed=_is_typewriter([scale * number_of(each) for each in widths[:MAX_CODES]]))

    def decode(code: int) -> Shown:
        text = unicode_map.get(code)
        if not text:
            text = texts.get(code, Unmapped)
        at = code - first
        width = number_of(widths[at]) if 0 <= at < len(widths) else missing or core.get(text, core.get("default", 0.0))
        return Shown(expanded(text), width if widths or core or missing else 500.0, code == 32)

    return Font(face, list, decode, scale, vertical=False, weight=256 + len(unicode_map) + len(widths))


def _is_typewriter(widths: list[float]) -> bool:
    """Tell whether the letters of a font that has no name have one width, which is that of letters (in sizes)."""
    set_ = [each for each in widths if each > 0]
    return len(set_) >= MIN_LETTERS and TYPEWRITER[0] <= min(set_) and max(set_) <= min(TYPEWRITER[1], 1.02 * min(set_))


def _encoding_texts(font: dict[str, Any], face: Face, descriptor: dict[str, Any], budget: Budget) -> dict[int, str]:
    """Return the text of each code that the font's encoding names."""
    from pypdf._codecs import charset_encoding

    encoding = _value(font.get("/Encoding"))
    details = dictionary_of(encoding)
    base: str | None = _string(encoding, details.get("/BaseEncoding"))
    if base not in charset_encoding:
        core = {"Symbol": "/Symbol", "ZapfDingbats": "/ZapfDingbats"}.get(face.name)
        built_in = any(f"/FontFile{each}" in descriptor for each in ("", "2", "3"))
        if core:
            base = core
        elif encoding is None and built_in and int(number_of(descriptor.get("/Flags"))) & 4:
            base = None  # a symbolic font with an encoding of its own
        else:
            base = "/StandardEncoding"
    texts = {
        code: text
        for code, text in enumerate(charset_encoding[base] if base else ())
        if text and text != "\ufffd" and text >= " "
    }
    if base is None:
        texts = _built_in_texts(descriptor.get("/FontFile"), budget)
    texts.update(_differences(details))
    return {code: text for code, text in texts.items() if text}


def _differences(details: dict[str, Any]) -> dict[int, str]:
    """Return the text of each code that an encoding says otherwise than its base; "" for one that means nothing."""
    texts: dict[int, str] = {}
    code = 0
    for item in array_of(details.get("/Differences")):
        item = _value(item)  # noqa: PLW2901  # what it refers to
        if isinstance(item, str):
            texts[code] = _text_of_name(item[1:])
            code += 1
        else:
            code = int(number_of(item))
    return texts


def _built_in_texts(raw: Any, budget: Budget) -> dict[int, str]:
    """Return the text of each code that the program of a Type 1 font names."""
    try:
        names = type1_encoding(decoded(raw, budget)) if raw is not None else {}
    except Damaged:
        return {}
    return {code: _text_of_name(name) for code, name in names.items()}


def _text_of_name(name: str) -> str:
    """Return what the name of a glyph means, or ""."""
    from pypdf._codecs import adobe_glyphs

    if len(name) > MAX_NAME:
        return ""
    whole = adobe_glyphs.get("/" + name)
    if whole:
        return str(whole)
    base = name.split(".", 1)[0]
    parts = [_component(part, adobe_glyphs) for part in base.split("_")] if base else []
    return "".join(parts) if parts and all(parts) else ""


def _component(part: str, names: dict[str, str]) -> str:
    known = names.get("/" + part)
    if known:
        return str(known)
    match = _UNI.fullmatch(part)
    if not match:
        return ""
    digits = match[1] or match[2].rjust(8, "0")
    step = 4 if match[1] else 8
    values = [int(digits[at : at + step], 16) for at in range(0, len(digits), step)]
    if any(value > 0x10FFFF or 0xD800 <= value <= 0xDFFF for value in values):
        return ""
    return "".join(map(chr, values))


def _core_widths(name: str) -> dict[str, float]:
    """Return the widths of the 14 standard fonts, which a file need not hold; by character."""
    from pypdf._codecs.core_font_metrics import CORE_FONT_METRICS

    known = CORE_FONT_METRICS.get(_CORE_ALIASES.get(name, name))
    return dict(known.character_widths) if known else {}


_CORE_ALIASES = {
    "Arial": "Helvetica", "Arial,Bold": "Helvetica-Bold", "Arial-Bold": "Helvetica-Bold", "ArialMT": "Helvetica",
    "TimesNewRoman": "Times-Roman", "TimesNewRomanPSMT": "Times-Roman", "TimesNewRoman,Bold": "Times-Bold",
    "TimesNewRoman,Italic": "Times-Italic", "CourierNew": "Courier", "CourierNew,Bold": "Courier-Bold",
}  # fmt: skip


# --------------------------------------------------------------------------------------------- composite fonts


def _composite(font: dict[str, Any], unicode_map: dict[int, str], budget: Budget) -> Font:
    descendants = array_of(font.get("/DescendantFonts"))
    descendant = dictionary_of(descendants[0] if descendants else None)
    descriptor = dictionary_of(descendant.get("/FontDescriptor"))
    name = _string(descendant.get("/BaseFont"), font.get("/BaseFont"))
    widths = _cid_widths(array_of(descendant.get("/W")))
    default = number_of(descendant.get("/DW"), 1000.0)
    encoding = _value(font.get("/Encoding"))
    cmap = CMap()
    codec = ""
    if isinstance(encoding, str):
        stem = encoding.removeprefix("/").removesuffix("-V").removesuffix("-H")
        if stem.startswith("Uni"):
            codec = "utf-16-be"
        codec = codec or _CODECS.get(stem, "")
        vertical = encoding.endswith("-V")
    else:
        cmap = _cmap(font.get("/Encoding"), budget)
        vertical = bool(number_of(dictionary_of(encoding).get("/WMode")))

    def decode(code: int) -> Shown:
        cid = cmap.cid(code)
        text = unicode_map.get(code)
        if not text and codec:
            text = _by_codec(code, codec)
        return Shown(
            expanded(text if text and not any(map(_says_nothing, text)) else Unmapped),
            widths.get(code if cid is None else cid, default),
            False,
        )

    parse = two_byte_codes
    if cmap.spaces:
        parse = cmap.codes
    elif codec and codec != "utf-16-be":
        parse = lambda data: _codes_of(data, codec)  # noqa: E731  # one of three ways, each a function
    weight = 256 + len(unicode_map) + len(widths) + len(cmap.cids) + len(cmap.cid_ranges)
    return Font(_face(name, descriptor), parse, decode, 0.001, vertical=vertical, weight=weight)


def _codes_of(data: bytes, codec: str) -> list[int]:
    """Return the codes of a string in one of the double-byte encodings of East Asia."""
    made, position = [], 0
    while position < len(data):
        double = data[position] >= 0x81 and not (codec in ("cp932", "shift_jis") and 0xA0 <= data[position] <= 0xDF)
        length = 2 if double and position + 1 < len(data) else 1
        made.append(int.from_bytes(data[position : position + length]))
        position += length
    return made


def _by_codec(code: int, codec: str) -> str:
    try:
        data = code.to_bytes(2 if code > 0xFF or codec == "utf-16-be" else 1)
        return data.decode(codec)
    except (OverflowError, UnicodeDecodeError):  # a code of more bytes, or one that the encoding has not
        return ""


def _cid_widths(array: list[Any]) -> dict[int, float]:
    widths: dict[int, float] = {}
    at, left = 0, MAX_WIDTHS
    while at + 1 < len(array) and left > 0:
        first, second = int(number_of(array[at])), _value(array[at + 1])
        if isinstance(second, list):
            widths.update((first + number, number_of(each)) for number, each in enumerate(second[:left]))
            left -= len(second)
            at += 2
        elif at + 2 < len(array):
            last, width = int(number_of(second)), number_of(array[at + 2])
            widths.update(dict.fromkeys(range(first, min(last, first + left) + 1), width))
            left -= max(1, last - first)
            at += 3
        else:
            break
    return widths


# ---------------------------------------------------------------------------------------- objects of the file


def _face(name: str, descriptor: dict[str, Any]) -> Face:
    slanted = number_of(descriptor.get("/ItalicAngle")) < 0  # by the standard, what slopes to the right
    flags = int(number_of(descriptor.get("/Flags"))) | slanted << 6
    return face_of(name[:MAX_NAME], flags, number_of(descriptor.get("/FontWeight")))


def _string(*found: Any) -> str:
    """Return the first that is a string or a name; "" where none is."""
    for raw in found:
        value = _value(raw)
        if isinstance(value, str) and value:
            return value
    return ""


def _value(raw: Any) -> Any:
    """Return what an object refers to; None also where it cannot be read: what a font lacks shows by its glyphs."""
    try:
        return value_of(raw)
    except Damaged:
        return None


def _cmap(raw: Any, budget: Budget) -> CMap:
    """Return an embedded CMap, an empty one where there is none or it cannot be read."""
    if raw is None:
        return CMap()
    try:
        data = decoded(raw, budget, MAX_CMAP_BYTES)
    except Damaged:
        return CMap()
    made = parse_cmap(data)
    budget.spend(len(data) // 8 + len(made.text) + len(made.cids) + len(made.cid_ranges))
    return made
