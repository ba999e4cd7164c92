"""
The engine of imports: claims a run, reads on where it stopped, writes a thousand rows at a time.

Each portion is one transaction that writes the rows, what became of each of them, and the run's
new position. A process that dies after any line has done a portion wholly or not at all; the
next one goes on behind it. A row's number is unique in its run, so the database itself would
refuse a row that is done twice.
"""

import json
import logging
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from dealership import clock
from dealership.customers.models import Customer
from dealership.databases import insert_many
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.notices import in_language_of
from leads.actions.withdrawing import withdraw_portion
from leads.imports.kinds import Verdict, kind_of, texts_of
from leads.imports.readers import Row
from leads.models import ImportRow, ImportRun
from leads.selectors.imports import body, judged_rows

log = logging.getLogger(__name__)

PORTION = 1_000
LEASE = timedelta(seconds=60)
LONGEST_PORTION = timedelta(seconds=2)
MOST_ATTEMPTS = 5


class Lost(Exception):
    """The run is no longer ours: it was stopped, or another worker has taken it over."""


def work_on_imports(*, seconds: float = 45) -> int:
    """
    Work on the runs that nobody works on, for about `seconds`; how many rows were done.

    One at a time in the whole house: the workers have a clock to keep.
    """
    began, done = clock.now(), 0
    if ImportRun.objects.at_work().filter(leased_until__gt=began).exists():
        return 0
    for pk in ImportRun.objects.abandoned(began).order_by("pk").values_list("pk", flat=True):
        left = seconds - (clock.now() - began).total_seconds()
        if left <= 0:
            break
        done += work_on(pk, seconds=left)
    return done


def work_on(pk: int, *, seconds: float = 45, portion: int = PORTION) -> int:
    """
    Work on one run until it is done, stopped, or the time is up; how many rows were done.

    The run is claimed by a conditional UPDATE with a lease that each portion renews, so that
    any number of workers may try.
    """
    at = clock.now()
    lease = uuid.uuid4().hex
    claimed = (
        ImportRun.objects.abandoned(at)
        .filter(pk=pk)
        .update(lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1)
    )
    if not claimed:
        return 0
    run = ImportRun.objects.with_people().get(pk=pk)
    if run.attempts > MOST_ATTEMPTS:
        _fail(run, lease, _("The worker died on it %(count)s times, after row %(row)s.")
              % {"count": MOST_ATTEMPTS, "row": run.position})  # fmt: skip
        return 0
    until = at + timedelta(seconds=seconds)
    work = _withdraw if run.state == ImportRun.State.REVERTING else _import
    with override(run.by.language if run.by and run.by.language else settings.LANGUAGE_CODE):
        try:
            done = work(run, lease, until, portion)
        except Lost:
            done = 0
        except RuleViolation as refusal:
            done = _fail(run, lease, str(refusal))
        except FileNotFoundError:
            done = _fail(run, lease, _("The uploaded file is gone from the private store."))
    # After any other fault the lease runs out by itself: a pause before the next attempt.
    ImportRun.objects.filter(pk=pk, lease=lease).update(lease="", leased_until=None)
    return done


