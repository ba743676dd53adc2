"""Route x visitor -> the status of a GET. The visitors stand in the order of world.VISITORS:

visitor, Ewa (client of the referral), Amina (GP), Ben (therapist: everything is his), Cara (another therapist),
Dev (coordinator), Sam (safety clinician), Ada (administrator).

302 for a visitor leads to a sign-in page, for public pages of the journey to the start page; 405 is a route that only
takes a POST; 404 is "not for you", whether it exists or not.
"""

from typing import Any

# Route, the object of world.build its URL names ("" for none), further arguments, statuses.
Row = tuple[str, str, dict[str, Any], tuple[int, ...]]

OPEN = (200,) * 8
POST_ONLY = (405,) * 8
# No draft in the session: back to the start page.
NO_DRAFT = (302,) * 8
# Whoever sent may still answer: she gets as far as looking for this question, which nobody asks.
AFTER_SENDING = (302, 404, 302, 302, 302, 302, 302, 302)
CLIENT = (302, 200, 302, 302, 302, 302, 302, 302)
CLIENT_POST = (302, 405, 302, 302, 302, 302, 302, 302)
THERAPISTS = (302, 302, 404, 200, 200, 404, 404, 404)
THERAPISTS_POST = (302, 302, 404, 405, 405, 404, 404, 404)
BENS = (302, 302, 404, 200, 404, 404, 404, 404)
REGISTRY = (302, 302, 404, 404, 404, 200, 404, 200)
REGISTRY_POST = (302, 302, 404, 404, 404, 405, 404, 405)
DESK = (302, 302, 404, 404, 404, 200, 200, 200)
DESK_POST = (302, 302, 404, 404, 404, 405, 405, 405)
CALLERS = (302, 302, 404, 404, 404, 200, 200, 404)

