"""What is done with a question in one go: answered, noted, put in charge, closed, published."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.acting import Act
from accounts.admin.fields import ChoiceField, TextField, UploadField
from accounts.admin.files import Opening
from accounts.models import Person
from accounts.roles import Duty
from clinic.models import Place
from conversations import access, asking, charge, publishing, reading, talking
from conversations.admin import labels
from conversations.asking import Asked, Asker
from conversations.models import CannedAnswer, Thread
from conversations.reading import SAID
from conversations.turns import LONGEST_TEXT
from conversations.vocabulary import Channel, MessageKind, Priority, ThreadKind
from kernel import pictures
from kernel.animals import Language

_DUTY = Duty.ANSWER_QUESTIONS
_ELSEWHERE = [each for each in Channel if each is not Channel.WEB]


def _long(label: Any, rows: int = 8, **more: Any) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=widget, **more)


class AnswerForm(forms.Form):
    text = _long(_("Answer"))
    channel = ChoiceField(
        label=_("Given"),
        choices=labels.choices(Channel, labels.CHANNELS.__getitem__),
        help_text=_("Of an answer in the shop the asker is told by mail."),
    )
    file = UploadField(
        label=_("Picture or PDF"),
        accept="image/jpeg,image/png,image/webp,application/pdf",
        required=False,
    )


class NoteForm(forms.Form):
    text = _long(_("Note"), rows=4, help_text=_("Colleagues alone read it."))


class AssignForm(forms.Form):
    to = ChoiceField(label=_("In charge"), required=False)
    priority = ChoiceField(
        label=_("Priority"), choices=labels.choices(Priority, labels.PRIORITIES.__getitem__)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(each.pk), str(each)) for each in access.answerers()]
        self.fields["to"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    question = _long(_("Question"), help_text=_("Without anything that tells who asked."))
    answer = _long(_("Answer"))


class EnterForm(forms.Form):
    channel = ChoiceField(
        label=_("How it came"), choices=labels.choices(_ELSEWHERE, labels.CHANNELS.__getitem__)
    )
    kind = ChoiceField(
        label=_("What it is"), choices=labels.choices(ThreadKind, labels.KINDS.__getitem__)
    )
    place = ChoiceField(label=_("Place"))
    name = TextField(label=_("Who asks"), max_length=80, required=False)
    email = TextField(label=_("E-mail"), max_length=254, required=False)
    text = _long(_("What they ask"), help_text=_("A pasted mail loses its markup."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Place.objects.filter(is_active=True).order_by("pk")
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (each.name, each.name) for each in places
        ]


def _answer(thread: Thread, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    file = given["file"]
    talking.answer(
        thread=thread,
        text=given["text"],
        files=[file.read(pictures.MAX_BYTES + 1)] if file else [],
        channel=Channel(given["channel"]),
        by=by,
        at=at,
    )
    return _("The answer is given.")


def _note(thread: Thread, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    talking.note(thread=thread, text=given["text"], by=by, at=at)
    return _("The note is written.")


def _assign(thread: Thread, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    to = access.answerer(int(given["to"])) if given["to"] else None
    charge.assign(thread=thread, to=to, by=by, at=at)
    charge.prioritise(thread=thread, priority=Priority(given["priority"]), by=by, at=at)
    return _("Who is in charge is noted.")


def _take(thread: Thread, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    charge.assign(thread=thread, to=by, by=by, at=at)
    return _("You are in charge.")


def _close(thread: Thread, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    talking.close(thread=thread, by=by, at=at)
    return _("The question is closed.")


def _reopen(thread: Thread, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    talking.reopen(thread=thread, by=by, at=at)
    return _("The question is open again.")


def _publish(thread: Thread, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    publishing.publish(
        thread=thread, question=given["question"], answer=given["answer"], by=by, at=at
    )
    return _("The question is public.")


def _unpublish(thread: Thread, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    publishing.withdraw(thread=thread, by=by, at=at)
    return _("The question is not public any more.")


def _last_said(thread: Thread) -> dict[MessageKind, str]:
    """The first words of the asker and the last of the clinic."""
    said = thread.messages.filter(kind__in=SAID).order_by("pk")
    asked = said.filter(kind=MessageKind.FROM_ASKER).values_list("text", flat=True).first()
    told = said.filter(kind=MessageKind.FROM_CLINIC).values_list("text", flat=True).last()
    return {MessageKind.FROM_ASKER: asked or "", MessageKind.FROM_CLINIC: told or ""}


def _asked(thread: Thread, _at: datetime) -> dict[str, Any]:
    last = thread.messages.filter(kind=MessageKind.FROM_ASKER).order_by("-pk").first()
    return {"facts": [(labels.asker(thread), last.text if last else "—")]}


def _canned(thread: Thread, _asked: Any) -> dict[str, Any]:
    return {"canned": reading.canned_answers(Language(thread.language))}


def _begin_answer(thread: Thread, asked: Any) -> dict[str, Any]:
    key = asked.get("canned", "")
    found = CannedAnswer.objects.filter(pk=key).first() if key.isdecimal() else None
    return {"channel": thread.channel, "text": found.text if found else ""}


def _begin_public(thread: Thread, _asked: Any) -> dict[str, Any]:
    said = _last_said(thread)
    return {"question": said[MessageKind.FROM_ASKER], "answer": said[MessageKind.FROM_CLINIC]}


def _begin_charge(thread: Thread, _asked: Any) -> dict[str, Any]:
    return {"to": str(thread.assignee_id or ""), "priority": thread.priority}


def _act(name: str, title: Any, carry_out: Any, **more: Any) -> Act[Thread]:
    return Act(
        name=name,
        title=title,
        button=more.pop("button", title),
        duty=_DUTY,
        carry_out=carry_out,
        **more,
    )


ACTS: tuple[Act[Thread], ...] = (
    _act(
        "answer",
        _("Answer the question"),
        _answer,
        form=AnswerForm,
        beside=_asked,
        start=_begin_answer,
        about=_canned,
        template="admin/conversations/answer.html",
    ),
    _act("note", _("Write a note"), _note, form=NoteForm),
    _act("assign", _("Who is in charge"), _assign, form=AssignForm, start=_begin_charge),
    _act("take", _("Take charge"), _take),
    _act("close", pgettext_lazy("a question", "Close"), _close),
    _act("reopen", pgettext_lazy("a question", "Open again"), _reopen),
    _act("publish", _("Publish without a name"), _publish, form=PublishForm, start=_begin_public),
    _act("unpublish", _("Take from the public"), _unpublish),
)


def _enter(given: dict[str, Any], by: Person, at: datetime) -> Thread:
    return asking.enter(
        asker=Asker(name=given["name"], email=given["email"]),
        asked=Asked(text=given["text"], kind=ThreadKind(given["kind"])),
        channel=Channel(given["channel"]),
        place=access.place_asked(given["place"]),
        by=by,
        at=at,
    )


OPENING = Opening(
    title=_("Write down a question"),
    button=_("Write it down"),
    words=_("The question is in the inbox."),
    duty=_DUTY,
    form=EnterForm,
    carry_out=_enter,
    start=lambda _asked: {"channel": Channel.PHONE, "kind": ThreadKind.QUESTION},
)


def author_of(name: str, *, is_clinic: bool) -> str:
    """Who said something, in words."""
    return name or (gettext("the clinic") if is_clinic else gettext("the asker"))
