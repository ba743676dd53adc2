"""What somebody may try who means no good: numbers of others, numbers too long, odd texts, lists of names."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from tests.factories import make_location, make_registration, make_therapist, modality, reference_row
from tests.referrals.views.walkers import answers_of, question, with_answers
from therapists.models import Issue, ModalityFact, ModalityIssue
from therapists.services.search import search_entries_refresh

pytestmark = pytest.mark.django_db

NOT_THEM = "/not-them/"
HUGE = 10**30


def named(name, **fields):
    therapist = make_therapist(display_name=name, **fields)
    search_entries_refresh(therapist_ids=[therapist.pk])
    return therapist


@pytest.mark.parametrize(
    "hidden", [{"paused": True}, {"profile_verified_at": None}, {"registered": False}, {"unanswered_in_a_row": 2}]
)
def test_names_of_people_nobody_can_find_are_not_told_by_number(client, hidden):
    """Numbers run from one up: whoever could add any of them would read every name there is."""
    unlisted = named("Hidden Harriet", **hidden)
    submission = with_answers(client)
    client.post(NOT_THEM, {"add": str(unlisted.pk)})
    assert "Harriet" not in client.get(NOT_THEM).content.decode()
    assert answers_of(submission).not_these == ()


def test_somebody_left_out_stays_left_out_and_named_when_she_is_not_listed_any_more(client):
    ben = named("Ben Okafor")
    submission = with_answers(client)
    client.post(NOT_THEM, {"add": str(ben.pk)})
    ben.paused = True
    ben.save()
    assert "Ben Okafor" in client.get(NOT_THEM).content.decode()
    assert answers_of(submission).not_these == (ben.pk,)


@pytest.mark.parametrize("pk", [HUGE, 2**63, 2**63 - 1, 0])
def test_numbers_beyond_all_bounds_mean_nobody(client, pk):
    with_answers(client)
    ordinary = client.get("/people/999999/")
    assert client.get(f"/people/{pk}/").status_code == ordinary.status_code == 200
    assert client.get(f"/kinds/{pk}/").status_code == 404
    assert client.get(f"/kinds/1/?from={pk}").status_code == 404
    for act in ("choose", "take-off", "move"):
        assert client.post(f"/people/{pk}/{act}/", {"back": "therapist"}).status_code == 302
    client.post(NOT_THEM, {"add": str(pk)})
    client.post(NOT_THEM, {"remove": str(pk)})
    assert client.get(f"/people/compare/?with={pk}").status_code == 200


def test_a_number_of_thousands_of_digits_is_no_number(client):
    with_answers(client)
    many = "9" * 5_000
    assert client.get("/people/compare/", {"with": many}).status_code == 200
    assert client.get("/people/", {"page": many}).status_code in {200, 302}
    assert client.get(f"/kinds/?from={many}").status_code == 200


def test_a_registration_that_is_over_is_not_shown_as_hers(client):
    """People go by "BACP 123": it must not stand there once it has lapsed."""
    therapist = named("Ben Okafor")
    past = clock.today() - datetime.timedelta(days=30)
    make_registration(therapist, register="BACP", number="B999", valid_until=past)
    make_registration(therapist, register="UKCP", number="U999", status="lapsed")
    search_entries_refresh(therapist_ids=[therapist.pk])
    with_answers(client)
    page = client.post("/people/find/", {"text": "okafor"}, follow=True).content.decode()
    assert "Ben Okafor" in page and "NCPS T" in page
    assert "B999" not in page and "U999" not in page


def test_however_many_are_left_out_those_behind_them_are_found():
    from therapists.selectors.search import find_people

    everybody = [named(f"Alex Archer{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(60)]
    ids = sorted(person.pk for person in everybody)
    left_out = find_people("alex", as_of=clock.now(), without=ids[:55])
    assert [hit.id for hit in left_out.hits] == ids[55:] and not left_out.more


ODD = [
    "%%%%", "____", "a%b%c", "\\\\\\", "';--", "{abc}", "%s%s%s", "$1", "\u202eabc", "ﷺ" * 26, "𝒜𝓃𝓃", "İIıi",
    "e\u0301" * 40, "\u0301" * 80, "ß" * 80, "ｗｉｄｅ", "1" * 80, "①②③④", "٠١٢٣", "²²²²", "a b c d e f g h i j",
    "<script>alert(1)</script>", "👩‍⚕️👩‍⚕️👩‍⚕️", "\ufeffabc", "abc\u0000def", "ab\tcd\nef", "ŉŉŉ", "Ⅷ Ⅷ Ⅷ", "½½½½",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_never_break_a_search(client, text):
    named("Ben Okafor")
    with_answers(client)
    for url, data in (("/people/find/", {"text": text}), (NOT_THEM, {"name": text, "find": "1"})):
        response = client.post(url, data, follow=True)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert "Ben Okafor" not in response.content.decode()
    assert client.get("/people/find/").status_code == 200


@pytest.mark.parametrize("text", ["x" * 10_000, "1" * 10_000, "ab " * 5_000, "ﷺ" * 10_000])
def test_endless_texts_are_refused_at_once(client, text):
    with_answers(client)
    for url, data in (("/people/find/", {"text": text}), (NOT_THEM, {"name": text, "find": "1"})):
        response = client.post(url, data)
        assert response.status_code == 200
        assert "There is a problem" in response.content.decode()


def test_side_questions_take_no_more_than_they_ask(client):
    submission = with_answers(client, issues=["anxiety-or-worry"], main_issue="anxiety-or-worry")
    assert question("where")
    for url, data in (
        ("/ways/one/", {"answer": "x" * 10_000}),
        ("/ways/one/", {"answer": ["now", "past"]}),
        ("/likes/one/", {"item_1": "99", "item_7": "3", "item_18": "3"}),
        ("/likes/one/", {"item_1": "-4"}),
        ("/likes/one/keep/", {"item_1": "nan", "item_2": "1e9"}),
        ("/likes/nowhere/keep/", {"item_1": "1"}),
        ("/likes/found/", {"use": "1", "style_strength": "3"}),
        ("/likes/found/", {"use": "1", "style_strength": "9" * 5000}),
        ("/ways/found/", {"values": ["'; drop table x", "\x00", "x" * 9_000], "strength": "2"}),
        ("/ways/found/", {"values": ["any"] * 900, "strength": "9"}),
    ):
        assert client.post(url, data).status_code in {200, 204, 302}, (url, data)
    said = answers_of(submission)
    assert set(said.cnip) <= {"1", "2", "3", "4", "5"} and all(-3 <= value <= 3 for value in said.cnip.values())
    assert said.style_strength <= 2


def test_links_back_lead_nowhere_else(client):
    with_answers(client)
    for origin in ("//evil.example", "javascript:alert(1)", "https://evil.example", "1/../../x"):
        page = client.get("/kinds/", {"from": origin, "change": origin}).content.decode()
        pages = [page, Client().get(reverse("referrals:kinds"), {"change": origin}).content.decode()]
        for shown in pages:
            assert not re.search(r"""(?:href|action)=["'](?:javascript:|(?:https?:)?//evil)""", shown)


