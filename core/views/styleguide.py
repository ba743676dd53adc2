"""Every component in every state, for looking at and for axe. Routed on a developer's machine only."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core import clock, forms
from core.policy import public

WHY = "shows invented examples, on a developer's machine only"
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 2
WAYS = [("video", _("Video")), ("in-person", _("In person")), ("phone", _("Phone")), ("any", _("I'm not sure"))]


class EveryField(forms.Form):
    name = forms.TextField(
        label=_("Full name"), help_text=_("As you would like to be called"), missing=_("Enter your name")
    )
    email = forms.EmailField(label=_("Email address"))
    phone = forms.PhoneField(label=_("Phone number"), help_text=_("We call only if you say so"))
    postcode = forms.PostcodeField(label=_("Postcode"))
    born = forms.DateField(label=_("Date of birth"), past=True, help_text=_("For example, 27 3 1985"))
    format = forms.RadiosField(
        label=_("How would you like to meet?"),
        choices=WAYS,
        hints={"video": _("From anywhere in the UK")},
        divider="any",
    )
    strength = forms.StrengthField()
    issues = forms.CheckboxesField(
        label=_("What would you like help with?"),
        choices=[("low", _("Feeling low")), ("worry", _("Worry")), ("none", _("None of these"))],
        divider="none",
        exclusive="none",
    )
    adult = forms.YesNoField(label=_("Are you 18 or over?"))
    nation = forms.SelectField(label=_("Where do you live?"), choices=[("", _("Choose")), ("wales", _("Wales"))])
    words = forms.TextareaField(label=_("In your own words"), max_length=40, rows=4)


class OneQuestion(forms.Form):
    title = _("How would you like to meet?")
    lead = _("You can change this later.")
    skip = _("Skip this")

    format = forms.RadiosField(choices=WAYS, divider="any")


class OwnWords(forms.Form):
    title = _("What would you like help with, in your own words?")
    skip = _("Skip this")

    words = forms.TextareaField(required=False)


WRONG = {
    "name": "",
    "email": "not an address",
    "phone": "12",
    "postcode": "ZZ",
    "born_day": "31",
    "born_month": "2",
    "born_year": "1985",
    "issues": ["low", "none"],
    "words": LONG,
}
QUESTIONS: dict[str, tuple[type[forms.Form], dict[str, Any] | None]] = {
    "question": (OneQuestion, None),
    "question-wrong": (OneQuestion, {}),
    "own-words": (OwnWords, None),
}


@public(WHY)
def components(request: HttpRequest) -> HttpResponse:
    """Show the components once in each state they have."""
    moment = datetime.datetime(clock.today().year, 11, 24, 14, 0, tzinfo=clock.LONDON)
    context = {
        "fresh": EveryField(prefix="fresh"),
        "wrong": EveryField({f"wrong-{key}": value for key, value in WRONG.items()}, prefix="wrong"),
        "moment": moment,
        "long": LONG,
        "rows": [
            {
                "key": {"text": _("Where")},
                "value": {"text": _("Leeds, or by video")},
                "actions": {"items": [{"href": "#", "text": _("Change"), "visuallyHiddenText": _("where")}]},
            },
            {"key": {"text": _("Language")}, "value": {"text": LONG}},
        ],
        "head": [{"text": _("Week")}, {"text": _("People"), "format": "numeric"}],
        "table": [
            [{"text": "1"}, {"text": "34", "format": "numeric"}],
            [{"text": "2"}, {"text": "29", "format": "numeric"}],
        ],
    }
    return render(request, "styleguide/components.html", context)


@public(WHY)
def question(request: HttpRequest, name: str) -> HttpResponse:
    """Show a one-question page as it is asked, answered wrongly, or with free text."""
    if name not in QUESTIONS:
        raise Http404
    form_class, data = QUESTIONS[name]
    bound = request.POST if request.method == "POST" else data
    form = form_class(bound)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("Your answer was kept."))
    context = {"form": form, "back_url": "../", "save_url": "../", "has_errors": bool(form.errors)}
    return render(request, "components/question_page.html", context)


@public(WHY)
def staff(request: HttpRequest) -> HttpResponse:
    """Show the layout of signed-in people."""
    messages.info(request, _("Your hours were saved."))
    return render(request, "styleguide/staff.html")


@public(WHY)
def broken(request: HttpRequest) -> HttpResponse:
    """Fail, so that the page for our own faults can be looked at."""
    raise RuntimeError("asked for by the style guide")
