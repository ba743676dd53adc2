"""What somebody is choosing for: a draft not yet sent, or, once she has signed in, her referral's list being changed.

The session of a draft holds its token and nothing else; a list being changed is a list of ids in the session, because
opening the page must change nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clients.preferences import Stated
from core import clock
from core.actors import Actor
from core.policy import CLIENT_SESSION_KEY
from referrals.answers import SELF_PAY, Answers, Chosen
from referrals.models import Referral, Submission
from referrals.presenters import steps
from referrals.selectors.own import just_sent, own_referral, silently_excluded, still_to_try
from referrals.services.submission import submission_find, submission_save
from referrals.sessions import EDIT_KEY, SAFETY_KEY, TOKEN_KEY, UNDO_KEY

# Before anything is sent there is no client to name: records say that a visitor did it.
VISITOR = Actor("visitor", "", "visitor")


@dataclass(frozen=True)
class Draft:
    """A draft and what is known about it. `data` are the answers with the facts that conditions of the flow need."""

    submission: Submission
    answers: Answers
    data: dict[str, Any]

    @property
    def seed(self) -> int:
        return int(self.submission.seed)

    @property
    def silent(self) -> list[int]:
        """Return who must read as not listed for her: nobody, while nobody knows who she is."""
        return []

    def stated(self) -> Stated:
        return self.answers.stated()

    def save(self, **changes: Any) -> None:
        """Store changed answers."""
        submission_save(submission=self.submission, answers=replace(self.answers, **changes))


@dataclass(frozen=True)
class ListEdit:
    """The list of a referral that was sent, while it is being changed. Only the list can change."""

    request: HttpRequest
    referral: Referral
    answers: Answers

    @property
    def seed(self) -> int:
        return int(self.referral.seed)

    @property
    def data(self) -> dict[str, Any]:
        return {"nation": self.answers.nation, "adult": True, "paying": self.answers.paying}

    @property
    def silent(self) -> list[int]:
        return silently_excluded(self.referral)

    def stated(self) -> Stated:
        return Stated.from_canonical(self.referral.preferences.data)

    def save(self, *, choices: tuple[Chosen, ...] = (), help_choosing: bool = False) -> None:
        self.request.session[EDIT_KEY] = kept_list(choices)


Choosing = Draft | ListEdit


def draft_of(request: HttpRequest) -> Draft | None:
    """Return the visitor's draft; None when there is none, or it expired, or was sent."""
    token = request.session.get(TOKEN_KEY)
    submission = submission_find(token) if token else None
    if submission is None or submission.state != Submission.State.DRAFT:
        return None
    answers = Answers.from_dict(submission.answers)
    data = answers.to_dict()
    if submission.channel_proved_at and is_proved_address(submission, answers):
        data[steps.PROVED] = True
    if request.session.get(SAFETY_KEY):
        data[steps.SAFETY_DONE] = True
    return Draft(submission, answers, data)


def is_proved_address(submission: Submission, answers: Answers) -> bool:
    """Say whether the address in the answers is the one a code went to: a changed address must be proved anew."""
    return (submission.channel, submission.channel_address) == (answers.channel, answers.channel_address)


def choosing_of(request: HttpRequest) -> Choosing | None:
    """Return the visitor's draft, or the list she is changing in a referral that is hers.

    While she is changing that list it comes first: a draft beside it must not be shown in its place.
    """
    if EDIT_KEY in request.session:
        return list_edit_of(request) or draft_of(request)
    return draft_of(request) or list_edit_of(request)


def list_edit_start(request: HttpRequest) -> ListEdit | None:
    """Begin to change the list of her referral; None when it cannot be changed any more."""
    list_edit_end(request)
    edit = list_edit_of(request)
    if edit is not None:
        request.session.pop(UNDO_KEY, None)
        edit.save(choices=edit.answers.choices)
    return edit


def list_edit_end(request: HttpRequest) -> None:
    """Forget a list being changed, and what would put it back. What was saved stays saved."""
    if request.session.pop(EDIT_KEY, None) is not None:
        request.session.pop(UNDO_KEY, None)


def list_edit_of(request: HttpRequest) -> ListEdit | None:
    referral = own_referral(request.session.get(CLIENT_SESSION_KEY))
    if referral is None or referral.state == Referral.State.CLOSED:
        return None
    kept = request.session.get(EDIT_KEY)
    choices = still_to_try(referral) if kept is None else list_kept(kept)
    paying = referral.funder.slug if referral.funder else SELF_PAY
    answers = Answers(nation=referral.client.nation, adult=True, paying=paying, choices=tuple(choices))
    return ListEdit(request, referral, answers)


def kept_list(choices: Iterable[Chosen]) -> list[list[int]]:
    """Return a list of people as a session holds it: who, and whether she would wait for them."""
    return [[choice.therapist, int(choice.will_wait)] for choice in choices]


def list_kept(kept: Iterable[Any]) -> list[Chosen]:
    """Return what `kept_list` wrote. Sessions from before hold numbers alone: nobody had been asked then."""
    pairs = (one if isinstance(one, list) else [one, True] for one in kept)
    return [Chosen(int(pk), bool(will_wait)) for pk, will_wait in pairs]


def draft_gone_on_with(request: HttpRequest) -> Draft | None:
    """Return the draft for a page of its own: whoever is there has left a list she was changing."""
    draft = draft_of(request)
    if draft is not None:
        list_edit_end(request)
    return draft


View = Callable[..., HttpResponse]


def _handing(find: Callable[[HttpRequest], Any], view: View) -> View:
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = find(request)
        if draft is None:
            return redirect("referrals:start")
        return view(request, *args, draft=draft, **kwargs)

    return asked


def with_draft(view: View) -> View:
    """Hand the draft to the view as `draft`; without one, lead to the start page. Goes under the policy marker."""
    return _handing(draft_gone_on_with, view)


def with_choosing(view: View) -> View:
    """As `with_draft`, for pages that also serve a referral's list; needed questions must be answered before."""
    return _handing(choosing_of, _after("matches", view))


def with_draft_after(slug: str) -> Callable[[View], View]:
    """As `with_draft`, and only once every needed question before the page `slug` is answered."""
    return lambda view: with_draft(_after(slug, view))


def with_draft_or_sent(view: View) -> View:
    """As `with_draft_after("safety")`; once it is sent, with what was sent: an answer from an old tab still counts."""
    unsent = with_draft_after("safety")(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = _sent_draft_of(request) if draft_of(request) is None else None
        return unsent(request, *args, **kwargs) if sent is None else view(request, *args, draft=sent, **kwargs)

    return asked


def _sent_draft_of(request: HttpRequest) -> Draft | None:
    """Return what this session sent, with what is needed to reach her; None when it sent nothing."""
    referral = just_sent(request.session.get(TOKEN_KEY), now=clock.now())
    referral = referral or own_referral(request.session.get(CLIENT_SESSION_KEY))
    if referral is None or referral.submission is None:
        return None
    client = referral.client
    answers = Answers(
        nation=client.nation, given_name=client.given_name, preferred_name=client.preferred_name, phone=client.phone
    )
    return Draft(referral.submission, answers, answers.to_dict())


def _after(slug: str, view: View) -> View:
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, draft: Choosing, **kwargs: Any) -> HttpResponse:
        missing = steps.missing_before(slug, draft.data)
        if missing is not None:
            return redirect(missing.url)
        return view(request, *args, draft=draft, **kwargs)

    return asked
