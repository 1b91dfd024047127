"""The endpoint under random requests: nothing breaks, nothing leaks, nothing grows.

FUZZ_SECONDS says for how long (45 by default), FUZZ_SEED what to repeat.
"""

import gc
import json
import logging
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Address, Login, Person
from kernel.graphql.limits import documents_of
from pets.models import Pet
from shop import kept
from shop.schema import schema
from tests.builders import NOW, answered
from tests.shop.permissions_calls import CALLS
from tests.shop.permissions_world import World
from tests.shop.random_documents import NASTY, Author

SECONDS = float(os.environ.get("FUZZ_SECONDS", "45"))
SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
CANARY = "Zorglubine"
ACCEPTED = ("*/*", "application/json", "application/graphql-response+json", "text/html", "q=", ",,")
LANGUAGES = ("fr", "en", "", "xx;q=9", "fr;q=NaN,en", "\xe9", "*", "en" * 200)
TYPES = ("application/json", "application/json; charset=utf-16", "text/plain", "", "a/b; charset")
WRONG: tuple[Any, ...] = (*NASTY, None, 1, [], {}, [{}])
MOST_MB = 30


def world_with_a_canary():
    world = World("owner")
    login = world.logins["owner"]
    Person.objects.filter(login=login).update(first_name=CANARY, last_name=CANARY)
    Login.objects.filter(pk=login.pk).update(email=f"{CANARY.lower()}@clients.example")
    Pet.objects.filter(pk=world.pet.pk).update(name=CANARY)
    Address.objects.filter(pk=world.address.pk).update(recipient=CANARY, line1=CANARY)
    return world


def known_words(world, calls):
    """Ids of everything in the world, whoever's they are, and the slugs."""
    kinds = {
        "Address": world.address,
        "Approval": world.approval,
        "Article": world.article,
        "Breed": world.breed,
        "Cart": world.cart,
        "Client": world.person("owner"),
        "HistoryEntry": world.entry,
        "Order": world.sold,
        "OrderLine": world.line,
        "Pet": world.pet,
        "Product": world.shown,
        "Question": world.question,
        "Review": world.review,
        "SavedCard": world.card,
        "Shipment": world.sent,
        "Variant": world.shown.variants.get(),
    }
    ids = [world.id(kind, row) for kind, row in kinds.items()]
    found = [value for _text, variables in calls for value in variables.values()]
    texts = [each for each in found if isinstance(each, str)]
    return (*ids, *texts, "p", "v", "chien", "peser", "croquettes", "S1", "35000", "Rennes")


