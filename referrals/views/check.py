"""Check the answers, send once, and what happens next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import clock, leave
from core.policy import CLIENT_SESSION_KEY, client_session, public
from referrals.errors import AlreadyOpen, Refused
from referrals.list_words import names_in_words
from referrals.models import Referral
from referrals.presenters import said, steps
from referrals.presenters.mine import next_steps
from referrals.presenters.people import Person
from referrals.selectors.now import now_words
from referrals.selectors.own import just_sent
from referrals.services.submit import referral_submit
from referrals.sessions import CODE_KEY, HELP_KEY, SAFETY_KEY, SENT_KEY, TOKEN_KEY
from referrals.views.choosing import kept_people
from referrals.views.clients import my_own
from referrals.views.drafts import VISITOR, Draft, draft_of, with_draft

WHY = "what is sent is hers; signing in comes with the reference"


@public(WHY)
@never_cache
@require_GET
@with_draft
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    rows = kept_people(request, draft)
    draft = draft_of(request) or draft
    context = {
        "groups": [*_groups(draft), _choices(rows, helped=draft.answers.help_choosing)],
        "problem": problem(draft),
        "next_words": _next_words(rows),
        "back_url": steps.page("sharing").url,
        "has_errors": False,
    }
    return render(request, "referrals/check.html", context)


@public(WHY)
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send the draft. A second press, an old tab or the Back button leads to the same referral."""
    draft = draft_of(request)
    if draft is None:
        return _sent_before(request)
    if problem(draft) is not None:
        return redirect("referrals:check")
    try:
        referral = referral_submit(submission=draft.submission, actor=VISITOR)
    except AlreadyOpen:
        return render(request, "referrals/already_open.html")
    except Refused as refused:
        return render(
            request,
            "referrals/not_sent.html",
            {"words": str(refused), "check_url": reverse("referrals:check")},
            status=409,
        )
    _signed_in(request, referral)
    return redirect("referrals:sent")


@client_session("the reference is shown to whoever just sent it, and to nobody else")
@never_cache
@require_GET
@my_own
def sent(request: HttpRequest, referral: Referral) -> HttpResponse:
    context = {
        "reference": referral.reference,
        "spoken": spoken(referral.reference),
        "now": now_words(referral),
        "next_steps": next_steps(referral),
    }
    return render(request, "referrals/sent.html", context)


def _sent_before(request: HttpRequest) -> HttpResponse:
    """Lead the second of two presses to what the first sent, even if it read the session before the first ended."""
    if request.session.get(SENT_KEY):
        return redirect("referrals:sent")
    referral = just_sent(request.session.get(TOKEN_KEY), now=clock.now())
    if referral is None:
        return redirect("referrals:start")
    _signed_in(request, referral)
    return redirect("referrals:sent")


def _signed_in(request: HttpRequest, referral: Referral) -> None:
    """Let her look at what she sent: she proved her channel in this session a moment ago.

    The session keeps its key. A browser that sends twice drops the first answer, and with it a new key: she would
    stand at the start page without her reference.
    """
    for key in (TOKEN_KEY, SAFETY_KEY, CODE_KEY, HELP_KEY):
        request.session.pop(key, None)
    request.session[SENT_KEY] = True
    request.session[CLIENT_SESSION_KEY] = referral.pk
    leave.returned(request)


def problem(draft: Draft) -> dict[str, str] | None:
    """Return the first thing that is missing, in words and with where to answer it."""
    step = steps.FLOW.first_unanswered(draft.data)
    if step is not None:
        return _missing(_("One question is not answered yet."), step.url, _("Answer it now"))  # type: ignore[attr-defined]
    missing = draft.answers.missing()
    if "paying" in missing:
        return _missing(
            _("Please say who will pay, before you send."),
            steps.page("paying").url + "?change=1",
            _("Say who will pay"),
        )
    if "choices" in missing:
        return _missing(_("You have not chosen anybody yet."), reverse("referrals:matches"), _("Choose somebody"))
    if missing:
        return _missing(_("One question is not answered yet."), steps.page("name").url, _("Answer it now"))
    return None


def _missing(words: str, url: str, link: str) -> dict[str, str]:
    return {"words": words, "url": url, "link": link}


def _groups(draft: Draft) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = [
        {"title": title, "rows": [_row(one) for one in build(draft.answers)]} for title, build in said.GROUPS
    ]
    safety = {
        "label": _("Questions about safety"),
        "lines": [_("Answered")],
        "strength": "",
        "url": reverse("referrals:safety"),
    }
    groups[-1]["rows"].append(safety)
    return [group for group in groups if group["rows"]]


def _row(one: said.Said) -> dict[str, Any]:
    url = f"{steps.page(one.slug).url}?change=1"
    return {"label": one.label, "lines": one.lines, "strength": one.strength, "url": url}


def _choices(rows: list[Person], *, helped: bool) -> dict[str, Any]:
    lines = [f"{rank}. {person.name}. {person.fee} {person.waiting}".strip() for rank, person in enumerate(rows, 1)]
    if not lines:
        lines = [_("Please help me choose") if helped else _("Nobody yet")]
    row = {"label": _("Who to ask, in order"), "lines": lines, "strength": "", "url": reverse("referrals:choices")}
    return {"title": _("Your choices"), "rows": [row]}


def _next_words(rows: list[Person]) -> str:
    if not rows:
        return _("When you send, a person gets in touch to help you choose.")
    free = next((row for row in rows if not row.full), None)
    before = rows if free is None else rows[: rows.index(free)]
    waits = [row.name for row in before if row.full and row.will_wait]
    words = []
    if free is not None:
        words.append(_("When you send, we ask %(name)s. %(answer)s") % {"name": free.name, "answer": free.answer})
    if waits:
        names = {"names": names_in_words(waits)}
        words.append(_("When you send, we ask %(names)s if you can join the waiting list.") % names)
    if words:
        return " ".join(words)
    return _(
        "Nobody you chose has a place now, and you would not wait. You can choose somebody else, or wait. When you"
        " send, a person gets in touch to help you."
    )


def spoken(reference: str) -> str:
    """Return the reference as one says it on the phone: every character by itself, the parts apart."""
    return ", ".join(" ".join(part) for part in reference.split("-"))
