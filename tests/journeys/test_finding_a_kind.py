"""Somebody who is not sure finds a kind of therapy, and says how she would like a therapist to work.

With and without JavaScript, at a desk and on a phone; every page is checked with axe as she sees it.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from referrals.answers import Answers
from referrals.models import Submission
from tests.journeys.test_client_journey import Ewa, a_register, begins
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)
PARTS = ({1: 3, 2: 3, 3: 2, 4: 1, 5: 0}, {6: -2, 7: 0, 8: 0, 9: 0, 10: -1}, {11: 3, 13: 0}, {14: 0})


def answers() -> Answers:
    return Answers.from_dict(Submission.objects.latest("pk").answers)


@pytest.mark.parametrize(
    ("width", "java_script"),
    [
        pytest.param(DESKTOP, True, id="1280-script"),
        pytest.param(PHONE, False, id="360-no-script"),
        # The two other ways to put these together are walked where there is time.
        pytest.param(PHONE, True, id="360-script", marks=pytest.mark.soak),
        pytest.param(DESKTOP, False, id="1280-no-script", marks=pytest.mark.soak),
    ],
)
def test_not_sure_at_first(
    live_server, open_page: OpenPage, axe: Callable[[Page], None], width: int, java_script: bool
) -> None:
    a_register()
    Therapist.objects.filter(display_name="Cara Hughes").update(style_directive=-2, style_emotional=0)
    # The markup is the same without script; axe is a script itself.
    ewa = Ewa(open_page(width, java_script=java_script), live_server.url, axe if java_script else None)
    ewa.opens("/")
    ewa.presses("Start now")
    begins(ewa)
    reads_about_kinds(ewa)
    answers_the_short_questions(ewa)
    ticks_what_she_would_like(ewa)
    ewa.opens("/q/style/")
    answers_the_longer_questions(ewa)
    sees_what_to_talk_about(ewa)


def reads_about_kinds(ewa: Ewa) -> None:
    ewa.follows("Read about the kinds of therapy")
    ewa.follows("EMDR")
    ewa.sees("46 of every 100")
    ewa.follows("Back")
    ewa.follows("Help me find out")


def answers_the_short_questions(ewa: Ewa) -> None:
    ewa.goes_on()
    ewa.sees("Choose an answer, or choose “I’m not sure”")
    ewa.ticks("Now, and what comes next")
    ewa.goes_on()
    ewa.ticks("Yes, things I can practise")
    ewa.goes_on()
    # Leaving midway loses nothing.
    ewa.follows("Stop these questions")
    ewa.follows("Go on with the short questions")
    ewa.ticks("With a plan, step by step")
    ewa.goes_on()
    ewa.presses("Skip this")
    ewa.ticks("I’m not sure, or I do not mind")
    ewa.goes_on()
    ewa.ticks("Mainly by talking")
    ewa.goes_on()


def ticks_what_she_would_like(ewa: Ewa) -> None:
    ewa.sees("This is not advice and not a prescription.")
    ewa.page.locator("summary", has_text="What you said").click()
    ewa.looks()
    ewa.ticks("Cognitive behavioural therapy (CBT)", "I’m still not sure")
    ewa.presses("Put these in my answers")
    ewa.sees("Choose either “I’m still not sure” or the other answers, not both")
    ewa.page.get_by_label("I’m still not sure").uncheck()
    ewa.ticks("Exposure and response prevention (ERP)")
    ewa.presses("Put these in my answers")
    ewa.sees("When could you meet?")
    assert set(answers().modalities) == {"cbt", "erp"}
    assert answers().modalities_strength == 1


def answers_the_longer_questions(ewa: Ewa) -> None:
    ewa.follows("Answer the 18 questions")
    for part in PARTS:
        for number, value in part.items():
            ewa.page.locator(f"input[name=item_{number}][value='{value}']").check()
        ewa.looks()
        ewa.goes_on()
    ewa.sees("Sum +9, between −15 and +15")
    ewa.sees("2 of 3 answered")
    ewa.presses("Put these in my answers")
    assert answers().style == {"directive": 1, "emotional": -1}


def sees_what_to_talk_about(ewa: Ewa) -> None:
    ewa.follows("Cara Hughes")
    ewa.sees("To talk about when you meet")
    ewa.sees("Mostly: I follow where you want to go")
    ewa.sees("Worth talking about at the first meeting.")
    ewa.follows("Person-centred therapy")
    ewa.sees("What it is like")
    ewa.follows("Back")
    ewa.sees("To talk about when you meet")


def test_the_seven_points_by_keyboard(live_server, open_page: OpenPage) -> None:
    a_register()
    ewa = Ewa(open_page(PHONE), live_server.url, None)
    ewa.opens("/")
    ewa.presses("Start now")
    begins(ewa)
    ewa.opens("/likes/")
    page = ewa.page
    page.locator("input[name=item_1]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    follow(page.get_by_role("button", name="Continue"))
    assert answers().cnip == {"1": 1, "2": -3}
    heights = page.locator(".app-seven__point").evaluate_all(
        "points => points.map(p => p.getBoundingClientRect().height)"
    )
    widths = page.locator(".app-seven__point").evaluate_all(
        "points => points.map(p => p.getBoundingClientRect().width)"
    )
    assert min(heights) >= 44
    assert min(widths) >= 24


def test_the_result_prints_without_what_is_only_for_the_screen(live_server, open_page: OpenPage) -> None:
    a_register()
    ewa = Ewa(open_page(DESKTOP), live_server.url, None)
    ewa.opens("/")
    ewa.presses("Start now")
    begins(ewa)
    submission = Submission.objects.latest("pk")
    submission.answers = {**submission.answers, "cnip": {str(number): 3 for number in range(1, 19)}}
    submission.save()
    ewa.opens("/likes/found/")
    ewa.page.emulate_media(media="print")
    for hidden in ("Leave this page", "Put these in my answers", "Need help now?"):
        assert not ewa.page.get_by_text(hidden, exact=True).first.is_visible(), hidden
    for shown in ("Give structure to the therapy", "Warm Support vs. Focused Challenge", "Your 18 answers"):
        assert ewa.page.get_by_text(shown).first.is_visible(), shown
