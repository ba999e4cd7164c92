"""The doorbell: Celery only wakes workers, nothing that matters lives in the broker."""

import logging
import os
import sys
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import beat_init, setup_logging, worker_init
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings.prod")

log = logging.getLogger(__name__)


class Doorbell(DjangoTask):
    """A task whose ringing may go unheard: its rows are found by the next tick all the same."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError as error:
            log.warning("The broker did not take %s: %s", self.name, error)
            return None


app = Celery("dealership", task_cls=Doorbell)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Leave logging as the settings have it; Celery would replace it."""


@worker_init.connect
@beat_init.connect
def refuse_demo(**kwargs: Any) -> None:
    """Stop on a database that is open to anyone (Celery would swallow an ordinary exception)."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    from dealership.web import checks  # noqa: PLC0415

    try:
        checks.refuse_demo()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
