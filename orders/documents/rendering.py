"""Invoices and credit notes on paper: PDF/A-3 with the Factur-X XML inside, in private storage.

Only the worker imports this: the libraries weigh 60 MB.
"""

import hashlib
from datetime import datetime
from typing import Final

import facturx
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from orders.documents.sheet import sheet_of
from orders.documents.typesetting import pdf_of
from orders.facturx_xml import xml_of
from orders.invoice_content import Content
from orders.models import Document

FOLDER: Final = "documents"
_SHOWN_OF_CHECKSUM: Final = 32


def render_document(document_id: int, *, at: datetime) -> None:
    """Put a document on paper; one that is on paper already is left alone.

    The name of the file has its checksum, so that two workers never write over each other: the one
    that comes second deletes its own.
    """
    document = Document.objects.filter(pk=document_id, file_name="").first()
    if document is None:
        return
    made = hybrid_pdf(document.content, at=at)
    checksum = hashlib.sha256(made).hexdigest()
    storage = storages["private"]
    name = storage.save(
        f"{FOLDER}/{document.number}-{checksum[:_SHOWN_OF_CHECKSUM]}.pdf", ContentFile(made)
    )
    first = Document.objects.filter(pk=document.pk, file_name="")
    if not first.update(file_name=name, checksum=checksum):
        storage.delete(name)


def hybrid_pdf(content: Content, *, at: datetime) -> bytes:
    """The page for people with the XML for machines; the XML is checked against its schema."""
    sheet = sheet_of(content)
    made: bytes = facturx.generate_from_binary(
        pdf_of(sheet, made_at=int(at.timestamp())),
        xml_of(content),
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        lang=sheet["language"],
        afrelationship="alternative",
        pdf_metadata={
            "author": sheet["seller"],
            "title": sheet["title"],
            "subject": sheet["title"],
            "keywords": "Factur-X",
        },
    )
    return made
