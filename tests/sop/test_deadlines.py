"""The life of a promise: opened, kept, cancelled, handed over; late is computed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.customers.models import Event
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.errors import UnknownStep
from dealership.sop.models import Deadline, StepLimit
from dealership.sop.steps import STEPS, Step, Within, declare, step_for
from dealership.staff.roles import Role
from tests import make
from tests.sop import steps
from tests.sop.steps import CALL, MINUTE, THANK, TIDY, WINDOW


def begin(step, customer, at, **values):
    values = {"store": customer.store, "customer": customer, "owner": customer.owner} | values
    return actions.start(step, customer, at=at, **values)


def test_opening_computes_every_time_once(wang, noon):
    deadline = begin(THANK, wang, noon)

    assert deadline.due_at == noon + timedelta(hours=2)
    assert deadline.remind_at == noon + timedelta(minutes=90)
    assert deadline.act_at == noon + timedelta(minutes=110)
    assert deadline.escalate_at == noon + timedelta(minutes=125)
    assert deadline.next_at == deadline.remind_at
    assert (deadline.limit_kind, deadline.limit_amount) == ("within", 120)


def test_opening_again_returns_the_row_untouched(wang, noon):
    first = begin(THANK, wang, noon)

    again = begin(THANK, wang, noon + timedelta(hours=1))

    assert again.pk == first.pk
    assert again.due_at == first.due_at
    assert Deadline.objects.count() == 1


def test_a_period_makes_a_promise_of_its_own(wang, noon):
    assert begin(THANK, wang, noon, period="2026-11").pk != begin(THANK, wang, noon).pk


def test_the_software_acts_before_the_quiet_hours(wang):
    evening = datetime(2026, 11, 23, 20, 30, tzinfo=wang.store.tz)

    deadline = begin(THANK, wang, evening)

    assert deadline.due_at == evening + timedelta(hours=2)
    assert evening <= deadline.act_at < evening.replace(hour=21, minute=0)


def test_without_a_lawful_moment_the_action_runs_at_once(wang):
    night = datetime(2026, 11, 23, 22, 0, tzinfo=wang.store.tz)

    assert begin(THANK, wang, night).act_at == night


def test_finishing_in_time(wang, noon, li_na):
    begin(THANK, wang, noon)

    done = actions.finish(THANK, wang, by=li_na, at=noon + timedelta(hours=2))

    assert done.state() == "done"
    assert not done.is_late
    done.refresh_from_db()
    assert (done.outcome, done.closed_by, done.next_at) == ("done", li_na, None)


def test_finishing_late_is_late_for_ever(wang, noon, li_na):
    begin(THANK, wang, noon)

    done = actions.finish(THANK, wang, by=li_na, at=noon + timedelta(hours=2, microseconds=1))

    assert done.is_late
    assert done.state() == "done_late"
    assert list(Deadline.objects.late()) == [done]


def test_finishing_twice_closes_once(wang, noon, li_na):
    begin(THANK, wang, noon)
    actions.finish(THANK, wang, by=li_na, at=noon)

    assert actions.finish(THANK, wang, by=li_na, at=noon + timedelta(hours=1)) is None
    assert Deadline.objects.get().closed_at == noon


def test_what_was_never_owed_cannot_be_finished(wang, li_na):
    assert actions.finish(THANK, wang, by=li_na) is None


def test_a_promise_kept_before_it_began_counts_from_its_beginning(wang, noon, li_na):
    begin(THANK, wang, noon)

    assert actions.finish(THANK, wang, by=li_na, at=noon - timedelta(hours=1)).closed_at == noon


@pytest.mark.sop("9.6.23")
def test_the_third_days_callback_cannot_be_done_on_the_first(wang, noon, li_na):
    deadline = begin(CALL, wang, noon)

    with pytest.raises(RuleViolation, match="11-26 00:00"):
        actions.finish(CALL, wang, by=li_na, at=noon + timedelta(days=1))

    assert deadline.state(noon) == "future"
    assert actions.finish(CALL, wang, by=li_na, at=noon + timedelta(days=3))


def test_states_while_time_runs(wang, noon):
    deadline = begin(THANK, wang, noon)

    told = [deadline.state(noon + minutes * MINUTE) for minutes in (0, 89, 90, 120, 121)]

    assert told == ["open", "open", "soon", "soon", "late"]


def test_what_was_never_owed_is_cancelled_with_a_reason(wang, noon, li_na):
    begin(THANK, wang, noon)

    with pytest.raises(RuleViolation):
        actions.cancel(THANK, wang, by=li_na, reason="  ")
    cancelled = actions.cancel(THANK, wang, by=li_na, reason="录入错误", at=noon)

    assert cancelled.state() == "cancelled"
    assert not cancelled.is_late
    assert actions.cancel(THANK, wang, by=li_na, reason="再次") is None


def test_cancelling_all_spares_what_is_closed_and_what_is_about_others(wang, noon, li_na):
    for step in (THANK, TIDY, WINDOW):
        begin(step, wang, noon)
    other = begin(THANK, make.customer(owner=li_na), noon)
    actions.finish(TIDY, wang, by=li_na, at=noon)

    closed = actions.cancel_all(wang, by=li_na, reason="作废")

    assert {deadline.step for deadline in closed} == {THANK.code, WINDOW.code}
    assert list(Deadline.objects.open()) == [other]


def test_a_problem_stands_on_the_task_and_its_owner_is_told_once(wang, noon, li_na):
    begin(THANK, wang, noon)

    for _time in range(2):
        actions.set_problem(THANK, wang, "没有电话")

    assert Deadline.objects.get().problem == "没有电话"
    assert [notice.user for notice in Notice.objects.all()] == [li_na]


def test_a_closed_task_gets_no_problem(wang, noon, li_na):
    begin(THANK, wang, noon)
    actions.finish(THANK, wang, by=li_na, at=noon)

    assert actions.set_problem(THANK, wang, "没有电话") is None
    assert Deadline.objects.get().problem == ""


def test_handing_over_moves_what_is_open(wang, noon, li_na, wang_qiang, chen):
    still_open = begin(THANK, wang, noon)
    closed = begin(TIDY, wang, noon)
    actions.finish(TIDY, wang, by=li_na, at=noon)

    moved = actions.hand_over(Deadline.objects.all(), to=wang_qiang, by=chen)

    assert moved == [still_open]
    still_open.refresh_from_db()
    closed.refresh_from_db()
    assert (still_open.owner, closed.owner) == (wang_qiang, li_na)
    assert still_open.due_at == noon + timedelta(hours=2)
    assert Notice.objects.get(kind="sop.handed_over").user == wang_qiang


def test_a_task_is_not_handed_to_another_store(wang, noon, outsider, chen):
    begin(THANK, wang, noon)

    with pytest.raises(RuleViolation):
        actions.hand_over(Deadline.objects.all(), to=outsider, by=chen)


def test_the_customers_timeline_tells_it_in_the_readers_words(wang, noon, li_na):
    begin(THANK, wang, noon)
    actions.finish(THANK, wang, by=li_na, at=noon + timedelta(hours=3))

    told = [str(event) for event in Event.objects.filter(kind__startswith="sop.").order_by("pk")]

    assert [text.startswith("感谢短信") for text in told] == [True, True]
    assert "11-23 14:00" in told[0]


def test_a_shortened_limit_counts_for_what_opens_later(wang, noon, chen):
    before = begin(THANK, wang, noon)

    actions.set_limit(THANK, store=wang.store, amount=4, by=chen, at=noon)
    after = begin(THANK, wang, noon, period="later")

    before.refresh_from_db()
    assert before.due_at == noon + timedelta(hours=2)
    assert before.limit_amount == 120
    assert after.due_at == noon + 4 * MINUTE
    assert after.remind_at == after.act_at == noon + 2 * MINUTE
    assert after.limit_amount == 4


def test_a_limit_counts_from_its_day_on_and_in_its_store(wang, noon, chen, outsider):
    tomorrow = noon.date() + timedelta(days=1)
    actions.set_limit(TIDY, store=wang.store, amount=9, valid_from=tomorrow, by=chen, at=noon)

    today = begin(TIDY, wang, noon)
    later = begin(TIDY, wang, noon + timedelta(days=1), period="later")
    elsewhere = begin(
        TIDY,
        make.customer(owner=outsider, store=outsider.active_store),
        noon + timedelta(days=1),
    )

    assert [d.limit_amount for d in (today, later, elsewhere)] == [5, 9, 5]


def test_a_back_dated_start_gets_the_limit_of_its_day(wang, noon, chen):
    actions.set_limit(TIDY, store=wang.store, amount=9, by=chen, at=noon)

    assert begin(TIDY, wang, noon - timedelta(days=1)).limit_amount == 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 10_000_000}, "amount"),
        ({"amount": 5, "remind_before": timedelta(days=-1)}, "remind_before"),
        ({"amount": 5, "valid_from": datetime(2026, 11, 22, tzinfo=UTC).date()}, "valid_from"),
    ],
)
def test_a_senseless_limit_is_refused_by_name(store, noon, chen, change, field):
    with pytest.raises(RuleViolation) as refusal:
        actions.set_limit(TIDY, store=store, by=chen, at=noon, **change)

    assert refusal.value.field == field
    assert not StepLimit.objects.exists()


def test_a_day_limit_cannot_end_before_it_opens(store, noon, chen):
    with pytest.raises(RuleViolation):
        actions.set_limit(CALL, store=store, amount=2, by=chen, at=noon)


def test_a_planned_limit_can_be_taken_back_until_it_counts(store, noon, chen):
    tomorrow = noon.date() + timedelta(days=1)
    planned = actions.set_limit(TIDY, store=store, amount=9, valid_from=tomorrow, by=chen, at=noon)

    with pytest.raises(RuleViolation):
        actions.withdraw_limit(planned, by=chen, at=noon + timedelta(days=1))
    actions.withdraw_limit(planned, by=chen, at=noon)

    assert not StepLimit.objects.exists()


def test_an_undeclared_code_is_an_error():
    with pytest.raises(UnknownStep):
        step_for("nobody.declared_this")


def test_a_code_is_declared_once():
    other = Step(code=TIDY.code, sop="1", title="x", role=Role.CONSULTANT, limit=Within(minutes=1))

    with pytest.raises(ValueError, match="twice"):
        declare(other)
    assert STEPS[TIDY.code] is steps.TIDY


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "done"},
        {"outcome": "elsewhere", "closed_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"outcome": "done", "closed_at": datetime(2027, 1, 1, tzinfo=UTC), "next_at": None},
        {
            "outcome": "done",
            "closed_at": datetime(2027, 1, 1, tzinfo=UTC),
            "is_automatic": True,
        },
        {"closed_at": datetime(2027, 1, 1, tzinfo=UTC), "next_at": None},
        {"outcome": "waived", "closed_at": datetime(2027, 1, 1, tzinfo=UTC), "next_at": None},
        {
            "outcome": "done",
            "closed_at": datetime(2020, 1, 1, tzinfo=UTC),
            "next_at": None,
            "is_automatic": True,
        },
        {"due_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"actionable_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"reply": "堵车"},
        {"reply_accepted": True},
        {"quarantined_at": datetime(2027, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(wang, noon, wrong):
    begin(THANK, wang, noon)

    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.update(**wrong)
