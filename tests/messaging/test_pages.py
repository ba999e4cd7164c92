"""What people see of texts and notices."""

import pytest
from django.urls import reverse

from dealership.messaging.actions import deliver, notify
from dealership.messaging.models import Notice, Sms, SmsTemplate
from dealership.staff.roles import Role
from tests import make
from tests.messaging import room
from tests.messaging.gateway import REFUSED

LANGUAGES = ["zh-hans", "en"]


@pytest.fixture
def sent(gateway, queue, noon, li_na):
    """A text to a customer of 李娜 that has been sent."""
    sms = queue(make.customer(owner=li_na, name="王建国", at=noon), by=li_na)
    deliver(noon)
    sms.refresh_from_db()
    return sms


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_texts_masks_the_numbers(sign_in, chen, sent, language, headers):
    browser = sign_in(chen, language=language)

    response = browser.get(reverse("messaging:sms-list"), headers=headers)

    assert response.status_code == 200
    assert "王建国" in response.text
    assert sent.phone not in response.text
    assert sent.phone.removeprefix("+86") not in response.text
    assert ("<html" in response.text) is (not headers)


def test_the_list_filters_by_state(sign_in, chen, sent, gateway, queue, noon):
    gateway.script = [REFUSED]
    refused = queue()
    deliver(noon)
    browser = sign_in(chen)

    shown = browser.get(reverse("messaging:sms-list"), {"state": "refused"}).text

    assert f'id="sms-{refused.pk}"' in shown
    assert f'id="sms-{sent.pk}"' not in shown


def test_the_list_goes_on_by_key(sign_in, chen, sent):
    Sms.objects.bulk_create(
        Sms(
            store=sent.store, purpose=room.NOTICE.code, subject_type="x", subject_id=number,
            customer=sent.customer, phone=sent.phone, body="您好", state="delivered",
            created_at=sent.created_at, send_after=sent.created_at, send_by=sent.send_by,
            accepted_at=sent.created_at,
        )
        for number in range(60)
    )  # fmt: skip
    browser = sign_in(chen)

    first = browser.get(reverse("messaging:sms-list"))
    before = first.context["page"].next_url
    second = browser.get(reverse("messaging:sms-list") + before)

    shown = [sms.pk for sms in first.context["page"].rows + second.context["page"].rows]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 61


@pytest.mark.parametrize("bad", ["x", "-1", "9" * 30, "１"])
def test_a_wrong_page_key_is_no_error(sign_in, chen, sent, bad):
    browser = sign_in(chen)

    for name in ("sms-list", "notices", "reply-list"):
        assert browser.get(reverse(f"messaging:{name}"), {"before": bad}).status_code == 200
    assert browser.get(reverse("messaging:notices-poll"), {"after": bad}).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_shows_its_life(sign_in, li_na, sent, language):
    response = sign_in(li_na, language=language).get(sent.get_absolute_url())

    assert sent.body in response.text
    assert response.text.count('class="story-line"') == 3
    assert sent.phone.removeprefix("+86") not in response.text


def test_a_colleagues_text_does_not_exist(sign_in, wang_qiang, outsider, chen, sent):
    for stranger in (wang_qiang, outsider):
        browser = sign_in(stranger)
        assert browser.get(sent.get_absolute_url()).status_code == 404
        assert "王建国" not in browser.get(reverse("messaging:sms-list")).text
    assert sign_in(chen).get(sent.get_absolute_url()).status_code == 200


def test_the_list_never_asks_per_row(client, chen, assert_flat_queries, queue, noon):
    client.force_login(chen)
    assert_flat_queries(reverse("messaging:sms-list"), queue)


# Notices


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_are_listed_and_opened(sign_in, li_na, store, language):
    notice = notify(li_na, store=store, kind="visit", text="王先生到店", url="/customers/")
    browser = sign_in(li_na, language=language)

    assert "王先生到店" in browser.get(reverse("messaging:notices")).text
    response = browser.post(reverse("messaging:notice-read", args=[notice.pk]))

    assert response.url == "/customers/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_never_leads_out_of_the_house(sign_in, li_na, store):
    notice = notify(li_na, store=store, kind="visit", text="x", url="https://example.com/")

    response = sign_in(li_na).post(reverse("messaging:notice-read", args=[notice.pk]))

    assert response.url == reverse("messaging:notices")


