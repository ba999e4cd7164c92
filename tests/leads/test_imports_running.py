"""SOP-2.7: the rows of a list become customers and leads, once each, and can be taken back."""

import signal
import subprocess
import sys
import time as clocks
from datetime import timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict

from dealership import clock
from dealership.customers.actions import give_consent, refuse_contact
from dealership.customers.models import Consent, Customer, Event, OwnedCar, Phone, SearchKey
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice, Sms
from dealership.sop.models import Deadline
from dealership.staff.models import Duty
from dealership.staff.policy import POLICY
from dealership.staff.roles import Role
from leads import sop
from leads.actions import capture_lead, prospects, record_contact
from leads.actions import importing as engine
from leads.actions.importing import work_on, work_on_imports
from leads.actions.imports import (
    discard_import,
    map_columns,
    revert_import,
    start_import,
    stop_import,
)
from leads.models import ImportRow, ImportRun, Lead, ProspectList
from tests import make
from tests.leads import files
from tests.leads.files import HEADER, csv_file, imported, mapped, outcomes, reasons, xlsx_file

pytestmark = pytest.mark.sop("2.7")
PEOPLE = [HEADER, ("王建国", "13800138000", "男", "周末联系"), ("李娜", "13900139000", "女", "")]


def people(count, *, first=0):
    return [HEADER, *((make.a_name(), f"137{first + n:08d}", "男", "") for n in range(count))]


def facts(row, *but):
    return {name: value for name, value in model_to_dict(row).items() if name not in but}


def story(customer):
    """The customer's timeline without the ids."""
    return [
        (event.kind, event.data, event.actor_id, event.occurred_at, event.subject_type,
         event.lead_ref is not None)
        for event in Event.objects.filter(customer=customer).order_by("pk")
    ]  # fmt: skip


def test_a_row_becomes_what_capturing_one_lead_makes(store, li_na, chen, monkeypatch):
    """Field by field: customer, phone, keys, lead, level, owner, events, deadline."""
    at = clock.now()
    monkeypatch.setattr("dealership.clock.now", lambda: at)
    listed = files.prospects(store)
    series = make.series(name="奕炫MAX")
    one = capture_lead(
        store=store, name="王建国", phone="13800138000", salutation="mr", way="list",
        prospect_list=listed, series=series, level=make.levels(store)["B"], remark="周末联系",
        consultant=li_na, by=chen, at=at,
    )  # fmt: skip

    run = imported(
        csv_file(
            [("姓名", "手机", "性别", "意向车系", "级别", "备注"),
             ("王建国", "13900139000", "男", "奕炫 max", "B级", "周末联系")]
        ),
        by=chen,
        to=listed,
        choose={"owner": "person", "consultant": li_na},
    )  # fmt: skip

    other = run.rows.get().lead
    assert facts(other, "id", "customer") == facts(one, "id", "customer")
    mine, theirs = other.customer, one.customer
    for row in (mine, theirs):
        row.refresh_from_db()
    assert facts(mine, "id") == facts(theirs, "id")
    assert mine.name_key == theirs.name_key
    assert mine.created_by == theirs.created_by
    assert [facts(p, "id", "customer", "number") for p in mine.phones.all()] == [
        facts(p, "id", "customer", "number") for p in theirs.phones.all()
    ]
    keys = [
        {key.replace("39001390", "#").replace("93100931", "#").replace("38001380", "#")
            .replace("83100831", "#") for key in row.search_keys.values_list("key", flat=True)}
        for row in (mine, theirs)
    ]  # fmt: skip
    assert keys[0] == keys[1]
    assert [facts(c, "id", "lead") for c in other.level_changes.all()] == [
        facts(c, "id", "lead") for c in one.level_changes.all()
    ]
    assert story(mine) == story(theirs)
    owed = [Deadline.objects.about(lead).order_by("step") for lead in (other, one)]
    skip = ("id", "subject_id", "customer")
    assert [facts(row, *skip) for row in owed[0]] == [facts(row, *skip) for row in owed[1]]
    assert owed[0]


