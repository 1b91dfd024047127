from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Place
from orders.vocabulary import DeliveryMethod


class Zone(models.Model):
    """Where a place sends, at home or to relay points, by the beginnings of postal codes.

    The longest beginning wins; none at all means the whole country, Corsica and overseas apart.
    `points` are the relay points that staff listed.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="zones", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=60)
    method = models.CharField(
        _("for"),
        max_length=8,
        choices=[(each, each) for each in DeliveryMethod],
        default=DeliveryMethod.HOME,
    )
    country = models.CharField(_("country"), max_length=2, default="FR")
    prefixes = models.JSONField(_("beginnings of postal codes"), default=list, blank=True)
    free_from_cents = models.PositiveIntegerField(_("free from (cents)"), null=True, blank=True)
    days_needed = models.PositiveSmallIntegerField(_("days on the way"), default=1)
    has_slots = models.BooleanField(_("the owner chooses the day"), default=True)
    carrier = models.CharField(_("carrier"), max_length=20, default="manual")
    points = models.JSONField(_("relay points"), default=list, blank=True)
    is_active = models.BooleanField(_("served"), default=True)

    class Meta:
        verbose_name = _("delivery zone")
        verbose_name_plural = _("delivery zones")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ZoneRate(models.Model):
    """The price of a delivery up to a weight, VAT included."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="rates")
    up_to_g = models.PositiveIntegerField(_("up to (g)"))
    gross_cents = models.PositiveIntegerField(_("price, VAT included (cents)"))

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["up_to_g"]
        constraints = [models.UniqueConstraint(fields=["zone", "up_to_g"], name="zone_rate_once")]

    def __str__(self) -> str:
        return f"{self.up_to_g} g"


class SlotRule(models.Model):
    """A stretch of a weekday in which a place delivers or hands over, and how many times.

    An order is taken for a day until `cut_off` o'clock, `days_before` working days before it.
    """

    place = models.ForeignKey(
        Place, models.CASCADE, related_name="slot_rules", verbose_name=_("place")
    )
    method = models.CharField(
        _("for"), max_length=8, choices=[(each, each) for each in DeliveryMethod]
    )
    weekday = models.PositiveSmallIntegerField(_("weekday (1 is Monday)"))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    capacity = models.PositiveIntegerField(_("how many"))
    days_before = models.PositiveSmallIntegerField(
        _("ordered at least (working days before)"), default=1
    )
    cut_off = models.TimeField(_("before"))

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["method", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "method", "weekday", "starts"], name="slot_rule_once"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__range=(1, 7)) & models.Q(ends__gt=models.F("starts")),
                name="slot_rule_is_a_stretch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.weekday} {self.starts:%H:%M}-{self.ends:%H:%M}"


class SlotDay(models.Model):
    """A slot on a day: how many it takes, and how many are held; never more."""

    rule = models.ForeignKey(SlotRule, models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    capacity = models.PositiveIntegerField(_("how many"))
    held = models.PositiveIntegerField(_("taken"), default=0)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "day"], name="slot_day_once"),
            models.CheckConstraint(
                condition=models.Q(held__lte=models.F("capacity")), name="slot_day_never_overfull"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.rule}"
