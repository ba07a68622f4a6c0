"""Identifiers of a work: told by their scheme or form, checked, and said as URIs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.metadata.values import read_text, read_uri, wrong
from docpack.model import Identifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.errors import UsageError
    from docpack.model import Metadata

__all__ = ["SCHEMES", "identifier_uri", "known_identifier", "of_scheme", "read_identifier", "with_identifier"]

_DASHES = r"[\s\-\u2010-\u2015]"  # what stands between the groups of an ISBN
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DOI_ADDRESS = r"(?i:https?://(?:dx\.)?doi\.org/)"


def with_identifier(metadata: Metadata, sha256: str) -> Metadata:
    """Return a record that has an identifier: its own, else a UUIDv5 of the source's SHA-256."""
    if metadata.identifier.value:
        return metadata
    from docpack.context import content_uuid

    return replace(metadata, identifier=Identifier(content_uuid(sha256), "uuid"))


def identifier_uri(identifier: Identifier) -> str:
    """Return an identifier as a URI where its scheme has one, else its value as it is.

    Spec:
        RFC 8254 (urn:isbn, urn:issn); RFC 9562, section 4 (urn:uuid); DOI Handbook, 3.8 (doi.org, and what is
        percent-encoded there); draft-kunze-ark, section 2.

    >>> identifier_uri(Identifier("9783161484100", "isbn"))
    'urn:isbn:9783161484100'
    """
    value, scheme = identifier.value, identifier.scheme.lower()
    if scheme in ("isbn", "issn", "uuid") and value:
        bare = re.sub(rf"(?i)^(urn:)?{scheme}:\s*", "", value)
        return f"urn:{scheme}:{re.sub(_DASHES, '', bare) if scheme == 'isbn' else bare}"
    if scheme == "doi" and value:
        from urllib.parse import quote

        bare = re.sub(rf"^((?i:doi:)\s*|{_DOI_ADDRESS})", "", value)
        return "https://doi.org/" + quote(bare, safe="/:;()@!$&'*+,=~-._")
    if scheme in ("ark", "urn") and value:
        return value if value.lower().startswith(f"{scheme}:") else f"{scheme}:{value}"
    return value


def read_identifier(key: str, value: str) -> Identifier:
    """Return an identifier from `scheme:value`, an address, or a bare number that tells what it is.

    Raises:
        UsageError: It is not what its scheme needs, or its scheme looks misspelt; the message calls it by `key`.
    """
    text = read_text(key, value)
    known = known_identifier(key, text)
    if known is not None:
        return known
    scheme, colon, rest = text.partition(":")
    if not colon or not re.fullmatch(r"(?a)[a-z][a-z0-9.+-]{1,30}", scheme) or rest != rest.strip():
        return Identifier(text)
    import difflib

    near = difflib.get_close_matches(scheme, [*SCHEMES, *_ADDRESSES], 2, 0.7)
    if near:
        why = f"has the unknown scheme {scheme!r}; did you mean {' or '.join(near)}?"
        hint = f"Known schemes: {', '.join(SCHEMES)}; another must not be so like one of them."
        raise wrong(key, text, why, hint)
    if not rest:
        raise _without_value(key, text, scheme)
    return Identifier(rest, scheme)


def known_identifier(key: str, text: str) -> Identifier | None:
    """Return an identifier of a scheme that docpack knows, or None.

    Raises:
        UsageError: It is not what its scheme needs; the message calls it by `key`.
    """
    scheme, colon, rest = text.partition(":")
    scheme, rest = scheme.strip().lower(), rest.strip()
    if colon and scheme in _ADDRESSES:
        return _web(key, text)
    if colon and scheme in SCHEMES:
        if not rest:
            raise _without_value(key, text, scheme)
        bare = re.sub(rf"(?i)^{scheme}:\s*", "", rest)  # "ark:ark:/..." loses one
        return _CHECKED[scheme](key, bare) if scheme in _CHECKED else Identifier(bare, scheme)
    return _guessed(key, text)


def of_scheme(key: str, value: str, scheme: str) -> Identifier:
    """Return an identifier whose scheme is named beside it; one that docpack does not know is taken as it is.

    Raises:
        UsageError: It is not what its scheme needs; the message calls it by `key`.
    """
    named = scheme.strip().lower()
    if named in SCHEMES or not named:
        return read_identifier(key, f"{named}:{value}" if named else value)
    return Identifier(value, named)


def _without_value(key: str, text: str, scheme: str) -> UsageError:
    return wrong(key, text, "has a scheme but no value", f"Write {scheme}:VALUE.")


def _guessed(key: str, text: str) -> Identifier | None:
    labelled = re.match(r"(?ai)isbn(?:-1[03])?[:\s]+(?=[\dx])", text)
    if labelled:
        return _isbn(key, text[labelled.end() :])
    if re.fullmatch(r"(?a)97[89](?:[ -]?\d){10}", text):
        return _isbn(key, text)
    if re.fullmatch(r"(?a)10\.\d{4,9}(?:\.\d+)*/\S+", text):
        return _doi(key, text)
    return _uuid(key, text) if re.fullmatch(_UUID, text.lower()) else None


