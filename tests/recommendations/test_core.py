"""The arithmetic of suggestions, held against brute force and a checkerboard."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommendations import baselines, blend, evaluation, metrics, neighbours, popularity
from recommendations.blend import BlendOptions, Term, UnknownOption
from recommendations.neighbours import NeighbourOptions

BOUGHT = st.lists(st.lists(st.sampled_from([0, 0, 0.5, 1, 2]), min_size=5, max_size=5), max_size=8)


def matrix(rows, products=5):
    return csr_array(np.array(rows, np.float32).reshape(-1, products))


def brute_likeness(rows, keep, shrink, products=5):
    """The definition, pair by pair."""
    had = [{pet for pet, row in enumerate(rows) if row[product]} for product in range(products)]
    found = np.zeros((products, products))
    for i in range(products):
        scores = []
        for j in range(products):
            pairs = len(had[i] & had[j])
            norm = math.sqrt(len(had[i])) * math.sqrt(len(had[j])) + shrink
            if i != j and pairs:
                scores.append((-pairs / norm, j))
        for negative, j in sorted(scores)[:keep]:
            found[i, j] = -negative
    return found


@settings(deadline=None)
@given(rows=BOUGHT, keep=st.integers(1, 5), shrink=st.sampled_from([1.0, 10.0]))
def test_likeness_is_what_its_definition_says(rows, keep, shrink):
    found = neighbours.likeness(matrix(rows), NeighbourOptions(keep=keep, shrink=shrink))
    expected = brute_likeness(rows, 5, shrink)
    for i in range(5):
        kept = found[[i]].toarray().ravel()
        best = np.sort(expected[i])[::-1][:keep]
        assert np.sort(kept)[::-1][:keep] == pytest.approx(best, rel=1e-5)
        assert kept[kept > 0] == pytest.approx(expected[i][kept > 0], rel=1e-5)


def test_ties_go_to_the_lower_product():
    rows = [[1, 1, 1, 1, 0], [1, 1, 1, 1, 0]]
    found = neighbours.likeness(matrix(rows), NeighbourOptions(keep=2, shrink=1))
    assert [found[[i]].nonzero()[1].tolist() for i in range(5)] == [
        [1, 2],
        [0, 2],
        [0, 1],
        [0, 1],
        [],
    ]


def test_blocks_change_nothing(monkeypatch):
    rows = np.random.default_rng(1).integers(0, 2, (30, 12))
    whole = neighbours.likeness(matrix(rows, 12), NeighbourOptions(keep=4)).toarray()
    monkeypatch.setattr(neighbours, "_MOST_NUMBERS", 12)
    assert np.array_equal(
        neighbours.likeness(matrix(rows, 12), NeighbourOptions(keep=4)).toarray(), whole
    )


def test_on_a_checkerboard_everybody_is_offered_the_rest_of_their_colour():
    """Even pets have even products, each but its own: the one right answer is that one."""
    size = 20
    rows = [
        [1 if (pet - product) % 2 == 0 and pet != product else 0 for product in range(size)]
        for pet in range(size)
    ]
    weights = matrix(rows, size)
    like = neighbours.likeness(weights, NeighbourOptions())
    nothing = np.zeros((1, size), np.float32)
    scores = blend.new_scores(weights, like, nothing, BlendOptions())
    assert neighbours.ranked(scores, 1) == [[pet] for pet in range(size)]


def brute_scores(row, like, popular, options):
    sums = [sum(row[j] * like[j][i] for j in range(5)) for i in range(5)]
    most, nearest = max(row), max(sums)
    return [
        (row[i] / most if most else 0)
        + options.likeness * (sums[i] / nearest if nearest else 0)
        + options.popularity * popular[i]
        for i in range(5)
    ]


@settings(deadline=None)
@given(rows=BOUGHT.filter(bool))
def test_scores_are_what_their_formula_says(rows):
    weights, options = matrix(rows), BlendOptions()
    like = neighbours.likeness(weights, options.neighbours)
    popular = popularity.log_scaled(np.asarray(weights.sum(axis=0))[None, :])
    found = blend.repeat_scores(weights, like, popular, options)
    for pet, row in enumerate(rows):
        expected = brute_scores(row, like.toarray(), popular[0], options)
        assert found[pet] == pytest.approx(expected, rel=1e-4, abs=1e-6)


@settings(deadline=None)
@given(rows=BOUGHT.filter(bool), product=st.integers(0, 4))
def test_without_a_purchase_that_explains_the_sum_is_lower(rows, product):
    weights = matrix(rows)
    like = neighbours.likeness(weights, NeighbourOptions())
    whole = (weights @ like).toarray()
    for pet, row in enumerate(rows):
        had = weights[[pet]]
        likely = like[had.indices][:, [product]].toarray().ravel()
        for term in blend.terms(had, likely):
            assert row[term.product] > 0
            without = [0 if each == term.product else w for each, w in enumerate(row)]
            lower = (matrix([without]) @ like).toarray()[0, product]
            assert whole[pet, product] - lower == pytest.approx(term.amount, rel=1e-4)
            assert lower < whole[pet, product]


def test_the_two_largest_terms_explain():
    weights = matrix([[1, 2, 0, 0, 0.5]])
    assert blend.terms(weights, np.array([0.1, 0.4, 0.4], np.float32)) == [
        Term(1, pytest.approx(0.8)),
        Term(4, pytest.approx(0.2)),
    ]


def test_weights_halve_in_sixty_days():
    options = BlendOptions()
    assert [blend.weight_after(days, options) for days in (-3, 0, 60, 120)] == [1, 1, 0.5, 0.25]


def test_affinity_is_the_weight_of_a_type_over_that_of_the_largest():
    types = csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 0]], np.float32))
    found = blend.affinities(matrix([[2, 0, 1, 0, 5], [0, 0, 0, 0, 1]]), types)
    assert found.tolist() == [[1, 1, 0.5, 0.5, 0], [0, 0, 0, 0, 0]]


def test_options_that_nobody_knows_are_errors():
    assert BlendOptions.read({"likeness": "0.5", "keep": "50"}) == BlendOptions(
        likeness=0.5, keep=50
    )
    for wrong in ({"likenes": "0.5"}, {"keep": "many"}, {"half_life_days": "0"}, {"shrink": "x"}):
        with pytest.raises(UnknownOption):
            BlendOptions.read(wrong)
    with pytest.raises(TypeError):
        BlendOptions(likenes=0.5)
    with pytest.raises(ValueError, match="keep"):
        NeighbourOptions(keep=0)


def test_ranked_lists_keep_ties_in_order_and_never_what_is_barred():
    scores = np.array([[1, 3, 3, -np.inf, 2], [0, 0, 0, 0, 0]])
    assert neighbours.ranked(scores, 3) == [[1, 2, 4], [0, 1, 2]]
    assert neighbours.ranked(scores, 9) == [[1, 2, 4, 0], [0, 1, 2, 3, 4]]


def test_a_small_group_is_spoken_for_by_the_wider_one():
    kinds = [("cat", "adult")] * 3 + [("cat", "senior")] + [("dog", "adult")] * 2
    names, groups, parents = popularity.grouped(kinds)
    rows = matrix([[1, 0, 0, 0, 0]] * 3 + [[0, 1, 0, 0, 0]] + [[0, 0, 1, 0, 0]] * 2)
    found = popularity.popularity(rows, groups, parents, least=2)
    speaks = {names[group]: names[found.speaks[group]] for group in range(len(names))}
    assert speaks == {
        (): (),
        ("cat",): ("cat",),
        ("cat", "adult"): ("cat", "adult"),
        ("cat", "senior"): ("cat",),
        ("dog",): ("dog",),
        ("dog", "adult"): ("dog", "adult"),
    }
    of_senior = found.of(groups[3:4])[0].tolist()
    assert of_senior == pytest.approx([1, math.log(2) / math.log(4), 0, 0, 0])


def test_what_was_bought_as_often_is_as_popular_however_long_ago():
    data = evaluation.Baskets(
        people=["a", "b"],
        products=["old", "young"],
        histories=[[[0], [1]], [[0], [1]]],
        ages=[[700.0, 1.0], [650.0, 2.0]],
    )
    assert evaluation.fit(data, BlendOptions()).popular.scores.tolist() == [[1, 1]]


def test_quality_is_that_of_a_hand_worked_example():
    found = metrics.quality([[7, 1, 1, 2], [3], [4]], [{1, 2, 9}, {5}, set()], first=10)
    second, third = 1 / math.log2(3), 1 / math.log2(4)
    ideal = 1 + second + third
    assert found.recall.tolist() == [2 / 3, 0]
    assert found.ndcg.tolist() == pytest.approx([(second + third) / ideal, 0])
    assert found.hit.tolist() == [1, 0]


def test_a_model_that_is_better_for_everybody_is_better_in_every_draw():
    better, worse = np.array([0.5, 0.6, 0.7]), np.array([0.4, 0.5, 0.6])
    gain = metrics.paired_bootstrap(better, worse, draws=200)
    assert (round(gain.mean, 9), round(gain.low, 9), round(gain.high, 9)) == (0.1, 0.1, 0.1)
    assert gain.doubt == 0
    assert metrics.paired_bootstrap(worse, better, draws=200).doubt == 1


def test_a_draft_is_fair_and_repeats_nothing():
    random = np.random.default_rng(3)
    drafts = [metrics.interleaved([1, 2, 3], [2, 4], first=4, random=random) for _ in range(400)]
    assert {frozenset(each.items) for each in drafts} == {frozenset({1, 2, 3, 4})}
    first = sum(each.items[0] == 1 for each in drafts) / 400
    assert 0.4 < first < 0.6
    assert metrics.interleaved([], [5], first=3, random=random).items == [5]


def test_favourites_keep_ties_in_the_order_of_first_sight():
    histories = [[[3, 1], [1, 0]], [[2]], []]
    assert baselines.top_of_all(histories, 4, first=3) == [[1, 0, 2]] * 3
    assert baselines.own_favourites(histories, 4, first=4) == [
        [1, 3, 0, 2],
        [2, 1, 0, 3],
        [1, 0, 2, 3],
    ]


def test_baskets_fade_in_tifu_as_its_paper_says():
    """Three baskets in two groups: the first alone, the last two together."""
    options = baselines.TifuOptions(within_decay=0.5, group_decay=0.1, groups=2)
    found = baselines.tifu_vectors([[[0], [1], [2]]], 3, options).toarray()[0]
    assert found == pytest.approx([0.1 * 0.25 / 2, 0.5 / 4, 1 / 4])
