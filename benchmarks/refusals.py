"""What hostile requests cost to refuse: `uv run python -m benchmarks.refusals`.

CPU ms of the whole endpoint, each time with a text that was never seen before.
"""

import itertools
import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.test import RequestFactory  # noqa: E402

from benchmarks.measuring import median_cpu_ms  # noqa: E402
from kernel.graphql.limits import field_names  # noqa: E402
from shop.endpoint import endpoint  # noqa: E402
from shop.schema import schema  # noqa: E402
from shop.wsgi import settle_memory  # noqa: E402

MOST_MS = 10.0
_numbers = itertools.count()


def many(count: int, pattern: str) -> str:
    return " ".join(pattern.replace("#", str(number)) for number in range(count))


SLUG = "query($slug: String!) { product(slug: $slug) { name } }"
WHERE = "query($where: ProductWhere) { products(where: $where) { totalCount } }"
DOCUMENTS = {
    "30 kB of one name": "{ shop { " + "name " * 5990 + "} }",
    "1,900 times one name": "{ shop { " + "name " * 1900 + "} }",
    "1,900 unknown fields": "{ shop { " + many(1900, "x#") + " } }",
    "1,900 known fields in the wrong place": "{ shop { " + "slug sku city email " * 99 + " } }",
    "3,000 braces": "{" * 3000,
    "900 levels of braces": "{a" * 900 + "}" * 900,
    "900 levels of lists": "{ shop(x: " + "[" * 900 + "]" * 900 + ") { name } }",
    "600 levels of objects": "{ shop(x: " + "{a:" * 300 + "1" + "}" * 300 + ") { name } }",
    "31 aliases": "{ " + many(31, "a#: shop { name }") + " }",
    "30 aliases in a fragment, spread in 30": "{ "
    + many(30, 'p#: product(slug: "#") { ...f }')
    + " } fragment f on Product { "
    + many(30, "a#: name")
    + " }",
    "60 fragments of the same fields": "{ products { nodes { "
    + many(60, "...f#")
    + " } } } "
    + many(60, "fragment f# on Product { id name slug variants { sku price { cents } } }"),
    "30 fragments of the same fields": "{ products { nodes { "
    + many(30, "...f#")
    + " } } } "
    + many(30, "fragment f# on Product { id name slug variants { sku price { cents } } }"),
    "a chain of 240 fragments": "{ ...f0 } "
    + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(240)),
    "a bomb of 8 fragments": '{ article(slug: "a") { ...a } } '
    + " ".join(
        f"fragment {here} on Article {{ related {{ ...{there} }} "
        f"products {{ articles {{ ...{there} }} }} }}"
        for here, there in itertools.pairwise("abcdefgh")
    )
    + " fragment h on Article { title }",
    "99 fields with other arguments": "{ " + many(99, 'product(slug: "#") { name }') + " }",
    "200 operations": many(200, "query q# { shop { name } }"),
    "400 variables": "query(" + many(400, "$v#: Int") + ") { shop { name } }",
    "900 directives": "{ shop { name " + "@x " * 900 + "} }",
    "1,900 elements in a list": "{ products(where: {species: {in: ["
    + "DOG " * 1900
    + "]}}) { totalCount } }",
    "100 kB in one text": '{ product(slug: "' + "x" * 99_000 + '") { name } }',
    "100 kB of comments": "#\n" * 49_000 + "{ shop { name } }",
    "30 kB in an open text": '{ product(slug: """' + "x" * 29_000,
    "every field of the schema, in the wrong place": "{ shop { "
    + " ".join(sorted(field_names(schema._schema)))  # noqa: SLF001
    + " } }",
    "every field of the schema twice, then a slip": "{ shop { "
    + " ".join(sorted(field_names(schema._schema)) * 2)[:24_000]  # noqa: SLF001
    + " } ",
}
VARIABLES = {
    "100 kB of numbers": (SLUG, {"slug": [1] * 45_000}),
    "1,900 objects": (WHERE, {"where": {"or": [{} for _ in range(1900)]}}),
    "1,900 wrong elements": (WHERE, {"where": {"species": {"in": ["X"] * 1900}}}),
    "900 levels": (WHERE, {"where": json.loads('{"not":' * 900 + "{}" + "}" * 900)}),
    "39 levels": (WHERE, {"where": json.loads('{"not":' * 38 + "{}" + "}" * 38)}),
    "100 kB in one text, of a wrong type": (WHERE, {"where": "x" * 95_000}),
}


def refuse(query: str, variables: object) -> None:
    """Raises: SystemExit, where a request was answered."""
    query = f"{query} #{next(_numbers)}"
    body = json.dumps({"query": query, "variables": variables})
    request = RequestFactory().post("/graphql/", body, content_type="application/json")
    found = endpoint(request)
    if b'"errors"' not in found.content[:12]:
        raise SystemExit(f"answered: {query[:200]}")


def main() -> None:
    settle_memory()
    print("\n## Refusals\n\n| request | kB | CPU ms to refuse |\n| --- | --- | --- |")
    asked: dict[str, tuple[str, Any]] = {name: (query, {}) for name, query in DOCUMENTS.items()} | {
        f"variables: {name}": given for name, given in VARIABLES.items()
    }
    slow = []
    for name, (query, variables) in asked.items():
        size = len(json.dumps({"query": query, "variables": variables})) / 1000
        spent = median_cpu_ms(lambda: refuse(query, variables))  # noqa: B023
        print(f"| {name} | {size:.1f} | {spent:.1f} |", flush=True)
        if spent >= MOST_MS:
            slow.append(name)
    print(f"\nOver {MOST_MS:.0f} ms: {', '.join(slow) or 'none'}.")


if __name__ == "__main__":
    main()