EVIL = "<img src=x onerror=alert(1)>\"'</p>"


def test_what_staff_and_therapists_write_is_text_and_nothing_else(client):
    therapist = named(f"Eve {EVIL}", about=EVIL, cancellation_terms=EVIL)
    make_location(therapist, town=f"Leeds {EVIL}")
    search_entries_refresh(therapist_ids=[therapist.pk])
    kind = modality("evil", "evil-family")
    kind.name = kind.description = EVIL
    kind.save()
    kind.family.name = EVIL
    kind.family.save()
    ModalityFact.objects.create(
        modality=kind, source=EVIL, between=EVIL, length=EVIL, offered_for=EVIL, evidence=EVIL, reviewed_by=EVIL
    )
    issue = reference_row(Issue, "evil-issue", name=EVIL, group="Evil")
    ModalityIssue.objects.create(modality=kind, issue=issue, source=EVIL, guideline="NG1", year=2022)
    therapist.modality_links.create(modality=kind, training=EVIL)
    with_answers(client, issues=["evil-issue"], modalities=["evil"], style={"past": 1}, guide={"focus": "now"})
    urls = ("/people/", "/people/find/", f"/people/{therapist.pk}/", "/kinds/", f"/kinds/{kind.pk}/", "/ways/found/")
    client.post("/people/find/", {"text": "eve leeds"})
    shown = {url: client.get(url).content.decode() for url in urls}
    shown[NOT_THEM] = client.post(NOT_THEM, {"name": "eve", "find": "1"}).content.decode()
    for url, page in shown.items():
        assert "&lt;img src=x" in page, f"{url} says nothing of it"
        assert "<img src=x" not in page, url


@pytest.mark.parametrize(
    "rules", [["must:"], ["must::"], ["must:x:y:z", "\x00"], ["full_list_closed"], ["x" * 9999] * 99]
)
def test_rules_that_nobody_has_ease_nothing(client, rules):
    submission = with_answers(client, formats=["video"], formats_strength=3, access=["sign-language"])
    before = answers_of(submission)
    assert client.post("/people/show-more/", {"rule": rules}).status_code == 302
    assert answers_of(submission) == before


def test_no_browser_keeps_a_page_that_names_whom_she_looked_for(client):
    named("Ben Okafor")
    with_answers(client)
    client.post("/people/find/", {"text": "okafor"})
    assert "no-store" in client.get("/people/find/")["Cache-Control"]
    assert "no-store" in client.post(NOT_THEM, {"name": "okafor", "find": "1"})["Cache-Control"]
