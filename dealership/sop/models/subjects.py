"""What a deadline or a checklist is about: any row, by its model's label and its id."""

from typing import Any

from django.apps import apps
from django.db import models


def about(subject: models.Model) -> dict[str, Any]:
    """Return the two columns that point to `subject`."""
    return {"subject_type": subject._meta.label_lower, "subject_id": subject.pk}


def subject_of(row: Any) -> models.Model | None:
    """Return the row that `row` is about, or None if it is gone."""
    model = apps.get_model(row.subject_type)
    return model._base_manager.filter(pk=row.subject_id).first()
