"""Saved views: filters under a name, as tabs; private, or shared with the store."""

import pytest

from dealership.errors import RuleViolation
from dealership.staff.models import User
from leads import actions
from leads.models import SavedView, ViewColumns
from tests import make

pytestmark = pytest.mark.sop("2.2")


def a_view(
    owner: User, name: str = "高意向", query: str = "view=mine&level=H", **given
) -> SavedView:
    given = {"columns": [], "is_shared": False} | given
    return actions.save_view(owner.active_store, name=name, query=query, by=owner, **given)


def tabs(browser) -> list[str]:
    page = browser.get("/leads/?view=all").text
    nav = page.split('<nav class="tabs"')[1].split("</nav>")[0]
    return [part.split("</a>")[0].split(">")[-1] for part in nav.split("<a ")[1:]]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_filters_in_force_are_kept_under_a_name(headers, sign_in, li_na):
    browser = sign_in(li_na)
    url = "/leads/views/new/?view=mine&level=H&after=0~1~2&order=next"

    form = browser.get(url, headers=headers)
    browser.post(url, {"name": "我的高意向"}, headers=headers)

    assert ("<html" in form.text) is (not headers)
    view = SavedView.objects.get()
    assert (view.owner, view.store, view.is_shared) == (li_na, li_na.active_store, False)
    assert view.query == "view=mine&level=H&order=next"
    assert "我的高意向" in tabs(browser)


def test_a_second_click_keeps_one_view(sign_in, li_na):
    browser, data = sign_in(li_na), {"name": "一次", "once": "key-1"}

    browser.post("/leads/views/new/?level=H", data)
    browser.post("/leads/views/new/?level=H", data)

    assert SavedView.objects.count() == 1


def test_two_views_of_a_person_need_two_names(sign_in, li_na, wang_qiang):
    a_view(li_na, "同名")
    a_view(wang_qiang, "同名")

    response = sign_in(li_na, language="en").post("/leads/views/new/?level=H", {"name": "同名"})

    assert response.status_code == 422
    assert "of this name already" in response.text


def test_a_private_view_is_nobody_else_s(sign_in, li_na, wang_qiang):
    view = a_view(li_na)
    browser = sign_in(wang_qiang)

    assert view.name not in tabs(browser)
    for path in ("", "refit/", "move/", "drop/"):
        assert browser.post(f"/leads/views/{view.pk}/{path}", {"name": "x"}).status_code == 404
    assert SavedView.objects.get() == view


def test_a_manager_shares_a_view_with_the_store(sign_in, chen, li_na, outsider):
    sign_in(chen).post("/leads/views/new/?view=all&planned=overdue",
                       {"name": "全店逾期", "is_shared": "on"})  # fmt: skip

    view = SavedView.objects.get()
    assert view.is_shared
    assert "全店逾期" in tabs(sign_in(li_na))
    assert "全店逾期" not in tabs(sign_in(outsider))
    assert sign_in(li_na).post(f"/leads/views/{view.pk}/drop/").status_code == 404


def test_a_consultant_shares_nothing(sign_in, li_na):
    sign_in(li_na).post("/leads/views/new/?level=H", {"name": "我的", "is_shared": "on"})

    assert not SavedView.objects.get().is_shared
    with pytest.raises(RuleViolation):
        a_view(li_na, "别的", is_shared=True)


def test_what_a_manager_shared_stays_shared_when_renamed_by_one_who_was(li_na):
    view = a_view(li_na)
    SavedView.objects.update(is_shared=True)

    renamed = actions.change_view(view, name="新名", is_shared=True, by=li_na)

    assert (renamed.name, renamed.is_shared) == ("新名", True)


def test_a_view_opens_with_its_filters_and_is_the_tab_one_is_on(sign_in, li_na):
    make.lead(consultant=li_na, level="H", customer=make.customer(name="高意向客户", owner=li_na))
    make.lead(consultant=li_na, level="C", customer=make.customer(name="远期客户", owner=li_na))
    view = a_view(li_na, "我看H")

    page = sign_in(li_na).get(f"/leads/?{view.query}&saved={view.pk}").text

    assert "高意向客户" in page
    assert "远期客户" not in page
    assert page.split('aria-current="true"')[1].split("</a>")[0].endswith("我看H")


