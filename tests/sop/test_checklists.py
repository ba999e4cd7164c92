"""Checklists: versions side by side, who ticked what, one minute to undo."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop import actions
from dealership.sop.checklists import Item, declare_checklist
from dealership.sop.errors import UnknownChecklist
from dealership.sop.models import ChecklistRun, Tick
from tests.sop.steps import ROUND, declared_checklist


@pytest.fixture
def run(wang, xiao_min):
    return actions.open_run(ROUND, wang, store=wang.store, by=xiao_min)


def test_a_subject_has_one_run(run, wang, li_na):
    assert actions.open_run(ROUND, wang, store=wang.store, by=li_na) == run
    assert actions.run_for(ROUND, wang) == run


def test_a_tick_says_who_and_when(run, li_na):
    at = clock.now() - timedelta(minutes=5)

    tick = actions.tick_item(run, "greet", by=li_na, at=at, fault="没有雨伞", remark="已补")

    assert (tick.by, tick.at, tick.fault, tick.remark) == (li_na, at, "没有雨伞", "已补")
    assert tick.entered_at > at


def test_ticking_a_finished_item_says_who_did_it(run, li_na, wang_qiang):
    actions.tick_item(run, "greet", by=li_na)

    with pytest.raises(RuleViolation, match="李娜"):
        actions.tick_item(run, "greet", by=wang_qiang)
    assert Tick.objects.get().by == li_na


def test_the_software_ticks_by_itself_and_leaves_what_a_person_ticked(run, li_na):
    mine = actions.tick_item(run, "greet", by=li_na)

    assert actions.tick_item(run, "greet", by=None, automatic=True) == mine
    assert actions.tick_item(run, "seat", by=None, automatic=True).is_automatic


def test_a_tick_in_the_future_is_refused(run, li_na):
    with pytest.raises(RuleViolation):
        actions.tick_item(run, "greet", by=li_na, at=clock.now() + timedelta(hours=1))


def test_an_item_that_is_not_on_the_list_is_an_error(run, li_na):
    with pytest.raises(UnknownChecklist):
        actions.tick_item(run, "dance", by=li_na)


def test_undoing_within_a_minute(run, li_na):
    tick = actions.tick_item(run, "greet", by=li_na)

    actions.untick_item(run, "greet", by=li_na, at=tick.entered_at + timedelta(seconds=59))

    assert not Tick.objects.exists()


@pytest.mark.parametrize("seconds", [61, 600])
def test_after_a_minute_it_stands(run, li_na, seconds):
    tick = actions.tick_item(run, "greet", by=li_na)

    with pytest.raises(RuleViolation):
        actions.untick_item(run, "greet", by=li_na, at=tick.entered_at + timedelta(seconds=seconds))
    assert Tick.objects.exists()


def test_nobody_undoes_what_another_or_the_software_ticked(run, li_na, wang_qiang):
    actions.tick_item(run, "greet", by=li_na)
    actions.tick_item(run, "seat", by=li_na, automatic=True)

    for item, person in (("greet", wang_qiang), ("seat", li_na)):
        with pytest.raises(RuleViolation):
            actions.untick_item(run, item, by=person)
    assert Tick.objects.count() == 2


def test_a_closed_checklist_takes_no_tick(run, li_na):
    actions.tick_item(run, "greet", by=li_na)
    actions.close_run(run, by=li_na)

    with pytest.raises(RuleViolation):
        actions.tick_item(run, "seat", by=li_na)
    with pytest.raises(RuleViolation):
        actions.untick_item(run, "greet", by=li_na)
    with pytest.raises(RuleViolation):
        actions.close_run(run, by=li_na)


def test_the_lines_keep_the_order_of_the_work_in_one_query(run, li_na):
    for item in ("drink", "greet"):
        actions.tick_item(run, item, by=li_na)

    with CaptureQueriesContext(connection) as queries:
        lines = [(line.item.code, line.is_done, line.tick and line.tick.by) for line in run.lines()]

    assert lines == [("greet", True, li_na), ("seat", False, None), ("drink", True, li_na)]
    assert len(queries) == 1


def test_a_run_keeps_the_version_it_was_begun_with(run, wang, li_na):
    newer = replace(ROUND, version=2, items=(*ROUND.items, Item("farewell", title="送客")))
    with declared_checklist(newer):
        same = actions.open_run(newer, wang, store=wang.store, by=li_na)

        assert (same, same.version, len(same.lines())) == (run, 1, 3)
        assert len(ChecklistRun(checklist=ROUND.code, version=2).declared.items) == 4


def test_a_version_cannot_be_declared_differently():
    with pytest.raises(ValueError, match="twice"):
        declare_checklist(replace(ROUND, items=ROUND.items[:1]))
