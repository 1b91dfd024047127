import pytest

from catalog import regulation
from catalog.regulation import Promotion, VetApproval, Withdrawal
from catalog.vocabulary import RegulatoryClass


def test_every_class_but_the_unknown_has_its_rule():
    assert set(regulation.RULES) == set(RegulatoryClass) - {RegulatoryClass.UNKNOWN}


@pytest.mark.parametrize("unknown", ["", "UNKNOWN", "food", "TOBACCO"])
def test_what_the_table_does_not_know_is_not_sold(unknown):
    rule = regulation.rule_for(unknown)
    assert (rule.sold_online, rule.suggested, rule.may_be_reduced) == (False, False, False)


def test_medicines_are_listed_but_never_sold_promoted_reviewed_or_suggested():
    for medicine in (RegulatoryClass.MEDICINE_OTC, RegulatoryClass.MEDICINE_RX):
        rule = regulation.rule_for(medicine)
        assert (rule.sold_online, rule.reviews, rule.suggested) == (False, False, False)
        assert rule.promotion is Promotion.NEVER
        assert rule.notice[0]
        assert rule.article


def test_every_rule_names_its_law():
    assert all(rule.article for rule in regulation.RULES.values())


def test_dietetic_food_shows_the_sentence_of_the_law():
    rule = regulation.rule_for(RegulatoryClass.DIETETIC_FOOD)
    assert rule.notice[0] == (
        "Avant utilisation ou avant prolongation de la durée d'utilisation, il est recommandé de "
        "demander l'avis d'un vétérinaire."
    )
    assert rule.client_gate
    assert rule.vet_approval is VetApproval.PER_PRODUCT
    assert rule.withdrawal is Withdrawal.UNTIL_UNSEALED


@pytest.mark.parametrize(
    ("code", "atcvet", "expected"),
    [
        ("7094", "QJ01CA51", RegulatoryClass.MEDICINE_RX),
        ("7094", "QP53AC04", RegulatoryClass.MEDICINE_RX),
        ("7093", "QP53AC04", RegulatoryClass.ANTIPARASITIC_EXTERNAL),
        ("7093", "QP53AC04|QP52AA01", RegulatoryClass.MEDICINE_OTC),
        ("7093", "QA07", RegulatoryClass.MEDICINE_OTC),
        ("7093", "", RegulatoryClass.MEDICINE_OTC),
        ("7095", "QP53AC04", RegulatoryClass.UNKNOWN),
        ("", "QP53AC04", RegulatoryClass.UNKNOWN),
    ],
)
def test_class_of_a_medicine_from_its_official_codes(code, atcvet, expected):
    assert regulation.class_of_medicine(delivery_code=code, atcvet=atcvet) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("12 rue des Moulins, 35000 Rennes, France", True),
        ("Molenstraat 8, 3511 Utrecht, Nederland", True),
        ("88 Harbour Road, Kowloon, Hong Kong", False),
        ("1 High Street, London, United Kingdom", False),
        ("12 rue des Moulins, 35000 Rennes", False),
        ("", False),
    ],
)
def test_a_maker_whose_country_cannot_be_told_is_taken_for_outside_the_union(address, expected):
    assert regulation.is_in_union(address) is expected
