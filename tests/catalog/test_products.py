import pytest
from django.utils import translation

from accounts.models import AuditEntry
from catalog import listing, naming, products
from catalog.models import Card, Category
from catalog.products import NotPublishable, SlugTaken
from catalog.vocabulary import ProductStatus, RegulatoryClass
from clinic import details, revision
from kernel.animals import Language
from kernel.refusals import Invalid
from tests.builders import NOW, Pack, draft, make_clinic, published

pytestmark = pytest.mark.django_db


def reading(language=Language.FR):
    now = revision.current()
    return listing.Reading(now, details.public_details(now), NOW, language)


def test_a_draft_is_not_shown_and_a_published_product_is():
    make_clinic()
    product = draft("p")
    assert listing.card_by_slug("p", reading()) is None
    products.publish(product=product, by=None, at=NOW)
    assert listing.card_by_slug("p", reading()).brief["name"] == "Croquettes"


@pytest.mark.parametrize(
    ("facts", "missing", "article"),
    [
        ({"words": {"composition": ""}}, "the composition", "Reg. (EC) 767/2009 art. 11, 15-17"),
        ({"words": {"instructions": ""}}, "the instructions", "Reg. (EC) 767/2009 art. 11, 15-17"),
        ({"species": ()}, "the species", "Reg. (EC) 767/2009 art. 11, 15-17"),
    ],
)
def test_a_food_without_its_label_is_not_published(facts, missing, article):
    make_clinic()
    product = draft("p", **facts)
    with pytest.raises(NotPublishable) as refused:
        products.publish(product=product, by=None, at=NOW)
    with translation.override("en"):
        assert (str(refused.value.facts["missing"]), refused.value.article) == (missing, article)
    product.refresh_from_db()
    assert (product.status, Card.objects.count()) == (ProductStatus.DRAFT, 0)


def test_an_accessory_without_a_picture_is_not_published():
    make_clinic()
    product = draft("p", Pack(kind=RegulatoryClass.ACCESSORY))
    with pytest.raises(NotPublishable) as refused:
        products.publish(product=product, by=None, at=NOW)
    assert refused.value.article == "Reg. (EU) 2023/988 art. 19"


def test_a_maker_outside_the_union_needs_a_responsible_person_in_it():
    make_clinic()
    product = draft("p", Pack(kind=RegulatoryClass.CARE))
    product.brand.postal_address = "88 Harbour Road, Kowloon, Hong Kong"
    lacked = ("the EU responsible person", "Reg. (EU) 2023/988 art. 16")
    assert lacked in products.missing_particulars(product)
    product.brand.eu_responsible = "Petirelle Europe SARL, 3 place Carnot, 44000 Nantes, France"
    assert lacked not in products.missing_particulars(product)


def test_a_dietetic_food_without_its_purpose_is_not_published():
    make_clinic()
    product = draft("p", Pack(kind=RegulatoryClass.DIETETIC_FOOD))
    with pytest.raises(NotPublishable, match="NOT_PUBLISHABLE"):
        products.publish(product=product, by=None, at=NOW)


def test_a_withdrawn_product_leaves_the_shop_and_stays_in_the_books():
    make_clinic()
    product = published("p")
    products.withdraw(product=product, by=None, at=NOW)
    assert listing.card_by_slug("p", reading()) is None
    product.refresh_from_db()
    assert product.status == ProductStatus.WITHDRAWN


def test_an_old_address_leads_to_the_product():
    make_clinic()
    product = published("ancien")
    products.change_slug(product=product, slug="nouveau", by=None, at=NOW)
    assert listing.card_by_slug("ancien", reading()).brief["slug"] == "nouveau"
    products.change_slug(product=product, slug="ancien", by=None, at=NOW)
    assert listing.card_by_slug("nouveau", reading()).brief["slug"] == "ancien"


def test_an_address_of_another_product_is_refused_even_an_old_one():
    make_clinic()
    first, second = published("a"), published("b")
    products.change_slug(product=first, slug="c", by=None, at=NOW)
    for taken in ("a", "c"):
        with pytest.raises(SlugTaken):
            products.change_slug(product=second, slug=taken, by=None, at=NOW)
    second.refresh_from_db()
    assert second.slug == "b"


def test_edited_words_are_shown_and_remembered_as_edited():
    make_clinic()
    product = published("p")
    text = products.edit_texts(
        product=product, language=Language.FR, words={"name": "Mieux"}, by=None, at=NOW
    )
    assert text.staff_edited == ["name"]
    assert listing.card_by_slug("p", reading()).brief["name"] == "Mieux"
    assert AuditEntry.objects.filter(action="product.text").get().changes == {
        "name": ["Croquettes", "Mieux"]
    }


def test_what_is_not_translated_is_read_in_french():
    make_clinic()
    product = published("p")
    assert listing.card_by_slug("p", reading(Language.EN)).brief["name"] == "Croquettes"
    products.edit_texts(
        product=product, language=Language.EN, words={"name": "Kibble"}, by=None, at=NOW
    )
    assert listing.card_by_slug("p", reading(Language.EN)).brief["name"] == "Kibble"


def test_a_renamed_category_is_renamed_on_every_card():
    make_clinic()
    published("p", shelf="chien/croquettes")
    category = Category.objects.get(path="chien/croquettes")
    category.name_fr, category.slug = "Kibbles", "kibbles"
    naming.save_category(category=category, at=NOW)
    assert listing.card_by_slug("p", reading()).brief["category"] == {
        "id": category.pk,
        "name": "Kibbles",
        "slug": "chien/kibbles",
    }


def test_categories_are_three_levels_deep_and_never_their_own_parent():
    make_clinic()
    draft("p", shelf="a/b/c")
    deepest = Category.objects.get(path="a/b/c")
    with pytest.raises(Invalid):
        naming.save_category(category=Category(slug="d", parent=deepest, name_fr="D"), at=NOW)
    root = Category.objects.get(path="a")
    root.parent = deepest
    with pytest.raises(Invalid):
        naming.save_category(category=root, at=NOW)
    assert Category.objects.count() == 3
