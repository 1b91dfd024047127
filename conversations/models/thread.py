import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import Product
from clinic.models import Place
from conversations.vocabulary import Channel, Priority, SubjectKind, ThreadKind, ThreadState
from kernel.animals import Language
from orders.models import Order
from pets.models import Pet


def link_key() -> str:
    return secrets.token_hex(16)


class Thread(models.Model):
    """A question or a complaint, and what was said since; between one asker and the clinic.

    The asker is a person with a file, or an address: nobody at the clinic sees what an address
    asked before its owner has confirmed it. `due_at` sorts the inbox: by when an answer is promised
    while one is, the last word's moment otherwise. Links in mails are signed with `link_key`.
    """

    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=[(each, each) for each in ThreadKind],
        default=ThreadKind.QUESTION,
    )
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=[(each, each) for each in Channel],
        default=Channel.WEB,
    )
    title = models.CharField(_("title"), max_length=120)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="questions"
    )
    email = models.EmailField(_("e-mail"), blank=True, db_index=True)
    asker_name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(max_length=2, choices=[(each, each) for each in Language])
    pet = models.ForeignKey(Pet, models.SET_NULL, null=True, blank=True, related_name="questions")
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="questions", verbose_name=_("place")
    )
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(each, each) for each in ThreadState],
        default=ThreadState.WAITING,
    )
    priority = models.CharField(
        _("priority"),
        max_length=6,
        choices=[(each, each) for each in Priority],
        default=Priority.NORMAL,
    )
    is_urgent = models.BooleanField(_("says something urgent"), default=False)
    assignee = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions_in_charge",
        verbose_name=_("in charge"),
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    promised_by = models.DateTimeField(_("promised by"), null=True, blank=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    may_be_published = models.BooleanField(
        _("the asker lets it be published, without their name"), default=False
    )
    link_key = models.CharField(max_length=32, default=link_key, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="question_by_state"),
            models.Index(fields=["person", "-asked_at"], name="question_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(pet=None, product=None)
                    | models.Q(pet=None, order=None)
                    | models.Q(product=None, order=None)
                ),
                name="question_has_one_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False)
                | ~models.Q(email="")
                | ~models.Q(asker_name=""),
                name="question_has_an_asker",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject_kind(self) -> SubjectKind:
        if self.pet_id:
            return SubjectKind.PET
        if self.product_id:
            return SubjectKind.PRODUCT
        return SubjectKind.ORDER if self.order_id else SubjectKind.NONE


class AnswerPromise(models.Model):
    """By when an answer was promised, and when it was given: what the clinic is measured by.

    Each time that the asker waits anew there is one; it outlives its thread. One whose thread was
    closed unanswered after its time is a promise broken; before its time it is deleted.
    """

    thread = models.ForeignKey(
        Thread, models.SET_NULL, null=True, blank=True, related_name="promises"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_index=True)
    promised_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("promise to answer")
        verbose_name_plural = _("promises to answer")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread"],
                condition=models.Q(answered_at__isnull=True, given_up_at__isnull=True),
                name="promise_one_open_a_question",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
