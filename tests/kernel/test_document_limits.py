"""What a document may be: hostile ones are refused before anything dear is done with them."""

import json

import pytest
from graphql import build_schema, parse

from kernel.graphql import limits, shapes
from kernel.graphql.limits import Documents, Measure, documents_of, is_too_much, measured
from kernel.graphql.pricing import cost

SCHEMA = build_schema("""
    type Query { shop: Shop, pets(first: Int): Pets, thing: Thing, animal: Animal,
        dogs(first: Int): [Dog] }
    type Shop { name(of: String): String, places: [Place] }
    type Place { city: String, shop: Shop }
    type Pets { nodes: [Pet], edges: [Edge] }
    type Edge { node: Pet }
    interface Animal { name: String, friends(first: Int): Pets }
    type Pet implements Animal { name: String, friends(first: Int): Pets, mother: Pet }
    type Dog implements Animal { name: String, friends(first: Int): Pets,
        owner(first: Int): Pets }
    union Thing = Dog | Place
""")


@pytest.fixture
def work(monkeypatch):
    """The dear steps that were taken: parsing, walking, validating."""
    documents_of.cache_clear()
    done = []
    for name in ("parse", "shape_errors", "validate"):
        act = getattr(limits, name)

        def noted(*given, _act=act, _name=name, **how):
            done.append(_name)
            return _act(*given, **how)

        monkeypatch.setattr(limits, name, noted)
    return done


def many(count, pattern):
    return " ".join(pattern.replace("#", str(number)) for number in range(count))


UNPARSED = {
    "30 kB of names": ("{ shop { %s } }" % ("name " * 5900), "More than 2000 tokens."),
    "more than 30 kB": ("{ shop { name } }" + "," * 30_000, "at most 30000 characters"),
    "a long text": ('{ shop { name(of: "%s") } }' % ("x" * 30_000), "at most 30000 characters"),
    "one name again and again": ("{ shop { %s } }" % ("name " * 1900), "more than 100 times"),
    "deep braces": ("{shop" * 500 + "}" * 500, "more than 100 times"),
    "deep lists": ("{ shop(of: %s) }" % ("[" * 50 + "]" * 50), "More than 40 levels"),
    "deep objects": ("{ shop(of: %s) }" % ("{a:" * 50 + "}" * 50), "More than 40 levels"),
    "many elements": ("{ shop(of: [%s]) }" % ("DOG " * 101), "more than 100 times"),
    "aliases": ("{ %s }" % many(31, "a#: shop { name }"), "More than 30 aliases."),
    "fragments": (
        "{ shop { name } }" + many(40, "fragment f# on Query { a }"),
        "More than 40 operations and fragments.",
    ),
    "operations": (many(41, "query q# { shop { name } }"), "More than 40 operations"),
    "spreads": ("{ %s }" % ("...f " * 101), "More than 100 fragments"),
    "variables": ("query(%s) { shop { name } }" % many(101, "$v#: Int"), "More than 100 dollar"),
    "directives": ("{ shop { name %s } }" % ("@x " * 51), "More than 50 directives."),
    "objects": ("{ shop(of: [%s]) { name } }" % ("{}" * 201), "More than 200 objects"),
    "comments": ("#\n" * 2001 + "{ shop { name } }", "More than 2000 tokens."),
    "unknown fields": ("{ %s }" % many(1900, "x#"), "Many fields that nothing here has: x0, x1"),
}


@pytest.mark.parametrize("name", sorted(UNPARSED))
def test_a_document_that_is_far_too_much_is_not_even_parsed(name, work):
    text, message = UNPARSED[name]
    found = measured(SCHEMA, text)
    assert work == []
    assert len(found.errors) == 1
    assert message in found.errors[0].message


UNVALIDATED = {
    "depth": "{ shop %s }" % ("{ places { shop " * 6 + "{ name }" + "} }" * 6),
    "fields that differ": "{ %s }" % many(40, 'shop { name(of: "#") }'),
    "fields of fragments": "{ shop { places { %s } } } %s"
    % (many(35, "...f#"), many(35, "fragment f# on Place { city }")),
    "a bomb": "{ shop { ...a } } %s fragment h on Shop { name }"
    % " ".join(
        "fragment %s on Shop { b: places { shop { ...%s } } c: places { shop { ...%s } } }"
        % (here, there, there)
        for here, there in zip("abcdefg", "bcdefgh", strict=True)
    ),
}


@pytest.mark.parametrize("name", sorted(UNVALIDATED))
def test_a_document_whose_shape_is_hostile_is_not_validated(name, work):
    found = measured(SCHEMA, UNVALIDATED[name])
    assert work == ["parse", "shape_errors"]
    assert {each.extensions["code"] for each in found.errors} == {"TOO_EXPENSIVE"}


def test_a_walk_ends_where_a_document_would(monkeypatch):
    fields = " ".join(
        f"fragment {here} on Shop {{ x: places {{ shop {{ ...{there} }} }} "
        f"y: places {{ shop {{ ...{there} }} }} z: places {{ shop {{ ...{there} }} }} }}"
        for here, there in zip("abcdef", "bcdefg", strict=True)
    )
    visits = []
    visit = shapes._Shape._visit
    monkeypatch.setattr(shapes._Shape, "_visit", lambda self: (visits.append(1), visit(self)))
    monkeypatch.setattr(shapes, "MOST_DEPTH", 100)
    document = parse("{ shop { ...a } } " + fields + " fragment g on Shop { name }")
    errors = list(shapes.shape_errors(document))
    assert [each.message for each in errors] == ["Unfolds to more than 2000 fields."]
    assert len(visits) == 2001


