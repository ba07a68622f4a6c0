"""docpack's own JSON: the document model as other programs read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.codec import encode
from docpack.plugins import Format

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["JsonWriter"]


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """Writes the JSON form of the model."""

    format: ClassVar[Format] = Format("json", (".json",), "application/json", "docpack's document model as JSON")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as UTF-8 JSON on one line, with a line end."""
        text = json.dumps(encode(document), ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate cannot be UTF-8; JSON's own escape for it is what this error handler writes.
        return text.encode("utf-8", "backslashreplace") + b"\n"
