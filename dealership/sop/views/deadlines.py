"""What is owed, and one deadline's story."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dealership import clock
from dealership.customers.models import Customer
from dealership.sop.actions import decide_reply, reply, retry, retry_all, waive
from dealership.sop.forms import DecideForm, FilterForm, ReplyForm, WaiveForm
from dealership.sop.lists import STATES, Page, narrowed, page_of, query_with
from dealership.sop.models import Deadline
from dealership.sop.story import story
from dealership.web.forms import Form
from dealership.web.http import Request, authorize, door, page, typed

OWED = 20


@door(GET="sop.view_deadlines")
def deadline_list(request: Request) -> HttpResponse:
    now, user = clock.now(), request.user
    form = FilterForm(request.GET, store=user.active_store if user.is_manager else None)
    shown = Page()
    if form.is_valid() and user.active_store:
        rows = Deadline.objects.visible_to(user)
        rows = narrowed(rows, form.cleaned_data, store=user.active_store, at=now)
        state = STATES[form.cleaned_data["state"]]
        shown = page_of(rows, state, after=request.GET.get("after", ""), at=now)
    return page(request, "sop/deadline_list.html", _list(request, form, shown), partial="rows")


@door(GET="sop.view_deadlines")
def customer_panel(request: Request, pk: int) -> HttpResponse:
    """What is owed to a customer, most urgent first: above the tabs of the customer page."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    rows = Deadline.objects.visible_to(request.user).open().tasks().filter(customer=customer)
    owed = rows.with_people().order_by("due_at", "pk")[:OWED]
    context = {"customer": customer, "owed": owed}
    return page(request, "sop/customer_panel.html", context, partial="panel")


def _list(request: Request, form: FilterForm, shown: Page) -> dict[str, object]:
    chosen = request.GET.get("state") or "open"
    return {
        "form": form,
        "page": shown,
        "state": chosen,
        "filtered": any(request.GET.get(name) for name in ("step", "owner", "from", "to")),
        "by_owner": request.user.is_manager,
        "next_url": f"?{query_with(request.GET, after=shown.next)}" if shown.next else "",
        "first_url": f"?{query_with(request.GET)}" if "after" in request.GET else "",
        "tabs": [
            {
                "url": f"?{query_with(request.GET, state=code)}",
                "label": state.label,
                "active": code == chosen,
            }
            for code, state in STATES.items()
            if state.is_tab or code == chosen
        ],
    }


@door(GET="sop.view_deadlines")
def deadline_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _find(request, pk))


@door(GET="sop.reply", POST="sop.reply")
def deadline_reply(request: Request, pk: int) -> HttpResponse:
    deadline = _find(request, pk)
    authorize(request.user, "sop.reply", deadline)
    form = ReplyForm(typed(request))
    if _sent(request, form, reply, deadline):
        return redirect(deadline)
    return _detail(request, deadline, reply_form=form)


@door(GET="sop.decide_reply", POST="sop.decide_reply")
def deadline_decide(request: Request, pk: int) -> HttpResponse:
    deadline = _find(request, pk)
    authorize(request.user, "sop.decide_reply", deadline)
    form = DecideForm(typed(request))
    if _sent(request, form, decide_reply, deadline):
        return redirect(deadline)
    return _detail(request, deadline, decide_form=form)


@door(GET="sop.waive", POST="sop.waive")
def deadline_waive(request: Request, pk: int) -> HttpResponse:
    deadline = _find(request, pk)
    authorize(request.user, "sop.waive", deadline)
    form = WaiveForm(typed(request))
    if _sent(request, form, waive, deadline):
        return redirect(deadline)
    return _detail(request, deadline, waive_form=form)


@door(POST="sop.retry")
def deadline_retry(request: Request, pk: int) -> HttpResponse:
    deadline = _find(request, pk)
    authorize(request.user, "sop.retry", deadline)
    retry(deadline, by=request.user)
    return redirect(deadline)


@door(POST="sop.retry")
def deadline_retry_all(request: Request) -> HttpResponse:
    if request.user.active_store:
        retry_all(store=request.user.active_store, by=request.user)
    return redirect("sop:deadline-list")


def _sent(request: Request, form: Form, verb: Callable[..., Deadline], deadline: Deadline) -> bool:
    """Whether the form was sent, is sound, and the action took it."""
    if request.method != "POST" or not form.is_valid():
        return False
    return bool(form.run(verb, deadline, by=request.user, **form.cleaned_data))


def _find(request: Request, pk: int) -> Deadline:
    return get_object_or_404(Deadline.objects.visible_to(request.user).with_story(), pk=pk)


def _detail(request: Request, deadline: Deadline, **forms: Form) -> HttpResponse:
    """The deadline's page with the forms that its state allows; a refused form stays open."""
    now = clock.now()
    context = {
        "deadline": deadline,
        "state": deadline.state(now),
        "is_late": deadline.is_late_at(now),
        "now": now,
        "story": story(deadline),
        "reply_form": ReplyForm(),
        "decide_form": DecideForm(),
        "waive_form": WaiveForm(),
        **forms,
    }
    refused = next(iter(forms.values()), None)
    return page(request, "sop/deadline_detail.html", context, partial="deadline", form=refused)
