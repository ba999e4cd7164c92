"""SOP-2.7: what is in a file is understood, or refused with what to do instead."""

import io
import struct
import zipfile
from datetime import date, datetime, time

import pytest
from django.core.files.base import ContentFile

from dealership.errors import RuleViolation
from leads.imports import texts, values
from leads.imports.columns import head_of, suggest
from leads.imports.prospects import PROSPECTS
from leads.imports.readers import UNCALCULATED, Row, rows_of, shape_of, written
from leads.models import Lead
from tests.leads.files import (
    HEADER,
    csv_file,
    imported,
    mapped,
    outcomes,
    reasons,
    uploaded,
    xlsx_file,
)

pytestmark = pytest.mark.sop("2.7")
MAY_DAY = datetime(2024, 5, 1)  # noqa: DTZ001 – a cell has no zone
PEOPLE = [HEADER, ("王建国", "13800138000", "男", "周末联系"), ("李娜", "13900139000", "女", "")]


def refused(file):
    with pytest.raises(RuleViolation) as refusal:
        uploaded(file)
    return refusal.value.code


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"),
     ("utf-16", "utf-16")],
)  # fmt: skip
def test_names_arrive_in_whatever_encoding_they_were_written(encoding, found):
    run = imported(csv_file(PEOPLE, encoding=encoding))

    assert run.encoding == found
    assert set(Lead.objects.values_list("customer__name", flat=True)) == {"王建国", "李娜"}


def test_big5_is_refused_by_its_name():
    rows = [
        ("姓名", "電話", "備註"),
        ("陳國華", "13800138000", "週末聯絡"),
        ("張麗", "13900139000", "車展來的"),
    ]

    with pytest.raises(RuleViolation) as refusal:
        uploaded(csv_file(rows, encoding="big5"))

    assert "Big5" in str(refusal.value)


def test_noise_is_no_text():
    noise = "Prénom;Téléphone\nFrançois;13800138000\n".encode("latin-1") * 3

    assert refused(ContentFile(noise, name="list.csv")) == "encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    text = delimiter.join(("姓名", "手机")) + "\n" + delimiter.join(("王建国", "13800138000"))

    assert shape_of(io.BytesIO(text.encode())).delimiter == delimiter


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "format"),
        (b"<html><table><tr><td>13800138000</td></tr></table></html>", "format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "format"),
        (b"PK\x03\x04 not a zip at all", "damaged"),
        ("姓名,手机\n".encode(), "ok"),
    ],
    ids=["empty", "xls", "html", "png", "broken-zip", "header-only"],
)
def test_what_is_no_table_is_refused_with_a_sentence(data, code):
    if code == "ok":
        assert uploaded(ContentFile(data, name="list.csv")).total == 1
    else:
        assert refused(ContentFile(data, name="list.xlsx")) == code


def zipped(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return data.getvalue()


def test_a_zip_bomb_is_measured_not_opened():
    bomb = zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=b"0" * 60_000_000)

    assert len(bomb) < 100_000
    assert refused(ContentFile(bomb, name="list.xlsx")) == "bomb"


def test_a_zip_that_lies_about_its_size_is_found_out():
    """The directory says 10 bytes; what comes out counts."""
    bomb = bytearray(zipped(xl__workbook_xml=b"<x/>", xl__worksheets__s_xml=b"0" * 60_000_000))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := bomb.find(mark, at + 1)) >= 0:
            if struct.unpack_from("<I", bomb, at + place)[0] == 60_000_000:
                struct.pack_into("<I", bomb, at + place, 10)

    assert refused(ContentFile(bytes(bomb), name="list.xlsx")) in {"bomb", "damaged"}


