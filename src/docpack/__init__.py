"""docpack gives plain text copied out of PDFs its structure back, and writes EPUB, DOCX, TEI-XML and PDF.

    import docpack

    document = docpack.read("in.txt")
    data = docpack.write(document, "epub")
    docpack.convert("in.txt", "out.epub")
    docpack.pack(docpack.PackJob("in.txt", "out.tar"))

Names are loaded when they are first used: `import docpack` itself loads nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take as true; importing typing would double the cost of this import

if TYPE_CHECKING:
    from docpack.archive.opening import open_package
    from docpack.archive.package_check import check_package
    from docpack.batch.many import convert_many
    from docpack.context import Context
    from docpack.conversion import read, write
    from docpack.errors import DocpackError
    from docpack.jobs import Result, convert
    from docpack.model import Document, Metadata
    from docpack.packing.job import PackJob, pack

__version__ = "0.1.0"

__all__ = [
    "Context",
    "DocpackError",
    "Document",
    "Metadata",
    "PackJob",
    "Result",
    "__version__",
    "check_package",
    "convert",
    "convert_many",
    "open_package",
    "pack",
    "read",
    "write",
]

_HOMES = {
    "Context": "context",
    "DocpackError": "errors",
    "Document": "model",
    "Metadata": "model",
    "PackJob": "packing.job",
    "Result": "jobs",
    "check_package": "archive.package_check",
    "convert": "jobs",
    "convert_many": "batch.many",
    "open_package": "archive.opening",
    "pack": "packing.job",
    "read": "conversion",
    "write": "conversion",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'docpack' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"docpack.{home}"), name)
    return value


def __dir__() -> list[str]:
    return __all__