def test_a_refused_document_is_measured_once(work):
    for _ in range(2):
        measured(SCHEMA, "{ nope }")
    assert work == ["parse", "shape_errors", "validate"]


def test_five_short_mistakes_are_told_and_no_more():
    text = "{ shop { %s } }" % " ".join('name(of: ["%s"])' % ("x" * 999) for _ in range(9))
    found = measured(SCHEMA, text)
    assert len(found.errors) == 6
    assert max(len(each.message) for each in found.errors) == 500


def test_a_mistake_is_told_with_its_place():
    assert measured(SCHEMA, "{ nope }").errors[0].formatted == {
        "message": "Cannot query field 'nope' on type 'Query'.",
        "locations": [{"line": 1, "column": 3}],
        "extensions": {"code": "MALFORMED"},
    }


# What is kept


def kept(text):
    return Measure(parse(text), ())


def test_a_flood_of_new_documents_leaves_those_in_use_alone():
    documents = Documents()
    documents.put("{ hot }", kept("{ hot }"))
    assert documents.get("{ hot }")
    for number in range(5000):
        text = "{ a%s }" % str(number).zfill(100)
        documents.put(text, kept("{ a }"))
    assert documents.get("{ hot }")
    assert 0 < documents.characters <= 260_000


def test_nor_does_one_of_refused_documents():
    documents = Documents()
    documents.put("{ hot }", kept("{ hot }"))
    refused = measured(SCHEMA, "{ nope }")
    for number in range(5000):
        documents.put(f"x{number}", refused)
    assert documents.get("{ hot }")
    assert len(documents._refused) == 256


def test_documents_in_use_are_bounded_too():
    documents = Documents()
    texts = ["{ %s }" % (chr(97 + number) * 29_990) for number in range(20)]
    for text in texts:
        documents.put(text, kept("{ a }"))
        assert documents.get(text)
    assert documents.characters <= 260_000
    assert documents.get(texts[-1])
    assert documents.get(texts[0]) is None


# Variables


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": [1, {"b": "x" * 90_000}]}, False),
        ({"a": [1] * 1998}, False),
        ({"a": [1] * 1999}, True),
        ({"a": [{}] * 199}, False),
        ({"a": [{}] * 200}, True),
        (json.loads("[" * 12 + "]" * 12), False),
        (json.loads("[" * 13 + "]" * 13), True),
        (json.loads('{"a":' * 900 + "1" + "}" * 900), True),
    ],
)
def test_variables_hold_so_many_values_so_deep(given, expected):
    assert is_too_much(given) is expected


# Cost


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ shop { name } }", {}, 1),
        ("{ shop { places { city } } }", {}, 2),
        ("{ pets { nodes { name } } }", {}, 24 * 2),
        ("{ pets(first: 10) { nodes { name } edges { node { name } } } }", {}, 10 * 4),
        ("{ pets(first: 10) { nodes { friends(first: 5) { nodes { name } } } } }", {}, 10 * 12),
        ("{ pets(first: 10) { nodes { name } } pets(first: 10) { nodes { name } } }", {}, 20),
        ("{ a: pets(first: 9) { nodes { name } } b: pets(first: 9) { nodes { name } } }", {}, 36),
        ("{ pets(first: -5) { nodes { name } } }", {}, 2),
        ("{ pets(first: 999999999) { nodes { name } } }", {}, 200),
        ("{ pets(first: null) { nodes { name } } }", {}, 48),
        ("query($n: Int) { pets(first: $n) { nodes { name } } }", {}, 48),
        ("query($n: Int) { pets(first: $n) { nodes { name } } }", {"n": None}, 48),
        ("query($n: Int) { pets(first: $n) { nodes { name } } }", {"n": 7}, 14),
        ("query($n: Int) { pets(first: $n) { nodes { name } } }", {"n": "7"}, 200),
        ("query($n: Int) { pets(first: $n) { nodes { name } } }", {"n": 7.0}, 200),
        ("query($n: Int = 100) { pets(first: $n) { nodes { name } } }", {}, 200),
        ("query($n: Int = 100) { pets(first: $n) { nodes { name } } }", {"n": 1}, 2),
        ("{ dogs { name } }", {}, 24),
        ("{ dogs(first: 3) { owner { nodes { name } } } }", {}, 3 * (1 + 24 * 2)),
        ("{ pets { ...p } } fragment p on Pets { nodes { name } }", {}, 48),
        ("{ animal { ... on Dog { owner(first: 9) { nodes { name } } } } }", {}, 19),
        ("{ animal { friends(first: 9) { nodes { mother { name } } } } }", {}, 28),
        (
            "{ thing { ... on Dog { friends(first: 2) { nodes { name } } } "
            "... on Place { shop { name } } } }",
            {},
            1 + 4 + 1,
        ),
        (
            "{ animal { ... on Dog { friends(first: 2) { nodes { name } } } "
            "... on Pet { friends(first: 90) { nodes { name } } } } }",
            {},
            1 + 90 * 2,
        ),
        ("query a { shop { name } } query b { pets { nodes { name } } }", {}, 0),
    ],
)
def test_pages_multiply_and_nothing_hides_from_the_cost(query, variables, expected):
    assert cost(SCHEMA, parse(query), variables, None) == expected
