"""What this app sends: to whom, whether still, and in which words."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.models import OneTimeCode
from core.one_time_codes import code_digits
from notifications import topics
from notifications.models import Message
from notifications.topics import Address, Rendered
from therapists.models import RegistrationClaim

CLAIM_CODE = "registration_claim_code"
CLAIM_DECIDED = "registration_claim_decided"


def register() -> None:
    topics.register(CLAIM_CODE, ClaimCode())
    topics.register(CLAIM_DECIDED, ClaimDecided())


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


def _claim(message: Message) -> RegistrationClaim:
    claims = RegistrationClaim.objects.select_related("registration__register")
    return claims.get(pk=message.subject_id)


def _link(name: str) -> str:
    return f"{settings.SITE_URL}{reverse(name)}"
