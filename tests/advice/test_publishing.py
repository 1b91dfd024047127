"""From draft to reader: exact to the moment, checked, and turned over in one transaction."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from advice import album, cards, naming, publishing, writing
from advice.models import ArticleCard, Author, CardTag, ClaimOverride
from advice.publishing import (
    ArticleInWrongState,
    ArticleNotPublishable,
    ClaimNotAllowed,
    MedicineShown,
)
from advice.reactions import show_products_as_they_are
from advice.references import product_url
from catalog import products as catalogue
from catalog.events import CatalogueTextChanged
from catalog.models import Product
from catalog.vocabulary import RegulatoryClass
from clinic import revision
from kernel.animals import Species
from kernel.refusals import Invalid, Stale
from tests.advice import builders
from tests.advice.builders import content, draft, edited, picture, published, shown, topic, video
from tests.builders import NOW, Pack, make_clinic, person
from tests.builders import published as product_published

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def state(article):
    article.refresh_from_db()
    return article.status, article.published_at, article.shown and article.shown.number


def detail(article):
    return json.loads(ArticleCard.objects.get(pk=article.pk).detail_fr)


def brief(article, language="fr"):
    return json.loads(getattr(ArticleCard.objects.get(pk=article.pk), f"brief_{language}"))


def scheduled(article, moment, at=NOW):
    return publishing.schedule(
        article=article, moment=moment, expected_version=article.version, by=None, at=at
    )


def test_a_draft_goes_to_review_and_comes_back():
    by = person()
    article = publishing.submit(article=draft(), by=by, at=NOW)
    assert article.status == "IN_REVIEW"
    assert publishing.send_back(article=article, by=by, at=NOW).status == "DRAFT"
    trail = AuditEntry.objects.filter(action="article.status").order_by("pk")
    assert [entry.changes["status"] for entry in trail] == [
        ["DRAFT", "IN_REVIEW"],
        ["IN_REVIEW", "DRAFT"],
    ]


def test_publishing_shows_the_latest_revision_and_moves_the_public_revision():
    article = edited(draft(), body="## Quand\n\nChaque mois.")
    before = revision.current().number
    shown(article)
    assert state(article) == ("PUBLISHED", NOW, 2)
    assert detail(article)["html"] == '<h2 id="quand">Quand</h2>\n<p>Chaque mois.</p>\n'
    assert revision.current().number == before + 1


def test_what_is_written_after_stays_unseen_until_it_is_published():
    article = edited(published(), body="Nouveau.")
    assert article.has_unshown_changes
    assert "Nouveau" not in detail(article)["html"]
    shown(article, at=NOW + HOUR)
    assert detail(article)["html"] == "<p>Nouveau.</p>\n"
    assert state(article) == ("PUBLISHED", NOW, 2)


def test_publishing_what_is_published_already_changes_nothing():
    article = published()
    before = (revision.current(), AuditEntry.objects.count())
    shown(article, at=NOW + HOUR)
    assert (revision.current(), AuditEntry.objects.count()) == before


def test_publishing_what_another_has_changed_since_is_refused():
    article = draft()
    edited(article, title="Autre")
    with pytest.raises(Stale):
        shown(article)
    assert state(article) == ("DRAFT", None, None)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"standfirst": " "}, "le chapeau en français"),
        ({"body": ""}, "le texte en français"),
        ({"author": "nobody"}, "l’auteur"),
        ({"sources": ()}, "une source"),
        ({"reviewed_on": None}, "la date de relecture"),
        ({"form": "QUESTIONS", "body": "Sans question."}, "une question avec sa réponse"),
        ({"body": "![](picture:none)"}, "picture:none"),
        ({"body": "![](https://x.example/a.png)"}, "https://x.example/a.png"),
        ({"body": "[a](article:none)"}, "article:none"),
        ({"products": ("none",)}, "product:none"),
        ({"videos": ("none",)}, "video:none"),
        ({"topics": ("none",)}, "topic:none"),
        ({"cover": "none"}, "picture:none"),
    ],
)
def test_an_article_that_lacks_something_is_not_published(facts, missing):
    article = draft(**facts)
    before = (revision.current(), AuditEntry.objects.count())
    for act in (shown, lambda row: scheduled(row, NOW + HOUR)):
        with pytest.raises(ArticleNotPublishable) as refused:
            act(article)
        assert refused.value.facts == {"title": "Peser son chat", "missing": missing}
    assert (state(article), ArticleCard.objects.count()) == (("DRAFT", None, None), 0)
    assert (revision.current(), AuditEntry.objects.count()) == before


def test_a_scheduled_article_has_its_card_and_becomes_published_when_due():
    article = scheduled(draft(), NOW + HOUR)
    assert state(article) == ("SCHEDULED", NOW + HOUR, 1)
    assert ArticleCard.objects.get().published_at == NOW + HOUR
    assert publishing.publish_due(at=NOW + HOUR - timedelta(seconds=1)) == 0
    before = revision.current().number
    assert publishing.publish_due(at=NOW + HOUR) == 1
    assert state(article) == ("PUBLISHED", NOW + HOUR, 1)
    assert revision.current().number == before + 1
    assert publishing.publish_due(at=NOW + HOUR) == 0


def test_a_moment_that_is_over_is_no_schedule():
    article = draft()
    with pytest.raises(Invalid):
        scheduled(article, NOW)
    assert state(article) == ("DRAFT", None, None)


def test_a_scheduled_article_is_published_earlier_moved_or_taken_back():
    article = scheduled(draft(), NOW + 2 * HOUR)
    article = scheduled(article, NOW + HOUR)
    assert state(article) == ("SCHEDULED", NOW + HOUR, 1)
    article = publishing.send_back(article=article, by=None, at=NOW)
    assert (state(article), ArticleCard.objects.count()) == (("DRAFT", None, None), 0)
    article = scheduled(article, NOW + HOUR)
    shown(article, at=NOW)
    assert state(article) == ("PUBLISHED", NOW, 1)


def test_withdrawing_hides_at_once_and_publishing_again_keeps_the_first_day():
    article = published()
    before = revision.current().number
    publishing.withdraw(article=article, by=None, at=NOW + HOUR)
    assert state(article) == ("WITHDRAWN", NOW, 1)
    assert (ArticleCard.objects.count(), CardTag.objects.count()) == (0, 0)
    assert revision.current().number == before + 1
    shown(article, at=NOW + 2 * HOUR)
    assert state(article) == ("PUBLISHED", NOW, 1)


@pytest.mark.parametrize("act", ["submit", "send_back", "schedule"])
def test_a_published_article_does_not_go_back_on_the_way(act):
    article = published()
    before = (state(article), AuditEntry.objects.count(), revision.current())
    with pytest.raises(ArticleInWrongState):
        if act == "schedule":
            scheduled(article, NOW + HOUR)
        else:
            getattr(publishing, act)(article=article, by=None, at=NOW)
    assert (state(article), AuditEntry.objects.count(), revision.current()) == before


def test_a_draft_cannot_be_withdrawn():
    article = draft()
    with pytest.raises(ArticleInWrongState):
        publishing.withdraw(article=article, by=None, at=NOW)
    assert state(article) == ("DRAFT", None, None)


CLAIM = "Cet aliment guérit l’arthrose."


def test_a_marked_word_keeps_an_article_from_readers_until_a_vet_lets_it_stand():
    article = draft(body=CLAIM)
    for act in (shown, lambda row: scheduled(row, NOW + HOUR)):
        with pytest.raises(ClaimNotAllowed) as refused:
            act(article)
        assert refused.value.article == "Reg. (EC) 767/2009 art. 13(3)(a)"
        assert refused.value.facts == {"word": "guérit", "excerpt": CLAIM}
    assert (state(article), ArticleCard.objects.count()) == (("DRAFT", None, None), 0)
    vet = person()
    publishing.override_claims(
        article=article, expected_version=1, reason="Citation d’une étude.", by=vet, at=NOW
    )
    kept = ClaimOverride.objects.get()
    assert (kept.by, kept.word, kept.reason) == (vet, "guérit", "Citation d’une étude.")
    shown(article)
    assert state(article) == ("PUBLISHED", NOW, 1)


def test_what_a_vet_let_stand_is_that_passage_and_no_other():
    article = draft(body=CLAIM)
    publishing.override_claims(
        article=article, expected_version=1, reason="Étude.", by=person(), at=NOW
    )
    kept = edited(article, body=f"Avant.\n\n{CLAIM}\n\nAprès.")
    shown(kept)
    changed = edited(kept, body=CLAIM.replace("arthrose", "otite"))
    with pytest.raises(ClaimNotAllowed):
        shown(changed)
    assert state(article) == ("PUBLISHED", NOW, 2)
    with pytest.raises(ClaimNotAllowed):
        shown(draft("Un autre", body=CLAIM))


@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_a_vet_gives_a_reason(reason):
    article = draft(body=CLAIM)
    with pytest.raises(Invalid):
        publishing.override_claims(
            article=article, expected_version=1, reason=reason, by=person(), at=NOW
        )
    assert ClaimOverride.objects.count() == 0


def test_the_title_of_an_article_that_shows_a_food_is_beside_it():
    make_clinic()
    product_published("croq")
    with pytest.raises(ClaimNotAllowed):
        shown(draft("Soigner les reins", products=("croq",)))
    shown(draft("Soigner les reins", slug="sans"))
    assert ArticleCard.objects.count() == 1


@pytest.mark.parametrize("kind", [RegulatoryClass.MEDICINE_OTC, RegulatoryClass.MEDICINE_RX])
def test_an_article_shows_no_medicine(kind):
    make_clinic()
    product_published("vermifuge", Pack(kind=kind))
    for facts in ({"products": ("vermifuge",)}, {"body": "![](product:vermifuge)"}):
        with pytest.raises(MedicineShown) as refused:
            shown(draft(slug=f"a{len(facts)}-{next(iter(facts))}", **facts))
        assert refused.value.article == "Reg. (EU) 2019/6 art. 119-120"
    assert ArticleCard.objects.count() == 0


def test_a_card_says_all_that_a_list_and_a_page_show():
    make_clinic()
    product = product_published("croq", name="Croquettes Chat")
    cover, clip = picture(), video()
    topic()
    article = published(
        body=f"## Un\n\n![](product:croq)\n\n![ici](picture:{cover.key})\n\n![](video:{clip.slug})",
        cover=cover.key,
        topics=("poids",),
        species=(Species.CAT,),
        english=("Weigh your cat", "How.", "Text."),
    )
    assert brief(article) == {
        "id": article.pk,
        "slug": "peser-son-chat",
        "language": "fr",
        "title": "Peser son chat",
        "standfirst": "Comment, et quand.",
        "form": "ARTICLE",
        "minutes": 1,
        "cover": cards.picture_facts(cover, "fr"),
        "author": {"slug": "anne", "name": "Anne Le Goff", "title": "vétérinaire"},
        "topics": [{"slug": "poids", "name": "Poids"}],
        "species": ["cat"],
        "life_stages": [],
        "conditions": [],
    }
    assert brief(article, "en")["author"]["title"] == "vet"
    assert (detail(article)["products"], detail(article)["videos"][0]["id"]) == (
        [product.pk],
        clip.pk,
    )
    assert f'href="{product_url("croq")}"' in detail(article)["html"]
    assert set(CardTag.objects.values_list("kind", "value")) == {
        ("author", "anne"),
        ("topic", "poids"),
        ("species", "cat"),
        ("picture", cover.key),
        ("video", clip.slug),
        ("product", str(product.pk)),
    }


def test_a_picture_shows_itself_once_it_is_drawn():
    data = builders.png()
    raw = album.add_picture(data=data, alt=("Chat", ""), by=None, at=NOW)
    article = published(body=f"![](picture:{raw.key})")
    assert "<img" not in detail(article)["html"]
    album.render_picture(raw.pk)
    assert f"{raw.key}" not in detail(article)["html"]
    assert '<img src="/media/pictures/' in detail(article)["html"]


def test_names_of_people_and_topics_follow_wherever_they_stand():
    row = topic()
    article = published(topics=("poids",))
    row.name_fr = "Le poids"
    naming.keep_topic(topic=row, by=None, at=NOW)
    anne = Author.objects.get()
    anne.name = "Anne Kermarrec"
    naming.keep_author(author=anne, by=None, at=NOW)
    assert brief(article)["topics"] == [{"slug": "poids", "name": "Le poids"}]
    assert brief(article)["author"]["name"] == "Anne Kermarrec"


def test_an_article_leads_to_another_by_its_address_of_the_moment():
    other = published("L’autre", slug="autre")
    article = published(body="[voir](article:autre)")
    assert 'href="http://127.0.0.1:8000/conseils/autre"' in detail(article)["html"]
    writing.change_slug(article=other, slug="neuf", by=None, at=NOW)
    assert 'href="http://127.0.0.1:8000/conseils/neuf"' in detail(article)["html"]
    publishing.withdraw(article=other, by=None, at=NOW)
    assert detail(article)["html"] == '<p><a rel="noopener">voir</a></p>\n'


def test_a_product_that_leaves_the_shop_leaves_the_text():
    make_clinic()
    product_published("croq")
    article = published(body="[voir](product:croq)")
    assert "/produits/croq" in detail(article)["html"]
    catalogue.withdraw(product=Product.objects.get(), by=None, at=NOW)
    show_products_as_they_are(CatalogueTextChanged([Product.objects.get().pk]))
    assert "/produits/croq" not in detail(article)["html"]


def test_cards_are_what_a_fresh_projection_would_be():
    article = published()
    before = revision.current()
    assert cards.project([article.pk]) == 0
    assert revision.current() == before


def test_a_card_that_is_not_as_it_should_be_is_found_and_mended():
    first, second = published(slug="a"), published(slug="b", species=(Species.CAT,))
    call_command("rebuild_cards", "--check")
    ArticleCard.objects.filter(pk=first.pk).update(brief_fr="{}")
    CardTag.objects.filter(card_id=second.pk, kind="species").delete()
    assert cards.differing() == [first.pk, second.pk]
    with pytest.raises(CommandError):
        call_command("rebuild_cards", "--check")
    call_command("rebuild_cards")
    assert cards.differing() == []


def test_a_content_of_before_can_be_read():
    article = draft()
    row = article.revisions.get()
    row.kept = {"words": {"fr": {"title": "Ancien", "standfirst": "", "body": ""}}}
    row.save()
    assert row.content.title == "Ancien"
    assert content().title == "Peser son chat"
