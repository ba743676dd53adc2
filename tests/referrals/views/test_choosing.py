"""Matches, a therapist's page, comparing and the list."""

import pytest
from django.urls import reverse

from core import clock
from referrals.answers import Answers
from referrals.presenters.relaxing import relaxed
from tests.factories import make_funder, make_location, make_therapist, session_format
from tests.referrals.views.walkers import answers_of, choose, with_answers
from therapists.models import Registration
from therapists.services.search import search_reindex

pytestmark = pytest.mark.django_db

MATCHES = "/people/"


@pytest.fixture
def three(db):
    return [
        make_therapist(display_name="Ben Okafor", gender="man", fee_pence=4500),
        make_therapist(display_name="Cara Hughes", gender="woman", fee_pence=6000, concession_pence=3000),
        make_therapist(display_name="Dr Priya Shah", gender="woman", fee_pence=5000),
    ]


def page_of(client, url=MATCHES):
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def test_cards_say_who_where_how_long_and_how_much_and_no_number_for_fit(client, three):
    with_answers(client, genders=["woman"], genders_strength=2)
    page = page_of(client)
    assert "3 people fit" in page
    for words in ("Ben Okafor", "NCPS", "Person centred", "Place free now.", "£45 a session", "£30 if you have little"):
        assert words in page
    assert page.index("Cara Hughes") < page.index("Ben Okafor") or page.index("Priya Shah") < page.index("Ben Okafor")
    assert "%" not in page.split("<main")[1].split("</main")[0]


def test_reasons_are_words_with_marks(client, three):
    with_answers(client, genders=["woman"], genders_strength=2)
    page = page_of(client)
    assert "Yes:</strong>" in page and "No:</strong>" in page


def test_funded_people_see_that_it_is_free(client, three):
    funder = make_funder()
    three[0].contracts.create(funder=funder, starts_on=clock.today())
    with_answers(client, paying="community-fund")
    page = page_of(client)
    assert "1 person fits" in page
    assert "Free to you, up to 8 sessions" in page


def test_a_must_says_what_it_costs_and_one_tap_eases_it(client, three):
    submission = with_answers(client, genders=["man"], genders_strength=3)
    page = page_of(client)
    assert "1 person fits" in page
    assert "This leaves out 2 people." in page and "Without it: 2 people more." in page
    rule = page.split('name="rule" value="')[1].split('"')[0]
    assert client.post(reverse("referrals:relax"), {"rule": rule}).url == MATCHES
    assert answers_of(submission).genders_strength == 2
    assert "3 people fit" in page_of(client)


def test_nobody_fits_says_it_is_not_about_her_and_offers_a_person(client, three):
    with_answers(client, genders=["non_binary"], genders_strength=3)
    page = page_of(client)
    assert "That is about how few there are, not about you." in page
    assert "Ask a person to help" in page
    assert "Without it: 3 people more." in page


@pytest.mark.parametrize(
    "rule", ["", "must::", "access", "client_group", "excluded", "must:gender", "x" * 500, "must:no:x"]
)
def test_easing_what_may_not_be_eased_changes_nothing(rule):
    answers = Answers(genders=("man",), genders_strength=3, access=("bsl-interpreter",))
    assert relaxed(answers, [rule]) == {}


def test_who_pays_is_never_eased_by_a_tap():
    assert relaxed(Answers(paying="community-fund"), ["funding"]) == {}
    assert relaxed(Answers(paying="self_pay", fee_ceiling_pence=4000), ["funding"]) == {"fee_ceiling_pence": None}


def test_sorting_by_fee_and_odd_addresses(client, three):
    with_answers(client)
    page = page_of(client, MATCHES + "?sort=fee")
    assert page.index("Ben Okafor") < page.index("Priya Shah") < page.index("Cara Hughes")
    for odd in ("?sort=x", "?page=0", "?page=-1", "?page=²", "?page=1e9", "?page=" + "9" * 400, "?sort=%00&page=%00"):
        assert client.get(MATCHES + odd).status_code in (200, 302), odd


def test_pages_of_twenty(client, db):
    for _ in range(21):
        make_therapist()
    with_answers(client)
    first = page_of(client)
    assert first.count('<li class="app-match"') == 20
    assert "?page=2" in first
    assert page_of(client, MATCHES + "?page=2").count('<li class="app-match"') == 1
    assert client.get(MATCHES + "?page=9").url == MATCHES + "?page=2"