def test_a_colleagues_notice_does_not_exist(sign_in, li_na, wang_qiang, store):
    notice = notify(li_na, store=store, kind="visit", text="王先生到店")
    browser = sign_in(wang_qiang)

    assert browser.post(reverse("messaging:notice-read", args=[notice.pk])).status_code == 404
    assert "王先生到店" not in browser.get(reverse("messaging:notices")).text


def test_the_bell_learns_where_it_is_and_then_gets_what_is_new(sign_in, li_na, store):
    old = notify(li_na, store=store, kind="visit", text="早先的提醒")
    browser = sign_in(li_na)
    url = reverse("messaging:notices-poll")

    first = browser.get(url).text
    assert f'data-latest="{old.pk}"' in first
    assert "早先的提醒" not in first

    new = notify(li_na, store=store, kind="visit", text="王先生到店")
    second = browser.get(url, {"after": old.pk}).text
    assert "王先生到店" in second
    assert "早先的提醒" not in second
    assert f'data-latest="{new.pk}"' in second
    assert "王先生到店" not in browser.get(url, {"after": new.pk}).text


def test_the_poll_costs_the_same_whatever_was_read_before(
    sign_in, li_na, store, django_assert_max_num_queries
):
    for number in range(300):
        notify(li_na, store=store, kind="visit", text=str(number))
    browser = sign_in(li_na)

    with django_assert_max_num_queries(6):
        response = browser.get(reverse("messaging:notices-poll"), {"after": "0"})

    assert "99+" in response.text


def test_all_notices_are_read_at_once(sign_in, li_na, wang_qiang, store):
    for user in (li_na, li_na, wang_qiang):
        notify(user, store=store, kind="visit", text="x")

    sign_in(li_na).post(reverse("messaging:notices-read-all"))

    assert list(Notice.objects.unread().values_list("user", flat=True)) == [wang_qiang.pk]


# Wording


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manager_changes_the_wording(sign_in, chen, store, language):
    browser = sign_in(chen, language=language)
    url = reverse("messaging:template-edit", args=["test.notice"])
    assert "{customer}" in browser.get(url).text

    response = browser.post(
        url, {"body": "{customer}，谢谢您到{store}。", "name": "新"}, follow=True
    )

    assert "{customer}，谢谢您到{store}。" in response.text
    template = SmsTemplate.objects.active().get(store=store)
    assert (template.purpose, template.updated_by) == ("test.notice", chen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "body", ["{phone_number}您好", "【东风】您好", "{customer", "{customer}{store}", "好" * 501, ""]
)
def test_a_wording_that_can_not_work_is_refused_with_a_reason(sign_in, chen, body, language):
    url = reverse("messaging:template-edit", args=["test.notice"])

    response = sign_in(chen, language=language).post(url, {"body": body})

    assert response.status_code == 422
    assert response.context["form"].errors["body"]
    assert not SmsTemplate.objects.exists()


def test_a_preview_shows_the_text_and_what_it_costs(sign_in, chen):
    url = reverse("messaging:template-preview", args=["test.notice"])

    response = sign_in(chen).post(
        url, {"body": "{customer}，谢谢。"}, headers={"HX-Request": "true"}
    )

    assert "王先生，谢谢。" in response.text


def test_the_declared_text_comes_back(sign_in, chen):
    url = reverse("messaging:template-edit", args=["test.notice"])
    browser = sign_in(chen)
    browser.post(url, {"body": "{customer}，谢谢。"})

    browser.post(reverse("messaging:template-drop", args=["test.notice"]))

    assert not SmsTemplate.objects.active().exists()


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.RECEPTIONIST, Role.CASHIER])
def test_only_managers_change_wordings(sign_in, role):
    browser = sign_in(make.user(role=role))

    assert browser.get(reverse("messaging:template-list")).status_code == 403
    assert browser.post(reverse("messaging:template-edit", args=["test.notice"])).status_code == 403


def test_an_unknown_purpose_is_not_found(sign_in, chen):
    url = reverse("messaging:template-edit", args=["no.such"])
    assert sign_in(chen).get(url).status_code == 404
