"""System checks: every declared step can act and be opened, every limit has a declared step."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from dealership.sop.steps import STEPS


@register
def steps_can_act(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A step's action must exist; its title must survive the timeline's %-formatting."""
    found: list[CheckMessage] = []
    for step in STEPS.values():
        if step.acts:
            try:
                import_string(step.acts)
            except ImportError as error:
                found.append(Error(f"Step {step.code} acts by {error}", id="sop.E002"))
        if "%" in str(step.title):
            found.append(Error(f"Step {step.code} has a %-sign in its title.", id="sop.E003"))
    return found


@register(Tags.urls)
def steps_have_pages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A step's page must be a URL name that takes the subject's pk."""
    found: list[CheckMessage] = []
    for step in STEPS.values():
        if step.page:
            try:
                reverse(step.page, args=[1])
            except NoReverseMatch:
                found.append(Warning(f"Step {step.code}: no page {step.page}.", id="sop.W004"))
    return found


@register(Tags.database)
def limits_have_steps(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A row can override the limit of a declared step, never invent one."""
    from dealership.sop.models import StepLimit  # noqa: PLC0415

    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            stray = StepLimit.objects.using(alias).exclude(step__in=STEPS)
            codes = sorted(set(stray.values_list("step", flat=True)))
        except DatabaseError:
            continue  # not migrated yet
        found.extend(
            Error(f"A limit names the step {code}, which nobody declares.", id="sop.E001")
            for code in codes
        )
    return found