def test_leads_of_a_list_wait_in_the_pool_and_owe_nothing_yet(store):
    run = imported(csv_file(PEOPLE))

    lead = Lead.objects.get(customer__name="王建国")
    assert (run.state, run.created) == ("done", 2)
    assert lead.pooled_at is not None
    assert lead.consultant is None
    assert lead.prospect_list == run.prospect_list
    assert lead.source == run.prospect_list.source
    assert not Deadline.objects.about(lead).exists()


def test_nobody_on_a_list_gets_a_message_or_has_agreed_to_any(store):
    imported(csv_file(PEOPLE))

    assert not Sms.objects.exists()
    assert not Consent.objects.exists()


def test_by_the_rules_each_lead_gets_its_consultant_and_its_promise(store, li_na):
    Duty.objects.create(store=store, user=li_na, day=clock.day_of(clock.now(), store.tz))

    run = imported(csv_file(PEOPLE), choose={"owner": "rules"})

    for row in run.rows.all():
        owners = {row.lead.consultant, row.lead.customer.owner}
        assert owners in ({li_na}, {None})
        assert Deadline.objects.about(row.lead).exists()


def test_whoever_gets_the_leads_is_told_once(store, li_na):
    imported(csv_file(PEOPLE), choose={"owner": "person", "consultant": li_na})

    assert Notice.objects.filter(user=li_na, kind="lead.yours").count() == 1


def test_more_leads_than_anybody_can_call_in_a_day_are_not_given_out(store, li_na, monkeypatch):
    monkeypatch.setattr("leads.actions.imports.MOST_GIVEN", 1)
    run = mapped(csv_file(PEOPLE))

    with pytest.raises(RuleViolation) as refusal:
        start_import(run, owner="person", consultant=li_na, by=run.by)

    assert refusal.value.field == "owner"


def test_a_leaver_gets_no_leads(store, li_na):
    li_na.is_active = False
    li_na.save()
    run = mapped(csv_file(PEOPLE))

    with pytest.raises(RuleViolation) as refusal:
        start_import(run, owner="person", consultant=li_na, by=run.by)

    assert refusal.value.code == "no_consultant"


def test_a_phone_that_stands_twice_counts_once(store):
    rows = [HEADER, ("王建国", "13800138000", "", ""), ("王建", "138-0013-8000", "", ""),
            ("李娜", "13900139000", "", "")]  # fmt: skip
    run = mapped(csv_file(rows))
    start_import(run, by=run.by)

    work_on(run.pk, portion=2)

    assert outcomes(run) == ["created", "skipped", "created"]
    assert "2" in reasons(run)[3]


def test_a_phone_that_stands_twice_is_found_across_portions_too(store):
    rows = [*PEOPLE, ("王建国", "13800138000", "", ""), ("李娜", "13900139000", "", "")]
    run = mapped(csv_file(rows))
    start_import(run, by=run.by)

    work_on(run.pk, portion=1)

    assert outcomes(run) == ["created", "created", "skipped", "skipped"]
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    ("known", "outcome", "leads", "salutation", "phones"),
    [
        ("match", "matched", 1, "", 1),
        ("merge", "merged", 1, "mr", 2),
        ("skip", "skipped", 0, "", 1),
    ],
)
def test_what_becomes_of_somebody_we_know(known, outcome, leads, salutation, phones, store):
    customer = make.customer(phone="13800138000", salutation="")
    rows = [("姓名", "手机", "备用电话", "性别", "车牌"),
            ("王建国", "13800138000", "13700137000", "男", "鄂A12345")]  # fmt: skip

    run = imported(csv_file(rows), choose={"known": known})

    customer.refresh_from_db()
    assert outcomes(run) == [outcome]
    assert customer.leads.count() == leads
    assert customer.salutation == salutation
    assert customer.phones.count() == phones
    assert customer.cars.count() == phones - 1


def test_a_known_customers_lead_goes_to_their_own_consultant(store, li_na):
    customer = make.customer(phone="13800138000", owner=li_na)

    imported(csv_file(PEOPLE))

    lead = customer.leads.get()
    assert lead.consultant == li_na
    owed = Deadline.objects.open().about(lead).of_step(sop.FIRST_CONTACT)
    assert owed.get().owner == li_na


