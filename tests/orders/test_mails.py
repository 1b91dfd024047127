"""Each mail says its thing in both languages, as text and as HTML, and is sent once."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core import mail
from django_ox.testing import run_tasks

from accounts import retention
from accounts.models import Notice
from catalog.vocabulary import RegulatoryClass
from clinic import details
from clinic.vocabulary import LegalKind
from kernel.animals import Language
from kernel.money import Money
from orders import mails
from orders.letters import letter_of
from orders.mails import Facts
from orders.totals import Advantage
from orders.vocabulary import CancelReason, DeliveryMethod, MailKind
from tests.builders import NOW
from tests.orders.builders import Bought, order_of, selling_clinic

pytestmark = pytest.mark.django_db
FACTS = {
    MailKind.PAID: Facts(document_url="https://shop.example/documents/abc"),
    MailKind.APPROVAL_ASKED: Facts(names=["Rex"], until=NOW),
    MailKind.APPROVAL_DECIDED: Facts(approved=True, note="Pesez-le dans un mois."),
    MailKind.SHIPPED: Facts(tracking="6A12345", carrier="Colissimo", names=["2 x Croquettes"]),
    MailKind.READY_FOR_PICKUP: Facts(until=NOW + timedelta(days=7)),
    MailKind.CANCELLED: Facts(amount=Money(1290)),
    MailKind.WITHDRAWAL_RECEIPT: Facts(moment=NOW, names=["1 x Croquettes"]),
    MailKind.REFUNDED: Facts(
        amount=Money(1290), document_url="https://shop.example/documents/def", names=["Croquettes"]
    ),
}
SUBJECTS = {
    "fr": {
        MailKind.ORDER_CONFIRMED: "Votre commande T1 est confirmée",
        MailKind.PAID: "Paiement reçu pour la commande T1",
        MailKind.APPROVAL_ASKED: "Un vétérinaire regarde votre commande T1",
        MailKind.APPROVAL_DECIDED: "Réponse du vétérinaire pour la commande T1",
        MailKind.SHIPPED: "Votre commande T1 est en route",
        MailKind.READY_FOR_PICKUP: "Votre commande T1 vous attend",
        MailKind.DELIVERED: "Votre commande T1 est arrivée",
        MailKind.CANCELLED: "Votre commande T1 est annulée",
        MailKind.WITHDRAWAL_RECEIPT: "Nous avons reçu votre rétractation de la commande T1",
        MailKind.REFUNDED: "Remboursement pour la commande T1",
    },
    "en": {
        MailKind.ORDER_CONFIRMED: "Your order T1 is confirmed",
        MailKind.PAID: "Payment received for order T1",
        MailKind.APPROVAL_ASKED: "A vet is looking at your order T1",
        MailKind.APPROVAL_DECIDED: "The vet’s answer on order T1",
        MailKind.SHIPPED: "Your order T1 is on its way",
        MailKind.READY_FOR_PICKUP: "Your order T1 is waiting for you",
        MailKind.DELIVERED: "Your order T1 has arrived",
        MailKind.CANCELLED: "Your order T1 is cancelled",
        MailKind.WITHDRAWAL_RECEIPT: "We have received your withdrawal from order T1",
        MailKind.REFUNDED: "Refund for order T1",
    },
}
SAID = {
    "fr": {
        MailKind.PAID: "https://shop.example/documents/abc",
        MailKind.APPROVAL_ASKED: "22 novembre 2026 à 13:00",
        MailKind.APPROVAL_DECIDED: "« Pesez-le dans un mois. »",
        MailKind.SHIPPED: "6A12345",
        MailKind.READY_FOR_PICKUP: "29 novembre 2026",
        MailKind.DELIVERED: "22 novembre 2026 à 13:00",
        MailKind.CANCELLED: "Vous l’avez demandé. Nous vous remboursons 12,90 €",
        MailKind.WITHDRAWAL_RECEIPT: "22 novembre 2026 à 13:00",
        MailKind.REFUNDED: "12,90 €",
    },
    "en": {
        MailKind.PAID: "https://shop.example/documents/abc",
        MailKind.APPROVAL_ASKED: "Nov. 22, 2026 at 13:00",
        MailKind.APPROVAL_DECIDED: "“Pesez-le dans un mois.”",
        MailKind.SHIPPED: "6A12345",
        MailKind.READY_FOR_PICKUP: "Nov. 29, 2026",
        MailKind.DELIVERED: "Nov. 22, 2026 at 13:00",
        MailKind.CANCELLED: "You asked for it. We refund €12.90",
        MailKind.WITHDRAWAL_RECEIPT: "Nov. 22, 2026 at 13:00",
        MailKind.REFUNDED: "€12.90",
    },
}


def an_order(**facts):
    return order_of(
        **{
            "number": "T1",
            "cancel_reason": CancelReason.BY_OWNER,
            "promise_from": NOW,
            "promise_to": NOW + timedelta(hours=2),
            **facts,
        }
    )


def worded(order, kind, facts=None):
    return mails.worded(order, kind, facts=facts or FACTS.get(kind, mails.NOTHING), at=NOW)


def soft(text):
    return " ".join(text.replace("\u00a0", " ").split())


class _Shown(HTMLParser):
    """The words of an HTML mail, as a reader sees them."""

    def __init__(self):
        super().__init__()
        self.words, self.hidden = [], False

    def handle_starttag(self, tag, attrs):
        self.hidden = tag in {"style", "title"}

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def shown(html):
    parser = _Shown()
    parser.feed(html)
    return soft(" ".join(parser.words))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MailKind)
def test_each_kind_is_said_in_both_languages_as_text_and_as_html(kind, language):
    letter = worded(an_order(language=language), kind)
    assert letter.subject == SUBJECTS[language][kind]
    expected = SAID[language].get(kind, "T1")
    assert expected in soft(letter.text)
    assert expected in shown(letter.html) + letter.html
    assert f'<html lang="{language}">' in letter.html
    assert re.findall(r"<(?:img|script|link)|url\(", letter.html) == []
    assert "{{" not in letter.html + letter.text
    assert "<" not in letter.text


def test_a_mail_is_sent_once_in_both_forms():
    order = an_order()
    assert mails.tell(order, MailKind.PAID, at=NOW, facts=FACTS[MailKind.PAID])
    assert not mails.tell(order, MailKind.PAID, at=NOW, facts=FACTS[MailKind.PAID])
    run_tasks()
    run_tasks()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ada@owner.example"], "Paiement reçu pour la commande T1")
    ((html, kind),) = sent.alternatives
    assert (kind, "<h1" in html, "<h1" in sent.body) == ("text/html", True, False)
    assert Notice.objects.get().key == "order:T1:paid"


def test_each_parcel_is_told_of():
    order = an_order()
    for parcel in ("1", "2", "1"):
        mails.tell(order, MailKind.SHIPPED, at=NOW, facts=Facts(occasion=parcel))
    assert set(Notice.objects.values_list("key", flat=True)) == {
        "order:T1:shipped:1",
        "order:T1:shipped:2",
    }


def test_nobody_is_told_where_there_is_no_address():
    assert not mails.tell(an_order(email=""), MailKind.PAID, at=NOW)
    assert Notice.objects.count() == 0


def test_the_confirmation_is_complete_on_its_own():
    selling_clinic()
    text = details.publish_legal_text(
        kind=LegalKind.TERMS_OF_SALE,
        language="fr",
        title="Conditions générales de vente",
        body="…",
        effective_from=NOW,
    )
    order = an_order(
        delivery=690,
        accepted_texts=[{"kind": text.kind, "language": "fr", "version": text.version}],
    )
    told = soft(worded(order, MailKind.ORDER_CONFIRMED).text)
    for said in (
        "1 × Croquettes chien adulte 1,5 kg 12,90 €",
        "Livraison à domicile 6,90 €",
        "Total TTC 19,80 €",
        "TVA comprise : 3,30 €",
        "12 rue de la Paix 35000 Rennes",
        "Prévue : 22 novembre 2026, de 13:00 à 15:00.",
        "Conditions générales de vente (http://127.0.0.1:8000/legal/terms_of_sale/1), version 1",
        "quatorze jours après la réception",
        "Renoncer au contrat ici (http://127.0.0.1:8000/withdrawal)",
        "Je vous notifie par la présente ma rétractation du contrat portant sur la commande T1",
        "médiateur de la consommation : Médiateur des vétérinaires",
        f"http://127.0.0.1:8000/orders/{order.pk}",
    ):
        assert said in told


def test_the_confirmation_says_what_cannot_be_sent_back():
    order = an_order()
    sealed = "ne peuvent plus être repris pour des raisons d’hygiène"
    order.lines.update(regulatory_class=RegulatoryClass.FOOD)
    assert sealed in soft(worded(order, MailKind.ORDER_CONFIRMED).text)
    order.lines.update(regulatory_class=RegulatoryClass.ACCESSORY)
    assert sealed not in soft(worded(order, MailKind.ORDER_CONFIRMED).text)
    order.lines.update(regulatory_class=RegulatoryClass.MEDICINE_OTC)
    assert "Sans droit de rétractation" in worded(order, MailKind.ORDER_CONFIRMED).text


def test_reductions_are_told_under_their_line():
    order = order_of(Bought("A", 1000), voucher=Advantage(code="V", amount=Money(200)))
    told = soft(worded(order, MailKind.ORDER_CONFIRMED).text)
    assert "1 × A 1,5 kg Remise −2,00 € 8,00 €" in told


def test_a_pickup_says_where_and_a_promise_of_days_says_both():
    order = an_order(method=DeliveryMethod.PICKUP, promise_to=NOW + timedelta(days=2))
    told = soft(worded(order, MailKind.ORDER_CONFIRMED).text)
    assert "Retrait à la clinique Rennes 1 rue des Tilleuls 35000 Rennes" in told
    assert "Prévue : 22 novembre 2026 – 24 novembre 2026." in told


def test_what_the_vet_declines_is_not_paid_for():
    facts = Facts(approved=False, names=["Croquettes rénales"])
    letter = worded(an_order(), MailKind.APPROVAL_DECIDED, facts)
    assert "rénales" not in letter.subject
    assert "Croquettes rénales. Vous ne la payez pas." in soft(letter.text)


def test_hostile_names_stay_words():
    name = '<a href="https://evil.example">x</a> & {{ order }}'
    letter = worded(an_order(contact={"first_name": name}), MailKind.PAID)
    assert "<a href=" not in letter.html.partition("Bonjour")[2].partition("</p>")[0]
    assert name in shown(letter.html)
    assert name in letter.text


def test_words_of_html_are_forgotten_with_the_others():
    mails.tell(an_order(), MailKind.DELIVERED, at=NOW)
    Notice.objects.update(sent_at=NOW)
    retention.forget_due(at=NOW + timedelta(days=400))
    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject, notice.body, notice.html) == ("", "", "", "")


def test_a_letter_reads_as_its_html_does():
    letter = letter_of(
        "<html><head><title> A\n b </title><style>p{}</style></head><body><h1>One &amp; two</h1>"
        '<p>Line\n  wrapped<br>broken <a href="https://a.example">here</a>.</p>'
        '<p><a class="button" href="https://b.example">Go</a></p>'
        "<ul><li>x</li><li>y</li></ul>"
        "<table><tr><td>2 × Food</td><td>3 €</td></tr><tr><td>All</td><td>3 €</td></tr></table>"
        '<p><a href="mailto:a@b.example">a@b.example</a></p></body></html>'
    )
    assert letter.subject == "A b"
    assert letter.text == (
        "One & two\n\nLine wrapped\nbroken here (https://a.example).\n\nGo\nhttps://b.example\n\n"
        "- x\n- y\n\n2 × Food  3 €\nAll  3 €\n\na@b.example\n"
    )
    assert '<h1 style="margin:0 0 16px' in letter.html
    assert "One &amp; two" in letter.html
