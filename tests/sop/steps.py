"""Steps and checklists that only these tests declare, with actions that can be made to fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from dealership.messaging.actions import notify
from dealership.sop.actions import finish, set_problem
from dealership.sop.checklists import CHECKLISTS, Checklist, Item, declare_checklist
from dealership.sop.models import Deadline
from dealership.sop.steps import STEPS, EndOfDay, Recurs, Step, Within, declare
from dealership.staff.roles import Role

MINUTE = timedelta(minutes=1)

THANK = Step(
    code="tests.thank",
    sop="99.1",
    title="感谢短信",
    role=Role.CONSULTANT,
    limit=Within(hours=2),
    remind_before=30 * MINUTE,
    escalate_after=5 * MINUTE,
    acts="tests.sop.steps.act_thank",
    act_before=10 * MINUTE,
    quiet=True,
    page="customers:customer-detail",
    action_label="发送",
)
TIDY = Step(
    code="tests.tidy",
    sop="99.2",
    title="整理洽谈桌",
    role=Role.CONSULTANT,
    limit=Within(minutes=5),
    escalate_after=MINUTE,
)
CALL = Step(
    code="tests.call",
    sop="99.3",
    title="第三日回访",
    role=Role.CONSULTANT,
    limit=EndOfDay(3, opens=3),
    remind_before=timedelta(hours=4),
)
WINDOW = Step(
    code="tests.window",
    sop="99.4",
    title="DMS录入",
    role=Role.CLERK,
    limit=EndOfDay(2),
    remind_before=timedelta(hours=6),
    escalate_after=timedelta(0),
)
DAILY = Step(
    code="tests.daily",
    sop="99.5",
    title="展厅环境日检",
    role=Role.SALES_MANAGER,
    limit=Within(minutes=90),
    recurs=Recurs.DAILY,
)
MONTHLY = Step(
    code="tests.monthly",
    sop="99.6",
    title="月度开发计划",
    role=Role.SALES_MANAGER,
    limit=EndOfDay(4),
    recurs=Recurs.MONTHLY,
)
ROUND = Checklist(
    code="tests.round",
    version=1,
    sop="99.7",
    title="接待流程",
    items=(
        Item("greet", sop="99.7.1", title="迎接客户", points=("微笑", "问好")),
        Item("seat", sop="99.7.2", title="请客户入座"),
        Item("drink", sop="99.7.3", title="提供饮料", points=("三种以上",)),
    ),
)

ALL = (THANK, TIDY, CALL, WINDOW)
called: list[int] = []
failing: set[int] = set()


def act_thank(deadline: Deadline, *, at: datetime) -> None:
    """What the software does by itself in these tests: a notice stands for the message."""
    called.append(deadline.pk)
    if deadline.pk in failing:
        raise ValueError("cannot be sent")
    customer = deadline.customer
    if customer is None or not customer.primary_phone:
        set_problem(THANK, deadline.subject, "没有电话", at=at)
        return
    notify(deadline.owner, store=deadline.store, kind="tests.sms", text="SMS", at=at)
    finish(THANK, deadline.subject, by=None, at=at)


@contextmanager
def declared(*steps: Step) -> Iterator[None]:
    """Declare steps for a while."""
    for step in steps:
        declare(step)
    try:
        yield
    finally:
        for step in steps:
            STEPS.pop(step.code, None)


@contextmanager
def declared_checklist(*checklists: Checklist) -> Iterator[None]:
    for checklist in checklists:
        declare_checklist(checklist)
    try:
        yield
    finally:
        for checklist in checklists:
            CHECKLISTS.pop((checklist.code, checklist.version), None)


def subject_of(deadline: Deadline) -> models.Model | Any:
    return deadline.subject
