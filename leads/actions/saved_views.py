"""Saved views of the list of leads: kept, named, shared, put in order, thrown away."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from dealership.staff.policy import may
from leads.models import SavedView, ViewColumns

MOST_VIEWS = 20


@transaction.atomic
def save_view(
    store: Store, *, name: str, query: str, columns: list[str], is_shared: bool = False, by: User
) -> SavedView:
    """Keep the filters of the list under a name, at the end of the person's tabs."""
    User.objects.select_for_update().get(pk=by.pk)
    own = SavedView.objects.filter(store=store, owner=by)
    if own.count() >= MOST_VIEWS:
        raise RuleViolation(
            _("You have %(number)s saved views already. Delete one that you no longer use.")
            % {"number": MOST_VIEWS},
            code="too_many",
        )
    last = own.order_by("-order").first()
    view = SavedView(
        store=store, owner=by, query=query, columns=columns, order=last.order + 1 if last else 1
    )
    return _name(view, name=name, is_shared=is_shared, by=by)


@transaction.atomic
def change_view(view: SavedView, *, name: str, is_shared: bool, by: User) -> SavedView:
    """Give the view another name, or share it with the store or no longer."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    return _name(view, name=name, is_shared=is_shared, by=by)


def _name(view: SavedView, *, name: str, is_shared: bool, by: User) -> SavedView:
    if is_shared and not view.is_shared and not may(by, "leads.share_view"):
        raise RuleViolation(
            _("A view is shared with the store by a manager."), code="forbidden", field="is_shared"
        )
    view.name, view.is_shared = name.strip(), is_shared
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise RuleViolation(
            _("You have a view of this name already. Choose another name."), field="name"
        ) from None
    return view


@transaction.atomic
def refit_view(view: SavedView, *, query: str, columns: list[str], by: User) -> SavedView:
    """Let the view mean the filters that are in force now."""
    view.query, view.columns = query, columns
    view.save(update_fields=["query", "columns"])
    return view


@transaction.atomic
def move_view(view: SavedView, *, up: bool, by: User) -> None:
    """Change places with the neighbour among the person's own tabs."""
    own = list(SavedView.objects.select_for_update().owned_by(by).in_order())
    place = own.index(view)
    other = place - 1 if up else place + 1
    if 0 <= other < len(own):
        own[place], own[other] = own[other], own[place]
    for number, one in enumerate(own, 1):
        one.order = number
    SavedView.objects.bulk_update(own, ["order"])


@transaction.atomic
def drop_view(view: SavedView, *, by: User) -> None:
    ViewColumns.objects.filter(view=f"saved-{view.pk}").delete()
    view.delete()


@transaction.atomic
def choose_columns(view: str, *, columns: list[str], by: User) -> None:
    """Remember which columns the person wants to see in a view; none: the usual ones again."""
    if columns:
        ViewColumns.objects.update_or_create(owner=by, view=view, defaults={"columns": columns})
    else:
        ViewColumns.objects.filter(owner=by, view=view).delete()
