"""What staff read for the codes of conversations, in their language."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import labels
from conversations.models import Thread
from conversations.vocabulary import Channel, Priority, ThreadKind, ThreadState

STATES: dict[ThreadState, tuple[str | Promise, str]] = {
    ThreadState.WAITING: (_("to be answered"), "orange"),
    ThreadState.ANSWERED: (_("answered"), "green"),
    ThreadState.CLOSED: (_("closed"), "base"),
}
KINDS: dict[ThreadKind, str | Promise] = {
    ThreadKind.QUESTION: _("question"),
    ThreadKind.COMPLAINT: _("complaint"),
}
CHANNELS: dict[Channel, str | Promise] = {
    Channel.WEB: _("in the shop"),
    Channel.MAIL: _("by mail"),
    Channel.PHONE: _("by phone"),
    Channel.COUNTER: _("at the counter"),
    Channel.SOCIAL: _("on a social network"),
}
PRIORITIES: dict[Priority, str | Promise] = {
    Priority.LOW: _("low"),
    Priority.NORMAL: _("normal"),
    Priority.HIGH: _("high"),
}

#: What the trail of changes calls what was done.
ACTIONS: dict[str, str | Promise] = {
    "answer_time.set": _("Promised time changed"),
    "canned_answer.remove": _("Ready answer removed"),
    "canned_answer.save": _("Ready answer changed"),
    "question.answer": _("Question answered"),
    "question.ask": _("Question asked"),
    "question.assign": _("Question put in charge of somebody"),
    "question.close": _("Question closed"),
    "question.consent": _("Leave to publish a question given or taken back"),
    "question.enter": _("Question written down"),
    "question.note": _("Note on a question"),
    "question.priority": _("Priority of a question changed"),
    "question.publish": _("Question published"),
    "question.read": _("Question read"),
    "question.reopen": _("Question opened again"),
    "question.reply": _("Asker added something"),
    "question.unpublish": _("Question taken from the public"),
}

badge = labels.badge
choices = labels.choices
day = labels.day
moment = labels.moment
shown = labels.shown

_MINUTES_AN_HOUR = 60


def state_badge(thread: Thread) -> SafeString:
    words, colour = STATES[ThreadState(thread.state)]
    return badge(words, colour)


def asker(thread: Thread) -> str:
    return str(thread.person) if thread.person else thread.asker_name or thread.email


def subject(thread: Thread) -> str:
    found = thread.pet or thread.product or thread.order
    return str(found) if found else ""


def duration(minutes: int | None) -> str:
    """`45 min` or `3 h 05`; a dash where there is none."""
    if minutes is None:
        return "—"
    hours, rest = divmod(minutes, _MINUTES_AN_HOUR)
    return f"{hours}\u00a0h\u00a0{rest:02}" if hours else f"{rest}\u00a0min"


def percent(share: int | None) -> str:
    return "—" if share is None else gettext("%(share)d %%") % {"share": share}


def settled(count: int) -> str:
    return ngettext("%d promise", "%d promises", count) % count