def test_a_million_rows_are_refused_before_any_work(settings):
    sheet = b"<worksheet><sheetData>" + b'<row r="1"><c/></row>' * 1_000_000 + b"</sheetData>"
    book = zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=sheet)

    assert refused(ContentFile(book, name="list.xlsx")) in {"too_many_rows", "bomb"}
    long = ("姓名,手机\n" + "王建国,13800138000\n" * 200_001).encode()
    assert refused(ContentFile(long, name="list.csv")) == "too_many_rows"


def test_a_file_that_is_too_large_is_refused(settings):
    settings.IMPORT_MAX_MB = 0

    assert refused(csv_file(PEOPLE)) == "too_big"


def test_entities_are_not_expanded():
    """The billion laughs: a part that declares entities is damaged, not expanded."""
    good = zipfile.ZipFile(io.BytesIO(xlsx_file(PEOPLE).read()))
    laugh = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, laugh if "sheet1" in name else good.read(name))
    file = ContentFile(data.getvalue(), name="list.xlsx")

    assert refused(file) == "damaged"


def test_an_open_quotation_mark_is_named():
    text = '姓名,手机\n王建国,13800138000\n"李娜,13900139000\n' + "张伟,13700137000\n" * 20_000

    assert refused(ContentFile(text.encode(), name="list.csv")) == "damaged"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (13800138000, ["+8613800138000"]),
        (13800138000.0, ["+8613800138000"]),
        ("138 0013 8000", ["+8613800138000"]),
        ("138-0013-8000", ["+8613800138000"]),
        ("+86 13800138000", ["+8613800138000"]),
        ("8613800138000", ["+8613800138000"]),
        ("１３８００１３８０００", ["+8613800138000"]),
        ("13800138000/13900139000", ["+8613800138000", "+8613900139000"]),
        ("13800138000、13900139000", ["+8613800138000", "+8613900139000"]),
        ("13800138000 13900139000", ["+8613800138000", "+8613900139000"]),
        ("13800138000\n13800138000", ["+8613800138000"]),
        ("027-87654321", ["+862787654321"]),
        ("'+8613800138000", ["+8613800138000"]),
        ("", []),
        (None, []),
    ],
)
def test_a_phone_is_read_as_people_write_it(cell, numbers):
    assert values.numbers(cell) == numbers


@pytest.mark.parametrize("cell", ["1.38E+10", "1.38001E+10", "12345", "无", UNCALCULATED])
def test_what_is_no_phone_says_so(cell):
    with pytest.raises(RuleViolation):
        values.numbers(cell)


@pytest.mark.parametrize(
    "cell",
    [
        MAY_DAY, date(2024, 5, 1), 45413, 45413.0, "45413", "2024-05-01", "2024/5/1",
        "2024.5.1", "20240501", "2024年5月1日", "2024年5月", "２０２４-5-1", "2024-05-01 10:30",
    ],
)  # fmt: skip
def test_a_day_is_read_as_date_serial_number_or_text(cell):
    assert values.day(cell) == date(2024, 5, 1)


@pytest.mark.parametrize("cell", ["5月1日", "01/05/24", "2024-13-01", "明天", 12, "99999999"])
def test_what_may_be_any_day_is_none(cell):
    with pytest.raises(RuleViolation):
        values.day(cell)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("14:30", time(14, 30)), ("14：30", time(14, 30)), ("下午2:30", time(14, 30)),
        ("14点30分", time(14, 30)), (0.604166666, time(14, 30)), (time(14, 30), time(14, 30)),
        ("2024-05-01 14:30", time(14, 30)), ("9点", time(9)), ("", None),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read(cell, at):
    assert values.clock_time(cell) == at


def test_a_formula_counts_with_its_result_and_fails_its_row_without():
    def formula(text, value):
        return lambda sheet, row, column: sheet.write_formula(row, column, text, None, value)

    rows = [
        HEADER,
        ("王建国", formula("=A1", 13800138000), "男", ""),
        ("李娜", formula("=A1", ""), "女", ""),
        ("张伟", "13700137000", "男", formula("=1/0", "#DIV/0!")),
    ]
    run = imported(without_results(xlsx_file(rows)))

    assert outcomes(run) == ["created", "failed", "failed"]
    assert "公式" in reasons(run)[3] or "formula" in reasons(run)[3]


