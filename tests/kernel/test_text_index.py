import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.text_index import Document, IndexUnavailable, Synonyms, Vocabulary, open_index
from kernel.text_index.postgres_engine import PostgresIndex
from kernel.text_index.whoosh_engine import WhooshIndex

VOCABULARY = Vocabulary(
    filters={
        "chien": frozenset({"species:dog", "species:any"}),
        "chat": frozenset({"species:cat", "species:any"}),
    },
    implied={"chaton": frozenset({"species:cat", "species:any"})},
    exclusions={"poulet": frozenset({"contains:poultry"}), "boeuf": frozenset({"contains:beef"})},
    proven="composition:known",
    preferred="food:complete",
    carried="weight_kg",
)
DOG, CAT, FOOD = "species:dog", "species:cat", "composition:known"


def weighing(low, high):
    return {f"weight_kg:{kilos}" for kilos in range(low, high + 1)}


def thing(key, title, *facets, **more):
    return Document(key, title, facets=frozenset(facets), **more)


SHELF = [
    thing(
        "1",
        "Croquettes chien poulet",
        DOG,
        FOOD,
        "contains:poultry",
        identifiers=("BRI-0001-00001",),
    ),
    thing(
        "2", "Croquettes chien saumon", DOG, FOOD, "food:complete", identifiers=("9520000000011",)
    ),
    thing("3", "Croquettes chat bœuf", CAT, FOOD, "contains:beef", keywords="chat stérilisé, 2 kg"),
    thing("4", "Pipettes anti-puces chien 2-10 kg", DOG, *weighing(2, 10)),
    thing("5", "Pipettes anti-puces chien 10-20 kg", DOG, *weighing(10, 20)),
    thing("6", "Collier chat", CAT, keywords="puces"),
    thing("7", "Gamelle inox", "species:any", body="Pour les croquettes."),
    thing("8", "Friandise saumon sans poulet", DOG, FOOD),
    thing("9", "Shampooing doux", "species:any"),
]


def engine(kind, root, *, synonyms=()):
    groups = Synonyms(synonyms)
    if kind == "whoosh":
        return WhooshIndex(root / "things", synonyms=groups, vocabulary=VOCABULARY)
    return PostgresIndex("things", synonyms=groups, vocabulary=VOCABULARY)


@pytest.fixture(params=["whoosh", "postgres"])
def opened(request, tmp_path):
    """An index of this name and its synonyms, which nobody has built yet."""
    if request.param == "postgres":
        if connection.vendor != "postgresql":
            pytest.skip("The database is not PostgreSQL.")
        request.getfixturevalue("db")
    return lambda *synonyms: engine(request.param, tmp_path, synonyms=synonyms)


@pytest.fixture
def shelf(opened):
    index = opened()
    index.rebuild(SHELF)
    return index


def keys(index, text, limit=10):
    return [hit.key for hit in index.search(text, limit=limit).hits]


def test_what_was_never_built_is_unavailable(opened):
    index = opened()
    for ask in (
        lambda: index.search("chat", limit=1),
        lambda: index.suggest("ch", limit=1),
        lambda: index.replace(SHELF),
        lambda: index.remove(["1"]),
        lambda: index.generation,
    ):
        with pytest.raises(IndexUnavailable):
            ask()
    index.rebuild(SHELF)
    assert keys(index, "gamelle") == ["7"]


def test_an_index_of_nothing_finds_nothing(opened):
    index = opened()
    index.rebuild([])
    assert keys(index, "chat") == []
    assert index.suggest("ch", limit=5) == []


@pytest.mark.parametrize("query", ["BRI-0001-00001", "bri000100001", " bri 0001 00001 "])
def test_a_sku_finds_its_product(shelf, query):
    assert keys(shelf, query) == ["1"]


@pytest.mark.parametrize("query", ["9520000000011", "09520000000011", "9 520000 000011"])
def test_a_gtin_finds_its_product(shelf, query):
    assert keys(shelf, query) == ["2"]


