from django.db import models


class PublicRevision(models.Model):
    """One row that moves with every change of what the public may see.

    `token` is new at every move, so that two histories that share a number (after a restore, or a
    rolled-back test) are never taken for one another.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    token = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="public_revision_is_single")
        ]

    def __str__(self) -> str:
        return str(self.number)


class Heartbeat(models.Model):
    """When a worker last showed that it is alive."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
