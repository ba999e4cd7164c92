"""One way to write a number, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers.phones import digits, is_mobile, normalise
from dealership.errors import RuleViolation

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("027-8888 8888", "+862788888888"),
        ("027-88888888转12", "+862788888888"),
        ("+852 2123 4567", "+85221234567"),
    ],
)
def test_what_people_type_becomes_one_form(typed, meant):
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "1380013800",
        "138001380000",
        "12800138000",
        "abc",
        "１２３",
        "110",
        "x" * 5000,
        "\x00",
    ],
)
def test_what_nobody_can_call_is_refused_with_a_sentence(typed):
    with pytest.raises(RuleViolation) as refusal:
        normalise(typed)

    assert refusal.value.field == "phone"
    assert str(refusal.value)


@given(mobiles, st.sampled_from(["", "+86", "86", "0086", "+86 "]), st.sampled_from(["", " ", "-"]))
def test_each_spelling_of_a_mobile_is_the_same_number(mobile, prefix, gap):
    typed = prefix + gap.join((mobile[:3], mobile[3:7], mobile[7:]))

    assert normalise(typed) == f"+86{mobile}"
    assert normalise(typed.translate(FULL_WIDTH)) == f"+86{mobile}"


@given(mobiles)
def test_a_normal_form_stays_as_it_is(mobile):
    number = normalise(mobile)

    assert normalise(number) == number
    assert is_mobile(number)
    assert digits(number) == mobile


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_sentence(text):
    try:
        number = normalise(text)
    except RuleViolation:
        return
    assert number.startswith("+")
    assert number[1:].isdecimal()
    assert len(number) <= 16
