"""One size of shop, measured in a process of its own: import, requests, load, memory."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Login  # noqa: E402
from benchmarks import constant  # noqa: E402
from benchmarks.__main__ import (  # noqa: E402
    COMPLETION,
    FACETED,
    LIST,
    peak_mb,
)
from benchmarks.measuring import (  # noqa: E402
    Load,
    load,
    request_cost,
    served_cost,
)
from benchmarks.purchase import print_purchase  # noqa: E402
from benchmarks.serving import memory_mb, served  # noqa: E402
from benchmarks.world import open_empty, shipped, show_pictures, write_catalogue  # noqa: E402
from catalog import search  # noqa: E402
from catalog.importing.run import Order, run  # noqa: E402
from catalog.models import Card  # noqa: E402
from kernel.graphql.nodes import global_id  # noqa: E402
from pets import breeds  # noqa: E402
from shop.demo import clients, loader  # noqa: E402
from shop.wsgi import settle_memory  # noqa: E402

UNKEPT = {"Cache-Control": "no-cache"}
DETAIL = shipped("product_page")


def main(size: int, seconds: float, port: int) -> None:
    open_empty(at=timezone.now())
    loader.save_synonyms()
    folder = Path(settings.DATA_DIR) / "catalogue"
    write_catalogue(folder, products=size)
    begun, wall = time.process_time(), time.perf_counter()
    report = run(Order(path=folder), by=None, at=timezone.now())
    import_cpu, import_wall = time.process_time() - begun, time.perf_counter() - wall
    peak = peak_mb()
    show_pictures(at=timezone.now())
    wall = time.perf_counter()
    search.rebuild()
    rebuilt = time.perf_counter() - wall
    print(f"\n## {size:,} products on {connection.vendor}\n")
    print(
        f"Imported {report.counts['new']} products in {import_wall:.1f} s ({import_cpu:.1f} s of "
        f"CPU), peak memory {peak} MB; index built in {rebuilt:.1f} s.\n"
    )
    print_costs()
    print_load(port, seconds)
    print_purchase(port, seconds)


def print_costs() -> None:
    settle_memory()
    slug = some_slug()
    asked = {
        "list of 20, not kept (Q)": (LIST, {}),
        "list of 20 with all facets": (FACETED, {}),
        "search with facets": (FACETED, {"search": "croquettes chien"}),
        "search with a typo, with facets": (FACETED, {"search": "crocquettes chein"}),
        "autocomplete": (COMPLETION, {}),
        "product page, all fields": (DETAIL, {"slug": slug}),
    }
    print("| request | statements | CPU ms | bytes |\n| --- | --- | --- | --- |")
    for name, (query, variables) in asked.items():
        cost = request_cost(query, variables)
        print(f"| {name} | {cost.statements} | {cost.cpu_ms:.1f} | {cost.bytes} |")
    print_costs_of_kept_answers()
    print_costs_of_the_signed_in()
    print()


def some_slug() -> str:
    """Of a product in the middle of the catalogue."""
    return Card.objects.values_list("slug", flat=True)[Card.objects.count() // 2]


def print_costs_of_kept_answers() -> None:
    """Through the whole application; the constant answer has the bytes of the kept one."""
    body = json.dumps({"query": LIST})
    address = "/graphql/?" + urlencode({"query": LIST})
    fresh = served_cost("/graphql/", body, UNKEPT)
    kept = served_cost("/graphql/", body)
    constant.FILE.write_bytes(answer_of(body))
    asked = {
        "Q through all middlewares, not kept": fresh,
        "Q kept": kept,
        "Q kept, by GET": served_cost(address, None),
        "a constant answer of the same bytes, at the same place": served_cost(constant.PATH, body),
    }
    for name, cost in asked.items():
        print(f"| {name} | {cost.statements} | {cost.cpu_ms:.2f} | {cost.bytes} |")


def answer_of(body: str) -> bytes:
    found = Client().post("/graphql/", body, content_type="application/json")
    return bytes(found.content)


def print_costs_of_the_signed_in() -> None:
    """Owners and staff beside 1,200 clients, 2,087 animals and their histories."""
    breeds.save_common_breeds(at=timezone.now())
    clients.load_clients(loader.DATA, password=loader.PASSWORD, at=timezone.now())
    owner = Login.objects.get(email=clients.OWNER)
    pet = {"id": global_id("Pet", owner.person.guardianships.earliest("pk").pet_id)}
    desk = Login.objects.create_superuser("desk@clinique.example", loader.PASSWORD)
    file = {"id": global_id("Client", owner.person.pk)}
    asked: dict[str, tuple[str, Mapping[str, object], Login]] = {
        "an owner's account": ("my_account", {}, owner),
        "an owner's pets": ("my_pets", {}, owner),
        "a pet: facts, curve, history": ("pet", pet, owner),
        "the desk's list of clients": ("clients", {"search": "rennes"}, desk),
        "the desk's file of a client": ("client", file, desk),
    }
    for name, (document, variables, login) in asked.items():
        cost = request_cost(shipped(document), variables, login=login)
        print(f"| {name} | {cost.statements} | {cost.cpu_ms:.1f} | {cost.bytes} |")


def print_load(port: int, seconds: float) -> None:
    """Requests a second beside those of a constant answer of the same server in the same run."""
    with served(port) as server:
        body = json.dumps({"query": LIST})
        load(port, "/graphql/", body, clients=4, seconds=1)
        print("| clients | what | per s | of the constant's | p50 ms | p95 ms | shed |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        slug = some_slug()
        page = json.dumps({"query": DETAIL, "variables": {"slug": slug}})
        search_page = json.dumps({"query": FACETED, "variables": {"search": "croquettes chien"}})
        asked: dict[str, tuple[str, str | None, Mapping[str, str]]] = {
            "a constant answer of Q's bytes": (constant.PATH, body, {}),
            "Q kept": ("/graphql/", body, {}),
            "Q not kept": ("/graphql/", body, UNKEPT),
            "product page, not kept": ("/graphql/", page, UNKEPT),
            "search with facets, not kept": ("/graphql/", search_page, UNKEPT),
        }
        for clients in (1, 8, 32):
            loads = {
                name: load(port, path, sent, clients=clients, seconds=seconds, headers=headers)
                for name, (path, sent, headers) in asked.items()
            }
            floor = next(iter(loads.values()))
            for name, each in loads.items():
                print(row(name, floor, each))
        print(f"\nServer memory after that: {memory_mb(server)} MB in all.\n")


def row(name: str, floor: Load, found: Load) -> str:
    share = found.per_second / floor.per_second if floor.per_second else 0.0
    return (
        f"| {found.clients} | {name} | {found.per_second:.0f} | {share:.0%} | "
        f"{found.p50_ms:.1f} | {found.p95_ms:.1f} | {found.refused} |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
