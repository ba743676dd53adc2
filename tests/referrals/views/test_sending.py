"""Check, send once, the reference; coming back; and the client's own page."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from core.models import OneTimeCode, Task
from core.one_time_codes import code_digits
from core.policy import CLIENT_SESSION_KEY
from core.references import new_reference
from notifications.models import Message
from referrals.models import Offer, Referral
from referrals.selectors.own import choices_of
from tests.factories import make_therapist
from tests.referrals.given import accepted
from tests.referrals.views.walkers import answers_of, question, ready_to_send, with_answers
from therapists.models import Registration

pytestmark = pytest.mark.django_db

CHECK, SEND, SENT, MINE = "/check/", "/check/send/", "/sent/", "/mine/"


@pytest.fixture
def bank_holidays(db):
    call_command("load_reference", only=["bank holidays"], verbosity=0)


@pytest.fixture
def two(bank_holidays):
    return [make_therapist(display_name="Ben Okafor"), make_therapist(display_name="Cara Hughes")]


def send(client, *therapists, **answers) -> Referral:
    submission = ready_to_send(client, *therapists, **answers)
    assert client.post(SEND).url == SENT
    return Referral.objects.get(submission=submission)


def test_check_shows_every_answer_with_a_way_to_change_it(client, two):
    ready_to_send(client, *two, own_words="I cannot sleep", practice_name="Park Surgery")
    page = client.get(CHECK).content.decode()
    for words in ("ewa@example.org", "Ewa Nowak", "27 March 1990", "I cannot sleep", "Park Surgery", "1. Ben Okafor"):
        assert words in page, words
    assert "When you send, we ask Ben Okafor." in page
    for slug in ("where", "paying", "name", "born", "words"):
        assert f"{question(slug)}?change=1" in page
    changed = client.post(question("name") + "?change=1", {"given_name": "Eva", "family_name": "Nowak"})
    assert changed.url == CHECK


def test_sending_gives_a_reference_that_can_be_spoken(client, two):
    referral = send(client, *two)
    page = client.get(SENT).content.decode()
    assert referral.reference in page
    assert "R P, " + " ".join(referral.reference[3:7]) in page
    assert "We have asked Ben." in page and "do not wait for us" in page
    assert Offer.objects.get().therapist == two[0]


def test_two_presses_two_tabs_and_the_back_button_give_one_referral(client, two):
    ready_to_send(client, *two)
    token = client.session["submission"]
    client.post(SEND)
    assert client.post(SEND).url == SENT
    session = client.session
    session["submission"] = token
    session.save()
    assert client.post(SEND).url == SENT
    assert client.get(CHECK).url == reverse("referrals:start")
    assert Referral.objects.count() == 1


def test_a_second_press_that_read_the_session_before_the_first_ended_still_gets_the_reference(client, two, now):
    ready_to_send(client, *two)
    stale = {"submission": client.session["submission"]}
    client.post(SEND)
    assert "submission" not in client.session

    def stands_as_before(browser):
        session = browser.session
        session.clear()
        session.update(stale)
        session.save()

    stands_as_before(client)
    assert client.post(SEND).url == SENT
    assert Referral.objects.get().reference in client.get(SENT).content.decode()
    stands_as_before(client)
    now.move(datetime.timedelta(minutes=16))
    assert client.post(SEND).url == reverse("referrals:start")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paying": "not_sure"}, "Please say who will pay"),
        ({"choices": []}, "You have not chosen anybody yet."),
        ({"given_name": "", "family_name": ""}, "One question is not answered yet."),
        ({"shares": {}}, "One question is not answered yet."),
    ],
)
def test_what_is_missing_is_said_and_linked(client, two, change, words):
    ready_to_send(client, *two, **change)
    assert client.post(SEND).url == CHECK
    assert words in client.get(CHECK).content.decode()
    assert not Referral.objects.exists()


def test_nothing_is_sent_without_a_proved_channel(client, two):
    submission = ready_to_send(client, *two)
    submission.channel_proved_at = None
    submission.save()
    assert client.post(SEND).url == CHECK
    assert not Referral.objects.exists()


def test_help_choosing_is_sent_to_a_person(client, bank_holidays):
    referral = send(client, help_choosing=True)
    assert referral.action_owner == "coordinator"
    assert Task.objects.filter(kind="help_choose").exists()
    assert "Someone will write to you by" in client.get(SENT).content.decode()


def test_a_second_referral_of_the_same_person_is_met_kindly_and_reveals_nothing(client, two):
    first = send(client, *two)
    other = Browser()
    ready_to_send(other, *two)
    page = other.post(SEND)
    text = page.content.decode()
    assert page.status_code == 200
    assert "You have done nothing wrong" in text and reverse("referrals:client_sign_in") in text
    assert first.reference not in text and "Ben" not in text
    assert CLIENT_SESSION_KEY not in other.session


def test_whoever_is_unlisted_between_choosing_and_checking_vanishes_with_an_explanation(client, two):
    submission = ready_to_send(client, *two)
    Registration.objects.filter(therapist=two[0]).update(status="suspended")
    page = client.get(CHECK).content.decode()
    assert "We took them off" in page and "Ben Okafor" not in page
    assert [c.therapist for c in answers_of(submission).choices] == [two[1].pk]


def sign_in(browser, reference, born=datetime.date(1990, 3, 27)):
    typed = {"reference": reference, "born_day": born.day, "born_month": born.month, "born_year": born.year}
    return browser.post(reverse("referrals:client_sign_in"), typed)


def newest_digits() -> str:
    return code_digits(OneTimeCode.objects.filter(purpose="client_sign_in").latest("pk"))


def test_she_comes_back_with_reference_birth_date_and_code(client, two):
    referral = send(client, *two)
    browser = Browser()
    assert browser.get(MINE).url == reverse("referrals:client_sign_in")
    assert sign_in(browser, referral.reference.lower().replace("-", " ")).url == reverse("referrals:client_code")
    assert browser.post(reverse("referrals:client_code"), {"code": newest_digits()}).url == MINE
    assert "We have asked Ben." in browser.get(MINE).content.decode()


def test_wrong_data_gets_the_same_pages_and_words(client, two):
    referral = send(client, *two)
    right, wrong_date, wrong_reference = Browser(), Browser(), Browser()
    pages = []
    for browser, reference, born in (
        (right, referral.reference, datetime.date(1990, 3, 27)),
        (wrong_date, referral.reference, datetime.date(1990, 3, 28)),
        (wrong_reference, new_reference(), datetime.date(1990, 3, 27)),
    ):
        assert sign_in(browser, reference, born).url == reverse("referrals:client_code")
        page = browser.post(reverse("referrals:client_code"), {"code": "000000"}).content.decode()
        pages.append(page.split("<main")[1].split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1] == pages[2]
    assert "This does not fit together" in pages[0]
    assert Message.objects.filter(topic="client_sign_in_code").count() == 1


def test_what_she_typed_lies_sealed_in_the_session(client, two):
    referral = send(client, *two)
    browser = Browser()
    sign_in(browser, referral.reference)
    assert referral.reference not in str(dict(browser.session)) and "1990" not in str(dict(browser.session))


def test_sign_in_attempts_are_limited_per_source_and_lock_nobody_else_out(client, two):
    referral = send(client, *two)
    stranger = Browser(REMOTE_ADDR="10.0.0.9")
    for _ in range(12):
        sign_in(stranger, referral.reference)
    sent = Message.objects.filter(topic="client_sign_in_code").count()
    sign_in(stranger, referral.reference)
    assert Message.objects.filter(topic="client_sign_in_code").count() == sent <= 10


@pytest.mark.parametrize("reference", ["", "x", "RP-0000-0000", "nul\x00", "9" * 400, "RP-😀"])
def test_odd_references_get_an_error(client, db, reference):
    page = sign_in(client, reference)
    assert page.status_code == 200 and "There is a problem" in page.content.decode()


def test_lock_forgets_everything_in_this_browser(client, two):
    send(client, *two)
    assert client.post(reverse("referrals:lock")).url == reverse("referrals:start")
    assert client.get(MINE).url == reverse("referrals:client_sign_in")


def test_leaving_the_page_signs_her_out_and_back_shows_the_start(client, two):
    send(client, *two)
    client.get(reverse("core:leave"))
    assert client.get(SENT).url == reverse("referrals:start")
    assert CLIENT_SESSION_KEY not in client.session


def test_leaving_the_page_forgets_the_draft_and_everything_about_it(client, two):
    ready_to_send(client, *two)
    client.post(reverse("referrals:unchoose", args=[two[0].pk]))
    client.get(reverse("core:leave"))
    assert {key for key, _value in client.session.items()} <= {"left", "nation"}
    page = client.get(reverse("referrals:start")).content.decode()
    assert "Go on with what you started" not in page and "Ben" not in page


def test_changing_the_list_changes_nothing_until_it_is_saved(client, two):
    referral = send(client, *two)
    client.post(reverse("referrals:change_choices"))
    client.post(reverse("referrals:unchoose", args=[two[0].pk]), {"back": "choices"})
    assert "Save my choices" in client.get(reverse("referrals:choices")).content.decode()
    assert Offer.objects.get(state="open").therapist == two[0]
    assert client.post(reverse("referrals:save_choices")).url == MINE
    assert Offer.objects.get(state="open").therapist == two[1]
    assert "We have asked Cara." in client.get(MINE).content.decode()
    assert referral.choices.count() >= 1


def test_the_list_can_be_added_to_from_the_matches(client, two):
    third = make_therapist(display_name="Priya Shah")
    send(client, *two)
    client.post(reverse("referrals:change_choices"))
    page = client.get("/people/").content.decode()
    assert "Choose Priya Shah" in page and "What you asked for" not in page
    client.post(reverse("referrals:choose", args=[third.pk]))
    client.post(reverse("referrals:save_choices"))
    assert Referral.objects.get().choices.filter(therapist=third).exists()


def test_opening_the_list_never_drops_whoever_was_asked(client, two):
    """Ben's only place is held for her: he has no place for anybody else, and is still hers."""
    send(client, *two)
    client.post(reverse("referrals:change_choices"))
    page = client.get(reverse("referrals:choices")).content.decode()
    assert "Ben Okafor" in page and "We took them off" not in page
    client.post(reverse("referrals:move", args=[two[1].pk]), {"way": "up"})
    client.post(reverse("referrals:save_choices"))
    assert Offer.objects.get(state="open").therapist == two[0]
    assert [choice.therapist for choice in choices_of(Referral.objects.get())] == [two[1], two[0]]


