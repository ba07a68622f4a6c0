"""Languages as WordprocessingML names them."""

from __future__ import annotations

from docpack.writers.docx.markup import attribute

__all__ = ["language_attributes"]

# Word keeps three languages for each run: of Latin and the like, of East Asian, and of complex scripts.
_EAST_ASIAN = frozenset({"zh", "ja", "ko", "yue", "lzh", "cmn", "nan", "wuu", "hak"})
_COMPLEX = frozenset(
    "ar arc arz fa ps ur ug sd ku ckb he iw yi ji syr dv nqo hi mr ne sa bn pa gu or ta te kn ml si th lo my km bo dz".split()
)


def language_attributes(tag: str) -> str:
    """Return the attributes of `w:lang` for a BCP 47 tag; `und` and nothing are Word's "no language".

    >>> language_attributes("he")
    'w:val="he" w:bidi="he"'
    """
    primary = tag.split("-", 1)[0].lower()
    if primary in ("", "und"):
        return 'w:val="x-none"'
    value = attribute(tag)
    if primary in _EAST_ASIAN:
        return f'w:val="{value}" w:eastAsia="{value}"'
    if primary in _COMPLEX:
        return f'w:val="{value}" w:bidi="{value}"'
    return f'w:val="{value}"'
