"""The call of typst, and what its errors mean to the user."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.errors import DependencyError, MissingGlyphError, OutputError, UsageError
from docpack.writers.pdf.finish import Place, finish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.writers.pdf.xmp import Record

__all__ = ["STANDARDS", "arabic_families", "compile_pdf", "parse_standards"]

# As typst 0.15 names them; 2.0 and a-4* are PDF 2.0.
STANDARDS = (
    "1.4", "1.5", "1.6", "1.7", "2.0", "a-1a", "a-1b", "a-2a", "a-2b", "a-2u", "a-3a", "a-3b", "a-3u",
    "a-4", "a-4e", "a-4f", "ua-1",
)  # fmt: skip

MAX_NAMED = 10  # characters that an error message names one by one

_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_FORBIDDEN = re.compile(r'contains the (?:disallowed )?codepoint `"((?:[^"\\]|\\.)*)"`')
_ARABIC = re.compile("Arab|Naskh|Nasta|Kufi|Amiri|Scheherazade|Lateef|Vazir", re.IGNORECASE)
_PLACE = (
    "let found = query(label(id)); if found.len() > 0 { let place = found.first().location().position(); "
    "(id, place.page, place.x.pt(), place.y.pt()) }"
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


def parse_standards(text: str) -> list[str]:
    """Return the standards that a comma-separated list names.

    Raises:
        UsageError: One is unknown, or two of them exclude each other.
    """
    names = [name for name in (part.strip().lower() for part in text.split(",")) if name]
    for name in names:
        if name not in STANDARDS:
            raise UsageError(
                f"no PDF standard is called {name!r}",
                hint=f"--pdf-standard takes one or more of: {', '.join(STANDARDS)}.",
            )
    archival = [name for name in names if name.startswith("a-")]
    versions = [name for name in names if name[0].isdigit()]
    if len(archival) > 1 or len(versions) > 1:
        raise UsageError(
            f"one file cannot be {' and '.join(archival if len(archival) > 1 else versions)}",
            hint="Name one PDF/A part and, with it, ua-1: a-2a,ua-1 or a-3a,ua-1.",
        )
    return list(dict.fromkeys(names))


def compile_pdf(
    files: Mapping[str, bytes],
    *,
    standards: list[str],
    timestamp_s: int,
    font_dirs: tuple[str, ...] = (),
    names: Mapping[str, str] | None = None,
    record: Record | None = None,
) -> bytes:
    """Return the PDF that `main.typ` among the files makes of the others.

    A template reaches nothing but these files: they are alone in typst's root, and the folder of its packages is empty.

    Args:
        files: What the template may read, by names with "/".
        standards: The PDF standards to keep.
        timestamp_s: When the file is made, in seconds since 1970.
        font_dirs: Folders of fonts beside typst's own.
        names: The named destinations, and the label at the place of each.
        record: What the file is to say about the work.

    Raises:
        MissingGlyphError: No font has a character of the text.
        OutputError: typst cannot make the file; the message is typst's.
        UsageError: The standards exclude each other, or a font folder has no font.
    """
    from tempfile import TemporaryDirectory

    typst = _typst()
    fonts = _fonts(typst, font_dirs)
    with TemporaryDirectory(prefix="docpack-") as folder:
        root, packages = Path(folder, "root"), Path(folder, "packages")
        packages.mkdir()
        for name, data in files.items():
            path = root.joinpath(*name.split("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        compiler = typst.Compiler(
            root / "main.typ", root=root, font_paths=fonts, package_path=packages, package_cache_path=packages
        )
        try:
            if not any(name.startswith(("a-", "ua-")) for name in standards):
                _check_glyphs(typst, compiler)
            made: bytes = compiler.compile(pdf_standards=standards, timestamp=timestamp_s)
            places = _places(compiler, names or {})
        except typst.TypstError as error:
            raise _explained(error, standards) from error
    return finish(made, places, record)


def arabic_families(font_dirs: tuple[str, ...]) -> list[str]:
    """Return the names of the families in font folders that are made for the Arabic script, as their names tell."""
    if not font_dirs:
        return []
    fonts = _fonts(_typst(), font_dirs)
    return sorted({info.family for info in fonts.fonts() if info.path and _ARABIC.search(info.family)})


def _places(compiler: Any, names: Mapping[str, str]) -> list[Place]:
    """Return where names lead. typst remembers the text that it has laid out, so that this costs a fiftieth."""
    if not names:
        return []
    labels = sorted(set(names.values()))
    # JSON's escapes of a string are not typst's; of those that it has, only these two can occur in a label.
    strings = ",".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in labels)
    found = json.loads(compiler.eval(f"({strings},).map(id => {{ {_PLACE} }})"))
    places = {each[0]: Place(*each) for each in found if each}
    return [places[label]._replace(name=name) for name, label in sorted(names.items()) if label in places]


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise DependencyError(
            "the package typst, which sets PDFs, is not installed", hint="pip install typst"
        ) from error
    return typst


def _fonts(typst: Any, font_dirs: tuple[str, ...]) -> Any:
    """Return the fonts of the package and of the folders; never the machine's, so that bytes do not depend on it."""
    for folder in font_dirs:
        if not Path(folder).is_dir():
            raise UsageError(
                f"the font folder {folder} does not exist", hint="--font-dir takes a folder of .otf or .ttf files."
            )
    fonts = typst.Fonts(include_system_fonts=False, font_paths=list(font_dirs))
    if font_dirs and not any(info.path for info in fonts.fonts()):
        raise UsageError(
            f"no font was found in {', '.join(font_dirs)}",
            hint="--font-dir takes a folder of .otf, .ttf, .otc or .ttc files.",
        )
    return fonts


