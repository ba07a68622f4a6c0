"""Texts, dates, directions and addresses, checked and made uniform.

Each function gets the key, by which messages call the value, and the value as a person wrote it.
"""

from __future__ import annotations

import re

from docpack.errors import UsageError
from docpack.model import Direction

__all__ = [
    "checked",
    "normal_key",
    "read_date",
    "read_direction",
    "read_paragraphs",
    "read_text",
    "read_uri",
    "shown",
    "wrong",
]

_WHITE = r"[ \t\n\r\x85\u2028\u2029]+"  # not the no-break space, which is there for a reason
# Atomic, or else CR and LF of one line end would count as two.
_BLANK_LINE = r"(?>\r\n|[\n\r\x85\u2028])[ \t]*(?:(?>\r\n|[\n\r\x85\u2028])[ \t]*)+|\u2029"
_MAX_SHOWN = 60


def read_text(key: str, value: str) -> str:
    """Return text of one line, all white space one blank."""
    return re.sub(_WHITE, " ", checked(key, value)).strip()


def read_paragraphs(key: str, value: str) -> str:
    """Return text whose blank lines part paragraphs; all other white space is one blank."""
    parts = (read_text(key, part) for part in re.split(_BLANK_LINE, checked(key, value)))
    return "\n\n".join(filter(None, parts))


def read_direction(key: str, value: str) -> Direction:
    """Return the direction that `ltr` or `rtl` names, in any case."""
    text = read_text(key, value).lower()
    if text not in tuple(Direction):
        raise wrong(key, value, "is no direction", "Write ltr or rtl.")
    return Direction(text)


def read_date(key: str, value: str) -> str:
    """Return a date that is one, or "".

    Spec:
        W3C Date and Time Formats, the profiles YYYY, YYYY-MM and YYYY-MM-DD.
    """
    text = read_text(key, value)
    if not text:
        return text
    found = re.fullmatch(r"(?a)(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", text)
    if found is None:
        raise wrong(key, text, "is no date of the form YYYY, YYYY-MM or YYYY-MM-DD", "Write e.g. 1937 or 1937-05-21.")
    import datetime

    try:
        datetime.date(*(int(part or 1) for part in found.groups()))
    except ValueError as error:
        raise wrong(key, text, f"is not in the calendar: {error}", "Check the month and the day.") from error
    return text


def read_uri(key: str, value: str) -> str:
    """Return an absolute URI, or ""; characters beyond ASCII may stand as they are.

    Spec:
        RFC 3986, section 4.3; RFC 3987.
    """
    text = read_text(key, value)
    found = re.fullmatch(r"(?ai)([a-z][a-z0-9+.-]+):([^\s<>\"{}|\\^`]+)", text)
    if text and (
        found is None or (found[1].lower() in ("http", "https", "ftp") and not re.match("//[^/?#]", found[2]))
    ):
        raise wrong(key, text, "is no absolute URI", _uri_hint(text))
    return text


def _uri_hint(text: str) -> str:
    licence = re.match(r"(?ai)cc[ -](by(?:-(?:nc|sa|nd))*)[ -](\d\.\d)", text)
    if licence:
        return f"Write https://creativecommons.org/licenses/{licence[1].lower()}/{licence[2]}/."
    if re.match(r"(?i)cc[ -]?0|(cc )?zero", text):
        return "Write https://creativecommons.org/publicdomain/zero/1.0/."
    return "Write the whole address, e.g. https://creativecommons.org/licenses/by/4.0/; percent-encode blanks."


def checked(key: str, value: str) -> str:
    """Return a value all of whose characters every format can hold."""
    from docpack.xml_characters import FORBIDDEN

    found = FORBIDDEN.search(value)
    if found is None:
        return value
    code = ord(found[0])
    if 0xD800 <= code <= 0xDFFF:
        raise wrong(key, value, "is no valid text", "Write it in UTF-8, or put it into a metadata file.")
    raise wrong(key, value, f"holds the control character or noncharacter U+{code:04X}", "Take it out.")


def wrong(key: str, value: str, why: str, hint: str) -> UsageError:
    """Return the error that says what is wrong with the value of a key."""
    return UsageError(f"{normal_key(key).replace('_', '-')}: {shown(value)} {why}", hint=hint)


def shown(value: str) -> str:
    """Return a value for a message: quoted, with what cannot be printed escaped, cut where it is long."""
    return repr(value if len(value) <= _MAX_SHOWN else value[: _MAX_SHOWN - 3] + "...")


def normal_key(key: str) -> str:
    """Return a key in small letters, its words parted by underscores."""
    return re.sub(r"[-\s]", "_", key.strip().lower())
