"""A furnished store for calls to meet: made once for each test's transaction."""

from dataclasses import dataclass

from dealership.messaging.actions import notify
from dealership.sop.models import Deadline
from dealership.staff.actions import create_token
from dealership.staff.models import ApiToken, User
from dealership.staff.roles import MANAGERS, Role
from showroom.actions import depart, receive_visit
from tests import make
from tests.deals import make as orders
from tests.leads import files


@dataclass
class Caller:
    user: User
    secret: str
    rows: dict[str, int]

    def row_of(self, path: str) -> int | None:
        """The id of a row of the caller's store for a path such as /api/v1/visits/{id}/."""
        return self.rows.get(path.split("/")[3]) if "{id}" in path else None


KNOWN: dict[int, Caller] = {}


def furnish(role: Role) -> Caller:
    """Return a caller in a store that has a bit of everything."""
    token = ApiToken.objects.filter(user__username=f"api-{role}").first()
    if token and token.pk in KNOWN:
        return KNOWN[token.pk]
    user = make.user(role=role, username=f"api-{role}")
    caller = Caller(user, create_token(user, name="fuzz"), rows_for(user))
    KNOWN[ApiToken.objects.get(user=user).pk] = caller
    return caller


def rows_for(user: User) -> dict[str, int]:
    """One row of each kind, all the caller's, or a colleague's if the caller attends nobody."""
    attends = user.has_role(Role.CONSULTANT, *MANAGERS)
    seller = user if attends else make.user(role=Role.CONSULTANT, store=user.active_store)
    lead = make.lead(consultant=seller)
    visit = receive_visit(store=user.active_store, by=user, consultant=seller, phone=make.a_phone())
    notice = notify(user, store=user.active_store, kind="test", text="您好")
    departed = receive_visit(store=user.active_store, by=user, consultant=seller)
    depart(departed, by=user)
    listed = files.mapped(
        files.csv_file([files.HEADER, ("王建国", make.a_phone(), "男", "")]),
        by=user,
        to=files.prospects(user.active_store),
    )
    return {
        "imports": listed.pk,
        "prospect-lists": listed.prospect_list_id,
        "customers": lead.customer_id,
        "leads": lead.pk,
        "visits": visit.pk,
        "notices": notice.pk,
        "deadlines": Deadline.objects.latest("pk").pk,
        "orders": orders.order(lead=make.lead(consultant=seller)).pk,
    }
