"""The matrix leaves as Parquet without names, and neighbours come back into the same shelves."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

import recommendations
from pets.models import Pet
from recommendations import neighbours
from recommendations.models import ModelVersion, PetShelf, Together
from recommendations.neighbours import NeighbourOptions
from tests.builders import make_clinic, owner
from tests.recommendations.world import food, grown, had, trained

SQL = Path(recommendations.__file__).parent / "cooccurrence.sql"


@pytest.fixture
def town():
    make_clinic()
    kibble, treats = food("kibble"), food("treats", form="treat")
    for number in range(3):
        had(grown(owner(f"N{number}")), kibble, treats)
    rex = grown(owner("Ada"))
    had(rex, kibble)
    return rex


@pytest.mark.django_db
def test_pets_leave_under_names_that_change(town, tmp_path):
    tables = []
    for name in ("a.parquet", "b.parquet"):
        call_command("export_interactions", out=tmp_path / name)
        tables.append(pq.read_table(tmp_path / name).to_pydict())
    first, second = tables
    assert (len(first["pet"]), len(set(first["pet"]))) == (7, 4)
    assert set(first["pet"]).isdisjoint(second["pet"])
    assert first["product"] == second["product"]
    assert set(first["share"]) == {1.0}
    assert {str(pet.pk) for pet in Pet.objects.all()}.isdisjoint(first["pet"])


def by_sql(rows):
    """What the shipped SQL makes of purchases."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE interactions (pet TEXT, product INTEGER)")
        connection.executemany("INSERT INTO interactions VALUES (?, ?)", rows)
        return connection.execute(SQL.read_text()).fetchall()


def test_the_sql_finds_what_the_core_finds():
    random = np.random.default_rng(5)
    bought = random.random((40, 12)) < 0.3
    rows = [(str(pet), int(product)) for pet, product in np.argwhere(bought)]
    pets, products = [int(pet) for pet, _p in rows], [product for _pet, product in rows]
    matrix = neighbours.gathered(pets, products, [1.0] * len(rows), bought.shape)
    core = neighbours.likeness(matrix, NeighbourOptions()).toarray()
    found = np.zeros_like(core)
    for product, other, like in by_sql(rows):
        found[product, other] = like
    assert np.allclose(found, core, rtol=1e-5)


@pytest.mark.django_db
def test_neighbours_of_another_engine_fill_the_same_shelves(town, tmp_path):
    trained()
    before = PetShelf.objects.get(pet=town).fresh
    call_command("export_interactions", out=tmp_path / "out.parquet")
    given = pq.read_table(tmp_path / "out.parquet").to_pydict()
    found = by_sql(zip(given["pet"], given["product"], strict=True))
    table = pa.table(list(map(list, zip(*found, strict=True))), ["product", "other", "likeness"])
    pq.write_table(table, tmp_path / "back.parquet")
    call_command("import_neighbours", tmp_path / "back.parquet")
    version = ModelVersion.objects.get(is_serving=True)
    assert ModelVersion.objects.count() == 2
    after = PetShelf.objects.get(pet=town, version=version).fresh
    assert [each["product"] for each in after] == [each["product"] for each in before]
    assert [each["because"] for each in after] == [each["because"] for each in before]
    assert Together.objects.filter(version=version).count() == 2


@pytest.mark.django_db
def test_a_file_of_something_else_is_refused(town, tmp_path):
    pq.write_table(pa.table({"product": [1]}), tmp_path / "x.parquet")
    with pytest.raises(CommandError, match="without likeness, other"):
        call_command("import_neighbours", tmp_path / "x.parquet")
    assert ModelVersion.objects.count() == 0
