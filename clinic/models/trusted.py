"""What the clinic's own front end may ask."""

from django.db import models


class TrustedDocument(models.Model):
    """A GraphQL document known by the hash of its text; never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    text = models.TextField()
    trusted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
