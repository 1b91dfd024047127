from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from conversations.models.thread import Thread
from conversations.vocabulary import Channel, MessageKind


class Message(models.Model):
    """Something said in a thread, as plain text; a note is for colleagues alone."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=11, choices=[(each, each) for each in MessageKind])
    channel = models.CharField(
        max_length=8, choices=[(each, each) for each in Channel], default=Channel.WEB
    )
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="messages_written"
    )
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        indexes = [models.Index(fields=["thread", "kind", "id"], name="message_of_question")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Attachment(models.Model):
    """A picture or a document of a message, in private storage.

    `original` is as it was sent; what is shown of a picture is drawn anew by the worker, without
    whatever else was in the file, and is empty until then.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    content_type = models.CharField(max_length=40)
    original = models.CharField(max_length=200)
    drawn = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"
