"""Patterns of an overrides file: which are used, and which might take too long."""

import time

import pytest

from docpack.reflow.line_patterns import MAX_LINE_CHARACTERS, MAX_STEPS, PatternError, compile_pattern, most_steps


@pytest.mark.parametrize(
    "pattern",
    [
        r"^CHAPTER .*",
        r"^[IVXLC]+\.?$",
        r"\d{1,4}$",
        r"^(?i:chapter) \d+ .+ \d+$",
        r"(?i)^the end$",
        r"^(January|February|March|April) \d{1,2}(st|nd|rd|th)?, \d{4}$",
        r"^.*.*.*x",
        r"(x|xx)(x|xx)(x|xx)(x|xx)y",
    ],
)
def test_a_pattern_that_is_used_is_quick_on_every_line(pattern):
    compiled = compile_pattern(pattern)

    started = time.process_time()
    for line in ("a" * MAX_LINE_CHARACTERS, "x" * MAX_LINE_CHARACTERS, "1" * MAX_LINE_CHARACTERS, "a bcd" * 60):
        compiled.search(line)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param("(a+)+$", "holds a repetition", id="nested-repetitions"),
        pytest.param("(a|aa)+$", "holds a repetition or an alternative", id="repeated-alternatives"),
        pytest.param("(a?){30}a{30}", "holds a repetition", id="repeated-option"),
        pytest.param("(?:(?>a+)b)*", "holds a repetition", id="atomic-group"),
        pytest.param("a?" * 20 + "a" * 20, "too long", id="many-options"),
        pytest.param("(x|xx)" * 12 + "y", "too long", id="many-alternatives"),
        pytest.param(".*.*.*x", "too long", id="many-repetitions"),
        pytest.param("(?=.*.*.*.*x)", "too long", id="look-ahead"),
        pytest.param(r"(.)\1", "refers back", id="back-reference"),
        pytest.param("x" * 201, "201 characters; the limit is 200", id="long"),
        pytest.param("(", "no regular expression: missing )", id="invalid"),
        pytest.param("[[a]", "no regular expression: Possible nested set", id="unclear"),
        pytest.param("a{99999999999}", "no regular expression", id="overflow"),
        pytest.param("x*", "matches every line", id="everything"),
        pytest.param("", "matches every line", id="empty"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern, reason):
    with pytest.raises(PatternError, match=reason.replace(")", r"\)")):
        compile_pattern(pattern)


PROSE = ["The harbour master kept his books in a small tin box, and 12"] * 40_000


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?i:chapter) \d+ .+ \d+$",
        r"^[A-Z]+ [A-Z]+ \d+$",
        r"[A-Z]+ \d+$",
        r"(?i)^the end$",
        r"^(?:ab)+$",
        r"^(January|February) \d{1,2}(st|nd|rd|th)?, \d{4}$",
    ],
)
def test_patterns_as_people_write_them_may_be_used_on_a_book(pattern):
    assert most_steps(compile_pattern(pattern), PROSE) <= MAX_STEPS


def test_steps_are_counted_over_all_lines():
    pattern = compile_pattern("^.*.*.*=")
    line = "a" * (MAX_LINE_CHARACTERS - 1)

    assert most_steps(pattern, [line] * 100) < MAX_STEPS < most_steps(pattern, [line] * 3000)


def test_a_repetition_costs_no_more_than_its_characters_follow_each_other():
    pattern = compile_pattern("^(?i:[a-c]*)(?i:[a-c]*)[^a-c]*=")

    assert most_steps(pattern, ["AxBy" * 70] * 100_000) < MAX_STEPS
    assert most_steps(pattern, ["ABab" * 35 + "x" * 140] * 100_000) > MAX_STEPS
