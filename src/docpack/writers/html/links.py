"""Which hyperlinks may stand in a page, and how they are spelt."""

from __future__ import annotations

import re

__all__ = ["safe_uri"]

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
# A page that carries these runs code, or leads out of the book into the reader's own files: EPUB 3.3, section
# 3.6 (no `data:` in hyperlinks), epubcheck RSC-030 (no `file:`).
_REFUSED = frozenset({"data", "file", "javascript", "vbscript"})
# Compiled where there is a link, as it takes milliseconds.
_UNSAFE = r"""[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u00a0-\U0010ffff]|%(?![0-9A-Fa-f]{2})"""


def safe_uri(href: str) -> str:
    """Return an absolute URI as it may stand in a page, or "" for one that may not.

    Characters that no IRI has (blanks, quotes, angle brackets) are percent-encoded.

    Spec:
        RFC 3986, sections 2 and 3; RFC 3987, section 2.2.

    >>> safe_uri("https://example.org/a b")
    'https://example.org/a%20b'
    >>> safe_uri("javascript:alert(1)"), safe_uri("chapter2.html")
    ('', '')
    """
    uri = re.sub(_UNSAFE, lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), href.strip())
    scheme = _SCHEME.match(uri)
    if scheme is None or scheme[1].lower() in _REFUSED:
        return ""
    return uri if _is_whole(uri, scheme[1].lower()) else ""


def _is_whole(uri: str, scheme: str) -> bool:
    """Tell whether what follows the scheme can be parsed; `http:` needs a host."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) if scheme in ("http", "https") else len(uri) > len(scheme) + 1
