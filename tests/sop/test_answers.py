"""A breach is answered, the answer is accepted or not; a promise may be waived."""

from datetime import timedelta

import pytest

from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.models import Deadline
from tests.sop.steps import THANK, TIDY
from tests.sop.test_deadlines import begin


@pytest.fixture
def late(wang, noon):
    """A task of 李娜's that is an hour late at three."""
    return begin(THANK, wang, noon)


@pytest.fixture
def three(noon):
    return noon + timedelta(hours=3)


def test_a_breach_is_answered_and_accepted(late, three, li_na, chen):
    actions.reply(late, by=li_na, text="客户折返看车", at=three)
    actions.decide_reply(late, by=chen, accepted=True, at=three)

    assert list(Deadline.objects.excused(three)) == [late]
    assert list(Deadline.objects.late(three)) == [late]


def test_managers_hear_of_the_answer_and_the_writer_of_the_decision(late, three, li_na, chen):
    actions.reply(late, by=li_na, text="客户折返看车", at=three)
    actions.decide_reply(late, by=chen, accepted=False, remark="请提前发", at=three)

    told = Notice.objects.order_by("pk").values_list("user", "kind")
    assert list(told) == [(chen.pk, "sop.answered"), (li_na.pk, "sop.decided")]


def test_what_is_not_late_needs_no_answer(late, noon, li_na):
    with pytest.raises(RuleViolation):
        actions.reply(late, by=li_na, text="没有晚", at=noon)


def test_a_late_but_done_task_can_be_answered(late, wang, three, li_na):
    actions.finish(THANK, wang, by=li_na, at=three)
    late.refresh_from_db()

    assert actions.reply(late, by=li_na, text="忙", at=three).reply == "忙"


def test_a_refused_answer_may_be_written_again_and_waits_again(late, three, li_na, chen):
    actions.reply(late, by=li_na, text="忙", at=three)
    actions.decide_reply(late, by=chen, accepted=False, at=three)

    actions.reply(late, by=li_na, text="当时三批客户在店", at=three + timedelta(minutes=1))

    assert list(Deadline.objects.awaiting_decision()) == [late]


def test_an_accepted_answer_stands(late, three, li_na, chen):
    actions.reply(late, by=li_na, text="忙", at=three)
    actions.decide_reply(late, by=chen, accepted=True, at=three)

    with pytest.raises(RuleViolation):
        actions.reply(late, by=li_na, text="改一下", at=three)
    with pytest.raises(RuleViolation):
        actions.decide_reply(late, by=chen, accepted=False, at=three)


def test_nobody_decides_on_their_own_answer(late, three, chen):
    actions.reply(late, by=chen, text="忙", at=three)

    with pytest.raises(RuleViolation):
        actions.decide_reply(late, by=chen, accepted=True, at=three)


def test_a_decision_on_an_answer_that_was_rewritten_meanwhile_is_refused(late, three, li_na, chen):
    actions.reply(late, by=li_na, text="忙", at=three)
    seen = Deadline.objects.get()
    actions.reply(late, by=li_na, text="当时三批客户在店", at=three + timedelta(seconds=1))

    with pytest.raises(RuleViolation):
        actions.decide_reply(seen, by=chen, accepted=True, at=three)


def test_there_is_nothing_to_decide_without_an_answer(late, chen):
    with pytest.raises(RuleViolation):
        actions.decide_reply(late, by=chen, accepted=True)


def test_waiving_needs_a_reason_and_tells_the_owner(late, noon, chen, li_na):
    with pytest.raises(RuleViolation) as refusal:
        actions.waive(late, by=chen, reason=" ")
    assert refusal.value.field == "reason"

    actions.waive(late, by=chen, reason="客户要求不联系", at=noon)

    assert late.state() == "waived"
    assert Notice.objects.get().user == li_na


def test_a_closed_task_cannot_be_waived(wang, noon, li_na, chen):
    tidy = begin(TIDY, wang, noon)
    actions.finish(TIDY, wang, by=li_na, at=noon)

    with pytest.raises(RuleViolation):
        actions.waive(tidy, by=chen, reason="不需要")
    tidy.refresh_from_db()
    assert tidy.outcome == "done"
