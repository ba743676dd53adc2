"""The PyPI library `matching`, which has the name of one of our apps, asked for the same thing."""

from collections.abc import Sequence

from benchmarks.peers.pypi_matching import load
from tests.matching.lists import Entry, Place, in_order, wishes_of

library = load()


def hospital_resident(entries: Sequence[Entry], places: Sequence[Place]) -> dict[int, set[int]]:
    """Return by therapist which clients she takes. Her places are all alike, so a number of them is enough."""
    capacity = {entry.therapist: 0 for entry in entries}
    for place in places:
        if place.therapist in capacity:
            capacity[place.therapist] += 1
    # It knows nobody without a place.
    open_to = [entry for entry in entries if capacity[entry.therapist]]
    clients, therapists = {entry.client for entry in open_to}, {entry.therapist for entry in open_to}
    game = library.games.HospitalResident.create_from_dictionaries(
        {client: [entry.therapist for entry in wishes_of(client, open_to)] for client in clients},
        {
            one: [entry.client for entry in in_order(entry for entry in open_to if entry.therapist == one)]
            for one in therapists
        },
        {one: capacity[one] for one in therapists},
    )
    solved = game.solve(optimal="resident")
    found = {hospital.name: {resident.name for resident in taken} for hospital, taken in solved.items()}
    return {one: taken for one, taken in found.items() if taken}
