"""The registry of timeline events: a kind, the sentence that shows it, its stage and icon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Choices
from django.utils.functional import Promise


@dataclass(frozen=True)
class EventKind:
    """
    A kind of event; `sentence` may use the event's data as `%(name)s`.

    Data hold codes: `labels` names the choices whose label the reader sees.
    """

    code: str
    sentence: str | Promise
    icon: str
    stage: str
    labels: Mapping[str, type[Choices]] = field(default_factory=dict)

    def text(self, data: Mapping[str, Any]) -> str:
        """The event as a sentence in the reader's language."""
        words = dict(data)
        for name, choices in self.labels.items():
            if words.get(name) in choices.values:
                words[name] = choices(words[name]).label
        try:
            return str(self.sentence) % words
        except (KeyError, TypeError, ValueError):
            return str(self.sentence)


KINDS: dict[str, EventKind] = {}


def declare_kind(
    code: str,
    sentence: str | Promise,
    *,
    icon: str,
    stage: str,
    labels: Mapping[str, type[Choices]] | None = None,
) -> EventKind:
    """Declare a kind of event; each room does so in its `timeline.py`."""
    if code in KINDS:
        raise ValueError(f"{code} is declared twice")
    KINDS[code] = kind = EventKind(code, sentence, icon, stage, labels or {})
    return kind
