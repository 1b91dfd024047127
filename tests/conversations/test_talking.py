"""What is said afterwards: replies, answers, notes, closing, charge, publication, erasure."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django_ox.testing import run_tasks

from accounts import erasing
from accounts.models import AuditEntry, Notice
from catalog.models import Variant
from catalog.vocabulary import RegulatoryClass
from conversations import charge, promises, publishing, reading, talking
from conversations.models import AnswerPromise, Attachment, Message, PublicQuestion, Thread
from conversations.publishing import NamesSomebody, NotAllowedByAsker, NotAnswered, OnMedicines
from conversations.reading import NOTES, SAID, Wanted
from conversations.talking import ThreadClosed
from conversations.vocabulary import Assigned, Channel, MessageKind, Priority, ThreadState
from kernel.refusals import LimitReached
from tests.builders import Pack, owner, person, pet_of, published
from tests.conversations.world import (
    MONDAY,
    PDF,
    asks,
    caller_asks,
    open_clinic,
    stranger_asks,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clinic():
    open_clinic()


def answers(thread, text="Deux cents grammes.", at=MONDAY + HOUR, by=None, **more):
    return talking.answer(thread=thread, text=text, by=by or person(), at=at, **more)


def replies(thread, text="Merci !", at=MONDAY + 2 * HOUR):
    return talking.reply(thread=thread, text=text, by=thread.person, at=at)


def now(thread):
    return Thread.objects.get(pk=thread.pk)


def test_an_answer_keeps_the_promise_and_its_writer_is_in_charge():
    ada, vet = owner("Ada"), person()
    thread = asks(ada)
    message = answers(thread, by=vet)
    thread = now(thread)
    assert (thread.state, thread.answered_at, thread.promised_by, thread.assignee) == (
        *(ThreadState.ANSWERED, MONDAY + HOUR, None, vet),
    )
    assert AnswerPromise.objects.get().answered_at == MONDAY + HOUR
    notice = Notice.objects.latest("pk")
    assert (notice.recipient, notice.key) == (
        ada.email,
        f"question:{thread.pk}:answer:{message.pk}",
    )
    assert "grammes" not in notice.body


def test_an_answer_given_by_phone_is_mailed_to_nobody():
    answers(caller_asks(person(), email="d@clients.example"), channel=Channel.PHONE)
    assert [each.subject for each in Notice.objects.all()] == ["La clinique a votre question"]


def test_the_next_message_of_the_asker_makes_a_new_promise_and_one_more_does_not():
    thread = asks()
    answers(thread)
    replies(thread)
    promised = now(thread).promised_by
    # Asked at noon: 240 minutes of the afternoon, 180 of the next morning, 60 after lunch.
    assert promised == MONDAY + DAY + 5 * HOUR
    replies(thread, at=MONDAY + 5 * HOUR)
    assert now(thread).promised_by == promised
    assert AnswerPromise.objects.count() == 2


def test_something_urgent_said_later_counts_too():
    thread = asks()
    replies(thread, "Il a des convulsions")
    assert (now(thread).is_urgent, now(thread).priority) == (True, Priority.HIGH)


def test_an_asker_says_twenty_things_in_a_row_at_most():
    thread = asks()
    for _each in range(19):
        replies(thread)
    with pytest.raises(LimitReached):
        replies(thread)
    assert Message.objects.count() == 20
    answers(thread)
    replies(thread)


def test_a_thread_of_ten_thousand_messages_is_read_by_the_page(django_assert_num_queries):
    thread = asks()
    Message.objects.bulk_create(
        Message(thread=thread, kind=MessageKind.FROM_CLINIC, text=f"{n}", written_at=MONDAY)
        for n in range(10_000)
    )
    with django_assert_num_queries(2):
        first = reading.messages_of([thread.pk], SAID, first=24, after=None)[thread.pk]
    assert len(first) == 25
    after = first[23].pk
    second = reading.messages_of([thread.pk], SAID, first=24, after=after)[thread.pk]
    assert second[0].pk == first[24].pk
    with pytest.raises(LimitReached):
        replies(thread)
    with pytest.raises(LimitReached):
        answers(thread)
    assert Message.objects.count() == 10_001


def test_a_note_is_no_answer_and_is_not_among_what_is_said():
    thread, vet = asks(), person()
    talking.note(thread=thread, text="Appelé le labo.", by=vet, at=MONDAY)
    assert now(thread).state == ThreadState.WAITING
    said = reading.messages_of([thread.pk], SAID, first=10, after=None)[thread.pk]
    noted = reading.messages_of([thread.pk], NOTES, first=10, after=None)[thread.pk]
    assert ([each.text for each in said], [each.text for each in noted]) == (
        ["Combien de croquettes ?"],
        ["Appelé le labo."],
    )


def test_closing_before_the_time_drops_the_promise_and_after_it_breaks_it():
    early, late = asks(), asks()
    talking.close(thread=early, by=None, at=MONDAY + HOUR)
    talking.close(thread=late, by=None, at=MONDAY + 3 * DAY)
    left = AnswerPromise.objects.get()
    assert (left.thread, left.answered_at, left.given_up_at) == (late, None, MONDAY + 3 * DAY)
    week = promises.figures(at=MONDAY + 3 * DAY, weeks=1)[0]
    assert (week.settled, week.kept_percent, week.median_minutes) == (1, 0, None)
    assert AuditEntry.objects.filter(action="question.close").count() == 2


def test_nothing_is_answered_in_a_closed_conversation_until_it_is_open_again():
    thread = asks()
    talking.close(thread=thread, by=None, at=MONDAY)
    with pytest.raises(ThreadClosed):
        answers(thread)
    assert Message.objects.count() == 1
    talking.reopen(thread=thread, by=person(), at=MONDAY + HOUR)
    assert (now(thread).state, now(thread).closed_at) == (ThreadState.WAITING, None)
    answers(thread)
    talking.close(thread=thread, by=None, at=MONDAY + 2 * HOUR)
    talking.reopen(thread=thread, by=person(), at=MONDAY + 3 * HOUR)
    assert now(thread).state == ThreadState.ANSWERED


def test_a_reply_opens_a_closed_conversation_again_even_one_whose_promise_was_broken():
    thread = asks()
    talking.close(thread=thread, by=None, at=MONDAY + 3 * DAY)
    replies(thread, at=MONDAY + 3 * DAY + HOUR)
    assert now(thread).state == ThreadState.WAITING
    assert AnswerPromise.objects.count() == 2


def test_who_is_put_in_charge_by_another_is_told():
    thread, vet, other = asks(), owner("Léa").person, person()
    charge.assign(thread=thread, to=vet, by=other, at=MONDAY)
    charge.assign(thread=thread, to=vet, by=other, at=MONDAY)
    notices = Notice.objects.filter(recipient=vet.email)
    assert [each.subject for each in notices] == ["Une question vous attend"]
    charge.assign(thread=thread, to=other, by=other, at=MONDAY)
    charge.assign(thread=thread, to=None, by=other, at=MONDAY)
    assert now(thread).assignee is None
    assert AuditEntry.objects.filter(action="question.assign").count() == 3


def test_another_priority_moves_no_promise():
    thread = asks()
    promised = thread.promised_by
    charge.prioritise(thread=thread, priority=Priority.HIGH, by=person(), at=MONDAY)
    assert (now(thread).priority, now(thread).promised_by) == (Priority.HIGH, promised)


def test_the_inbox_shows_what_is_promised_soonest_first_and_what_is_asked_of_it():
    me = person()
    slow, late, mine = asks(at=MONDAY), asks(at=MONDAY - 5 * DAY), asks(at=MONDAY + HOUR)
    answered = asks()
    stranger_asks()
    answers(answered, by=me)
    charge.assign(thread=mine, to=me, by=me, at=MONDAY)

    def shown(**wanted):
        return list(reading.inbox(Wanted(**wanted), by=me, at=MONDAY))

    waiting = {"states": [ThreadState.WAITING]}
    assert shown(**waiting) == [late, slow, mine]
    assert shown(**waiting, is_late=True) == [late]
    assert shown(**waiting, is_late=False) == [slow, mine]
    assert shown(**waiting, assigned=Assigned.ME) == [mine]
    assert shown(**waiting, assigned=Assigned.NOBODY) == [late, slow]
    assert shown(assigned=Assigned.SOMEBODY) == [answered, mine]
    assert shown(states=[]) == []
    page = reading.page_of_inbox(Wanted(**waiting), by=me, at=MONDAY, first=1, after=None)
    place = (page[0].due_at.isoformat(), page[0].pk)
    rest = reading.page_of_inbox(Wanted(**waiting), by=me, at=MONDAY, first=5, after=place)
    assert (page, rest) == ([late, slow], [slow, mine])


def publishes(thread, question="Quelle ration ?", answer="Voir le sac."):
    return publishing.publish(
        thread=thread, question=question, answer=answer, by=person(), at=MONDAY + DAY
    )


def refused(refusal, call):
    with pytest.raises(refusal):
        call()
    assert PublicQuestion.objects.count() == 0


def test_an_answered_question_is_published_with_leave_and_goes_when_it_is_taken_back():
    ada = owner("Ada", "Lovelace")
    thread = asks(ada, pet=pet_of(ada))
    refused(NotAllowedByAsker, lambda: publishes(thread))
    talking.allow_publication(thread=thread, allowed=True, by=ada.person, at=MONDAY)
    refused(NotAnswered, lambda: publishes(thread))
    answers(thread)
    first = publishes(thread)
    again = publishes(thread, question="Quelle ration donner ?")
    assert first.pk == again.pk
    assert PublicQuestion.objects.values_list("question", "answer", "species").get() == (
        *("Quelle ration donner ?", "Voir le sac.", "dog"),
    )
    talking.allow_publication(thread=thread, allowed=False, by=ada.person, at=MONDAY)
    assert PublicQuestion.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "Chère Ada, voyez le sac.",
        "Madame LOVELACE, oui.",
        "Écrivez à ada@mail.example",
        "Rex mange trop.",
        "Rappelez le 06 12 34 56 78",
    ],
)
def test_what_tells_who_asked_is_not_published(text):
    ada = owner("Ada", "Lovelace").person
    ada.email, ada.phone = "ada@mail.example", "+33612345678"
    ada.save()
    thread = asks(ada, pet=pet_of(ada, "Rex"), may_be_published=True)
    answers(thread)
    refused(NamesSomebody, lambda: publishes(thread, answer=text))
    refused(NamesSomebody, lambda: publishes(thread, question=text))


def test_nothing_is_published_on_medicines():
    product = published("rx", Pack(kind=RegulatoryClass.FOOD), name="Vermicide fort")
    about = asks(product=product, may_be_published=True)
    other = asks(may_be_published=True)
    answers(about)
    answers(other)
    Variant.objects.update(regulatory_class=RegulatoryClass.MEDICINE_OTC)
    refused(OnMedicines, lambda: publishes(about))
    refused(OnMedicines, lambda: publishes(other, answer="Prenez du VERMICIDE fort."))
    assert publishes(other).answer == "Voir le sac."


def test_erasing_takes_what_was_asked_and_leaves_the_figures_and_what_is_public():
    ada = owner("Ada")
    thread = asks(ada, files=[PDF], may_be_published=True)
    answers(thread, at=MONDAY + HOUR)
    publishes(thread)
    talking.note(thread=thread, text="Note", by=person(), at=MONDAY)
    file = Attachment.objects.get().original
    token = erasing.preview_erasure(ada.person, at=MONDAY).token
    request = erasing.request_erasure(
        person=ada.person, preview_token=token, by=ada.person, at=MONDAY
    )
    erasing.carry_out(request.pk, at=MONDAY)
    run_tasks()
    assert (Thread.objects.count(), Message.objects.count()) == (0, 0)
    assert not storages["private"].exists(file)
    assert PublicQuestion.objects.get().thread is None
    assert promises.figures(at=MONDAY + DAY, weeks=1)[0].median_minutes == 60


def test_erasing_a_colleague_leaves_what_they_answered():
    vet, ada = owner("Léa"), owner("Ada")
    answers(asks(ada), by=vet.person)
    token = erasing.preview_erasure(vet.person, at=MONDAY).token
    request = erasing.request_erasure(
        person=vet.person, preview_token=token, by=vet.person, at=MONDAY
    )
    erasing.carry_out(request.pk, at=MONDAY)
    assert Message.objects.filter(kind=MessageKind.FROM_CLINIC).count() == 1
