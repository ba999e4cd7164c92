"""The cast of every test, signing in, and the check that a list never asks per row."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from tests import make


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    """Every test may use the database."""


@pytest.fixture
def store() -> Store:
    return make.home()


@pytest.fixture
def li_na(store: Store) -> User:
    """李娜, a consultant."""
    return make.user(name="李娜", username="li.na", team=make.team(store=store, name="一组"))


@pytest.fixture
def wang_qiang(store: Store) -> User:
    """王强, a consultant of the other team."""
    return make.user(name="王强", username="wang.qiang", team=make.team(store=store, name="二组"))


@pytest.fixture
def chen(store: Store) -> User:
    """陈经理, the sales manager."""
    return make.user(role=Role.SALES_MANAGER, name="陈志远", username="chen", store=store)


@pytest.fixture
def xiao_min(store: Store) -> User:
    """小敏, at the reception."""
    return make.user(role=Role.RECEPTIONIST, name="周小敏", username="xiao.min", store=store)


@pytest.fixture
def outsider() -> User:
    """A consultant of another store."""
    return make.user(name="赵磊", username="zhao.lei", store=make.store(name="东风风神宜昌店"))


SignIn = Callable[[User], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in(li_na)` is a browser of its own, in which she has signed in."""

    def signed_in(user: User, *, language: str = "") -> Client:
        client = Client(headers={"accept-language": language} if language else None)
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def assert_flat_queries(client: Client) -> Callable[[str, Callable[[], object]], None]:
    """`assert_flat_queries("/leads/", make_row)`: as many queries for one row as for six."""

    def check(url: str, make_row: Callable[[], object]) -> None:
        def asked() -> list[str]:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(url)
            assert response.status_code == 200, response.status_code
            return [query["sql"] for query in queries]

        make_row()
        asked()
        few = asked()
        for _number in range(5):
            make_row()
        many = asked()
        assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))

    return check
