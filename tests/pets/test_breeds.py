"""Breeds: our own list goes in once, the FCI's beside it, and what staff edited stays."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kernel.animals import SizeClass, Species
from pets.breed_names import spelt
from pets.breeds import COMMON, import_fci, save_common_breeds
from pets.models import Breed
from tests.builders import NOW

ROOT = Path(__file__).resolve().parents[2]
FCI = ROOT.parent / "shared" / "data" / "open" / "breeds"


def fci(folder, *lines, name="fr.csv"):
    path = folder / name
    path.write_text("\n".join(["id,name,group", *lines]))
    return path


def listed():
    return list(csv.DictReader(StringIO(COMMON.read_text())))


@pytest.mark.django_db
def test_our_list_goes_in_once():
    assert save_common_breeds(at=NOW).counts == {"new": len(listed()), "changed": 0}
    assert save_common_breeds(at=NOW).counts == {"unchanged": len(listed()), "changed": 0}
    assert Breed.objects.filter(is_common=True).count() == len(listed())


@pytest.mark.django_db
def test_a_name_that_staff_edited_stays():
    save_common_breeds(at=NOW)
    Breed.objects.filter(slug="westie").update(name_fr="Terrier blanc", name_en="")
    assert save_common_breeds(at=NOW).counts["changed"] == 1
    west = Breed.objects.get(slug="westie")
    assert (west.name_fr, west.name_en) == ("Terrier blanc", "West Highland white terrier")


def test_our_list_is_sound():
    rows = listed()
    assert {row["species"] for row in rows} == set(Species)
    assert {row["size_class"] for row in rows} == {"", *SizeClass}
    numbers = [row["fci_number"] for row in rows if row["fci_number"]]
    assert len(numbers) == len(set(numbers))
    assert len({row["slug"] for row in rows}) == len(rows)
    assert {row["slug"] for row in rows} >= {"europeen", "croise", "lapin-nain-de-couleur"}
    assert [row["slug"] for row in rows if row["species"] != "dog" and row["size_class"]] == []


@pytest.mark.skipif(not FCI.exists(), reason="the FCI's list is not beside this checkout")
def test_our_numbers_are_the_fcis():
    text = (FCI / "fci-breeds-en.csv").read_text()
    names = {row["id"]: row["name"] for row in csv.DictReader(StringIO(text))}
    ours = {row["fci_number"]: row["name_en"] for row in listed() if row["fci_number"]}
    assert ours.keys() <= names.keys()
    assert [names[each] for each in ("122", "166", "101")] == [
        "LABRADOR RETRIEVER",
        "GERMAN SHEPHERD DOG",
        "FRENCH BULLDOG",
    ]
    same = [number for number, name in ours.items() if names[number].lower() == name.lower()]
    assert len(same) > len(ours) / 2


@pytest.mark.skipif(not FCI.exists(), reason="the FCI's list is not beside this checkout")
@pytest.mark.django_db
def test_the_whole_nomenclature_goes_in_beside_our_list():
    save_common_breeds(at=NOW)
    files = FCI / "fci-breeds-fr.csv", FCI / "fci-breeds-en.csv"
    first = import_fci(*files, at=NOW)
    assert (first.counts["new"] + first.counts["unchanged"], first.problems) == (359, [])
    assert import_fci(*files, at=NOW).counts == {"unchanged": 359, "changed": 0}


@pytest.mark.django_db
def test_a_breed_of_ours_is_kept_by_its_number(tmp_path):
    save_common_breeds(at=NOW)
    path = fci(tmp_path, "122,RETRIEVER DU LABRADOR,x", "17,GRIFFON NIVERNAIS,x")
    assert import_fci(path, None, at=NOW).counts == {"new": 1, "unchanged": 1, "changed": 0}
    assert Breed.objects.get(fci_number=122).name_fr == "Labrador retriever"
    assert Breed.objects.get(fci_number=17).name_fr == "Griffon nivernais"


@pytest.mark.django_db
def test_an_english_name_fills_a_blank_later(tmp_path):
    french = fci(tmp_path, "282,GRAND GRIFFON VENDEEN,x")
    import_fci(french, None, at=NOW)
    english = fci(tmp_path, "282,GRAND GRIFFON VENDEEN,x", name="en.csv")
    assert import_fci(french, english, at=NOW).counts == {"changed": 1}
    assert Breed.objects.get().name_en == "Grand griffon vendéen"


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(tmp_path):
    report = import_fci(fci(tmp_path, "17,GRIFFON NIVERNAIS,x"), None, dry_run=True, at=NOW)
    assert (report.counts["new"], Breed.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_bad_rows_are_refused_alone(tmp_path):
    path = fci(tmp_path, "x,BILLY,x", "25,,x", "25,BILLY,x", "25,BILLY,x", "24,POITEVIN")
    report = import_fci(path, None, at=NOW)
    assert [(each.line, each.column) for each in report.problems] == [
        (2, "id"),
        (3, "name"),
        (5, "id"),
        (6, ""),
    ]
    assert Breed.objects.get().name_fr == "Billy"


@pytest.mark.parametrize(
    ("capitals", "written"),
    [
        ("POINTER ANGLAIS", "Pointer anglais"),
        ("CHIEN D'ARRET ALLEMAND A POIL DUR", "Chien d'arrêt allemand à poil dur"),
        ("EPAGNEUL DE PONT-AUDEMER", "Épagneul de Pont-Audemer"),
        ("CHIEN COURANT ITALIEN  A POIL DUR", "Chien courant italien à poil dur"),
        ("", ""),
    ],
)
def test_capitals_become_words(capitals, written):
    assert spelt(capitals) == written


@pytest.mark.django_db
def test_the_command_counts(capsys):
    call_command("import_breeds")
    assert capsys.readouterr().out == f"{len(listed())} new, 0 changed, 0 unchanged, 0 refused\n"
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_breeds", fci_fr=Path("absent.csv"))
    with pytest.raises(CommandError, match="go with --fci-fr"):
        call_command("import_breeds", dry_run=True)
