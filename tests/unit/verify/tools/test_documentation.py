"""The page on validators names each of them."""

import pytest

from docpack.plugins import validator_names


@pytest.mark.parametrize("name", validator_names())
def test_every_validator_has_its_row(repository, name):
    page = (repository / "docs" / "reference" / "validators.md").read_text("utf-8")

    assert f"\n| `{name}` | " in page