def signs_in(browser, referral):
    sign_in(browser, referral.reference)
    assert browser.post(reverse("referrals:client_code"), {"code": newest_digits()}).url == MINE


def test_signing_in_begins_with_nothing_of_what_was_in_the_browser(client, two):
    referral = send(client, *two)
    browser = Browser()
    ready_to_send(browser, *two)
    browser.post(reverse("referrals:unchoose", args=[two[0].pk]))
    signs_in(browser, referral)
    assert not {"submission", "safety_done", "choices_before"} & set(browser.session.keys())
    assert "Save my choices" in browser.get(reverse("referrals:choices")).content.decode()


def test_the_list_being_changed_is_the_one_that_is_saved_whatever_draft_there_is(client, two):
    third = make_therapist(display_name="Priya Shah")
    send(client, *two)
    draft = ready_to_send(client, third)
    client.post(reverse("referrals:change_choices"))
    page = client.get(reverse("referrals:choices")).content.decode()
    assert "Ben Okafor" in page and "Priya Shah" not in page and "Save my choices" in page
    client.post(reverse("referrals:unchoose", args=[two[0].pk]))
    assert [choice.therapist for choice in answers_of(draft).choices] == [third.pk]
    client.post(reverse("referrals:save_choices"))
    assert Offer.objects.get(state="open").therapist == two[1]
    assert "Priya Shah" in client.get(reverse("referrals:choices")).content.decode(), "then the draft is hers again"


