"""Articles are written in revisions, and nothing that was written is lost."""

import dataclasses

import pytest
from django.db import transaction

from accounts.models import AuditEntry
from advice import writing
from advice.content import Change, Line, Source, Words, differences, from_json, to_json
from advice.models import Article, Revision, SlugHistory
from advice.writing import ArticleSlugTaken
from kernel.animals import Condition, Language, Species
from kernel.refusals import Invalid, LimitReached, NotFound, Stale
from tests.advice.builders import content, draft, edited
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db


def counted():
    return (Article.objects.count(), Revision.objects.count(), AuditEntry.objects.count())


def test_a_draft_begins_with_its_first_revision_and_an_address_from_its_title():
    by = person()
    article = writing.start_article(content=content("L’été à l’ombre"), by=by, at=NOW)
    assert (article.slug, article.status, article.version) == ("lete-a-lombre", "DRAFT", 1)
    assert (article.title, article.revisions.get().by) == ("L’été à l’ombre", by)
    entry = AuditEntry.objects.get(action="article.start")
    assert (entry.by, entry.changes["slug"]) == (by, ["", "lete-a-lombre"])


def test_each_saving_is_a_revision_and_the_same_again_is_none():
    article = edited(draft(), title="Peser son chien")
    again = edited(article, title="Peser son chien")
    assert (again.version, again.title) == (2, "Peser son chien")
    assert [each.number for each in again.revisions.all()] == [2, 1]
    trail = AuditEntry.objects.get(action="article.edit")
    assert trail.changes == {"version": [1, 2], "fields": ["", "title_fr"]}


def test_of_two_editors_at_once_the_second_is_told():
    article = draft()
    edited(article, title="Le premier")
    before = counted()
    with pytest.raises(Stale) as refused:
        edited(article, title="Le second")
    assert refused.value.facts == {"version": 2}
    assert counted() == before
    assert Article.objects.get().title == "Le premier"


def test_an_older_revision_comes_back_as_the_latest():
    article = edited(edited(draft("Un"), title="Deux"), title="Trois")
    back = writing.restore_revision(article=article, number=1, expected_version=3, by=None, at=NOW)
    assert (back.version, back.title) == (4, "Un")
    first, last = back.revisions.get(number=1), back.revisions.get(number=4)
    assert (last.kept, last.note) == (first.kept, "Comme dans la version 1")
    with pytest.raises(NotFound):
        writing.restore_revision(article=back, number=9, expected_version=4, by=None, at=NOW)


def test_two_contents_are_compared_field_by_field_and_line_by_line():
    before = content("Titre", body="un\ndeux\ntrois", topics=("a",))
    words = {Language.FR: dataclasses.replace(before.words[Language.FR], body="un\n2\ntrois\n4")}
    after = dataclasses.replace(before, words=words, topics=("a", "b"), reviewed_on=None)
    told = {each.field: each.lines for each in differences(before, after)}
    assert told == {
        "body_fr": (
            Line(Change.SAME, "un"),
            Line(Change.REMOVED, "deux"),
            Line(Change.ADDED, "2"),
            Line(Change.SAME, "trois"),
            Line(Change.ADDED, "4"),
        ),
        "topics": (Line(Change.SAME, "a"), Line(Change.ADDED, "b")),
        "reviewed_on": (Line(Change.REMOVED, "2026-10-01"),),
    }
    assert differences(before, before) == []


def test_a_content_comes_back_from_the_database_as_it_went():
    whole = content(
        english=("Weigh", "How.", "Text"),
        species=(Species.CAT,),
        conditions=(Condition.OBESITY,),
        products=("p",),
        videos=("v",),
        sources=(Source("Livre"), Source("Page", "https://a.example/")),
    )
    assert from_json(to_json(whole)) == whole
    assert from_json({"species": ["dragon", "cat"]}).species == (Species.CAT,)


@pytest.mark.parametrize(
    ("facts", "refusal", "path"),
    [
        ({"title": "  "}, Invalid, ["input", "words", "fr", "title"]),
        ({"title": "a" * 161}, LimitReached, ["input", "words", "fr", "title"]),
        ({"body": "a" * 1_000_000}, LimitReached, ["input", "words", "fr", "body"]),
        ({"body": "a\x00b"}, Invalid, ["input", "words"]),
        ({"topics": tuple(map(str, range(21)))}, LimitReached, ["input", "topics"]),
        ({"sources": (Source("A", "javascript:alert(1)"),)}, Invalid, ["input", "sources"]),
        ({"sources": (Source("A", "http://a.example/"),)}, Invalid, ["input", "sources"]),
        ({"sources": (Source("A", 'https://a.example/"x'),)}, Invalid, ["input", "sources"]),
        ({"sources": (Source("A", "https://[::1"),)}, Invalid, ["input", "sources"]),
        ({"sources": (Source("", "https://a.example/"),)}, Invalid, ["input", "sources"]),
        ({"sources": (Source("a" * 301),)}, Invalid, ["input", "sources"]),
    ],
)
def test_what_no_draft_may_be_is_refused_and_leaves_nothing(facts, refusal, path):
    given = content(**facts)
    before = counted()
    with pytest.raises(refusal) as refused:
        writing.start_article(content=given, by=None, at=NOW, slug="a")
    assert refused.value.path == path
    assert counted() == before


@pytest.mark.parametrize("slug", ["", "É", "a b", "-a", "a--b", "../x", "a" * 121])
def test_an_address_is_small_letters_digits_and_hyphens(slug):
    article = draft()
    with pytest.raises(Invalid):
        writing.change_slug(article=article, slug=slug, by=None, at=NOW)
    assert Article.objects.get().slug == "peser-son-chat"


def renamed(article, *slugs):
    for slug in slugs:
        article = writing.change_slug(article=article, slug=slug, by=None, at=NOW)
    return article


def test_addresses_never_go_round_in_circles():
    article = renamed(draft(slug="a"), "b", "a", "b", "c", "a")
    assert article.slug == "a"
    assert set(SlugHistory.objects.values_list("slug", "article_id")) == {
        ("b", article.pk),
        ("c", article.pk),
    }


def test_an_address_of_the_past_belongs_to_who_had_it():
    renamed(draft(slug="a"), "b")
    other = draft(slug="other")
    for slug in ("a", "b"):
        with pytest.raises(ArticleSlugTaken), transaction.atomic():
            writing.change_slug(article=other, slug=slug, by=None, at=NOW)
        with pytest.raises(ArticleSlugTaken), transaction.atomic():
            draft(slug=slug)
    assert set(Article.objects.values_list("slug", flat=True)) == {"b", "other"}


def test_the_words_of_a_reader_are_french_where_there_are_no_others():
    both = content("Peser", english=("Weigh", "How.", "Text"))
    assert both.said(Language.EN) == (Language.EN, Words("Weigh", "How.", "Text"))
    assert content("Peser").said(Language.EN)[0] is Language.FR