TABLE: list[Row] = [
    ("health", "", {}, OPEN),
    ("therapists:join", "", {}, (200, 200, 200, 302, 302, 200, 200, 200)),
    ("therapists:onboarding", "", {}, THERAPISTS),
    ("therapists:claim", "", {}, THERAPISTS),
    ("therapists:claim_code", "claim", {}, (302, 302, 404, 302, 404, 404, 404, 404)),
    ("therapists:claim_check", "claim", {}, BENS),
    ("therapists:profile", "", {}, THERAPISTS),
    ("therapists:preview", "", {}, THERAPISTS),
    ("therapists:publish", "", {}, THERAPISTS_POST),
    ("therapists:rooms", "", {}, THERAPISTS),
    ("therapists:room_add", "", {}, THERAPISTS),
    ("therapists:room", "room", {}, BENS),
    ("therapists:room_remove", "room", {}, THERAPISTS_POST),
    ("therapists:room_restore", "room", {}, THERAPISTS_POST),
    ("therapists:section", "", {"slug": "about"}, THERAPISTS),
    ("therapists:places", "", {}, THERAPISTS),
    ("therapists:places_new", "", {}, THERAPISTS),
    ("therapists:limit", "", {}, THERAPISTS),
    ("therapists:place_when", "place", {}, BENS),
    ("therapists:place_close", "place", {}, BENS),
    ("therapists:pause", "", {}, THERAPISTS_POST),
    ("therapists:confirm", "", {}, THERAPISTS_POST),
    ("therapists:listing", "", {}, THERAPISTS),
    ("therapists:listing_ask", "", {}, THERAPISTS_POST),
    ("therapists:still_taking", "link", {}, OPEN),
    ("therapists:desk_listing", "", {}, REGISTRY),
    ("therapists:desk_find", "", {}, REGISTRY),
    ("therapists:desk_registration", "registration", {}, REGISTRY),
    ("therapists:desk_registration_act", "bens_registration", {"slug": "unlink"}, REGISTRY),
    ("therapists:desk_claim", "claim", {}, REGISTRY),
    ("therapists:desk_pair", "pair", {}, REGISTRY),
    ("therapists:desk_imports", "", {}, REGISTRY),
    ("therapists:desk_import", "import", {}, REGISTRY),
    ("referrals:start", "", {}, OPEN),
    ("referrals:begin", "", {}, POST_ONLY),
    ("referrals:begin_again", "", {}, NO_DRAFT),
    ("referrals:under_18", "", {}, OPEN),
    ("referrals:question", "", {"slug": "where"}, NO_DRAFT),
    ("referrals:autosave", "", {"slug": "where"}, POST_ONLY),
    ("referrals:information", "", {}, NO_DRAFT),
    ("referrals:guide_begin", "", {}, NO_DRAFT),
    ("referrals:guide_found", "", {}, NO_DRAFT),
    ("referrals:guide", "", {"slug": "one"}, NO_DRAFT),
    ("referrals:guide_keep", "", {"slug": "one"}, POST_ONLY),
    ("referrals:kinds", "", {}, OPEN),
    ("referrals:kind", "kind", {}, OPEN),
    ("referrals:cnip_begin", "", {}, NO_DRAFT),
    ("referrals:cnip_found", "", {}, NO_DRAFT),
    ("referrals:cnip", "", {"slug": "one"}, NO_DRAFT),
    ("referrals:cnip_keep", "", {"slug": "one"}, POST_ONLY),
    ("referrals:not_them", "", {}, NO_DRAFT),
    ("referrals:save", "", {}, NO_DRAFT),
    ("referrals:save_code", "", {}, POST_ONLY),
    ("referrals:delete_draft", "", {}, POST_ONLY),
    ("referrals:return", "", {}, OPEN),
    ("referrals:go_on", "", {}, NO_DRAFT),
    ("referrals:call_me", "", {}, OPEN),
    ("referrals:call_me_done", "", {}, NO_DRAFT),
    ("referrals:matches", "", {}, CLIENT),
    ("referrals:relax", "", {}, POST_ONLY),
    ("referrals:help_choosing", "", {}, POST_ONLY),
    ("referrals:compare", "", {}, CLIENT),
    ("referrals:find", "", {}, CLIENT),
    ("referrals:therapist", "therapist", {}, CLIENT),
    ("referrals:choose", "therapist", {}, POST_ONLY),
    ("referrals:unchoose", "therapist", {}, POST_ONLY),
    ("referrals:move", "therapist", {}, POST_ONLY),
    ("referrals:choices", "", {}, CLIENT),
    ("referrals:undo", "", {}, POST_ONLY),
    ("referrals:code", "", {}, NO_DRAFT),
    ("referrals:code_again", "", {}, POST_ONLY),
    ("referrals:safety", "", {}, NO_DRAFT),
    ("referrals:safety_help", "", {}, NO_DRAFT),
    ("referrals:safety_call", "", {}, POST_ONLY),
    ("referrals:safety_question", "", {"slug": "safe-now"}, AFTER_SENDING),
    ("referrals:check", "", {}, NO_DRAFT),
    ("referrals:send", "", {}, POST_ONLY),
    ("referrals:sent", "", {}, CLIENT),
    ("referrals:client_sign_in", "", {}, OPEN),
    ("referrals:client_code", "", {}, NO_DRAFT),
    ("referrals:client_code_again", "", {}, POST_ONLY),
    ("referrals:my_referral", "", {}, CLIENT),
    ("referrals:change_choices", "", {}, CLIENT_POST),
    ("referrals:save_choices", "", {}, CLIENT_POST),
    ("referrals:decide", "", {}, CLIENT_POST),
    ("referrals:not_this_time", "", {}, NO_DRAFT),
    ("referrals:ask_call", "", {}, CLIENT_POST),
    ("referrals:my_number", "", {}, NO_DRAFT),
    ("referrals:stop", "", {}, CLIENT),
    ("referrals:undo_stop", "", {}, CLIENT_POST),
    ("referrals:lock", "", {}, CLIENT_POST),
    ("referrals:desk", "", {}, DESK),
    ("referrals:desk_task", "task", {}, (302, 302, 404, 404, 404, 200, 404, 404)),
    ("referrals:desk_task_take", "task", {}, DESK_POST),
    ("referrals:desk_find", "", {}, CALLERS),
    ("referrals:desk_overdue", "", {}, (302, 302, 404, 404, 404, 200, 404, 404)),
    ("referrals:desk_referral", "asked", {}, CALLERS),
    ("referrals:desk_referral_act", "asked", {"act": "redirect"}, CALLERS),
    ("referrals:desk_list", "list", {}, (302, 302, 404, 404, 404, 200, 404, 404)),
    ("referrals:desk_messages", "", {}, REGISTRY),
    ("referrals:desk_message", "message", {}, REGISTRY),
    ("referrals:desk_letters", "", {}, REGISTRY),
    ("referrals:desk_letter_not_posted", "message", {}, REGISTRY_POST),
    ("referrals:desk_exposure", "", {}, REGISTRY),
    ("referrals:desk_exposure_file", "", {}, REGISTRY),
    ("referrals:desk_rota", "", {}, DESK),
    ("referrals:desk_rota_remove", "shift", {}, DESK),
    ("caseload:today", "", {}, THERAPISTS),
    ("caseload:task_done", "task", {}, THERAPISTS_POST),
    ("caseload:request", "offer", {}, BENS),
    ("caseload:request_interest", "offer", {}, THERAPISTS_POST),
    ("caseload:request_meeting", "offer", {}, THERAPISTS_POST),
    ("caseload:request_known", "offer", {}, THERAPISTS_POST),
    ("caseload:request_decline", "offer", {}, BENS),
    ("caseload:exposure", "", {}, THERAPISTS),
    ("caseload:people", "", {}, THERAPISTS),
    ("caseload:placement", "placement", {}, BENS),
    ("caseload:contact", "placement", {}, BENS),
    ("caseload:go_ahead", "placement", {}, THERAPISTS_POST),
    ("caseload:not_this_time", "placement", {}, BENS),
    ("caseload:end", "placement", {}, BENS),
    ("core:help_now", "", {}, OPEN),
    ("core:language", "", {}, POST_ONLY),
    ("core:leave", "", {}, NO_DRAFT),
    ("core:hide_visit", "", {}, OPEN),
    ("core:accessibility", "", {}, OPEN),
    ("core:privacy", "", {}, OPEN),
    ("core:cookies", "", {}, OPEN),
]
