"""Beat's schedule, as code: one commented line per task. A call that nobody took expires."""

from datetime import timedelta

from celery.schedules import crontab

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
    # People who are kept twice: at night (2 to 6 in the stores), each ring a piece (SOP-2.2).
    "sweep-duplicates": {
        "task": "customers.sweep_duplicates",
        "schedule": crontab(minute="*/2", hour="18-21"),
        "options": {"expires": 100},
    },
    # Lists on their way in: goes on with what a worker that died left behind.
    "imports": {
        "task": "leads.imports",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    # Owners of older cars who are due a call (SOP-2.5).
    "owners": {
        "task": "leads.owners",
        "schedule": timedelta(hours=1),
        "options": {"expires": 600},
    },
}
