"""Who is in the showroom now."""

from dataclasses import dataclass

from dealership.staff.models import Store, User
from showroom.models import Visit


@dataclass(frozen=True)
class Present:
    """The parties in the showroom, those that nobody attends to first, then the longest stay."""

    visits: list[Visit]

    @property
    def total(self) -> int:
        return len(self.visits)

    @property
    def waiting(self) -> int:
        return sum(visit.is_waiting for visit in self.visits)


def presence(store: Store, *, consultant: User | None = None) -> Present:
    """One query for the store, or for one consultant's guests."""
    rows = Visit.objects.in_store(store).present().with_people().select_related("level_before")
    if consultant is not None:
        rows = rows.filter(consultant=consultant)
    found = sorted(rows, key=lambda visit: (not visit.is_waiting, visit.arrived_at, visit.pk))
    return Present(found)
