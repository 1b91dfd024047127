"""Who asks, what enters the inbox, and by when an answer is promised."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages

from accounts import retention
from accounts.access import GUEST, viewer_of
from accounts.models import AuditEntry, Notice
from catalog.models import Product
from clinic.models import Place
from conversations import access, asking, attachments
from conversations.attachments import DocumentReason, DocumentRefused
from conversations.links import LinkRefused
from conversations.models import AnswerPromise, AnswerTime, Attachment, Message, Thread
from conversations.vocabulary import Channel, MessageKind, Priority, ThreadKind, ThreadState
from kernel.pictures import PictureRefused
from kernel.refusals import Invalid, LimitReached, NotFound
from tests.builders import owner, person, pet_of, published
from tests.conversations.world import (
    MONDAY,
    PDF,
    asks,
    caller_asks,
    mailed_token,
    open_clinic,
    picture,
    stranger_asks,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clinic():
    open_clinic()


def refused(refusal, call):
    before = Thread.objects.count(), Message.objects.count(), Attachment.objects.count()
    with pytest.raises(refusal) as told:
        call()
    after = Thread.objects.count(), Message.objects.count(), Attachment.objects.count()
    assert after == before
    return told.value.path


def test_an_owner_asks_about_a_pet_and_is_told_by_when_they_have_an_answer():
    ada = owner("Ada")
    rex = pet_of(ada)
    thread = asks(ada, "Combien de croquettes ?", pet=rex)
    facts = ("person", "pet", "title", "state", "priority", "channel", "confirmed_at")
    assert Thread.objects.values_list(*facts).get() == (
        *(ada.person.pk, rex.pk, "Combien de croquettes ?", ThreadState.WAITING),
        *(Priority.NORMAL, Channel.WEB, MONDAY),
    )
    # 480 opening minutes of 420 a day: today until 18:00 holds 360, tomorrow's first two hours 120.
    due = MONDAY + DAY + HOUR
    assert (thread.promised_by, thread.due_at) == (due, due)
    assert AnswerPromise.objects.values_list("thread", "asked_at", "promised_by").get() == (
        *(thread.pk, MONDAY, due),
    )
    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject) == (ada.email, "La clinique a votre question")
    assert "17 novembre 2026 11:00" in notice.body
    assert "Combien" not in notice.body
    assert AuditEntry.objects.filter(action="question.ask").count() == 1


def test_staff_set_within_how_long_the_clinic_answers():
    AnswerTime.objects.create(kind=ThreadKind.COMPLAINT, minutes=60, urgent_minutes=30)
    assert asks(kind=ThreadKind.COMPLAINT).promised_by == MONDAY + HOUR
    urgent = asks(text="Il a des convulsions", kind=ThreadKind.COMPLAINT)
    assert urgent.promised_by == MONDAY + HOUR / 2


def test_what_says_something_urgent_has_high_priority():
    thread = asks(text="Mon chien n’arrive plus à respirer")
    assert (thread.is_urgent, thread.priority) == (True, Priority.HIGH)
    assert thread.promised_by == MONDAY + HOUR


def test_a_long_text_gives_its_beginning_as_title():
    assert asks(text="mot " * 100).title == ("mot " * 20).strip() + "…"


def test_what_a_stranger_asks_is_seen_once_the_address_is_confirmed():
    thread = stranger_asks("Eve@Clients.example")
    assert (thread.email, thread.confirmed_at, thread.promised_by) == (
        *("eve@clients.example", None, None),
    )
    with pytest.raises(NotFound):
        access.thread_for_staff(thread.pk)
    token = mailed_token()
    later = MONDAY + DAY
    for _twice in range(2):
        asking.confirm(token=token, at=later)
    assert access.thread_for_staff(thread.pk).confirmed_at == later
    assert AnswerPromise.objects.get().asked_at == later
    assert Notice.objects.count() == 2


def test_a_link_of_a_mail_is_for_one_thing_and_ends():
    thread = stranger_asks()
    confirming = mailed_token()
    asking.confirm(token=confirming, at=MONDAY)
    reading = mailed_token()
    assert access.thread_by_link(GUEST, reading, at=MONDAY) == thread
    for token, at in (
        (confirming, MONDAY),
        (reading, MONDAY + 60 * DAY),
        (reading[:-1], MONDAY),
        ("", MONDAY),
    ):
        with pytest.raises(LinkRefused):
            access.thread_by_link(GUEST, token, at=at)
    with pytest.raises(LinkRefused):
        asking.confirm(token=confirming, at=MONDAY + 3 * DAY)


def test_a_link_to_what_an_account_asked_asks_to_sign_in():
    ada = owner("Ada")
    thread = asks(ada)
    token = mailed_token()
    assert access.thread_by_link(viewer_of(ada), token, at=MONDAY) == thread
    for viewer in (GUEST, viewer_of(owner("Eve"))):
        with pytest.raises(LinkRefused):
            access.thread_by_link(viewer, token, at=MONDAY)


def test_who_proves_the_address_by_an_account_finds_what_it_asked():
    eve = owner("Eve")
    stranger_asks(eve.email)
    assert list(access.threads_of(viewer_of(eve))) == []
    asking.confirm(token=mailed_token(), at=MONDAY)
    assert access.threads_of(viewer_of(eve)).count() == 1
    assert access.threads_of(viewer_of(owner("Ada"))).count() == 0


def test_a_stranger_cannot_have_us_mail_an_address_again_and_again():
    for _each in range(asking.MOST_UNCONFIRMED):
        stranger_asks()
    assert refused(LimitReached, stranger_asks) == ["input", "email"]
    assert Notice.objects.count() == 3
    stranger_asks("other@clients.example")
    stranger_asks(at=MONDAY + DAY)


def test_a_person_has_twenty_open_questions_at_most_and_no_file_stays_of_one_more():
    ada = person()
    for _each in range(asking.MOST_OPEN):
        asks(ada)
    assert refused(LimitReached, lambda: asks(ada, files=[PDF])) == ["input"]
    assert storages["private"].listdir(attachments.FOLDER) == ([], [])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"text": ""}, ["input", "text"]),
        ({"text": "   \n \x00 "}, ["input", "text"]),
        ({"text": "<p></p><script>x</script>"}, ["input", "text"]),
        ({"text": "a" * 5001}, ["input", "text"]),
        ({"text": "a" * 1_000_000}, ["input", "text"]),
        ({"text": "<p>" * 1_000_000}, ["input", "text"]),
        ({"title": "a" * 121}, ["input", "title"]),
    ],
)
def test_what_is_no_question_is_refused(given, path):
    assert refused(Invalid, lambda: asks(**{"text": "Oui ?", **given})) == path


def test_two_subjects_are_one_too_many():
    ada = person()
    rex = pet_of(ada)
    published("p")
    about = {"pet": rex, "product": Product.objects.get()}
    assert refused(Invalid, lambda: asks(ada, **about)) == ["input"]


@pytest.mark.parametrize("email", ["", "no address", "a@b"])
def test_a_stranger_without_an_address_is_refused(email):
    assert refused(Invalid, lambda: stranger_asks(email)) == ["input", "email"]


def test_staff_write_down_what_a_caller_asked():
    vet = person()
    thread = caller_asks(vet)
    assert (thread.channel, thread.asker_name, thread.confirmed_at) == (
        *(Channel.PHONE, "M. Durand", MONDAY),
    )
    assert Notice.objects.count() == 0
    assert Message.objects.values_list("channel", "kind", "author").get() == (
        *(Channel.PHONE, MessageKind.FROM_ASKER, None),
    )
    assert AuditEntry.objects.get(action="question.enter").by == vet
    assert refused(Invalid, lambda: caller_asks(vet, name="")) == ["input", "name"]


def test_pictures_and_documents_are_kept_in_private_and_shown_as_they_were_drawn():
    asks(files=[picture(), PDF])
    image, document = Attachment.objects.order_by("pk")
    facts = [(each.content_type, each.width, each.height) for each in (image, document)]
    assert facts == [("image/png", 40, 30), ("application/pdf", None, None)]
    assert attachments.address_of(image, at=MONDAY) is None
    attachments.draw(image.pk)
    image.refresh_from_db()
    token = attachments.address_of(image, at=MONDAY).rsplit("/", 1)[1]
    file, kind = attachments.open_attachment(token, at=MONDAY)
    with file:
        assert (kind, file.read()[8:12]) == ("image/webp", b"WEBP")
    token = attachments.address_of(document, at=MONDAY).rsplit("/", 1)[1]
    file, kind = attachments.open_attachment(token, at=MONDAY)
    with file:
        assert (kind, file.read()) == ("application/pdf", PDF)
    for bad, at in ((token, MONDAY + HOUR), (token[:-2], MONDAY), ("x", MONDAY)):
        with pytest.raises(NotFound):
            attachments.open_attachment(bad, at=at)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"MZ\x90\x00", DocumentReason.NO_PDF),
        (b"<html><script>alert(1)</script>", DocumentReason.NO_PDF),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", DocumentReason.NO_PDF),
        (b"%PDF-1.7\n", DocumentReason.CUT_OFF),
        (PDF.replace(b"<<>>", b"<</S/JavaScript/JS(x)>>", 1), DocumentReason.ACTIVE),
        (PDF.replace(b"<<>>", b"<</S/Launch>>", 1), DocumentReason.ACTIVE),
        (PDF[:9] + b" " * (10 * 1024 * 1024) + PDF[9:], DocumentReason.TOO_HEAVY),
    ],
)
def test_other_files_are_refused_and_none_is_kept(data, reason):
    with pytest.raises(DocumentRefused) as told:
        asks(files=[picture(), data])
    assert told.value.reason is reason
    assert (Thread.objects.count(), Attachment.objects.count()) == (0, 0)
    assert not storages["private"].exists(attachments.FOLDER)


def test_a_damaged_picture_and_a_sixth_file_are_refused():
    refused(PictureRefused, lambda: asks(files=[picture()[:60]]))
    assert refused(LimitReached, lambda: asks(files=[PDF] * 6)) == ["input", "tickets"]


def test_a_night_forgets_what_nobody_confirmed_and_what_is_three_years_old():
    stranger_asks()
    old = asks(files=[PDF])
    Thread.objects.filter(pk=old.pk).update(state=ThreadState.CLOSED)
    waiting = asks()
    week = retention.forget_due(at=MONDAY + 8 * DAY)
    assert (week["questions-unconfirmed"], Thread.objects.count()) == (1, 2)
    years = retention.forget_due(at=MONDAY + timedelta(days=4 * 365))
    assert years["questions"] == 1
    assert Thread.objects.get() == waiting
    assert Attachment.objects.count() == 0


def test_a_place_that_is_closed_to_the_public_is_asked_nothing():
    Place.objects.update(is_active=False)
    with pytest.raises(NotFound):
        access.place_asked(None)
