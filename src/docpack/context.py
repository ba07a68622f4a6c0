"""The only door from readers and writers to the world: the clock, the user's files, and what they have to tell.

Readers and writers are functions of their bytes, their options and a `Context`. They open no file, ask no clock and
read no environment, so that the same input gives the same bytes everywhere.
"""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpack.findings import Code, Finding

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["EPOCH_1980_S", "NAMESPACE", "Context"]

EPOCH_1980_S = 315_532_800  # 1980-01-01T00:00:00Z, the first moment that a zip archive can name
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://docpack.invalid/ns")  # of every UUIDv5 that docpack makes


@dataclass(slots=True)
class Context:
    """What a reader or writer may know beyond its input, and where it reports to.

    `timestamp_s` is SOURCE_DATE_EPOCH or 1980-01-01, never the clock. `name` is the input's file name, without its
    folder, or "". `findings` grows as readers and writers report.
    """

    timestamp_s: int = EPOCH_1980_S
    name: str = ""
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: Code, line: int | None = None, **values: Any) -> None:
        """Tell something that people should know although the work goes on; the same thing is told once."""
        finding = Finding(code, values, line)
        if finding not in self.findings:
            self.findings.append(finding)

    def moment(self, date: str = "") -> datetime:
        """Return the time that an output carries: the stated date, else the timestamp; in UTC.

        Args:
            date: A W3C date of the metadata, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; anything else counts as none.
        """
        from datetime import UTC, datetime

        if date[:4].isdigit():
            with contextlib.suppress(ValueError):
                return datetime.fromisoformat(f"{date}-01-01"[:10] if len(date) < 10 else date).replace(tzinfo=UTC)
        return datetime.fromtimestamp(self.timestamp_s, UTC)

    def iso_time(self, date: str = "") -> str:
        """Return `moment` as `YYYY-MM-DDThh:mm:ssZ`."""
        return f"{self.moment(date).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def content_uuid(sha256: str) -> str:
    """Return the UUIDv5 that names a source by its content, in the canonical lower-case form."""
    return str(uuid.uuid5(NAMESPACE, f"sha256:{sha256}"))
