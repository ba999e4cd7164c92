"""A room that sends texts, as messaging sees one: what it is asked and told leaves rows."""

from dealership.customers.models import Customer
from dealership.messaging.models import Notice, Sms
from dealership.messaging.purposes import Kind, Purpose
from dealership.staff.models import User

NOTICE = Purpose(
    code="test.notice",
    title="谢谢",
    kind=Kind.NOTICE,
    variables=("customer", "consultant", "store"),
    default_body="{customer}您好，我是{store}的{consultant}。",
    guard="tests.messaging.room.guard",
    on_accepted="tests.messaging.room.accepted",
    on_failed="tests.messaging.room.failed",
)
ADVERT = Purpose(
    code="test.advert",
    title="活动",
    kind=Kind.MARKETING,
    variables=("customer",),
    default_body="{customer}，周末有活动。",
    on_accepted="tests.messaging.room.accepted",
    on_failed="tests.messaging.room.failed",
)


def guard(sms: Sms) -> str:
    """The visit is voided when its customer's name says so."""
    return "作废" if Customer.objects.get(pk=sms.subject_id).name == "作废" else ""


def accepted(sms: Sms) -> None:
    _write(sms, "accepted")


def failed(sms: Sms, reason: str) -> None:
    _write(sms, "failed", reason)


def _write(sms: Sms, kind: str, reason: str = "") -> None:
    Notice.objects.create(
        store=sms.store,
        user=User.objects.order_by("pk").first(),
        kind=f"{kind}-{sms.pk}",
        text=reason or "-",
        created_at=sms.created_at,
    )


def told(sms: Sms) -> list[str]:
    """What the room was told of `sms`, in order."""
    rows = Notice.objects.filter(kind__in=(f"accepted-{sms.pk}", f"failed-{sms.pk}"))
    return [row.kind.split("-")[0] for row in rows.order_by("pk")]
