"""Words to colleagues: once, in their language, to those who should know."""

from django.utils.translation import gettext_lazy

from dealership.messaging.actions import notify, notify_roles, read_notice
from dealership.messaging.models import Notice
from dealership.messaging.selectors import news, unread_notices
from dealership.staff.roles import Role
from tests import make


def test_a_notice_with_a_key_comes_once_to_each(li_na, wang_qiang, store):
    def tell(user, key="visit-1"):
        return notify(user, store=store, kind="visit", text="王先生到店", key=key)

    assert tell(li_na)
    assert tell(li_na) is None
    assert tell(wang_qiang)
    assert tell(li_na, key="visit-2")
    assert Notice.objects.count() == 3


def test_notices_without_a_key_come_each_time(li_na, store):
    for _time in range(2):
        assert notify(li_na, store=store, kind="x", text="x")


def test_a_notice_speaks_the_language_of_its_reader(li_na, store):
    li_na.language = "en"
    english = notify(li_na, store=store, kind="x", text=gettext_lazy("Save"))
    li_na.language = "zh-hans"
    chinese = notify(li_na, store=store, kind="x", text=gettext_lazy("Save"))

    assert english.text == "Save"
    assert chinese.text != ""


def test_roles_are_told_in_their_store_only(chen, li_na, outsider, store):
    gone = make.user(role=Role.SALES_MANAGER, store=store)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    told = notify_roles(store, {Role.SALES_MANAGER, Role.GENERAL_MANAGER}, kind="x", text="x")

    assert [notice.user for notice in told] == [chen]


def test_the_first_reading_counts(li_na, store, noon):
    notice = notify(li_na, store=store, kind="x", text="x")
    read_notice(notice, at=noon)
    read_notice(notice)

    notice.refresh_from_db()
    assert notice.read_at == noon


def test_the_bell_counts_the_unread(li_na, store):
    first, _second = (notify(li_na, store=store, kind="x", text="x") for _time in range(2))
    assert unread_notices(li_na) == 2
    read_notice(first)
    assert unread_notices(li_na) == 1


def test_a_bell_that_has_seen_nothing_yet_toasts_everything_new(li_na, store):
    assert news(li_na).latest == 0
    notice = notify(li_na, store=store, kind="x", text="x")

    fresh = news(li_na, after="0")

    assert [row.pk for row in fresh.fresh] == [notice.pk]
    assert fresh.latest == notice.pk


def test_a_long_text_is_cut_and_a_long_url_is_no_crash(li_na, store):
    assert len(notify(li_na, store=store, kind="x", text="长" * 999).text) == 300
