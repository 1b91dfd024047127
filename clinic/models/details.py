from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.vocabulary import ClientGate, SellerRegime


class Clinic(models.Model):
    """The clinic that runs this shop: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=160)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20)
    emergency_phone = models.CharField(_("emergency phone"), max_length=20, blank=True)
    mediator = models.CharField(
        _("consumer mediator"),
        max_length=300,
        blank=True,
        help_text=_("Name and address, shown to buyers (Code de la consommation L.616-1)."),
    )
    seller_regime = models.CharField(
        _("seller regime"),
        max_length=20,
        choices=[(regime, regime) for regime in SellerRegime],
        default=SellerRegime.CLINIC,
        help_text=_(
            "CLINIC bars price reductions and vouchers (Code rural R.242-62); "
            "TRADING_COMPANY allows them."
        ),
    )
    client_gate = models.CharField(
        _("client gate for dietetic food"),
        max_length=20,
        choices=[(gate, gate) for gate in ClientGate],
        default=ClientGate.KNOWN_CLIENT,
    )
    medicine_declaration = models.CharField(
        _("receipt of the online medicine declaration"),
        max_length=60,
        blank=True,
        help_text=_("Given by Anses (décret 2025-908). The medicine module stays off without it."),
    )

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clinic_is_single")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A place where the clinic receives people and keeps stock."""

    name = models.CharField(_("name"), max_length=80)
    street = models.CharField(_("street"), max_length=120)
    postal_code = models.CharField(_("postal code"), max_length=10)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="FR")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("open to the public"), default=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """A stretch of a weekday when a place is open; a lunch break makes two stretches."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="hours", verbose_name=_("place"))
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), help_text=_("1 is Monday, 7 is Sunday (ISO 8601).")
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["place", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__range=(1, 7)), name="opening_weekday_is_iso"
            ),
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")), name="opens_before_it_closes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(models.Model):
    """Days when a place is closed against its usual hours; both ends included."""

    place = models.ForeignKey(
        Place, models.CASCADE, related_name="closures", verbose_name=_("place")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")),
                name="closure_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} - {self.last_day}"
