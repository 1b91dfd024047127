"""Words that the law keeps for medicines, beside a food."""

import pytest

from advice.claims import marks
from advice.content import Words
from kernel.animals import Language

FEED = "Reg. (EC) 767/2009 art. 13(3)(a)"


def marked(body="", *, language=Language.FR, has_cards=False, **words):
    found = marks(
        Words(body=body, **words),
        language,
        subject="article:1",
        foods={"product:x"},
        has_cards=has_cards,
    )
    return [mark.word for mark in found]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Cet aliment guérit l’arthrose et soigne la peau.", ["guérit", "soigne"]),
        ("SOIGNEZ votre chien avec nos CROQUETTES.", ["SOIGNEZ"]),
        ("Une pâtée qui prévient les calculs.", ["prévient"]),
        ("La ration traite le diabète.", ["traite"]),
        (
            "Un complément contre la douleur, vrai remède anti-inflammatoire.",
            ["remède", "anti-inflammatoire"],
        ),
        ("Cette alimentation remplace un médicament.", ["remplace un médicament"]),
        ("La prévention de l’obésité commence à la gamelle.", ["prévention de"]),
        ("- Un menu\n- qui guérit", []),
        ("| menu qui guérit |\n|---|\n| a |", ["guérit"]),
    ],
)
def test_a_barred_word_beside_a_food_is_marked(body, words):
    assert marked(body) == words


@pytest.mark.parametrize(
    "body",
    [
        "Le vaccin prévient la rage.",
        "Un aliment ne guérit pas.",
        "Aucune croquette n’est là pour soigner.",
        "Sans jamais remplacer un médicament, la ration aide.",
        "Prévenez votre vétérinaire avant de changer de ration.",
        "Un aliment complet prévient les carences.",
        "Brossez soigneusement le poil, et soignez la présentation.",
        "La ration d’un animal traité se pèse.",
        "Une guérite, des remédiations, et un aliment.",
    ],
)
def test_what_is_no_claim_stays_free(body):
    assert marked(body) == []


def test_a_denial_ends_with_its_sentence():
    assert marked("Ne tardez pas. Cet aliment guérit.") == ["guérit"]


def test_the_passages_around_a_card_are_beside_the_food():
    body = "Il prévient tout.\n\n![](product:x)\n\nIl soigne.\n\nIl guérit."
    assert marked(body) == ["prévient", "soigne"]
    assert marked("Il prévient tout.\n\n![](product:collier)") == []


def test_a_title_is_beside_every_food_that_the_article_shows():
    assert marked(title="Guérir l’arthrose", has_cards=True) == ["Guérir"]
    assert marked(title="Guérir l’arthrose") == []
    assert marked(standfirst="Une ration qui soigne") == ["soigne"]


def test_english_has_its_own_words():
    body = "This food cures, treats the kidneys and prevents stones. Dog treats are no remedy."
    assert marked(body, language=Language.EN) == ["cures", "prevents", "treats"]


def test_a_mark_says_where_it_stands_and_what_bars_it():
    (mark,) = marks(
        Words(body="Avant.\n\nCet aliment guérit."),
        Language.FR,
        subject="article:1",
        foods=(),
        has_cards=False,
    )
    assert (mark.place, mark.excerpt, mark.article) == ("body", "Cet aliment guérit.", FEED)
    assert len(mark.fingerprint) == 64


def test_a_mark_is_known_by_its_word_its_passage_and_its_article():
    def fingerprints(body, subject="article:1"):
        found = marks(Words(body=body), Language.FR, subject=subject, foods=(), has_cards=False)
        return [mark.fingerprint for mark in found]

    one = fingerprints("Cet aliment guérit.")
    assert fingerprints("Autre chose.\n\nCet aliment guérit.") == one
    assert fingerprints("Cet aliment guérit tout.") != one
    assert fingerprints("Cet aliment guérit.", "article:2") != one
