import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text_index import Segment, Synonyms, highlight
from kernel.text_index.analysis import terms, words
from kernel.text_index.documents import Document, identifier, indexed
from kernel.text_index.spelling import Spelling, Spellings, best, typos_between


def values(text):
    return [term.value for term in terms(text) if not term.is_pair]


@pytest.mark.parametrize(
    "ways",
    [
        ("croquette", "Croquettes", "CROQUETTES"),
        ("stérilisé", "sterilise", "stérilisée", "stérilisés", "steriliser", "STÉRILISÉ"),
        ("céréales", "cereales", "céréale"),
        ("cœur", "coeur", "CŒUR"),
        ("l'oreille", "l’oreille", "oreilles", "d'oreilles"),
        ("pâtée", "patée", "patee", "Pâtées", "pate"),
        ("été", "e\u0301te\u0301"),
    ],
)
def test_ways_to_write_a_word_share_a_term(ways):
    assert set.intersection(*(set(values(way)) for way in ways))


def test_stemming_comes_before_folding():
    # Folded first, "stérilisée" would keep its ending, as "sterilisee" does.
    assert "sterilis" in values("stérilisée")
    assert "sterilis" not in values("sterilisee")


def test_a_food_is_no_paste():
    assert values("pâtée") == ["patee"]
    assert values("pâte") == ["pat"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("2kg", "2000g"),
        ("2 kg", "2000g"),
        ("2 KG", "2000g"),
        ("1,5 kg", "1500g"),
        ("1.5kg", "1500g"),
        ("500 g", "500g"),
        ("0,5 L", "500ml"),
        ("50 cl", "500ml"),
        ("20 cm", "200mm"),
        ("7+", "7+"),
    ],
)
def test_measures_are_one_term_however_they_are_written(text, term):
    assert values(text) == [term]


def test_the_bounds_of_a_band_are_no_measure():
    assert values("< 10 kg, 11-25 kg, 45 kg+") == []
    assert [tuple(map(int, word.grams)) for word in words("11-25 kg") if word.grams] == [
        (11000, 25000)
    ]


def test_a_compound_is_found_in_one_word_in_two_and_with_a_hyphen():
    assert values("antipuces") == ["antipuc"]
    assert values("anti-puces") == values("anti puces") == ["anti", "puc", "antipuc"]
    assert values("coupe-griffes") == ["coup", "griff", "coupegriff"]
    assert values("coupegriffe") == ["coupegriff"]


def test_stop_words_have_no_term():
    assert values("pour mon chien qui se gratte") == ["chien", "gratt"]


def test_what_is_negated_is_not_there_by_itself():
    assert values("sans céréales, poulet") == ["sans_cereal", "poulet"]
    assert values("sans poulet ni bœuf") == ["sans_poulet", "sans_boeuf"]


def test_neighbours_are_pairs_unless_something_stands_between():
    found = terms("grande race, boules de poils")
    assert [term.value for term in found if term.is_pair] == ["grand_rac", "boul_poil"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BRI-0001-00001", "BRI000100001"),
        ("bri 0001 00001", "BRI000100001"),
        ("9520000000011", "09520000000011"),
        ("09520000000011", "09520000000011"),
        ("952000000001", "00952000000001"),
        ("95200000", "00000095200000"),
        ("9520000", "9520000"),
    ],
)
def test_identifiers_are_compared_without_separators_and_gtins_with_14_digits(text, expected):
    assert identifier(text) == expected


def test_a_term_stands_at_its_highest_level_only():
    kept = indexed(Document("1", "Croquettes chat", "croquettes chaton", "chaton, chat, poulet"))
    assert kept.terms == (
        frozenset({"croquet", "croquet_chat"}),
        frozenset({"chat"}),
        frozenset({"chaton", "croquet_chaton"}),
        frozenset({"poulet"}),
    )
    assert kept.words == frozenset({"croquettes", "chat", "chaton", "poulet"})
    assert kept.completions == frozenset({"croquettes", "croquettes chat", "chat", "chaton"})


@pytest.mark.parametrize(
    ("first", "second", "typos"),
    [
        ("crocquettes", "croquettes", 1),
        ("chein", "chien", 1),
        ("croquete", "croquettes", 2),
        ("chat", "chat", 0),
        ("chat", "litiere", 4),
    ],
)
def test_typos_are_counted_up_to_a_limit(first, second, typos):
    assert typos_between(first, second, most=3) == typos
    assert typos_between(second, first, most=3) == typos


def test_the_nearest_word_wins_then_the_one_that_begins_alike_then_the_most_frequent():
    known = Spellings(
        [
            Spelling("durée", 90),
            Spelling("diarrhée", 8),
            Spelling("collier", 4),
            Spelling("colle", 9),
        ]
    )
    assert best("diaree", known.like("diaree")) == "diarrhée"
    assert best("colier", known.like("colier")) == "collier"
    assert best("diar", known.like("diar")) == "diarrhée"
    assert best("xyzzyq", known.like("xyzzyq")) is None


SYNONYMS = Synonyms([["puce", "antiparasitaire externe", "pipette"], ["cœur", "cardiaque"]])


def marked(text, query):
    return [part.text for part in highlight(text, query, synonyms=SYNONYMS) if part.is_match]


def test_highlights_mark_inflections_synonyms_and_compounds():
    assert highlight("Pipettes pour chat", "puces", synonyms=SYNONYMS) == [
        Segment("Pipettes", is_match=True),
        Segment(" pour chat", is_match=False),
    ]
    assert marked("Soutien du cœur, régime cardiaque", "coeur") == ["cœur", "cardiaque"]
    assert marked("Un antiparasitaire externe", "puce") == ["antiparasitaire externe"]
    assert marked("Un antiparasitaire interne", "puce") == []
    assert marked("Peigne Anti-puces", "antipuce") == ["Anti-puces"]


def test_highlights_leave_what_the_query_excludes():
    assert marked("Croquettes au poulet", "croquettes sans poulet") == ["Croquettes"]


@given(st.text(max_size=200), st.text(max_size=60))
def test_segments_joined_are_the_text(text, query):
    segments = highlight(text, query, synonyms=SYNONYMS)
    assert "".join(segment.text for segment in segments) == text
    assert all(segment.text for segment in segments)


@given(st.text(alphabet="chatonspuié-'’ 0123456789kg,.+<>/\n", max_size=80))
def test_any_words_are_where_they_say(text):
    found = list(words(text))
    assert all(text[word.start : word.end].strip() for word in found)
    assert [word.start for word in found] == sorted({word.start for word in found})
