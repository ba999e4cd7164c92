"""A VIN is checked by its own digit (GB 16735-2019)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.errors import RuleViolation
from dealership.vehicles.vin import CHECK_AT, VALUES, check_digit, normalise_vin

signs = st.sampled_from(sorted(VALUES))


@st.composite
def vins(draw) -> str:
    body = "".join(draw(st.lists(signs, min_size=13, max_size=13)))
    vin = body + draw(st.from_regex(r"[0-9]{4}", fullmatch=True))
    return (
        vin[:CHECK_AT]
        + check_digit(vin[:CHECK_AT] + "0" + vin[CHECK_AT + 1 :])
        + vin[CHECK_AT + 1 :]
    )


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "11111111111111111", "1m8gdm9axkp042788", " 1M8GDM9AX KP042788"]
)
def test_a_right_vin_is_kept_in_capitals(vin):
    assert normalise_vin(vin) == vin.upper().replace(" ", "")


@given(vins())
def test_a_made_vin_with_its_check_digit_is_right(vin):
    assert normalise_vin(vin.lower()) == vin


@given(vins(), st.integers(0, 12), signs)
def test_one_mistyped_sign_is_noticed_or_has_the_same_value(vin, place, sign):
    wrong = vin[:place] + sign + vin[place + 1 :]
    if place == CHECK_AT or VALUES[sign] == VALUES[vin[place]]:
        return
    with pytest.raises(RuleViolation):
        normalise_vin(wrong)


@pytest.mark.parametrize(
    "vin",
    [
        "",
        "1M8GDM9AXKP04278",
        "IM8GDM9AXKP042788",
        "1M8GDM9A1KP042788",
        "鄂" * 17,
        "1M8GDM9AXKP04278\x00",
    ],
)
def test_a_wrong_vin_is_refused_with_a_sentence(vin):
    with pytest.raises(RuleViolation) as refusal:
        normalise_vin(vin)

    assert refusal.value.field == "vin"
