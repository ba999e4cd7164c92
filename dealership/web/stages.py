"""The stages of the sales process as every page shows them: an icon and a name (SOP order)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Stage:
    """A stage; its hue is `--stage-<code>` in static/css/tokens.css."""

    code: str
    name: str | Promise
    icon: str


STAGES = {
    stage.code: stage
    for stage in (
        Stage("leads", pgettext_lazy("stage", "Lead"), "target-arrow"),
        Stage("showroom", pgettext_lazy("stage", "Reception"), "door-enter"),
        Stage("testdrive", pgettext_lazy("stage", "Test drive"), "steering-wheel"),
        Stage("deals", pgettext_lazy("stage", "Deal"), "file-dollar"),
        Stage("delivery", pgettext_lazy("stage", "Delivery"), "car-suv"),
        Stage("aftercare", pgettext_lazy("stage", "Aftercare"), "heart-handshake"),
    )
}


def stage_of(code: str) -> Stage | None:
    """The stage of a code such as `showroom` or `showroom.thank_you`."""
    return STAGES.get(code.split(".", maxsplit=1)[0])
