"""Lines for operators: whose they are, what they tell, and what they never do."""

import json
import logging

import pytest
from django.tasks import task
from django.test import Client
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from shop import logs, observed
from shop.logs import JsonLines, Lines
from tests.builders import ask, make_clinic
from tests.serving import NO_REDIS, redis_caches
from tests.shop.told import everything_told


@task
def speak(words):
    logging.getLogger("orders.payments").warning(words)


@task
def fall(words):
    raise RuntimeError(words)


def record(message, *args, **more):
    made = logging.LogRecord("orders.payments", logging.INFO, "", 1, message, args, None)
    vars(made).update(more)
    return made


def told_of(query, **headers):
    with everything_told() as told:
        Client().post(
            "/graphql/", {"query": query}, content_type="application/json", headers=headers
        )
    return told.lines()[-1]


@pytest.mark.django_db
def test_a_request_is_one_line():
    make_clinic()
    line = told_of("query Home { shop { name } }")
    assert (type(line.pop("at")), type(line.pop("ms")), len(line.pop("request"))) == (
        str,
        float,
        16,
    )
    assert line == {
        "level": "INFO",
        "logger": "shop.access",
        "message": "answered",
        "method": "POST",
        "route": "graphql",
        "status": 200,
        "bytes": 61,
        "operation": "Home",
        "kind": "query",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "operation", "codes"),
    [
        ("query Home { nope }", None, ["MALFORMED"]),
        ("{ shop { name } }", None, []),
        ("query " + "x" * 61 + " { shop { name } }", None, []),
        ("query " + "x" * 60 + " { shop { name } }", "x" * 60, []),
        ("query Mine { pets { name } }", "Mine", ["UNAUTHENTICATED"]),
    ],
)
def test_an_operation_is_named_and_its_errors_by_their_codes(query, operation, codes):
    line = told_of(query)
    assert (line.get("operation"), line.get("errors", [])) == (operation, codes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/documents/ada@clients.example", "document", 404),
        ("/ada@clients.example", "unmatched", 404),
        ("/healthz?email=ada@clients.example", "healthz", 200),
        ("/static/ada@clients.example", "static", 404),
        ("/admin/", "admin:index", 302),
        ("/auth/app/v1/config", "headless:app:config", 200),
    ],
)
def test_a_request_is_told_by_its_route_and_never_by_its_path(path, route, status):
    with everything_told() as told:
        Client().get(path)
    assert told.answers() == [(route, status, None, [])]
    assert "ada@" not in told.getvalue()


@pytest.mark.django_db
def test_another_method_than_those_of_http_is_called_other():
    with everything_told() as told:
        Client().generic("ADA", "/healthz")
    assert told.lines()[-1]["method"] == "other"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "proxies", "is_kept"),
    [
        ("front-end-1234", 1, True),
        ("front-end-1234", 0, False),
        ("short", 1, False),
        ("x" * 65, 1, False),
        ("with a blank", 1, False),
        ("ada@clients.example", 1, False),
    ],
)
def test_the_front_end_may_number_a_request(settings, given, proxies, is_kept):
    settings.TRUSTED_PROXIES = proxies
    with everything_told() as told:
        response = Client().get("/healthz", headers={"x-request-id": given})
    assert (response["X-Request-Id"] == given) is is_kept
    assert told.lines()[-1]["request"] == response["X-Request-Id"]


@pytest.mark.django_db
def test_all_lines_of_a_request_carry_its_number_and_none_after_it(monkeypatch):
    def fail(*_args, **_how):
        raise ZeroDivisionError("told in the log alone")

    monkeypatch.setattr("catalog.listing.card_by_slug", fail)
    with everything_told() as told:
        answer = ask('{ product(slug: "x") { name } }')
        logging.getLogger("shop").info("later")
    bug, access, later = told.lines()
    number = answer["errors"][0]["extensions"]["requestId"]
    assert (bug["request"], access["request"], access["errors"]) == (number, number, ["INTERNAL"])
    assert bug["traceback"].endswith("ZeroDivisionError: told in the log alone")
    assert "request" not in later


@pytest.mark.django_db(transaction=True)
def test_lines_of_a_task_carry_its_name_and_number():
    made = speak.enqueue("stripe cannot be reached")
    with everything_told() as told:
        run_tasks()
        logging.getLogger("shop").info("later")
    line, ended, later = told.lines()
    assert (line["message"], line["task"], line["task_id"]) == (
        "stripe cannot be reached",
        f"{__name__}.speak",
        str(made.id),
    )
    assert (ended["logger"], ended["task_id"], ended["status"]) == (
        "shop.tasks",
        str(made.id),
        "SUCCESSFUL",
    )
    assert "task" not in later


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_for_good_is_told_with_its_traceback():
    made = fall.enqueue("no mail to ada@clients.example")
    OxTask.objects.filter(pk=made.id).update(attempts=4)
    with everything_told() as told:
        run_tasks()
    failed, ended = (each for each in told.lines() if each["logger"] != "django_ox")
    assert (failed["level"], failed["task"]) == ("ERROR", f"{__name__}.fall")
    assert failed["traceback"].endswith("RuntimeError: no mail to [e-mail]")
    assert (ended["task_id"], ended["status"]) == (str(made.id), "FAILED")


def test_a_line_for_people_has_the_same_facts():
    made = record("paid %s", "K-1", facts={"errors": ("A", "B"), "bytes": None, "route": "x"})
    with logs.within(request="0123"):
        line = Lines().format(made).partition(" ")[2]
    assert line == "INFO orders.payments paid K-1 errors=A,B route=x request=0123"


def test_a_message_stays_one_line_of_bounded_length():
    told = JsonLines().format(record("a\nb %s", "x" * 5_000))
    assert "\n" not in told
    assert len(json.loads(told)["message"]) == 2_000


def test_a_traceback_is_cut_at_its_beginning():
    error = ValueError("x" * 20_000 + " ada@clients.example")
    made = record("bug", exc_info=(ValueError, error, None))
    traceback = json.loads(JsonLines().format(made))["traceback"]
    assert len(traceback) < 12_000
    assert traceback.endswith("x [e-mail]")


@pytest.mark.parametrize(
    ("name", "level", "is_told"),
    [
        ("orders.payments", logging.DEBUG, True),
        ("stripe", logging.INFO, False),
        ("stripe", logging.WARNING, True),
        ("django.db.backends", logging.DEBUG, False),
        ("strawberry.execution", logging.ERROR, False),
        ("django.server", logging.ERROR, False),
    ],
)
def test_libraries_are_heard_from_warning_up(name, level, is_told):
    made = logging.LogRecord(name, level, "", 1, "x", (), None)
    assert logs.MayBeTold().filter(made) is is_told


def test_outside_of_a_request_a_number_is_made():
    assert len(observed.request_id()) == 16
    with logs.within(request="mine"):
        assert observed.request_id() == "mine"


@pytest.mark.django_db
def test_an_answer_that_is_not_ready_is_told_once(settings):
    settings.CACHES = redis_caches(NO_REDIS)
    with everything_told() as told:
        Client().get("/readyz")
    assert told.answers() == [("readyz", 503, None, [])]
    assert len(told.lines()) == 1
