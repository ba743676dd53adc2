import datetime

import pytest

from accounts.actors import for_user
from accounts.models import DutyShift, Membership, Organisation, User
from accounts.selectors import on_duty
from accounts.services.people import EmailTaken, membership_add, membership_end, user_close, user_create
from core import clock
from core.actors import system
from core.choices import Role
from core.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
ACTOR = system("test")


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def home(db):
    return Organisation.objects.create(kind="service", name="Rapport")


class TestPeople:
    def test_a_person_is_added_without_a_password_and_only_once(self):
        user = user_create(email="New@Example.org", name="New Person", actor=ACTOR)
        assert not user.has_usable_password() and user.email == "new@example.org"
        with pytest.raises(EmailTaken):
            user_create(email="NEW@example.org", name="Again", actor=ACTOR)
        assert AuditEntry.objects.filter(verb="user_create").count() == 1

    def test_closing_somebody_stops_her_next_request(self, dev):
        from tests.support.sign_in import signed_in

        client = signed_in(dev)
        user_close(user=dev, actor=ACTOR, reason="left")
        assert "_auth_user_id" in client.session
        assert client.get("/account/email/").status_code == 302
        assert not User.objects.get(pk=dev.pk).is_active


class TestMemberships:
    def give(self, home, **fields):
        return membership_add(user=fields.pop("user"), organisation=home, role=Role.COORDINATOR, actor=ACTOR, **fields)

    def test_a_role_given_twice_is_one_row_and_one_record(self, home):
        user = make_user()
        assert self.give(home, user=user).pk == self.give(home, user=user).pk
        assert AuditEntry.objects.filter(verb="membership_add").count() == 1
        assert for_user(user).roles == {Role.COORDINATOR}

    def test_a_role_has_its_dates(self, home, now):
        user = make_user()
        self.give(home, user=user, starts_on=datetime.date(2026, 11, 24), ends_on=datetime.date(2026, 11, 25))
        held = []
        for _ in range(4):
            held.append(bool(user.active_roles()))
            now.move(DAY)
        assert held == [False, True, True, False]

    @pytest.mark.parametrize("days_ago", [0, 10])
    def test_taking_a_role_away_works_at_once(self, home, days_ago):
        user = make_user()
        membership = self.give(home, user=user, starts_on=clock.today() - days_ago * DAY)
        membership_end(membership=membership, actor=ACTOR, reason="left")
        assert not user.active_roles()
        assert AuditEntry.objects.get(verb="membership_end").reason == "left"

    def test_ending_twice_is_recorded_once_and_a_role_can_come_back(self, home):
        user = make_user()
        membership = self.give(home, user=user, starts_on=clock.today() - 10 * DAY)
        membership_end(membership=membership, actor=ACTOR)
        membership_end(membership=Membership.objects.get(), actor=ACTOR)
        assert AuditEntry.objects.filter(verb="membership_end").count() == 1
        self.give(home, user=user)
        assert user.active_roles() == {Role.COORDINATOR} and Membership.objects.count() == 1


class TestRota:
    def shift(self, user, start, hours=4):
        return DutyShift.objects.create(user=user, starts_at=start, ends_at=start + hours * HOUR)

    def test_the_shift_that_covers_the_moment_comes_before_the_next(self, sam):
        current, later = self.shift(sam, MONDAY - HOUR), self.shift(sam, MONDAY + DAY)
        assert on_duty(MONDAY) == current
        assert on_duty(current.ends_at) == current
        assert on_duty(current.ends_at + datetime.timedelta(seconds=1)) == later
        assert on_duty(later.ends_at + HOUR) is None

    def test_whoever_cannot_call_is_not_on_duty(self, sam, dev):
        self.shift(dev, MONDAY - HOUR)
        assert on_duty(MONDAY) is None
        mine = self.shift(sam, MONDAY + HOUR)
        assert on_duty(MONDAY) == mine
        membership_end(membership=sam.memberships.get(), actor=ACTOR)
        assert on_duty(MONDAY) is None

    def test_somebody_whose_account_is_closed_is_not_on_duty(self, sam):
        self.shift(sam, MONDAY - HOUR)
        user_close(user=sam, actor=ACTOR, reason="left")
        assert on_duty(MONDAY) is None
