"""SOP-4.1, 2.7: an earlier register of 28 columns becomes history: past visits, nothing owed."""

from datetime import datetime

import pytest

from dealership import clock
from dealership.customers.models import Customer, Event
from dealership.messaging.models import Notice, Sms
from dealership.sop.models import Deadline
from leads.actions.importing import work_on
from leads.actions.imports import revert_import
from leads.models import Lead
from showroom.actions import receive_visit
from showroom.models import Visit
from tests import make
from tests.leads import files
from tests.leads.files import csv_file, imported, outcomes, reasons, xlsx_file

pytestmark = [pytest.mark.sop("4.1"), pytest.mark.sop("2.7")]

# The real export's columns (domain §2.1).
COLUMNS = (
    "序号", "类型", "日期", "客户姓名", "性别", "联系方式", "地址", "进店或来电时间", "离店时间",
    "留店时间", "车系", "车型", "信息来源", "意向级别及购买周期(初)", "接待经过", "是否试驾",
    "是否首次来店", "是否有车", "现有车型", "随行人数", "追踪后级别", "结案情形", "接待销售顾问",
    "进店次数", "互动次数", "同城交叉", "登记人", "备注",
)  # fmt: skip


def line(**given):
    """A line of the register; what is not given is as in most lines."""
    said = {
        "序号": "1", "类型": "来店", "日期": "2025-03-01", "客户姓名": "王建国", "性别": "男",
        "联系方式": "13800138000", "进店或来电时间": "14:30", "离店时间": "15:20",
        "车系": "奕炫MAX", "信息来源": "自然到店", "意向级别及购买周期(初)": "H级(7天内)",
        "接待经过": "看了奕炫", "是否试驾": "是",
        "随行人数": "3", "追踪后级别": "A", "接待销售顾问": "李娜", "备注": "周末再来",
    } | given  # fmt: skip
    return tuple(said.get(column, "") for column in COLUMNS)


def history(*lines, file=csv_file, **given):
    return imported(file([COLUMNS, *lines]), kind="register", **given)


@pytest.mark.parametrize("file", [csv_file, xlsx_file], ids=["csv", "xlsx"])
def test_all_28_columns_find_their_place(file, store, li_na):
    assert len(COLUMNS) == 28
    series = make.series(name="奕炫MAX")

    run = history(line(), file=file)

    visit = Visit.objects.get()
    tz = store.tz
    assert run.state == "done", run.reason
    assert visit.way == Visit.Way.WALK_IN
    assert visit.arrived_at == datetime(2025, 3, 1, 14, 30, tzinfo=tz)
    assert visit.departed_at == datetime(2025, 3, 1, 15, 20, tzinfo=tz)
    assert (visit.party_size, visit.series, visit.source) == (3, series, make.source())
    assert (visit.level_before.code, visit.level_after.code) == ("H", "A")
    assert visit.consultant == li_na
    assert visit.is_first is True
    assert visit.is_history
    for said in ("看了奕炫", "周末再来", "是否试驾: 是"):
        assert said in visit.remark
    customer = visit.customer
    assert (customer.name, customer.salutation, customer.owner) == ("王建国", "mr", li_na)
    assert customer.primary_phone == "+8613800138000"


def test_history_owes_nothing_and_tells_nobody(store, li_na):
    history(line(), line(类型="来电", 进店或来电时间="09:00", 离店时间=""))

    assert Visit.objects.count() == 2
    assert not Deadline.objects.exists()
    assert not Sms.objects.exists()
    assert not Notice.objects.exclude(kind="lead.imported").exists()
    assert not Lead.objects.exists()
    assert not Visit.objects.present().exists()
    assert not Visit.objects.incomplete().exists()
    assert not Visit.objects.entered_late().exists()


def test_the_timeline_tells_it_when_it_happened(store, li_na):
    history(line())

    event = Event.objects.get(kind="visit.arrived")
    assert event.occurred_at == Visit.objects.get().arrived_at
    assert event.customer == Customer.objects.get()


def test_the_same_line_counts_once_in_a_file_and_across_files(store, li_na):
    first = history(line(), line(备注="再写一遍"))
    second = history(line(接待经过="同一天同一时间"), line(进店或来电时间="16:00"))

    assert outcomes(first) == ["created", "skipped"]
    assert outcomes(second) == ["skipped", "matched"]
    assert Visit.objects.count() == 2
    assert Customer.objects.count() == 1


def test_what_the_register_holds_already_is_not_doubled(store, li_na):
    at = datetime(2026, 11, 20, 14, 30, tzinfo=store.tz)
    with clock.pretending(at):
        receive_visit(store=store, by=li_na, phone="13800138000", name="王建国", at=at)

    run = history(line(日期="2026-11-20"))

    assert outcomes(run) == ["skipped"]
    assert Visit.objects.count() == 1


def test_history_makes_later_visits_returns(store, li_na):
    at = datetime(2026, 11, 20, 14, 30, tzinfo=store.tz)
    with clock.pretending(at):
        later = receive_visit(store=store, by=li_na, phone="13800138000", name="王建国", at=at)
    assert Visit.objects.get(pk=later.pk).is_first is True

    history(line())

    later.refresh_from_db()
    assert later.is_first is False


def test_a_nameless_guest_counts_and_is_complete(store, li_na):
    history(line(客户姓名="", 联系方式=""))

    visit = Visit.objects.get()
    assert visit.customer is None
    assert visit.left_no_contact
    assert visit.is_first is None


def test_somebody_who_left_is_named_in_the_remark(store):
    history(line(接待销售顾问="早已离职"))

    visit = Visit.objects.get()
    assert visit.consultant is None
    assert "早已离职" in visit.remark


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"日期": ""}, "日期"), ({"日期": "明天"}, "明天"), ({"日期": "2099-01-01"}, ""),
     ({"进店或来电时间": "午后"}, "午后")],
)  # fmt: skip
def test_a_line_without_a_day_that_was_is_refused(wrong, word, store, li_na):
    run = history(line(**wrong))

    assert outcomes(run) == ["failed"]
    assert word in reasons(run)[2]
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("said", "minutes"), [({"留店时间": "30分钟"}, 30), ({"留店时间": "2小时"}, 120), ({}, 0)]
)
def test_who_has_no_time_of_leaving_stays_as_long_as_written(said, minutes, store, li_na):
    history(line(离店时间="", **said))

    visit = Visit.objects.get()
    assert (visit.departed_at - visit.arrived_at).total_seconds() == minutes * 60


def test_days_as_serial_numbers_and_times_as_fractions_are_read(store, li_na):
    history(line(日期=45717, 进店或来电时间=0.604166667, 离店时间=""), file=xlsx_file)

    assert Visit.objects.get().arrived_at == datetime(2025, 3, 1, 14, 30, tzinfo=store.tz)


def test_history_is_taken_back_with_its_people(store, li_na):
    run = history(line(), line(进店或来电时间="16:00"))

    revert_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert (run.undone, run.kept) == (2, 0)
    assert not Visit.objects.exists()
    assert not Customer.objects.exists()


def test_a_customer_with_a_later_visit_is_kept(store, li_na):
    run = history(line())
    receive_visit(store=store, by=li_na, phone="13800138000")

    revert_import(run, by=run.by)
    work_on(run.pk)

    run.refresh_from_db()
    assert run.kept == 1
    assert Customer.objects.count() == 1


def test_history_stands_in_the_register(store, li_na, sign_in):
    history(line())

    page = sign_in(files.clerk(store)).get("/register/?day=2025-03-01")

    assert "王建国" in page.text or "王" in page.text
    assert page.status_code == 200
