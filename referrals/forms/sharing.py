"""What may be shared, item by item, and with whom."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.forms import YesNoField
from referrals.forms.base import QuestionForm
from referrals.sharing import SHARE_ITEMS

# Asked only of whoever said something of the kind: item of sharing and key of the answers have one name.
ONLY_IF_SAID = frozenset({"own_words", "identity", "style"})


class SharingForm(QuestionForm):
    title = _("What may we share?")
    lead = _("Say yes or no to each. You can change your mind later. If you say nothing, we take it as no.")
    keys = ("shares",)

    def arrange(self) -> None:
        for item, words in SHARE_ITEMS.items():
            if item in ONLY_IF_SAID and not self.answers.get(item):
                continue
            self.fields[item] = YesNoField(label=words, required=False)

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {item: "yes" if value else "no" for item, value in (answers.get("shares") or {}).items()}

    def write(self) -> dict[str, Any]:
        return {"shares": {item: bool(self.cleaned_data.get(item)) for item in self.fields}}
