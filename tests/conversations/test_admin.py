"""The inbox in the back office: boxes, a page a question, ready answers, promises kept."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from conversations import talking
from conversations.admin.promise_chart import chart_of
from conversations.figures import WeekFigures
from conversations.models import AnswerPromise, AnswerTime, CannedAnswer, Message, Thread
from conversations.vocabulary import MessageKind, ThreadState
from tests.builders import owner, person, staff
from tests.conversations.world import asks, open_clinic, stranger_asks

pytestmark = pytest.mark.django_db
LIST = "admin:conversations_thread_changelist"


@pytest.fixture(autouse=True)
def _clinic():
    open_clinic()


def desk(role=Role.CONVERSATIONS):
    client = Client()
    client.force_login(staff(role))
    return client


def page(thread):
    return reverse("admin:conversations_thread_change", args=[thread.pk])


def act(thread, name):
    return reverse(f"admin:conversations_thread_{name}", args=[thread.pk])


def shown(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_who_answers_opens_the_inbox_and_nobody_else():
    thread = asks()
    for role in (Role.CONVERSATIONS, Role.VET, Role.ASSISTANT, Role.MANAGER):
        assert desk(role).get(reverse(LIST)).status_code == 200
    for role in (Role.CATALOGUE, Role.ORDERS):
        client = desk(role)
        for address in (reverse(LIST), page(thread), act(thread, "answer")):
            assert client.get(address).status_code == 403
        assert client.post(act(thread, "close")).status_code == 403
    assert Thread.objects.get().state == ThreadState.WAITING


def test_the_boxes_show_what_they_say():
    client = desk()
    asks(text="Première question", at=timezone.now())
    late = asks(text="Deuxième question", at=timezone.now() - timedelta(days=30))
    done = asks(text="Troisième question")
    talking.answer(thread=done, text="Oui.", by=person(), at=timezone.now())
    stranger_asks(text="Quatrième question")
    client.post(act(late, "take"))
    boxes = {
        "": ["Première", "Deuxième"],
        "nobody": ["Première"],
        "mine": ["Deuxième"],
        "late": ["Deuxième"],
        "answered": ["Troisième"],
        "closed": [],
        "all": ["Première", "Deuxième", "Troisième"],
    }
    for box, titles in boxes.items():
        text = shown(client, reverse(LIST), **({"box": box} if box else {}))
        words = ("Première", "Deuxième", "Troisième", "Quatrième")
        assert [each for each in words if f"{each} question" in text] == titles


def test_the_inbox_takes_as_many_statements_for_ten_questions_as_for_one():
    client, counts = desk(), []
    for many in (1, 9):
        for _each in range(many):
            asks()
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(LIST))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_question_is_read_answered_noted_closed_and_opened_again_on_its_page():
    client, thread = desk(), asks(owner("Ada"), text="Moins de <4 kg & fin ?")
    text = shown(client, page(thread))
    assert "Moins de &lt;4 kg &amp; fin ?" in text
    assert AuditEntry.objects.filter(action="question.read").count() == 1
    client.post(act(thread, "note"), {"text": "Voir Léa"})
    client.post(act(thread, "answer"), {"text": "Deux cents grammes.", "channel": "WEB"})
    text = shown(client, page(thread))
    assert "Voir Léa" in text
    assert "Deux cents grammes." in text
    client.post(act(thread, "close"))
    refused = client.post(act(thread, "answer"), {"text": "Encore", "channel": "WEB"})
    assert "rouvrez-la d’abord" in refused.content.decode()
    client.post(act(thread, "reopen"))
    thread.refresh_from_db()
    assert (thread.state, thread.assignee is not None) == (ThreadState.ANSWERED, True)
    assert Message.objects.count() == 3


def test_an_answer_begins_from_a_ready_one():
    client, thread = desk(), asks()
    ready = CannedAnswer.objects.create(title="Ration", language="fr", text="Voir le sac.")
    CannedAnswer.objects.create(title="Bag", language="en", text="See the bag.")
    text = shown(client, act(thread, "answer"))
    assert (f"?canned={ready.pk}" in text, "Bag" in text) == (True, False)
    assert "Voir le sac." in shown(client, act(thread, "answer"), canned=ready.pk)
    assert "Voir le sac." not in shown(client, act(thread, "answer"), canned="x")


def test_staff_write_down_a_pasted_mail():
    client = desk()
    given = {"channel": "MAIL", "kind": "COMPLAINT", "name": "Zoé", "email": "zoe@clients.example"}
    given["place"] = "Rennes"
    given["text"] = "<div>Le sac était <i>percé</i>.</div><script>x</script>"
    client.post(reverse("admin:conversations_thread_add"), given)
    assert Message.objects.get().text == "Le sac était percé."
    assert Thread.objects.values_list("kind", "channel", "asker_name").get() == (
        *("COMPLAINT", "MAIL", "Zoé"),
    )


def test_charge_and_priority_are_given_on_one_page():
    client, thread, vet = desk(), asks(), staff(Role.VET).person
    assert str(vet) in shown(client, act(thread, "assign"))
    client.post(act(thread, "assign"), {"to": str(vet.pk), "priority": "HIGH"})
    thread.refresh_from_db()
    assert (thread.assignee, thread.priority) == (vet, "HIGH")


def test_publishing_begins_with_what_was_said_and_is_refused_with_a_name():
    ada = owner("Ada", "Lovelace")
    client, thread = desk(), asks(ada, may_be_published=True)
    talking.answer(thread=thread, text="Chère Ada, oui.", by=person(), at=timezone.now())
    assert "Chère Ada, oui." in shown(client, act(thread, "publish"))
    given = {"question": "Combien ?", "answer": "Chère Ada, oui."}
    refused = client.post(act(thread, "publish"), given)
    assert "Retirez ce qui dit qui a demandé" in refused.content.decode()
    assert client.post(act(thread, "publish"), {**given, "answer": "Oui."}).status_code == 302
    assert thread.public_question.answer == "Oui."
    client.post(act(thread, "unpublish"))
    assert not Thread.objects.filter(public_question__isnull=False).exists()


def test_a_long_conversation_is_shown_by_the_page():
    client, thread = desk(), asks()
    Message.objects.bulk_create(
        Message(
            thread=thread,
            kind=MessageKind.FROM_CLINIC,
            text=f"mot-{n:05}.",
            written_at=timezone.now(),
        )
        for n in range(10_000)
    )
    text = shown(client, page(thread))
    assert ("mot-09999." in text, "mot-09950." in text, "mot-09949." in text) == (True, True, False)
    before = Message.objects.get(text="mot-09950.").pk
    text = shown(client, page(thread), before=before)
    assert ("mot-09949." in text, "mot-09950." in text) == (True, False)
    assert "mot-09999." in shown(client, page(thread), before="x" * 500)


def test_staff_keep_ready_answers_and_promised_times():
    client = desk()
    given = {"title": "Ration", "language": "fr", "text": "Voir le sac."}
    client.post(reverse("admin:conversations_cannedanswer_add"), given)
    assert CannedAnswer.objects.get().text == "Voir le sac."
    times = {"kind": "QUESTION", "minutes": 240, "urgent_minutes": 30}
    client.post(reverse("admin:conversations_answertime_add"), times)
    assert AnswerTime.objects.get().minutes == 240
    removed = reverse(
        "admin:conversations_cannedanswer_delete", args=[CannedAnswer.objects.get().pk]
    )
    client.post(removed, {"post": "yes"})
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"canned_answer.save", "canned_answer.remove", "answer_time.set"} <= actions


def test_the_chart_draws_a_bar_a_week_and_says_it_in_words():
    monday = date(2026, 11, 9)
    weeks = [
        WeekFigures(monday, settled=0, kept=0, median_minutes=None),
        WeekFigures(monday + timedelta(days=7), settled=4, kept=3, median_minutes=125),
    ]
    chart = chart_of(weeks)
    assert [(bar.y, bar.height) for bar in chart.bars] == [(118.0, 0.0), (37.0, 81.0)]
    assert chart.words == "Répondu à temps ces 2 dernières semaines\u00a0: 3 sur 4."
    assert chart.rows[0] == ("16 novembre 2026", "4 promesses", "75\u00a0%", "2\u00a0h\u00a005")
    assert chart_of(weeks[:1]) is None


def test_the_inbox_and_the_first_page_tell_how_it_goes():
    client = desk()
    thread = asks(at=timezone.now() - timedelta(days=14))
    talking.answer(thread=thread, text="Oui.", by=person(), at=timezone.now())
    assert AnswerPromise.objects.get().answered_at is not None
    assert "Répondu à temps ces 12 dernières semaines\u00a0: 0 sur 1." in shown(
        client, reverse(LIST)
    )
    assert "Questions à répondre" in shown(client, reverse("admin:index"))


def test_a_client_page_shows_what_they_asked_to_who_answers():
    ada = owner("Ada").person
    asks(ada, text="Combien de croquettes ?")
    address = reverse("admin:accounts_person_change", args=[ada.pk])
    assert "Combien de croquettes ?" in shown(desk(Role.VET), address)