def test_queries_of_the_matches_page_do_not_grow_with_the_cards(client, django_assert_max_num_queries):
    for _ in range(3):
        make_therapist()
    with_answers(client)
    page_of(client)
    with django_assert_max_num_queries(20) as few:
        page_of(client)
    asked = len(few.captured_queries)
    for _ in range(15):
        make_therapist()
    page_of(client)
    with django_assert_max_num_queries(asked):
        page_of(client)


def test_choosing_is_a_post_and_pressing_twice_changes_nothing(client, three):
    submission = with_answers(client)
    url = reverse("referrals:choose", args=[three[0].pk])
    assert client.get(url).status_code == 405
    for _ in range(2):
        assert client.post(url, {"back": "fee-1"}).url == f"{MATCHES}?sort=fee#t{three[0].pk}"
    assert [c.therapist for c in answers_of(submission).choices] == [three[0].pk]
    assert "On your list" in page_of(client)


def test_only_five_can_be_chosen(client, db):
    people = [make_therapist() for _ in range(6)]
    submission = with_answers(client)
    for person in people:
        client.post(reverse("referrals:choose", args=[person.pk]))
    assert len(answers_of(submission).choices) == 5
    assert "You have chosen five" in page_of(client)


@pytest.mark.parametrize("pk", [999_999_999, 2**63 - 1, 2**63 + 5])
def test_a_made_up_id_cannot_be_chosen(client, three, pk):
    submission = with_answers(client)
    assert client.post(f"/people/{pk}/choose/").status_code == 302
    assert answers_of(submission).choices == ()
    assert client.get(f"/people/{pk}/").status_code == 200


def test_whoever_is_not_listed_cannot_be_chosen_and_her_page_says_nothing(client, three):
    submission = with_answers(client)
    Registration.objects.filter(therapist=three[0]).update(status="suspended")
    client.post(reverse("referrals:choose", args=[three[0].pk]))
    assert answers_of(submission).choices == ()
    page = page_of(client, reverse("referrals:therapist", args=[three[0].pk]))
    assert "not taking new requests just now" in page
    assert "Ben Okafor" not in page and "uspended" not in page


def test_a_full_therapist_cannot_be_chosen(client, db):
    """And her list takes nobody: there is nothing to wait for."""
    full = make_therapist(places=0)
    submission = with_answers(client)
    client.post(reverse("referrals:choose", args=[full.pk]))
    assert answers_of(submission).choices == ()
    assert "Not taking new requests just now." in page_of(client, reverse("referrals:therapist", args=[full.pk]))


def test_a_funded_person_cannot_ask_somebody_whom_the_fund_does_not_pay(client, three):
    funder = make_funder()
    three[0].contracts.create(funder=funder, starts_on=clock.today())
    submission = with_answers(client, paying="community-fund")
    for person in three[:2]:
        client.post(reverse("referrals:choose", args=[person.pk]))
    assert [c.therapist for c in answers_of(submission).choices] == [three[0].pk]
    page = page_of(client, reverse("referrals:therapist", args=[three[1].pk]))
    assert "Choose Cara Hughes" not in page and "You cannot choose this person at the moment." in page


def test_a_changed_payer_takes_off_whom_it_does_not_pay_and_says_so(client, three):
    make_funder()
    submission = with_answers(client, choices=[{"therapist": three[0].pk}])
    client.post("/q/paying/", {"paying": "community-fund"})
    assert "We took them off" in page_of(client, reverse("referrals:choices"))
    assert answers_of(submission).choices == ()


def test_whoever_vanishes_from_the_list_is_taken_off_and_that_is_said(client, three):
    submission = with_answers(client)
    choose(submission, *three)
    Registration.objects.filter(therapist=three[1]).update(status="removed")
    page = page_of(client, reverse("referrals:choices"))
    assert "We took them off" in page
    assert [c.therapist for c in answers_of(submission).choices] == [three[0].pk, three[2].pk]


