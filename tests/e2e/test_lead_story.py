"""
One lead, from the QR code to the visit agreed on, in browsers and against the real processes.

A stranger fills in the campaign's form; the rules give the lead to the consultant, who is told;
the reception types the same number and is warned; the consultant calls, agrees on a visit; the
reception expects the guest, and receiving them closes the appointment by itself.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect

from tests.browser import chromium
from tests.e2e.house import House
from tests.e2e.test_story import PASSWORD, sign_in

PHONE = "13800138755"

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

WORLD = f"""
from datetime import timedelta
from dealership import clock
from dealership.staff.actions import check_in
from dealership.staff.roles import Role
from leads.actions import add_campaign, set_up_loss_reasons, set_up_ownership, set_up_sources
from tests import make

store = make.store(code="story", name="东风风神故事店")
sources = set_up_sources(store)
set_up_ownership(store)
set_up_loss_reasons(store)
li_na = make.user(name="李娜", username="li.na", store=store, password="{PASSWORD}")
for name, username, role in (
    ("周敏", "zhou.min", Role.RECEPTIONIST), ("陈建国", "chen", Role.SALES_MANAGER)
):
    chen = make.user(name=name, username=username, role=role, store=store, password="{PASSWORD}")
make.series(name="奕炫MAX")
check_in(li_na, store=store)
today = clock.day_of(clock.now(), store.tz)
add_campaign(
    store, name="周末试驾会", channel="in_store", source=sources["in-store"], starts_on=today,
    ends_on=today + timedelta(days=2), by=chen,
)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, connection.vendor)
    made.manage("migrate", "-v0")
    made.python(WORLD)
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser() -> Browser:
    return chromium()


@pytest.mark.sop("2.1", "2.2", "2.9", "4.1")
def test_a_lead_from_the_qr_code_to_the_visit(house: House, browser: Browser):
    consultant = sign_in(browser, house, "li.na", 390, 780)
    reception = sign_in(browser, house, "zhou.min", 820, 1180)
    manager = sign_in(browser, house, "chen", 1440, 900)

    # The manager's poster carries the address that the QR code holds.
    manager.goto(f"{house.url}/leads/campaigns/")
    manager.get_by_role("link", name="周末试驾会").first.click()
    form_link = manager.locator("a[href*='/f/']").first
    address = form_link.get_attribute("href") or ""
    assert re.search(r"/f/[\w-]{10,}/$", address)

    # A stranger, on their own phone, without signing in.
    stranger = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    form = stranger.new_page()
    form.goto(address if address.startswith("http") else f"{house.url}{address}")
    expect(form.get_by_role("heading", name="周末试驾会")).to_be_visible()
    form.locator("[name=name]").fill("林晓峰")
    form.locator("[name=phone]").press_sequentially(PHONE, delay=40)
    form.locator("[name=series]").first.check()
    form.locator("[name=agrees]").check()
    form.wait_for_timeout(2500)  # no hand is faster than two seconds
    form.get_by_role("button").last.click()
    expect(form.get_by_text("林晓峰").or_(form.get_by_text("感谢")).first).to_be_visible()

    # The consultant is told without a reload, and owes the first contact.
    notice = consultant.locator(".toast-note", has_text="林晓峰")
    expect(notice).to_be_visible(timeout=20_000)
    consultant.goto(f"{house.url}/today/")
    card = consultant.locator(".deadline-card", has_text="林晓峰").first
    expect(card).to_contain_text("首次联系")

    # The reception gets the same number by phone: it is warned before anything is typed twice.
    reception.goto(f"{house.url}/leads/new/")
    reception.locator("[name=phone]").press_sequentially(PHONE, delay=30)
    expect(reception.get_by_text("林晓峰").first).to_be_visible()
    expect(reception.get_by_text("李娜").first).to_be_visible()

    # She calls; they will come tomorrow at ten.
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    card.get_by_role("link", name="登记联系").click()
    contact = consultant.locator("form[action*='/contacts/new/']").first
    contact.locator("[name=outcome][value=reached]").check()
    contact.locator("[name=feedback]").fill("想看奕炫MAX白色，周末带家人。")
    contact.locator("[name=answer][value=accepted]").check()
    contact.locator("[name=visit_at]").fill(f"{tomorrow:%Y-%m-%d}T10:00")
    contact.locator(".btn-primary").click()
    expect(consultant.locator(".deadline-card", has_text="首次联系")).to_have_count(0)

    # Both sides see the same row.
    reception.goto(f"{house.url}/leads/appointments/?day={tomorrow:%Y-%m-%d}")
    expect(reception.get_by_text("林晓峰").first).to_be_visible()
    reception.goto(f"{house.url}/leads/appointments/")

    # The customer comes earlier than agreed: moved to today, received, and the agreement is kept.
    house.python(
        "from leads.models import Appointment\n"
        "from datetime import timedelta\n"
        "Appointment.objects.update(starts_at=__import__('dealership.clock', "
        "fromlist=['now']).now() + timedelta(minutes=20))"
    )
    reception.goto(f"{house.url}/visits/new/")
    reception.locator("[name=phone]").press_sequentially(PHONE, delay=20)
    expect(reception.locator("#greeting")).to_contain_text("林晓峰")
    reception.get_by_role("button", name="开始接待").click()
    expect(reception.get_by_text("林晓峰").first).to_be_visible()
    state = house.python(
        "from leads.models import Appointment, Lead\n"
        "print(Appointment.objects.get().state, Lead.objects.count(), Lead.objects.get().stage)"
    )
    assert state.split() == ["shown", "1", "visited"]

    # The campaign's figure opens its one lead.
    manager.reload()
    manager.goto(f"{house.url}/leads/?view=all")
    expect(manager.get_by_text("林晓峰").first).to_be_visible()
