"""The record of a ranking that somebody acted on."""

from django.db import transaction

from clients.models import Preferences
from clients.preferences import VERSION
from core.actors import Actor
from core.audit import record_write
from matching.engine.explain import shown_of
from matching.engine.rank import ENGINE_VERSION, rank
from matching.models import MatchRun
from matching.records import facts_of, list_digest, log_now, meaning_digest, shown_json
from matching.services.ranking import Ranking
from matching.services.weights import weight_set_ensure
from matching.store import store


@transaction.atomic
def match_run_record(*, ranking: Ranking, preferences: Preferences, seed: int, actor: Actor) -> MatchRun:
    """Store what was ranked when somebody acted on it: inputs by version, and the first of the list with what decided.

    When the register changes in this very moment, facts about the first are left out, for they might be later ones.
    """
    ids = [row.therapist_id for row in ranking.rows]
    log, facts = log_now(), facts_of(ids)
    certain = store.current().lens is ranking.lens
    run = MatchRun.objects.create(
        preferences=preferences,
        statement_version=VERSION,
        weight_set_id=ranking.weight_set_id or weight_set_ensure(actor=actor).pk,
        seed=seed,
        as_of=ranking.as_of,
        register_version=ranking.register_version,
        engine_version=ENGINE_VERSION,
        order=ranking.order,
        offset=ranking.offset,
        silent=sorted(ranking.silent),
        eligible=ranking.eligible,
        first_ids=ids,
        shown=shown_json(shown_of(ranking.ranked), ranking.rows, facts if certain else None, log),
        list_digest=_list_digest(ranking, seed),
        meaning_digest=meaning_digest(ranking.stated, ranking.lens.register.book),
    )
    record_write(actor=actor, verb="match_run.recorded", obj_type="match_run", obj_id=run.pk)
    return run


def _list_digest(ranking: Ranking, seed: int) -> str:
    whole = rank(
        ranking.stated,
        ranking.lens,
        ranking.weights,
        seed,
        ranking.as_of,
        silent=ranking.silent,
        limit=ranking.eligible,
        order=ranking.order,
    )
    return list_digest(whole.ids, whole.bands)