def _check_glyphs(typst: Any, compiler: Any) -> None:
    """Raise the error of a missing glyph: without a standard, typst drops such characters and does not say so."""
    try:
        compiler.compile(pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if _MISSING.search(error.diagnostic):
            raise


# ----------------------------------------------------------------------------------------------------- errors


def _explained(error: Any, standards: list[str]) -> Exception:
    """Return typst's error as one of docpack's."""
    diagnostic = error.diagnostic or error.message
    found = [*_MISSING.findall(diagnostic), *_FORBIDDEN.findall(diagnostic)]
    if found:
        return _missing_glyphs("".join(_unescaped(each) for each in found))
    if "standard" in error.message and "HintedString" in error.message:
        reason = re.findall(r'"([^"]+)"', error.message)
        return UsageError(
            f"the PDF standards {', '.join(standards)} cannot be had in one file: {'; '.join(reason)}",
            hint="a-2a,ua-1 and a-3a,ua-1 go together.",
        )
    if "decode image" in error.message:
        place = re.search(r"media/[^\s\"]+", diagnostic)
        return OutputError(
            f"a picture cannot be read{f' ({place[0]})' if place else ''}: {error.message}",
            hint="Check that each picture is a whole PNG, JPEG, GIF, WebP or SVG file, of the type that it claims.",
        )
    hints = " ".join(hint[:1].upper() + hint[1:].rstrip(".") + "." for hint in error.hints or [])
    place = re.search(r"┌─ (?:\S*/)?(main\.typ\S*)", diagnostic)
    return OutputError(
        f"typst cannot make the PDF{f' ({place[1]})' if place else ''}: {error.message}",
        hint=hints
        or "With --pdf-template, check the template; else this is a bug of docpack: please report the input.",
    )


def _unescaped(text: str) -> str:
    """Undo the escapes of Rust's debug form."""
    named = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else named.get(m[2], m[2]), text)


def _missing_glyphs(text: str) -> MissingGlyphError:
    """Return the error that names the characters and says what font to look for."""
    # A cluster is named as a whole; of "e\u0301" the base is seldom the culprit, but both have to be in one font.
    characters = sorted(dict.fromkeys(text))
    named = [f"{each} (U+{ord(each):04X} {unicodedata.name(each, _unnamed(each))})" for each in characters]
    more = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    private = all(unicodedata.category(each) == "Co" for each in characters)
    if private:
        return MissingGlyphError(
            f"the text holds characters for private use, which PDF/A does not allow: {', '.join(named[:MAX_NAMED])}{more}",
            hint="Replace them in the source, or ask for --pdf-standard 1.7 with a --font-dir that has them.",
        )
    fonts = list(dict.fromkeys(_font_for(each) for each in characters if unicodedata.category(each) != "Co"))
    return MissingGlyphError(
        f"no font has these characters: {', '.join(named[:MAX_NAMED])}{more}",
        hint=f"Name a folder of fonts that have them with --font-dir DIR; {' and '.join(fonts[:4])} would do.",
    )


def _unnamed(character: str) -> str:
    return "private use" if unicodedata.category(character) == "Co" else "no name"


# First word of a character's Unicode name -> the member of the Noto family that has its script. Only the scripts whose
# font is not called after that word stand here.
_FONTS = {
    "CJK": "Noto Serif CJK",
    "HIRAGANA": "Noto Serif CJK",
    "KATAKANA": "Noto Serif CJK",
    "IDEOGRAPHIC": "Noto Serif CJK",
    "KANGXI": "Noto Serif CJK",
    "BOPOMOFO": "Noto Serif CJK",
    "HANGUL": "Noto Serif CJK",
    "FULLWIDTH": "Noto Serif CJK",
    "HALFWIDTH": "Noto Serif CJK",
    "MATHEMATICAL": "Noto Sans Math",
    "MUSICAL": "Noto Music",
    "EGYPTIAN": "Noto Sans Egyptian Hieroglyphs",
    "LATIN": "Noto Serif",
    "GREEK": "Noto Serif",
    "CYRILLIC": "Noto Serif",
    "COMBINING": "Noto Serif",
    "TWO-EM": "Noto Serif",
    "THREE-EM": "Noto Serif",
}
_SERIF = frozenset(
    "ARMENIAN BENGALI DEVANAGARI ETHIOPIC GEORGIAN GUJARATI GURMUKHI HEBREW KANNADA KHMER LAO MALAYALAM MYANMAR "
    "ORIYA SINHALA TAMIL TELUGU THAI TIBETAN TANGUT YEZIDI".split()
)


def _font_for(character: str) -> str:
    """Return the font of the Noto family that most likely has a character."""
    if ord(character) in range(0x1F000, 0x1FB00):
        return "Noto Emoji"
    word = unicodedata.name(character, "SYMBOL").split()[0]
    if word in _FONTS:
        return _FONTS[word]
    if unicodedata.category(character)[0] not in "LM":
        return "Noto Sans Symbols 2"
    return f"Noto {'Serif' if word in _SERIF else 'Sans'} {word.capitalize()}"