def test_a_changed_view_is_updated_in_place(sign_in, li_na):
    view, browser = a_view(li_na), sign_in(li_na)
    page = browser.get(f"/leads/?view=mine&level=H&level=A&saved={view.pk}").text
    assert f"/leads/views/{view.pk}/refit/?view=mine&amp;level=H&amp;level=A" in page

    browser.post(f"/leads/views/{view.pk}/refit/?view=mine&level=H&level=A&saved={view.pk}")

    view.refresh_from_db()
    assert view.query == "view=mine&level=H&level=A"


def test_columns_are_kept_with_the_view(sign_in, li_na, chen):
    browser = sign_in(li_na, language="en")
    view = a_view(li_na, query="view=all", columns=["days", "way"])
    url = f"/leads/?view=all&saved={view.pk}"
    make.lead(consultant=li_na)

    assert "Days in level" in browser.get(url).text
    browser.post(f"/leads/columns/?view=all&saved={view.pk}", {"columns": ["last"]})

    assert "Days in level" not in browser.get(url).text
    assert "Last spoken to" in browser.get(url).text


def test_views_change_places(sign_in, li_na):
    first, second, third = (a_view(li_na, name) for name in "甲乙丙")
    browser = sign_in(li_na)

    browser.post(f"/leads/views/{third.pk}/move/", {"to": "up"})
    assert [tab for tab in tabs(browser) if tab in "甲乙丙"] == ["甲", "丙", "乙", ""]
    browser.post(f"/leads/views/{first.pk}/move/", {"to": "up"})
    browser.post(f"/leads/views/{first.pk}/move/", {"to": "down"})

    assert list(SavedView.objects.owned_by(li_na).in_order()) == [third, first, second]


def test_a_deleted_view_takes_its_columns_along(sign_in, li_na):
    view = a_view(li_na)
    actions.choose_columns(f"saved-{view.pk}", columns=["days"], by=li_na)

    sign_in(li_na).post(f"/leads/views/{view.pk}/drop/")

    assert not SavedView.objects.exists()
    assert not ViewColumns.objects.exists()


def test_a_link_to_a_view_that_is_gone_still_shows_its_leads(sign_in, li_na):
    make.lead(consultant=li_na, level="H", customer=make.customer(name="仍在", owner=li_na))

    assert "仍在" in sign_in(li_na).get("/leads/?view=mine&level=H&saved=4711").text


def test_nobody_hoards_views(li_na):
    for number in range(20):
        a_view(li_na, f"视图{number}")

    with pytest.raises(RuleViolation) as refusal:
        a_view(li_na, "第二十一")

    assert refusal.value.code == "too_many"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_views_speaks_both_languages(language, sign_in, li_na, chen):
    browser = sign_in(li_na, language=language)
    assert browser.get("/leads/views/").status_code == 200

    a_view(li_na)
    a_view(chen, "共享", is_shared=True)

    page = browser.get("/leads/views/").text
    assert "高意向" in page
    assert "共享" in page


def test_views_over_the_api(sign_in, li_na, chen, wang_qiang):
    browser = sign_in(li_na)
    given = {"name": "接口", "query": "view=mine&level=H&junk=1"}

    made = browser.post("/api/v1/saved-views/", given, content_type="application/json")
    shared = a_view(chen, "共享", is_shared=True)

    assert made.status_code == 201
    assert made.json()["query"] == "view=mine&level=H"
    names = {
        row["name"]: row["is_own"] for row in browser.get("/api/v1/saved-views/").json()["results"]
    }
    assert names == {"接口": True, "共享": False}
    assert browser.delete(f"/api/v1/saved-views/{shared.pk}/").status_code == 404
    assert browser.delete(f"/api/v1/saved-views/{made.json()['id']}/").status_code == 204
    refused = browser.post(
        "/api/v1/saved-views/", given | {"is_shared": True}, content_type="application/json"
    )
    assert refused.status_code == 409
