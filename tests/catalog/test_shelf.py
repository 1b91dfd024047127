from hypothesis import given
from hypothesis import strategies as st

from catalog.shelf import Facet, Row, Shelf, Sort, Wish, facet_values

AT = 1000


def facts(
    *,
    brand="a",
    category="chien/croquettes",
    species=("dog",),
    contains=("poultry",),
    published=0,
    prices=((0, 1000, 1000),),
    sold=True,
    content=1000,
    **other,
):
    return {
        "brand": brand,
        "category": category,
        "species": list(species),
        "life_stage": "",
        "size_class": "",
        "form": "dry",
        "conditions": [],
        "contains": None if contains is None else list(contains),
        "published": published,
        "rating": None,
        "packs": [
            {
                "sold": sold,
                "availability": "IN_STOCK",
                "content": content,
                "unit": "g",
                "prices": [list(price) for price in prices],
            }
        ],
        **other,
    }


def shelf_of(*products, at=AT, reductions=True):
    shelf = Shelf(reductions=reductions)
    rows = [Row(key, found, None) for key, found in enumerate(products, start=1)]
    shelf.put(rows, at=at)
    return shelf


def keys(shelf, wish=None, sort=Sort.NEWEST, first=100, after=None):
    return shelf.page(shelf.matching(wish or Wish()), sort, first=first, after=after).keys


def test_any_choice_of_a_facet_will_do_and_facets_narrow_one_another():
    shelf = shelf_of(facts(brand="a"), facts(brand="b"), facts(brand="b", species=["cat"]))
    assert keys(shelf, Wish(choices={Facet.BRAND: ["a", "b"]})) == [1, 2, 3]
    assert keys(shelf, Wish(choices={Facet.BRAND: ["b"], Facet.SPECIES: ["cat"]})) == [3]


def test_an_empty_choice_matches_nothing():
    shelf = shelf_of(facts())
    assert keys(shelf, Wish(choices={Facet.BRAND: []})) == []
    assert keys(shelf, Wish(any_of=[])) == []
    assert keys(shelf, Wish(choices={Facet.WITHOUT_INGREDIENT: []})) == []


def test_a_food_of_unknown_composition_is_without_nothing():
    shelf = shelf_of(facts(contains=None), facts(contains=[]), facts(contains=["beef"]))
    assert keys(shelf, Wish(choices={Facet.WITHOUT_INGREDIENT: ["beef"]})) == [2]


def test_all_ingredients_to_be_without_must_be_absent():
    shelf = shelf_of(facts(contains=["beef"]), facts(contains=["fish"]), facts(contains=["rice"]))
    assert keys(shelf, Wish(choices={Facet.WITHOUT_INGREDIENT: ["beef", "fish"]})) == [3]


def test_a_category_holds_all_below_it():
    shelf = shelf_of(facts(category="chien/alimentation/croquettes"), facts(category="chat"))
    assert keys(shelf, Wish(choices={Facet.CATEGORY: ["chien/alimentation"]})) == [1]


def test_counts_of_a_facet_ignore_its_own_choice():
    shelf = shelf_of(facts(brand="a"), facts(brand="b"), facts(brand="b", species=["cat"]))
    wish = Wish(choices={Facet.BRAND: ["a"]})
    counts = shelf.counts(wish, shelf.everything())
    assert counts[Facet.BRAND] == {"a": 1, "b": 2}
    assert counts[Facet.SPECIES] == {"dog": 1}


def test_what_is_not_sold_online_has_no_price_and_comes_last():
    shelf = shelf_of(facts(sold=False), facts(prices=[(0, 500, 500)]), facts())
    assert keys(shelf, sort=Sort.PRICE_ASC) == [2, 3, 1]
    assert keys(shelf, sort=Sort.PRICE_DESC) == [3, 2, 1]
    assert keys(shelf, Wish(price_cents=(0, 10**12))) == [2, 3, 1][:2]
    assert shelf.counts(Wish(), shelf.everything())[Facet.PRICE] == {"0-10": 1, "10-25": 1}


def test_a_price_turns_at_its_moment_and_not_before():
    prices = [(0, 1000, 1000), (2000, 800, 1000), (3000, 1000, 1000)]
    shelf = Shelf(reductions=True)
    shelf.put([Row(1, facts(prices=prices), 2000)], at=AT)
    reduced = []
    for moment in (1999, 2000, 2999, 3000, 2500):
        shelf.advance(at=moment)
        reduced.append(bool(keys(shelf, Wish(reduced=True))))
    assert reduced == [False, True, True, False, True]


