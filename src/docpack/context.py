"""The only door from readers and writers to the world: the clock, the user's files, and what they have to tell.

Readers and writers are functions of their bytes, their options and a `Context`. They open no file, ask no clock and
read no environment, so that the same input gives the same bytes everywhere.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from docpack.findings import Code, Finding

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
        """Tell something that people should know although the work goes on."""
        self.findings.append(Finding(code, values, line))

    def iso_time(self) -> str:
        """Return the timestamp as `YYYY-MM-DDThh:mm:ssZ`."""
        import datetime

        moment = datetime.datetime.fromtimestamp(self.timestamp_s, datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def content_uuid(sha256: str) -> str:
    """Return the UUIDv5 that names a source by its content, in the canonical lower-case form."""
    return str(uuid.uuid5(NAMESPACE, f"sha256:{sha256}"))
