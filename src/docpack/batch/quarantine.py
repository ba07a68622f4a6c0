"""Where documents are put that cost their worker its life: the input, and what is known of it, for whoever looks into it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

from docpack.batch.task import Status

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.batch.task import Record

__all__ = ["QUARANTINED", "quarantine"]

QUARANTINED = frozenset({Status.CRASHED, Status.TIMEOUT, Status.NO_MEMORY})


def quarantine(cache: Path, record: Record) -> Path | None:
    """Put a copy of a document aside, with the record of it; return where, or None where the disk does not take it."""
    digest = hashlib.sha256(f"{os.path.abspath(record.source)}".encode("utf-8", "surrogateescape")).hexdigest()  # noqa: PTH100
    folder = cache / "quarantine" / digest[:16]
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        name = os.path.basename(record.source) or "stdin"  # noqa: PTH119
        if os.path.isfile(record.source):  # noqa: PTH113
            shutil.copyfile(record.source, folder / name)
        (folder / "docpack-record.json").write_text(
            json.dumps(record.to_json(), indent=1) + "\n", "utf-8", "backslashreplace"
        )
        return folder
    return None
