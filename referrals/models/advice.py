"""What may help while somebody waits, as rows: dated, from somewhere, and reviewed by somebody or not yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaitingAdvice(models.Model):
    """One part of the page "While you wait". `text` holds paragraphs with an empty line between them; one whose lines
    begin with "- " is a list. `reviewed_by` is empty until somebody of the operator read it.
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=400)
    reviewed_by = models.CharField(max_length=120, blank=True)
    checked_on = models.DateField()
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("part of the page for people who wait")
        verbose_name_plural = _("parts of the page for people who wait")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title