def _import(run: ImportRun, lease: str, until: datetime, portion: int) -> int:
    done, size = 0, portion
    with run.file.open("rb") as file:
        rows = body(run, file, after=run.position)
        while chunk := list(islice(rows, size)):
            at = clock.now()
            _portion(run.pk, lease, partial(_write, rows=chunk))
            done += len(chunk)
            ended = clock.now()
            if ended >= until:
                return done
            # Leads that are given out take longer: nobody waits long for a portion's locks.
            size = max(50, size // 4) if ended - at > LONGEST_PORTION else min(portion, size * 2)
    _portion(run.pk, lease, _finish)
    return done


def _withdraw(run: ImportRun, lease: str, until: datetime, portion: int) -> int:
    done = 0
    while clock.now() < until:
        taken = _portion(run.pk, lease, lambda held, at: withdraw_portion(held, portion, at))
        done += taken
        if not taken:
            _portion(run.pk, lease, _finish_withdrawal)
            break
    return done


@transaction.atomic
def _portion(pk: int, lease: str, work: Callable[[ImportRun, datetime], int]) -> int:
    """Do one portion in one transaction, if the run is still ours and still to be worked on."""
    at = clock.now()
    held = ImportRun.objects.at_work().select_for_update().filter(pk=pk, lease=lease).first()
    if held is None:
        raise Lost
    run = ImportRun.objects.with_people().get(pk=pk)
    done = work(run, at)
    ended = clock.now()
    run.lease, run.leased_until, run.attempts = lease, ended + LEASE, 0
    run.worked_at, run.worked_seconds = ended, run.worked_seconds + (ended - at).total_seconds()
    run.save(
        update_fields=[
            "position", "created", "matched", "skipped", "failed", "undone", "kept", "state",
            "ended_at", "lease", "leased_until", "attempts", "worked_at", "worked_seconds",
        ]
    )  # fmt: skip
    return done


def _write(run: ImportRun, at: datetime, *, rows: list[Row]) -> int:
    try:
        with transaction.atomic():
            verdicts = judged_rows(run, rows)
            _write_rows(run, verdicts, at)
    except Exception:
        log.exception("import %s: rows after %s are tried one by one", run.pk, run.position)
        verdicts = [_write_alone(run, row, at) for row in rows]
    counts = Counter(verdict.outcome for verdict in verdicts)
    run.created += counts["created"]
    run.matched += counts["matched"] + counts["merged"]
    run.skipped += counts["skipped"]
    run.failed += counts["failed"]
    run.position = rows[-1].number
    return len(rows)


def _write_rows(run: ImportRun, verdicts: list[Verdict], at: datetime) -> None:
    known = [verdict.customer.pk for verdict in verdicts if verdict.customer and verdict.is_written]
    # Opening a lead takes this lock as well: a colleague who opens one now waits, or we do.
    list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=known).order_by("pk"))
    kind_of(run.kind).writing(run, [verdict for verdict in verdicts if verdict.is_written], at)
    # What is entered after this instant is somebody else's work.
    written_at = clock.now()
    insert_many(
        ImportRow,
        (
            "number", "outcome", "customer_id", "lead_id", "subject_id", "reason", "raw", "changes",
        ),
        (
            (
                verdict.number,
                verdict.outcome,
                verdict.customer_id,
                verdict.lead_id,
                verdict.subject_id,
                verdict.reason[:300],
                json.dumps(texts_of(verdict.raw)) if verdict.outcome == "failed" else None,
                json.dumps(verdict.changes) if verdict.changes else None,
            )
            for verdict in verdicts
        ),
        same={"run_id": run.pk, "at": written_at},
    )  # fmt: skip


def _write_alone(run: ImportRun, row: Row, at: datetime) -> Verdict:
    """One row for itself: somebody was quicker, or this is the row that broke its portion."""
    try:
        with transaction.atomic():
            (verdict,) = judged_rows(run, [row])
            _write_rows(run, [verdict], at)
    except Exception as error:
        reason = str(error) if isinstance(error, RuleViolation) else ""
        if not reason:
            log.exception("import %s: row %s could not be written", run.pk, row.number)
            reason = _("This row could not be written. Correct it and upload it again.")
        verdict = Verdict(row.number, {}, row.cells).leave("failed", reason)
        _write_rows(run, [verdict], at)
    return verdict


def _finish(run: ImportRun, at: datetime) -> int:
    run.state, run.ended_at = ImportRun.State.DONE, at
    _tell(run, at)
    return 0


def _finish_withdrawal(run: ImportRun, at: datetime) -> int:
    """With the rows goes the file: it holds the people whom the house was not to keep."""
    run.state, run.ended_at = ImportRun.State.REVERTED, at
    ImportRow.objects.filter(run=run).update(raw=None)
    transaction.on_commit(partial(run.file.storage.delete, str(run.file.name)))
    _tell(run, at)
    return 0


def _tell(run: ImportRun, at: datetime) -> None:
    """Tell whoever started it, and the consultant who got the leads."""
    is_back = run.state == ImportRun.State.REVERTED
    starter = run.reverted_by if is_back else run.by
    words = {"file": run.file_name, "new": run.created, "failed": run.failed, "kept": run.kept}
    if starter:
        with in_language_of(starter):
            if is_back:
                text = _("“%(file)s” was taken back; %(kept)s rows were kept.") % words
            else:
                text = _("“%(file)s” is imported: %(new)s new, %(failed)s failed.") % words
        notify(
            starter, store=run.store, kind="lead.imported", text=text, url=run.get_absolute_url(),
            key=f"lead.imported:{run.pk}:{run.state}", at=at,
        )  # fmt: skip
    if run.consultant and run.consultant != starter and not is_back:
        leads = run.prospect_list.leads.filter(consultant=run.consultant, import_rows__run=run)
        with in_language_of(run.consultant):
            text = _("%(count)s leads of the list “%(list)s” are yours now.") % {
                "count": leads.count(),
                "list": run.prospect_list,
            }
        notify(
            run.consultant, store=run.store, kind="lead.yours", text=text,
            url=reverse("leads:lead-list") + "?view=mine",
            key=f"lead.given:{run.pk}", at=at,
        )  # fmt: skip


def _fail(run: ImportRun, lease: str, reason: str) -> int:
    """Set the run aside with what was wrong; what is done stays, and it can be tried again."""
    log.error("import %s failed after row %s", run.pk, run.position)
    ImportRun.objects.at_work().filter(pk=run.pk, lease=lease).update(
        state=ImportRun.State.FAILED, reason=reason[:300], ended_at=clock.now(), lease="",
        leased_until=None,
    )  # fmt: skip
    return 0
