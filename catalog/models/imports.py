from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person


class SupplierFormat(models.Model):
    """How a supplier's file is read: our column for each of theirs, remembered."""

    supplier = models.SlugField(_("supplier"), max_length=40, unique=True)
    columns = models.JSONField(
        _("columns"), default=dict, help_text=_("Our column name for each of theirs.")
    )
    defaults = models.JSONField(_("values for missing columns"), default=dict, blank=True)

    class Meta:
        verbose_name = _("supplier format")
        verbose_name_plural = _("supplier formats")

    def __str__(self) -> str:
        return self.supplier


class ImportRun(models.Model):
    """One reading of a file or folder, and what came of it."""

    path = models.CharField(_("file"), max_length=300)
    supplier = models.CharField(_("supplier"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    is_dry = models.BooleanField(_("dry run"), default=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    counts = models.JSONField(_("counts"), default=dict)
    differences = models.JSONField(_("differences"), default=list)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.path} {self.started_at:%Y-%m-%d %H:%M}"


class ImportProblem(models.Model):
    """A row that was refused: where it stands, what was read, what is expected."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems")
    file = models.CharField(_("file"), max_length=120)
    line = models.PositiveIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=80, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    expected = models.CharField(_("expected"), max_length=300)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.column}"
