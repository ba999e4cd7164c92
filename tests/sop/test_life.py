"""A model of the deadline's life: whatever people, the clock and accidents do, the rules hold."""

import os
import sys
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.actions import ticking
from dealership.sop.models import Deadline, StepLimit
from dealership.staff.models import User
from dealership.staff.roles import Role
from tests import make
from tests.sop import steps
from tests.sop.conftest import SHANGHAI
from tests.sop.steps import THANK, TIDY
from tests.sop.test_deadlines import begin

EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "8"))
# Shrinking rows of a database takes minutes: only when somebody looks for the reason.
PHASES = tuple(Phase) if os.environ.get("LIFE_SHRINK") else (Phase.explicit, Phase.generate)
STEPS = int(os.environ.get("LIFE_STEPS", "15"))

some_step = st.sampled_from([THANK, TIDY])
which = st.integers(0, 2)


class Death(BaseException):
    """The worker is killed inside its transaction."""


class Life(RuleBasedStateMachine):
    """Three customers of two consultants, a manager, a clock that sometimes fails."""

    @initialize()
    def open_the_store(self) -> None:
        Deadline.objects.all().delete()
        Notice.objects.all().delete()
        StepLimit.objects.all().delete()
        steps.called.clear()
        steps.failing.clear()
        self.now = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
        self.people = [user("life.a"), user("life.b")]
        self.chen = user("life.chen", Role.SALES_MANAGER)
        self.customers = [
            make.customer(owner=self.people[number % 2], phone="" if number == 2 else None)
            for number in range(3)
        ]
        self.frozen: dict[int, tuple[Any, ...]] = {}
        self.closed: dict[int, tuple[Any, ...]] = {}

    @rule(step=some_step, number=which)
    def start(self, step, number):
        begin(step, self.customers[number], self.now)

    @rule(step=some_step, number=which, minutes=st.integers(1, 300))
    def enter_late(self, step, number, minutes):
        begin(step, self.customers[number], self.now - timedelta(minutes=minutes))

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def tick(self):
        actions.tick(self.now)
        # Past due means escalated, set aside, or to be tried again after a failure.
        for row in Deadline.objects.overdue(self.now).filter(escalate_at__lte=self.now):
            waits = row.leased_until and row.leased_until > self.now
            assert row.escalated_at or row.quarantined_at or waits, row.pk
            assert row.state(self.now) == "late"

    @rule(where=st.integers(1, 12))
    def tick_and_die(self, where):
        """Die in the transaction of a row, after so many lines of the clock's work."""
        codes = {ticking._effects.__code__, ticking._act.__code__, ticking._notify.__code__}
        seen = 0

        def trace(frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal seen
            if frame.f_code not in codes:
                return None
            if event == "line":
                seen += 1
                if seen == where:
                    raise Death
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            with suppress(Death):
                actions.tick(self.now)
        finally:
            sys.settrace(before)

    @rule(step=some_step, number=which, back=st.integers(0, 30))
    def finish(self, step, number, back):
        customer = self.customers[number]
        actions.finish(step, customer, by=customer.owner, at=self.now - timedelta(minutes=back))

    @rule(step=some_step, number=which)
    def cancel(self, step, number):
        actions.cancel(step, self.customers[number], by=self.chen, reason="作废", at=self.now)

    @rule(number=which)
    def void(self, number):
        actions.cancel_all(self.customers[number], by=self.chen, reason="作废", at=self.now)

    @precondition(lambda self: Deadline.objects.exists())
    @rule(data=st.data(), verb=st.sampled_from(["waive", "reply", "accept", "refuse", "retry"]))
    def answer(self, data, verb):
        rows = list(Deadline.objects.order_by("pk"))
        deadline = data.draw(st.sampled_from(rows))
        was_open, was_late = deadline.is_open, deadline.is_late_at(self.now)
        answered = bool(deadline.reply) and not deadline.reply_decided_at
        aside = deadline.quarantined_at is not None
        accepted = deadline.reply_accepted
        verbs = {
            "waive": lambda: actions.waive(deadline, by=self.chen, reason="不便", at=self.now),
            "reply": lambda: actions.reply(deadline, by=self.people[0], text="忙", at=self.now),
            "accept": lambda: actions.decide_reply(
                deadline, by=self.chen, accepted=True, at=self.now
            ),
            "refuse": lambda: actions.decide_reply(
                deadline, by=self.chen, accepted=False, at=self.now
            ),
            "retry": lambda: actions.retry(deadline, by=self.chen),
        }
        allowed = {
            "waive": was_open,
            "reply": was_late and not accepted,
            "accept": answered,
            "refuse": answered,
            "retry": was_open and aside,
        }
        try:
            verbs[verb]()
        except RuleViolation:
            assert not allowed[verb], verb
        else:
            assert allowed[verb], verb

    @rule(number=st.integers(0, 1))
    def hand_over(self, number):
        actions.hand_over(Deadline.objects.open(), to=self.people[number], by=self.chen)

    @rule(number=which)
    def the_action_fails_or_heals(self, number):
        for deadline in Deadline.objects.open().about(self.customers[number]).of_step(THANK):
            steps.failing ^= {deadline.pk}

    @rule(step=some_step, minutes=st.integers(1, 240))
    def the_manager_changes_the_limit(self, step, minutes):
        actions.set_limit(
            step, store=self.chen.active_store, amount=minutes, by=self.chen, at=self.now
        )

    @invariant()
    def a_promise_keeps_its_time_and_an_ending_stays(self):
        for row in Deadline.objects.all():
            made = (row.opened_at, row.due_at, row.limit_amount, row.act_at, row.escalate_at)
            assert self.frozen.setdefault(row.pk, made) == made
            if not row.is_open:
                ending = (row.outcome, row.closed_at, row.closed_by_id, row.reason)
                assert self.closed.setdefault(row.pk, ending) == ending
                assert row.next_at is None
            assert row.pk not in self.closed or not row.is_open

    @invariant()
    def nothing_is_sent_twice(self):
        sent = Counter(Notice.objects.filter(kind="tests.sms").values_list("created_at", "user"))
        kept = Deadline.objects.of_step(THANK).filter(outcome="done", is_automatic=True)
        assert sum(sent.values()) == kept.count()
        once = Notice.objects.filter(kind__in=["sop.reminder", "sop.escalation"])
        told = Counter(once.values_list("kind", "user", "url"))
        assert all(times == 1 for times in told.values())

    @invariant()
    def what_the_clock_marked_it_told(self):
        told = Notice.objects.filter(kind="sop.escalation")
        marked = Deadline.objects.filter(escalated_at__isnull=False)
        assert told.count() == marked.count()


def user(username: str, role: Role = Role.CONSULTANT) -> User:
    found = User.objects.filter(username=username).first()
    return found or make.user(username=username, name=username, role=role)


def test_the_life_of_deadlines():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
