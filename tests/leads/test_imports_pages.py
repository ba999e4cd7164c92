"""SOP-2.7: the way of a list over the pages and the API, from its source to its result."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from dealership.customers.models import Customer
from dealership.privacy.models import Export
from leads.actions.exports import failed_rows
from leads.actions.importing import work_on
from leads.actions.imports import start_import, stop_import
from leads.models import ImportRun, Lead, ProspectList, Source
from leads.selectors.imports import body
from tests import make
from tests.leads import files
from tests.leads.files import HEADER, csv_file, imported, mapped, xlsx_file

pytestmark = pytest.mark.sop("2.7")
PEOPLE = [HEADER, ("王建国", "13800138000", "男", "周末联系"), ("李娜", "123", "女", "")]


@pytest.fixture
def clerk(store):
    return files.clerk(store)


def sent(file):
    return SimpleUploadedFile(file.name, file.read())


def test_from_the_source_to_the_result(clerk, sign_in):
    browser = sign_in(clerk)
    said = {
        "name": "车友会", "kind": "club", "source": make.source().pk, "origin": "王秘书",
        "basis": "consent", "basis_note": "报名表",
    }  # fmt: skip
    browser.post("/leads/lists/new/", said)
    prospects = ProspectList.objects.get()

    page = browser.post(
        f"/leads/lists/{prospects.pk}/upload/",
        {"kind": "prospects", "file": sent(csv_file(PEOPLE, encoding="gb18030"))},
        follow=True,
    )
    run = ImportRun.objects.get()
    assert "王建国" in page.text
    assert "GB18030" in page.text

    fields = {"column0": "姓名", "column1": "电话", "column2": "", "column3": "备注"}
    page = browser.post(f"/leads/imports/{run.pk}/columns/", fields, follow=True)
    assert page.text.count('data-state="late"') >= 1, "the broken row shows before the start"

    chosen = {"known": "match", "opens_leads": "on", "owner": "pool"}
    browser.post(f"/leads/imports/{run.pk}/start/", chosen)
    work_on(run.pk)

    page = browser.get(f"/leads/imports/{run.pk}/")
    run.refresh_from_db()
    assert (run.state, run.created, run.failed) == ("done", 1, 1)
    assert Lead.objects.get().remark == "周末联系"
    assert "123" in page.text
    assert "100%" in page.text


@pytest.mark.parametrize("field", ["source", "origin", "basis", "basis_note"])
def test_the_form_demands_source_and_legal_basis(field, clerk, sign_in):
    said = {
        "name": "车友会", "kind": "club", "source": make.source().pk, "origin": "王秘书",
        "basis": "consent", "basis_note": "报名表", field: "",
    }  # fmt: skip

    response = sign_in(clerk).post("/leads/lists/new/", said)

    assert response.status_code == 422
    assert not ProspectList.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_file_that_cannot_be_a_list_is_refused_beside_its_field(headers, clerk, sign_in):
    prospects = files.prospects()
    old = SimpleUploadedFile("名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    response = sign_in(clerk).post(
        f"/leads/lists/{prospects.pk}/upload/", {"kind": "prospects", "file": old}, headers=headers
    )

    assert response.status_code == 422
    assert ".xlsx" in response.text
    assert not ImportRun.objects.exists()


def test_a_choice_of_columns_is_judged_while_it_is_made(clerk, sign_in):
    run = files.uploaded(csv_file(PEOPLE), by=clerk)

    part = sign_in(clerk).post(
        f"/leads/imports/{run.pk}/check/", {"column0": "电话"}, headers={"HX-Request": "true"}
    )

    assert "<html" not in part.text
    assert "王建国" in part.text
    run.refresh_from_db()
    assert run.mapping["1"] == "phone", "nothing is kept"


def test_an_unknown_field_is_refused(clerk, sign_in):
    run = files.uploaded(csv_file(PEOPLE), by=clerk)

    response = sign_in(clerk).post(f"/leads/imports/{run.pk}/columns/", {"column0": "飞碟"})

    assert response.status_code == 422


def test_another_row_can_be_the_header(clerk, sign_in):
    run = files.uploaded(csv_file([("a", "b"), ("姓名", "手机"), ("王", "13800138000")]), by=clerk)

    sign_in(clerk).post(f"/leads/imports/{run.pk}/head/", {"header_row": "1"})

    run.refresh_from_db()
    assert run.headers == ["a", "b"]


def test_progress_is_polled_only_while_somebody_works(clerk, sign_in):
    run = mapped(csv_file(PEOPLE), by=clerk)
    start_import(run, by=clerk)
    browser, url = sign_in(clerk), f"/leads/imports/{run.pk}/"

    running = browser.get(url, headers={"HX-Request": "true"}).text
    work_on(run.pk)
    done = browser.get(url, headers={"HX-Request": "true"}).text

    assert 'hx-trigger="every' in running
    assert 'hx-trigger="every' not in done
    assert "<html" not in running


def test_it_stops_goes_on_and_goes_back_by_buttons(clerk, sign_in):
    run = mapped(csv_file(PEOPLE), by=clerk)
    start_import(run, by=clerk)
    browser = sign_in(clerk)

    for step, state in (("stop", "stopped"), ("resume", "running")):
        browser.post(f"/leads/imports/{run.pk}/{step}/")
        run.refresh_from_db()
        assert run.state == state
    work_on(run.pk)
    browser.post(f"/leads/imports/{run.pk}/revert/")
    work_on(run.pk)

    run.refresh_from_db()
    assert run.state == "reverted"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("make_file", [csv_file, xlsx_file], ids=["csv", "xlsx"])
def test_failed_rows_come_back_as_a_file_to_correct(make_file, clerk, sign_in):
    rows = [("姓名", "手机", "备注"), ("=1+1", "123", "+86"), ("李娜", "13900139000", "")]
    run = imported(make_file(rows), by=clerk)

    response = sign_in(clerk).get(f"/leads/imports/{run.pk}/failed/")
    data = b"".join(response.streaming_content)

    assert Export.objects.get().what == "failed_rows"
    again = files.uploaded(
        files.ContentFile(data, name=f"again.{run.format}"), by=clerk, to=run.prospect_list
    )
    assert again.headers[:3] == ["姓名", "手机", "备注"]
    assert again.mapping["1"] == "phone"
    (row,) = list(files_rows(again))
    assert [str(cell) for cell in row.cells[:3]] == cells_of(run.format)


def cells_of(format):
    """In a workbook the text itself; in CSV what a spreadsheet shows as text."""
    return ["'=1+1", "123", "'+86"] if format == "csv" else ["=1+1", "123", "+86"]


def files_rows(run):
    with run.file.open("rb") as file:
        return list(body(run, file))


def test_the_file_of_failed_rows_computes_nothing(clerk):
    run = imported(xlsx_file([("姓名", "手机"), ("=HYPERLINK(1)", "123")]), by=clerk)

    book = load_workbook(failed_rows(run, by=clerk).file)

    assert book.active["A2"].data_type == "s"
    assert book.active["A2"].value == "=HYPERLINK(1)"
    assert "123" in book.active["C2"].value


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_speaks_both_languages(language, clerk, sign_in):
    run = imported(csv_file(PEOPLE), by=clerk)
    fresh = files.uploaded(csv_file(PEOPLE[:2]), by=clerk)
    browser = sign_in(clerk, language=language)

    for path in (
        "/leads/lists/", "/leads/lists/new/", f"/leads/lists/{run.prospect_list_id}/",
        f"/leads/lists/{run.prospect_list_id}/upload/", f"/leads/imports/{run.pk}/",
        f"/leads/imports/{run.pk}/rows/", f"/leads/imports/{run.pk}/rows/?outcome=failed",
        f"/leads/imports/{fresh.pk}/columns/", f"/leads/imports/{fresh.pk}/start/",
    ):  # fmt: skip
        assert browser.get(path).status_code == 200, path


def test_another_stores_list_does_not_exist(clerk, sign_in):
    far = imported(csv_file(PEOPLE), by=files.clerk(make.store()))
    browser = sign_in(clerk)

    for path in (f"lists/{far.prospect_list_id}", f"imports/{far.pk}", f"imports/{far.pk}/failed"):
        assert browser.get(f"/leads/{path}/").status_code == 404


def test_the_uploaded_file_has_no_address(clerk, client):
    run = files.uploaded(csv_file(PEOPLE), by=clerk)

    with pytest.raises(ValueError, match="no address"):
        _ = run.file.url
    assert client.get(f"/static/{run.file.name}").status_code == 404


def test_a_lists_figures_open_their_rows(clerk, chen, sign_in):
    run = imported(csv_file([HEADER, ("王", "13800138000", "", ""), ("李", "13900139000", "", "")]))
    Lead.objects.filter(customer__name="王").update(stage=Lead.Stage.VISITED)
    browser = sign_in(chen)

    page = browser.get("/leads/lists/").text
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="/leads/?')[1:]]
    shown = [browser.get(f"/leads/?{link}").text for link in links if "list=" in link]

    assert [("王" in text, "李" in text) for text in shown] == [
        (True, True), (True, False), (True, False), (False, False),
    ]  # fmt: skip
    assert run.prospect_list.name in page


def test_lists_and_rows_never_ask_per_row(client, clerk, assert_flat_queries):
    client.force_login(clerk)
    prospects = files.prospects()

    assert_flat_queries("/leads/lists/", files.prospects)
    assert_flat_queries(
        f"/leads/lists/{prospects.pk}/",
        lambda: imported(
            csv_file([HEADER, ("王", make.a_phone(), "", "")]), by=clerk, to=prospects
        ),
    )
    run = imported(csv_file(PEOPLE), by=clerk)

    def another():
        run.rows.create(number=run.rows.count() + 9, outcome="created", customer=make.customer(),
                        at=run.uploaded_at)  # fmt: skip

    assert_flat_queries(f"/leads/imports/{run.pk}/rows/", another)


def test_the_preview_never_asks_per_row(client, clerk, django_assert_max_num_queries):
    client.force_login(clerk)
    run = mapped(
        csv_file([HEADER, *(("王", make.a_phone(), "", "") for _n in range(200))]), by=clerk
    )

    with django_assert_max_num_queries(25):
        assert client.get(f"/leads/imports/{run.pk}/start/").status_code == 200


def test_the_api_goes_the_same_way(clerk, client):
    client.force_login(clerk)
    source = Source.objects.first()
    said = {
        "name": "车友会", "kind": "club", "source": source.pk, "origin": "王秘书",
        "basis": "consent", "basis_note": "报名表",
    }  # fmt: skip

    made = client.post("/api/v1/prospect-lists/", said, content_type="application/json")
    assert made.status_code == 201
    file = {"file": sent(csv_file(PEOPLE))}
    taken = client.post(f"/api/v1/prospect-lists/{made.json()['id']}/imports/", file)
    assert taken.status_code == 201, taken.text
    url = f"/api/v1/imports/{taken.json()['id']}/"
    started = client.post(f"{url}start/", {"known": "skip"}, content_type="application/json")
    assert started.json()["state"] == "running"
    work_on(taken.json()["id"])

    assert client.get(url).json()["created"] == 1
    assert client.post(f"{url}revert/").json()["state"] == "reverting"


def test_the_api_refuses_with_a_sentence(clerk, client):
    client.force_login(clerk)
    run = mapped(csv_file(PEOPLE), by=clerk)

    assert client.post(f"/api/v1/imports/{run.pk}/stop/").status_code == 409
    empty = {"file": SimpleUploadedFile("a.csv", b"")}
    url = f"/api/v1/prospect-lists/{run.prospect_list_id}/imports/"
    assert client.post(url, empty).status_code in (400, 409)
    assert client.post(url, {}, content_type="application/json").status_code == 400
    wrong = {"mapping": {"x": "phone"}}
    answer = client.post(f"/api/v1/imports/{run.pk}/start/", wrong, content_type="application/json")
    assert answer.status_code == 400


def test_nothing_starts_twice(clerk):
    run = mapped(csv_file(PEOPLE), by=clerk)
    start_import(run, by=clerk)
    stop_import(run, by=clerk)

    again = start_import(run, owner="person", by=clerk)

    assert again.owner == "pool", "what was chosen at first stays"
