"""Who does something: every service takes one of these, and every record of a write or a read names one."""

from dataclasses import dataclass, field

# No row's key. Looked up instead of None, which would find the rows that belong to nobody yet.
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Actor:
    """`type` is "user", "client" or "system"; `id` is text, because records of it outlive every table."""

    type: str
    id: str
    label: str
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def user_id(self) -> int | None:
        """Return the signed-in user's primary key; None for clients and for the system."""
        return int(self.id) if self.type == "user" else None

    @property
    def client_id(self) -> int | None:
        """Return the client's primary key; None for everybody else."""
        return int(self.id) if self.type == "client" else None

    def holds(self, *roles: str) -> bool:
        """Say whether the actor holds at least one of the roles."""
        return bool(self.roles & set(roles))


def system(name: str) -> Actor:
    """Return the platform itself, by the name of what runs: "tick", "import", "demo"."""
    return Actor("system", name, name)


def for_client(client_id: int) -> Actor:
    """Return a client. The label carries no name, because records are read by people who may not know it."""
    return Actor("client", str(client_id), "client")
