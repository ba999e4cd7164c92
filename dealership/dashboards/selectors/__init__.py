"""Questions that the boards ask of all stages."""

from dealership.dashboards.selectors.board import Board, board
from dealership.dashboards.selectors.health import Health, health
from dealership.dashboards.selectors.periods import Choices, Period, choices, period_of
from dealership.dashboards.selectors.presence import Present, presence
from dealership.dashboards.selectors.today import Today, today

__all__ = [
    "Board",
    "Choices",
    "Health",
    "Period",
    "Present",
    "Today",
    "board",
    "choices",
    "health",
    "period_of",
    "presence",
    "today",
]
