"""What is to be done with one document of a batch, and what became of it: values that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from docpack.errors import ExitCode

if TYPE_CHECKING:
    from docpack.errors import DocpackError
    from docpack.jobs import Job

__all__ = ["PACKAGE", "Doubts", "Output", "Record", "Status", "Task", "Trouble"]

PACKAGE = "package"  # in the place of a format, where the output is one


@dataclass(frozen=True, slots=True)
class Task:
    """A document and what is to become of it.

    `number` is its place among all, `name` its path below the base, by which reports call it. `job` names the outputs;
    where `pack` names formats, its one output is a package that holds these. Where there is a `trouble`, nothing can
    become of it: it is a folder that cannot be read, say.
    """

    number: int
    name: str
    job: Job
    pack: tuple[str, ...] = ()
    trouble: Trouble | None = None


class Status(StrEnum):
    """What became of a document."""

    BUILT = "built"  # all that was wanted was made, or some of it and the rest was there
    FRESH = "fresh"  # everything was there already
    FAILED = "failed"  # it cannot be converted; the trouble says why
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    NO_MEMORY = "out-of-memory"
    NOT_RUN = "not-run"  # the batch ended before its turn

    @property
    def is_fine(self) -> bool:
        """Whether everything that was wanted is there."""
        return self in (Status.BUILT, Status.FRESH)


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a document became; `made` tells whether it was built, restored from the cache, or there already."""

    format: str
    path: str
    key: str
    sha256: str
    size_bytes: int
    made: str = "built"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong: with which format, or "" where it was the reading or the worker."""

    format: str
    message: str
    hint: str = ""
    exit_code: int = int(ExitCode.FAILED)

    @classmethod
    def of(cls, error: DocpackError, format: str = "") -> Trouble:  # noqa: A002  # as the field is called
        """Return what an error says."""
        return cls(format, error.message, error.hint, int(error.exit_code))


@dataclass(frozen=True, slots=True)
class Doubts:
    """The decisions that are less sure than was asked for: how many, and the worst of them."""

    count: int = 0
    worst: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a document. `volatile` is what differs from run to run: times, memory, attempts."""

    number: int
    name: str
    source: str
    status: Status
    key: str = ""
    input_sha256: str = ""
    outputs: tuple[Output, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    doubts: Doubts = field(default_factory=Doubts)
    troubles: tuple[Trouble, ...] = ()
    volatile: dict[str, Any] = field(default_factory=dict)

    @property
    def has_warnings(self) -> bool:
        """Whether `--strict` fails it: a finding is a warning, or a decision is less sure than was asked for."""
        return self.doubts.count > 0 or any(each["severity"] == "warning" for each in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the record as a JSON object. It shares findings and figures with the record."""
        return {
            **_fields(self),
            "outputs": [_fields(each) for each in self.outputs],
            "doubts": _fields(self.doubts),
            "troubles": [_fields(each) for each in self.troubles],
        }

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Record:
        """Return the record that a JSON object holds.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is not what it should be.
            ValueError: A value is none of those that it may have.
        """
        return cls(
            **{
                **made,
                "status": Status(made["status"]),
                "outputs": tuple(Output(**each) for each in made["outputs"]),
                "findings": tuple(made["findings"]),
                "doubts": Doubts(made["doubts"]["count"], tuple(made["doubts"]["worst"])),
                "troubles": tuple(Trouble(**each) for each in made["troubles"]),
            }
        )


def _fields(value: Any) -> dict[str, Any]:
    """Return the fields of one of these classes: a fifth of the time of `asdict`, which copies all that is in them."""
    return {name: getattr(value, name) for name in value.__slots__}
