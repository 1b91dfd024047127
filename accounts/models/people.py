from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.folded import FoldedField
from kernel.animals import Language


class LoginManager(BaseUserManager["Login"]):
    """What Django's own commands need to make accounts; each comes with the person behind it."""

    def get_queryset(self) -> models.QuerySet["Login"]:
        return super().get_queryset().select_related("person")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Login":
        login = self.model(email=email.strip().lower(), **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Login":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Login(AbstractBaseUser, PermissionsMixin):
    """An account: one verified address, unique whatever its case."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_staff = models.BooleanField(_("may open the back office"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[LoginManager] = LoginManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("logins")
        constraints = [models.UniqueConstraint(Lower("email"), name="login_email_once")]

    def __str__(self) -> str:
        return self.email


class Person(models.Model):
    """The clinic's file on a client or a colleague; may have no login, contacts are not unique."""

    login = models.OneToOneField(
        Login, models.SET_NULL, null=True, blank=True, related_name="person"
    )
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[(language, language) for language in Language],
        default=Language.FR,
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    known_since = models.DateTimeField(
        _("known to the clinic since"),
        null=True,
        blank=True,
        help_text=_("Marked by staff, or by the practice's file."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    name_key = FoldedField("last_name", "first_name")
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [models.Index(fields=["name_key", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email or f"#{self.pk}"
