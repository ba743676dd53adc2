import datetime

import pytest

from core import clock, throttle, tokens
from core.models import OneTimeCode, ThrottleWindow
from core.one_time_codes import (
    MAX_ATTEMPTS,
    MAX_ISSUED_PER_HOUR,
    TooManyCodes,
    code_check,
    code_digits,
    code_issue,
    code_newest,
    codes_void,
)

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
SUBJECT = {"purpose": "channel", "subject_type": "submission", "subject_id": 5}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOON) as frozen:
        yield frozen


def wrong(code):
    return f"{(int(code_digits(code)) + 1) % 1_000_000:06d}"


@pytest.mark.django_db
class TestOneTimeCodes:
    def test_the_right_digits_work_once(self):
        code = code_issue(**SUBJECT)
        digits = code_digits(code)
        assert len(digits) == 6 and digits.isdigit()
        assert code_check(**SUBJECT, digits=f" {digits[:3]} {digits[3:]} ")
        assert not code_check(**SUBJECT, digits=digits)

    def test_digits_are_never_in_the_row(self):
        code = code_issue(**SUBJECT)
        stored = " ".join(str(value) for value in OneTimeCode.objects.values_list().get())
        assert code_digits(code) not in stored

    def test_a_code_holds_for_its_minutes_and_not_a_second_longer(self, now):
        digits = code_digits(code_issue(**SUBJECT, minutes=15))
        now.move(15 * MINUTE + datetime.timedelta(seconds=1))
        assert not code_check(**SUBJECT, digits=digits)
        digits = code_digits(code_issue(**SUBJECT, minutes=15))
        now.move(15 * MINUTE)
        assert code_check(**SUBJECT, digits=digits)

    def test_after_five_wrong_attempts_the_right_digits_do_not_help(self):
        code = code_issue(**SUBJECT)
        for _ in range(MAX_ATTEMPTS):
            assert not code_check(**SUBJECT, digits=wrong(code))
        assert not code_check(**SUBJECT, digits=code_digits(code))

    def test_another_purpose_or_subject_is_another_code(self):
        digits = code_digits(code_issue(**SUBJECT))
        assert not code_check(**{**SUBJECT, "purpose": "sign_in"}, digits=digits)
        assert not code_check(**{**SUBJECT, "subject_id": 6}, digits=digits)
        assert code_check(**SUBJECT, digits=digits)

    def test_an_earlier_message_that_arrives_late_still_works(self):
        first, second = code_issue(**SUBJECT), code_issue(**SUBJECT)
        assert code_check(**SUBJECT, digits=code_digits(first))
        assert code_check(**SUBJECT, digits=code_digits(second))

    def test_somebody_elses_attempts_do_not_use_up_hers(self):
        hers, theirs = code_issue(**SUBJECT), code_issue(**SUBJECT)
        for _ in range(MAX_ATTEMPTS):
            assert not code_check(**SUBJECT, digits=wrong(theirs), code_id=theirs.pk)
        assert not code_check(**SUBJECT, digits=code_digits(theirs), code_id=theirs.pk)
        assert code_check(**SUBJECT, digits=code_digits(hers), code_id=hers.pk)

    def test_codes_run_out_within_the_hour_and_come_back(self, now):
        for _ in range(MAX_ISSUED_PER_HOUR):
            code_issue(**SUBJECT)
        with pytest.raises(TooManyCodes, match="try again in an hour"):
            code_issue(**SUBJECT)
        code_issue(**{**SUBJECT, "subject_id": 6})
        now.move(60 * MINUTE)
        code_issue(**SUBJECT)

    def test_voided_codes_prove_nothing_and_those_of_others_stay(self):
        hers, other = code_issue(**SUBJECT), code_issue(**{**SUBJECT, "subject_id": 6})
        assert codes_void(**SUBJECT) == 1
        assert not code_check(**SUBJECT, digits=code_digits(hers))
        assert code_check(**{**SUBJECT, "subject_id": 6}, digits=code_digits(other))

    def test_the_newest_code_is_the_last_that_can_still_be_used(self):
        assert code_newest(**SUBJECT) is None
        first, second = code_issue(**SUBJECT), code_issue(**SUBJECT)
        assert code_newest(**SUBJECT) == second.pk
        for _ in range(MAX_ATTEMPTS):
            code_check(**SUBJECT, digits=wrong(second), code_id=second.pk)
        assert code_newest(**SUBJECT) == first.pk

    @pytest.mark.parametrize("digits", ["", "abc", "1234567", "١٢٣٤٥٦"])
    def test_nonsense_is_simply_wrong(self, digits):
        code_issue(**SUBJECT)
        assert not code_check(**SUBJECT, digits=digits)


class TestTokens:
    def test_a_token_is_read_back_as_often_as_wanted(self):
        token = tokens.sign("offer", 12, "abc")
        for _ in range(2):
            read = tokens.read("offer", token)
            assert (read.row_id, read.nonce, read.expires_at) == (12, "abc", NOON + datetime.timedelta(days=28))

    def test_another_purpose_does_not_open(self):
        with pytest.raises(tokens.BadToken):
            tokens.read("other", tokens.sign("offer", 12))

    def test_it_expires(self, now):
        token = tokens.sign("offer", 12, lasts=MINUTE)
        now.move(MINUTE)
        tokens.read("offer", token)
        now.move(datetime.timedelta(seconds=1))
        with pytest.raises(tokens.ExpiredToken):
            tokens.read("offer", token)

    def test_no_changed_character_is_accepted(self):
        token = tokens.sign("offer", 12, "abc")
        for position in range(len(token)):
            changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
            with pytest.raises(tokens.BadToken):
                read = tokens.read("offer", changed)
                # The last character of base64 carries spare bits: what they say must at least be the same.
                if read == tokens.read("offer", token):
                    raise tokens.BadToken

    @pytest.mark.parametrize("junk", ["", ".", "a.b", "é.ü", "%00", "x" * 2000])
    def test_junk_is_refused(self, junk):
        with pytest.raises(tokens.BadToken):
            tokens.read("offer", junk)

    def test_it_fits_a_url_as_it_is(self):
        assert set(tokens.sign("offer", 12, "a/b+c")) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
        )


@pytest.mark.django_db
class TestThrottle:
    LIMIT = {"limit": 3, "per_seconds": 600}

    def test_so_many_and_no_more_then_again_in_the_next_window(self, now):
        answers = [throttle.allow(key="a", **self.LIMIT) for _ in range(5)]
        assert answers == [True, True, True, False, False]
        assert throttle.allow(key="b", **self.LIMIT)
        now.move(10 * MINUTE)
        assert throttle.allow(key="a", **self.LIMIT)

    def test_the_key_itself_is_not_kept(self):
        throttle.allow(key="RP-7K4C-9XQM 10.0.0.1", **self.LIMIT)
        assert "RP-7K4C" not in ThrottleWindow.objects.get().key_digest

    def test_old_windows_are_forgotten(self, now):
        throttle.allow(key="a", **self.LIMIT)
        now.move(30 * MINUTE)
        assert throttle.windows_forget(now=clock.now()) == 0
        now.move(60 * MINUTE)
        assert throttle.windows_forget(now=clock.now()) == 1

    def test_when_counting_fails_nobody_is_kept_out(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_throttlewindow RENAME TO elsewhere")
        assert all(throttle.allow(key="a", **self.LIMIT) for _ in range(5))
