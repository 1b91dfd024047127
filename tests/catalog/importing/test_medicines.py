from pathlib import Path

import pytest

from catalog.importing.anmv import import_medicines
from catalog.importing.reading import FileRefused, Problem
from catalog.models import MedicinePack, Variant
from tests.catalog.importing.builders import LATER, changes, folder, holdings, load

pytestmark = pytest.mark.django_db

CODES = ["09520000000011", "09520000000028", "09520000000035"]
ON_PRESCRIPTION, WITHOUT, OTHER = "7094", "7093", "7095"


def medicine(*, sold=(), coded=(), atcvet=("QP53AX15",), name="M"):
    """A medicine: `sold` are (label, delivery code), `coded` (label, GTIN)."""
    models = "".join(
        f"<mod-vte><lib-mod>{label}</lib-mod><term-cd>{code}</term-cd></mod-vte>"
        for label, code in sold
    )
    codes = "".join(
        f"<mod-vte><lib-mod>{label}</lib-mod><code-gtin>{gtin}</code-gtin></mod-vte>"
        for label, gtin in coded
    )
    return (
        f"<medicinal-product><nom>{name}</nom>"
        f"<modele-destine-vente>{models}</modele-destine-vente>"
        f"<mdv-codes-gtin>{codes}</mdv-codes-gtin>"
        "<atcvet-code>"
        + "".join(f"<code-atcvet>{each}</code-atcvet>" for each in atcvet)
        + "</atcvet-code></medicinal-product>"
    )


def listing(tmp_path, *medicines):
    path = tmp_path / "anmv.xml"
    group = f"<medicinal-product-group>{''.join(medicines)}</medicinal-product-group>"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>{group}', encoding="utf-8-sig")
    return path


def classes():
    return dict(MedicinePack.objects.values_list("gtin", "regulatory_class"))


@pytest.mark.parametrize(
    ("delivery", "atcvet", "named"),
    [
        (ON_PRESCRIPTION, ("QP53AX15",), "MEDICINE_RX"),
        (WITHOUT, ("QP53AX15",), "ANTIPARASITIC_EXTERNAL"),
        (WITHOUT, ("QP53AX15", "QP54AB51"), "MEDICINE_OTC"),
        (WITHOUT, (), "MEDICINE_OTC"),
        (OTHER, ("QP53AX15",), "UNKNOWN"),
    ],
)
def test_a_pack_has_the_class_of_its_delivery_code(tmp_path, delivery, atcvet, named):
    sold = medicine(sold=[("Boîte", delivery)], coded=[("Boîte", CODES[0])], atcvet=atcvet)
    assert import_medicines(listing(tmp_path, sold)) == (1, 0)
    assert classes() == {CODES[0]: named}


def test_packs_join_their_codes_by_label_however_it_is_spaced(tmp_path):
    sold = [("Boîte  de 3", ON_PRESCRIPTION), ("Boîte de 6", WITHOUT)]
    coded = [("Boîte de 6", CODES[0]), ("Boîte de\n3", CODES[1])]
    import_medicines(listing(tmp_path, medicine(sold=sold, coded=coded)))
    assert classes() == {CODES[0]: "ANTIPARASITIC_EXTERNAL", CODES[1]: "MEDICINE_RX"}


@pytest.mark.parametrize(
    ("sold", "label"),
    [
        ([("Boîte", ON_PRESCRIPTION), ("Boîte", WITHOUT)], "Boîte"),
        ([("Boîte", ON_PRESCRIPTION)], "Flacon"),
        ([("", WITHOUT)], ""),
        ([], "Boîte"),
    ],
)
def test_a_label_that_is_ambiguous_or_unknown_is_not_sold(tmp_path, sold, label):
    import_medicines(listing(tmp_path, medicine(sold=sold, coded=[(label, CODES[0])])))
    assert classes() == {CODES[0]: "UNKNOWN"}


def test_a_code_with_two_classes_is_not_sold(tmp_path):
    one = medicine(sold=[("A", ON_PRESCRIPTION)], coded=[("A", CODES[0])])
    other = medicine(sold=[("B", WITHOUT)], coded=[("B", CODES[0])])
    for order in ((one, other), (other, one), (one, other, one)):
        assert import_medicines(listing(tmp_path, *order)) == (1, 0)
        assert classes() == {CODES[0]: "UNKNOWN"}


def test_wrong_codes_are_counted_and_kept_out(tmp_path):
    coded = [("A", CODES[0]), ("A", "09520000000012"), ("A", "ABC"), ("A", "1" * 30), ("A", "")]
    path = listing(tmp_path, medicine(sold=[("A", WITHOUT)], coded=coded))
    assert import_medicines(path) == (1, 3)
    assert list(classes()) == [CODES[0]]


