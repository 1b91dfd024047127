"""Advice as the front end reads it, and as writers send it, through HTTP."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from accounts.models import AuditEntry
from advice import publishing, search, videos, writing
from advice.models import Article, Picture, Revision
from catalog import search as catalogue_search
from kernel import uploads
from kernel.animals import Condition, Language, Species
from kernel.graphql.nodes import global_id
from kernel.uploads import UploadPurpose
from tests.advice.builders import (
    content,
    draft,
    edited,
    picture,
    png,
    published,
    shown,
    topic,
    video,
)
from tests.builders import NOW, answered, ask, make_clinic, staff
from tests.builders import published as product_published

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clinic():
    make_clinic()


def slugs(part="", **how):
    data = answered("{ articles%s { nodes { slug } } }" % part, **how)
    return [node["slug"] for node in data["articles"]["nodes"]]


PAGE = """query($slug: String!) { article(slug: $slug) {
    slug url language title standfirst form readingMinutes html headings { level text anchor }
    author { name title } sources { title url } reviewedOn nextReviewOn topics { slug name }
    species lifeStages conditions cover { alt } publishedAt updatedAt questions { question answer }
    products { slug } videos { slug durationS poster { alt } } related { slug html }
    openGraph { title description url type locale image imageAlt } jsonLd } }"""


def test_a_page_shows_all_of_an_article():
    product_published("croq")
    topic()
    cover, clip = picture("Balance"), video()
    published("Autre", slug="autre", topics=("poids",), body="Le poids.")
    published(
        slug="peser",
        body="## Quand ?\n\nLe matin.[^1]\n\n![](product:croq)\n\n[^1]: Note.",
        form="QUESTIONS",
        cover=cover.key,
        topics=("poids",),
        species=(Species.CAT,),
        conditions=(Condition.OBESITY,),
        videos=(clip.slug,),
    )
    page = answered(PAGE, {"slug": "peser"})["article"]
    told = page.pop("jsonLd")
    assert '<figure class="product" data-product="croq">' in page.pop("html")
    assert page.pop("openGraph")["image"].startswith("http://127.0.0.1:8000/media/pictures/")
    assert page == {
        "slug": "peser",
        "url": "http://127.0.0.1:8000/conseils/peser",
        "language": "FR",
        "title": "Peser son chat",
        "standfirst": "Comment, et quand.",
        "form": "QUESTIONS",
        "readingMinutes": 1,
        "headings": [{"level": 2, "text": "Quand ?", "anchor": "quand"}],
        "author": {"name": "Anne Le Goff", "title": "vétérinaire"},
        "sources": [{"title": "WSAVA", "url": "https://wsava.org/"}],
        "reviewedOn": "2026-10-01",
        "nextReviewOn": None,
        "topics": [{"slug": "poids", "name": "Poids"}],
        "species": ["CAT"],
        "lifeStages": [],
        "conditions": ["OBESITY"],
        "cover": {"alt": "Balance"},
        "publishedAt": "2026-11-22T12:00:00+00:00",
        "updatedAt": "2026-11-22T12:00:00+00:00",
        "questions": [{"question": "Quand ?", "answer": "Le matin."}],
        "products": [{"slug": "croq"}],
        "videos": [
            {"slug": clip.slug, "durationS": 60, "poster": {"alt": "Un chat sur une balance"}}
        ],
        "related": [{"slug": "autre", "html": "<p>Le poids.</p>\n"}],
    }
    assert [each["@type"] for each in told] == ["Article", "FAQPage", "VideoObject"]
    assert told[0]["author"] == {
        "@type": "Person",
        "name": "Anne Le Goff",
        "jobTitle": "vétérinaire",
    }
    assert told[1]["mainEntity"] == [
        {
            "@type": "Question",
            "name": "Quand ?",
            "acceptedAnswer": {"@type": "Answer", "text": "Le matin."},
        }
    ]
    assert told[2]["duration"] == "PT60S"


def test_an_address_of_the_past_leads_to_the_article_with_its_address_of_today():
    article = published(slug="a")
    for slug in ("b", "a", "c"):
        article = writing.change_slug(article=article, slug=slug, by=None, at=NOW)
    for asked in ("a", "b", "c"):
        assert answered(PAGE, {"slug": asked})["article"]["slug"] == "c"
    for unknown in ("d", "", "a" * 5000):
        assert answered(PAGE, {"slug": unknown})["article"] is None


def test_nothing_is_seen_before_its_moment_whoever_asks_for_what():
    product_published("croq")
    topic()
    published("Visible", slug="visible", topics=("poids",))
    later = draft("Plus tard", slug="plus-tard", products=("croq",), topics=("poids",))
    now = timezone.now()
    publishing.schedule(article=later, moment=now + HOUR, expected_version=1, by=None, at=now)
    search.rebuild()
    catalogue_search.rebuild()
    query = """{ article(slug: "plus-tard") { slug } topics { articleCount }
        articles(search: "plus tard") { nodes { slug } }
        product(slug: "croq") { articles { slug } }
        search(text: "plus tard") { articles { hits { node { slug } } } }
        visible: article(slug: "visible") { related { slug } } }"""
    hidden = {
        "article": None,
        "topics": [{"articleCount": 1}],
        "articles": {"nodes": []},
        "product": {"articles": []},
        "search": {"articles": {"hits": []}},
        "visible": {"related": []},
    }
    assert answered(query) == hidden
    with time_machine.travel(now + HOUR):  # and no worker there
        assert answered(query) == {
            "article": {"slug": "plus-tard"},
            "topics": [{"articleCount": 2}],
            "articles": {"nodes": [{"slug": "plus-tard"}]},
            "product": {"articles": [{"slug": "plus-tard"}]},
            "search": {"articles": {"hits": [{"node": {"slug": "plus-tard"}}]}},
            "visible": {"related": [{"slug": "plus-tard"}]},
        }


def test_what_is_published_is_seen_at_once_and_what_is_withdrawn_no_more():
    product_published("croq")
    both = '{ articles { nodes { slug } } product(slug: "croq") { articles { slug } } }'
    none = {"articles": {"nodes": []}, "product": {"articles": []}}
    assert answered(both) == none
    article = published(slug="a", products=("croq",))
    assert answered(both) == {
        "articles": {"nodes": [{"slug": "a"}]},
        "product": {"articles": [{"slug": "a"}]},
    }
    publishing.withdraw(article=article, by=None, at=NOW)
    assert answered(both) == none


def three():
    topic()
    published("Un", slug="un", at=NOW - 3 * HOUR, topics=("poids",), species=(Species.CAT,))
    published("Deux", slug="deux", at=NOW - 2 * HOUR, species=(Species.CAT, Species.DOG))
    published("Trois", slug="trois", at=NOW - HOUR, conditions=(Condition.RENAL,))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('topic: {eq: "poids"}', ["un"]),
        ("species: {eq: CAT}", ["trois", "deux", "un"]),
        ("species: {in: [DOG, RABBIT]}", ["trois", "deux"]),
        ("species: {in: []}", []),
        ("condition: {eq: RENAL}", ["trois"]),
        ('author: {eq: "anne"}', ["trois", "deux", "un"]),
        ("not: {species: {eq: CAT}}", []),
        ('or: [{topic: {eq: "poids"}}, {condition: {eq: RENAL}}]', ["trois", "un"]),
        ("or: []", []),
        ('and: [{species: {eq: CAT}}, {not: {topic: {eq: "poids"}}}]', ["trois", "deux"]),
        ('publishedAt: {range: {min: "2026-11-22T10:00:00Z"}}', ["trois", "deux"]),
        ('publishedAt: {range: {max: "2026-11-22T09:30:00"}}', ["un"]),
    ],
)
def test_a_list_is_narrowed_by_what_articles_are_about(where, found):
    three()
    assert slugs("(where: {%s})" % where) == found


def test_a_list_is_narrowed_to_the_articles_of_a_product():
    product = product_published("croq")
    published(slug="a", products=("croq",))
    published(slug="b")
    key = global_id("Product", product.pk)
    assert slugs('(where: {product: {eq: "%s"}})' % key) == ["a"]
    assert slugs('(where: {product: {in: ["%s"]}})' % global_id("Brand", 1)) == []


def test_a_where_nested_too_deep_or_too_wide_is_refused():
    deep = "{species: {eq: CAT}}"
    for _ in range(4):
        deep = "{not: %s}" % deep
    wide = "{or: [%s]}" % ", ".join(["{species: {eq: CAT}}"] * 21)
    for where in (deep, wide):
        errors = ask("{ articles(where: %s) { nodes { slug } } }" % where)["errors"]
        assert [each["extensions"]["code"] for each in errors] == ["TOO_EXPENSIVE"]


@pytest.mark.parametrize("sort", ["NEWEST", "OLDEST", "RELEVANCE"])
@pytest.mark.parametrize("text", ["", "chat"])
def test_pages_join_to_the_whole_list(sort, text):
    for number in range(5):
        published("Le chat %d" % number, slug=f"a{number}", at=NOW - timedelta(minutes=number // 2))
    search.rebuild()
    query = """query($after: String) { articles(first: 2, after: $after, search: "%s", sort: %s) {
        nodes { slug } totalCount pageInfo { hasNextPage endCursor } } }""" % (text, sort)
    seen, after = [], None
    for _ in range(3):
        page = answered(query, {"after": after})["articles"]
        seen += [node["slug"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 5
    assert sorted(seen) == [f"a{number}" for number in range(5)]
    assert page["pageInfo"]["hasNextPage"] is False
    if sort != "RELEVANCE":
        newest = ["a1", "a0", "a3", "a2", "a4"]
        assert seen == (newest if sort == "NEWEST" else newest[::-1])


@pytest.mark.parametrize("after", ["x", "", "W10", "WyJuZXdlc3QiLCJ4IiwxXQ"])
def test_a_cursor_that_is_none_is_refused(after):
    errors = ask('{ articles(after: "%s") { nodes { slug } } }' % after)["errors"]
    assert [each["extensions"]["code"] for each in errors] == ["BAD_CURSOR"]


def test_a_cursor_of_another_order_is_refused():
    three()
    cursor = answered("{ articles(first: 1) { pageInfo { endCursor } } }")["articles"]["pageInfo"]
    errors = ask(
        '{ articles(sort: OLDEST, after: "%s") { nodes { slug } } }' % cursor["endCursor"]
    )["errors"]
    assert [each["extensions"]["code"] for each in errors] == ["BAD_CURSOR"]


def test_one_search_finds_products_articles_and_videos_in_groups():
    product_published("croq", name="Croquettes pour maigrir")
    published("Faire maigrir son chat", slug="maigrir", standfirst="Sans hâte.")
    video("Maigrir en jouant")
    search.rebuild()
    catalogue_search.rebuild()
    found = answered("""{ search(text: "maigrir", first: 3) {
        products { totalCount hits { highlight { text isMatch } } }
        articles { totalCount hits { highlight { text isMatch } excerpt { text isMatch } } }
        videos { totalCount hits { node { slug } highlight { text isMatch } } } } }""")["search"]
    assert found["products"]["totalCount"] == 1
    assert found["articles"] == {
        "totalCount": 1,
        "hits": [
            {
                "highlight": [
                    {"text": "Faire ", "isMatch": False},
                    {"text": "maigrir", "isMatch": True},
                    {"text": " son chat", "isMatch": False},
                ],
                "excerpt": [
                    {"text": "Sans hâte. Pourquoi\nLe poids dit beaucoup.", "isMatch": False}
                ],
            }
        ],
    }
    assert found["videos"] == {
        "totalCount": 1,
        "hits": [
            {
                "node": {"slug": "maigrir-en-jouant"},
                "highlight": [
                    {"text": "Maigrir", "isMatch": True},
                    {"text": " en jouant", "isMatch": False},
                ],
            }
        ],
    }


def test_what_is_said_in_a_video_is_found():
    row = video("Une minute")
    vtt = "WEBVTT\n\n00:00.000 --> 00:04.000\nTenez la seringue droite.\n"
    videos.keep_captions(video=row, language=Language.FR, vtt=vtt, by=None, at=NOW)
    search.rebuild()
    found = answered('{ search(text: "seringue") { videos { hits { node { slug } } } } }')["search"]
    assert found == {"videos": {"hits": [{"node": {"slug": "une-minute"}}]}}


def test_a_search_forgives_and_says_what_it_searched():
    published("Vermifuger son chiot", slug="vers")
    search.rebuild()
    found = answered('{ articles(search: "vermifujer") { corrected nodes { slug } } }')["articles"]
    assert found == {"corrected": "vermifuger", "nodes": [{"slug": "vers"}]}


def test_a_video_tells_whether_the_visitor_must_agree_first():
    video()
    query = """{ video(slug: "peser-un-chat") { title durationS source { kind url }
        captions { language url } transcript jsonLd } }"""
    found = answered(query)["video"]
    told = found.pop("jsonLd")
    assert found == {
        "title": "Peser un chat",
        "durationS": 60,
        "source": {"kind": "EXTERNAL", "url": "https://videos.example/peser"},
        "captions": [
            {"language": "FR", "url": "http://127.0.0.1:8000/captions/peser-un-chat/fr.vtt"}
        ],
        "transcript": "Pesez votre chat chaque mois.",
    }
    assert (told["@type"], told["transcript"]) == ("VideoObject", "Pesez votre chat chaque mois.")
    assert "videos.example" not in json.dumps(told)


def test_english_readers_get_english_where_there_is_some():
    published("Peser", slug="a", english=("Weigh", "How.", "Text."))
    published("Mesurer", slug="b")
    data = answered("{ articles(sort: OLDEST) { nodes { title language } } }", language="en")
    assert {(node["title"], node["language"]) for node in data["articles"]["nodes"]} == {
        ("Weigh", "EN"),
        ("Mesurer", "FR"),
    }


def counted(query, variables=None):
    answered(query, variables)
    with CaptureQueriesContext(connection) as captured:
        answered(query, variables, fresh=True)
    return len(captured)


LIST = """{ articles(first: 24) { totalCount nodes { slug title author { name }
    topics { name } cover { url } } } }"""
SEARCH = """{ search(text: "chat", first: 10) { products { hits { node { name } } }
    articles { hits { node { title } highlight { text } } } } }"""


@pytest.mark.django_db(transaction=True)
def test_lists_pages_and_searches_cost_the_same_however_many_there_are():
    product_published("croq", name="Croquettes Chat", species=(Species.CAT,))
    topic()
    costs = []
    for number in range(6):
        published(f"Le chat {number}", slug=f"a{number}", topics=("poids",), products=("croq",))
        if number in (1, 5):
            search.rebuild()
            catalogue_search.rebuild()
            answered("{ products { nodes { slug } } }")
            costs.append([counted(LIST), counted(PAGE, {"slug": "a1"}), counted(SEARCH)])
    is_postgresql = connection.vendor == "postgresql"
    # Revision, page, count; revision, card, related; revision and articles: products stand in the
    # shelf's memory, and PostgreSQL's indexes answer by a statement each.
    assert costs[0] == costs[1] == [3, 3, 4 if is_postgresql else 2]


def test_the_articles_of_a_list_of_products_cost_nothing_more():
    for number in range(3):
        product_published(f"p{number}")
        published(slug=f"a{number}", products=(f"p{number}",))
    query = "{ products { nodes { slug articles { slug } } } }"
    assert counted(query) == counted("{ products { nodes { slug } } }")
    found = answered(query)["products"]["nodes"]
    assert {(each["slug"], each["articles"][0]["slug"]) for each in found} == {
        ("p0", "a0"),
        ("p1", "a1"),
        ("p2", "a2"),
    }


CONTENT = """{words: [{language: FR, title: "Peser", standfirst: "Ainsi.", body: "%s"}],
    author: "anne", sources: [{title: "WSAVA"}], reviewedOn: "2026-10-01"}"""
ERRORS = "userErrors { code message path article }"
DRAFT = "draft { id slug status version shownVersion publishedAt claims { word letStand source } }"


def sent(name, given, login):
    data = answered(
        "mutation { %s(input: {%s}) { %s %s } }" % (name, given, ERRORS, DRAFT), login=login
    )
    return data[name]["draft"], data[name]["userErrors"]


def test_an_article_goes_all_the_way_through_the_api():
    content()
    writer, vet = staff(roles.Role.ASSISTANT), staff(roles.Role.VET)
    made, _none = sent("articleCreate", "content: %s" % (CONTENT % "Cet aliment guérit."), writer)
    key = 'id: "%s"' % made["id"]
    assert (made["slug"], made["version"], made["status"]) == ("peser", 1, "DRAFT")
    assert sent("articleSubmit", key, writer)[0]["status"] == "IN_REVIEW"
    draft_now, errors = sent("articlePublish", f"{key}, expectedVersion: 1", vet)
    assert (draft_now, [each["code"] for each in errors]) == (None, ["CLAIM_NOT_ALLOWED"])
    assert errors[0]["article"] == "Reg. (EC) 767/2009 art. 13(3)(a)"
    word = {"word": "guérit", "source": "Reg. (EC) 767/2009 art. 13(3)(a)"}
    let, _none = sent(
        "articleClaimsOverride", f'{key}, expectedVersion: 1, reason: "Cité pour le nier."', vet
    )
    assert let["claims"] == [{**word, "letStand": True}]
    out, _none = sent("articlePublish", f"{key}, expectedVersion: 1", vet)
    assert (out["status"], out["shownVersion"]) == ("PUBLISHED", 1)
    new, _none = sent(
        "articleUpdate", f"{key}, expectedVersion: 1, content: {CONTENT % 'Autre.'}", writer
    )
    assert (new["version"], new["shownVersion"]) == (2, 1)
    stale, errors = sent(
        "articleUpdate", f"{key}, expectedVersion: 1, content: {CONTENT % 'Perdu.'}", writer
    )
    assert (stale, errors[0]["code"]) == (None, "STALE")
    back, _none = sent("articleRestore", f"{key}, expectedVersion: 2, number: 1", writer)
    assert back["version"] == 3
    moved, _none = sent("articleSlugSet", f'{key}, slug: "neuf"', vet)
    assert moved["slug"] == "neuf"
    gone, _none = sent("articleWithdraw", key, vet)
    assert (gone["status"], Revision.objects.count()) == ("WITHDRAWN", 3)


def test_an_assistant_writes_and_does_not_publish_nor_does_a_manager_let_a_claim_stand():
    article = draft(body="Cet aliment guérit.")
    key = 'id: "%s", expectedVersion: 1' % global_id("Article", article.pk)
    for role, field in (
        (roles.Role.ASSISTANT, "articlePublish(input: {%s})" % key),
        (roles.Role.MANAGER, 'articleClaimsOverride(input: {%s, reason: "Oui."})' % key),
    ):
        answer = ask("mutation { %s { userErrors { code } } }" % field, login=staff(role))
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert Article.objects.get().status == "DRAFT"


def test_scheduling_into_the_past_is_refused_in_the_payload():
    article = draft()
    key = 'id: "%s", expectedVersion: 1' % global_id("Article", article.pk)
    _none, errors = sent(
        "articleSchedule", f'{key}, moment: "2020-01-01T00:00:00"', staff(roles.Role.VET)
    )
    assert (errors[0]["code"], errors[0]["path"]) == ("INVALID", ["input", "moment"])
    assert AuditEntry.objects.filter(action="article.status").count() == 0


def test_a_body_of_a_megabyte_is_refused_at_the_door():
    given = "content: %s" % (CONTENT % ("a" * 1_000_000))
    answer = ask("mutation { articleCreate(input: {%s}) { userErrors { code } } }" % given)
    assert answer["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    words = {"language": "FR", "title": "Peser", "standfirst": "Ainsi.", "body": "a" * 60_001}
    content = {"words": [words], "author": "anne", "sources": [], "reviewedOn": "2026-10-01"}
    change = """mutation($input: ArticleCreateInput!) { articleCreate(input: $input) {
        userErrors { code path } draft { id } } }"""
    by = staff(roles.Role.VET)
    made = answered(change, {"input": {"content": content}}, login=by)["articleCreate"]
    assert made["draft"] is None
    assert [(each["code"], each["path"][-1]) for each in made["userErrors"]] == [
        ("LIMIT_REACHED", "body")
    ]
    assert Article.objects.count() == 0


def test_writers_read_revisions_and_what_changed_between_them():
    article = edited(edited(draft("Un"), title="Deux"), title="Trois")
    query = """query($id: ID!) { articleDraft(id: $id) { missing preview
        content { words { title body } sources { title } }
        revisions(first: 2) { nodes { number content { words { title } } }
            pageInfo { hasNextPage endCursor } }
        difference(before: 1) { field lines { change text } } } }"""
    key = global_id("Article", article.pk)
    found = answered(query, {"id": key}, login=staff(roles.Role.VET))["articleDraft"]
    assert [each["number"] for each in found["revisions"]["nodes"]] == [3, 2]
    assert found["difference"] == [
        {
            "field": "title_fr",
            "lines": [{"change": "REMOVED", "text": "Un"}, {"change": "ADDED", "text": "Trois"}],
        }
    ]
    assert (found["missing"], found["preview"][:24]) == ([], '<h2 id="pourquoi">Pourqu')
    after = found["revisions"]["pageInfo"]["endCursor"]
    rest = answered(
        query.replace("first: 2", f'first: 2, after: "{after}"'),
        {"id": key},
        login=staff(roles.Role.VET),
    )["articleDraft"]["revisions"]
    assert [each["number"] for each in rest["nodes"]] == [1]


ADD = """mutation($ticket: String!, $alt: String!) {
    articlePictureAdd(input: {ticket: $ticket, altFr: $alt}) { reference userErrors { code } } }"""


def sent_picture(login, data, *, purpose=UploadPurpose.ARTICLE_PICTURE):
    now = timezone.now()
    ticket = uploads.issue(
        purpose=purpose,
        content_type="image/png",
        size_bytes=len(data),
        owner=f"login:{login.pk}",
        at=now,
    )
    uploads.receive(ticket.token, [data], at=now)
    return ticket.token


def test_a_picture_is_sent_and_named_for_the_text():
    login = staff(roles.Role.ASSISTANT)
    given = {"ticket": sent_picture(login, png()), "alt": "Un chat"}
    found = answered(ADD, given, login=login)["articlePictureAdd"]
    row = Picture.objects.get()
    assert found == {"reference": f"picture:{row.key}", "userErrors": []}
    assert row.alt_fr == "Un chat"


@pytest.mark.parametrize(
    ("data", "alt", "purpose", "code"),
    [
        (b"<svg onload=alert(1)>", "Chat", UploadPurpose.ARTICLE_PICTURE, "PICTURE_REFUSED"),
        (None, " ", UploadPurpose.ARTICLE_PICTURE, "INVALID"),
        (None, "Chat", UploadPurpose.PET_PHOTO, "UPLOAD_REFUSED"),
    ],
)
def test_what_is_no_picture_for_articles_is_refused(data, alt, purpose, code):
    login = staff(roles.Role.ASSISTANT)
    given = {"ticket": sent_picture(login, data or png(), purpose=purpose), "alt": alt}
    found = answered(ADD, given, login=login)["articlePictureAdd"]
    assert found == {"reference": None, "userErrors": [{"code": code}]}
    assert Picture.objects.count() == 0


def test_what_a_hostile_writer_sends_is_shown_harmless():
    body = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>y</script>"
    shown(draft(body=body), at=NOW)
    html = answered(PAGE, {"slug": "peser-son-chat"})["article"]["html"]
    assert html == (
        "<p>&lt;img src=x onerror=alert(1)&gt; [x](javascript:alert(1)) "
        "&lt;script&gt;y&lt;/script&gt;</p>\n"
    )