def without_results(file):
    """As other programs write them: a formula cell whose result is not there at all."""
    old = zipfile.ZipFile(io.BytesIO(file.read()))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            part = old.read(name)
            archive.writestr(name, part.replace(b"<v></v>", b"").replace(b"<v/>", b""))
    return ContentFile(data.getvalue(), name="名单.xlsx")


def test_merged_header_cells_take_the_word_above():
    rows = [
        ("2026年会员名单", None, None, None),
        ("姓名", "联系", None, "购车日期"),
        (None, "手机", "备用电话", None),
        ("王建国", "13800138000", "13900139000", MAY_DAY),
    ]
    merge = [(0, 0, 0, 3, "2026年会员名单"), (1, 0, 2, 0, "姓名"), (1, 1, 1, 2, "联系"),
             (1, 3, 2, 3, "购车日期")]  # fmt: skip

    run = mapped(xlsx_file(rows, merge=merge))

    assert run.header_row == 3
    assert run.headers == ["姓名", "手机", "备用电话", "购车日期"]
    assert run.mapping == {"0": "name", "1": "phone", "2": "more_phones", "3": "bought_on"}


def test_a_file_without_header_is_known_by_its_cells():
    run = imported(csv_file([("王建国", "13800138000", "x"), ("李娜", "13900139000", "y")]))

    assert run.header_row == 0
    assert run.created == 2
    assert set(Lead.objects.values_list("customer__name", flat=True)) == {"王建国", "李娜"}


def test_empty_lines_and_columns_beyond_the_header_do_no_harm():
    rows = [("姓名", "手机"), (), ("", " "), ("王建国", "13800138000", "多出来的", "列"), ()]

    run = imported(xlsx_file(rows))

    assert outcomes(run) == ["created"]
    assert run.rows.get().number == 4


def test_twin_headers_stay_two_columns():
    rows = [Row(1, ("姓名", "电话", "电话", "", None))]

    head = head_of(rows, PROSPECTS)

    assert len(set(head.names)) == 5
    assert suggest(head.names, PROSPECTS, saved={}, sample=[])[1] == "phone"


def test_english_headers_are_known_too():
    names = ["Full Name", "Mobile Number", "Company", "Job title", "Licence plate", "Notes"]

    found = suggest(names, PROSPECTS, saved={}, sample=[])

    assert list(found.values()) == ["name", "phone", "organisation", "job", "plate", "remark"]


def test_a_row_number_that_lies_costs_nothing():
    """Row 1,048,576 in a sheet of two rows: nothing between is filled in."""
    book = zipfile.ZipFile(io.BytesIO(xlsx_file(PEOPLE).read()))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in book.namelist():
            part = book.read(name)
            archive.writestr(name, part.replace(b'r="3"', b'r="1048576"'))
    rows = list(rows_of(io.BytesIO(data.getvalue()), format="xlsx"))

    assert [row.number for row in rows] == [1, 2, 1048576]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(13800138000.0, "13800138000"), (1.5, "1.5"), (None, ""), ("'=1+1", "=1+1"),
     (MAY_DAY, "2024-05-01"), (True, "1")],
)  # fmt: skip
def test_a_cell_stands_as_on_the_page(cell, text):
    assert written(cell) == text


def test_rare_characters_do_not_make_chinese_text_foreign():
    text = "姓名,手机\n" + "\n".join(f"龘靐齉{n},13800138{n:03d}" for n in range(50))
    data = (text + "\n王伟李娜张敏,1\n赵强刘洋陈静,2\n孙丽周杰吴涛,3\n").encode("gb18030")

    assert texts.encoding_of(io.BytesIO(data)) == "gb18030"
