"""What may stand in a text, how templates become texts, and what they cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.errors import RuleViolation
from dealership.messaging import texts
from dealership.messaging.actions import change_template, drop_template, render
from dealership.messaging.checks import purposes_can_work
from dealership.messaging.models import SmsTemplate
from dealership.messaging.purposes import PURPOSES, Kind, Purpose, declare_purpose
from tests import make
from tests.messaging import room


@pytest.mark.parametrize(
    ("length", "parts"), [(1, 1), (64, 1), (65, 2), (128, 2), (129, 3), (195, 3), (196, 4)]
)
def test_seventy_characters_fit_one_part_and_longer_ones_sixty_seven_each(length, parts):
    """【东风风神】 takes six of them."""
    assert texts.parts("好" * length, "东风风神") == parts


def test_a_sign_outside_the_plane_counts_twice():
    assert texts.parts("😀" * 35, "") == 1
    assert texts.parts("😀" * 36, "") == 2


@pytest.mark.parametrize(
    "body", ["", "  \n ", "【东风】您好", "您好】", "a\x00b", "a\x07b", "\ud800"]
)
def test_a_text_that_can_not_be_sent_is_refused_with_a_sentence(body):
    with pytest.raises(RuleViolation) as refused:
        texts.check_body(body, room.NOTICE)
    assert refused.value.field == "body"
    assert len(str(refused.value)) > 5


def test_five_hundred_characters_are_the_most():
    assert texts.check_body("好" * 500, room.NOTICE)
    with pytest.raises(RuleViolation, match="501"):
        texts.check_body("好" * 501, room.NOTICE)


def test_an_advert_ends_with_the_way_out_once():
    once = texts.check_body("周末有活动。", room.ADVERT)

    assert once == "周末有活动。 拒收请回复R"
    assert texts.check_body(once, room.ADVERT) == once
    with pytest.raises(RuleViolation):
        texts.check_body("好" * 495, room.ADVERT)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("{phone_number}您好", "{phone_number}"),
        ("{customer", "{customer}"),
        ("customer}", "{customer}"),
        ("{customer.name}", "{customer}"),
        ("{0}", "{customer}"),
        ("{{customer}}", "{customer}"),
        ("{customer!r}", "{customer}"),
    ],
)
def test_a_template_names_only_known_variables_and_says_which(body, word):
    with pytest.raises(RuleViolation) as refused:
        texts.check_template(body, room.NOTICE)
    assert word in str(refused.value)


def test_two_variables_side_by_side_are_refused():
    with pytest.raises(RuleViolation):
        texts.check_template("{customer}{store}", room.NOTICE)


def test_a_template_is_filled(store):
    body = render(room.NOTICE, store, customer="王先生", consultant="李娜", store=store.name)

    assert body == f"王先生您好，我是{store.name}的李娜。"


def test_the_stores_own_wording_is_used_until_it_is_dropped(store, chen):
    values = {"customer": "王先生", "consultant": "李娜", "store": "本店"}
    change_template(room.NOTICE, store=store, name="", body="{customer}，谢谢！", by=chen)
    change_template(room.NOTICE, store=store, name="", body="{customer}，多谢！", by=chen)

    assert render(room.NOTICE, store, **values) == "王先生，多谢！"
    assert render(room.NOTICE, make.store(), **values) != "王先生，多谢！"
    assert SmsTemplate.objects.filter(store=store).count() == 2
    drop_template(room.NOTICE, store=store, by=chen)
    assert render(room.NOTICE, store, **values) == "王先生您好，我是本店的李娜。"


def test_a_variable_without_a_value_is_a_programming_error(store):
    with pytest.raises(LookupError, match="consultant"):
        render(room.NOTICE, store, customer="王先生", store="本店")


def test_a_value_brings_no_brackets_line_breaks_or_variables_into_the_text(store):
    body = render(room.NOTICE, store, customer="【王】\n{store}", consultant="李娜", store="本店")

    assert body == "（王） {store}您好，我是本店的李娜。"
    assert texts.check_body(body, room.NOTICE) == body


names = st.text(st.characters(categories=["Lo", "Lu", "Nd"]), min_size=1, max_size=12)


@given(names, names, names)
def test_what_a_template_gives_can_be_read_back(customer, consultant, shop):
    template = "{customer}您好，我是{store}的{consultant}。"
    values = {"customer": customer, "consultant": consultant, "store": shop}
    body = texts.fill(template, values)

    read = texts.read_back(template, body)

    assert texts.fill(template, read) == body


def test_a_text_that_does_not_fit_is_not_read_back():
    assert texts.read_back("{customer}您好。", "您好，王先生。") is None
    assert texts.read_back("{customer}您好。{customer}！", "王您好。李！") is None
    assert texts.read_back("a.c{customer}", "abc王") is None


def test_a_purpose_is_declared_once():
    purpose = Purpose(code="test.notice", title="x", kind=Kind.NOTICE, default_body="x")
    with pytest.raises(ValueError, match="twice"):
        declare_purpose(purpose)


def test_declared_purposes_can_work():
    assert purposes_can_work(None) == []


def test_a_purpose_that_can_not_work_is_found_at_the_start(monkeypatch):
    broken = Purpose(
        code="test.broken",
        title="x",
        kind=Kind.NOTICE,
        default_body="{nobody}",
        guard="no.such.path",
    )
    monkeypatch.setitem(PURPOSES, broken.code, broken)

    assert [error.id for error in purposes_can_work(None)] == ["messaging.E001", "messaging.E002"]
