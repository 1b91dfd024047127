import pytest

from catalog.importing.quantities import Quantity, read_quantity
from catalog.vocabulary import Unit


@pytest.mark.parametrize(
    ("text", "units", "net", "unit", "label"),
    [
        ("6 x 780 g", 6, 780, Unit.GRAM, "6 x 780 g"),
        ("12x85g", 12, 85, Unit.GRAM, "12 x 85 g"),
        ("Lot de 24 X 100 G", 24, 100, Unit.GRAM, "24 x 100 g"),
        ("4 × 0,5 kg", 4, 500, Unit.GRAM, "4 x 500 g"),
        ("2 x 1,5 L", 2, 1500, Unit.MILLILITRE, "2 x 1,5 L"),
        ("10 L", 1, 10_000, Unit.MILLILITRE, "10 L"),
        ("50 cl", 1, 500, Unit.MILLILITRE, "500 ml"),
        ("2,5\xa0kg", 1, 2500, Unit.GRAM, "2,5 kg"),
        ("1.500 kg", 1, 1500, Unit.GRAM, "1,5 kg"),
        ("Pâtée (400 g)", 1, 400, Unit.GRAM, "400 g"),
        ("Litière 10 l", 1, 10_000, Unit.MILLILITRE, "10 L"),
        ("sac 1000 kg", 1, 1_000_000, Unit.GRAM, "1000 kg"),
    ],
)
def test_quantities_are_read_out_of_labels(text, units, net, unit, label):
    found = read_quantity(text)
    assert found == Quantity(units, net, unit)
    assert found.label == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Collier",
        "12 pièces",
        "0,5 g",
        "0 kg",
        "0 x 85 g",
        "4 x 12 x 85 g",
        "Collier chien 10-25 kg",
        "Petit chien (<10 kg)",
        "< 10 kg",
        "de 10 à 25 kg",
        "45 kg+",
        "99999999999 kg",
        "99999 x 1 kg",
        "9" * 5000 + " g",
    ],
)
def test_what_is_no_quantity_is_none(text):
    assert read_quantity(text) is None


def test_pieces_are_counted():
    assert Quantity(1, 50, Unit.PIECE).label == "50"
