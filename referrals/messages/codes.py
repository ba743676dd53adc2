"""The two messages with six digits: to prove a channel, and to sign in. They go out at any hour: she is waiting."""

from django.utils.translation import gettext as _

from core import clock
from core.models import OneTimeCode
from core.one_time_codes import code_digits
from notifications.models import Message
from notifications.topics import Address, Rendered, register
from referrals.answers import Answers
from referrals.messages import topics
from referrals.messages.base import client_address
from referrals.models import Referral, Submission


class _Code:
    def still_wanted(self, message: Message) -> bool:
        """A code that was used or is over helps nobody."""
        code = OneTimeCode.objects.get(pk=message.detail["code"])
        return code.used_at is None and code.expires_at >= clock.now()

    def render(self, message: Message) -> Rendered:
        """The digits exist only here. The words name no service, whatever mode she chose."""
        digits = code_digits(OneTimeCode.objects.get(pk=message.detail["code"]))
        text = _("Your code is %(digits)s. It works for 15 minutes. If you did not ask for it, you can ignore this.")
        return Rendered(_("Your code"), text % {"digits": digits})


class ChannelCode(_Code):
    """To the address that is being proved."""

    def address(self, message: Message) -> Address | None:
        draft = Submission.objects.get(pk=message.subject_id)
        if not draft.channel_address:
            return None
        answers = Answers.from_dict(draft.answers)
        # Whether she wants discretion may not have been asked yet, so nothing is given away.
        return Address(draft.channel, draft.channel_address, discreet=True, language=answers.language)


class SignInCode(_Code):
    """To the channel on file."""

    def address(self, message: Message) -> Address | None:
        return client_address(Referral.objects.select_related("client").get(pk=message.subject_id).client)


def register_all() -> None:
    """Register both."""
    register(topics.CHANNEL_CODE, ChannelCode())
    register(topics.SIGN_IN_CODE, SignInCode())
