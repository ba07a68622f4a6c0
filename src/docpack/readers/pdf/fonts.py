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
from docpack.readers.pdf.glyphs import Face, Unmapped

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Font", "Shown", "face_of", "load_font"]

MAX_WIDTHS = 70_000
_BOLD = re.compile(r"bold|black|heavy|demi|(?:^|[-,])bd|\bCMB|^SFB[XL]|^LMRoman\d+-Bold|^EC-?BX", re.IGNORECASE)
_NOT_BOLD = re.compile(r"semi-?light|demi-?light", re.IGNORECASE)
_ITALIC = re.compile(
    r"italic|oblique|slanted|kursiv|[-,]it\b|[-,]ital\b|^CM(?:TI|SL|MI|BXTI)|^SF(?:TI|SL)", re.IGNORECASE
)
_FIXED = re.compile(r"mono|courier|typewriter|console|menlo|^CM(?:S?L?|I)TT|^SFTT|^LMMono", re.IGNORECASE)
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

    __slots__ = ("_cache", "_decode", "_parse", "face", "scale", "vertical")

    def __init__(
        self,
        face: Face,
        parse: Callable[[bytes], list[int]],
        decode: Callable[[int], Shown],
        scale: float,
        *,
        vertical: bool,
    ) -> None:
        self.face = face
        self.scale = scale  # of widths: 0.001, but for fonts with a matrix of their own
        self.vertical = vertical
        self._parse = parse
        self._decode = decode
        self._cache: dict[int, Shown] = {}

    def show(self, data: bytes) -> list[Shown]:
        """Return what a string shows."""
        made, cache = [], self._cache
        for code in self._parse(data):
            shown = cache.get(code)
            if shown is None:
                shown = cache[code] = self._decode(code)
            made.append(shown)
        return made


def load_font(raw: Any) -> Font:
    """Return a font from its dictionary; one that says nothing of itself shows `Unmapped` glyphs of half the size."""
    font = _dictionary(raw)
    subtype = _value(font.get("/Subtype"))
    to_unicode = _stream(font.get("/ToUnicode"))
    unicode_map = parse_cmap(to_unicode).text if to_unicode else {}
    if subtype == "/Type0":
        return _composite(font, unicode_map)
    return _simple(font, unicode_map, type3=subtype == "/Type3")


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


def _simple(font: dict[str, Any], unicode_map: dict[int, str], *, type3: bool) -> Font:
    descriptor = _dictionary(font.get("/FontDescriptor"))
    name = str(_value(font.get("/BaseFont")) or _value(font.get("/Name")) or "")
    face = _face(name, descriptor)
    texts = _encoding_texts(font, face, descriptor)
    widths = _array(font.get("/Widths"))
    first = int(_float(font.get("/FirstChar")))
    missing = _float(descriptor.get("/MissingWidth"))
    core = {} if widths else _core_widths(face.name)
    scale = 0.001
    if type3:
        matrix = _array(font.get("/FontMatrix"))
        scale = abs(_float(matrix[0])) if matrix else 0.001

    def decode(code: int) -> Shown:
        text = unicode_map.get(code)
        if not text or text == "\0":
            text = texts.get(code, Unmapped)
        at = code - first
        width = _float(widths[at]) if 0 <= at < len(widths) else missing or core.get(text, core.get("default", 0.0))
        return Shown(expanded(text), width if widths or core or missing else 500.0, code == 32)

    return Font(face, list, decode, scale, vertical=False)


def _encoding_texts(font: dict[str, Any], face: Face, descriptor: dict[str, Any]) -> dict[int, str]:
    """Return the text of each code that the font's encoding names."""
    from pypdf._codecs import charset_encoding

    encoding = _value(font.get("/Encoding"))
    base = encoding if isinstance(encoding, str) else None
    details = _dictionary(encoding)
    base = base or _value(details.get("/BaseEncoding"))
    if base not in charset_encoding:
        core = {"Symbol": "/Symbol", "ZapfDingbats": "/ZapfDingbats"}.get(face.name)
        built_in = any(f"/FontFile{each}" in descriptor for each in ("", "2", "3"))
        if core:
            base = core
        elif encoding is None and built_in and int(_float(descriptor.get("/Flags"))) & 4:
            base = None  # a symbolic font with an encoding of its own
        else:
            base = "/StandardEncoding"
    texts = {
        code: text
        for code, text in enumerate(charset_encoding[base] if base else ())
        if text and text != "\ufffd" and text >= " "
    }
    if base is None:
        texts = _built_in_texts(_stream(descriptor.get("/FontFile")))
    code = 0
    for item in _array(details.get("/Differences")):
        item = _value(item)  # noqa: PLW2901  # what it refers to
        if isinstance(item, str):
            text = _text_of_name(item[1:])
            if text:
                texts[code] = text
            else:
                texts.pop(code, None)
            code += 1
        else:
            code = int(_float(item))
    return texts


