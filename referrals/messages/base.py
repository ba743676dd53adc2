"""How every message to a client or a therapist is put together.

A client's message is whole in itself and ends with where to turn at once. In discreet mode it says nothing at all, and
a text message says only that there is news, and by when where a place is held. Subjects are the same for every topic.
"""

import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from clients.models import Client
from clients.selectors import called
from core import crisis
from core.words import short
from notifications.models import Message
from notifications.topics import Address, Rendered
from referrals import links
from referrals.models import Referral
from therapists.models import Therapist


def client_address(client: Client) -> Address | None:
    """Return her proved safe contact; None when there is none that a message could go to."""
    to = {"email": client.email, "sms": client.phone, "letter": client.address}.get(client.contact_channel, "")
    if not to or client.channel_proved_at is None:
        return None
    return Address(client.contact_channel, to, client.discreet, client.language)


def therapist_address(therapist_id: int) -> Address | None:
    """Return the e-mail address she signs in with; None while nobody has claimed the profile."""
    user = Therapist.objects.select_related("user").get(pk=therapist_id).user
    return Address("email", user.email) if user is not None and user.is_active else None


def client_rendered(
    referral: Referral, channel: str, lines: list[str], *, by: datetime.datetime | None = None
) -> Rendered:
    """Return the whole message in the client's way: discreet, short, or in full. `by`: a place is held until then."""
    client, link = referral.client, links.my_referral()
    if client.discreet:
        text = _("You have a message. Open it when you are alone: %(link)s") % {"link": link}
        return Rendered(_("A message for you"), text)
    if channel == Message.Channel.SMS:
        return Rendered("", _news(link, by))
    greeting = _("Hello %(name)s,") % {"name": called(client)}
    page = [_("Your page, with everything that happened and what you can do: %(link)s") % {"link": link}]
    if channel == Message.Channel.LETTER:
        page.append(_without_internet(referral))
    help_now = _("Rapport is not an emergency service. %(contacts)s") % {"contacts": crisis.words(client.nation)}
    return Rendered(_("News from Rapport"), "\n\n".join([greeting, *lines, *page, help_now]) + "\n")


def _news(link: str, by: datetime.datetime | None) -> str:
    safe = _("Emergency: 999. Urgent mental health: 111.")
    if by is None:
        return _("Rapport: there is news. Please open: %(link)s. %(safe)s") % {"link": link, "safe": safe}
    said = {"link": link, "safe": safe, "when": short(by)}
    return _("Rapport: there is news. Please open by %(when)s: %(link)s. %(safe)s") % said


def _without_internet(referral: Referral) -> str:
    """Return what to do without the internet: a letter must never lead to a page alone."""
    if settings.SERVICE_PHONE:
        said = {"phone": settings.SERVICE_PHONE, "reference": referral.reference}
        return (
            _(
                "You do not need the internet. Call us on %(phone)s and say your reference, %(reference)s. We can do"
                " everything for you that stands in this letter."
            )
            % said
        )
    return _("You do not need the internet at home. A library or your GP practice can help you to open the page.")


def therapist_rendered(lines: list[str], link: str) -> Rendered:
    """Return a therapist's message: what there is to do and where, nothing about anybody."""
    sign_in = _("Sign in to see it: %(link)s") % {"link": link}
    return Rendered(_("Rapport: there is something for you"), "\n\n".join([*lines, sign_in]) + "\n")
