"""What may be shared, item by item: permission to share, not the data-protection basis, which controllers document."""

from django.utils.translation import gettext_lazy as _

# The version of these words, stored with every consent: change the words, change the version.
WORDING = "2026-11b"

# item -> what the person says yes or no to. Whatever is not answered counts as no.
SHARE_ITEMS = {
    "own_words": _("Therapists I ask may read what I wrote in my own words."),
    "identity": _("Therapists I ask may see what I said about identity, faith or culture."),
    "style": _("A therapist who could take me may see how I would like to be worked with."),
    "safety_to_therapist": _("The therapist I meet may read my answers about safety."),
}
