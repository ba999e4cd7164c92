"""
One walk-in, from the door to the SMS, in a browser and against the real processes.

The receptionist logs a known number, its consultant is told without a reload, attends, departs
the guest; the worker is killed; the SMS goes out once; the manager's board shows it in time.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.e2e.house import House, wait_for

PHONE = "13800138642"
PASSWORD = "showroom-Tea-2026"

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

WORLD = f"""
from datetime import timedelta
from django.utils import timezone
from dealership.sop.actions import set_limit
from dealership.staff.actions import check_in
from dealership.staff.roles import Role
from showroom.sop import THANK_YOU
from tests import make

store = make.store(code="story", name="东风风神故事店")
# The story is told at any hour: quiet hours are far from now.
far = timezone.now().astimezone(store.tz) + timedelta(hours=8)
store.quiet_from, store.quiet_until = far.time(), (far + timedelta(hours=2)).time()
store.save()
li_na = make.user(name="李娜", username="li.na", store=store, password="{PASSWORD}")
for name, username, role in (
    ("周敏", "zhou.min", Role.RECEPTIONIST), ("陈建国", "chen", Role.SALES_MANAGER)
):
    make.user(name=name, username=username, role=role, store=store, password="{PASSWORD}")
make.customer(name="王建国", phone="{PHONE}", owner=li_na)
make.series(name="奕炫MAX")
check_in(li_na, store=store)
# Two minutes instead of two hours: the software acts when half of them is over.
set_limit(THANK_YOU, store=store, amount=2, by=None)
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


def sign_in(browser: Browser, house: House, user: str, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{house.url}/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/(today|board)/"))
    return page


@pytest.mark.sop("4.1", "4.6", "4.4.10", "4.4.11", "4.4.14", "1.2")
def test_a_walk_in_from_the_door_to_the_sms(house: House, browser: Browser):
    reception = sign_in(browser, house, "zhou.min", 390, 780)
    consultant = sign_in(browser, house, "li.na", 390, 780)

    # The receptionist types the number; the software knows whose it is.
    reception.goto(f"{house.url}/visits/new/")
    reception.get_by_label("手机号").press_sequentially(PHONE, delay=20)
    expect(reception.locator("#greeting")).to_contain_text("王建国")
    expect(reception.locator("#greeting")).to_contain_text("李娜")
    reception.get_by_role("button", name="开始接待").click()
    expect(reception.get_by_text("王建国").first).to_be_visible()

    # The consultant is told without a reload.
    notice = consultant.locator(".toast-note", has_text="王建国")
    expect(notice).to_be_visible(timeout=20_000)

    # She attends and ticks a step.
    notice.get_by_role("link").click()
    expect(consultant.get_by_role("heading", name="王建国").first).to_be_visible()
    done = consultant.locator("[data-state=done]")
    before = done.count()
    consultant.locator("#visit-sheet form[action*='/tick/'] button").first.click()
    expect(done).not_to_have_count(before)

    # The worker dies; nobody notices.
    assert house.kill("celery -A dealership worker") > 0

    # The guest leaves: what follows is owed at once.
    consultant.get_by_role("link", name="客户离店").click()
    consultant.locator("form[id^=visit-depart] .btn-primary").click()
    expect(consultant.get_by_text("清理洽谈桌").first).to_be_visible()
    departed = time.monotonic()

    # The SMS reaches the phone, once, although the worker died.
    wait_for(lambda: house.messages(PHONE), 150, "the SMS is on the phone")
    house.kill("celery -A dealership worker")
    consultant.goto(f"{house.url}/today/")
    expect(consultant.get_by_text("感谢短信")).to_have_count(0, timeout=60_000)
    assert len(house.messages(PHONE)) == 1
    assert "东风风神故事店" in house.messages(PHONE)[0]["body"]
    assert time.monotonic() - departed < 240

    # The manager sees it in time, and opens the row behind the figure.
    manager = sign_in(browser, house, "chen", 1440, 900)
    row = manager.locator("tr", has_text="感谢短信").first
    expect(row).to_contain_text("100%")
    row.get_by_role("link", name="100%").first.click()
    expect(manager.get_by_text("王建国").first).to_be_visible()
    assert len(house.messages(PHONE)) == 1