def test_up_down_take_off_and_undo(client, three):
    submission = with_answers(client)
    choose(submission, *three)
    ben, cara, priya = (person.pk for person in three)

    def order():
        return [c.therapist for c in answers_of(submission).choices]

    client.post(reverse("referrals:move", args=[priya]), {"way": "up"})
    assert order() == [ben, priya, cara]
    client.post(reverse("referrals:move", args=[ben]), {"way": "down"})
    assert order() == [priya, ben, cara]
    client.post(reverse("referrals:move", args=[priya]), {"way": "up"})
    assert order() == [priya, ben, cara]
    client.post(reverse("referrals:unchoose", args=[ben]), {"back": "choices"})
    assert order() == [priya, cara]
    assert "Undo" in page_of(client, reverse("referrals:choices"))
    client.post(reverse("referrals:undo"))
    assert order() == [priya, ben, cara]


def test_help_choosing_is_a_choice(client, three):
    submission = with_answers(client)
    assert client.post(reverse("referrals:help_choosing")).url == reverse("referrals:choices")
    assert answers_of(submission).help_choosing is True
    assert "You asked us to help you choose" in page_of(client, reverse("referrals:choices"))
    client.post(reverse("referrals:choose", args=[three[0].pk]))
    assert answers_of(submission).help_choosing is False


def test_therapist_page_shows_terms_before_the_choice(client, three):
    with_answers(client)
    page = page_of(client, reverse("referrals:therapist", args=[three[1].pk]))
    for words in (
        "Their terms",
        "£60 a session",
        "£30 if you have little money",
        "50 minutes",
        "If you cancel",
        "What stays private",
        "accredited by the Professional Standards Authority",
        "answers by",
        "Choose Cara Hughes",
        "criminal record check",
    ):
        assert words in page, words


def test_compare_puts_two_or_three_side_by_side(client, three):
    submission = with_answers(client, genders=["woman"], genders_strength=1)
    choose(submission, *three)
    page = page_of(client, reverse("referrals:compare"))
    assert all(name in page for name in ("Ben Okafor", "Cara Hughes", "Priya Shah"))
    two = page_of(client, reverse("referrals:compare") + f"?with={three[0].pk}&with={three[1].pk}&with=x")
    assert two.count('scope="col"') == 2


def test_compare_with_one_says_what_to_do(client, three):
    submission = with_answers(client)
    choose(submission, three[0])
    assert "Choose two or three people first" in page_of(client, reverse("referrals:compare"))


def test_not_them_is_found_by_name_left_out_and_taken_back(client, three):
    search_reindex()
    submission = with_answers(client)
    choose(submission, three[0])
    url = reverse("referrals:not_them")
    page = client.post(url, {"name": "okafor", "find": "1"}).content.decode()
    assert "Leave out Ben Okafor" in page
    client.post(url, {"add": str(three[0].pk)})
    said = answers_of(submission)
    assert said.not_these == (three[0].pk,) and said.choices == ()
    assert "Ben Okafor" not in page_of(client)
    client.post(url, {"remove": str(three[0].pk)})
    assert answers_of(submission).not_these == ()


@pytest.mark.parametrize("text", ["", "zz", "nobody at all", "%%%", "nul\x00", "x" * 500, "’; drop table"])
def test_not_them_with_odd_names(client, three, text):
    with_answers(client)
    response = client.post(reverse("referrals:not_them"), {"name": text, "find": "1"})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("act", ["add", "remove"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "0", "²"])
def test_not_them_with_tampered_ids(client, three, act, value):
    submission = with_answers(client)
    assert client.post(reverse("referrals:not_them"), {act: value}).status_code == 302
    assert answers_of(submission).not_these == ()


def test_distance_says_about_where_it_is_not_exact(client, db):
    person = make_therapist()
    person.formats.add(session_format("in-person"))
    make_location(person, precision_m=12000)
    with_answers(client, postcode="LS1 4AP", miles=20, formats=["in-person"], formats_strength=1)
    from core.models import PlacePoint

    PlacePoint.objects.create(
        code="LS", kind="area", easting=430000, northing=433000, precision_m=18000, source="t", loaded_on=clock.today()
    )
    assert "Leeds, about 5 miles or less away" in page_of(client)


def test_the_list_is_the_same_when_opened_again(client, db):
    for _ in range(8):
        make_therapist()
    with_answers(client)

    def order():
        return [part.split('"')[0] for part in page_of(client).split('<li class="app-match" id="')[1:]]

    assert order() == order()
