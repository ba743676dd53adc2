"""A real headless Chromium and pages in it that notice what must never happen."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

from devtools import assets

# Without these Chromium talks to its maker at every start; --no-sandbox: containers forbid what the sandbox needs.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
DESKTOP = 1280
PHONE = 360
# WCAG 2.2 AA and below, and axe's advice beyond it.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HARMLESS = ("data:", "blob:", "about:", "chrome-error:")

OpenPage = Callable[..., Page]
_without_script: WeakSet[Page] = WeakSet()


def _libraries(program: str) -> dict[str, str]:
    """Return an environment with the libraries that came with Chromium, where the machine lacks some."""
    missing = "not found" in subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    bundled = os.path.join(os.path.dirname(program), "al2023", "lib")
    return {**os.environ, "LD_LIBRARY_PATH": bundled} if missing else dict(os.environ)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = str(assets.chromium())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=ARGUMENTS, headless=True, env=_libraries(program)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """open_page(width=1280, java_script=True, **context) -> a Page in its own context (its own cookies).

    When the test ends it fails if a page asked another host for anything, raised a script error or broke the CSP.
    """
    contexts, problems = [], []

    def open_one(width: int = DESKTOP, *, java_script: bool = True, **options: Any) -> Page:
        height = 740 if width < 600 else 900
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=java_script,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if not java_script:
            _without_script.add(page)
        _watch(page, problems)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desktop page with JavaScript."""
    return open_page()


def _watch(page: Page, problems: list[str]) -> None:
    def on_request(request: Request) -> None:
        local = urlsplit(request.url).hostname in {"127.0.0.1", "localhost"}
        # Following a link out is the reader's choice; everything else is the page calling somebody else.
        if not local and not request.url.startswith(HARMLESS) and not request.is_navigation_request():
            problems.append(f"{page.url} asked for {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(f"{page.url}: {message.text}")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """axe(page): fail with axe's own words when the page as it stands breaks a rule of accessibility.

    A page opened with java_script=False is checked as a copy: the engine is a script itself.
    """
    engine = Axe()

    def check(page: Page) -> None:
        copy = _copy_with_scripts(page) if page in _without_script else None
        found = engine.run(copy or page, options=RULES)
        if copy:
            copy.context.close()
        assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"

    return check


def _copy_with_scripts(page: Page) -> Page:
    """Return the page's present document in a context where axe can run but the page's own scripts do not."""
    browser, size = page.context.browser, page.viewport_size
    assert browser and size
    # A browser that runs scripts would hide what is written for those that do not.
    html = page.content().replace("<noscript>", "<div>").replace("</noscript>", "</div>")
    copy = browser.new_context(viewport=size, locale="en-GB").new_page()
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "script-src 'none'"}
    copy.route(page.url, lambda route: route.fulfill(body=html, headers=headers))
    copy.goto(page.url)
    return copy


def follow(what: Locator) -> None:
    """Press a link or button that leads to another page, and return when that page stands.

    A bare click may return while the old document is still there, or while there is none.
    """
    with what.page.expect_navigation():
        what.click()


def no_sideways_scroll(page: Page) -> bool:
    """Tell whether everything fits the width of the window (WCAG 1.4.10)."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
