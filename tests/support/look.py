"""Opening a page as a person would: axe, no sideways scrolling, and a picture where somebody wants to look."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.browser import PHONE, no_sideways_scroll


def look(page: Page, address: str, axe: Callable[[Page], None], name: str) -> None:
    """Open the address and check it. With RAPPORT_PICTURES=FOLDER a picture of the whole page is left there."""
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, f"{name}: {response.status}"
    width = (page.viewport_size or {"width": 0})["width"]
    if folder := os.environ.get("RAPPORT_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}_{width}.png"), full_page=True)
    if width == PHONE:
        # Once per state: the narrow page is the harder one, and both have the same markup.
        axe(page)
    assert no_sideways_scroll(page), f"{name} scrolls sideways"
