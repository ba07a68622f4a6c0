"""The one place that asks the clock: for the records of a package, which tell when things happened."""

from __future__ import annotations

import os
from dataclasses import dataclass

from docpack.errors import UsageError

__all__ = ["Clock", "source_date_epoch"]

_YEAR_10000_S = 253_402_300_800


def source_date_epoch() -> int | None:
    """Return SOURCE_DATE_EPOCH in seconds since 1970, or None where it is not set.

    Raises:
        UsageError: It is no whole number of seconds.

    Spec:
        reproducible-builds.org, SOURCE_DATE_EPOCH 1.1.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) < 13 and int(epoch) < _YEAR_10000_S):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {epoch[:40]!r}, which is no time",
            hint="Give whole seconds since 1970-01-01, or unset it.",
        )
    return int(epoch)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time: that of the machine, or a fixed one."""

    fixed_s: int | None = None

    @classmethod
    def of_environment(cls) -> Clock:
        """Return a clock that stands still at SOURCE_DATE_EPOCH where that is set.

        Raises:
            UsageError: It is no time.
        """
        return cls(source_date_epoch())

    @property
    def note(self) -> str:
        """What an event record says of its time, or "" where it is the machine's."""
        return "" if self.fixed_s is None else "; the time is that of SOURCE_DATE_EPOCH"

    def moment(self) -> str:
        """Return the time in UTC as `YYYY-MM-DDThh:mm:ssZ`."""
        from datetime import UTC, datetime

        moment = datetime.now(UTC) if self.fixed_s is None else datetime.fromtimestamp(self.fixed_s, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
