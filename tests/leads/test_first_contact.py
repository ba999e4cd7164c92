"""SOP-2.2: somebody new is spoken to within 24 hours."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.sop.models import Deadline
from leads import sop
from leads.actions import assign_lead, open_lead, owe_first_contact, record_contact
from leads.models import Lead
from tests import make
from tests.showroom import make as visits


def first_contacts(lead: Lead) -> list[Deadline]:
    return list(Deadline.objects.about(lead).of_step(sop.FIRST_CONTACT))


def unowned() -> Lead:
    return open_lead(make.customer(), consultant=None, by=None)


@pytest.mark.sop("2.2")
def test_a_new_lead_is_owed_its_first_contact_within_24_hours(li_na):
    at = clock.now()
    lead = make.lead(consultant=li_na, at=at)

    owe_first_contact(lead, at=at)
    owe_first_contact(lead, at=at + timedelta(hours=3))

    (owed,) = first_contacts(lead)
    assert (owed.owner, owed.due_at) == (li_na, at + timedelta(hours=24))


def test_it_is_owed_as_soon_as_somebody_has_the_lead(li_na, chen):
    lead = assign_lead(unowned(), consultant=li_na, by=chen)

    (owed,) = first_contacts(lead)
    assert owed.owner == li_na


def test_what_the_consultants_owed_as_a_whole_is_the_one_consultants_then(li_na, chen):
    lead = unowned()
    owed = owe_first_contact(lead)
    due_at = owed.due_at

    assign_lead(lead, consultant=li_na, by=chen)

    owed.refresh_from_db()
    assert (owed.owner, owed.due_at) == (li_na, due_at)
    assert len(first_contacts(lead)) == 1


@pytest.mark.sop("2.2")
def test_only_reaching_the_customer_keeps_it(li_na):
    lead = make.lead(consultant=li_na)
    owed = owe_first_contact(lead)

    record_contact(lead, way="call", outcome="no_answer", by=li_na)
    owed.refresh_from_db()
    assert owed.is_open
    record_contact(lead, way="wechat", outcome="replied", by=li_na)

    owed.refresh_from_db()
    assert owed.outcome == "done"


def test_somebody_who_was_spoken_to_owes_us_no_first_contact(li_na):
    lead = make.lead(consultant=li_na)
    record_contact(lead, way="call", outcome="reached", by=li_na)

    assert owe_first_contact(Lead.objects.get(pk=lead.pk)) is None


def test_a_guest_whom_a_consultant_takes_needs_no_first_call(li_na, xiao_min):
    visit = visits.visit(consultant=li_na, by=xiao_min)

    assert first_contacts(visit.lead) == []
    assert visit.lead.first_contacted_at is not None
