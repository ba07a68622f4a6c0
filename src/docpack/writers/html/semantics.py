"""What a block's role is called in EPUB's vocabulary and in ARIA's.

Both are always written together: reading systems look at `epub:type`, screen readers at `role`. A role that
has no counterpart in both becomes a class alone. Types whose ARIA role is deprecated (`biblioentry`,
`endnote`) are left out.

Spec:
    EPUB 3 Structural Semantics Vocabulary 1.1; Digital Publishing WAI-ARIA Module 1.1; EPUB Type to ARIA Role
    Authoring Guide 1.1; ARIA in HTML (which element may carry which role).
"""

from __future__ import annotations

import re

__all__ = ["class_name", "section_type", "text_type"]

# ARIA in HTML allows these on `section`.
_SECTION_TYPES = frozenset(
    "abstract acknowledgments afterword appendix bibliography chapter colophon conclusion credits dedication epilogue"
    " errata foreword glossary index introduction part preface prologue".split()
)
# And these on `p`, `div` and `blockquote`, which take any role.
_TEXT_TYPES = frozenset("credit dedication epigraph notice pullquote qna subtitle tip".split())
_NOT_IN_A_CLASS = re.compile(r"[^a-z0-9]+")


def section_type(role: str) -> str:
    """Return the `epub:type` of a section with this role; its ARIA role is the same after `doc-`. Or ""."""
    return role if role in _SECTION_TYPES else ""


def text_type(role: str) -> str:
    """Return the `epub:type` of a paragraph, quotation or poem with this role, as `section_type` does."""
    return role if role in _TEXT_TYPES else ""


def class_name(role: str) -> str:
    """Return a role as a CSS class, or "" if nothing of it can stand there.

    >>> class_name("Stage direction")
    'stage-direction'
    """
    return _NOT_IN_A_CLASS.sub("-", role.lower()).strip("-")
