"""What only a real browser shows: looks, focus, scripts, and leaving in a hurry."""

import pytest

from tests.support.browser import follow, no_sideways_scroll

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/local/components/",
    "/local/components/question/",
    "/local/components/question-wrong/",
    "/local/components/own-words/",
    "/local/components/staff/",
    "/local/components/broken/",
    "/help-now/?nation=scotland",
    "/hide-your-visit/",
    "/privacy/",
    "/cookies/",
    "/accessibility/",
    "/no/such/page/",
]
QUESTION = "/local/components/question/"
NEUTRAL = "/cookies/"


@pytest.fixture
def site(live_server, settings):
    # Leaving ends on a page of this test's own site: no test may call another host.
    settings.LEAVE_URL = f"{live_server.url}{NEUTRAL}"
    return live_server.url


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible_and_fits(site, open_page, axe, width):
    page = open_page(width)
    for path in PAGES:
        page.goto(site + path)
        axe(page)
        assert no_sideways_scroll(page), path


def test_pages_are_accessible_without_script(site, open_page, axe):
    page = open_page(360, java_script=False)
    for path in (QUESTION, "/help-now/"):
        page.goto(site + path)
        axe(page)


def test_the_error_summary_has_the_focus_and_leads_to_the_box(site, page):
    page.goto(site + QUESTION)
    follow(page.get_by_role("button", name="Continue"))
    summary = page.locator(".nhsuk-error-summary")
    assert summary.evaluate("e => e === document.activeElement")
    assert page.title().startswith("Error: ")
    summary.get_by_role("link").click()
    assert page.locator("#id_format").evaluate("e => e === document.activeElement")


def test_a_form_is_sent_once_however_often_the_button_is_pressed(site, page):
    page.goto(site + QUESTION)
    sent = page.evaluate(
        """() => {
            let sent = 0;
            const form = document.querySelector("main form");
            document.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) sent += 1;
                event.preventDefault();
            });
            for (let i = 0; i < 3; i += 1) form.requestSubmit();
            return sent;
        }"""
    )
    assert sent == 1


@pytest.mark.parametrize("way", ["click", "keys"])
def test_leaving_replaces_the_page_and_back_shows_nothing_of_it(site, page, way):
    page.goto(site + "/privacy/")
    page.goto(site + QUESTION)
    if way == "click":
        page.get_by_role("link", name="Leave this page").click()
    else:
        for _press in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url(site + NEUTRAL)
    history = page.evaluate("history.length")
    page.goto(site + NEUTRAL)
    assert history <= 3
    page.go_back()
    assert QUESTION not in page.url


def test_shift_while_typing_does_not_leave(site, page):
    page.goto(site + "/local/components/own-words/")
    box = page.get_by_role("textbox")
    box.press_sequentially("ABC")
    for key in ("Shift", "a", "Shift", "b", "Shift"):
        page.keyboard.press(key)
    assert page.url.endswith("/own-words/")


def test_leaving_is_a_plain_link_without_script(site, open_page):
    page = open_page(360, java_script=False)
    page.goto(site + QUESTION)
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(site + NEUTRAL)


def test_leaving_saves_what_was_typed_in_one_request(site, page):
    page.goto(site + QUESTION)
    page.get_by_label("Video").check()
    page.locator("main form").evaluate("form => { form.dataset.autosave = '/local/components/own-words/'; }")
    with page.expect_request(lambda request: request.method == "POST") as caught:
        page.get_by_role("link", name="Leave this page").click()
    assert caught.value.url.endswith("/own-words/?leaving=1")
    assert "video" in (caught.value.post_data or "") and "csrfmiddlewaretoken" in (caught.value.post_data or "")


def test_the_language_is_kept(site, page):
    page.goto(site + "/privacy/")
    follow(page.get_by_role("button", name="Cymraeg"))
    assert page.url == site + "/privacy/"
    assert page.locator("html").get_attribute("lang") == "cy"
    assert page.get_by_role("button", name="English").is_visible()


def test_the_focus_is_never_hidden_under_the_bar(site, open_page):
    page = open_page(360)
    page.goto(site + "/local/components/")
    bar = page.locator(".app-leave").evaluate("e => e.getBoundingClientRect().height")
    page.locator("footer a").last.focus()
    for _step in range(25):
        page.keyboard.press("Shift+Tab")
        bottom = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert bottom > bar, "the focused part lies wholly under the bar"
