"""Writes a bag: `python package_writer.py KIND TARGET BYTES`. A program of its own, so that it can be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from docpack.archive.bagit import BagWriter
from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent
from docpack.archive.publishing import publish
from docpack.errors import OutputError

kind, target, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
try:
    with publish(target, folder=kind == "folder") as partial, open_container(kind, partial) as sink:
        bag = BagWriter(sink, "docpack-1")
        for number in range(20):
            bag.add(f"representations/source/data/{number}.bin", BytesContent(bytes([number]) * size))
        bag.close([("Bagging-Date", "1980-01-01")])
except OutputError as error:
    sys.stderr.write(error.message)
    sys.exit(int(error.exit_code))
