"""A customer's record: registering, numbers, owner, cars."""

import pytest
from django.db import IntegrityError, transaction

from dealership.customers import actions
from dealership.customers.models import Customer, Event, Phone
from dealership.errors import RuleViolation
from tests import make


def test_registering_writes_the_record_its_phone_and_one_event(store, li_na):
    customer = actions.register_customer(
        store=store, name=" 王  建国 ", phone="138 0013 8000", owner=li_na, by=li_na
    )

    assert customer.name == "王 建国"
    assert customer.primary_phone == "+8613800138000"
    assert [event.kind for event in customer.events.all()] == ["customer.registered"]


@pytest.mark.parametrize("name", ["", "   ", "王" * 61, "\n\t"])
def test_a_record_needs_a_name(name, store):
    with pytest.raises(RuleViolation) as refusal:
        actions.register_customer(store=store, name=name, by=None)

    assert refusal.value.field == "name"
    assert not Customer.objects.exists()


def test_a_number_belongs_to_one_customer_of_a_store(store):
    make.customer(name="王建国", phone="13800138000")

    with pytest.raises(RuleViolation, match="王建国") as refusal:
        actions.register_customer(store=store, name="李四", phone="138-0013-8000", by=None)

    assert refusal.value.code == "phone_known"
    assert Customer.objects.count() == 1, "nothing is left of the refused record"


def test_a_sister_store_may_know_the_same_number():
    make.customer(phone="13800138000")
    make.customer(phone="13800138000", store=make.store())

    assert Phone.objects.filter(number="+8613800138000").count() == 2


def test_the_database_itself_keeps_a_number_once_per_store():
    first, second = make.customer(phone="13800138000"), make.customer()

    with pytest.raises(IntegrityError), transaction.atomic():
        Phone.objects.create(customer=second, store=first.store, number="+8613800138000")


def test_a_second_number_leaves_the_first_one_primary(li_na):
    customer = make.customer(phone="13800138000", owner=li_na)

    actions.add_phone(customer, "13900139000", by=li_na)

    assert customer.primary_phone == "+8613800138000"
    assert customer.phones.count() == 2


def test_a_new_consultant_stands_in_the_timeline_once(li_na, wang_qiang, chen):
    customer = make.customer(owner=li_na)

    actions.set_owner(customer, wang_qiang, by=chen)
    actions.set_owner(customer, wang_qiang, by=chen)

    events = customer.events.filter(kind="customer.owner_set")
    assert [event.data["owner"] for event in events] == ["王强"]


def test_renaming_to_the_same_name_changes_nothing():
    customer = make.customer(name="王建国", salutation="mr")
    before = customer.events.count()

    actions.rename_customer(customer, name="王建国", salutation="mr", by=None)

    assert customer.events.count() == before


@pytest.mark.parametrize("plate", ["A12345", "鄂A1234", "鄂I12345", "湖北A12345"])
def test_an_incomplete_plate_is_refused(plate):
    with pytest.raises(RuleViolation) as refusal:
        actions.add_car(make.customer(), plate=plate, by=None)

    assert refusal.value.field == "plate"


@pytest.mark.parametrize("plate", ["鄂A12345", "鄂AD12345", "鄂 A·1234学", "粤ZF023港"])
def test_a_complete_plate_is_kept_in_one_form(plate):
    car = actions.add_car(make.customer(), plate=plate, by=None)

    assert " " not in car.plate
    assert "·" not in car.plate


def test_a_plate_belongs_to_one_customer_of_a_store():
    actions.add_car(make.customer(), plate="鄂A12345", by=None)

    with pytest.raises(RuleViolation):
        actions.add_car(make.customer(), plate="鄂A12345", by=None)


def test_the_timeline_only_grows():
    make.customer()

    with pytest.raises(TypeError):
        Event.objects.all().update(kind="other")
    with pytest.raises(TypeError):
        Event.objects.all().delete()


def test_an_undeclared_kind_of_event_is_a_mistake_in_the_code(store):
    with pytest.raises(LookupError):
        actions.note("customer.sang", store=store, by=None)
