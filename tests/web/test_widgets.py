"""Entry by tap: what a widget shows is what the form receives."""

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from dealership.web.widgets import (
    ChipSelect,
    ChipSelectMultiple,
    MessageText,
    MomentInput,
    PhoneInput,
    Stepper,
)

COLOURS = [("red", "红"), ("blue", "蓝")]


class Wish(forms.Form):
    colour = forms.ChoiceField(choices=[("", "---------"), *COLOURS], widget=ChipSelect)
    extras = forms.MultipleChoiceField(choices=COLOURS, widget=ChipSelectMultiple, required=False)
    party = forms.IntegerField(widget=Stepper(attrs={"min": 1, "max": 9}))
    phone = forms.CharField(widget=PhoneInput, required=False)


def shown(form, name):
    return render_to_string("components/field.html", {"field": form[name]})


def test_chips_are_radio_buttons_without_the_empty_choice():
    html = shown(Wish(initial={"colour": "blue"}), "colour")

    assert html.count('type="radio"') == 2
    assert 'value="blue" id="id_colour_2" checked' in html
    assert "---------" not in html
    assert "<legend" in html


def test_several_chips_are_check_boxes_and_all_arrive():
    form = Wish(QueryDict("colour=red&extras=red&extras=blue&party=2"))

    assert form.is_valid()
    assert form.cleaned_data["extras"] == ["red", "blue"]
    assert shown(form, "extras").count(" checked") == 2


def test_a_refused_choice_is_marked_and_said():
    html = shown(Wish(QueryDict("colour=green&party=2")), "colour")

    assert "is-invalid" in html
    assert 'class="field-errors"' in html


def test_eight_chips_get_a_filter():
    class Many(forms.Form):
        series = forms.ChoiceField(choices=[(n, f"车系{n}") for n in range(8)], widget=ChipSelect)

    assert 'data-behaviour="chips-search"' in shown(Many(), "series")
    assert "chips-search" not in shown(Wish(), "colour")


def test_a_stepper_is_a_number_with_its_limits():
    html = shown(Wish(initial={"party": 3}), "party")

    assert 'type="number" name="party" value="3"' in html
    assert 'min="1"' in html
    assert 'inputmode="numeric"' in html


def test_what_was_typed_is_escaped():
    """A refused form shows the text again: it must come back as text."""
    html = shown(Wish(QueryDict("phone=%22%3E%3Cscript%3E&party=x")), "phone")

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_moment_round_trips_through_the_browser_format():
    class Arrival(forms.Form):
        at = forms.DateTimeField(widget=MomentInput)

    form = Arrival({"at": "2026-11-23T14:05"})

    assert form.is_valid()
    assert 'value="2026-11-23T14:05"' in str(form["at"])


def test_a_message_is_counted():
    class Text(forms.Form):
        body = forms.CharField(widget=MessageText)

    assert 'data-behaviour="count"' in str(Text()["body"])
