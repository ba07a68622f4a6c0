"""Imported by the server from which workers are forked: what they need is loaded, and looked for, once for all of them."""

from __future__ import annotations

import contextlib
import signal
from importlib import import_module

from docpack.plugins import plugins

__all__: list[str] = []

_MODULES = (
    "docpack.batch.work",
    "docpack.lowering",
    "docpack.metadata",
    "docpack.readers.text",
    "docpack.reflow",
    "docpack.verify.conservation",
    "docpack.verify.docx_text",
    "docpack.verify.epub_text",
    "docpack.verify.tei_text",
    "docpack.writers.docx",
    "docpack.writers.epub",
    "docpack.writers.json",
    "docpack.writers.tei",
    "docx",
    "ebooklib.epub",
    "lxml.etree",
)

plugins()  # 60 ms, of which each new worker would lose as much
for _each in _MODULES:
    with contextlib.suppress(ImportError):  # what is missing is told when it is needed
        import_module(_each)
# A first document takes 60 ms longer than others. What fails here is told when it is needed.
with contextlib.suppress(Exception):
    from docpack.jobs import Job, run

    _FORMATS = ("epub", "docx", "tei")
    run(Job("first.txt", tuple((name, "-") for name in _FORMATS), data=b"   One.\n   Two lines of\ntext.\n"))
# Whoever started the server held Ctrl-C back (`warming.uninterrupted`); what came meanwhile is dropped.
if hasattr(signal, "pthread_sigmask"):
    with contextlib.suppress(KeyboardInterrupt):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
