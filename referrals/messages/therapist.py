"""What therapists are told: that there is something, and where. Nothing about anybody stands in a message."""

from django.utils.translation import gettext as _

from core.words import when
from notifications.models import Message
from notifications.selectors import delivered
from notifications.topics import Address, Rendered, register
from referrals import links
from referrals.messages import topics
from referrals.messages.base import therapist_address, therapist_rendered
from referrals.models import Offer, Placement


class AboutOffer:
    """A request that waits for her answer."""

    def __init__(self, *, reminder: bool) -> None:
        self._reminder = reminder

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        return Offer.objects.filter(pk=message.subject_id, state=Offer.State.OPEN).exists()

    def render(self, message: Message) -> Rendered:
        offer = Offer.objects.get(pk=message.subject_id)
        said = _("A request still waits for your answer.") if self._reminder else _("There is a new request for you.")
        by = _("Please answer by %(when)s. After that we ask somebody else.") % {"when": when(offer.expires_at)}
        return therapist_rendered([said, by], links.absolute(links.path("request", offer.pk)))


class OfferWithdrawn(AboutOffer):
    """Only for a therapist whom the request had reached."""

    def __init__(self) -> None:
        super().__init__(reminder=False)

    def still_wanted(self, message: Message) -> bool:
        return delivered(topics.REQUEST_NEW, "offer", message.subject_id)

    def render(self, message: Message) -> Rendered:
        said = _("A request that was waiting for you has been taken back. You do not need to do anything.")
        return therapist_rendered([said], links.absolute(links.path("today", 0)))


class AboutPlacement:
    """Somebody she meets or works with."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def address(self, message: Message) -> Address | None:
        return therapist_address(message.recipient_id)

    def still_wanted(self, message: Message) -> bool:
        over = Placement.objects.get(pk=message.subject_id).state == Placement.State.ENDED
        return over == (self._topic == topics.PLACEMENT_ENDED)

    def render(self, message: Message) -> Rendered:
        placement = Placement.objects.get(pk=message.subject_id)
        if self._topic == topics.PLACEMENT_ENDED and not _was_therapy(placement):
            # She sees nothing more of somebody she only met: there is no page of theirs to open.
            said = _(
                "Somebody does not go on after a first meeting, or before it. No reason is needed. The place is free"
                " again: whoever waits for you is offered it first."
            )
            return therapist_rendered([said], links.absolute(links.path("today", 0)))
        return therapist_rendered([self._said(placement)], links.absolute(links.path("placement", placement.pk)))

    def _said(self, placement: Placement) -> str:
        if self._topic == topics.CONTACT_READY:
            said = _("How to reach the person you meet is ready for you. Please make contact by %(when)s.")
            return said % {"when": when(placement.contact_due_at)}
        if self._topic == topics.GO_AHEAD_ASKED:
            return _("Somebody you have met has decided about going on. Please say what you think too.")
        if self._topic == topics.BOTH_GO_AHEAD:
            return _("You have both said that you want to go on.")
        return _("Somebody you were seeing has stopped. You can say when you offer the place again.")


def _was_therapy(placement: Placement) -> bool:
    return placement.therapist_go_ahead_at is not None and placement.client_go_ahead_at is not None


def register_all() -> None:
    """Register every topic to therapists."""
    register(topics.REQUEST_NEW, AboutOffer(reminder=False))
    register(topics.REQUEST_REMINDER, AboutOffer(reminder=True))
    register(topics.REQUEST_WITHDRAWN, OfferWithdrawn())
    for topic in (topics.CONTACT_READY, topics.GO_AHEAD_ASKED, topics.BOTH_GO_AHEAD, topics.PLACEMENT_ENDED):
        register(topic, AboutPlacement(topic))
