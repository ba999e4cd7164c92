"""The showroom CRM: the house that the sales process lives in."""

from dealership.celery import app as celery_app

__all__ = ["celery_app"]
