"""Sign-in, language, store, own account, people and roster."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership import clock
from dealership.staff import actions, selectors
from dealership.staff.forms import DutyForm, PasswordForm, SignInForm, TokenForm
from dealership.staff.leaving import left_by, page_of
from dealership.staff.middleware import SESSION_KEY, choose_store
from dealership.staff.models import ApiToken, User
from dealership.staff.policy import may
from dealership.web.http import Request, door, page, public, typed

FAR = timedelta(days=3650)


class SignIn(LoginView):
    """The sign-in page; axes throttles it."""

    template_name = "staff/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        if language := form.get_user().language:
            set_cookie(response, language)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


login = public("nobody has signed in yet")(SignIn.as_view())


@public("whoever has signed in may leave, whatever their roles")
def sign_out(request: Request) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return redirect("staff:login")


@public("the sign-in page has the switch too")
def language(request: Request) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("language", "")
    response = redirect(back_to(request))
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            actions.set_language(request.user, chosen)
        translation.activate(chosen)
        set_cookie(response, chosen)
    return response


@door(POST="staff.use")
def store_switch(request: Request) -> HttpResponse:
    wanted = request.POST.get("store", "")
    if wanted.isdecimal() and choose_store(request.user, int(wanted)):
        request.session[SESSION_KEY] = int(wanted)
    return redirect("dashboards:home")


@door(GET="staff.use", POST="staff.use")
def profile(request: Request) -> HttpResponse:
    form = TokenForm(typed(request))
    secret = None
    if request.method == "POST" and form.is_valid():
        secret = form.run(actions.create_token, request.user, name=form.cleaned_data["name"])
    tokens = request.user.api_tokens.filter(revoked_at=None).order_by("-pk")
    context = {"form": form, "secret": secret, "tokens": tokens}
    return page(request, "staff/profile.html", context, form=form)


@door(GET="staff.use", POST="staff.use")
def password_change(request: Request) -> HttpResponse:
    form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The new password counts from now on."))
        return redirect("staff:profile")
    return page(request, "staff/password_change.html", {"form": form}, partial="form", form=form)


@door(POST="staff.use")
def token_revoke(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    actions.revoke_token(token)
    messages.success(request, _("The token no longer works."))
    return redirect("staff:profile")


@door(GET="staff.view_people")
def people(request: Request) -> HttpResponse:
    colleagues = selectors.people_of(request.user.active_store)
    return page(request, "staff/people.html", {"colleagues": colleagues})


@door(POST="staff.change_people")
def person_freeze(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.of_store(request.user.active_store), pk=pk)
    act = actions.thaw if request.POST.get("open") else actions.freeze
    act(person, by=request.user)
    if not person.is_active and (left := left_by(person, request.user.active_store)):
        number, holding = left
        if may(request.user, holding.permission):
            text = ngettext(
                "%(name)s can no longer sign in, and still has %(count)s customer. Hand over now.",
                "%(name)s can no longer sign in, and still has %(count)s customers. Hand over now.",
                number,
            )
            messages.warning(request, text % {"name": person.name, "count": number})
            return redirect(page_of(holding, person))
    return redirect("staff:people")


@door(GET="staff.view_roster", POST="staff.change_roster")
def roster(request: Request) -> HttpResponse:
    store = request.user.active_store
    today = clock.day_of(clock.now(), store.tz)
    monday = week_with(request.GET.get("week", ""), today)
    form = DutyForm(typed(request))
    if request.method == "POST" and form.is_valid():
        person = get_object_or_404(User.objects.in_store(store), pk=form.cleaned_data["user"])
        day, is_on_duty = form.cleaned_data["day"], form.cleaned_data["on_duty"]
        form.run(actions.roster, person, store=store, day=day, is_on_duty=is_on_duty)
        if not form.errors and not request.htmx:
            return redirect(f"{reverse('staff:roster')}?week={monday}")
    rows = selectors.roster_of(store, monday)
    context = {"rows": rows, "monday": monday, "form": form, "days": selectors.week_of(monday)}
    context |= {"on_duty": selectors.on_duty(rows), "today": today} | neighbours(monday)
    return page(request, "staff/roster.html", context, partial="week", form=form)


@door(POST="staff.check_in")
def check_in(request: Request) -> HttpResponse:
    actions.check_in(request.user, store=request.user.active_store)
    messages.success(request, _("You are on duty."))
    return redirect(back_to(request))


def week_with(text: str, today: date) -> date:
    """The Monday of the week that `text` (an ISO date) lies in, else of this week."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if abs(day - today) > FAR:
        day = today
    return day - timedelta(days=day.weekday())


def neighbours(monday: date) -> dict[str, date]:
    return {"before": monday - timedelta(days=7), "after": monday + timedelta(days=7)}


def back_to(request: Request) -> str:
    """The page of ours that the form was on."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return "/"


def set_cookie(response: HttpResponse, chosen: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
