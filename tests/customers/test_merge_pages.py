"""The pages of duplicates: compare, preview, merge, undo; who may."""

import pytest

from dealership.customers.actions import merge_customers, tell_apart
from dealership.customers.models import Customer, DuplicatePair, Merge
from dealership.staff.roles import Role
from tests import make
from tests.customers.merging import twice

HTMX = {"HX-Request": "true"}


def url(keep, other):
    return f"/customers/{keep.pk}/merge/{other.pk}/"


def test_the_two_records_stand_side_by_side(li_na, sign_in):
    keep, other = twice(li_na)

    page = sign_in(li_na, language="en").get(url(keep, other)).content.decode()

    assert "138 0013 8000" in page
    assert "139 0013 9000" in page
    assert "Show what will happen" in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_preview_says_what_will_happen_and_does_nothing(headers, li_na, sign_in):
    keep, other = twice(li_na)
    for customer in (keep, other):
        make.lead(customer=customer, consultant=li_na)

    browser = sign_in(li_na, language="en")
    page = browser.post(url(keep, other), {"step": "preview"}, headers=headers).content.decode()

    assert "Two leads become one" in page
    assert not Merge.objects.exists()
    assert Customer.objects.get(pk=other.pk).merged_into is None


@pytest.mark.sop("2.2")
def test_merged_then_opened_by_the_old_address_then_taken_back(li_na, sign_in):
    keep, other = twice(li_na)
    browser = sign_in(li_na)

    done = browser.post(url(keep, other), {"step": "merge", "once": "a"})
    again = browser.post(url(keep, other), {"step": "merge", "once": "a"})
    merge = Merge.objects.get()

    assert done.headers["Location"] == merge.get_absolute_url()
    assert again.status_code in (302, 404)
    moved = browser.get(other.get_absolute_url())
    assert moved.headers["Location"] == keep.get_absolute_url()
    assert browser.get(merge.get_absolute_url()).status_code == 200
    browser.post(f"/customers/merges/{merge.pk}/undo/")
    assert browser.get(other.get_absolute_url()).status_code == 200


def test_under_htmx_the_whole_window_goes_on(li_na, sign_in):
    answer = sign_in(li_na).post(url(*twice(li_na)), {"step": "merge"}, headers=HTMX)

    assert answer.headers["HX-Redirect"] == Merge.objects.get().get_absolute_url()


def test_a_refusal_stands_on_the_page(li_na, sign_in):
    keep, other = twice(li_na)
    for customer, digest in ((keep, "a"), (other, "b")):
        Customer.objects.filter(pk=customer.pk).update(identity_digest=digest * 64)

    answer = sign_in(li_na, language="en").post(url(keep, other), {"step": "merge"})

    assert answer.status_code == 422
    assert "two people" in answer.content.decode()


class TestWho:
    """Managers and the clerk any two; a consultant two of their own."""

    @pytest.mark.parametrize("role", [Role.SALES_MANAGER, Role.CLERK])
    def test_those_who_see_the_store(self, role, li_na, wang_qiang, sign_in):
        keep, other = make.customer(owner=li_na), make.customer(owner=wang_qiang)

        page = sign_in(make.user(role=role)).get(url(keep, other))

        assert page.status_code == 200

    def test_a_colleagues_customer(self, li_na, wang_qiang, sign_in):
        keep, other = make.customer(owner=li_na), make.customer(owner=wang_qiang)

        assert sign_in(li_na).post(url(keep, other), {"step": "merge"}).status_code == 404
        other.attended_by = li_na
        other.save(update_fields=["attended_by"])
        assert sign_in(li_na).post(url(keep, other), {"step": "merge"}).status_code == 403

    def test_another_stores_customer(self, chen, li_na, outsider, sign_in):
        keep, other = make.customer(owner=li_na), make.customer(owner=outsider)

        assert sign_in(chen).post(url(keep, other), {"step": "merge"}).status_code == 404


def test_the_list_asks_as_much_for_many_as_for_one(li_na, chen, client, assert_flat_queries):
    client.force_login(chen)

    def pair():
        one, another = sorted(
            (make.customer(owner=li_na), make.customer(owner=li_na)), key=lambda row: row.pk
        )
        DuplicatePair.objects.create(
            store=one.store, first=one, second=another, score=60, reasons=["name"],
            seen_at=one.created_at,
        )  # fmt: skip

    assert_flat_queries("/customers/duplicates/", pair)


def test_the_log_asks_as_much_for_many_as_for_one(li_na, chen, client, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries(
        "/customers/merges/",
        lambda: merge_customers(make.customer(owner=li_na), make.customer(owner=li_na), by=chen),
    )


def test_one_tap_says_that_they_are_two_people(li_na, sign_in):
    one, another = twice(li_na)

    answer = sign_in(li_na).post(
        f"/customers/{one.pk}/told-apart/", {"other": another.pk}, headers=HTMX
    )

    assert answer.content == b""
    assert DuplicatePair.objects.get().state == "different"


def test_the_customers_page_names_who_may_be_the_same(li_na, sign_in):
    one, another = twice(li_na)
    make.lead(customer=one, consultant=li_na)
    browser = sign_in(li_na, language="en")

    panel = browser.get(f"/customers/{one.pk}/duplicates/", headers=HTMX).content.decode()
    tell_apart(one, another, by=li_na)
    after = browser.get(f"/customers/{one.pk}/duplicates/", headers=HTMX).content.decode()

    assert "Possibly the same as" in panel
    assert "Possibly the same as" not in after


def test_the_api_does_the_same(li_na, sign_in):
    one, another = twice(li_na)
    browser = sign_in(li_na)

    found = browser.get(f"/api/v1/customers/{one.pk}/duplicates/").json()
    merged = browser.post(
        f"/api/v1/customers/{one.pk}/merge/", {"other": another.pk}, content_type="application/json"
    )
    undone = browser.post(f"/api/v1/merges/{merged.json()['id']}/undo/")

    assert [entry["customer"]["id"] for entry in found] == [another.pk]
    assert merged.json()["keep"] == one.pk
    assert undone.json()["undone_at"]
