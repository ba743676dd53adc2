"""The moment a draft becomes a referral: one transaction, one referral per draft, one open referral per client."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from clients.models import Client
from clients.services.identity import Details, Identified, client_identify, consents_append
from clients.services.preferences import preferences_record
from core import clock
from core.actors import Actor
from core.choices import Role
from core.references import new_reference
from core.worklist import task_open
from referrals import clocks, kinds
from referrals.answers import Answers, Chosen
from referrals.errors import AlreadyOpen, ChannelNotProved, DraftGone, Incomplete
from referrals.locks import lock_referral
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Exclusion, Referral, SafetyAnswer, Submission
from referrals.services.calls import call_open
from referrals.services.choices import choices_create
from referrals.services.events import referral_step
from referrals.services.snapshots import fees_now, match_run_for
from referrals.services.walk import referral_walk
from referrals.sharing import SHARE_ITEMS, WORDING
from therapists.models import Funder, Therapist

ROUTE = "self_referral"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A checked draft: everything sending needs is there."""

    submission: Submission
    answers: Answers
    choices: tuple[Chosen, ...]
    funder: Funder | None


def referral_submit(*, submission: Submission, actor: Actor) -> Referral:
    """Turn a draft into a referral and ask the first therapist. Sending the same draft again gives the same referral.

    Raises Incomplete, ChannelNotProved, DraftGone, AlreadyOpen (same person and proved channel, open referral).
    """
    with transaction.atomic():
        draft = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if draft.state == Submission.State.SUBMITTED:
            return Referral.objects.get(submission=draft)
        ready = _ready(draft)
        identified = client_identify(details=_details(ready), actor=actor)
        _refuse_second_open(identified.client)
        return _create(ready, identified, actor)


def _ready(draft: Submission) -> _Ready:
    if draft.state != Submission.State.DRAFT or draft.expires_at < clock.now():
        raise DraftGone
    answers = Answers.from_dict(draft.answers)
    existing = set(Therapist.objects.filter(pk__in=[c.therapist for c in answers.choices]).values_list("pk", flat=True))
    choices = tuple(chosen for chosen in answers.choices if chosen.therapist in existing)
    funder = _funder(answers)
    missing = list(answers.missing())
    if not choices and not answers.help_choosing and "choices" not in missing:
        missing.append("choices")
    if answers.funder_slug and funder is None:
        missing.append("paying")
    if missing:
        raise Incomplete(missing)
    if draft.channel_proved_at is None or (draft.channel, draft.channel_address) != (
        answers.channel,
        answers.channel_address,
    ):
        raise ChannelNotProved
    return _Ready(draft, answers, choices, funder)


def _funder(answers: Answers) -> Funder | None:
    """Return the funder while it pays for people who refer themselves in this nation."""
    if not answers.funder_slug:
        return None
    today = clock.today()
    found = Funder.objects.filter(
        slug=answers.funder_slug, active=True, open_to_self_referral=True, starts_on__lte=today
    ).first()
    if found is None or not answers.nation or not found.covers(answers.nation):
        return None
    return None if found.ends_on is not None and found.ends_on < today else found


def _details(ready: _Ready) -> Details:
    answers = ready.answers
    assert answers.born is not None  # noqa: S101 - `missing` has refused a draft without it
    return Details(
        given_name=answers.given_name,
        family_name=answers.family_name,
        preferred_name=answers.preferred_name,
        date_of_birth=answers.born,
        nation=answers.nation,
        nhs_number=answers.nhs_number,
        postcode=answers.home_postcode,
        email=answers.email,
        phone=answers.phone,
        address=answers.address,
        channel=answers.channel,
        channel_proved_at=ready.submission.channel_proved_at,
        voicemail_ok=answers.voicemail_ok,
        text_ok=answers.text_ok,
        letter_ok=answers.letter_ok,
        call_times=", ".join(answers.call_times),
        discreet=answers.discreet,
        language=answers.language,
        access_needs={
            "options": sorted(answers.access),
            "step_free": answers.step_free,
            "note": answers.access_note,
        },
        practice_code=answers.practice_code,
        practice_name=answers.practice_name,
    )


