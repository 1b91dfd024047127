"""A version serves only if it is no worse; three are kept; a damaged file is told."""

from datetime import timedelta

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from catalog.models import Product
from pets.models import Pet
from recommendations import artefacts, known, pet_shelves, training
from recommendations.artefacts import Damaged
from recommendations.models import GroupShelf, ModelVersion, PetShelf, Together
from recommendations.training import NothingToLearn
from tests.builders import NOW, make_clinic, owner
from tests.recommendations.world import food, grown, had, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    make_clinic()
    artefacts._read.cache_clear()
    kibble, treats = food("kibble"), food("treats", form="treat")
    for number in range(4):
        pet = grown(owner(f"N{number}"), f"Dog{number}")
        had(pet, kibble, treats, days_ago=50)
        had(pet, kibble, days_ago=20)


def serving():
    return ModelVersion.objects.get(is_serving=True)


def test_without_orders_there_is_nothing_to_learn():
    make_clinic()
    with pytest.raises(NothingToLearn):
        training.train(at=NOW)
    assert ModelVersion.objects.count() == 0


def test_a_version_holds_shelves_of_pets_groups_and_products(town):
    version = trained()
    assert (version.pets, version.purchases, version.is_serving) == (4, 12, True)
    assert version.ndcg == 1.0
    assert PetShelf.objects.filter(version=version).count() == 4
    assert [row.name for row in GroupShelf.objects.all()] == [""]
    assert Together.objects.count() == 2


def test_a_worse_version_stays_out_and_leaves_no_shelves(town, monkeypatch):
    first = trained()
    monkeypatch.setattr(training, "quality_of", lambda *_a, **_k: 0.97)
    second = training.train(at=NOW + timedelta(days=1))
    assert second.refused_because == "NDCG 0.9700, 1.0000 before"
    assert serving() == first
    assert PetShelf.objects.filter(version=second).count() == 0


def test_a_slightly_worse_version_serves(town, monkeypatch):
    trained()
    monkeypatch.setattr(training, "quality_of", lambda *_a, **_k: 0.985)
    second = training.train(at=NOW + timedelta(days=1))
    assert serving() == second


def test_a_version_that_breaks_a_filter_stays_out(town, monkeypatch):
    monkeypatch.setattr(pet_shelves, "suits", lambda *_a: True)
    trained()
    Product.objects.filter(slug="treats").update(species=["cat"])
    for pet in Pet.objects.all():
        PetShelf.objects.filter(pet=pet).delete()
    newcomer = grown(owner("Zoé"), "Max")
    version = training.train(at=NOW + timedelta(days=1))
    assert version.refused_because == "1 products that the filters refuse"
    assert PetShelf.objects.filter(pet=newcomer).count() == 0


def test_three_versions_are_kept_and_one_can_go_back(town):
    made = [training.train(at=NOW + timedelta(days=n)) for n in range(5)]
    assert list(ModelVersion.objects.order_by("pk")) == made[2:]
    assert serving() == made[4]
    assert len(storages["private"].listdir("models")[1]) == 3
    assert training.roll_back() == made[3]
    assert training.roll_back() == made[2]
    assert training.roll_back() is None
    assert serving() == made[2]


def test_a_damaged_file_is_told(town):
    version = trained()
    storages["private"].delete(version.artefact)
    storages["private"].save(version.artefact, ContentFile(b"something else"))
    with pytest.raises(Damaged):
        artefacts.model_of(version)


def test_a_model_is_read_back_as_it_was(town):
    version = trained()
    model = artefacts.model_of(version)
    again = known.unpacked(known.packed(model))
    assert known.packed(again) == known.packed(model)
    assert np.array_equal(again.like.toarray(), model.like.toarray())
    assert again.favourites(("dog", "adult")) == model.favourites(("dog", "adult"))


def test_one_pet_computed_anew_is_as_in_the_training(town):
    trained()
    pet = Pet.objects.first()
    before = PetShelf.objects.get(pet=pet)
    assert pet_shelves.refresh(pet.pk, at=NOW)
    after = PetShelf.objects.get(pet=pet)
    assert (after.again, after.fresh, after.popular) == (before.again, before.fresh, before.popular)
    assert PetShelf.objects.filter(pet=pet).count() == 1


def test_the_command_trains_and_goes_back(town, capsys):
    call_command("train_suggestions")
    told = capsys.readouterr().out
    assert "serves: 12 purchases of 4 pets, NDCG 1.0000." in told
    with pytest.raises(CommandError, match="no earlier version"):
        call_command("train_suggestions", rollback=True)
    with pytest.raises(CommandError, match="likenes"):
        call_command("train_suggestions", option=["likenes=1"])
