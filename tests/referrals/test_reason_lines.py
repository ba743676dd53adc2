"""How a card says what fits and what does not, where one of several values is enough."""

from matching.rows import Reason
from referrals.presenters.cards import reason_lines
from referrals.templatetags.reasons import reasons


def reason(domain: str, value: str, state: str, words: str = "words") -> Reason:
    return Reason(f"{domain}:{value}", domain, value, state, lambda: words)


def states(*found: Reason) -> list[tuple[str, str]]:
    return [(line.state, line.label) for line in reason_lines(found)]


def test_what_another_value_makes_up_for_is_no_no() -> None:
    video, room = reason("format", "video", "met"), reason("format", "in-person", "unmet")
    assert states(video, room) == [("met", "Yes:"), ("beside", "")]
    assert states(room) == [("unmet", "No:")]


def test_what_is_met_stands_before_what_it_makes_up_for_and_topics_keep_their_order() -> None:
    found = [
        reason("language", "pl", "unmet", "no Polish"),
        reason("format", "in-person", "unmet", "no room"),
        reason("format", "video", "met", "video"),
        reason("identity", "parent", "unmet", "no parent"),
        reason("identity", "quaker", "met", "quaker"),
    ]
    assert [line.words for line in reason_lines(found)] == ["no Polish", "video", "no room", "no parent", "quaker"]


def test_topics_do_not_make_up_for_each_other() -> None:
    assert states(reason("gender", "woman", "met"), reason("time", "mon-evening", "unmet"))[1] == ("unmet", "No:")


def test_each_tag_of_identity_stands_for_itself() -> None:
    assert states(reason("identity", "quaker", "met"), reason("identity", "parent", "unmet"))[1] == ("unmet", "No:")


def test_how_far_a_room_is_goes_unsaid_only_where_they_can_meet_otherwise() -> None:
    far = reason("distance", "", "unmet")
    assert states(reason("format", "video", "met"), far) == [("met", "Yes:")]
    assert states(reason("format", "in-person", "partly"), far)[1] == ("unmet", "No:")
    assert states(reason("format", "in-person", "met"), reason("distance", "", "met"))[1] == ("met", "Yes:")


def test_a_line_is_made_once_and_its_words_are_escaped() -> None:
    lines = reason_lines([reason("experience", "x", "unmet", "does not <know> it")])
    assert reasons(lines) == reasons(lines)
    assert "does not &lt;know&gt; it" in reasons(lines) and "No:" in reasons(lines)
