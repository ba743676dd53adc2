import datetime

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import Organisation
from accounts.services.invitations import InvitationOver, invitation_link, invitation_send, user_invite
from accounts.services.people import EmailTaken
from core import clock
from core.actors import system
from core.choices import Role
from core.models import AuditEntry
from notifications import delivery, tasks
from notifications.models import Message
from notifications.topics import handler_of

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
GOOD = {"password": "violet tractor umbrella"}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def invited(db):
    home = Organisation.objects.create(kind="service", name="Rapport")
    return user_invite(
        email="new@example.org", name="Nadia New", organisation=home, role=Role.COORDINATOR, actor=system("test")
    )


@pytest.fixture
def address(invited, settings):
    return invitation_link(invited).removeprefix(settings.SITE_URL)


def test_the_invitation_goes_out_with_a_link_and_without_names_in_the_subject(invited, mailoutbox):
    tasks.deliver_due()
    (mail,) = mailoutbox
    assert mail.to == ["new@example.org"] and "Nadia" not in mail.subject
    assert reverse("accounts:invitation", args=["x"])[:-1] in mail.body
    assert "116 123" not in mail.body


def test_opening_the_link_changes_nothing_and_the_button_sets_the_password_once(client, invited, address):
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200 and "Nadia New" in page.content.decode()
    assert client.post(address, GOOD).url == reverse("account_login")
    invited.refresh_from_db()
    assert invited.check_password(GOOD["password"])
    assert EmailAddress.objects.get(user=invited).verified
    assert AuditEntry.objects.filter(verb="invitation_accept", actor_label="Nadia New").exists()
    assert client.get(address).status_code == 410
    assert client.post(address, {"password": "another tractor umbrella"}).status_code == 410
    invited.refresh_from_db()
    assert invited.check_password(GOOD["password"])


@pytest.mark.parametrize("password", ["", "short", "password12345", "new@example.org", "Nadia New Nadia"])
def test_a_weak_password_is_explained_and_not_taken(client, invited, address, password):
    page = client.post(address, {"password": password})
    assert page.status_code == 200 and "error-summary" in page.content.decode()
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_link_ends_after_a_week_and_a_wrong_one_shows_nothing(client, address, now):
    assert client.get(address[:-1] + "!").status_code == 410
    now.move(datetime.timedelta(days=7, seconds=1))
    page = client.get(address)
    assert page.status_code == 410 and "Nadia" not in page.content.decode()


def test_an_invitation_can_be_sent_again_until_it_is_used(client, invited, address, now, mailoutbox):
    invitation_send(user=invited, actor=system("test"))
    assert Message.objects.count() == 1
    now.move(datetime.timedelta(minutes=1))
    invitation_send(user=invited, actor=system("test"))
    tasks.deliver_due()
    assert len(mailoutbox) == 2
    client.post(address, GOOD)
    invited.refresh_from_db()
    with pytest.raises(InvitationOver):
        invitation_send(user=invited, actor=system("test"))


def test_nothing_is_sent_to_whoever_has_used_it_meanwhile(client, address, mailoutbox):
    client.post(address, GOOD)
    (message,) = Message.objects.all()
    assert not handler_of(message.topic).still_wanted(message)
    delivery.message_deliver(message_id=message.pk)
    assert not mailoutbox


def test_somebody_who_is_here_already_is_not_invited_twice(invited):
    with pytest.raises(EmailTaken):
        user_invite(
            email="NEW@example.org",
            name="N",
            organisation=Organisation.objects.get(),
            role=Role.THERAPIST,
            actor=system("test"),
        )
