"""A document on paper: for people, for machines, and for ten years."""

import hashlib
import io
import itertools
import json
import re
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks
from PIL import Image
from pypdf import PdfReader

from orders import document_files, invoices
from orders.documents import reactions, rendering
from orders.documents.sheet import _PRINTED, Sheet, printable, sheet_of
from orders.documents.typesetting import pdf_of, pictures_of
from orders.facturx_xml import xml_of
from orders.models import Document
from orders.stored import rate_text
from tests.builders import NOW
from tests.orders.builders import BUSINESS, Bought, order_of, refund_of
from tests.orders.test_facturx import MIXED, VOUCHER

pytestmark = pytest.mark.django_db
MADE_AT = int(NOW.timestamp())
assert reactions  # heard by the worker alone, and by these tests


def issued(**facts):
    return invoices.issue_invoice(order=order_of(*MIXED, delivery=690, **facts), at=NOW)


def text_of(pdf):
    """The words of all pages, one space between, hard ones made soft."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def on_paper(content):
    return rendering.hybrid_pdf(content, at=NOW)


def strings_in(told):
    if isinstance(told, dict):
        told = list(told.values())
    if isinstance(told, list):
        return [text for each in told for text in strings_in(each)]
    return [told] if isinstance(told, str) else []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("billing", [{}, BUSINESS], ids=["consumer", "business"])
def test_the_page_says_all_that_the_law_asks(language, billing):
    content = issued(language=language, billing=billing, voucher=None).content
    text = text_of(on_paper(content))
    told = {
        "seller.legal_name": content["seller"]["legal_name"],
        "seller.siren": "SIREN 732829320",
        "seller.vat_number": "FR44732829320",
        "seller.address": "1 rue des Tilleuls",
        "buyer.name": content["buyer"]["name"],
        "buyer.address": content["buyer"]["address"].get("line1", "12 rue de la Paix"),
        "issued_on": {"fr": "22 novembre 2026", "en": "Nov. 22, 2026"}[language],
        "number": content["number"],
        "order.number": content["order"]["number"],
        "lines.name": "Croquettes",
        "lines.unit_net_cents": {"fr": "16,66 €", "en": "€16.66"}[language],
        "lines.vat_rate": {"fr": "5,5 %", "en": "5.5%"}[language],
        "totals.net_cents": {"fr": "65,33 €", "en": "€65.33"}[language],
        "totals.vat_cents": {"fr": "11,55 €", "en": "€11.55"}[language],
        **{mention["code"]: mention["text"] for mention in content["mentions"]},
        **{f"{mention['code']}: article": mention["article"] for mention in content["mentions"]},
    }
    joined = text.replace("- ", "-")
    assert {
        name: said for name, said in told.items() if said.replace("- ", "-") not in joined
    } == {}


def test_a_reduction_is_told_under_its_line():
    text = text_of(on_paper(issued(voucher=VOUCHER).content))
    assert "Remise BIENVENUE : −6,00 €" in text
    assert "Dont remises TTC 7,00 €" in text


def test_a_credit_note_names_its_invoice_and_its_amounts_are_negative():
    document = issued()
    refund = refund_of(document.order, (0, 1, 1999))
    text = text_of(on_paper(invoices.issue_credit_note(refund=refund, at=NOW).content))
    for said in (
        "Avoir A2026-00001",
        "Facture rectifiée F2026-00001 du 22 novembre 2026",
        "−19,99 €",
        "Cet avoir rectifie la facture F2026-00001 du 22 novembre 2026.",
    ):
        assert said in text


def test_the_file_is_pdf_a_3_with_the_xml_inside():
    content = issued().content
    reader = PdfReader(io.BytesIO(on_paper(content)))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.findall(r"<pdfaid:(part|conformance)>(\w)<", metadata) == [
        ("part", "3"),
        ("conformance", "B"),
    ]
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>" in metadata
    assert reader.attachments["factur-x.xml"] == [xml_of(content)]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"
    assert [each.get_object()["/S"] for each in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/ID" in reader.trailer) == (
        "fr",
        True,
        True,
    )
    assert reader.metadata.title == f"Facture {content['number']}"


def test_every_font_is_embedded():
    reader = PdfReader(io.BytesIO(on_paper(issued().content)))
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert len(fonts) >= 2
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)


def test_a_short_invoice_is_one_page_and_a_long_one_counts_its_pages():
    assert "Page 1/1" in text_of(on_paper(issued().content))
    order = order_of(*[Bought(f"Croquettes n° {index}") for index in range(60)])
    pdf = on_paper(invoices.issue_invoice(order=order, at=NOW).content)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [re.findall(r"Page (\d/\d)", text) for text in pages] == [["1/3"], ["2/3"], ["3/3"]]
    assert all("Désignation" in text for text in pages[:2])
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_hostile_names_are_printed_as_they_are():
    hostile = '#let x = 1 *bold* \\ $a$ @ref <lbl> `raw` // c "q" [f] _e_ #panic()'
    order = order_of(Bought(hostile), contact={"first_name": '"]) #eval("1")', "last_name": "*x*"})
    text = text_of(on_paper(invoices.issue_invoice(order=order, at=NOW).content))
    assert hostile.replace(" ", "") in text.replace(" ", "")
    assert '"]) #eval("1") *x*' in text


def test_characters_that_no_font_has_are_shown_as_question_marks():
    assert printable("犬 Rex 🐶\u0007\u200b é\u0301 a\nb\u00a0c") == "? Rex ??? é? a b\u00a0c"


def test_every_character_that_is_let_through_can_be_printed():
    """PDF/A bars characters without a glyph: this one would fail, and name them."""
    every = "".join(chr(code) for low, high in _PRINTED for code in range(low, high + 1))
    sheet: Sheet = sheet_of(issued().content)
    lines = ["".join(part) for part in itertools.batched(every, 60, strict=False)]
    assert pdf_of({**sheet, "mentions": lines}, made_at=MADE_AT)[:5] == b"%PDF-"


def test_the_first_page_shows_something_in_ink_on_white():
    (page,) = pictures_of(sheet_of(issued().content))
    picture = Image.open(io.BytesIO(page)).convert("L")
    shades = picture.histogram()
    dark = sum(shades[:128]) / sum(shades)
    assert picture.width / picture.height == pytest.approx(210 / 297, abs=0.01)
    assert 0.005 < dark < 0.1


def test_the_same_moment_makes_the_same_page():
    sheet = sheet_of(issued().content)
    assert pdf_of(sheet, made_at=MADE_AT) == pdf_of(sheet, made_at=MADE_AT)


def test_the_worker_puts_a_document_on_paper_once():
    document = issued()
    assert document.file_name == ""
    run_tasks()
    stored = Document.objects.get(pk=document.pk)
    with storages["private"].open(stored.file_name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == stored.checksum
    rendering.render_document(document.pk, at=NOW)
    assert Document.objects.get(pk=document.pk).checksum == stored.checksum
    assert storages["private"].listdir("documents")[1] == [stored.file_name.split("/")[1]]


def test_who_comes_second_deletes_what_it_made(monkeypatch):
    document = issued()
    made = rendering.hybrid_pdf

    def slowly(content, *, at):
        Document.objects.filter(pk=document.pk).update(file_name="documents/first.pdf")
        return made(content, at=at)

    monkeypatch.setattr(rendering, "hybrid_pdf", slowly)
    rendering.render_document(document.pk, at=NOW)
    assert Document.objects.get(pk=document.pk).file_name == "documents/first.pdf"
    assert storages["private"].listdir("documents")[1] == []


def address(document, at=None):
    return document_files.document_address(document, at=at or timezone.now()).partition(":8000")[2]


def test_whoever_holds_the_address_reads_the_document_and_nobody_keeps_it():
    document = issued()
    run_tasks()
    response = Client().get(address(document))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'inline; filename="{document.number}.pdf"'
    assert response["Cache-Control"] == "no-store, private"
    assert b"".join(response.streaming_content)[:5] == b"%PDF-"


def test_a_document_that_is_not_on_paper_is_asked_for_once_and_comes_back_by_itself():
    document = issued()
    OxTask.objects.all().delete()
    waits = [Client().get(address(document)) for _ in range(3)]
    assert [(each.status_code, each["Refresh"]) for each in waits] == [(202, "2")] * 3
    assert OxTask.objects.count() == 1
    run_tasks()
    found = Client().get(address(document))
    assert (found.status_code, b"".join(found.streaming_content)[:5]) == (200, b"%PDF-")


def test_an_address_ends_after_seven_days_and_cannot_be_forged():
    document = issued()
    late = address(document, at=timezone.now() - timedelta(days=7, seconds=1))
    forged = f"{address(document)[:-1]}_"
    strange = "/documents/x"
    assert [Client().get(each).status_code for each in (late, forged, strange)] == [404, 404, 404]


def test_the_sheet_says_nothing_but_texts():
    sheet = sheet_of(issued().content)
    assert json.loads(json.dumps(sheet)) == sheet
    assert all(printable(text) == text for text in strings_in(sheet))
    assert rate_text("5.5") == "5.50"
