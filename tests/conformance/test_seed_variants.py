"""The seed keeps its 28 blocks in whatever shape another program, or another page, would have given it."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared


def _load() -> Any:
    """Return the module beside this one; --import-mode=importlib puts no test folder on the path."""
    specification = importlib.util.spec_from_file_location(
        "seed_variants", Path(__file__).with_name("seed_variants.py")
    )
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # its dataclasses look themselves up
    specification.loader.exec_module(module)
    return module


sv = _load()
EACH = pytest.mark.parametrize("layout", [pytest.param(layout, id=name) for name, layout in sv.VARIANTS.items()])


def test_the_layout_that_changes_nothing_is_the_seed_itself(shared: Path):
    assert sv.render(sv.the_seed(), sv.Layout()) == (shared / "seed" / "seed.txt").read_bytes()


@EACH
def test_the_variant_holds_the_true_text(layout: Any):
    seed = sv.the_seed()
    lines = sv.set_lines(seed, layout)
    texts = [""] * len(seed.blocks)
    for line in lines:
        texts[line.block] += (line.text[:-1] if line.soft else line.text) + line.glue

    data = sv.render(seed, layout)

    mark, encoding = sv.ENCODINGS[layout.encoding]
    rows = (row.strip() for row in re.split(r"[\r\n\f]+", data.removeprefix(mark).decode(encoding)))
    assert [text.strip() for text in texts] == [text for _, text in seed.blocks]
    assert all(line.text in rows for line in lines)  # each behind the one before it


@EACH
def test_the_variant_is_read_as_the_true_blocks(layout: Any):
    seed = sv.the_seed()

    difference = sv.first_difference(sv.expected(seed, layout), sv.ask(sv.render(seed, layout)))

    assert difference == ""
