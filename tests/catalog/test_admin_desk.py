"""Who opens which page of the back office, its words, and its first page."""

import json
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Login
from accounts.roles import Role
from catalog.models import (
    Card,
    Lot,
    Product,
    SearchMiss,
    Stock,
    SynonymGroup,
)
from catalog.vocabulary import ProductStatus
from clinic import details, revision
from tests.builders import (
    Pack,
    category,
    draft,
    make_clinic,
    published,
)
from tests.catalog.desk import acting, back_office, filled, page

pytestmark = pytest.mark.django_db
FILES = {"accounts_person", "accounts_privacyrequest", "pets_pet"}
PAGES = FILES | {
    "accounts_auditentry",
    "accounts_login",
    "accounts_notice",
    "accounts_servicetoken",
    "catalog_product",
    "catalog_variant",
    "clinic_clinic",
    "pets_breed",
}


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (
            Role.MANAGER,
            PAGES,
        ),
        (Role.CATALOGUE, {"catalog_product", "catalog_variant"}),
        (Role.ASSISTANT, {"catalog_variant", *FILES}),
        (Role.VET, FILES),
        (Role.ORDERS, {"catalog_variant"}),
        (Role.CONVERSATIONS, set()),
    ],
)
def test_a_role_opens_its_pages_and_no_other(role, opens):
    make_clinic()
    client = back_office(role)
    found = {each: client.get(page(f"{each}_changelist")).status_code for each in PAGES}
    assert {each for each, status in found.items() if status in (200, 302)} == opens
    assert {found[each] for each in PAGES - opens} <= {403}


def test_an_assistant_receives_deliveries_and_sets_no_price():
    make_clinic()
    pack = published("p").variants.get()
    client = back_office(Role.ASSISTANT)
    response = client.get(page("catalog_variant_change", pack.pk))
    assert list(response.context["panel"]["acts"]) == ["receive"]
    assert client.post(page("catalog_variant_price", pack.pk), {"price": "1"}).status_code == 403
    assert client.post(page("catalog_product_withdraw", pack.product_id)).status_code == 403
    assert pack.price_changes.count() == 1
    assert Product.objects.get().status == ProductStatus.PUBLISHED


def test_nobody_deletes_products_or_packs():
    make_clinic()
    product = published("p")
    client = back_office()
    assert (
        client.post(page("catalog_product_delete", product.pk), {"post": "yes"}).status_code == 403
    )
    pack = product.variants.get()
    assert client.post(page("catalog_variant_delete", pack.pk), {"post": "yes"}).status_code == 403
    assert Product.objects.count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "model",
    [model for model in admin.site._registry if not model._meta.abstract],
    ids=lambda model: model._meta.label,
)
def test_every_page_of_the_back_office_opens(model, language):
    make_clinic()
    published("p")
    client = Client(headers={"accept-language": language})
    client.force_login(Login.objects.create_superuser("root@clinique.example", "secret-secret"))
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    listed = client.get(page(f"{name}_changelist"), follow=True)
    assert listed.status_code == 200
    added = client.get(page(f"{name}_add"))
    assert added.status_code in (200, 403)


def test_synonyms_are_used_from_then_on():
    client = back_office()
    before = revision.current()
    client.post(page("catalog_synonymgroup_add"), {"terms": " croquette \n\nkibble"})
    group = SynonymGroup.objects.get()
    assert group.terms == "croquette\nkibble"
    assert revision.current().number == before.number + 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by) == ("synonyms.save", acting(client))
    client.post(page("catalog_synonymgroup_delete", group.pk), {"post": "yes"})
    assert SynonymGroup.objects.count() == 0


def test_a_word_alone_is_no_synonym():
    response = back_office().post(page("catalog_synonymgroup_add"), {"terms": "croquette"})
    assert response.context["adminform"].form.errors == {
        "terms": ["croquette is not valid here: two words or more, one a line expected."]
    }
    assert (SynonymGroup.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_category_moved_below_itself_is_refused_in_the_form():
    make_clinic()
    deepest = category("a/b/c")
    root = deepest.parent.parent
    client = back_office()
    address = page("catalog_category_change", root.pk)
    response = client.post(address, filled(client.get(address), parent=deepest.pk))
    assert response.context["adminform"].form.errors["parent"] == [
        "a is not valid here: at most three levels expected."
    ]
    root.refresh_from_db()
    assert root.parent is None


def test_a_renamed_brand_is_renamed_on_its_cards_and_in_the_trail():
    make_clinic()
    product = published("p")
    client = back_office()
    address = page("catalog_brand_change", product.brand_id)
    client.post(address, filled(client.get(address), name="Brisalune Vet"))
    assert json.loads(Card.objects.get().brief_fr)["brand"]["name"] == "Brisalune Vet"
    assert AuditEntry.objects.get(action="brand.save").changes == {
        "name": ["Brisalune", "Brisalune Vet"]
    }


def test_the_first_page_counts_what_waits():
    place = make_clinic()
    draft("waiting")
    published("sold-out", Pack(stock=0))
    soon = published("soon", Pack(sku="SOON", stock=3)).variants.get()
    Lot.objects.create(
        stock=Stock.objects.get(variant=soon, place=place),
        code="L9",
        best_before=timezone.now().date() + timedelta(days=10),
        quantity=3,
    )
    for days, times in ((0, 2), (1, 3), (40, 9)):
        day = timezone.now().date() - timedelta(days=days)
        SearchMiss.objects.create(text="harnais", day=day, times=times)
    details.note_heartbeat(at=timezone.now())
    response = back_office().get(page("index"))
    shown = {tile["title"]: tile["count"] for tile in response.context["tiles"]}
    assert shown == {
        "Orders to prepare (late ones below)": 0,
        "Waiting for a vet": 0,
        "Disputes and refunds that failed": 0,
        "Questions to answer": 0,
        "Reviews to read": 0,
        "Privacy requests not met": 0,
        "Deaths this week": 0,
        "Files that look like another": 0,
        "Drafts waiting": 1,
        "Packs out of stock": 1,
        "Lots near their date (30 days)": 1,
        "Searched in vain this week": 1,
        "Tasks that need a person": 0,
        "Background worker": "alive",
    }


def test_the_first_page_of_a_vet_is_about_what_waits_for_one():
    make_clinic()
    response = back_office(Role.VET).get(page("index"))
    assert [tile["title"] for tile in response.context["tiles"]] == [
        "Orders to prepare (late ones below)",
        "Waiting for a vet",
        "Disputes and refunds that failed",
        "Questions to answer",
        "Privacy requests not met",
        "Deaths this week",
    ]
    groups = {
        str(group["title"]): [str(item["title"]) for item in group["items"]]
        for group in response.context["groups"]
    }
    assert groups == {
        "Clients": ["Clients", "Pets", "Privacy requests"],
        "Advice": ["Articles", "Videos", "Pictures", "Topics", "Authors", "Claims let stand"],
        "Conversations": ["Questions", "Ready answers", "Promised times"],
        "Orders": ["Order desk", "Waiting for a vet", "Recall of a lot", "Slots day by day"],
    }
