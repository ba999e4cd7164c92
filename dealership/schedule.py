"""Beat's schedule, as code: one commented line per task. A call that nobody took expires."""

from datetime import timedelta

BEAT_SCHEDULE = {
    # The clock of the house: reminds, acts, escalates, writes the heartbeat.
    "tick": {
        "task": "sop.tick",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    # The SMS ledger: sends what is waiting, asks about what is unknown.
    "deliver-sms": {
        "task": "messaging.deliver",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 10},
    },
}