def _isbn(key: str, value: str) -> Identifier:
    """Return an ISBN without its hyphens, its check digit verified. Spec: ISO 2108; ISBN Users' Manual, section 5."""
    digits = re.sub(_DASHES, "", value).upper()
    if re.fullmatch(r"(?a)97[89]\d{10}", digits):
        right = str(-sum(int(digit) * weight for digit, weight in zip(digits, [1, 3] * 6, strict=False)) % 10)
    elif re.fullmatch(r"(?a)\d{9}[\dX]", digits):
        right = _modulo_11(digits[:-1])
    else:
        raise wrong(key, value, "is no ISBN", "An ISBN has 13 digits and begins with 978 or 979, or has 10 (last X).")
    if digits[-1] != right:
        raise wrong(key, value, f"is no ISBN: its check digit would be {right}", "Compare it with the book.")
    return Identifier(digits, "isbn")


def _issn(key: str, value: str) -> Identifier:
    """Return an ISSN as NNNN-NNNC, its check digit verified. Spec: ISO 3297."""
    digits = re.sub(_DASHES, "", value).upper()
    if not re.fullmatch(r"(?a)\d{7}[\dX]", digits):
        raise wrong(key, value, "is no ISSN", "An ISSN has eight digits, the last of which may be X.")
    right = _modulo_11(digits[:-1])
    if digits[-1] != right:
        raise wrong(key, value, f"is no ISSN: its check digit would be {right}", "Compare it with the journal.")
    return Identifier(f"{digits[:4]}-{digits[4:]}", "issn")


def _modulo_11(digits: str) -> str:
    """Return the check digit that ISBN-10 and ISSN share: the weights count up from 2, beginning at the right."""
    rest = -sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), 2)) % 11
    return "X" if rest == 10 else str(rest)


def _doi(key: str, value: str) -> Identifier:
    """Return a DOI name, also from its address. Spec: ISO 26324; DOI Handbook, section 2.2."""
    address = re.match(_DOI_ADDRESS, value)
    if address:
        from urllib.parse import unquote

        value = read_text(key, unquote(value[address.end() :]))
    if not re.fullmatch(r"(?a)10(?:\.\d+)+/[^\s]+", value):
        raise wrong(key, value, "is no DOI", "A DOI begins with 10. and a number, then a slash: doi:10.1000/182.")
    return Identifier(value, "doi")


def _ark(key: str, value: str) -> Identifier:
    """Return an ARK with its label. Spec: draft-kunze-ark, section 2."""
    if not re.fullmatch(r"(?a)/?[0-9bcdfghjkmnpqrstvwxz]{5,}/[^\s]+", value):
        raise wrong(key, value, "is no ARK", "An ARK reads ark:/12345/NAME, with the number of its authority.")
    return Identifier(f"ark:{value}", "ark")


def _uuid(key: str, value: str) -> Identifier:
    """Return a UUID in lower case. Spec: RFC 9562, section 4."""
    if not re.fullmatch(_UUID, value.lower()):
        raise wrong(key, value, "is no UUID", "A UUID has 32 hexadecimal digits in groups of 8-4-4-4-12.")
    return Identifier(value.lower(), "uuid")


def _urn(key: str, value: str) -> Identifier:
    """Return a URN, or what it is the URN of. Spec: RFC 8141, section 2."""
    space, colon, name = value.partition(":")
    if colon and space.lower() in ("isbn", "issn", "uuid"):
        return _CHECKED[space.lower()](key, name)
    if not re.fullmatch(r"(?ai)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]", space) or not re.fullmatch(r"[^\s<>\"{}|\\^`]+", name):
        raise wrong(key, f"urn:{value}", "is no URN", "A URN reads urn:SPACE:NAME, e.g. urn:nbn:de:0000-1.")
    return Identifier(f"urn:{value}", "urn")


def _web(key: str, value: str) -> Identifier:
    """Return an address as an identifier; one of a DOI is the DOI."""
    return _doi(key, value) if re.match(rf"{_DOI_ADDRESS}10\.", value) else Identifier(read_uri(key, value), "uri")


_CHECKED: dict[str, Callable[[str, str], Identifier]] = {
    "isbn": _isbn,
    "issn": _issn,
    "doi": _doi,
    "ark": _ark,
    "uuid": _uuid,
    "urn": _urn,
    "uri": _web,
}
# What may stand before the colon of an identifier; the values of those that are not checked are taken as they are.
SCHEMES = (*_CHECKED, *"shelfmark oclc lccn ppn gnd vd16 vd17 vd18 estc istc".split())
_ADDRESSES = ("http", "https", "ftp", "info", "oai", "tag", "did")  # URIs as a whole
