"""The totals of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpack.batch.task import Status

if TYPE_CHECKING:
    from docpack.batch.task import Record

__all__ = ["Summary"]


@dataclass(slots=True)
class Summary:
    """How many documents ended how; `elapsed_s` is the wall time of the run, and `interrupted` whether it was cut short."""

    statuses: Counter[Status] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    outputs: int = 0
    made: int = 0
    doubts: int = 0
    warned: int = 0
    elapsed_s: float = 0.0
    interrupted: bool = False

    def add(self, record: Record) -> None:
        """Count a document."""
        self.statuses[record.status] += 1
        self.outputs += len(record.outputs)
        self.made += sum(each.made != "there" for each in record.outputs)
        self.doubts += record.doubts.count
        self.warned += record.has_warnings
        for each in record.findings:
            self.findings[each["severity"]] += 1

    @property
    def documents(self) -> int:
        """How many documents there were."""
        return sum(self.statuses.values())

    @property
    def fine(self) -> int:
        """How many have all their outputs."""
        return self.statuses[Status.BUILT] + self.statuses[Status.FRESH]

    @property
    def failed(self) -> int:
        """How many were begun and lack an output."""
        return self.documents - self.fine - self.statuses[Status.NOT_RUN]

    def sentence(self) -> str:
        """Return the totals as a line for people."""
        parts = [f"{self.statuses[each]} {each.value}" for each in Status if self.statuses[each]]
        rate = f", {_rate(self.documents / self.elapsed_s)}" if self.elapsed_s > 1 else ""
        documents = "1 document" if self.documents == 1 else f"{self.documents} documents"
        return f"{documents}: {', '.join(parts) or 'none'}; {self.elapsed_s:.1f} s{rate}"

    def to_json(self) -> dict[str, Any]:
        """Return the totals as a JSON object; what differs from run to run is under `volatile`."""
        return {
            "documents": self.documents,
            "statuses": {each.value: self.statuses[each] for each in Status if self.statuses[each]},
            "outputs": self.outputs,
            "findings": dict(sorted(self.findings.items())),
            "doubts": self.doubts,
            "volatile": {"elapsed_s": round(self.elapsed_s, 3), "interrupted": self.interrupted},
        }


def _rate(per_second: float) -> str:
    """Return how many there are in a second or, where that is less than one, in a minute.

    >>> _rate(116.4), _rate(2.25), _rate(0.27)
    ('116 a second', '2.2 a second', '16 a minute')
    """
    number, unit = (per_second, "second") if per_second >= 1 else (per_second * 60, "minute")
    return f"{number:.0f} a {unit}" if number >= 10 else f"{number:.1f} a {unit}"
