"""Signing up and in as a person does it, page by page; what a role may not do before a second factor."""

import datetime
import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import AccountMail, User
from accounts.services.mails import account_mails_forget
from core import clock, crypto
from core.choices import Role
from core.models import AuditEntry
from notifications import tasks
from tests.factories import make_user
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "violet tractor umbrella"
LOGIN, SET_UP = "/account/login/", "/account/2fa/"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def person(*roles, **fields):
    user = make_user(*roles, **fields)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def current_code(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def set_up_app(client):
    """Set up an authenticator app as the pages ask. Returns the secret."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, page.headers
    secret = client.session[totp.SECRET_SESSION_KEY]
    assert client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)}).status_code == 302
    return secret


def recovery_code(user):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()[0]


class TestSigningUp:
    DETAILS = {"name": "Tess New", "email": "tess@example.org", "password1": PASSWORD}

    def test_from_nothing_to_a_proved_address(self, client, mailoutbox):
        assert client.post("/account/signup/", self.DETAILS).status_code == 302
        user = User.objects.get(email="tess@example.org")
        assert user.name == "Tess New" and not user.active_roles()
        assert not mailoutbox, "the mail goes through the outbox, not from the request"
        tasks.deliver_due()
        (link,) = re.findall(r"http\S+confirm-email\S+", mailoutbox[0].body)
        path = link.split("testserver", 1)[1]
        assert client.get(path).status_code == 200
        assert not EmailAddress.objects.get(user=user).verified, "a mail scanner that opens the link proves nothing"
        client.post(path)
        assert EmailAddress.objects.get(user=user).verified

    def test_an_unproved_address_opens_nothing(self, client):
        client.post("/account/signup/", self.DETAILS)
        other = Client()
        other.post(LOGIN, {"login": "tess@example.org", "password": PASSWORD})
        assert "_auth_user_id" not in other.session

    def test_an_address_that_is_here_already_is_not_betrayed(self, client, mailoutbox):
        person(email="tess@example.org")
        known = client.post("/account/signup/", self.DETAILS)
        unknown = Client().post("/account/signup/", {**self.DETAILS, "email": "other@example.org"})
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
        tasks.deliver_due()
        assert {mail.to[0] for mail in mailoutbox} == {"tess@example.org", "other@example.org"}

    def test_a_mail_server_that_is_down_is_no_error_page(self, client, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = 1
        assert client.post("/account/signup/", self.DETAILS).status_code == 302
        tasks.deliver_due()
        assert AccountMail.objects.count() == 1

    def test_a_common_password_is_refused(self, client):
        page = client.post("/account/signup/", {**self.DETAILS, "password1": "password1234"})
        assert page.status_code == 200 and not User.objects.exists()

    def test_mails_are_sealed_and_forgotten(self, client):
        from django.db import connection

        client.post("/account/signup/", self.DETAILS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT address || text FROM accounts_accountmail")
            assert "tess" not in cursor.fetchone()[0]
        assert account_mails_forget(now=clock.now() + 47 * HOUR) == 0
        assert account_mails_forget(now=clock.now() + 49 * HOUR) == 1


class TestSecondFactor:
    def test_whoever_holds_a_role_sets_it_up_before_anything_else(self, client):
        user = person(Role.THERAPIST)
        sign_in(client, user)
        for path in (reverse("therapists:onboarding"), "/account/email/", "/account/password/change/"):
            assert client.get(path).url == SET_UP
        assert client.get(SET_UP).status_code == 200
        set_up_app(client)
        assert client.get(reverse("therapists:onboarding")).status_code == 200

    def test_public_pages_and_the_way_out_stay_open(self, client):
        sign_in(client, person(Role.THERAPIST))
        assert client.get(reverse("therapists:join")).status_code == 302
        assert client.get(reverse("core:help_now")).status_code == 200
        assert client.post("/account/logout/").status_code == 302
        assert "_auth_user_id" not in client.session

    def test_the_next_sign_in_asks_for_it(self, client):
        user = person(Role.THERAPIST)
        sign_in(client, user)
        set_up_app(client)
        client.post("/account/logout/")
        assert sign_in(client, user).url.startswith(reverse("mfa_authenticate"))
        assert client.get(reverse("therapists:onboarding")).status_code == 302
        assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
        assert "_auth_user_id" not in client.session
        client.post(reverse("mfa_authenticate"), {"code": recovery_code(user)})
        assert client.get(reverse("therapists:onboarding")).status_code == 200

    def test_a_session_that_never_used_it_is_ended(self, client):
        user = person(Role.THERAPIST)
        sign_in(client, user)
        set_up_app(client)
        other = Client()
        other.force_login(user)
        assert other.get(reverse("therapists:onboarding")).url.startswith(LOGIN)
        assert "_auth_user_id" not in other.session

    def test_the_secret_is_sealed(self, client):
        user = person(Role.THERAPIST)
        sign_in(client, user)
        secret = set_up_app(client)
        kept = str(Authenticator.objects.get(type="totp").data)
        assert secret not in kept
        with pytest.raises(crypto.Undecryptable):
            crypto.decrypt(Authenticator.objects.get(type="totp").data["secret"], bound_to="elsewhere")

    def test_recovery_codes_alone_are_no_second_factor(self, client):
        user = person(Role.THERAPIST)
        Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x", "used_mask": 0})
        client.force_login(user)
        assert client.get(reverse("therapists:onboarding")).url == SET_UP

    def test_somebody_without_a_role_is_not_bothered(self, client):
        sign_in(client, person())
        assert client.get("/account/password/change/").status_code == 200

    def test_the_demonstrations_sign_in_counts_only_where_local_pages_are_on(self, settings):
        client = signed_in(person(Role.THERAPIST))
        assert client.get(reverse("therapists:onboarding")).status_code == 200
        settings.LOCAL_PAGES = False
        assert client.get(reverse("therapists:onboarding")).url == SET_UP


class TestSessions:
    @pytest.fixture
    def now(self):
        with clock.frozen(datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)) as frozen:
            yield frozen

    @pytest.fixture
    def page(self, client, now):
        sign_in(client, person())
        return lambda: client.get("/account/password/change/").status_code == 200

    def test_half_an_hour_without_a_request_ends_it(self, page, now):
        assert page()
        now.move(HOUR / 2)
        assert page()
        now.move(HOUR / 2 + datetime.timedelta(seconds=61))
        assert not page()

    def test_twelve_hours_end_it_whatever_was_done(self, page, now):
        assert page()
        for _ in range(48):
            now.move(HOUR / 4)
            assert page()
        now.move(HOUR / 4)
        assert not page()

    def test_a_client_without_an_account_is_not_timed(self, client, now):
        session = client.session
        session["client_referral_id"] = 1
        session.save()
        now.move(13 * HOUR)
        client.get(reverse("core:help_now"))
        assert client.session["client_referral_id"] == 1


class TestRecords:
    def test_sign_ins_outs_and_failures_are_written_down_without_what_was_typed(self, client):
        user = person()
        sign_in(client, user, "wrong tractor umbrella")
        sign_in(client, user)
        client.post("/account/logout/")
        Client().post(LOGIN, {"login": "nobody@example.org", "password": "x"})
        verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", "object_id"))
        assert verbs == [
            ("sign_in_failed", str(user.pk)),
            ("sign_in", str(user.pk)),
            ("sign_out", str(user.pk)),
            ("sign_in_failed", ""),
        ]
        assert "tractor" not in str(list(AuditEntry.objects.values()))

    def test_guessing_is_slowed_down(self, client):
        user = person()
        for number in range(8):
            sign_in(client, user, f"wrong {number} tractor")
        sign_in(client, user)
        assert "_auth_user_id" not in client.session


class TestAdministration:
    @pytest.fixture
    def ada(self, client):
        user = person(Role.ADMINISTRATOR, name="Ada")
        sign_in(client, user)
        return user

    def test_a_visitor_signs_in_and_others_find_nothing(self, client, dev):
        assert client.get("/admin/", follow=True).redirect_chain[-1] == (f"{LOGIN}?next=/admin/", 302)
        assert signed_in(dev).get("/admin/").status_code == 404
        boss = make_user(Role.COORDINATOR, is_staff=True, is_superuser=True)
        assert signed_in(boss).get("/admin/").status_code == 404

    def test_an_administrator_needs_a_second_factor(self, client, ada):
        assert client.get("/admin/").url == SET_UP
        set_up_app(client)
        assert client.get("/admin/").status_code == 200

    def test_she_is_asked_again_after_half_an_hour(self, client, ada, monkeypatch):
        set_up_app(client)
        assert client.get("/admin/").status_code == 200
        real = time.time
        with clock.frozen(clock.now() + datetime.timedelta(minutes=31)):
            monkeypatch.setattr(time, "time", lambda: real() + 31 * 60)
            session = client.session
            session["seen_at"] = clock.now().timestamp()
            session.save()
            assert client.get("/admin/").url.startswith("/account/reauthenticate/?next=/admin/")
            client.post("/account/reauthenticate/?next=/admin/", {"password": PASSWORD})
            assert client.get("/admin/").status_code == 200

    def test_a_role_that_ended_opens_nothing(self, client, ada):
        set_up_app(client)
        yesterday = clock.today() - datetime.timedelta(days=1)
        ada.memberships.update(starts_on=yesterday, ends_on=yesterday)
        assert client.get("/admin/").status_code == 404

    def test_a_change_of_reference_data_is_recorded(self, ada):
        from core.models import BankHoliday

        row = BankHoliday.objects.create(nation="england", date="2030-01-01", name="New Year's Day")
        page = signed_in(ada)
        address = reverse("admin:core_bankholiday_change", args=[row.pk])
        answer = page.post(address, {"nation": "england", "date": "2030-01-01", "name": "A day off"})
        assert answer.status_code == 302
        entry = AuditEntry.objects.get(verb="reference_change")
        assert (entry.actor_label, entry.object_label, entry.detail) == (
            "Ada",
            "A day off 2030-01-01",
            {"changed": ["name"]},
        )
        page.post(reverse("admin:core_bankholiday_delete", args=[row.pk]), {"post": "yes"})
        assert not BankHoliday.objects.exists() and AuditEntry.objects.filter(verb="reference_delete").exists()

    @pytest.mark.parametrize("name", ["bankholiday", "crisiscontact", "placepoint"])
    def test_core_lists_open(self, ada, name):
        assert signed_in(ada).get(reverse(f"admin:core_{name}_changelist")).status_code == 200


def test_a_session_open_since_before_is_not_proved_by_a_factor_set_up_elsewhere():
    ben = person(Role.THERAPIST)
    thief, owner = Client(), Client()
    sign_in(thief, ben)
    sign_in(owner, ben)
    set_up_app(owner)
    assert owner.get("/caseload/").status_code != 302 or "/2fa/" not in owner.get("/caseload/").url
    refused = thief.get("/caseload/")
    assert refused.status_code == 302
    assert "/caseload/" not in refused.url.partition("?")[0]


def test_asking_once_more_who_it_is_stands_in_our_clothes(client):
    sign_in(client, person())
    page = client.get(reverse("account_reauthenticate"))
    assert page.status_code == 200
    assert "Show that it is you" in page.content.decode()
    assert "account/base_reauthenticate.html" in [template.name for template in page.templates]