def test_an_open_lead_stays_the_one_it_is(store, li_na):
    lead = make.lead(customer=make.customer(phone="13800138000", owner=li_na))

    run = imported(csv_file(PEOPLE))

    assert run.rows.earliest("number").lead == lead
    lead.refresh_from_db()
    assert lead.prospect_list is None


def test_whoever_asked_not_to_be_contacted_is_left_alone(store):
    customer = make.customer(phone="13800138000")
    refuse_contact(customer, reason="请勿联系", by=None)

    run = imported(csv_file(PEOPLE))

    assert outcomes(run)[0] == "skipped"
    assert not customer.leads.exists()


def test_a_row_between_two_customers_is_left_to_a_human(store):
    make.customer(phone="13800138000")
    make.customer(phone="13900139000")

    run = imported(csv_file([HEADER, ("王", "13800138000/13900139000", "", "")]))

    assert outcomes(run) == ["failed"]


def test_a_plate_of_somebody_else_fails_its_row(store):
    OwnedCar.objects.create(customer=make.customer(), store=store, plate="鄂A12345")

    run = imported(csv_file([("姓名", "手机", "车牌"), ("王", "13800138000", "鄂A12345")]))

    assert outcomes(run) == ["failed"]


def test_an_organisation_comes_with_whoever_decides(store):
    rows = [
        ("单位", "联系人", "电话", "职务", "决策者"),
        ("武汉光谷科技", "王建国", "02787654321", "总经理", "是"),
    ]

    run = imported(csv_file(rows))

    organisation = run.rows.get().customer
    contact = organisation.people.get()
    assert organisation.kind == Customer.Kind.ORGANISATION
    assert (contact.person.name, contact.job, contact.is_decision_maker) == (
        "王建国",
        "总经理",
        True,
    )
    assert organisation.leads.count() == 1


def test_of_an_id_number_only_the_hash_is_kept(store):
    number = "11010519491231002X"
    run = imported(csv_file([("姓名", "手机", "身份证号"), ("王", "13800138000", number)]))

    customer = run.rows.get().customer
    assert len(customer.identity_digest) == 64
    assert number not in str(Event.objects.values_list("data", flat=True))
    again = imported(csv_file([("姓名", "手机", "身份证号"), ("王", "13700137000", number)]))
    assert again.rows.get().customer == customer


def test_an_owner_is_a_base_customer(store):
    rows = [
        ("车主", "手机", "车牌", "购车日期"),
        ("王建国", "13800138000", "鄂A12345", "2020-05-01"),
    ]

    lead = imported(csv_file(rows)).rows.get().lead

    assert lead.base_kind == Lead.BaseKind.OUTSIDE_OWNER
    assert str(lead.customer.cars.get().bought_on) == "2020-05-01"


def test_words_the_store_does_not_know_are_kept_as_a_remark(store):
    rows = [("姓名", "手机", "意向车系", "来源"), ("王", "13800138000", "飞碟", "月球")]

    lead = imported(csv_file(rows)).rows.get().lead

    assert "飞碟" in lead.remark
    assert "月球" in lead.remark
    assert lead.series is None


def test_a_list_without_leads_only_registers(store):
    run = imported(csv_file(PEOPLE), choose={"opens_leads": False})

    assert run.created == 2
    assert not Lead.objects.exists()


def test_the_list_remembers_its_columns(store):
    first = mapped(csv_file(PEOPLE))
    map_columns(first, mapping={0: "name", 1: "phone", 3: "source"}, by=first.by)

    again = ProspectList.objects.get()
    second = files.uploaded(csv_file(people(3)), by=first.by, to=again)

    assert second.mapping == {"0": "name", "1": "phone", "3": "source"}


def test_without_a_phone_column_nothing_is_imported(store):
    run = files.uploaded(csv_file(PEOPLE))

    with pytest.raises(RuleViolation) as refusal:
        map_columns(run, mapping={0: "name"}, by=run.by)

    assert refusal.value.code == "missing"


def test_two_columns_cannot_be_the_same_field(store):
    run = files.uploaded(csv_file(PEOPLE))

    with pytest.raises(RuleViolation) as refusal:
        map_columns(run, mapping={0: "phone", 1: "phone"}, by=run.by)

    assert refusal.value.code == "twice"


