"""What the outbox asks accounts about: invitations and sign-in mails. Subjects name nobody."""

from django.utils.translation import gettext as _

from accounts.models import AccountMail, User
from accounts.services import invitations, mails
from core import clock
from notifications.models import Message
from notifications.topics import Address, Rendered, register


class Invitation:
    def address(self, message: Message) -> Address | None:
        user = User.objects.filter(pk=message.subject_id).first()
        return Address("email", user.email) if user else None

    def still_wanted(self, message: Message) -> bool:
        user = User.objects.filter(pk=message.subject_id, is_active=True).first()
        return user is not None and not user.has_usable_password()

    def render(self, message: Message) -> Rendered:
        link = invitations.invitation_link(User.objects.get(pk=message.subject_id))
        words = [
            _("You have been given access to Rapport."),
            _("Choose a password here. The link works for 7 days:"),
            link,
            _("After that you set up a second step for signing in: an app on your phone or a passkey."),
            _("If you did not expect this message, you need do nothing."),
        ]
        return Rendered(_("Your access"), "\n\n".join(words))


class SignInMail:
    def address(self, message: Message) -> Address | None:
        mail = AccountMail.objects.filter(pk=message.subject_id).first()
        return Address("email", mail.address) if mail else None

    def still_wanted(self, message: Message) -> bool:
        fresh_from = clock.now() - mails.STILL_USEFUL
        return AccountMail.objects.filter(pk=message.subject_id, created_at__gte=fresh_from).exists()

    def render(self, message: Message) -> Rendered:
        mail = AccountMail.objects.get(pk=message.subject_id)
        return Rendered(mail.subject, mail.text)


def register_topics() -> None:
    register(invitations.TOPIC, Invitation())
    register(mails.TOPIC, SignInMail())