_BUILT_IN = re.compile(rb"dup\s+(\d{1,3})\s*/([!-.0-~]+)\s+put")
MAX_CLEAR_BYTES = 200_000  # of a Type 1 font, before the part that is encrypted


def _built_in_texts(program: bytes) -> dict[int, str]:
    """Return the text of each code in a Type 1 font's own encoding, which stands in its clear part.

    Spec:
        Adobe Type 1 Font Format, section 2.2 (Encoding).
    """
    clear = program[:MAX_CLEAR_BYTES].partition(b"eexec")[0]
    found = {int(match[1]): _text_of_name(match[2].decode("latin-1")) for match in _BUILT_IN.finditer(clear)}
    return {code: text for code, text in found.items() if text}


def _text_of_name(name: str) -> str:
    """Return what the name of a glyph means, or ""."""
    from pypdf._codecs import adobe_glyphs

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


def _composite(font: dict[str, Any], unicode_map: dict[int, str]) -> Font:
    descendants = _array(font.get("/DescendantFonts"))
    descendant = _dictionary(descendants[0] if descendants else None)
    descriptor = _dictionary(descendant.get("/FontDescriptor"))
    name = str(_value(descendant.get("/BaseFont")) or _value(font.get("/BaseFont")) or "")
    widths = _cid_widths(_array(descendant.get("/W")))
    default = _float(descendant.get("/DW"), 1000.0)
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
        cmap = parse_cmap(_stream(font.get("/Encoding")))
        vertical = bool(_float(_dictionary(encoding).get("/WMode")))

    def decode(code: int) -> Shown:
        cid = cmap.cid(code)
        text = unicode_map.get(code)
        if (not text or text == "\0") and codec:
            text = _by_codec(code, codec)
        return Shown(
            expanded(text if text and text != "\0" else Unmapped),
            widths.get(code if cid is None else cid, default),
            False,
        )

    parse = two_byte_codes
    if cmap.spaces:
        parse = cmap.codes
    elif codec and codec != "utf-16-be":
        parse = lambda data: _codes_of(data, codec)  # noqa: E731  # one of three ways, each a function
    return Font(_face(name, descriptor), parse, decode, 0.001, vertical=vertical)


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
    data = code.to_bytes(2 if code > 0xFF or codec == "utf-16-be" else 1)
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return ""


def _cid_widths(array: list[Any]) -> dict[int, float]:
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(array) and len(widths) < MAX_WIDTHS:
        first, second = int(_float(array[at])), _value(array[at + 1])
        if isinstance(second, list):
            widths.update((first + number, _float(each)) for number, each in enumerate(second))
            at += 2
        elif at + 2 < len(array):
            last, width = int(_float(second)), _float(array[at + 2])
            widths.update(dict.fromkeys(range(first, min(last, first + MAX_WIDTHS) + 1), width))
            at += 3
        else:
            break
    return widths


# ---------------------------------------------------------------------------------------- objects of the file


def _face(name: str, descriptor: dict[str, Any]) -> Face:
    slanted = _float(descriptor.get("/ItalicAngle")) < 0  # by the standard, what slopes to the right
    flags = int(_float(descriptor.get("/Flags"))) | slanted << 6
    return face_of(name, flags, _float(descriptor.get("/FontWeight")))


def _value(raw: Any) -> Any:
    """Return what an object refers to."""
    return raw.get_object() if hasattr(raw, "get_object") else raw


def _dictionary(raw: Any) -> dict[str, Any]:
    value = _value(raw)
    return value if isinstance(value, dict) else {}


def _array(raw: Any) -> list[Any]:
    value = _value(raw)
    return value if isinstance(value, list) else []


def _float(raw: Any, default: float = 0.0) -> float:
    """Return a number, and never one that is none."""
    value = _value(raw)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return number if -1e9 < number < 1e9 else default


def _stream(raw: Any) -> bytes:
    value = _value(raw)
    data = value.get_data() if hasattr(value, "get_data") else b""
    return data if isinstance(data, bytes) else b""
