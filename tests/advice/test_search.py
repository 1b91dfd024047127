"""The index of advice follows what is written, published and withdrawn."""

import pytest
from django.core.management import call_command

from advice import publishing, search, videos
from advice.events import AdviceTextChanged
from advice.models import ArticleCard, Video
from advice.reactions import teach_the_index
from advice.search_document import AdviceText, document, leading_words, vocabulary
from clinic import revision
from kernel.animals import Condition, Species
from kernel.text_index import Document, Segment, Synonyms, VocabularyOfTexts
from kernel.text_index.whoosh_engine import WhooshIndex
from tests.advice.builders import draft, published, shown, topic, video
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def found(text):
    return search.search(text, as_of=revision.current())


def test_an_article_is_found_by_its_words_its_topics_and_its_animals():
    topic("vers", "Parasites internes")
    article = published(
        "Vermifuger",
        body="## Le chiot\n\nTous les mois.",
        topics=("vers",),
        species=(Species.DOG,),
        conditions=(Condition.RENAL,),
    )
    search.rebuild()
    for text in (
        "vermifuger",
        "chiot",
        "parasites internes",
        "chien",
        "insuffisance rénale",
        "tous les mois",
    ):
        assert found(text).articles == [article.pk], text
    assert found("cheval").articles == []


def test_the_index_learns_what_changed_and_forgets_what_left():
    article, row = published("Les puces"), video("Peser un chat")
    teach_the_index(AdviceTextChanged([article.pk], [row.pk]))
    assert (found("puces").articles, found("peser").videos) == ([article.pk], [row.pk])
    assert (ArticleCard.objects.get().indexed, Video.objects.get().indexed) == (True, True)
    publishing.withdraw(article=article, by=None, at=NOW)
    videos.withdraw_video(video=row, by=None, at=NOW)
    teach_the_index(AdviceTextChanged([article.pk], [row.pk]))
    assert (found("puces").articles, found("peser").videos) == ([], [])


def test_what_the_index_has_missed_is_taken_by_the_schedule():
    first = published("Les puces")
    assert search.mend(at=NOW)
    assert found("puces").articles == [first.pk]
    second = published("Les tiques")
    assert search.mend(at=NOW)
    assert found("tiques").articles == [second.pk]
    assert not search.mend(at=NOW)


def test_without_an_index_titles_are_looked_through():
    article, row = published("Les puces"), video("Les puces du chat")
    assert (found("puces").articles, found("puces").videos) == ([article.pk], [row.pk])
    assert found("").articles == []


def test_one_command_builds_both_indexes(capsys):
    published()
    video()
    call_command("rebuild_index")
    assert capsys.readouterr().out.splitlines() == [
        "0 products indexed.",
        "2 articles and videos indexed.",
    ]


def test_a_draft_is_in_no_index():
    draft("Les puces")
    assert search.rebuild() == 0
    shown(draft("Les tiques"))
    assert search.rebuild() == 1


def test_an_excerpt_stands_around_the_first_answer():
    text = "Un début. " * 40 + "La seringue se tient droite. " + "Une fin. " * 40
    pieces = search.excerpt(text, asked="seringue", as_of=revision.current())
    assert [piece.text for piece in pieces if piece.is_match] == ["seringue"]
    joined = "".join(piece.text for piece in pieces)
    assert joined in text
    assert 150 <= len(joined) <= 200
    none = search.excerpt("Rien ici.", asked="seringue", as_of=revision.current())
    assert none == [Segment("Rien ici.", is_match=False)]


def test_the_words_that_a_text_says_most_are_told_apart():
    text = "Les vers, le ver et les vers. Une puce, des puces. Un chat. a a a 12 12"
    assert leading_words(text) == ["vers", "puce"]
    made = document(AdviceText(key="article:1", title="T", standfirst="S", body="B", labels=["L"]))
    assert (made.title, made.keywords, made.body) == ("T", "S. L", "B")


def test_a_negated_word_bars_no_text(tmp_path):
    assert isinstance(vocabulary(), VocabularyOfTexts)
    index = WhooshIndex(tmp_path, synonyms=Synonyms(), vocabulary=vocabulary())
    index.rebuild(
        [
            Document(key="a", title="Promener son chien sans laisse", keywords="la laisse"),
            Document(key="b", title="Tenir son chien en laisse"),
            Document(key="c", title="Promener son chat"),
        ]
    )
    hits = index.search("promener son chien sans laisse", limit=9).hits
    assert [hit.key for hit in hits][:2] == ["a", "b"]
