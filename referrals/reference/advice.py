"""What stands on the page "While you wait". In our own words; rows, so that a clinician can review and change them.

The words are marked for translation here and translated when they are shown: an edited row is shown as it is.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from core.reference.registry import LoadResult, load_rows, register_loader
from referrals.models import WaitingAdvice

CHECKED_ON = date(2026, 11, 22)
SOURCE = "Rapport's own words, from what is widely advised; no clinician has reviewed them yet"

# slug, title, paragraphs; a paragraph whose lines begin with "- " is a list.
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "worse",
        _("If things get worse"),
        (
            _("Do not wait for us. We do not see how you are while you wait, and nobody here watches at night."),
            _(
                "If you feel that you might hurt yourself or somebody else, or cannot keep yourself safe, use the"
                " numbers on this page now. You do not need to be sure that it is bad enough."
            ),
            _("Tell your GP practice that you feel worse. They can look for other help sooner."),
        ),
    ),
    (
        "waiting",
        _("What waiting can feel like"),
        (
            _("Asking for help takes strength. It can feel flat, or harder, once it is done and nothing happens yet."),
            _("Many people find that some days are fine and others are not. Both are normal while you wait."),
            _("Waiting says nothing about how much you need help. It only says how few free places there are."),
        ),
    ),
    (
        "days",
        _("Small things that can help on a day"),
        (
            _("Nobody does all of these. One is enough."),
            _(
                "- Get up at about the same time each day.\n- Go outside once, even for five minutes.\n- Eat something"
                " small at regular times.\n- Move a little: walk, stretch, tidy one shelf.\n- Do one thing you used to"
                " like, even if it gives you less than before."
            ),
            _("On a bad day, halve the plan. Then halve it again."),
        ),
    ),
    (
        "nights",
        _("When you cannot sleep"),
        (
            _("Lying awake is tiring, but it does you no lasting harm. Trying hard to sleep often keeps people awake."),
            _(
                "- If you have been awake for a while, get up, keep the light low and do something dull.\n- Put the"
                " clock out of sight.\n- Write down what goes round in your head, and leave it on the paper until"
                " morning.\n- Go easy on coffee after midday, and on alcohol: it brings sleep and then breaks it."
            ),
        ),
    ),
    (
        "worry",
        _("When worry or panic comes"),
        (
            _("Panic feels dangerous. It rises, it peaks and it passes by itself, mostly within minutes."),
            _(
                "- Breathe out slowly, for longer than you breathe in. Do it ten times.\n- Name five things you see and"
                " three you hear.\n- Put your feet flat on the floor and press."
            ),
            _("For worries that come back, give them a fixed quarter of an hour a day, and send them there."),
        ),
    ),
    (
        "people",
        _("Other people"),
        (
            _("Tell one person that you are waiting for help. You do not have to tell them why."),
            _("You can say what you need: “You do not have to fix it. It helps if you just come for a walk with me.”"),
            _("If somebody frightens or hurts you, you deserve help with that first. The numbers here know how."),
        ),
    ),
    (
        "first-meeting",
        _("Getting ready for a first meeting"),
        (
            _("There is nothing you have to prepare. If it helps, write down a few lines:"),
            _(
                "- What is hardest just now?\n- What would be different if it were better?\n- What helped before, and"
                " what did not?\n- What do you not want to talk about yet?"
            ),
            _(
                "You can ask anything: how they work, what they write down, who sees it, what happens if you miss a"
                " meeting. A first meeting is for both of you to see if it fits. You can say no after it."
            ),
        ),
    ),
    (
        "meanwhile",
        _("Other help in the meantime"),
        (
            _(
                "- Your GP practice can talk with you about medicines and about help near you.\n- In England you can"
                " also refer yourself to NHS talking therapies. You may use both; you do not lose your place here.\n"
                "- At work, ask if there is free counselling for staff. Colleges often have their own.\n"
                "- Libraries lend self-help books that doctors recommend, and keep quiet about who borrows them."
            ),
            _("If you find help somewhere else, good. You can stop waiting here with one press, and undo it for days."),
        ),
    ),
)


def register() -> None:
    """Add it to what `load_reference` loads."""
    register_loader("advice for people who wait", load)


def load(*, overwrite: bool) -> LoadResult:
    """Load the parts of the page."""
    return load_rows(WaitingAdvice, key=("slug",), rows=_rows(), overwrite=overwrite)


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "slug": slug,
            "title": title,
            "text": "\n\n".join(paragraphs),
            "position": position,
            "source": SOURCE,
            "checked_on": CHECKED_ON,
        }
        for position, (slug, title, paragraphs) in enumerate(PARTS, start=1)
    ]
