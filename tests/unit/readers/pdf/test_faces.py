"""What fonts say of their look."""

from __future__ import annotations

import pytest

from docpack.readers.pdf.fonts import _is_typewriter, face_of


@pytest.mark.parametrize(
    ("widths", "is_typewriter"),
    [
        pytest.param([0.525] * 90, True, id="a typewriter face"),
        pytest.param([0.52, 0.525] * 20 + [0.0] * 9, True, id="rounded, and codes without a letter"),
        pytest.param([1.0] * 200, False, id="ideographs"),
        pytest.param([0.5] * 10, False, id="figures"),
        pytest.param([0.4, 0.45, 0.5] * 20, False, id="letters"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_face_without_a_name_is_known_by_its_widths(widths, is_typewriter):
    assert _is_typewriter(widths) is is_typewriter


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("ABCDEF+NimbusMonL-Regu", True),
        ("CMSLTT10", True),
        ("LMMono10-Regular", True),
        ("Inconsolata-Bold", True),
        ("MonotypeCorsiva", False),
        ("Monotype-GaramondMT", False),
        ("CMR10", False),
    ],
)
def test_faces_of_one_width_are_known_by_their_names(name, fixed):
    assert face_of(name).fixed is fixed
