"""
`python -m bench.imports`: a list of 100,000 people comes in; its worker is killed on the way.

Writes the file, imports it in worker processes, kills one with SIGKILL in the middle, lets the
next one go on, and checks that no row is missing and none is there twice. Then the same number
of rows without a kill, for rows per second and for the memory the worker needs.
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.__main__ import FOLDER, database_for

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰红建国志文斌"
HEADER = ("手机号码", "姓名", "性别", "意向车系", "备注")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument(
        "--postgres", default="", help="a PostgreSQL URL; without it a SQLite file under var/bench"
    )
    parser.add_argument("--work", type=int, default=0, help="(a worker for the run with this id)")
    options = parser.parse_args()
    if options.work:
        begin()
        work(options.work)
        return
    database = fresh(options.postgres)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="bench.settings",
        DATABASE_URL=database,
        REDIS_URL="",
        PRIVATE_DIR=str(FOLDER / "private"),
    )
    begin()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    measure(options.rows, options.format)


def fresh(server: str) -> str:
    """The URL of an empty database of its own."""
    name = "imports"
    if not server:
        for path in FOLDER.glob(f"{name}.sqlite3*"):
            path.unlink()
        return database_for(name, "")
    import psycopg2  # noqa: PLC0415

    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS bench_{name}")
    connection.close()
    return database_for(name, server)


def begin() -> None:
    import django  # noqa: PLC0415

    django.setup()


def measure(count: int, format: str) -> None:
    from django.db import connection, connections  # noqa: PLC0415

    print(f"{connection.vendor}, {count:,} rows of {format.upper()}")
    ground = prepare()
    for title, first, kills in (("killed and resumed", 0, 1), ("in one go", 50_000_000, 0)):
        run = upload(ground, count, first, format)
        connections.close_all()
        began = time.monotonic()
        for _kill in range(kills):
            kill_in_the_middle(run.pk, count)
        finish(run.pk, report=not kills)
        check(run.pk, count)
        print(f"{title}: every row once, {time.monotonic() - began:.1f} s")


def prepare() -> dict[str, object]:
    from dealership.staff.models import Store, User  # noqa: PLC0415
    from leads.actions import set_up_levels, set_up_sources  # noqa: PLC0415
    from leads.actions.lists import add_list  # noqa: PLC0415

    store = Store.objects.create(code="bench-imports", name="Bench")
    set_up_levels(store)
    source = set_up_sources(store)["list"]
    by = User.objects.create_user("bench-imports", name="Bench", default_store=store)
    prospects = add_list(
        store, name="Bench", kind="club", source=source, origin="bench", basis="consent",
        basis_note="bench", by=by,
    )  # fmt: skip
    return {"list": prospects, "by": by}


def upload(ground: dict[str, object], count: int, first: int, format: str) -> object:
    from django.core.files import File  # noqa: PLC0415

    from leads.actions import imports  # noqa: PLC0415
    from leads.selectors.imports import mapping_of  # noqa: PLC0415

    path = write_file(count, first, format)
    began = time.monotonic()
    with path.open("rb") as file:
        run = imports.upload(ground["list"], file=File(file, name=path.name), by=ground["by"])
    print(f"upload and inspection: {time.monotonic() - began:.1f} s")
    run = imports.map_columns(run, mapping=mapping_of(run), by=ground["by"])
    path.unlink()
    return imports.start_import(run, by=ground["by"])


def write_file(count: int, first: int, format: str) -> Path:
    chance = random.Random(first)
    path = FOLDER / f"list-{first}.{format}"
    FOLDER.mkdir(parents=True, exist_ok=True)

    def rows() -> object:
        yield HEADER
        for number in range(count):
            name = chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(GIVEN)
            yield (f"139{first + number:08d}", name, chance.choice("男女"), "奕炫MAX", str(number))

    if format == "csv":
        lines = (",".join(row) for row in rows())
        path.write_bytes("\n".join(lines).encode("gb18030"))
        return path
    import xlsxwriter  # noqa: PLC0415

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows()):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def worker(pk: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.imports", "--work", str(pk)]
    return subprocess.Popen(command)  # noqa: S603


def kill_in_the_middle(pk: int, count: int) -> None:
    from leads.models import ImportRun  # noqa: PLC0415

    process = worker(pk)
    while ImportRun.objects.get(pk=pk).created < count // 2 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ImportRun.objects.filter(pk=pk).update(leased_until=None)
    print(f"killed after {ImportRun.objects.get(pk=pk).created:,} rows")


def finish(pk: int, *, report: bool) -> None:
    from leads.models import ImportRun  # noqa: PLC0415

    before = ImportRun.objects.get(pk=pk).created
    began = time.monotonic()
    worker(pk).wait()
    took = time.monotonic() - began
    if report:
        done = ImportRun.objects.get(pk=pk).created - before
        print(f"{done / took:,.0f} rows/s with the start of the process")


def work(pk: int) -> None:
    """What a worker does, with what it cost."""
    from leads.actions.importing import work_on  # noqa: PLC0415

    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    done = work_on(pk, seconds=3600)
    took = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"worker: {done:,} rows in {took:.1f} s = {done / took:,.0f} rows/s "
        f"({done / cpu:,.0f} a second of its CPU), memory {before.ru_maxrss // 1024} → "
        f"{used.ru_maxrss // 1024} MB"
    )


def check(pk: int, count: int) -> None:
    from django.db.models import Count  # noqa: PLC0415

    from leads.models import ImportRow, ImportRun, Lead  # noqa: PLC0415

    run = ImportRun.objects.get(pk=pk)
    rows = ImportRow.objects.filter(run=run)
    leads = Lead.objects.filter(import_rows__run=run)
    found = {
        "state": run.state,
        "created": run.created,
        "rows": rows.count(),
        "customers": rows.aggregate(found=Count("customer", distinct=True))["found"],
        "leads": leads.count(),
    }
    wanted = {"state": "done"} | dict.fromkeys(("created", "rows", "customers", "leads"), count)
    if found != wanted:
        sys.exit(f"lost or doubled: {found}")


if __name__ == "__main__":
    main()
