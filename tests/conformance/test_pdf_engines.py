"""Both engines read the benchmark's PDFs as the same text and the same document."""

from __future__ import annotations

from pathlib import Path

import pytest

import docpack

pytest.importorskip("pypdfium2")


def test_they_read_the_same_documents(shared: Path):
    paths = sorted((shared / "reflow-bench" / "dev").glob("*PDF/source.pdf"))
    differing = []
    for path in paths:
        one, two = (docpack.read(path, options={"engine": engine}) for engine in ("pypdf", "pdfium"))
        assert one.source
        assert two.source
        if one != two or one.source.source.text.split() != two.source.source.text.split():
            differing.append(path.parent.name)

    assert paths
    assert not differing
