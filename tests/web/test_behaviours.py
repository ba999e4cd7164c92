"""What the browser does by itself, in a real one, under the product's own content policy."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from dealership.messaging import actions as messaging
from dealership.staff.models import User
from tests.browser import chromium
from tests.web import parts

pytestmark = [pytest.mark.e2e, pytest.mark.urls("tests.web.parts")]
WIDTHS = [360, 820, 1440]


@pytest.fixture
def page(live_server, li_na) -> Iterator[Page]:
    """A phone on which 李娜 has signed in; nothing may reach its console."""
    yield from opened(live_server, li_na, width=360)


def opened(live_server, user: User, *, width: int) -> Iterator[Page]:
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context = chromium().new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 780},
        has_touch=width < 1000,
        locale="en",
    )
    context.add_cookies([cookie | {"url": live_server.url}])
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    made.goto("/parts/")
    yield made
    context.close()
    ours = [line for line in complaints if "/parts/break/" not in line and "status of" not in line]
    assert [line for line in ours if "Response Status Error" not in line] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(live_server, li_na, width):
    for page in opened(live_server, li_na, width=width):
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        assert page.locator(".dock").is_visible() == (width < 768)
        assert page.locator(".rail").is_visible() == (width >= 768)


def test_targets_are_large_enough_for_a_thumb(page):
    small = page.evaluate(
        """[...document.querySelectorAll(
             'main button, main .chip, main input:not(.chip input), .dock a, .topbar a')]
           .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)
           .map(e => e.outerHTML.slice(0, 80))"""
    )

    assert small == []


def test_a_countdown_runs_out_before_your_eyes(page):
    # No answer of the server sets the clock right again while the test winds it on.
    page.route("**/poll/**", lambda route: route.fulfill(status=204))
    page.clock.install()
    page.reload()
    shown = page.locator("time.state")
    expect(shown).to_have_text("1 min left")

    page.clock.fast_forward(70_000)
    expect(shown).to_have_attribute("data-state", "soon")
    page.clock.fast_forward(180_000)

    expect(shown).to_have_text("2 min late")
    expect(page.locator("#deadline-7")).to_have_attribute("data-state", "late")
    assert page.locator(".fuse").evaluate("bar => bar.value") == 0


def test_a_device_with_a_wrong_clock_shows_the_right_time(page):
    page.clock.install(time="2020-02-02T02:02:02Z")

    page.reload()

    expect(page.locator("time.state")).to_have_text("1 min left")


def test_what_was_typed_survives_a_reload_and_says_so(page):
    page.fill("[name=text]", "周末带家人来看车")
    page.locator(".chip", has_text="蓝").click()
    page.wait_for_timeout(400)

    page.reload()

    expect(page.locator(".draft-note")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("周末带家人来看车")
    expect(page.locator("[value=b]")).to_be_checked()


def test_a_saved_form_leaves_no_draft(page):
    page.fill("[name=text]", "周末带家人来看车")
    page.wait_for_timeout(400)
    page.click("#plain button.btn-primary")
    page.wait_for_url("**/save/")

    page.goto("/me/")  # a page of ours settles what was sent
    page.goto("/parts/")

    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator(".draft-note")).to_have_count(0)


def test_starting_afresh_empties_the_form(page):
    page.fill("[name=text]", "写错了")
    page.wait_for_timeout(400)
    page.reload()

    page.click(".draft-note button")

    expect(page.locator("[name=text]")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft-'))") == []


def test_signing_out_takes_drafts_off_the_device(page):
    page.fill("[name=phone]", "13800138000")
    page.wait_for_timeout(400)

    page.click("details.menu:last-of-type summary")
    page.click("form[action$='/logout/'] button")
    page.wait_for_url("**/login/**")

    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft-'))") == []


def test_an_ended_session_does_not_take_the_page_away(page):
    page.fill("[name=text]", "正在写")
    page.context.clear_cookies()

    page.evaluate("htmx.ajax('GET', '/messages/notices/poll/', '#bell')")

    expect(page.locator(".toast-note")).to_contain_text("You are signed out")
    expect(page.locator("[name=text]")).to_have_value("正在写")


def test_two_taps_send_once(page):
    parts.saved.clear()

    page.evaluate(
        "() => { const b = document.querySelector('#plain .btn-primary'); b.click(); b.click(); }"
    )
    page.wait_for_url("**/save/")

    assert len(parts.saved) == 1


def test_a_number_is_grouped_while_it_is_typed(page):
    box = page.locator("[name=phone]")

    box.press_sequentially("13800138000")
    expect(box).to_have_value("138 0013 8000")
    box.press("Home")
    box.press("Delete")

    expect(box).to_have_value("38 0013 8000")


def test_a_stepper_stops_at_its_limits(page):
    more, less = page.get_by_label("One more"), page.get_by_label("One less")

    more.click()

    expect(page.locator("[name=party]")).to_have_value("3")
    expect(more).to_be_disabled()
    less.click()
    less.click()
    expect(less).to_be_disabled()


def test_a_second_tap_takes_an_optional_choice_back(page):
    chip = page.locator(".chip", has_text="红")

    chip.click()
    expect(page.locator("[value=r]")).to_be_checked()
    chip.click()

    expect(page.locator("[value=r]")).not_to_be_checked()


def test_a_refused_form_shows_why(page):
    page.click("#refused button")

    expect(page.locator("#answer .field-errors")).to_have_text("Not like this.")
    expect(page.locator("#refused")).not_to_have_attribute("data-sending", "")


def test_a_failure_is_said_and_loses_nothing(page):
    page.fill("[name=text]", "还在")
    page.click("#break")

    expect(page.locator(".toast-note[role=alert]")).to_contain_text("What you typed is kept")
    expect(page.locator("[name=text]")).to_have_value("还在")


def test_a_finished_card_slides_away_and_offers_the_way_back(page):
    page.click("#finish")

    expect(page.locator("#deadline-7")).to_have_count(0)
    expect(page.locator(".undo-slot button")).to_have_text("Undo")
    expect(page.locator(".toasts")).to_contain_text("Well done")


def test_what_cannot_be_undone_asks_first(page):
    page.click("#risky")
    page.locator("#confirm button[value=no]").click()
    expect(page.locator("#deadline-7")).to_be_visible()

    page.click("#risky")
    page.locator("#confirm button[value=yes]").click()

    expect(page.locator("#deadline-7")).to_have_count(0)


def test_a_row_opens_in_the_side_sheet_and_escape_closes_it(page):
    page.click("#row")
    expect(page.locator("#sheet h2")).to_have_text("In the sheet")

    page.keyboard.press("Escape")

    expect(page.locator("#sheet")).not_to_be_visible()


def test_the_plus_opens_the_entries(page):
    page.click(".dock-new")

    expect(page.locator("#new-sheet .choice")).to_have_count(4)


def test_the_keyboard_reaches_search_and_help(page):
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("?")

    expect(page.locator("#keys")).to_be_visible()


def test_dark_stays_dark(page):
    page.click("details.menu:last-of-type summary")
    page.locator(".menu-entry[data-behaviour=theme]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.reload()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_new_notice_arrives_by_itself_and_once(page, li_na):
    page.wait_for_timeout(1500)  # the first poll only learns where we are

    messaging.notify(li_na, store=li_na.active_store, kind="visit", text="王建国到店了")
    page.evaluate("document.body.dispatchEvent(new Event('notices-changed'))")

    expect(page.locator(".toast-note")).to_contain_text("王建国到店了")
    expect(page.locator("#bell .tool-count")).to_have_text("1")
    page.reload()
    page.wait_for_timeout(1500)
    expect(page.locator(".toast-note")).to_have_count(0)