def test_an_identifier_ranks_before_words(shelf):
    assert keys(shelf, "croquettes 9520000000011")[0] == "2"
    assert shelf.search("croquettes BRI-0001-00001", limit=1).hits[0].key == "1"


def test_all_concepts_rank_before_some_and_ties_go_by_key(shelf):
    assert keys(shelf, "croquettes saumon") == ["2", "8", "1", "3", "7"]
    assert keys(shelf, "croquettes saumon", limit=2) == ["2", "8"]
    assert keys(shelf, "croquettes saumon", limit=0) == []


def test_a_species_filters(shelf):
    assert keys(shelf, "croquettes chat") == ["3", "7"]
    assert keys(shelf, "chat") == ["3", "6", "7", "9"]
    assert keys(shelf, "collier chien") == keys(shelf, "chien")
    assert "6" in keys(shelf, "puces chaton")
    assert "4" not in keys(shelf, "puces chaton")


def test_a_weight_means_a_pack_or_an_animal(shelf):
    assert keys(shelf, "anti puce chien 15 kg")[0] == "5"
    assert keys(shelf, "antipuces chien 8kg")[0] == "4"
    assert keys(shelf, "croquettes 2kg")[0] == "3"


def test_what_is_negated_is_excluded(shelf):
    assert keys(shelf, "sans poulet") == ["8", "2", "3"]
    assert keys(shelf, "sans poulet chien") == ["2", "8"]
    assert keys(shelf, "croquettes sans poulet ni bœuf") == ["2"]
    assert keys(shelf, "croquettes sans poulet et boeuf") == ["2"]
    assert keys(shelf, "croquettes sans inox") == ["1", "2", "3"]


def test_what_is_free_of_something_is_not_found_by_it(shelf):
    assert keys(shelf, "poulet") == ["1"]


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("crocquettes", "croquettes"),
        ("croqetes chien", "croquettes chien"),
        ("colier chat", "collier chat"),
        ("shampoin", "shampooing"),
        ("piptetes chien", "pipettes chien"),
        ("gamlle", "gamelle"),
        ("game", "gamelle"),
        ("inax", "inox"),
        ("enox", "inox"),
    ],
)
def test_typos_are_corrected(shelf, typed, corrected):
    found = shelf.search(typed, limit=10)
    assert found.corrected == corrected
    assert found.hits == shelf.search(corrected, limit=10).hits
    assert shelf.search(corrected, limit=10).corrected is None


def test_typos_are_corrected_where_trigrams_may_not_be_installed(opened):
    index = opened()
    if not isinstance(index, PostgresIndex):
        pytest.skip("Files need no extension.")
    index.rebuild(SHELF)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE text_index_things_state SET has_trigrams = false")
    assert index.search("crocquettes", limit=1).corrected == "croquettes"
    assert index.search("game", limit=1).corrected == "gamelle"


def test_unknown_words_are_no_obstacle(shelf):
    assert keys(shelf, "xyzzyq") == []
    assert keys(shelf, "gamelle xyzzyq") == ["7"]
    assert keys(shelf, "") == keys(shelf, "de la") == keys(shelf, "?!") == []


def test_synonyms_are_changed_without_a_new_index(opened, shelf):
    assert keys(shelf, "écuelle") == []
    assert keys(opened(["gamelle", "écuelle"]), "ecuelles") == ["7"]
    free = opened(["sans poulet", "chicken free"])
    assert keys(free, "chicken free") == keys(shelf, "sans poulet")


def test_suggestions_are_the_most_frequent_first(shelf):
    assert shelf.suggest("croq", limit=3) == ["croquettes", "croquettes chien", "croquettes chat"]
    assert shelf.suggest("CHA", limit=3) == ["chat"]
    assert shelf.suggest("ster", limit=3) == ["stérilisé"]
    assert shelf.suggest("anti-p", limit=3) == ["anti-puces"]
    assert shelf.suggest("collier sté", limit=3) == ["collier stérilisé"]
    assert shelf.suggest("", limit=3) == shelf.suggest("%", limit=3) == []