def test_a_second_reading_changes_nothing_and_forgets_what_is_gone(tmp_path):
    coded = [("A", code) for code in CODES]
    path = listing(tmp_path, medicine(sold=[("A", WITHOUT)], coded=coded))
    import_medicines(path)
    before = list(MedicinePack.objects.order_by("pk").values())
    assert import_medicines(path) == (3, 0)
    assert list(MedicinePack.objects.order_by("pk").values()) == before
    import_medicines(listing(tmp_path, medicine(sold=[("A", WITHOUT)], coded=coded[:1])))
    assert list(classes()) == CODES[:1]


def test_long_words_fit(tmp_path):
    long = "x" * 400
    sold = medicine(sold=[(long, long)], coded=[(long, CODES[0])], name=long, atcvet=["Q" * 90])
    import_medicines(listing(tmp_path, sold))
    pack = MedicinePack.objects.get()
    assert (len(pack.medicine), len(pack.pack), pack.regulatory_class) == (200, 300, "UNKNOWN")


SOUND = medicine(sold=[("A", WITHOUT)], coded=[("A", CODES[0])])


@pytest.mark.parametrize(
    ("content", "value", "expected"),
    [
        (b"", "no element found: line 1, column 0", "well-formed XML"),
        (b"a;b\n1;2\n", "not well-formed (invalid token): line 1, column 1", "well-formed XML"),
        (b"<x/>", "no medicine", "the ANMV list"),
        (b"\x00\x01", "not well-formed (invalid token): line 1, column 0", "well-formed XML"),
    ],
)
def test_a_file_that_is_not_the_list_is_refused(tmp_path, content, value, expected):
    import_medicines(listing(tmp_path, SOUND))
    path = tmp_path / "other.xml"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as raised:
        import_medicines(path)
    assert raised.value.problem == Problem("other.xml", 1, "", value, expected)
    assert list(classes()) == CODES[:1]


def test_a_list_cut_off_in_its_middle_changes_nothing(tmp_path):
    import_medicines(listing(tmp_path, SOUND))
    more = [medicine(sold=[("B", WITHOUT)], coded=[("B", code)]) for code in CODES]
    path = listing(tmp_path, *more * 400)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileRefused) as raised:
        import_medicines(path)
    assert raised.value.problem.expected == "well-formed XML"
    assert list(classes()) == CODES[:1]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<?xml version="1.0" encoding="no-such"?><x/>',
    ],
)
def test_entities_are_never_opened(tmp_path, head):
    path = tmp_path / "bomb.xml"
    path.write_text(head)
    with pytest.raises(FileRefused) as raised:
        import_medicines(path)
    assert raised.value.problem.expected == "well-formed XML"


@pytest.mark.usefixtures("clinic")
@pytest.mark.parametrize("named", ["FOOD", "ACCESSORY", ""])
def test_a_gtin_known_to_the_list_gets_its_class(tmp_path, named):
    import_medicines(listing(tmp_path, SOUND))
    path = folder(
        tmp_path / "shop",
        products=[{"regulatory_class": named}],
        variants=[{"gtin13": CODES[0][1:]}, {"variant_id": "V2"}],
    )
    load(path)
    assert dict(Variant.objects.values_list("sku", "regulatory_class")) == {
        "S-V1": "ANTIPARASITIC_EXTERNAL",
        "S-V2": named or "UNKNOWN",
    }
    assert load(path, at=LATER).changed_nothing


@pytest.mark.usefixtures("clinic")
def test_products_consult_the_list_at_their_next_import(tmp_path):
    path = folder(tmp_path / "shop", variants=[{"gtin13": CODES[0][1:]}])
    load(path)
    import_medicines(listing(tmp_path, medicine(coded=[("A", CODES[0])])))
    before = holdings()
    report = load(path, at=LATER)
    assert changes(report) == {"P1": ("changed", {"S-V1.regulatory_class": ("FOOD", "UNKNOWN")})}
    assert holdings() == before
    assert Variant.objects.get().regulatory_class == "UNKNOWN"


SHARED = Path(__file__).parents[4] / "shared"
OFFICIAL = SHARED / "data" / "open" / "anmv" / "amm-vet-fr-v2-v_short.xml"


@pytest.mark.skipif(not OFFICIAL.is_file(), reason=f"{OFFICIAL} is not here")
def test_the_official_sample_is_read():
    assert import_medicines(OFFICIAL) == (199, 0)
    counts = {}
    for named in classes().values():
        counts[named] = counts.get(named, 0) + 1
    assert counts == {"MEDICINE_RX": 166, "MEDICINE_OTC": 32, "ANTIPARASITIC_EXTERNAL": 1}
