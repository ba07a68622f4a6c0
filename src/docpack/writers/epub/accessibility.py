"""What the package says of its accessibility: facts that were counted, never a claim.

Spec:
    EPUB Accessibility 1.1, section 2 (discovery metadata); Schema.org Accessibility Properties for
    Discoverability Vocabulary 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Facts", "accessibility"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found while the book was written."""

    headings: bool = False
    pages: bool = False
    pictures: int = 0
    described: int = 0  # pictures with a text alternative
    moving: bool = False  # whether a picture could be animated
    foreign_style: bool = False  # whether a style sheet of the user's is in the book
    conforms_to: str = ""


def accessibility(facts: Facts) -> list[tuple[str, str]]:
    """Return properties and values of the discovery metadata, in their order."""
    modes = ["textual", "visual"] if facts.pictures else ["textual"]
    # The text alone is enough when each picture is described.
    sufficient = "textual" if facts.described == facts.pictures else "textual,visual"
    features = [
        name
        for name, present in (
            ("structuralNavigation", facts.headings),
            ("tableOfContents", facts.headings),
            ("pageNavigation", facts.pages),
            ("pageBreakMarkers", facts.pages),
            ("alternativeText", 0 < facts.pictures == facts.described),
            ("readingOrder", True),
            # Nothing but a style sheet of the user's could fix sizes and colours.
            ("displayTransformability", not facts.foreign_style),
        )
        if present
    ]
    # Only a picture or an animated style can flash, and docpack does not look into them.
    hazard = "unknown" if facts.moving or facts.foreign_style else "none"
    made = [("schema:accessMode", mode) for mode in modes]
    made.append(("schema:accessModeSufficient", sufficient))
    made += [("schema:accessibilityFeature", name) for name in features]
    made += [("schema:accessibilityHazard", hazard), ("schema:accessibilitySummary", _summary(facts))]
    if facts.conforms_to:
        made.append(("dcterms:conformsTo", facts.conforms_to))
    return made


def _summary(facts: Facts) -> str:
    have = ["text that adapts to the reader's settings"]
    if facts.headings:
        have.append("headings and a table of contents")
    if facts.pages:
        have.append("the page numbers of the source")
    if facts.pictures:
        have.append(
            "descriptions of all pictures"
            if facts.described == facts.pictures
            else f"descriptions of {facts.described} of its {facts.pictures} pictures"
        )
    listed = have[0] if len(have) == 1 else f"{', '.join(have[:-1])} and {have[-1]}"
    claim = "" if facts.conforms_to else " Its conformance to an accessibility standard has not been evaluated."
    return f"This book has {listed}.{claim}"
