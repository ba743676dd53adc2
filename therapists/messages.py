"""What this app sends: to whom, whether still, and in which words."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.models import OneTimeCode
from core.one_time_codes import code_digits
from core.words import when
from notifications import topics
from notifications.models import Message
from notifications.topics import Address, Rendered
from therapists.models import ConfirmationAsk, RegistrationClaim, Therapist
from therapists.selectors.confirmations import (
    confirmation_nonce,
    confirmed_until,
    link_token,
    only_confirmation_missing,
)
from therapists.selectors.standing import UNANSWERED_LIMIT

CLAIM_CODE = "registration_claim_code"
CLAIM_DECIDED = "registration_claim_decided"
STILL_TAKING = "listing_still_taking"
STILL_TAKING_LAST_DAY = "listing_last_day"
STILL_TAKING_OVER = "listing_over"
UNANSWERED = "listing_unanswered"

Step = ConfirmationAsk.Step
CONFIRMATION_TOPICS = {
    Step.ASKED: STILL_TAKING,
    Step.LAST_DAY: STILL_TAKING_LAST_DAY,
    Step.OVER: STILL_TAKING_OVER,
}


def register() -> None:
    topics.register(CLAIM_CODE, ClaimCode())
    topics.register(CLAIM_DECIDED, ClaimDecided())
    for step, topic in CONFIRMATION_TOPICS.items():
        topics.register(topic, StillTaking(step))
    topics.register(UNANSWERED, Unanswered())


class ClaimCode:
    """The code that proves a registration, to the address on the register's record and nowhere else."""

    def address(self, message: Message) -> Address | None:
        email = _claim(message).registration.email
        return Address(Message.Channel.EMAIL, email) if email else None

    def still_wanted(self, message: Message) -> bool:
        code = OneTimeCode.objects.filter(pk=message.detail["code"], used_at__isnull=True).first()
        waiting = _claim(message).state == RegistrationClaim.State.CODE_SENT
        return waiting and code is not None and clock.now() <= code.expires_at

    def render(self, message: Message) -> Rendered:
        code = OneTimeCode.objects.get(pk=message.detail["code"])
        registration = _claim(message).registration
        text = _(
            "Somebody, we think it is you, is joining Rapport with registration %(number)s of %(register)s.\n\n"
            "The code is %(code)s\n\n"
            "It works for 15 minutes. If this was not you, do nothing and give the code to nobody: "
            "without it the registration cannot be used."
        )
        words = {"number": registration.number, "register": registration.register, "code": code_digits(code)}
        return Rendered(_("Your code"), text % words)


class ClaimDecided:
    """A coordinator has looked at a claim. What she found stands behind the sign-in."""

    def address(self, message: Message) -> Address | None:
        user = User.objects.filter(pk=message.recipient_id, is_active=True).first()
        return Address(Message.Channel.EMAIL, user.email) if user else None

    def still_wanted(self, message: Message) -> bool:
        return True

    def render(self, message: Message) -> Rendered:
        text = _(
            "We have looked at the registration you told us about. Sign in to see what we found "
            "and what you can do next:\n\n%(link)s"
        )
        return Rendered(_("We have looked at your registration"), text % {"link": _link("therapists:onboarding")})


class _ToTherapist:
    """Something about her listing, to the address she signs in with."""

    def address(self, message: Message) -> Address | None:
        user = _therapist(message).user
        return Address(Message.Channel.EMAIL, user.email) if user is not None and user.is_active else None

    def _silent_since(self, message: Message) -> Therapist | None:
        """Return her when she has not acted since the message was written."""
        found = _therapist(message)
        return found if confirmation_nonce(found) == message.detail["confirmed"] else None


class StillTaking(_ToTherapist):
    """Is she still taking people as her page says? Asked, said on the last day, and said when people cannot find her.

    The link confirms without signing in, by a button. It names nobody, and no message says anything about a client.
    """

    def __init__(self, step: ConfirmationAsk.Step) -> None:
        self._step = step

    def still_wanted(self, message: Message) -> bool:
        found = self._silent_since(message)
        until = confirmed_until(found) if found else None
        if found is None or until is None or not only_confirmation_missing(found.pk):
            return False
        return (until < clock.now()) == (self._step == Step.OVER)

    def render(self, message: Message) -> Rendered:
        found = _therapist(message)
        until = confirmed_until(found)
        lines = _still_taking_lines(self._step, "" if until is None else when(until))
        link = f"{settings.SITE_URL}{reverse('therapists:still_taking', args=[link_token(found)])}"
        button = _("One button, no signing in:") + f"\n\n{link}"
        places = _("To change your places, or to pause new people, sign in:") + f"\n\n{_link('therapists:listing')}"
        return Rendered(_subject(self._step), "\n\n".join([*lines, button, places]) + "\n")


class Unanswered(_ToTherapist):
    """Two requests in a row had no answer, so people cannot find her until she says that she is there."""

    def still_wanted(self, message: Message) -> bool:
        found = self._silent_since(message)
        return found is not None and not found.paused and found.unanswered_in_a_row >= UNANSWERED_LIMIT

    def render(self, message: Message) -> Rendered:
        lines = [
            _("Two requests in a row reached you and had no answer in time. We have asked somebody else for them."),
            _("So that nobody waits for nothing, people cannot find you at the moment. Nobody you see is affected."),
            _("One tap brings you back. Sign in to see it:"),
            _link("therapists:listing"),
        ]
        return Rendered(_("Rapport: people cannot find you at the moment"), "\n\n".join(lines) + "\n")


def _subject(step: ConfirmationAsk.Step) -> str:
    if step == Step.OVER:
        return _("Rapport: people cannot find you at the moment")
    return _("Rapport: are you still taking people?")


def _still_taking_lines(step: ConfirmationAsk.Step, until: str) -> list[str]:
    heard = {"until": until}
    if step == Step.ASKED:
        said = _("We have not heard from you for a while. Are you still taking people as your page says?")
        then = _("If we hear nothing, people can find you until %(until)s, and not after that.") % heard
    elif step == Step.LAST_DAY:
        said = _("We have still not heard from you. After %(until)s people can no longer find you.") % heard
        then = _("Are you still taking people as your page says?")
    else:
        said = _("We have not heard from you, so people have not been able to find you since %(until)s.") % heard
        then = _("You can come back at any time. Are you taking people as your page says?")
    nobody = _("Nobody you see is affected, and anything you do on Rapport counts as a yes.")
    return [said, then, nobody]


def _therapist(message: Message) -> Therapist:
    return Therapist.objects.select_related("user").get(pk=message.subject_id)


def _claim(message: Message) -> RegistrationClaim:
    claims = RegistrationClaim.objects.select_related("registration__register")
    return claims.get(pk=message.subject_id)


def _link(name: str) -> str:
    return f"{settings.SITE_URL}{reverse(name)}"