def test_documents_are_replaced_and_removed(shelf):
    first = shelf.generation
    shelf.replace([thing("7", "Fontaine", DOG), thing("10", "Gamelle en bois"), SHELF[0]])
    second = shelf.generation
    assert keys(shelf, "gamelle") == ["10"]
    assert keys(shelf, "fontaine") == ["7"]
    assert shelf.suggest("gamelle i", limit=3) == []
    assert keys(shelf, "croquettes poulet") == ["1", "2", "3"]
    shelf.remove(["10", "nowhere"])
    assert keys(shelf, "gamelle en bois") == []
    assert len({first, second, shelf.generation}) == 3


def test_the_last_of_equal_keys_counts(shelf):
    shelf.replace([thing("11", "Brosse"), thing("11", "Peigne")])
    assert keys(shelf, "brosse") == []
    assert keys(shelf, "peigne") == ["11"]
    shelf.rebuild([thing("1", "Brosse"), thing("1", "Peigne")])
    assert keys(shelf, "peigne") == ["1"]
    assert keys(shelf, "gamelle") == []


def test_hostile_texts_are_texts(shelf):
    hostile = [
        "'; DROP TABLE x; --",
        "a' | 'b",
        "\\",
        "%s %(x)s",
        "{index}",
        "\0",
        "\ud800",
        "'" * 99,
    ]
    for text in hostile:
        assert shelf.search(text, limit=5).corrected is None
        assert shelf.suggest(text, limit=5) == shelf.suggest(text + " ", limit=5)
    shelf.replace([thing(f"h{n}", text, body=text) for n, text in enumerate(hostile) if n < 5])
    assert keys(shelf, "gamelle") == ["7"]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=300), limit=st.integers(0, 20))
def test_any_text_is_a_query(shelf, text, limit):
    found = shelf.search(text, limit=limit)
    assert len(found.hits) <= limit
    assert [hit.score for hit in found.hits] == sorted((h.score for h in found.hits), reverse=True)
    assert len(shelf.suggest(text, limit=limit)) <= limit


QUERY_WORDS = (
    "croquettes chien chat chaton sans poulet ni bœuf et boeuf saumon pipette anti puces antipuce "
    "2 kg 15kg 2-10 colier crocquettes gamelle shampoin au 9520000000011 , l' BRI-0001-00001 +"
)


@pytest.mark.slow
@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    text=st.text(max_size=10_000)
    | st.lists(st.sampled_from(QUERY_WORDS.split()), max_size=99).map(" ".join)
)
def test_both_engines_find_the_same(shelf, tmp_path_factory, text):
    other = engine("whoosh", tmp_path_factory.getbasetemp())
    try:
        expected = other.search(text, limit=20)
    except IndexUnavailable:
        other.rebuild(SHELF)
        expected = other.search(text, limit=20)
    found = shelf.search(text, limit=20)
    assert [hit.key for hit in found.hits] == [hit.key for hit in expected.hits]
    assert found.corrected == expected.corrected


def test_one_search_is_one_statement(opened, django_assert_num_queries):
    index = opened()
    if not isinstance(index, PostgresIndex):
        pytest.skip("Files need no statement.")
    index.rebuild(SHELF)
    # Two more are the savepoint that guards the transaction of this test.
    with django_assert_num_queries(3):
        index.search("croquettes chien sans poulet", limit=5)


def test_the_engine_is_that_of_the_database(settings, tmp_path):
    settings.TEXT_INDEX_ROOT = tmp_path
    expected = PostgresIndex if connection.vendor == "postgresql" else WhooshIndex
    assert type(open_index("things", synonyms=Synonyms())) is expected


def test_a_name_that_cannot_name_tables_is_refused():
    with pytest.raises(ValueError, match="small letters"):
        PostgresIndex("x; DROP", synonyms=Synonyms(), vocabulary=VOCABULARY)