@dataclass
class Fuzz:
    """Sends requests as several askers, and notes what may never be."""

    random: Random
    clients: dict[str, Client]
    author: Author
    calls: list[tuple[str, dict[str, Any]]]
    log: pytest.LogCaptureFixture
    sent: int = 0
    carried_out: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def run(self, seconds: float, *, until: int = 20) -> None:
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds and len(self.found) < until:
            self.once()

    def once(self) -> None:
        asker = self.random.choice(sorted(self.clients))
        body, headers = self.body(), self.headers()
        self.log.clear()
        try:
            response = self.clients[asker].generic(
                "POST" if self.random.random() < 0.95 else "PUT",
                "/graphql/",
                body,
                content_type=headers.pop("content-type"),
                headers=headers,
            )
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            self.note(asker, body, repr(error))
            return
        self.sent += 1
        text = response.content.decode()
        self.carried_out += '"data"' in text
        self.codes.update(re.findall(r'"code":"(\w+)"', text))
        if response.status_code >= 500 or '"code":"INTERNAL"' in text:
            self.note(asker, body, f"{response.status_code} {text[:300]}")
        if CANARY.lower() in text.lower() and asker in ("guest", "stranger"):
            self.note(asker, body, "a leak: " + text[:2000])
        lines = [each for each in self.log.records if each.name == "shop.graphql"]
        if len(lines) > 1 and not any(each.exc_info for each in lines):
            self.note(asker, body, "more than one line of the log")

    def note(self, asker: str, body: bytes, what: str) -> None:
        raised = [
            f"{each.exc_info[0].__name__}: {each.exc_info[1]} in {place(each.exc_info[2])}"
            for each in self.log.records
            if each.exc_info and each.exc_info[0]
        ]
        self.found.append(f"{asker}: {what}\n  {raised}\n  {body[:1500]!r}")

    def body(self) -> bytes:
        if self.random.random() < 0.03:
            return self.random.randbytes(self.random.randint(0, 200))
        text, variables = self.asked()
        if self.random.random() < 0.1:
            text = self.author.spoilt(text)
        asked: dict[str, Any] = {"query": text, "variables": variables}
        if self.random.random() < 0.03:
            key = self.random.choice(("query", "variables", "operationName", "documentId"))
            asked[key] = self.random.choice(WRONG)
        sent = json.dumps(asked).encode()
        if self.random.random() < 0.03:
            sent = sent[: self.random.randrange(len(sent))]
        return sent

    def asked(self) -> tuple[str, dict[str, Any]]:
        """A document made up, or a call that works for somebody, with a word that is another's."""
        self.author.is_kind = self.random.random() < 0.7
        if self.random.random() < 0.6:
            return self.author.document(self.random.choice(("query", "mutation")))
        text, given = self.random.choice(self.calls)
        variables = dict(given)
        if variables and self.random.random() < 0.5:
            name = self.random.choice(sorted(variables))
            variables[name] = self.random.choice((*self.author.known, *WRONG))
        return text, variables

    def headers(self) -> dict[str, str]:
        headers = {"content-type": "application/json", "cache-control": "no-cache"}
        if self.random.random() < 0.1:
            headers |= {
                "accept": self.random.choice(ACCEPTED),
                "accept-language": self.random.choice(LANGUAGES),
                "content-type": self.random.choice(TYPES),
                "x-forwarded-for": self.random.choice(("", "::1", "1.2.3.4", "x", ",", "::" * 99)),
            }
        if self.random.random() < 0.03:
            name = self.random.choice(("authorization", "x-session-token", "cookie"))
            headers[name] = self.random.choice(("Bearer ", "Bearer x", "x", "sessionid=x", "é;=="))
        return headers


def place(trace) -> str:
    while trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def memory_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def fuzz_of(world, caplog, *askers):
    clients = {asker: Client(raise_request_exception=False) for asker in askers}
    for asker, client in clients.items():
        if asker != "guest":
            client.force_login(world.logins[asker])
    random = Random(SEED)
    calls = [(call.text, call.variables(world)) for call in CALLS.values()]
    author = Author(schema._schema, random, known_words(world, calls))
    return Fuzz(random, clients, author, calls, caplog)


@pytest.fixture
def _without_frames(monkeypatch):
    """pytest keeps all records of a test, and these, which the shop never writes, keep frames."""
    monkeypatch.setattr(logging.getLogger("strawberry.execution"), "disabled", True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stripe_stand_in", "_without_frames")
@pytest.mark.parametrize(
    "askers",
    [("guest", "stranger", "owner"), ("guest", "manager", "vet", "owner")],
    ids=["the public", "the staff"],
)
def test_random_requests_break_nothing(askers, caplog):
    """Staff come last: they may give a file to another, and publish what was asked."""
    caplog.set_level(logging.INFO)
    with time_machine.travel(NOW, tick=True):
        world = world_with_a_canary()
        fuzz = fuzz_of(world, caplog, *askers)
        fuzz.run(SECONDS / 4)
        before = memory_mb()
        fuzz.run(SECONDS / 4)
        grown = memory_mb() - before
        assert answered("{ shop { name } }", fresh=True) == {"shop": {"name": "Clinique"}}
    report = f"{fuzz.sent} sent, {fuzz.carried_out} carried out, {grown:.0f} MB grown"
    assert fuzz.found == [], report + "\n" + "\n".join(fuzz.found)
    assert fuzz.carried_out > fuzz.sent / 4, report
    assert grown < MOST_MB, report
    assert documents_of(schema._schema).characters <= 260_000
    assert kept.memory.bytes <= 32_000_000
