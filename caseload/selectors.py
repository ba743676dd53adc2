"""What needs a therapist: her requests, first contacts, decisions, and the people she sees."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from caseload import lists
from clients.preferences import Stated
from clients.selectors import called
from core import audit, clock
from core.actors import NOBODY, Actor
from core.choices import Role
from core.models import Task
from core.worklist import tasks_for
from matching.services.ranking import why_for
from referrals.models import Offer, Placement, Referral, WaitingListEntry
from referrals.selectors.scope import offers_visible_to, placements_visible_to
from referrals.selectors.summary import Summary
from therapists.words import money, sessions_words


@dataclass(frozen=True, slots=True)
class Person:
    """A placement and what its client is called."""

    row: Placement
    name: str


@dataclass(frozen=True, slots=True)
class Today:
    """Each list holds the row with the nearest due time first."""

    to_answer: list[Offer]
    to_offer: list[Offer]
    asks: list[WaitingListEntry]
    to_confirm: list[WaitingListEntry]
    to_contact: list[Person]
    to_decide: list[Person]
    tasks: list[Task]

    @property
    def nothing(self) -> bool:
        found = (self.to_answer, self.to_offer, self.asks, self.to_confirm, self.to_contact, self.to_decide, self.tasks)
        return not any(found)


def today(actor: Actor) -> Today:
    """Return what waits for the actor. Names of people are in it: the reading is recorded."""
    now = clock.now()
    offers = list(
        offers_visible_to(actor)
        .filter(state=Offer.State.OPEN, awaiting=Offer.Awaiting.THERAPIST, expires_at__gte=now)
        .select_related("referral")
        .order_by("expires_at", "pk")
    )
    met = _named(
        actor,
        people(actor)
        .filter(state=Placement.State.MEETING, therapist_go_ahead_at__isnull=True)
        .order_by("contact_due_at"),
        "today",
    )
    return Today(
        to_answer=[row for row in offers if row.interested_at is None],
        to_offer=[row for row in offers if row.interested_at is not None],
        asks=list(lists.asks(actor)),
        to_confirm=list(lists.to_confirm(actor).order_by("answer_due_at", "pk")),
        to_contact=[person for person in met if person.row.contacted_at is None],
        to_decide=[person for person in met if person.row.contacted_at is not None],
        tasks=list(own_tasks(actor)),
    )


def own_tasks(actor: Actor) -> QuerySet[Task]:
    """Return what the actor has to do as a therapist; the desk's tasks of somebody who works there too are there."""
    return tasks_for(actor).filter(owner_role=Role.THERAPIST, owner_id=actor.user_id)


def people(actor: Actor) -> QuerySet[Placement]:
    """Return everybody the actor sees or saw, newest first."""
    # Somebody who also works on the desk sees everybody there, and here her own people only.
    rows = placements_visible_to(actor).filter(therapist__user_id=actor.user_id or NOBODY)
    return rows.order_by("-created_at", "-pk")


def requests_of(actor: Actor) -> QuerySet[Offer]:
    """Return every request ever put to the actor, for saying how it ended: nothing of the client is read from it."""
    if actor.user_id is None:
        return Offer.objects.none()
    return Offer.objects.filter(therapist__user_id=actor.user_id, awaiting=Offer.Awaiting.THERAPIST)


def fit_reasons(referral: Referral, therapist_id: int) -> tuple[str, ...]:
    """Return what of the client's wishes she meets, in words; never wishes about who she is (identity, gender)."""
    stated = Stated.from_canonical(referral.preferences.data)
    return lists.reasons_of(why_for(stated, [therapist_id]).get(therapist_id))


def money_words(summary: Summary) -> str:
    """Return who pays, and how much."""
    if summary.funder:
        sessions = sessions_words(summary.sessions) if summary.sessions else ""
        return _now("%(funder)s pays: %(sessions)s") % {"funder": summary.funder, "sessions": sessions}
    if summary.fee_pence is None:
        return _now("They pay themselves.")
    return _now("They pay themselves: %(fee)s a session, as you showed it when they chose you.") % {
        "fee": money(summary.fee_pence)
    }


def placement_of(actor: Actor, offer: Offer) -> Placement | None:
    """Return the placement that came of the actor's yes to this request."""
    return people(actor).filter(referral_id=offer.referral_id, created_at__gte=offer.opened_at).first()


def ended_with(actor: Actor, pk: int) -> bool:
    """Say whether this placement of hers has ended: a button sent twice leads here."""
    if actor.user_id is None:
        return False
    return Placement.objects.filter(pk=pk, therapist__user_id=actor.user_id, state=Placement.State.ENDED).exists()


def can(placement: Placement) -> tuple[str, ...]:
    """Return what the therapist can do: pause, resume, switch, end. Somebody who leaves can be ended with, no more."""
    states = Placement.State
    leaving = placement.leaving_since is not None
    if placement.state not in (states.ACTIVE, states.PAUSED):
        return ()
    change = "pause" if placement.state == states.ACTIVE else "resume"
    if leaving:
        return ("end",) if change == "pause" else ("resume", "end")
    return (change, "switch", "end")


def steps(placement: Placement) -> list[tuple[datetime.datetime, Promise | str]]:
    """Return what happened between the two, oldest first. What came before, with anybody else, is not hers to know."""
    said = [
        (placement.created_at, _("You offered a first meeting.")),
        (placement.contacted_at, _("You told us that you have been in touch.")),
        (placement.meeting_at, _("First meeting.")),
        (placement.therapist_go_ahead_at, _("You said: I would like to go on.")),
        (placement.client_go_ahead_at, _("They said: I would like to go on.")),
        (placement.leaving_since, _leaving_words(placement)),
        (placement.ended_at, _("It ended.")),
    ]
    return sorted(((at, words) for at, words in said if at is not None), key=lambda step: step[0])


def _leaving_words(placement: Placement) -> Promise | str:
    if placement.leaving_by == "therapist":
        return _("You said that another therapist would be better for them.")
    return _("They began to look for somebody else.")


def people_page(actor: Actor, *, ended: bool, number: int, size: int = 20) -> tuple[list[Person], bool]:
    """Return one page (1 is the first) of people, and whether another follows. The reading is recorded."""
    rows = people(actor)
    rows = rows.filter(state=Placement.State.ENDED) if ended else rows.exclude(state=Placement.State.ENDED)
    start = (max(1, number) - 1) * size
    found = list(rows[start : start + size + 1])
    return _named(actor, found[:size], "caseload"), len(found) > size


def _named(actor: Actor, rows: Iterable[Placement], purpose: str) -> list[Person]:
    persons = [Person(row, called(row.client)) for row in rows]
    clients = sorted({person.row.client_id for person in persons})
    if clients:
        audit.records_read(actor=actor, obj_type="client", obj_ids=clients, purpose=purpose)
    return persons
