from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person
from accounts.vocabulary import Origin, PrivacyKind, PrivacyState, Purpose


class Consent(models.Model):
    """What a person agreed to, or took back, on a day; the last row of a purpose is in force."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(
        _("purpose"), max_length=20, choices=[(each, each) for each in Purpose]
    )
    is_granted = models.BooleanField(_("agreed"))
    at = models.DateTimeField(_("when"))
    origin = models.CharField(_("source"), max_length=10, choices=[(each, each) for each in Origin])
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "purpose", "-at"], name="consent_in_force")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.is_granted}"


class PrivacyRequest(models.Model):
    """A person's request to have their data, or to have them erased, and the proof of it."""

    person = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="privacy_requests",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=[(each, each) for each in PrivacyKind])
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each, each) for each in PrivacyState],
        default=PrivacyState.REQUESTED,
    )
    requested_at = models.DateTimeField(_("asked"))
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    done_at = models.DateTimeField(_("done"), null=True)
    preview = models.JSONField(_("preview"), default=list)
    proof = models.JSONField(_("proof"), default=list)
    file_name = models.CharField(max_length=120, blank=True, editable=False)
    checksum = models.CharField(_("checksum"), max_length=64, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