@pytest.mark.parametrize("elsewhere", ["my_referral", "go_on", "return", "check"])
def test_leaving_the_change_ends_it_and_nothing_is_called_saved(client, two, elsewhere):
    third = make_therapist(display_name="Priya Shah")
    send(client, *two)
    ready_to_send(client, third)
    client.post(reverse("referrals:change_choices"))
    client.post(reverse("referrals:unchoose", args=[two[0].pk]))
    client.get(reverse(f"referrals:{elsewhere}"))
    assert "Priya Shah" in client.get(reverse("referrals:choices")).content.decode()
    client.post(reverse("referrals:undo"))
    client.post(reverse("referrals:save_choices"))
    page = client.get(MINE).content.decode()
    assert "Your choices are saved" not in page and "Things have changed" in page
    assert Offer.objects.get(state="open").therapist == two[0]


def test_a_finished_referral_has_no_list_to_change(client, two):
    send(client, *two)
    client.post(reverse("referrals:stop"))
    assert client.post(reverse("referrals:change_choices")).url == MINE


def test_an_empty_list_is_not_saved(client, two):
    send(client, two[0])
    client.post(reverse("referrals:change_choices"))
    client.post(reverse("referrals:unchoose", args=[two[0].pk]))
    assert client.post(reverse("referrals:save_choices")).url == reverse("referrals:choices")
    assert Offer.objects.filter(state="open").exists()


