"""The practice's clients and animals go in once; what the shop knows better stands."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Address, AuditEntry, Person, PersonReference
from accounts.vocabulary import Origin
from kernel import events
from kernel.animals import Condition, IngredientGroup, Species
from pets import records
from pets.events import PetDied
from pets.facts import facts_of
from pets.importing.report import Settled, settle
from pets.importing.run import import_practice
from pets.models import Breed, Guardian, HistoryEntry, Identification, Pet, PetReference
from pets.vocabulary import HistoryKind, Sex
from tests.builders import NOW

LATER = NOW + timedelta(days=30)
TODAY = NOW.date()
CLIENT = {
    "reference": "C1",
    "last_name": "Tréguévan",
    "first_name": "Zoé",
    "email": "Zoe@Courrier.example",
    "phone": "01 99 00 12 34",
    "street": "3 rue du Lavoir",
    "postal_code": "35000",
    "city": "Rennes",
    "language": "français",
}
ANIMAL = {
    "reference": "A1",
    "client_reference": "C1",
    "name": "Nala",
    "species": "chatte",
    "breed": "Chat du coin",
    "sex": "F",
    "neutered": "oui",
    "birth_date": "12/03/2020",
    "microchip": "250 26 9000000001",
    "weight_kg": "4,25",
    "weighed_on": "2026-10-01",
    "deceased_on": "",
    "conditions": "IRC|insuffisance rénale",
    "allergies": "poulet",
}
CHIP = "250269000000001"


def folder(path: Path, *, clients=(CLIENT,), animals=(ANIMAL,), delimiter=";", encoding="utf-8"):
    for name, columns, rows in (("clients", CLIENT, clients), ("animals", ANIMAL, animals)):
        with (path / f"{name}.csv").open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, list(columns), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    return path


def imported(path, *, at=NOW, clients=({},), animals=({},), **options):
    """Import files of rows that differ from the usual ones in the values given."""
    folder(
        path,
        clients=[CLIENT | row for row in clients],
        animals=[ANIMAL | row for row in animals],
    )
    return import_practice(path, at=at, **options)


def written():
    models = Person, PersonReference, Address, Pet, PetReference, Guardian, HistoryEntry
    return [list(model.objects.order_by("pk").values()) for model in (*models, Identification)]


@pytest.mark.django_db
def test_a_client_and_an_animal_come_in_whole(tmp_path):
    report = imported(tmp_path)
    assert (report.problems, report.conflicts, report.duplicates) == ([], [], [])
    person = Person.objects.get()
    assert (person.last_name, person.first_name, person.email, person.phone, person.language) == (
        "Tréguévan",
        "Zoé",
        "zoe@courrier.example",
        "+33199001234",
        "fr",
    )
    assert (person.known_since, person.login) == (NOW, None)
    assert Address.objects.values_list("line1", "postal_code", "city", "is_default").get() == (
        ("3 rue du Lavoir", "35000", "Rennes", True)
    )
    pet = Pet.objects.get()
    assert (pet.name, pet.species, pet.breed_text, pet.sex, pet.is_neutered, pet.born_on) == (
        ("Nala", Species.CAT, "Chat du coin", Sex.FEMALE, True, date(2020, 3, 12))
    )
    assert Guardian.objects.get().person == person
    assert Identification.objects.get().value == CHIP


@pytest.mark.django_db
def test_what_the_practice_found_counts_as_staffs(tmp_path):
    imported(tmp_path)
    pet = Pet.objects.get()
    facts = facts_of([pet], on=TODAY)[pet.pk]
    assert (facts.weight_g, facts.conditions, facts.allergens) == (
        4250,
        frozenset({Condition.RENAL}),
        frozenset({IngredientGroup.POULTRY}),
    )
    assert set(pet.history.values_list("origin", flat=True)) == {Origin.IMPORT}


@pytest.mark.django_db
def test_a_second_run_changes_nothing(tmp_path):
    imported(tmp_path)
    before = written()
    report = import_practice(tmp_path, at=LATER)
    assert report.changed_nothing
    assert (report.counts["clients unchanged"], report.counts["animals unchanged"]) == (1, 1)
    assert report.conflicts == []
    assert written() == before


@pytest.mark.django_db
def test_a_dry_run_tells_all_and_writes_nothing(tmp_path):
    report = imported(tmp_path, is_dry=True)
    assert (report.counts["clients new"], report.counts["animals new"]) == (1, 1)
    assert (written(), AuditEntry.objects.count()) == ([[]] * 8, 0)


@pytest.mark.django_db
def test_what_nobody_touched_follows_the_file(tmp_path):
    imported(tmp_path)
    report = imported(
        tmp_path,
        at=LATER,
        clients=[{"phone": "01 99 00 99 99", "street": "5 place du Puits"}],
        animals=[{"name": "Nalà", "weight_kg": "4,4"}],
    )
    assert (report.counts["clients changed"], report.counts["animals changed"]) == (1, 1)
    assert (Person.objects.get().phone, Person.objects.get().version) == ("+33199009999", 2)
    assert Address.objects.get().line1 == "5 place du Puits"
    assert (Pet.objects.get().name, Pet.objects.get().version) == ("Nalà", 2)
    assert HistoryEntry.objects.get(kind=HistoryKind.WEIGHT).weight_g == 4400
    assert imported(
        tmp_path,
        at=LATER,
        clients=[{"phone": "01 99 00 99 99", "street": "5 place du Puits"}],
        animals=[{"name": "Nalà", "weight_kg": "4,4"}],
    ).changed_nothing


@pytest.mark.django_db
def test_what_was_changed_in_the_shop_stands_and_is_listed(tmp_path):
    imported(tmp_path)
    Person.objects.update(email="autre@courrier.example")
    Address.objects.update(line1="9 quai Neuf")
    Pet.objects.update(name="Nalou", is_neutered=False)
    Identification.objects.update(value="250269000000009")
    before = written()
    report = import_practice(tmp_path, at=LATER)
    assert [str(each) for each in report.conflicts] == [
        "clients.csv:2 email: here 'autre@courrier.example', there 'zoe@courrier.example'",
        "clients.csv:2 street: here '9 quai Neuf, 35000, Rennes', "
        "there '3 rue du Lavoir, 35000, Rennes'",
        "animals.csv:2 name: here 'Nalou', there 'Nala'",
        "animals.csv:2 neutered: here 'False', there 'True'",
        f"animals.csv:2 microchip: here '250269000000009', there '{CHIP}'",
    ]
    assert report.changed_nothing
    assert written() == before


@pytest.mark.django_db
def test_a_file_that_no_import_wrote_is_filled_and_not_overwritten(tmp_path):
    person = Person.objects.create(last_name="Autrenom", known_since=NOW)
    PersonReference.objects.create(person=person, source="practice", reference="C1")
    report = imported(tmp_path, animals=[])
    assert [(each.column, each.here) for each in report.conflicts] == [("last_name", "Autrenom")]
    person.refresh_from_db()
    assert (person.last_name, person.first_name) == ("Autrenom", "Zoé")


@pytest.mark.django_db
def test_an_animal_that_changed_hands_is_listed_not_given_away(tmp_path):
    other = {"reference": "C2", "email": "", "phone": ""}
    imported(tmp_path, clients=[{}, other])
    report = imported(tmp_path, clients=[{}, other], animals=[{"client_reference": "C2"}])
    assert [(each.column, each.there) for each in report.conflicts] == [("client_reference", "C2")]
    assert PersonReference.objects.get(person=Guardian.objects.get().person).reference == "C1"


@pytest.mark.django_db
def test_a_condition_that_staff_ended_is_not_begun_again(tmp_path):
    imported(tmp_path)
    HistoryEntry.objects.filter(kind=HistoryKind.CONDITION).update(ended_on=TODAY)
    report = import_practice(tmp_path, at=LATER)
    assert [(each.column, each.here, each.there) for each in report.conflicts] == [
        ("conditions", "", "RENAL")
    ]
    assert HistoryEntry.objects.filter(kind=HistoryKind.CONDITION).count() == 1


@pytest.mark.django_db
def test_a_condition_that_the_file_no_longer_names_goes_on_and_is_listed(tmp_path):
    imported(tmp_path)
    for _time in range(2):
        report = imported(tmp_path, at=LATER, animals=[{"conditions": ""}])
        assert [(each.column, each.here, each.there) for each in report.conflicts] == [
            ("conditions", "RENAL", "")
        ]
    assert HistoryEntry.objects.get(kind=HistoryKind.CONDITION).ended_on is None


@pytest.mark.django_db
def test_a_weighing_that_was_taken_back_does_not_return(tmp_path):
    imported(tmp_path)
    HistoryEntry.objects.filter(kind=HistoryKind.WEIGHT).delete()
    report = import_practice(tmp_path, at=LATER)
    assert [each.column for each in report.conflicts] == ["weight_kg"]
    assert not HistoryEntry.objects.filter(kind=HistoryKind.WEIGHT).exists()


@pytest.mark.django_db
def test_a_death_closes_the_file_at_once(tmp_path, django_capture_on_commit_callbacks, monkeypatch):
    imported(tmp_path)
    heard = []
    monkeypatch.setitem(events._handlers, PetDied, [heard.append])
    with django_capture_on_commit_callbacks(execute=True):
        imported(tmp_path, at=LATER, animals=[{"deceased_on": "20/11/2026"}])
    assert (Pet.objects.get().died_on, len(heard)) == (date(2026, 11, 20), 1)
    report = imported(tmp_path, at=LATER, animals=[{"deceased_on": "20/11/2026", "name": "Nalou"}])
    assert [(each.column, each.here) for each in report.conflicts] == [("name", "Nala")]


@pytest.mark.django_db
def test_a_file_in_the_shop_with_the_same_name_and_mail_is_listed_not_merged(tmp_path):
    known = Person.objects.create(
        first_name="ZOE", last_name="treguevan", email="zoe@courrier.example"
    )
    Person.objects.create(first_name="Zoé", last_name="Autre", email="zoe@courrier.example")
    report = imported(tmp_path)
    assert [str(each) for each in report.duplicates] == [
        f"clients.csv:2 C1: ZOE treguevan (#{known.pk}) has the same name and e-mail"
    ]
    assert Person.objects.count() == 3


@pytest.mark.django_db
def test_an_animal_with_a_known_chip_is_listed_not_merged(tmp_path):
    other = Pet.objects.create(name="Nala", species=Species.CAT)
    Identification.objects.create(pet=other, kind="microchip", value=CHIP)
    report = imported(tmp_path)
    assert [(each.reference, each.shared) for each in report.duplicates] == [("A1", "microchip")]
    assert Pet.objects.count() == 2


@pytest.mark.django_db
def test_an_erased_client_stays_erased(tmp_path):
    imported(tmp_path)
    Person.objects.update(erased_at=NOW, first_name="", last_name="", email="", phone="")
    report = imported(tmp_path, at=LATER, animals=[{}, {"reference": "A2", "microchip": ""}])
    assert [(each.column, each.here) for each in report.conflicts] == [
        ("reference", "erased"),
        ("client_reference", "another guardian"),
    ]
    assert [each.column for each in report.problems] == ["client_reference"]
    assert (Person.objects.get().last_name, Pet.objects.count()) == ("", 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "column", "value", "expected"),
    [
        ({"name": ""}, "name", "", "a value"),
        ({"species": "dragon"}, "species", "dragon", "one of chien, chienne"),
        ({"sex": "?"}, "sex", "?", "one of femelle, f"),
        ({"neutered": "bof"}, "neutered", "bof", "one of oui, o"),
        ({"birth_date": "31/02/2020"}, "birth_date", "31/02/2020", "a day, as 31/12/2025"),
        (
            {"birth_date": "2031-01-01", "weight_kg": "", "weighed_on": ""},
            "birth_date",
            "2031-01-01",
            "today or before",
        ),
        ({"microchip": "123"}, "microchip", "123", "15 digits"),
        ({"weight_kg": "quatre"}, "weight_kg", "quatre", "a weight in kg"),
        ({"weight_kg": "400"}, "weight_kg", "400", "0.05 to 20 kg"),
        ({"weighed_on": ""}, "weighed_on", "", "the day of the weighing"),
        ({"weighed_on": "01/01/2019"}, "weighed_on", "01/01/2019", "2020-03-12 or after"),
        ({"deceased_on": "01/01/2031"}, "deceased_on", "01/01/2031", "today or before"),
        ({"conditions": "IRC|mauvaise humeur"}, "conditions", "IRC|mauvaise humeur", "one of"),
        ({"allergies": "licorne"}, "allergies", "licorne", "one of barley"),
        ({"client_reference": "C9"}, "client_reference", "C9", "a client of this or an earlier"),
        ({"name": "Nala\u202e"}, "name", "Nala\ufffd", "a name of"),
    ],
)
def test_a_bad_row_is_refused_alone_and_says_why(tmp_path, changes, column, value, expected):
    good = {"reference": "A2", "microchip": ""}
    report = imported(tmp_path, animals=[changes, good])
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("animals.csv", 2, column)
    assert problem.value == value
    assert problem.expected.startswith(expected)
    assert PetReference.objects.get().reference == "A2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"reference": ""}, "reference"),
        ({"last_name": ""}, "last_name"),
        ({"email": "pas un courriel"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "abc"}, "phone"),
        ({"postal_code": ""}, "postal_code"),
        ({"language": "breton"}, "language"),
        ({"last_name": "X" * 300}, "last_name"),
    ],
)
def test_a_bad_client_is_refused_with_its_animals(tmp_path, changes, column):
    report = imported(tmp_path, clients=[changes])
    assert [each.column for each in report.problems] == [column, "client_reference"]
    assert written() == [[]] * 8


@pytest.mark.django_db
def test_a_reference_and_a_chip_come_once(tmp_path):
    report = imported(tmp_path, clients=[{}, {}], animals=[{}, {}, {"reference": "A2"}])
    assert [(each.line, each.column) for each in report.problems] == [
        (3, "reference"),
        (3, "reference"),
        (4, "microchip"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_files_of_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    folder(tmp_path, delimiter=delimiter, encoding=encoding)
    assert import_practice(tmp_path, at=NOW).problems == []
    assert Person.objects.get().last_name == "Tréguévan"


@pytest.mark.django_db
def test_breeds_are_known_by_either_name(tmp_path):
    breed = Breed.objects.create(
        slug="europeen", species=Species.CAT, name_fr="Européen", name_en="Domestic shorthair"
    )
    imported(tmp_path, animals=[{"breed": "EUROPEEN"}])
    assert (Pet.objects.get().breed, Pet.objects.get().breed_text) == (breed, "")
    report = imported(tmp_path, animals=[{"breed": "domestic shorthair"}])
    assert report.changed_nothing


@pytest.mark.django_db
def test_a_client_has_no_more_animals_than_the_shop_keeps(tmp_path):
    animals = [
        {"reference": f"A{number}", "microchip": ""} for number in range(records.MOST_PETS + 1)
    ]
    report = imported(tmp_path, animals=animals)
    assert [each.line for each in report.problems] == [records.MOST_PETS + 2]
    assert Guardian.objects.count() == records.MOST_PETS


@pytest.mark.django_db
def test_a_file_that_breaks_off_leaves_everything_as_it_was(tmp_path):
    folder(tmp_path)
    with (tmp_path / "animals.csv").open("a") as file:
        file.write('A2;"C1')
    report = import_practice(tmp_path, at=NOW)
    assert [(each.file, each.expected) for each in report.problems] == [
        ("animals.csv", "well-formed CSV")
    ]
    assert (written(), report.counts) == ([[]] * 8, {"refused": 1})


@pytest.mark.django_db
def test_a_folder_without_files_and_a_source_without_name_are_refused(tmp_path):
    assert import_practice(tmp_path, at=NOW).problems[0].value == "neither"
    assert import_practice(tmp_path, source="a b", at=NOW).problems[0].column == "source"


@pytest.mark.django_db
def test_statements_do_not_grow_with_rows(tmp_path):
    def statements(count):
        Person.objects.all().delete()
        Pet.objects.all().delete()
        numbers = range(count)
        clients = [{"reference": f"C{n}", "email": f"z{n}@courrier.example"} for n in numbers]
        animals = [
            {"reference": f"A{n}", "client_reference": f"C{n}", "microchip": f"250269{n:09}"}
            for n in numbers
        ]
        with CaptureQueriesContext(connection) as caught:
            assert imported(tmp_path, clients=clients, animals=animals).problems == []
        return len(caught)

    assert statements(100) == statements(400) <= 30


@pytest.mark.django_db
def test_the_command_tells_and_fails_where_rows_were_refused(tmp_path, capsys):
    folder(tmp_path)
    call_command("import_practice", tmp_path, dry_run=True)
    assert capsys.readouterr().out.splitlines() == [
        "clients: 1 new, 0 changed, 0 unchanged",
        "animals: 1 new, 0 changed, 0 unchanged",
    ]
    folder(tmp_path, animals=[ANIMAL | {"name": ""}])
    with pytest.raises(CommandError, match="1 rows were refused") as refused:
        call_command("import_practice", tmp_path)
    assert refused.value.returncode == 1
    assert "refused animals.csv:2 name: read '', expected a value" in capsys.readouterr().out


WORDS = st.sampled_from(
    ["", "x", "IRC", "chat", "12/03/2020", "2026-10-01", "4,2", "oui", "C1", CHIP]
)
CELLS = st.one_of(WORDS, st.text(max_size=12))
COLUMNS = st.sampled_from([*CLIENT, *ANIMAL])
ROWS = st.lists(st.dictionaries(COLUMNS, CELLS, max_size=5), max_size=4)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(clients=ROWS, animals=ROWS)
def test_any_rows_make_a_report_and_the_second_run_changes_nothing(tmp_path, clients, animals):
    # Examples share a database: each begins with an empty one.
    Person.objects.all().delete()
    Pet.objects.all().delete()

    def filled(usual, key, rows):
        for number, row in enumerate(rows):
            said = {name: value for name, value in row.items() if name in usual}
            yield usual | {"reference": f"{key}{number}"} | said

    folder(
        tmp_path,
        clients=list(filled(CLIENT, "C", clients)),
        animals=list(filled(ANIMAL, "A", animals)),
    )
    first = import_practice(tmp_path, at=datetime(2026, 11, 22, tzinfo=UTC))
    before = written()
    second = import_practice(tmp_path, at=LATER)
    assert second.changed_nothing
    assert written() == before
    assert [str(each) for each in second.problems] == [str(each) for each in first.problems]
    assert second.conflicts == []


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(clients=st.binary(max_size=200), animals=st.text(max_size=200))
def test_any_bytes_make_a_report(tmp_path, clients, animals):
    (tmp_path / "clients.csv").write_bytes(b"reference;last_name\n" + clients)
    (tmp_path / "animals.csv").write_bytes(animals.encode(errors="replace"))
    assert import_practice(tmp_path, at=NOW).counts["refused"] >= 1


FACTS = st.sampled_from(["", "a", "b", "c"])


@given(here=FACTS, there=FACTS, base=st.none() | FACTS)
def test_a_value_is_taken_only_where_nobody_touched_it(here, there, base):
    known = {} if base is None else {"x": base}
    settled = settle(here, there, known, "x")
    assert (settled is Settled.AGREED) == (here == there)
    if settled is Settled.TAKEN:
        assert here == (base if base is not None else "")
    if settled is Settled.STANDS:
        assert here not in ({base} if base is not None else {""})
