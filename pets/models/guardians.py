from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from pets.models.pets import Pet


class Guardian(models.Model):
    """A person who looks after a pet; a couple are two guardians, each by their own consent."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="guardians")
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="guardianships", verbose_name=_("person")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["pet", "person"], name="guardian_once")]

    def __str__(self) -> str:
        return f"{self.person} — {self.pet}"


class GuardianInvite(models.Model):
    """A guardian asks another to join; the token went by mail and is kept as a hash."""

    pet = models.ForeignKey(Pet, models.CASCADE, related_name="invites")
    by = models.ForeignKey(Person, models.CASCADE, related_name="invites_sent")
    email = models.EmailField(_("e-mail"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("until"))
    accepted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="invites_accepted"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pet}: {self.email}"