def test_where_reductions_are_barred_the_list_price_counts():
    shelf = shelf_of(facts(prices=[(0, 800, 1000)]), reductions=False)
    assert keys(shelf, Wish(price_cents=(1000, 1000))) == [1]
    assert keys(shelf, Wish(reduced=True)) == []


def test_price_by_kilo_compares_packs_of_different_sizes():
    shelf = shelf_of(facts(content=500), facts(content=4000), facts(content=200))
    assert keys(shelf, sort=Sort.UNIT_PRICE_ASC) == [2, 1, 3]


def test_what_was_removed_is_found_no_more_and_may_come_back():
    shelf = shelf_of(facts(), facts())
    shelf.remove([1])
    assert (keys(shelf), len(shelf)) == ([2], 1)
    shelf.put([Row(1, facts(brand="z"), None)], at=AT)
    assert keys(shelf, Wish(choices={Facet.BRAND: ["z"]})) == [1]


def test_the_columns_grow():
    shelf = shelf_of(*[facts(brand=str(number)) for number in range(1000)])
    assert keys(shelf, Wish(choices={Facet.BRAND: ["999"]})) == [1000]
    assert len(shelf) == 1000


brands = st.sampled_from(["a", "b", "c"])
worlds = st.lists(
    st.builds(
        facts,
        brand=brands,
        category=st.sampled_from(["x", "x/y", "x/y/z", "w"]),
        species=st.sets(st.sampled_from(["dog", "cat"]), min_size=1).map(sorted),
        contains=st.none() | st.sets(st.sampled_from(["beef", "fish"])).map(sorted),
        published=st.integers(0, 3),
        prices=st.integers(1, 9).map(lambda euros: [(0, euros * 500, euros * 500)]),
    ),
    max_size=40,
)
choices = st.fixed_dictionaries(
    {},
    optional={
        Facet.BRAND: st.lists(brands, max_size=2),
        Facet.CATEGORY: st.lists(st.sampled_from(["x", "x/y", "w"]), max_size=2),
        Facet.SPECIES: st.lists(st.sampled_from(["dog", "cat"]), max_size=2),
        Facet.WITHOUT_INGREDIENT: st.lists(st.sampled_from(["beef", "fish"]), max_size=2),
    },
)
wishes = st.recursive(
    st.builds(
        Wish,
        choices=choices,
        price_cents=st.tuples(st.none() | st.integers(0, 4500), st.none() | st.integers(0, 4500)),
    ),
    lambda inner: st.builds(
        Wish,
        choices=choices,
        other=st.lists(inner, max_size=2),
        any_of=st.none() | st.lists(inner, max_size=2),
        none_of=st.lists(inner, max_size=1),
    ),
    max_leaves=5,
)


def holds(wish, product, but=None):
    """The oracle: one product looked at by itself."""
    values = facet_values(product)
    for facet, chosen in wish.choices.items():
        if facet is but:
            continue
        has = [value in values[facet] for value in chosen]
        fits = bool(has) and (all(has) if facet is Facet.WITHOUT_INGREDIENT else any(has))
        if not fits:
            return False
    price = product["packs"][0]["prices"][0][1]
    low, high = wish.price_cents
    return (
        (low is None or price >= low)
        and (high is None or price <= high)
        and all(holds(other, product) for other in wish.other)
        and (wish.any_of is None or any(holds(other, product) for other in wish.any_of))
        and not any(holds(other, product) for other in wish.none_of)
    )


@given(worlds, wishes)
def test_the_shelf_finds_what_a_look_at_each_product_finds(world, wish):
    shelf = shelf_of(*world)
    expected = [key for key, product in enumerate(world, start=1) if holds(wish, product)]
    assert sorted(keys(shelf, wish)) == expected


@given(worlds, wishes)
def test_counts_are_what_choosing_each_value_would_leave(world, wish):
    shelf = shelf_of(*world)
    counts = shelf.counts(wish, shelf.everything())
    for facet in (Facet.BRAND, Facet.CATEGORY, Facet.SPECIES):
        for value, count in counts[facet].items():
            left = [
                product
                for product in world
                if holds(wish, product, but=facet) and value in facet_values(product)[facet]
            ]
            assert count == len(left)


@given(worlds, st.sampled_from([Sort.PRICE_ASC, Sort.PRICE_DESC, Sort.NEWEST]), st.integers(1, 7))
def test_pages_join_into_the_whole_list_without_gap_or_repeat(world, sort, size):
    shelf = shelf_of(*world)
    whole = keys(shelf, sort=sort)
    assert sorted(whole) == list(range(1, len(world) + 1))
    joined, after = [], None
    while True:
        page = shelf.page(shelf.everything(), sort, first=size, after=after)
        joined += page.keys
        if not page.has_next:
            break
        after = (page.values[-1], page.keys[-1])
    assert joined == whole