def test_stop_is_asked_once_and_can_be_undone_for_seven_days(client, two):
    referral = send(client, *two)
    assert "undo this for 7 days" in client.get(reverse("referrals:stop")).content.decode()
    client.post(reverse("referrals:stop"))
    page = client.get(MINE).content.decode()
    assert "This request is finished." in page and "Undo: open my referral again" in page
    client.post(reverse("referrals:undo_stop"))
    referral.refresh_from_db()
    assert referral.state != "closed"


def test_stop_cannot_be_undone_after_seven_days(client, two, now):
    send(client, *two)
    client.post(reverse("referrals:stop"))
    now.move(datetime.timedelta(days=8))
    assert "Undo: open my referral again" not in client.get(MINE).content.decode()
    client.post(reverse("referrals:undo_stop"))
    assert "The time to undo this is over." in client.get(MINE).content.decode()


def test_first_meeting_go_ahead_and_not_this_time(client, two):
    accepted(send(client, *two))
    page = client.get(MINE).content.decode()
    assert "Ben has said yes to a first meeting and will contact you by" in page
    client.post(reverse("referrals:decide"), {"decision": "go_ahead"})
    assert "Now Ben decides too." in client.get(MINE).content.decode()
    assert "You do not have to say why" in client.get(reverse("referrals:not_this_time")).content.decode()
    client.post(reverse("referrals:decide"), {"decision": "not_this_time"})
    assert "We have asked Cara." in client.get(MINE).content.decode()


def test_deciding_when_there_is_nothing_to_decide_shows_how_things_stand(client, two):
    send(client, *two)
    assert client.post(reverse("referrals:decide"), {"decision": "go_ahead"}).url == MINE
    assert "Things have changed in the meantime" in client.get(MINE).content.decode()
    assert client.get(reverse("referrals:not_this_time")).url == MINE


ACTS = ["change_choices", "save_choices", "decide", "ask_call", "undo_stop", "lock"]


@pytest.mark.parametrize("name", ACTS)
def test_no_act_happens_by_opening_a_link(client, two, name):
    send(client, *two)
    assert client.get(reverse(f"referrals:{name}")).status_code == 405


@pytest.mark.parametrize("name", [*ACTS, "my_referral", "stop", "not_this_time", "sent"])
def test_a_stranger_is_led_to_the_sign_in(client, db, name):
    for response in (client.get(reverse(f"referrals:{name}")), client.post(reverse(f"referrals:{name}"))):
        assert response.url == reverse("referrals:client_sign_in")


def test_a_draft_is_found_again_by_its_return_code_on_another_phone(client, two):
    ready_to_send(client, *two)
    page = client.post(reverse("referrals:save_code")).content.decode()
    code = page.split('app-reference">')[1].split("<")[0]
    other = Browser()
    assert other.post(reverse("referrals:return"), {"code": code.lower()}).status_code == 302
    assert "submission" in other.session
    assert client.get(CHECK).url == reverse("referrals:start"), "the first phone's key must not go on working"


@pytest.mark.parametrize("code", ["", "x", "YYYY-YYYY-YYYY", "nul\x00", "9" * 400])
def test_wrong_return_codes_get_the_same_words(client, db, code):
    page = client.post(reverse("referrals:return"), {"code": code})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()


def test_return_codes_cannot_be_guessed_without_end(client, two):
    ready_to_send(client, *two)
    code = client.post(reverse("referrals:save_code")).content.decode().split('app-reference">')[1].split("<")[0]
    other = Browser()
    for _ in range(10):
        other.post(reverse("referrals:return"), {"code": "YYYY-YYYY-YYYY"})
    assert other.post(reverse("referrals:return"), {"code": code}).status_code == 200


def test_deleting_a_draft_forgets_it(client, two):
    submission = ready_to_send(client, *two)
    client.post(reverse("referrals:delete_draft"))
    submission.refresh_from_db()
    assert submission.answers == {} and client.get(CHECK).url == reverse("referrals:start")


def test_coming_back_goes_on_after_the_last_answer(client, two):
    with_answers(client, own_words="words")
    assert client.get(reverse("referrals:go_on")).url == question("kind")
    with_answers(client, choices=[{"therapist": two[0].pk}])
    assert client.get(reverse("referrals:go_on")).url == reverse("referrals:choices")
