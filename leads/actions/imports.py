"""SOP-2.7: a file comes in, its columns are matched, it starts, stops, goes on, is taken back."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.staff.models import User
from leads.actions.ownership import refuse_leaver
from leads.imports.archives import too_many_rows
from leads.imports.kinds import KINDS, kind_of
from leads.imports.readers import Shape, shape_of
from leads.models import ImportRun, ProspectList
from leads.selectors.imports import read_head

BLOCK = 1024 * 1024
# So many first contacts one round of calls may begin with; more go into the pool.
MOST_GIVEN = 2_000


def upload(
    prospects: ProspectList,
    *,
    file: UploadedFile | File,
    kind: str = "prospects",
    by: User,
    at: datetime | None = None,
) -> ImportRun:
    """
    Take a file into the private store, look at what it is, and guess its columns.

    RuleViolation for whatever cannot be a list, before anything of it is parsed: too big, too
    many rows, another format, a ZIP bomb, an encoding that would turn names into noise.
    """
    at = at or clock.now()
    if kind not in KINDS:
        raise RuleViolation(_("Choose what the file holds."), field="kind")
    if (file.size or 0) > settings.IMPORT_MAX_MB * 1024 * 1024:
        raise RuleViolation(
            _("The file is larger than %(most)s MB. Split it and upload the parts one by one.")
            % {"most": settings.IMPORT_MAX_MB},
            code="too_big",
            field="file",
        )
    shape = shape_of(file)
    if shape.total > settings.IMPORT_MAX_ROWS + 1:
        raise too_many_rows()
    if not shape.total:
        raise RuleViolation(_("The file holds no rows."), code="empty", field="file")
    digest = _digest(file)
    _refuse_twin(prospects, digest)
    return _take(prospects, file, shape, digest, kind=kind, by=by, at=at)


def _digest(file: UploadedFile | File) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _refuse_twin(prospects: ProspectList, digest: str) -> None:
    twin = prospects.runs.filter(sha256=digest).exclude(state=ImportRun.State.REVERTED)
    if (run := twin.exclude(started_at=None).first()) is not None:
        raise RuleViolation(
            _("This very file was imported already, as “%(name)s”.") % {"name": run.file_name},
            code="twin",
            field="file",
        )


@transaction.atomic
def _take(
    prospects: ProspectList,
    file: UploadedFile | File,
    shape: Shape,
    digest: str,
    *,
    kind: str,
    by: User,
    at: datetime,
) -> ImportRun:
    name = (file.name or "").replace("\\", "/").rpartition("/")[2]
    run = ImportRun(
        store_id=prospects.store_id,
        prospect_list=prospects,
        kind=kind,
        file_name="".join(sign for sign in name if sign.isprintable())[-200:] or shape.format,
        sha256=digest,
        size=file.size or 0,
        format=shape.format,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        sheets=shape.sheets,
        sheet=shape.sheets[0] if shape.sheets else "",
        total=shape.total,
        opens_leads=kind_of(kind).opens_leads,
        by=by,
        uploaded_at=at,
    )
    run.file.save(f"list.{shape.format}", file, save=False)
    head, guessed, _sample = read_head(run)
    run.header_row, run.headers = head.row, head.names
    run.mapping = {str(column): code for column, code in guessed.items()}
    run.save()
    return run


@transaction.atomic
def choose_head(
    run: ImportRun, *, sheet: str = "", header_row: int | None = None, by: User
) -> ImportRun:
    """Read another sheet, or take another row for the header; the columns are guessed anew."""
    run = _locked(run)
    _refuse_begun(run)
    if sheet and sheet not in run.sheets:
        raise RuleViolation(_("The file has no such sheet."), field="sheet")
    run.sheet = sheet or run.sheet
    head, guessed, _sample = read_head(run, header_row=header_row)
    run.header_row, run.headers = head.row, head.names
    run.mapping = {str(column): code for column, code in guessed.items()}
    run.state = ImportRun.State.UPLOADED
    run.save(update_fields=["sheet", "header_row", "headers", "mapping", "state"])
    return run


@transaction.atomic
def map_columns(run: ImportRun, *, mapping: Mapping[int, str], by: User) -> ImportRun:
    """Say which column is which; the list remembers it for the next file."""
    run = _locked(run)
    _refuse_begun(run)
    kind = kind_of(run.kind)
    seen: dict[str, int] = {}
    for column, code in mapping.items():
        field = kind.by_code.get(code)
        if field is None or not 0 <= column < len(run.headers):
            raise RuleViolation(_("The file has no such column or field."), field="mapping")
        if code in seen and not field.is_joined:
            raise RuleViolation(
                _("Two columns are “%(field)s”: %(first)s and %(second)s. Choose one.")
                % {
                    "field": field.label,
                    "first": run.headers[seen[code]],
                    "second": run.headers[column],
                },
                code="twice",
                field=f"column{column}",
            )
        seen[code] = column
    for field in kind.fields:
        if field.is_required and field.code not in seen:
            raise RuleViolation(
                _("Which column is “%(field)s”? Without it no row can be imported.")
                % {"field": field.label},
                code="missing",
            )
    run.mapping = {str(column): code for column, code in sorted(mapping.items())}
    run.state = ImportRun.State.MAPPED
    run.save(update_fields=["mapping", "state"])
    prospects = ProspectList.objects.select_for_update().get(pk=run.prospect_list_id)
    told = {header: mapping.get(column, "") for column, header in enumerate(run.headers)}
    prospects.columns = prospects.columns | told
    prospects.save(update_fields=["columns"])
    return run


@transaction.atomic
def start_import(
    run: ImportRun,
    *,
    known: str = ImportRun.Known.MATCH,
    opens_leads: bool = True,
    owner: str = ImportRun.Owner.POOL,
    consultant: User | None = None,
    by: User,
    at: datetime | None = None,
) -> ImportRun:
    """
    Let the file run, or run on after a stop; a worker does the work.

    Leads of a list are given out in portions that can be called: more than 2,000 at once go
    into the pool, for consultants to claim.
    """
    at = at or clock.now()
    run = _locked(run)
    if not run.can_start:
        raise RuleViolation(
            _("This import is “%(state)s”: it cannot start.") % {"state": run.get_state_display()},
            code="state",
        )
    if not run.is_begun:
        opens_leads = opens_leads and kind_of(run.kind).opens_leads
        _refuse_owner(run, owner if opens_leads else ImportRun.Owner.POOL, consultant)
        run.known, run.opens_leads = known, opens_leads
        run.owner = owner if opens_leads else ImportRun.Owner.POOL
        run.consultant = consultant if run.owner == ImportRun.Owner.PERSON else None
        run.started_at, run.by = at, by
    run.state, run.reason, run.attempts, run.ended_at = ImportRun.State.RUNNING, "", 0, None
    run.save(
        update_fields=[
            "known", "opens_leads", "owner", "consultant", "started_at", "by", "state", "reason",
            "attempts", "ended_at",
        ]
    )  # fmt: skip
    return run


def _refuse_owner(run: ImportRun, owner: str, consultant: User | None) -> None:
    if owner == ImportRun.Owner.POOL:
        return
    if run.total > MOST_GIVEN:
        raise RuleViolation(
            _("Each lead that is given to somebody is owed a call within a day: at most %(most)s "
              "at once. Put them into the pool, or split the file.") % {"most": f"{MOST_GIVEN:,}"},
            code="too_many_given",
            field="owner",
        )  # fmt: skip
    if owner == ImportRun.Owner.PERSON:
        if consultant is None:
            raise RuleViolation(_("Choose the consultant."), field="consultant")
        refuse_leaver(consultant, run.store)


@transaction.atomic
def stop_import(run: ImportRun, *, by: User) -> ImportRun:
    """Stop after the rows in hand; it can go on later, or be taken back."""
    run = _locked(run)
    if run.state != ImportRun.State.RUNNING:
        raise RuleViolation(_("This import is not running."), code="state")
    run.state, run.ended_at = ImportRun.State.STOPPED, clock.now()
    run.save(update_fields=["state", "ended_at"])
    return run


@transaction.atomic
def revert_import(run: ImportRun, *, by: User, at: datetime | None = None) -> ImportRun:
    """
    Take back what the file brought: each row that nobody has touched since.

    What somebody has worked with stays, and the row says why.
    """
    run = _locked(run)
    if not run.can_revert or not run.is_begun:
        raise RuleViolation(
            _("This import is “%(state)s”: it cannot be taken back.")
            % {"state": run.get_state_display()},
            code="state",
        )
    run.state, run.reverted_by, run.attempts = ImportRun.State.REVERTING, by, 0
    run.reason, run.ended_at = "", None
    run.save(update_fields=["state", "reverted_by", "attempts", "reason", "ended_at"])
    return run


@transaction.atomic
def discard_import(run: ImportRun, *, by: User) -> ProspectList:
    """Throw away a file that was never started."""
    run = _locked(run)
    _refuse_begun(run)
    prospects, file = run.prospect_list, run.file
    run.delete()
    transaction.on_commit(partial(file.storage.delete, str(file.name)))
    return prospects


def _refuse_begun(run: ImportRun) -> None:
    if run.is_begun or not run.can_be_mapped:
        raise RuleViolation(_("This import has begun: its columns stay as they are."), code="state")


def _locked(run: ImportRun) -> ImportRun:
    ImportRun.objects.select_for_update().get(pk=run.pk)
    return ImportRun.objects.with_people().get(pk=run.pk)
