"""Files for tests of imports: written as people's spreadsheets write them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile

from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from leads.actions.importing import work_on
from leads.actions.imports import map_columns, start_import, upload
from leads.actions.lists import add_list
from leads.models import ImportRow, ImportRun, ProspectList, Source
from leads.selectors.imports import mapping_of
from tests import make

HEADER = ("姓名", "手机", "性别", "备注")


def csv_file(rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8", name: str = "名单.csv"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return ContentFile(text.getvalue().encode(encoding), name=name)


def xlsx_file(rows: Sequence[Sequence[Any]], *, name: str = "名单.xlsx", merge: Sequence = ()):
    """Rows as a workbook; a cell that is a function writes itself: `lambda sheet, r, c: …`."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if callable(cell):
                cell(sheet, number, column)
            elif hasattr(cell, "year"):
                sheet.write_datetime(number, column, cell, day)
            elif cell is not None:
                sheet.write(number, column, cell)
    for first_row, first, last_row, last, text in merge:
        sheet.merge_range(first_row, first, last_row, last, text)
    book.close()
    return ContentFile(data.getvalue(), name=name)


def prospects(store: Store | None = None, **given: Any) -> ProspectList:
    store = store or make.home()
    said = {
        "name": "车友会名单",
        "kind": ProspectList.Kind.CLUB,
        "source": Source.objects.get(store=store, code="walk-in"),
        "origin": "武汉车友会 王秘书",
        "basis": ProspectList.Basis.CONSENT,
        "basis_note": "2026-10-18 报名表",
        "by": None,
    }
    return add_list(store, **{**said, **given})


def clerk(store: Store | None = None) -> User:
    return make.user(role=Role.CLERK, store=store)


def uploaded(
    file: Any, *, by: User | None = None, to: ProspectList | None = None, kind: str = "prospects"
) -> ImportRun:
    """A file in the private store, with the columns as they are guessed."""
    by = by or clerk()
    return upload(to or prospects(by.active_store), file=file, kind=kind, by=by)


def mapped(file: Any, **given: Any) -> ImportRun:
    run = uploaded(file, **given)
    return map_columns(run, mapping=mapping_of(run), by=run.by)


def imported(file: Any, *, choose: dict[str, Any] | None = None, **given: Any) -> ImportRun:
    """A file imported to its end."""
    run = mapped(file, **given)
    run = start_import(run, by=run.by, **(choose or {}))
    work_on(run.pk)
    run.refresh_from_db()
    return run


def outcomes(run: ImportRun) -> list[str]:
    return list(
        ImportRow.objects.filter(run=run).order_by("number").values_list("outcome", flat=True)
    )


def reasons(run: ImportRun) -> dict[int, str]:
    rows = ImportRow.objects.filter(run=run).exclude(reason="")
    return dict(rows.values_list("number", "reason"))
