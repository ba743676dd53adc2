"""What is known about each kind of therapy: words for the page about it, and how it is, for the questions that help
somebody find a kind. Every row says where it is from, who reviewed it and when it was checked.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from therapists.models.reference import Issue, Modality


class SourcedRow(models.Model):
    """A fact that is read by people who seek help. `reviewed_by` is empty until somebody of the operator read it."""

    source = models.CharField(max_length=400)
    reviewed_by = models.CharField(max_length=120, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        abstract = True


class ModalityFact(SourcedRow):
    """One kind of therapy in words, and its traits. An empty text or trait: not known, and the page says less.

    `between`: what one does between meetings; `length`: how long it usually takes; `offered_for`: what it is usually
    offered for; `evidence`: what studies and national figures say. A trait is one word, or several with a space between
    them where the kind can be either.
    """

    class Focus(models.TextChoices):
        NOW = "now", _("Now and what comes next")
        PAST = "past", _("The past and where things come from")
        EITHER = "now past", _("Either, as it suits")

    class Practice(models.TextChoices):
        YES = "yes", _("Things to do between meetings")
        NO = "no", _("Nothing set between meetings")
        EITHER = "yes no", _("Either, as it suits")

    class Lead(models.TextChoices):
        STRUCTURED = "structured", _("A plan for each meeting")
        OPEN = "open", _("Open: the person chooses what to talk about")
        EITHER = "structured open", _("Either, as it suits")

    class Time(models.TextChoices):
        SHORT = "short", _("A smaller number of meetings")
        LONGER = "longer", _("Longer")
        EITHER = "short longer", _("Either, as it suits")

    class Company(models.TextChoices):
        ALONE = "alone", _("One person and the therapist")
        GROUP = "group", _("A group")
        CLOSE = "close", _("With a partner or family")
        EITHER = "alone group", _("One person, or a group")
        ALONE_OR_CLOSE = "alone close", _("One person, or with a partner or family")

    class Way(models.TextChoices):
        TALKING = "talking", _("Mainly talking")
        MAKING = "making", _("Making, music, acting or movement")
        BODY = "body", _("Noticing the body, or relaxing deeply")
        EITHER = "talking body", _("Talking, and noticing the body")

    modality = models.OneToOneField(Modality, on_delete=models.CASCADE, related_name="fact")
    between = models.TextField(blank=True)
    length = models.TextField(blank=True)
    offered_for = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    focus = models.CharField(max_length=24, choices=Focus, blank=True)
    practice = models.CharField(max_length=24, choices=Practice, blank=True)
    lead = models.CharField(max_length=24, choices=Lead, blank=True)
    time = models.CharField(max_length=24, choices=Time, blank=True)
    company = models.CharField(max_length=24, choices=Company, blank=True)
    way = models.CharField(max_length=24, choices=Way, blank=True)
    # Never suggested to somebody who refers herself, who is an adult. It still has its page.
    children_only = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("fact about a kind of therapy")
        verbose_name_plural = _("facts about kinds of therapy")
        ordering = ["modality__position"]

    def __str__(self) -> str:
        return self.modality.name


class ModalityIssue(SourcedRow):
    """A kind of therapy is usually offered for an issue. `guideline` and `year`: the NICE guideline naming it first."""

    modality = models.ForeignKey(Modality, on_delete=models.CASCADE, related_name="usual_issues")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="usual_modalities")
    guideline = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("kind of therapy for an issue")
        verbose_name_plural = _("kinds of therapy for issues")
        constraints = [
            models.UniqueConstraint(fields=["modality", "issue"], name="one_row_per_modality_and_issue"),
            models.CheckConstraint(
                condition=models.Q(guideline="", year__isnull=True)
                # A comparison with nothing is neither true nor false, and would pass.
                | (~models.Q(guideline="") & models.Q(year__isnull=False, year__gt=0)),
                name="a_guideline_has_its_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.modality}: {self.issue}"
