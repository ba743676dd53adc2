"""The demonstration's people, as the local page lists them."""

from dataclasses import dataclass

from accounts.demo import CAST
from accounts.models import User


@dataclass(frozen=True)
class Person:
    user: User
    says: str


def people() -> list[Person]:
    """Return those of the cast who are there, in the cast's order."""
    users = {user.email: user for user in User.objects.filter(email__in=[member.email for member in CAST])}
    return [Person(users[member.email], member.says) for member in CAST if member.email in users]