def _refuse_second_open(client: Client) -> None:
    other = Referral.objects.filter(client=client).exclude(state=Referral.State.CLOSED).first()
    if other is not None:
        raise AlreadyOpen(other)


def _create(ready: _Ready, identified: Identified, actor: Actor) -> Referral:
    client, now = identified.client, clock.now()
    referral = _unsaved(ready, client)
    run = match_run_for(referral=referral, actor=actor)
    alone = not ready.choices
    owner = Referral.Owner.COORDINATOR if alone else Referral.Owner.CLIENT
    due_at = clocks.call_due(client.nation, now) if alone else None
    try:
        with transaction.atomic():
            event = referral_step(
                referral=referral,
                action="submit",
                actor=actor,
                owner=owner,
                due_at=due_at,
                detail={"match_run": run.pk},
            )
    except IntegrityError:
        # Sent from two devices at the same moment: the other one has just been committed.
        _refuse_second_open(client)
        raise
    choices_create(referral=referral, choices=ready.choices)
    _carry_over(ready, referral, actor)
    locked = lock_referral(referral.pk)
    asked = referral_walk(locked=locked, actor=actor)
    call = None
    if alone:
        call = call_open(referral=locked.referral, why="help_choosing", actor=actor, kind=kinds.HELP_CHOOSE)
    if identified.perhaps:
        _ask_who_it_is(identified, actor)
    tell_client(
        topic=topics.SENT,
        referral=locked.referral,
        event=event,
        next=asked.pk if asked else None,
        call_by=call.due_at.isoformat() if call else None,
    )
    return locked.referral


def _unsaved(ready: _Ready, client: Client) -> Referral:
    answers, now = ready.answers, clock.now()
    return Referral(
        reference=_free_reference(),
        client=client,
        submission=ready.submission,
        source=Referral.Source.SELF,
        preferences=preferences_record(stated=answers.stated()),
        seed=ready.submission.seed,
        main_issue=answers.leading_issue,
        own_words=answers.own_words,
        aims=answers.aims,
        help_choosing=answers.help_choosing,
        funding=Referral.Funding.FUNDED if ready.funder else Referral.Funding.SELF_PAY,
        funder=ready.funder,
        fee_snapshot={
            "therapists": fees_now(chosen.therapist for chosen in ready.choices),
            "funder": ready.funder.slug if ready.funder else "",
            "sessions": ready.funder.sessions if ready.funder else None,
        },
        clock_started_at=now,
        queue_from=now,
        created_at=now,
    )


def _carry_over(ready: _Ready, referral: Referral, actor: Actor) -> None:
    """Attach what was said on the way, and empty the draft: what it held is fact now."""
    SafetyAnswer.objects.filter(submission=ready.submission).update(referral=referral)
    shares = {item: ready.answers.shares.get(item, False) for item in SHARE_ITEMS}
    consents_append(client=referral.client, answers=shares, route=ROUTE, wording=WORDING, actor=actor)
    chosen = {choice.therapist for choice in ready.choices}
    not_these = Therapist.objects.filter(pk__in=set(ready.answers.not_these) - chosen).values_list("pk", flat=True)
    Exclusion.objects.bulk_create(
        [
            Exclusion(client=referral.client, therapist_id=pk, side=Exclusion.Side.CLIENT, at=clock.now())
            for pk in not_these
        ],
        ignore_conflicts=True,
    )
    draft = ready.submission
    draft.state, draft.answers, draft.return_code_digest = Submission.State.SUBMITTED, {}, ""
    draft.channel_address = ""
    draft.save(update_fields=["state", "answers", "return_code_digest", "channel_address"])


def _ask_who_it_is(identified: Identified, actor: Actor) -> None:
    client = identified.client
    task_open(
        kind=kinds.IDENTITY_CHECK,
        subject_type="client",
        subject_id=client.pk,
        owner_role=Role.COORDINATOR,
        due_at=clocks.call_due(client.nation, clock.now()),
        actor=actor,
        detail={"perhaps": list(identified.perhaps)},
    )


def _free_reference() -> str:
    """The column is unique; a reference taken by somebody else is drawn again."""
    while Referral.objects.filter(reference=(reference := new_reference())).exists():
        continue
    return reference
