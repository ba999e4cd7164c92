"""A masked number gives away its last four digits and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.privacy.masks import mask_phone, show_phone


@pytest.mark.parametrize(
    ("number", "masked", "shown"),
    [
        ("+8613800138000", "138****8000", "138 0013 8000"),
        ("13800138000", "138****8000", "138 0013 8000"),
        ("+862788888888", "278***8888", "2788888888"),
        ("110", "*10", "110"),
        ("", "", ""),
    ],
)
def test_a_number_looks_like_this(number, masked, shown):
    assert mask_phone(number) == masked
    assert show_phone(number) == shown


@given(
    st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True), st.from_regex(r"[0-9]{4}", fullmatch=True)
)
def test_numbers_that_differ_in_the_middle_look_the_same(number, middle):
    other = number[:6] + middle + number[-4:]

    assert mask_phone(other) == mask_phone(number)
