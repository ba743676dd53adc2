"""How long people have, where a service may decide otherwise. The rules themselves stand in referrals.clocks.

Each is a whole number of at least one: a clock of nothing would end before anybody could act.
"""

from config import env

# A client's answer to a place held for her: waking hours (8am to 8pm), or the end of a working day of her nation.
OFFER_ANSWER_WAKING_HOURS = env.integer("OFFER_ANSWER_WAKING_HOURS", 24, least=1)
OFFER_ANSWER_LETTER_WORKING_DAYS = env.integer("OFFER_ANSWER_LETTER_WORKING_DAYS", 7, least=1)
OFFER_ANSWER_HELPER_WORKING_DAYS = env.integer("OFFER_ANSWER_HELPER_WORKING_DAYS", 3, least=1)
# How long a place stays held while nobody has been able to tell her of it.
OFFER_UNTOLD_WORKING_DAYS = env.integer("OFFER_UNTOLD_WORKING_DAYS", 3, least=1)
OFFER_UNTOLD_LETTER_WORKING_DAYS = env.integer("OFFER_UNTOLD_LETTER_WORKING_DAYS", 10, least=1)
# After "not this time, keep my place".
NO_OFFER_DAYS = env.integer("NO_OFFER_DAYS", 14, least=1)
LEAVE_UNDO_WAKING_HOURS = env.integer("LEAVE_UNDO_WAKING_HOURS", 48, least=1)
CHECK_IN_DAYS = env.integer("CHECK_IN_DAYS", 28, least=1)
# After this a therapist's yes to somebody on her list is asked for again.
LIST_YES_DAYS = env.integer("LIST_YES_DAYS", 28, least=1)
# A list that has stood still this long (pause, nothing confirmed) is a coordinator's.
FROZEN_LIST_DAYS = env.integer("FROZEN_LIST_DAYS", 14, least=1)
# Bank holidays must be known at least this far ahead, or coordinators are asked to load the next years'.
BANK_HOLIDAYS_AHEAD_DAYS = env.integer("BANK_HOLIDAYS_AHEAD_DAYS", 183, least=1)
