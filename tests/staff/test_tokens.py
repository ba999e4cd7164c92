"""API tokens: shown once, kept as a digest, dead at once."""

import pytest
from django.test import Client

from dealership.errors import RuleViolation
from dealership.staff.actions import MAX_TOKENS, create_token, freeze, revoke_token, thaw
from dealership.staff.models import ApiToken, Membership
from dealership.staff.roles import Role
from tests import make

CUSTOMERS = "/api/v1/customers/"


def call(secret: str, **headers: str) -> int:
    return (
        Client()
        .get(CUSTOMERS, headers={"authorization": f"Bearer {secret}", **headers})
        .status_code
    )


def test_a_token_does_what_its_person_may(li_na):
    assert call(create_token(li_na, name="导入")) == 200


def test_only_a_digest_is_kept(li_na):
    secret = create_token(li_na, name="导入")

    kept = str(ApiToken.objects.values().get())
    assert secret not in kept
    assert secret.removeprefix("sr_") not in kept


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer sr_x y", "Bearer sr_\x80", "Basic eDp5"]
)
def test_a_made_up_token_is_refused(header):
    response = Client().get(CUSTOMERS, headers={"authorization": header})

    assert response.status_code == 401


def test_a_revoked_token_is_dead_at_once(li_na):
    secret = create_token(li_na, name="导入")

    revoke_token(li_na.api_tokens.get())

    assert call(secret) == 401


def test_a_closed_account_takes_its_tokens_along_for_good(li_na, chen):
    secret = create_token(li_na, name="导入")

    freeze(li_na, by=chen)
    assert call(secret) == 401
    thaw(li_na, by=chen)
    assert call(secret) == 401


def test_a_header_chooses_one_of_the_persons_stores(li_na):
    second = make.store(code="yichang")
    Membership.objects.create(user=li_na, store=second, role=Role.CONSULTANT)
    make.store(code="foreign")
    secret = create_token(li_na, name="导入")

    assert call(secret, **{"x-store": "yichang"}) == 200
    assert call(secret, **{"x-store": "foreign"}) == 403


def test_eleven_tokens_are_too_many(li_na):
    for number in range(MAX_TOKENS):
        create_token(li_na, name=f"程序{number}")

    with pytest.raises(RuleViolation):
        create_token(li_na, name="one more")


def test_the_page_shows_a_secret_once(sign_in, li_na):
    browser = sign_in(li_na)

    shown = browser.post("/me/", {"name": "导入"}).text
    secret = shown.split('secret-text">')[1].split("<")[0]

    assert call(secret) == 200
    assert secret not in browser.get("/me/").text


def test_nobody_revokes_a_colleagues_token(sign_in, li_na, wang_qiang):
    secret = create_token(li_na, name="导入")
    token = li_na.api_tokens.get()

    assert sign_in(wang_qiang).post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
    assert call(secret) == 200
    assert sign_in(li_na).post(f"/me/tokens/{token.pk}/revoke/").status_code == 302
    assert call(secret) == 401
