"""Which store a request works in, and in which language."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SESSION_KEY = "store"


class CurrentStore:
    """Set `user.active_store` from the session and show times in that store's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if user.is_authenticated:
            if wanted := request.session.get(SESSION_KEY):
                choose_store(user, wanted)
            if store := user.active_store:
                timezone.activate(store.tz)
        return None


def choose_store(user: Any, wanted: int | str) -> bool:
    """Work in the store with this id or code, if it is one of the person's."""
    for store in user.stores():
        if wanted in (store.pk, store.code):
            user.active_store = store
            return True
    return False
