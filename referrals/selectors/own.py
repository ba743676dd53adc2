"""A client's own referral, for the session that proved it is hers."""

import datetime

from notifications.models import Message
from referrals.answers import Chosen
from referrals.messages import topics
from referrals.models import Choice, Exclusion, Offer, Placement, Referral
from referrals.services.submission import submission_find

JUST_NOW = datetime.timedelta(minutes=15)


def own_referral(pk: object) -> Referral | None:
    """Return the referral whose pk stands in a proved session, with its client; None for anything else."""
    if not isinstance(pk, int):
        return None
    return Referral.objects.select_related("client", "funder", "preferences").filter(pk=pk).first()


def just_sent(token: object, *, now: datetime.datetime) -> Referral | None:
    """Return the referral a draft became within the last minutes, by the draft's token; None for anything else."""
    submission = submission_find(token) if isinstance(token, str) else None
    if submission is None:
        return None
    recent = Referral.objects.filter(submission=submission, created_at__gte=now - JUST_NOW)
    return recent.select_related("client").first()


def still_to_try(referral: Referral) -> list[Chosen]:
    """Return the therapists of the list who have not answered yet, in order."""
    live = (Choice.State.UNTRIED, Choice.State.ASKED)
    rows = referral.choices.filter(round=referral.round, state__in=live).order_by("rank")
    return [Chosen(*row) for row in rows.values_list("therapist_id", "will_wait")]


def asked_now(referral: Referral) -> int | None:
    """Return the therapist whose answer is awaited, by pk; a place with her is held until then."""
    open_ = Offer.objects.filter(referral=referral, state=Offer.State.OPEN)
    return open_.values_list("therapist_id", flat=True).first()


def choices_of(referral: Referral) -> list[Choice]:
    """Return the list as it stands, in order, whatever became of each. Lists she replaced are in the timeline."""
    return list(referral.choices.filter(round=referral.round).select_related("therapist").order_by("rank"))


def sent_messages(referral: Referral) -> list[Message]:
    """Return what was sent to her about this referral, newest first; codes are none of it."""
    about = Message.objects.filter(
        subject_type="referral", subject_id=referral.pk, recipient_type="client", state=Message.State.SENT
    )
    return list(about.exclude(topic=topics.SIGN_IN_CODE).order_by("-sent_at")[:50])


def silently_excluded(referral: Referral) -> list[int]:
    """Return therapists who must not be put together with her, for reasons that are never hers to know, and whom she
    sees already: while she looks for somebody else she does not find the one she leaves.
    """
    theirs = Exclusion.objects.filter(client_id=referral.client_id).exclude(side=Exclusion.Side.CLIENT)
    seen = Placement.objects.filter(referral_id=referral.pk).exclude(state=Placement.State.ENDED)
    return list(theirs.values_list("therapist_id", flat=True).union(seen.values_list("therapist_id", flat=True)))


def placement_now(referral: Referral) -> Placement | None:
    """Return the placement she is in, with its therapist; one that she is leaving is not it."""
    live = Placement.objects.exclude(state=Placement.State.ENDED).filter(referral=referral, leaving_since=None)
    return live.select_related("therapist").first()


def leaving_of(referral: Referral) -> Placement | None:
    """Return the placement she is leaving while she looks for somebody else, with its therapist."""
    live = Placement.objects.exclude(state=Placement.State.ENDED).filter(referral=referral, leaving_since__isnull=False)
    return live.select_related("therapist").first()


def has_met_somebody(referral: Referral) -> bool:
    """Say whether a therapist has ever said yes to her."""
    return Placement.objects.filter(referral=referral).exists()


def has_asked_since_switch(referral: Referral) -> bool:
    """Say whether anybody has been asked since she began to look for somebody else."""
    last = referral.events.filter(action__in=("switch", "ask", "wait", "change_choices")).order_by("-pk").first()
    return last is not None and last.action != "switch"
