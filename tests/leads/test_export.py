"""Leads leave the house with a right, a reason, a cap and a mark; managers see who took what."""

import csv
import io

import pytest
from openpyxl import load_workbook

from dealership.errors import RuleViolation
from dealership.privacy.models import Export
from dealership.staff.roles import Role
from leads.actions.exports import export_leads
from leads.models import Lead
from leads.selectors.exports import COLUMNS
from tests import make


def taken(by, rows=None, **given):
    said = {"columns": list(COLUMNS), "reason": "展会邀约", "format": "xlsx"}
    rows = Lead.objects.all() if rows is None else rows
    return export_leads(rows, by=by, **{**said, **given})


def lines(made):
    return list(csv.reader(io.StringIO(made.file.read().decode("utf-8-sig"))))


def test_the_sheet_says_who_took_it_when_and_why(chen):
    make.lead()

    book = load_workbook(taken(chen).file)

    mark = book.active["A1"].value
    assert chen.name in mark
    assert "展会邀约" in mark
    assert make.home().name in mark
    assert "展会邀约" in book.active.oddHeader.left.text
    assert book.active["A2"].value


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_phone_stays_text(format, chen):
    make.lead(customer=make.customer(phone="13800138000"))

    made = taken(chen, columns=["phone"], format=format)

    if format == "xlsx":
        cell = load_workbook(made.file).active["A3"]
        assert (cell.value, cell.data_type, cell.number_format) == ("138 0013 8000", "s", "@")
    else:
        assert lines(made)[2] == ["138 0013 8000"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(text, chen):
    lead = make.lead()
    Lead.objects.filter(pk=lead.pk).update(remark=text)

    cell = load_workbook(taken(chen, columns=["remark"]).file).active["A3"]
    plain = lines(taken(chen, columns=["remark"], format="csv"))[2][0]

    assert cell.data_type == "s"
    assert plain.startswith("'")


def test_the_log_keeps_who_what_how_many_and_why(chen):
    make.lead()
    make.lead()

    taken(chen, columns=["name", "phone"], filters="H级")

    log = Export.objects.get()
    assert (log.user, log.rows, log.columns, log.filters) == (chen, 2, ["name", "phone"], "H级")
    assert log.reason == "展会邀约"


@pytest.mark.parametrize(
    ("given", "field"), [({"reason": " "}, "reason"), ({"columns": []}, "columns")]
)
def test_without_reason_or_columns_nothing_goes_out(given, field, chen):
    make.lead()

    with pytest.raises(RuleViolation) as refusal:
        taken(chen, **given)

    assert refusal.value.field == field
    assert not Export.objects.exists()


def test_more_than_the_house_lets_go_at_once_is_refused(chen, settings):
    settings.EXPORT_MAX_ROWS = 1
    make.lead()
    make.lead()

    with pytest.raises(RuleViolation) as refusal:
        taken(chen)

    assert refusal.value.code == "too_many"


def test_what_the_list_shows_is_what_goes_out(chen, sign_in):
    make.lead(customer=make.customer(name="甲高意向"), level="H")
    make.lead(customer=make.customer(name="乙待定级"))
    said = {"columns": ["name"], "format": "csv", "reason": "展会邀约"}

    response = sign_in(chen).post("/leads/export/?level=H", said)
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert "甲高意向" in text
    assert "乙待定级" not in text
    assert "attachment" in response.headers["Content-Disposition"]


def test_the_form_says_what_is_missing(chen, sign_in):
    make.lead()

    response = sign_in(chen).post("/leads/export/", {"columns": ["name"], "format": "csv"})

    assert response.status_code == 422
    assert not Export.objects.exists()


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.RECEPTIONIST, Role.CASHIER])
def test_others_export_nothing(role, sign_in):
    browser = sign_in(make.user(role=role))

    assert browser.get("/leads/export/").status_code == 403
    assert browser.post("/leads/export/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_managers_read_the_log(language, chen, sign_in):
    make.lead()
    taken(chen)

    page = sign_in(chen, language=language).get("/leads/exports/")

    assert "展会邀约" in page.text
    assert sign_in(make.user(role=Role.CLERK)).get("/leads/exports/").status_code == 403


def test_another_stores_exports_are_not_shown(chen, outsider, sign_in):
    far = make.user(role=Role.SALES_MANAGER, store=outsider.active_store)
    make.lead(consultant=outsider)
    taken(far, Lead.objects.filter(store=far.active_store), reason="别店的")

    assert "别店的" not in sign_in(chen).get("/leads/exports/").text


def test_the_log_and_the_sheet_never_ask_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)

    def another():
        make.lead()
        taken(chen)

    assert_flat_queries("/leads/exports/", another)


def test_rows_cost_the_same_number_of_queries(chen, django_assert_max_num_queries):
    for _number in range(20):
        make.lead()

    with django_assert_max_num_queries(9):
        taken(chen).file.read()
