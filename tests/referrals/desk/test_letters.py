"""Letters for people who are offline: printed on sheets of their own, recorded as posted, one or all."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.actors import for_user
from clients.models import Client
from core import clock
from core.models import AccessEntry
from core.worklist import tasks_for
from notifications import delivery, letters, tasks
from notifications.models import Message
from notifications.selectors import letters_to_print
from notifications.services import letter_posted
from referrals.messages import topics
from referrals.models import Referral
from tests.factories import make_place
from tests.referrals.given import sent
from tests.support.browser import DESKTOP, PHONE, follow
from tests.support.look import look
from tests.support.sign_in import sign_in_page, signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "Ewa Example\n1 High Street\nLeeds\nLS1 1AA"
LETTERS = reverse("referrals:desk_letters")
RETURNED = reverse("referrals:desk_letter_returned")
MESSAGES = reverse("referrals:desk_messages")


def by_post(referral: Referral, **changes: object) -> Message:
    """The client gets letters, and the one that says "we have your request" waits for a printer."""
    client = referral.client
    values = {"contact_channel": "letter", "address": ADDRESS, "channel_proved_at": clock.now(), **changes}
    for name, value in values.items():
        setattr(client, name, value)
    client.save()
    message = Message.objects.get(topic=topics.SENT, subject_id=referral.pk)
    Message.objects.filter(pk=message.pk).update(not_before=clock.now(), quiet=False)
    delivery.message_deliver(message_id=message.pk)
    message.refresh_from_db()
    assert message.state == "to_print"
    return message


@pytest.fixture
def desk(dev):
    return signed_in(dev)


@pytest.fixture
def several(ben, cara):
    for _ in range(3):
        make_place(ben)
    return [by_post(sent(ben)) for _ in range(3)]


def page(desk):
    return desk.get(LETTERS).content.decode()


def states():
    return [row.state for row in Message.objects.filter(topic=topics.SENT).order_by("pk")]


class TestPrinting:
    def test_all_of_them_with_the_words_of_now(self, desk, several):
        Client.objects.filter(pk=several[0].recipient_id).update(language="cy")
        text = page(desk)
        assert text.count('class="app-letter"') == 3 == text.count("1 High Street")
        for message in several:
            assert Referral.objects.get(pk=message.subject_id).reference in text
            assert f"I have posted letter {message.pk}" in text
        assert AccessEntry.objects.filter(purpose="print_letter").count() == 3
        assert 'lang="cy"' in text

    def test_a_changed_address_is_obeyed(self, desk, several):
        client = Client.objects.get(pk=several[0].recipient_id)
        client.address = "2 Safe Street\nYork"
        client.save()
        assert "2 Safe Street" in page(desk)

    def test_a_discreet_letter_says_nothing_about_what_this_is(self, desk, ben, settings):
        settings.LETTER_RETURN_ADDRESS = ["PO Box 1", "Leeds"]
        make_place(ben)
        by_post(sent(ben), discreet=True)
        (letter,) = re.findall('<article class="app-letter".*?</article>', page(desk), re.DOTALL)
        assert "PO Box 1" in letter
        for word in ("rapport", "counsel", "ther", "999", "samaritans"):
            assert word not in letter.lower().replace("there", ""), word

    def test_one_that_is_not_needed_any_more_is_not_printed_and_leaves_the_list(self, desk, several, dev):
        Referral.objects.filter(pk=several[0].subject_id).update(state="closed", action_owner="", due_at=None)
        assert page(desk).count('class="app-letter"') == 2
        text = desk.get(reverse("referrals:desk_message", args=[several[0].pk])).content.decode()
        assert "Please do not post it" in text and "I have posted it" not in text
        tasks.recheck_letters()
        assert states() == ["cancelled", "to_print", "to_print"]
        assert several[0].pk not in {task.subject_id for task in tasks_for(for_user(dev))}

    def test_one_that_goes_another_way_now_is_sent_that_way(self, several):
        Client.objects.filter(pk=several[0].recipient_id).update(contact_channel="email", email="ewa@example.org")
        tasks.recheck_letters()
        assert states() == ["queued", "to_print", "to_print"]

    def test_one_that_cannot_be_made_keeps_nobody_elses_back(self, desk, several, monkeypatch, caplog):
        handler = letters.topics.handler_of(topics.SENT)
        real = handler.render

        def faulty(message):
            if message.pk == several[1].pk:
                raise RuntimeError("a fault in one topic")
            return real(message)

        monkeypatch.setattr(handler, "render", faulty)
        text = page(desk)
        assert text.count('class="app-letter"') == 2
        assert f"Letter {several[1].pk} cannot be printed just now" in text
        desk.post(LETTERS, {"all": re.search('name="all"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="all"', text)[1]})
        assert states() == ["sent", "to_print", "sent"]
        tasks.recheck_letters()
        assert states() == ["sent", "to_print", "sent"]


class TestPosting:
    def test_those_that_are_ticked(self, desk, several):
        answer = desk.post(LETTERS, {"letters": [several[0].pk, several[2].pk]}, follow=True)
        assert "2 letters are recorded as posted." in answer.content.decode()
        assert states() == ["sent", "to_print", "sent"]

    def test_all_that_were_shown_and_no_later_one(self, desk, several, ben):
        shown = ",".join(str(row.pk) for row in several)
        make_place(ben)
        later = by_post(sent(ben))
        desk.post(LETTERS, {"all": shown})
        assert list(letters_to_print()) == [later]

    def test_nothing_ticked_is_said(self, desk, several):
        answer = desk.post(LETTERS, {})
        assert answer.status_code == 200
        assert "Tick the letters that you have posted." in answer.content.decode()
        assert states() == ["to_print"] * 3

    @pytest.mark.parametrize("value", ["x", "-1", "1" * 30, "1,2", "\x00"])
    def test_what_no_letter_has_for_a_number(self, desk, several, value):
        assert desk.post(LETTERS, {"letters": [value]}).status_code == 200
        assert desk.post(LETTERS, {"all": value}).status_code in (200, 302)
        assert states() == ["to_print"] * 3

    def test_somebody_was_quicker(self, desk, several):
        for _ in range(2):
            answer = desk.post(LETTERS, {"letters": [several[0].pk]}, follow=True)
        assert "Somebody else has dealt with these letters" in answer.content.decode()

    def test_a_wrong_mark_is_taken_back_for_an_hour(self, desk, several):
        desk.post(LETTERS, {"letters": [several[0].pk]})
        undo = reverse("referrals:desk_letter_not_posted", args=[several[0].pk])
        assert undo in desk.get(MESSAGES).content.decode()
        assert desk.get(undo).status_code == 405
        for said in ("back on the list", "too long ago"):
            assert said in desk.post(undo, follow=True).content.decode()
        assert states() == ["to_print"] * 3

    def test_after_that_it_stays(self, desk, several):
        desk.post(LETTERS, {"letters": [several[0].pk]})
        Message.objects.filter(pk=several[0].pk).update(sent_at=clock.now() - datetime.timedelta(hours=1))
        assert "It was not posted after all" not in desk.get(MESSAGES).content.decode()

    def test_one_the_post_brings_back_has_not_arrived(self, desk, several):
        desk.post(LETTERS, {"letters": [several[0].pk]})
        answer = desk.post(RETURNED, {"number": f" {several[0].pk} "}, follow=True).content.decode()
        assert "its clock has stopped" in answer and "returned-by-post" in answer
        assert states() == ["bounced", "to_print", "to_print"]
        desk.post(reverse("referrals:desk_message", args=[several[0].pk]))
        delivery.message_deliver(message_id=several[0].pk)
        assert states() == ["to_print"] * 3

    @pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 30, "\x00", "²", "٣"])
    def test_a_number_no_posted_letter_has(self, desk, several, number):
        answer = desk.post(RETURNED, {"number": number})
        assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
        assert "Check the number" in desk.post(RETURNED, {"number": several[0].pk}).content.decode()

    def test_a_message_that_came_back_is_shown_as_such(self, desk, ben):
        referral = sent(ben)
        message = Message.objects.get(topic=topics.SENT, subject_id=referral.pk)
        Message.objects.filter(pk=message.pk).update(state="bounced", sent_at=clock.now(), last_error="dsn-5.1.1")
        assert "dsn-5.1.1" in desk.get(MESSAGES).content.decode()
        one = reverse("referrals:desk_message", args=[message.pk])
        assert "it came back" in desk.get(one).content.decode()
        desk.post(one)
        message.refresh_from_db()
        assert message.state == "queued"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages(live_server, open_page, axe, several, dev, width, settings):
    settings.LETTER_RETURN_ADDRESS = ["PO Box 1", "Leeds LS1 1AA"]
    letter_posted(message=several[2], actor=for_user(dev))
    page = open_page(width, java_script=False)
    sign_in_page(page, live_server.url, dev)
    look(page, live_server.url + MESSAGES, axe, "desk_messages_letters")
    look(page, live_server.url + reverse("referrals:desk_message", args=[several[0].pk]), axe, "desk_letter")
    look(page, live_server.url + RETURNED, axe, "desk_letter_returned")
    look(page, live_server.url + LETTERS, axe, "desk_letters")
    follow(page.get_by_role("button", name="Record the ticked letters"))
    assert page.get_by_role("alert").inner_text().startswith("There is a problem")
    page.get_by_role("link", name="Tick the letters").click()
    page.keyboard.press("Space")
    follow(page.get_by_role("button", name="Record the ticked letters"))
    assert "One letter is recorded" in page.get_by_role("status").inner_text()
    assert states() == ["sent", "to_print", "sent"]


@pytest.mark.django_db(transaction=True)
def test_on_paper_there_is_nothing_but_the_letters(live_server, open_page, several, dev):
    page = open_page()
    sign_in_page(page, live_server.url, dev)
    page.goto(live_server.url + LETTERS)
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert printed.count("1 High Street") == 3
    for word in ("Sign out", "Print this page", "I have posted", "Back to messages", "Letters to print"):
        assert word not in printed, word
    assert not page.locator(".app-header").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 3
