"""Styles: those of our template, or those of the user's reference document with ours where it lacks them.

Word knows a built-in style by its English name; the id may be anything ("berschrift1" in a German file). So styles
are matched by name, and the writers ask for an id by the id that the style has in our template.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from docpack.writers.docx.languages import language_attributes
from docpack.writers.docx.markup import W, declarations, element

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["merge_styles", "set_language", "style_ids"]


def style_ids(styles: _Element) -> dict[str, str]:
    """Return the ids of our own template's styles, each under itself."""
    return {identifier: identifier for identifier in _by_id(styles)}


def merge_styles(house: _Element, ours: _Element) -> dict[str, str]:
    """Add to a house's styles those of ours that it lacks.

    Returns:
        The id that each of our styles has in the house.
    """
    known = {
        (each.get(W + "type", "paragraph"), _name(each)): each.get(W + "styleId", "")
        for each in house.iter(W + "style")
    }
    defaults = {
        each.get(W + "type", "paragraph"): each.get(W + "styleId", "")
        for each in house.iter(W + "style")
        if each.get(W + "default") in ("1", "true", "on")
    }
    taken = set(_by_id(house))
    ids: dict[str, str] = {}
    missing = []
    for identifier, style in _by_id(ours).items():
        kind = style.get(W + "type", "paragraph")
        own = known.get((kind, _name(style)), "") or (defaults.get(kind, "") if style.get(W + "default") else "")
        if not own:
            own = _free(identifier, taken)
            missing.append((own, style))
        ids[identifier] = own
    for own, style in missing:
        house.append(_adapted(style, own, ids))
    return ids


def set_language(styles: _Element, language: str) -> None:
    """Make a language the default of all text, also against what the default paragraph style says."""
    for style in styles.iterchildren(W + "style"):
        if style.get(W + "default") in ("1", "true", "on"):
            for said in list(style.iter(W + "lang")):
                said.getparent().remove(said)
    properties = _default_run_properties(styles)
    for said in list(properties.iterchildren(W + "lang")):
        properties.remove(said)
    lang = element(f"<w:lang {declarations} {language_attributes(language)}/>")
    after = ("eastAsianLayout", "specVanish", "oMath")
    place = next((i for i, each in enumerate(properties) if each.tag in [W + name for name in after]), len(properties))
    properties.insert(place, lang)


def _default_run_properties(styles: _Element) -> _Element:
    """Return `w:docDefaults/w:rPrDefault/w:rPr`, made if it is missing."""
    defaults = styles.find(W + "docDefaults")
    if defaults is None:
        defaults = element(f"<w:docDefaults {declarations}/>")
        styles.insert(0, defaults)
    holder = defaults.find(W + "rPrDefault")
    if holder is None:
        holder = element(f"<w:rPrDefault {declarations}/>")
        defaults.insert(0, holder)
    properties = holder.find(W + "rPr")
    if properties is None:
        properties = element(f"<w:rPr {declarations}/>")
        holder.insert(0, properties)
    return properties


def _by_id(styles: _Element) -> dict[str, _Element]:
    return {each.get(W + "styleId", ""): each for each in styles.iterchildren(W + "style")}


def _name(style: _Element) -> str:
    name = style.find(W + "name")
    return (name.get(W + "val") or "").lower() if name is not None else ""


def _free(identifier: str, taken: set[str]) -> str:
    """Return an id that the house does not use for another style."""
    candidate, number = identifier, 1
    while candidate in taken:
        number += 1
        candidate = f"{identifier}{number}"
    taken.add(candidate)
    return candidate


def _adapted(style: _Element, identifier: str, ids: dict[str, str]) -> _Element:
    """Return a copy of one of our styles that refers to the house's styles."""
    adapted = copy.deepcopy(style)
    adapted.set(W + "styleId", identifier)
    adapted.attrib.pop(W + "default", None)
    for name in ("basedOn", "next", "link"):
        for reference in adapted.iterchildren(W + name):
            reference.set(W + "val", ids[reference.get(W + "val") or ""])
    return adapted
