"""What a therapist is found by when somebody looks for her. Derived from her name, registrations and rooms."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from core.personal import PersonalData
from therapists.models.profile import Therapist


class SearchWord(models.Model):
    """A word that stands in a name or (after "@") in a town, once. `near`: the keys of its slips (therapists.naming).

    The vocabulary is small beside the register, so that slips and beginnings are looked for in it first.
    """

    personal = PersonalData(
        scope="read by the search alone; single words, which lead to nobody by themselves",
        keep="until no name holds it any more: a nightly task takes it out",
        audit="derived from names and towns, whose changes are recorded",
    )

    word = models.CharField(max_length=40, primary_key=True)
    near = ArrayField(models.IntegerField())

    class Meta:
        # Not "fast update": a search must not read through a list of words that are not sorted in yet.
        indexes = [GinIndex(fields=["near"], name="search_words_by_slip", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class SearchEntry(models.Model):
    """The words of one therapist: of her name here, of her names on registers, of the towns of her rooms."""

    personal = PersonalData(
        scope="as her name and towns: public when listed; otherwise coordinators",
        keep="with its therapist",
        audit="derived from names and towns, whose changes are recorded",
    )

    therapist = models.OneToOneField(Therapist, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = ArrayField(models.CharField(max_length=40))
    sort_name = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [GinIndex(fields=["words"], name="search_entries_by_word", fastupdate=False)]

    def __str__(self) -> str:
        return f"search entry {self.pk}"