def test_the_same_file_is_not_imported_twice(store):
    run = imported(csv_file(PEOPLE))

    with pytest.raises(RuleViolation) as refusal:
        files.uploaded(csv_file(PEOPLE), by=run.by, to=run.prospect_list)

    assert refusal.value.code == "twin"


def test_a_stopped_import_goes_on_behind_its_last_row(store):
    run = mapped(csv_file(people(5)))
    start_import(run, by=run.by)
    work_on(run.pk, seconds=0, portion=2)
    stop_import(run, by=run.by)

    assert work_on(run.pk) == 0
    run.refresh_from_db()
    assert (run.state, run.created) == ("stopped", 2)

    start_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert (run.state, run.created, Lead.objects.count()) == ("done", 5, 5)


def test_only_one_worker_works_on_a_run(store):
    run = mapped(csv_file(people(3)))
    start_import(run, by=run.by)
    ImportRun.objects.update(lease="other", leased_until=clock.now() + timedelta(minutes=1))

    assert work_on(run.pk) == 0
    assert work_on_imports() == 0


def test_a_worker_whose_lease_was_taken_writes_nothing_more(store, monkeypatch):
    """It wakes up again after its lease ran out and somebody else has gone on."""
    run = mapped(csv_file(people(4)))
    start_import(run, by=run.by)
    portion = engine._portion

    def taken_over(pk, lease, work):
        done = portion(pk, lease, work)
        ImportRun.objects.update(lease="other")
        return done

    monkeypatch.setattr(engine, "_portion", taken_over)
    work_on(run.pk, portion=2)

    assert ImportRow.objects.count() == Lead.objects.count() == 2


def test_a_row_that_breaks_its_portion_fails_alone(store, monkeypatch):
    run = mapped(csv_file(PEOPLE))
    start_import(run, by=run.by)
    draft = prospects._draft

    def broken(verdict):
        if verdict.facts["name"] == "李娜":
            raise ValueError("boom")
        return draft(verdict)

    monkeypatch.setattr(prospects, "_draft", broken)
    work_on(run.pk)

    assert outcomes(run) == ["created", "failed"]


def test_a_run_that_kills_its_worker_again_and_again_is_set_aside(store):
    run = mapped(csv_file(PEOPLE))
    start_import(run, by=run.by)
    ImportRun.objects.update(attempts=engine.MOST_ATTEMPTS)

    work_on(run.pk)

    run.refresh_from_db()
    assert run.state == "failed"
    assert run.reason


def test_a_file_that_is_gone_says_so(store):
    run = mapped(csv_file(PEOPLE))
    start_import(run, by=run.by)
    run.file.storage.delete(run.file.name)

    work_on(run.pk)

    run.refresh_from_db()
    assert run.state == "failed"


def test_an_untouched_import_leaves_no_trace_of_its_people(store):
    run = imported(csv_file(PEOPLE))
    name = run.file.name

    revert_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert (run.state, run.undone, run.kept) == ("reverted", 2, 0)
    for model in (Customer, Lead, Phone, SearchKey, Event, Deadline):
        assert not model.objects.exists(), model
    assert ImportRow.objects.filter(undone_at__isnull=False).count() == 2
    assert Notice.objects.filter(user=run.by).count() == 2
    assert name


@pytest.mark.django_db(transaction=True)
def test_with_the_people_goes_the_file(store):
    run = imported(csv_file(PEOPLE))
    assert run.file.storage.exists(run.file.name)

    revert_import(run, by=run.by)
    work_on(run.pk)

    assert not run.file.storage.exists(run.file.name)


def test_what_somebody_has_worked_with_is_kept_and_says_why(store, li_na):
    run = imported(csv_file(PEOPLE), choose={"owner": "person", "consultant": li_na})
    touched = run.rows.earliest("number").lead
    record_contact(touched, way="call", outcome="reached", feedback="周末来", by=li_na)

    revert_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert (run.undone, run.kept) == (1, 1)
    assert Lead.objects.get() == touched
    assert run.rows.exclude(kept_reason="").get().lead == touched


