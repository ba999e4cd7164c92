"""
The API keeps what its schema says, whatever is thrown at it.

Every call of the schema is made with generated data, valid and not; schemathesis checks that no
answer is a 5xx, that each is documented and has its shape, that bad data is refused and that
nobody gets in without signing in. API_FUZZ_EXAMPLES makes it as thorough as wanted.
"""

import os
from itertools import count

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings

from dealership.staff.roles import Role
from tests.api.world import furnish

EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "12"))

document = SchemaGenerator().get_schema(request=None, public=True)
schema = schemathesis.openapi.from_dict(document)
schema.app = get_wsgi_application()
# Each call brings a good token: a generated one is thrown away, yet would count as bad data.
schema.config.generation.update(with_security_parameters=False)

turns = count()
CHECKS_LEFT_OUT = [
    # Asked of every call by the test below, without generated data.
    schemathesis.checks.CHECKS.get_one("ignored_auth"),
    # A rule of the house answers 409 to data that the schema allows; 400 is for their shape.
    schemathesis.checks.CHECKS.get_one("positive_data_acceptance"),
]


@pytest.fixture(autouse=True)
def one_connection():
    """As Django's own test client does: a request does not close the test's connection."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.mark.parametrize("role", [Role.GENERAL_MANAGER, Role.CONSULTANT, Role.CLERK])
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
def test_every_call_keeps_the_schema(case: schemathesis.Case, role: Role):
    caller = furnish(role)
    case.headers["Authorization"] = f"Bearer {caller.secret}"
    case.cookies = {}
    known = caller.row_of(case.path)
    if known and str(case.path_parameters["id"]).isdecimal() and next(turns) % 2:
        # Every other call with a sound id meets a row that exists, so that it gets beyond 404.
        case.path_parameters = {"id": known}
    case.call_and_validate(excluded_checks=CHECKS_LEFT_OUT)


def test_the_schema_is_complete():
    """Each path of the API answers the methods that the schema names, and no view lacks one."""
    paths = set(document["paths"])

    assert {"/api/v1/customers/", "/api/v1/visits/{id}/depart/", "/api/v1/orders/"} <= paths
    assert all(path.startswith("/api/v1/") for path in paths)


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, item in document["paths"].items() for method in item],
)
@pytest.mark.parametrize("token", ["", "Bearer", "Bearer sr_none", "Bearer sr_a sr_b"])
def test_nobody_gets_in_without_a_token(client, path: str, method: str, token: str):
    headers = {"Authorization": token} if token else {}

    response = client.generic(method, path.replace("{id}", "1"), headers=headers)

    assert response.status_code == 401
    assert response.json()["detail"]


@pytest.mark.parametrize("accept", ["text/html", "\v", "application/xml;q=0.9", ""])
def test_the_api_speaks_json_whatever_a_caller_accepts(client, accept: str):
    caller = furnish(Role.CLERK)
    headers = {"Authorization": f"Bearer {caller.secret}", "Accept": accept}

    response = client.get("/api/v1/customers/", headers=headers)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
