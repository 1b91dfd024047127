"""What is done to an article in one go: submitted, scheduled, published, withdrawn, restored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.acting import Act
from accounts.admin.fields import MomentField, TextField
from accounts.models import Person
from accounts.roles import Duty
from advice import publishing, writing
from advice.models import Article

type Given = dict[str, Any]


class VersionForm(forms.Form):
    """The version that whoever acts has read: another one is not published unseen."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput())


class ScheduleForm(VersionForm):
    moment = MomentField(label=_("Show it from"))


class ReasonForm(VersionForm):
    reason = forms.CharField(
        label=_("Why these words may stand"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class SlugForm(forms.Form):
    slug = TextField(label=_("Address"), max_length=120)


class RestoreForm(VersionForm):
    number = forms.IntegerField(widget=forms.HiddenInput())


def _submit(article: Article, _given: Given, by: Person, at: datetime) -> Promise:
    publishing.submit(article=article, by=by, at=at)
    return _("The article waits for whoever publishes.")


def _send_back(article: Article, _given: Given, by: Person, at: datetime) -> Promise:
    publishing.send_back(article=article, by=by, at=at)
    return _("The article is a draft again.")


def _schedule(article: Article, given: Given, by: Person, at: datetime) -> Promise:
    publishing.schedule(article=article, by=by, at=at, **given)
    return _("The article will show itself at its moment.")


def _publish(article: Article, given: Given, by: Person, at: datetime) -> Promise:
    publishing.publish(article=article, by=by, at=at, **given)
    return _("The article is there for readers.")


def _withdraw(article: Article, _given: Given, by: Person, at: datetime) -> Promise:
    publishing.withdraw(article=article, by=by, at=at)
    return _("Readers no longer see the article.")


def _override(article: Article, given: Given, by: Person, at: datetime) -> Promise:
    publishing.override_claims(article=article, by=by, at=at, **given)
    return _("The marked words may stand.")


def _readdress(article: Article, given: Given, by: Person, at: datetime) -> Promise:
    writing.change_slug(article=article, slug=given["slug"], by=by, at=at)
    return _("The article has its new address; the old one leads to it.")


def _restore(article: Article, given: Given, by: Person, at: datetime) -> Promise:
    writing.restore_revision(article=article, by=by, at=at, **given)
    return _("What that revision said is the latest again.")


def _as_read(article: Article, asked: Mapping[str, str]) -> Given:
    return {"expected_version": article.version, "number": asked.get("number")}


def _addressed(article: Article, _asked: Mapping[str, str]) -> Given:
    return {"slug": article.slug}


ACTS: tuple[Act[Article], ...] = (
    Act(
        name="submit",
        title=_("Submit for review"),
        button=_("Submit for review"),
        duty=Duty.WRITE_ADVICE,
        carry_out=_submit,
    ),
    Act(
        name="send_back",
        title=_("Send back"),
        button=_("Send back"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_send_back,
    ),
    Act(
        name="schedule",
        title=_("Schedule"),
        button=_("Schedule"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_schedule,
        form=ScheduleForm,
        start=_as_read,
    ),
    Act(
        name="publish",
        title=_("Publish"),
        button=_("Publish"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_publish,
        form=VersionForm,
        start=_as_read,
    ),
    Act(
        name="withdraw",
        title=_("Withdraw"),
        button=_("Withdraw"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_withdraw,
        is_grave=True,
    ),
    Act(
        name="claims",
        title=_("Let the marked words stand"),
        button=_("I answer for it"),
        duty=Duty.OVERRIDE_CLAIMS,
        carry_out=_override,
        form=ReasonForm,
        start=_as_read,
    ),
    Act(
        name="address",
        title=_("Change the address"),
        button=_("Change the address"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_readdress,
        form=SlugForm,
        start=_addressed,
    ),
    Act(
        name="restore",
        title=_("Come back to this revision"),
        button=_("Come back to it"),
        duty=Duty.WRITE_ADVICE,
        carry_out=_restore,
        form=RestoreForm,
        start=_as_read,
    ),
)
