"""A call of every root field of the schema; a new field fails the test until it has one here."""

from tests.shop.permissions_world import Call

_PET = ("id", "Pet")
_ENTRY = ("id", "HistoryEntry")


def _pet(world):
    return {"id": world.id("Pet", world.pet)}


def _entry(world):
    return {"id": world.id("HistoryEntry", world.entry)}


def _pet_change(name: str, extra: str) -> Call:
    field = f"{name}(input: {{petId: $id, {extra}}}) {{ userErrors {{ code path }} }}"
    return Call(f"mutation($id: ID!) {{ {field} }}", _pet, _PET)


PETS = {
    "pets": Call("{ pets { name } }"),
    "pet": Call("query($id: ID!) { pet(id: $id) { name } }", _pet, _PET),
    "breeds": Call("{ breeds { name } }"),
    "petAdd": Call(
        'mutation { petAdd(input: {name: "Max", species: CAT}) { userErrors { code path } } }'
    ),
    "petUpdate": _pet_change("petUpdate", 'expectedVersion: 1, name: "Max"'),
    "petWeigh": _pet_change("petWeigh", "weightG: 9000"),
    "petBodyConditionAdd": _pet_change("petBodyConditionAdd", "score: 5"),
    "petConditionAdd": _pet_change("petConditionAdd", "condition: DIABETES"),
    "petAllergyAdd": _pet_change("petAllergyAdd", "allergen: BEEF"),
    "petHistoryAdd": _pet_change("petHistoryAdd", 'kind: VISIT, text: "Contrôle"'),
    "petPhotoSet": Call(
        "mutation($id: ID!, $ticket: String!) { petPhotoSet(input: {petId: $id, ticket: $ticket}) "
        "{ userErrors { code path } } }",
        _pet,
        _PET,
    ),
    "petGuardianInvite": _pet_change("petGuardianInvite", 'email: "new@clients.example"'),
    "petGuardianLeave": _pet_change("petGuardianLeave", ""),
    "petArchive": _pet_change("petArchive", ""),
    "petMarkDeceased": _pet_change("petMarkDeceased", 'diedOn: "2026-11-20"'),
    "petHistoryEnd": Call(
        "mutation($id: ID!) { petHistoryEnd(input: {entryId: $id}) { userErrors { code path } } }",
        _entry,
        _ENTRY,
    ),
    "petHistoryRemove": Call(
        "mutation($id: ID!) { petHistoryRemove(input: {entryId: $id}) "
        "{ userErrors { code path } } }",
        _entry,
        _ENTRY,
    ),
}
CALLS = {**PETS}