def test_a_known_customer_gets_back_what_was_filled_in(store):
    customer = make.customer(phone="13800138000", salutation="")
    before = Event.objects.filter(customer=customer).count()
    rows = [("姓名", "手机", "备用电话", "性别", "车牌"),
            ("王建国", "13800138000", "13700137000", "男", "鄂A12345")]  # fmt: skip
    run = imported(csv_file(rows), choose={"known": "merge"})

    revert_import(run, by=run.by)
    work_on(run.pk)

    customer.refresh_from_db()
    assert customer.salutation == ""
    assert [phone.number for phone in customer.phones.all()] == ["+8613800138000"]
    assert not customer.cars.exists()
    assert not customer.leads.exists()
    assert Event.objects.filter(customer=customer).count() > before, "the timeline is append-only"


def test_what_other_records_refer_to_is_kept(store):
    run = imported(csv_file(PEOPLE))
    customer = run.rows.earliest("number").customer
    Lead.objects.exclude(customer=customer).update(referrer=customer)

    revert_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert run.undone + run.kept == 2
    assert run.state == "reverted"


def test_a_file_that_was_never_started_is_thrown_away(store):
    run = mapped(csv_file(PEOPLE))

    discard_import(run, by=run.by)

    assert not ImportRun.objects.exists()


def test_a_running_import_is_not_thrown_away_or_reverted(store):
    run = mapped(csv_file(PEOPLE))
    start_import(run, by=run.by)

    for action in (discard_import, revert_import):
        with pytest.raises(RuleViolation):
            action(run, by=run.by)


@pytest.mark.parametrize("field", ["origin", "basis_note", "basis", "name"])
def test_a_list_without_source_or_legal_basis_is_refused(field, store):
    with pytest.raises(RuleViolation) as refusal:
        files.prospects(store, **{field: " "})

    assert refusal.value.field == field
    assert not ProspectList.objects.exists()


def test_portions_cost_the_same_number_of_queries(store, django_assert_max_num_queries):
    run = mapped(csv_file(people(400)))
    start_import(run, by=run.by)

    with django_assert_max_num_queries(60):
        work_on(run.pk)


def test_consent_given_before_stays_as_it_is(store):
    customer = make.customer(phone="13800138000", consents=False)
    give_consent(customer, Consent.Purpose.MARKETING, by=None)

    imported(csv_file(PEOPLE), choose={"known": "merge"})

    assert Consent.objects.get().customer == customer


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_row_and_doubles_none(store, settings):
    """kill -9 in the middle, twice; then the next worker goes on."""
    run = mapped(csv_file(people(3000)))
    start_import(run, by=run.by)
    connection.close()

    for _kill in range(2):
        start = ImportRun.objects.get(pk=run.pk).position
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(run.pk), str(settings.PRIVATE_DIR),
             str(connection.settings_dict["NAME"])],
        )  # fmt: skip
        until = clocks.monotonic() + 20
        while clocks.monotonic() < until and worker.poll() is None:
            if ImportRun.objects.get(pk=run.pk).position > start:
                break
            clocks.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now())
    assert 0 < ImportRun.objects.get(pk=run.pk).created < 3000

    work_on(run.pk, seconds=60)

    run.refresh_from_db()
    assert (run.state, run.created, run.failed, run.skipped) == ("done", 3000, 0, 0)
    assert Lead.objects.count() == Customer.objects.count() == ImportRow.objects.count() == 3000
    assert Phone.objects.count() == 3000


# A worker process on the test's own database and files.
WORKER = """
import sys
from django.conf import settings
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings.test")
settings.DATABASES["default"]["NAME"] = sys.argv[3]
settings.PRIVATE_DIR = sys.argv[2]
import django
django.setup()
from leads.actions.importing import work_on
work_on(int(sys.argv[1]), seconds=60, portion=100)
"""


def test_roles_that_import_are_managers_and_the_clerk():
    assert Role.CONSULTANT not in POLICY["leads.import_list"].roles
    assert {Role.CLERK, Role.SALES_MANAGER} <= POLICY["leads.import_list"].roles


def test_a_workbook_is_imported_like_a_text(store):
    run = imported(xlsx_file(PEOPLE))

    assert run.created == 2
    assert Lead.objects.filter(remark="周末联系").count() == 1
