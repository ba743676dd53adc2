"""What the client's pages keep in a session: keys to what is stored elsewhere, and where she is. Never what she typed.

All of it goes when she leaves the page in a hurry.
"""

# The token of her draft.
TOKEN_KEY = "submission"  # noqa: S105 - a session key's name
SAFETY_KEY = "safety_done"
HELP_KEY = "safety_help"
PROMISE_KEY = "call_promise"
# The one-time code sent last, and a digest of where it went.
CODE_KEY = "code_id"
SENT_TO_KEY = "code_sent_to"
SENT_KEY = "sent"
# Lists of therapists' ids: a list being changed, and the list before somebody was taken off.
EDIT_KEY = "choices_edit"
UNDO_KEY = "choices_before"
# Reference and date of birth while the code is awaited, sealed.
TYPED_KEY = "sign_in"
FRESH_KEY = "fresh_sign_in"
OPENED_KEY = "opened_before"
# Whom she looked for, sealed; and that she came to look for somebody she knows.
LOOKED_FOR_KEY = "looked_for"
KNOWS_WHO_KEY = "knows_who"
# Django's own: what a page would say next.
MESSAGES_KEY = "_messages"

# What belongs to one draft, and must not be taken for another's.
DRAFT_KEYS = (TOKEN_KEY, SAFETY_KEY, HELP_KEY, CODE_KEY, SENT_TO_KEY, EDIT_KEY, UNDO_KEY, LOOKED_FOR_KEY)
ALL_KEYS = (
    TOKEN_KEY,
    SAFETY_KEY,
    HELP_KEY,
    PROMISE_KEY,
    CODE_KEY,
    SENT_TO_KEY,
    SENT_KEY,
    EDIT_KEY,
    UNDO_KEY,
    TYPED_KEY,
    FRESH_KEY,
    OPENED_KEY,
    LOOKED_FOR_KEY,
    KNOWS_WHO_KEY,
    MESSAGES_KEY,
)
