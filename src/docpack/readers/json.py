"""docpack's own JSON, as `-t json` writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import InputError
from docpack.plugins import Format

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["JsonReader"]


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads the JSON form of the model."""

    format: ClassVar[Format] = Format("json", (".json",), "application/json", "docpack's document model as JSON")

    def refuses(self, data: bytes, name: str) -> str:
        """Return why these bytes are no JSON of docpack, or ""."""
        if data.lstrip()[:1] != b"{":
            return "it does not begin with {"
        return "" if b'"docpack"' in data[:4096] else "the key docpack is not among its first 4096 bytes"

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document.

        Raises:
            InputError: It is no JSON, or not docpack's.
        """
        from docpack.codec import decode

        try:
            return decode(json.loads(data))
        except (ValueError, RecursionError) as error:
            raise InputError(f"no JSON that docpack can read: {error}") from error
