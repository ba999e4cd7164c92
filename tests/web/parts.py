"""A page that exists in tests only: one of each part, and answers of every kind."""

import json
import time
from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from dealership import clock
from dealership.web.widgets import ChipSelect, MessageText, PhoneInput, Stepper

PAGE = """
{% extends "base.html" %}
{% block title %}Parts{% endblock %}
{% block heading %}<h1>Parts</h1>{% endblock %}
{% block main %}
  <article class="deadline-card" id="deadline-7" data-state="open">
    {% fuse deadline %}<div class="deadline-body">{% countdown deadline %}</div>
  </article>
  <form method="post" action="/parts/save/" class="stack" id="plain"
        data-behaviour="draft" data-draft="parts">
    {% csrf_token %}{% for field in form %}{% include "components/field.html" %}{% endfor %}
    <button class="btn btn-primary">Save</button>
  </form>
  <form method="post" action="/parts/refuse/" id="refused"
        hx-post="/parts/refuse/" hx-target="#answer">
    {% csrf_token %}<button class="btn">Refuse</button>
  </form>
  <div id="answer" aria-live="polite"></div>
  <button id="finish" class="btn" hx-post="/parts/finish/" hx-swap="none">Finish</button>
  <button id="break" class="btn" hx-get="/parts/break/" hx-swap="none">Break</button>
  <button id="risky" class="btn" hx-post="/parts/finish/" hx-swap="none"
          hx-confirm="Really?">Risky</button>
  <a id="row" href="/parts/sheet/" hx-get="/parts/sheet/" hx-target="#sheet-body">Row</a>
{% endblock %}
"""

saved: list[dict[str, str]] = []


class PartsForm(forms.Form):
    phone = forms.CharField(widget=PhoneInput, required=False)
    colour = forms.ChoiceField(
        choices=[("r", "红"), ("b", "蓝")], widget=ChipSelect, required=False
    )
    party = forms.IntegerField(widget=Stepper(attrs={"min": 1, "max": 3}), initial=2)
    text = forms.CharField(widget=MessageText, required=False)


def promise() -> SimpleNamespace:
    """A deadline two minutes away."""
    now = clock.now()
    return SimpleNamespace(
        actionable_at=now,
        due_at=now + timedelta(minutes=2),
        remind_at=now + timedelta(minutes=1),
        is_open=True,
        state=lambda at: "open",
    )


def parts(request: HttpRequest) -> HttpResponse:
    context = {"form": PartsForm(), "deadline": promise()}
    return HttpResponse(Template(PAGE).render(RequestContext(request, context)))


def save(request: HttpRequest) -> HttpResponse:
    saved.append(request.POST.dict())
    time.sleep(0.5)
    return HttpResponse("<!doctype html><title>Saved</title><a href='/parts/'>back</a>")


def refuse(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p class='field-errors'>Not like this.</p>", status=422)


def finish(request: HttpRequest) -> HttpResponse:
    told = {
        "deadline-finished": {"id": 7, "undo": "/parts/finish/"},
        "toast": {"text": "Well done"},
    }
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def break_down(request: HttpRequest) -> HttpResponse:
    return HttpResponse("trace", status=500)


def sheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h2>In the sheet</h2>")


urlpatterns = [
    path("parts/", parts),
    path("parts/save/", save),
    path("parts/refuse/", refuse),
    path("parts/finish/", finish),
    path("parts/break/", break_down),
    path("parts/sheet/", sheet),
    path("", include("dealership.urls")),
]
