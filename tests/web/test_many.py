"""Working with many leads in a real browser: choosing, the keyboard, dragging."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from leads.models import BulkRun, Lead
from tests import make
from tests.browser import chromium

pytestmark = [pytest.mark.e2e, pytest.mark.sop("2.2")]


@pytest.fixture
def names(li_na) -> list[str]:
    """Three customers at level A, newest first."""
    found = ["赵丙", "钱乙", "孙甲"]
    for name in reversed(found):
        make.lead(customer=make.customer(name=name, owner=li_na), level="A")
    return found


def opened(
    live_server, user, path: str, *, width: int = 1440, script: bool = True
) -> Iterator[Page]:
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context = chromium().new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        has_touch=width < 1000,
        locale="en",
        java_script_enabled=script,
    )
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def listed(live_server, li_na, names) -> Iterator[Page]:
    yield from opened(live_server, li_na, "/leads/?view=open")


@pytest.fixture
def board(live_server, li_na, names) -> Iterator[Page]:
    for page in opened(live_server, li_na, "/leads/board/"):
        expect(page.locator("#cards-A .lead-card")).to_have_count(3)
        yield page


def test_the_bulk_bar_shows_once_something_is_chosen(listed):
    expect(listed.locator("#bulk")).to_be_hidden()

    listed.locator("tbody input[name=ids]").first.check()
    expect(listed.locator("[data-count]")).to_have_text("1 chosen")
    listed.locator("[data-all]").check()
    expect(listed.locator("[data-count]")).to_have_text("3 chosen")
    listed.locator("[data-none]").click()

    expect(listed.locator("#bulk")).to_be_hidden()


def test_shift_chooses_a_span(listed):
    boxes = listed.locator("tbody input[name=ids]")

    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])

    expect(boxes.nth(1)).to_be_checked()


def test_many_are_judged_from_the_sheet(listed):
    listed.locator("tbody input[name=ids]").nth(0).check()
    listed.locator("tbody input[name=ids]").nth(1).check()
    listed.locator("#bulk [value=level]").click()

    sheet = listed.locator("#sheet-body")
    expect(sheet).to_contain_text("2 leads")
    sheet.locator(".chip", has_text="H").first.click()
    sheet.locator("[name=reason]").fill("月底冲刺")
    sheet.locator("button.btn-primary").click()
    listed.wait_for_url(re.compile(r"/leads/bulk/\d+/"))

    levels = Lead.objects.order_by("-pk").values_list("level__code", flat=True)
    assert list(levels) == ["H", "H", "A"]
    assert BulkRun.objects.get().lines.filter(state="done").count() == 2


def test_the_keyboard_goes_through_the_rows(listed, names):
    listed.keyboard.press("j")
    listed.keyboard.press("j")
    expect(listed.locator(":focus")).to_have_text(names[1])
    listed.keyboard.press("x")
    expect(listed.locator("tbody input[name=ids]").nth(1)).to_be_checked()
    listed.keyboard.press("k")
    expect(listed.locator(":focus")).to_have_text(names[0])

    listed.keyboard.press("Enter")
    expect(listed.locator("#sheet h2")).to_have_text(names[0])
    listed.keyboard.press("Escape")

    expect(listed.locator("#sheet")).to_be_hidden()
    expect(listed.locator(":focus")).to_have_text(names[0])
    listed.keyboard.press("/")
    expect(listed.locator("#find")).to_be_focused()


def test_a_card_dragged_to_another_level_asks_why_and_stays_there(board):
    drag(board, "#cards-A .lead-card >> nth=0", "#cards-H [data-list]")

    expect(board.locator("#sheet")).to_be_visible()
    expect(board.locator("#cards-A .lead-card")).to_have_count(3)  # not before the reason is given
    expect(board.locator("#sheet-body .chip:has(:checked)")).to_contain_text("H")
    board.locator("#sheet-body [name=reason]").fill("下周提车")
    board.locator("#sheet-body button.btn-primary").click()

    expect(board.locator("#sheet")).to_be_hidden()
    expect(board.locator("#cards-H .lead-card")).to_have_count(1)
    expect(board.locator("#cards-A .lead-card")).to_have_count(2)
    assert Lead.objects.latest("pk").level_changes.first().reason == "下周提车"


def test_a_move_that_is_given_up_goes_back(board, names):
    drag(board, "#cards-A .lead-card >> nth=0", "#cards-B [data-list]")
    expect(board.locator("#sheet")).to_be_visible()

    board.keyboard.press("Escape")

    expect(board.locator("#cards-A .lead-card-name").first).to_have_text(names[0])
    assert set(Lead.objects.values_list("level__code", flat=True)) == {"A"}


def test_a_stage_is_not_dragged_true(live_server, li_na, names):
    for page in opened(live_server, li_na, "/leads/board/?by=stage"):
        expect(page.locator("#cards-new .lead-card")).to_have_count(3)

        drag(page, "#cards-new .lead-card >> nth=0", "#cards-contacted [data-list]")
        expect(page.locator("#sheet-body")).to_contain_text("Spoke with the customer")
        page.keyboard.press("Escape")

        expect(page.locator("#cards-new .lead-card")).to_have_count(3)
        assert set(Lead.objects.values_list("stage", flat=True)) == {"new"}


def test_a_card_moves_by_its_link_too(board):
    board.locator("#cards-A .lead-card >> nth=0").get_by_text("Move").click()
    sheet = board.locator("#sheet-body")
    sheet.locator(".chip", has_text="C").last.click()
    sheet.locator("button.btn-primary").click()
    expect(sheet.locator(".field-errors")).to_contain_text("falls from level A to C")
    expect(board.locator("#cards-A .lead-card")).to_have_count(3)
    sheet.locator("[name=reason]").fill("预算推迟")
    sheet.locator("button.btn-primary").click()

    expect(board.locator("#cards-C .lead-card")).to_have_count(1)


def test_without_script_leads_are_chosen_and_changed(live_server, li_na, names):
    for page in opened(live_server, li_na, "/leads/?view=open", script=False):
        page.locator("tbody input[name=ids]").first.check()
        page.locator("#bulk [value=day]").click()
        expect(page.locator("h1")).to_be_visible()
        page.locator("main button.btn-primary").click()
        page.wait_for_url(re.compile(r"/leads/bulk/\d+/"))

    assert BulkRun.objects.get().lines.get().state == "done"


@pytest.mark.parametrize("width", [360, 820])
@pytest.mark.parametrize("path", ["/leads/?view=open", "/leads/board/"])
def test_nothing_is_wider_than_the_screen(path, width, live_server, li_na, names):
    for page in opened(live_server, li_na, path, width=width):
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def drag(page: Page, card: str, to: str) -> None:
    """Drag as a hand does: press, move a little, move there, let go."""
    page.locator(to).wait_for()
    start, end = page.locator(card).bounding_box(), page.locator(to).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 50, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 30, steps=8)
    page.mouse.move(end["x"] + 64, end["y"] + 34, steps=3)
    page.mouse.up()
