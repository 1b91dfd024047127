"""Questions through the API: asked, confirmed, read, answered, published; what is refused."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import AuditEntry
from accounts.roles import Role
from clinic import details
from clinic.models import Clinic
from conversations import attachments, talking
from conversations.models import Attachment, CannedAnswer, Message, Thread
from conversations.vocabulary import MessageKind
from kernel import uploads
from kernel.graphql.nodes import global_id
from kernel.uploads import UploadPurpose
from tests.builders import answered, ask, owner, person, pet_of, published, staff
from tests.conversations.world import PDF, asks, mailed_token, open_clinic, stranger_asks

pytestmark = pytest.mark.django_db

ASK = """mutation($input: QuestionAskInput!) {
  questionAsk(input: $input) {
    question { id title state promisedBy subject { kind name }
               messages { nodes { text attachments { contentType url } } } }
    emergency { phone message } awaitsConfirmation userErrors { code path }
  }
}"""
REPLY = """mutation($id: ID, $token: String, $text: String!) {
  questionReply(input: {id: $id, token: $token, text: $text}) {
    question { state } emergency { phone } userErrors { code path }
  }
}"""
READ = """query($id: ID, $token: String, $first: Int, $after: String) {
  question(id: $id, token: $token) {
    title
    messages(first: $first, after: $after) {
      nodes { kind author text } pageInfo { hasNextPage endCursor }
    }
  }
}"""
CLOSE = """mutation($id: ID!) {
  questionClose(input: {id: $id}) { question { state } userErrors { code path } }
}"""
ANSWER = """mutation($id: ID!, $text: String!) {
  questionAnswer(input: {id: $id, text: $text}) {
    handled { assignee { name } question { state } } userErrors { code path }
  }
}"""


@pytest.fixture(autouse=True)
def _clinic():
    open_clinic()
    clinic = Clinic.objects.get()
    clinic.emergency_phone = "+33188888888"
    details.save_details(clinic)


def key(thread):
    return global_id("Question", thread.pk)


def now_asks(by=None, **more):
    """Asked just now, for the endpoint reads the clock."""
    return asks(by, at=timezone.now(), **more)


def sent(login, data=PDF, kind="application/pdf"):
    ticket = uploads.issue(
        purpose=UploadPurpose.QUESTION_FILE,
        content_type=kind,
        size_bytes=len(data),
        owner=f"login:{login.pk}",
        at=timezone.now(),
    )
    uploads.receive(ticket.token, [data], at=timezone.now())
    return ticket.token


def test_an_owner_asks_about_a_pet_with_a_document():
    ada = owner("Ada")
    rex = pet_of(ada, "Rex")
    given = {
        "text": "Combien ?",
        "petId": global_id("Pet", rex.pk),
        "tickets": [sent(ada)],
    }
    found = answered(ASK, {"input": given}, login=ada)["questionAsk"]
    assert (found["userErrors"], found["emergency"], found["awaitsConfirmation"]) == (
        *([], None, False),
    )
    question = found["question"]
    assert (question["title"], question["state"], question["subject"]) == (
        *("Combien ?", "WAITING", {"kind": "PET", "name": "Rex"}),
    )
    assert question["promisedBy"] is not None
    message = question["messages"]["nodes"][0]
    assert (message["text"], message["attachments"][0]["contentType"]) == (
        "Combien ?",
        "application/pdf",
    )
    mine = answered("{ me { questions { nodes { title } } } }", login=ada)["me"]["questions"]
    assert mine == {"nodes": [{"title": "Combien ?"}]}


def test_urgent_words_show_the_number_at_once_even_to_a_guest():
    given = {"text": "Mon chien a des convulsions", "email": "eve@clients.example"}
    found = answered(ASK, {"input": given})["questionAsk"]
    assert found == {
        "question": None,
        "emergency": {
            "phone": "+33188888888",
            "message": "Ce que vous décrivez peut ne pas attendre une réponse écrite : appelez "
            "maintenant.",
        },
        "awaitsConfirmation": True,
        "userErrors": [],
    }


def test_a_clinic_without_a_number_for_emergencies_gives_its_own():
    Clinic.objects.update(emergency_phone="")
    details.save_details(Clinic.objects.get())
    ada = owner("Ada")
    found = answered(ASK, {"input": {"text": "Il a des convulsions"}}, login=ada)["questionAsk"]
    assert found["emergency"]["phone"] == "+33199000000"


def test_a_guest_confirms_reads_and_replies_by_links():
    stranger_asks(at=timezone.now())
    confirm = """mutation($token: String!) {
      questionConfirm(input: {token: $token}) { question { state } userErrors { code } }
    }"""
    token = mailed_token()
    assert answered(READ, {"token": token})["question"] is None
    found = answered(confirm, {"token": token})["questionConfirm"]
    assert found == {"question": {"state": "WAITING"}, "userErrors": []}
    link = mailed_token()
    assert answered(READ, {"token": link})["question"]["title"] == "Bonjour ?"
    replied = answered(REPLY, {"token": link, "text": "Encore ?"})["questionReply"]
    assert (replied["question"]["state"], Message.objects.count()) == ("WAITING", 2)
    refused = answered(REPLY, {"token": "x", "text": "Encore ?"})["questionReply"]
    assert refused["userErrors"] == [{"code": "CODE_REFUSED", "path": ["input", "token"]}]
    made_up = answered(confirm, {"token": "x"})["questionConfirm"]
    assert made_up["userErrors"] == [{"code": "CODE_REFUSED"}]


@pytest.mark.parametrize("kind", ["Pet", "Order", "Product"])
def test_a_question_is_not_about_what_is_anothers(kind):
    ada, eve = owner("Ada"), owner("Eve")
    about = {
        "Pet": {"petId": global_id("Pet", pet_of(ada).pk)},
        "Order": {"orderId": global_id("Order", "00000000-0000-0000-0000-000000000001")},
        "Product": {"productId": global_id("Product", 987_654)},
    }[kind]
    found = answered(ASK, {"input": {"text": "Oui ?", **about}}, login=eve)["questionAsk"]
    assert [each["code"] for each in found["userErrors"]] == ["NOT_FOUND"]
    assert Thread.objects.count() == 0


def test_anothers_question_is_as_one_that_does_not_exist():
    thread, eve = now_asks(owner("Ada")), owner("Eve")
    made_up = {"id": global_id("Question", 987_654), "text": "Oui"}
    theirs = {"id": key(thread), "text": "Oui"}
    for document in (READ, REPLY, CLOSE):
        given = [
            {n: v for n, v in each.items() if f"${n}:" in document} for each in (theirs, made_up)
        ]
        answers = [ask(document, each, login=eve) for each in given]
        assert answers[0] == answers[1]
    assert (Message.objects.count(), Thread.objects.get().state) == (1, "WAITING")


def test_another_asker_cannot_take_a_file_that_is_not_theirs():
    ada, eve = owner("Ada"), owner("Eve")
    given = {"text": "Oui ?", "tickets": [sent(ada)]}
    found = answered(ASK, {"input": given}, login=eve)["questionAsk"]
    assert [each["code"] for each in found["userErrors"]] == ["UPLOAD_REFUSED"]
    assert (Thread.objects.count(), Attachment.objects.count()) == (0, 0)


def test_ten_thousand_messages_come_by_the_page():
    ada = owner("Ada")
    thread = now_asks(ada)
    Message.objects.bulk_create(
        Message(thread=thread, kind=MessageKind.FROM_CLINIC, text=f"{n}", written_at=timezone.now())
        for n in range(10_000)
    )
    given = {"id": key(thread), "first": 100}
    with CaptureQueriesContext(connection) as captured:
        first = answered(READ, given, login=ada)["question"]["messages"]
    queries = len(captured)
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (100, True)
    given["after"] = first["pageInfo"]["endCursor"]
    with CaptureQueriesContext(connection) as captured:
        second = answered(READ, given, login=ada)["question"]["messages"]
    assert (second["nodes"][0]["text"], len(captured)) == ("99", queries)
    too_many = ask(READ, {"id": key(thread), "first": 101}, login=ada)
    assert too_many["errors"][0]["extensions"]["code"] == "BAD_ARGUMENT"


def test_a_list_of_questions_reads_all_their_messages_in_two_statements():
    ada = owner("Ada")
    asked = "{ me { questions { nodes { title messages(first: 2) { nodes { text } } } } } }"
    counts = []
    for many in (1, 6):
        for _each in range(many):
            now_asks(ada, text="Quoi ?")
        with CaptureQueriesContext(connection) as captured:
            answered(asked, login=ada)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_html_mail_is_stored_as_its_words():
    ada = owner("Ada")
    text = "<p>Bonjour <b>vous</b></p><script>alert(1)</script><img src=x onerror=alert(1)>"
    answered(ASK, {"input": {"text": text}}, login=ada)
    assert Message.objects.get().text == "Bonjour vous"


def test_staff_find_answer_note_assign_and_close():
    vet, ada = staff(Role.VET), owner("Ada")
    thread = now_asks(ada)
    inbox = """query($where: QuestionWhere) { questions(where: $where) {
      nodes { askerName isLate priority question { id title } notes { nodes { text } } }
      pageInfo { hasNextPage } } }"""
    where = {"where": {"state": ["WAITING"], "assigned": "NOBODY"}}
    found = answered(inbox, where, login=vet)["questions"]["nodes"]
    assert found == [
        {
            "askerName": "Ada",
            "isLate": False,
            "priority": "NORMAL",
            "question": {"id": key(thread), "title": "Combien de croquettes ?"},
            "notes": {"nodes": []},
        }
    ]
    note = """mutation($id: ID!) { questionNote(input: {id: $id, text: "Voir le sac"}) {
      handled { notes { nodes { text } } } userErrors { code } } }"""
    noted = answered(note, {"id": key(thread)}, login=vet)["questionNote"]["handled"]
    assert noted == {"notes": {"nodes": [{"text": "Voir le sac"}]}}
    members = answered("{ answerers { id name } }", login=vet)["answerers"]
    assign = """mutation($id: ID!, $who: ID) {
      questionAssign(input: {id: $id, assigneeId: $who, priority: HIGH}) {
        handled { priority assignee { id } } userErrors { code } } }"""
    given = {"id": key(thread), "who": members[0]["id"]}
    put = answered(assign, given, login=vet)["questionAssign"]["handled"]
    assert put == {"priority": "HIGH", "assignee": {"id": members[0]["id"]}}
    stranger = {"id": key(thread), "who": global_id("StaffMember", ada.person.pk)}
    refused = answered(assign, stranger, login=vet)["questionAssign"]["userErrors"]
    assert refused == [{"code": "NOT_FOUND"}]
    said = answered(ANSWER, {"id": key(thread), "text": "Oui."}, login=vet)["questionAnswer"]
    assert said["handled"]["question"] == {"state": "ANSWERED"}
    assert answered(inbox, where, login=vet)["questions"]["nodes"] == []
    read = answered(READ, {"id": key(thread)}, login=ada)["question"]["messages"]["nodes"]
    assert [(each["kind"], each["text"]) for each in read] == [
        ("FROM_ASKER", "Combien de croquettes ?"),
        ("FROM_CLINIC", "Oui."),
    ]
    closed = answered(CLOSE, {"id": key(thread)}, login=vet)["questionClose"]
    assert closed == {"question": {"state": "CLOSED"}, "userErrors": []}
    again = answered(ANSWER, {"id": key(thread), "text": "Oui."}, login=vet)["questionAnswer"]
    assert again["userErrors"] == [{"code": "WRONG_STATE", "path": ["input", "id"]}]


def test_that_staff_read_a_question_is_written_down_and_an_asker_is_not():
    vet, ada = staff(Role.VET), owner("Ada")
    thread = now_asks(ada)
    answered(READ, {"id": key(thread)}, login=ada)
    assert not AuditEntry.objects.filter(action="question.read").exists()
    answered(READ, {"id": key(thread)}, login=vet)
    assert AuditEntry.objects.get(action="question.read").by == vet.person


def test_the_inbox_takes_as_many_statements_for_ten_questions_as_for_one():
    vet = staff(Role.VET)
    asked = """{ questions { nodes {
      askerName assignee { name } notes { nodes { text } }
      question { subject { name } messages(first: 1) { nodes { attachments { url } } } }
    } } }"""
    counts = []
    for many in (1, 9):
        for _each in range(many):
            ada = owner("Ada")
            now_asks(ada, pet=pet_of(ada), files=[PDF])
        with CaptureQueriesContext(connection) as captured:
            answered(asked, login=vet)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_cursor_of_another_list_is_refused():
    vet = staff(Role.VET)
    wrong = ask('{ questions(after: "W10") { nodes { isLate } } }', login=vet)
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


def test_an_answered_question_is_read_by_all_once_its_asker_lets_it():
    vet, ada = staff(Role.VET), owner("Ada", "Lovelace")
    thread = now_asks(ada, product=published("p"))
    talking.answer(thread=thread, text="Oui, Ada.", by=person(), at=timezone.now())
    publish = """mutation($id: ID!, $answer: String!) {
      questionPublish(input: {id: $id, question: "Quelle ration ?", answer: $answer}) {
        public { question answer productSlug } userErrors { code path article } } }"""
    allow = """mutation($id: ID!, $allowed: Boolean!) {
      questionAllowPublication(input: {id: $id, allowed: $allowed}) {
        question { mayBePublished isPublished } userErrors { code } } }"""
    public = '{ publicQuestions(productSlug: "p") { nodes { question answer } jsonLd } }'
    given = {"id": key(thread), "answer": "Voir le sac."}
    early = answered(publish, given, login=vet)["questionPublish"]["userErrors"]
    assert [each["code"] for each in early] == ["NOT_ALLOWED"]
    answered(allow, {"id": key(thread), "allowed": True}, login=ada)
    named = answered(publish, {**given, "answer": "Oui, Ada."}, login=vet)["questionPublish"]
    assert [(each["code"], each["path"]) for each in named["userErrors"]] == [
        ("INVALID", ["input", "question"])
    ]
    done = answered(publish, given, login=vet)["questionPublish"]["public"]
    assert done == {"question": "Quelle ration ?", "answer": "Voir le sac.", "productSlug": "p"}
    read = answered(public)["publicQuestions"]
    assert read["nodes"] == [{"question": "Quelle ration ?", "answer": "Voir le sac."}]
    assert read["jsonLd"]["mainEntity"] == [
        {
            "@type": "Question",
            "name": "Quelle ration ?",
            "acceptedAnswer": {"@type": "Answer", "text": "Voir le sac."},
        }
    ]
    back = answered(allow, {"id": key(thread), "allowed": False}, login=ada)
    assert back["questionAllowPublication"]["question"] == {
        "mayBePublished": False,
        "isPublished": False,
    }
    assert answered(public)["publicQuestions"]["nodes"] == []


def test_a_guest_asks_ten_times_an_hour_at_most():
    for number in range(10):
        given = {"text": "Oui ?", "email": f"g{number}@clients.example"}
        assert answered(ASK, {"input": given})["questionAsk"]["userErrors"] == []
    refused = ask(ASK, {"input": {"text": "Oui ?", "email": "g@clients.example"}})
    assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert Thread.objects.count() == 10


def test_a_repeated_request_asks_once():
    ada = owner("Ada")
    given = {"text": "Oui ?", "idempotencyKey": "6f0f0c9e-6a3c-4f0e-9e57-3a2d7c1c0001"}
    for _twice in range(2):
        answered(ASK, {"input": given}, login=ada)
    assert Thread.objects.count() == 1


def test_ready_answers_come_in_the_readers_language():
    CannedAnswer.objects.create(title="Ration", language="fr", text="Voir le sac.")
    CannedAnswer.objects.create(title="Ration", language="en", text="See the bag.")
    found = answered("{ cannedAnswers { title text } }", login=staff(Role.VET), language="en")
    assert found["cannedAnswers"] == [{"title": "Ration", "text": "See the bag."}]


def test_attachments_are_handed_over_in_confidence_and_nothing_runs():
    ada, content = owner("Ada"), BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    now_asks(ada, files=[content.getvalue(), PDF])
    image, document = Attachment.objects.order_by("pk")
    attachments.draw(image.pk)
    image.refresh_from_db()
    at = timezone.now()
    for row, kind, handed in (
        (image, "image/webp", "inline"),
        (document, "application/pdf", "attachment"),
    ):
        path = attachments.address_of(row, at=at).split("/", 3)[3]
        response = Client().get(f"/{path}")
        b"".join(response.streaming_content)
        assert response["Content-Type"] == kind
        assert response["Content-Disposition"].startswith(handed)
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store, private"
    old = attachments.address_of(document, at=at - timedelta(hours=2)).split("/", 3)[3]
    assert Client().get(f"/{old}").status_code == 404
    assert Client().get("/attachments/x").status_code == 404
