"""Articles and videos at the desk: written beside their preview, published by a button."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from advice.models import Article, Author, ClaimOverride, Picture, Revision, Topic, Video
from kernel.animals import Language, Species
from tests.advice.builders import VTT, author, draft, edited, picture, png, published, topic, video
from tests.builders import NOW, make_clinic
from tests.builders import published as product_published
from tests.catalog.desk import acting, back_office, filled, page, told

pytestmark = pytest.mark.django_db
CLAIM = "Cet aliment guérit."


def form_of(client, article):
    return client.get(page("advice_article_change", article.pk))


def test_the_list_of_articles_costs_the_same_for_one_and_for_twenty():
    client = back_office()
    published()
    client.get(page("advice_article_changelist"))
    with CaptureQueriesContext(connection) as one:
        client.get(page("advice_article_changelist"))
    for number in range(19):
        published(slug=f"a{number}")
    with CaptureQueriesContext(connection) as twenty:
        response = client.get(page("advice_article_changelist"))
    assert len(response.context["cl"].result_list) == 20
    assert len(twenty) == len(one)


def test_a_new_article_is_a_draft_in_the_name_of_who_wrote_it():
    author()
    topic()
    client = back_office(Role.ASSISTANT)
    response = client.post(
        page("advice_article_add"),
        {
            "title_fr": "Peser son chat",
            "standfirst_fr": "Ainsi.",
            "body_fr": "## Quand\r\n\r\nLe matin.",
            "form": "ARTICLE",
            "author": "anne",
            "topics": ["poids"],
            "species": ["cat"],
            "products": "croq\n\ncroq\n",
            "sources": "WSAVA | https://wsava.org/\nUn livre",
            "reviewed_on": "2026-10-01",
        },
        follow=True,
    )
    assert told(response) == ["The draft is open."]
    article = Article.objects.get()
    kept = article.revisions.get()
    assert (article.slug, article.status, kept.by) == ("peser-son-chat", "DRAFT", acting(client))
    content = kept.content
    assert content.words[Language.FR].body == "## Quand\n\nLe matin."
    assert (content.products, content.species) == (("croq",), (Species.CAT,))
    assert [(each.title, each.url) for each in content.sources] == [
        ("WSAVA", "https://wsava.org/"),
        ("Un livre", ""),
    ]


def test_the_page_comes_back_as_it_was_kept_and_saving_it_changes_nothing():
    topic()
    article = draft(topics=("poids",), species=(Species.CAT,), english=("Weigh", "How.", "Text."))
    client = back_office()
    response = client.post(
        page("advice_article_change", article.pk), filled(form_of(client, article)), follow=True
    )
    assert told(response) == ["Kept. Readers see it once it is published."]
    assert Revision.objects.count() == 1


def test_of_two_who_write_the_second_is_told_and_loses_nothing_typed():
    article = draft()
    client = back_office()
    mine = filled(form_of(client, article), body_fr="Le mien.")
    edited(article, body="Le sien.")
    response = client.post(page("advice_article_change", article.pk), mine)
    form = response.context["adminform"].form
    assert form.non_field_errors() == [
        "This was changed meanwhile: read it again, then repeat your change."
    ]
    assert form["body_fr"].value() == "Le mien."
    assert [each.number for each in Revision.objects.all()] == [2, 1]


def test_an_article_is_published_by_a_button_as_it_was_read():
    article = draft()
    client = back_office()
    button = page("advice_article_publish", article.pk)
    response = client.post(button, {"expected_version": 1}, follow=True)
    assert told(response) == ["The article is there for readers."]
    article.refresh_from_db()
    assert article.status == "PUBLISHED"
    entry = AuditEntry.objects.get(action="article.status")
    assert entry.by == acting(client)
    changed = edited(article, body="Autre.")
    response = client.post(button, {"expected_version": 1})
    assert "This was changed meanwhile" in response.content.decode()
    changed.refresh_from_db()
    assert changed.shown.number == 1


def test_an_article_is_scheduled_by_the_clock_of_the_clinic():
    article = draft()
    client = back_office()
    asked = client.get(page("advice_article_schedule", article.pk))
    assert asked.context["form"]["expected_version"].value() == 1
    response = client.post(
        page("advice_article_schedule", article.pk),
        {"expected_version": 1, "moment": "2099-01-01T09:00"},
        follow=True,
    )
    assert told(response) == ["The article will show itself at its moment."]
    article.refresh_from_db()
    local = timezone.localtime(article.published_at)
    assert (article.status, local.isoformat()) == ("SCHEDULED", "2099-01-01T09:00:00+01:00")


def test_what_is_missing_and_what_is_marked_stand_above_the_form():
    article = draft(body=CLAIM, sources=(), products=("none",))
    panel = form_of(back_office(Role.VET), article).context["panel"]
    assert panel["missing"] == ["a source", "product:none"]
    assert [(mark.word, stands) for mark, stands in panel["marks"]] == [("guérit", False)]
    assert "claims" in panel["acts"]


def test_a_vet_answers_for_marked_words_and_nobody_else_can():
    article = draft(body=CLAIM)
    given = {"expected_version": 1, "reason": "Cité pour le nier."}
    button = page("advice_article_claims", article.pk)
    assert back_office(Role.MANAGER).post(button, given).status_code == 403
    assert ClaimOverride.objects.count() == 0
    vet = back_office(Role.VET)
    assert told(vet.post(button, given, follow=True)) == ["The marked words may stand."]
    assert ClaimOverride.objects.get().by == acting(vet)


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.ASSISTANT, {"submit", "restore"}),
        (Role.CATALOGUE, {"submit", "restore"}),
        (Role.MANAGER, {"submit", "restore", "publish", "schedule", "address"}),
        (Role.VET, {"submit", "restore", "publish", "schedule", "address", "claims"}),
    ],
)
def test_each_role_sees_what_it_may_do_to_a_draft(role, acts):
    assert set(form_of(back_office(role), draft()).context["panel"]["acts"]) == acts


def test_who_has_no_duty_has_no_page():
    article = draft()
    client = back_office(Role.ORDERS)
    assert client.get(page("advice_article_change", article.pk)).status_code == 403
    for name in ("preview", "drop"):
        assert client.post(page(f"advice_article_{name}"), {"text": "a"}).status_code == 403
    assert client.get(page("advice_article_revisions", article.pk)).status_code == 403
    assert Picture.objects.count() == 0


def test_the_preview_is_what_readers_will_see_with_the_marks_above():
    make_clinic()
    product_published("croq", name="Croquettes")
    text = f"{CLAIM}\n\n![](product:croq)\n\n<script>x</script> [a](javascript:b)"
    client = back_office()
    html = client.post(page("advice_article_preview"), {"text": text}).content.decode()
    assert "<b>guérit</b> may not stand beside a food" in html
    assert '<figure class="product" data-product="croq">' in html
    assert "&lt;script&gt;x&lt;/script&gt; [a](javascript:b)" in html
    assert client.get(page("advice_article_preview")).status_code == 405


def test_a_picture_dropped_on_the_text_is_there_at_once():
    client = back_office()
    file = SimpleUploadedFile("a.png", png(), "image/png")
    told_ = client.post(page("advice_article_drop"), {"picture": file, "alt": "Un [chat]"}).json()
    made = Picture.objects.get()
    assert told_ == {"reference": f"picture:{made.key}", "alt": "Un chat"}
    assert [width for width, _name in made.renditions] == [320, 400]


@pytest.mark.parametrize(
    ("data", "alt"), [(b"<svg onload=x>", "Chat"), (b"", "Chat"), (None, "Chat"), ("png", " ")]
)
def test_a_file_that_is_no_picture_or_has_no_words_is_refused(data, alt):
    sent = png() if data == "png" else data
    files = {} if sent is None else {"picture": SimpleUploadedFile("a.png", sent, "image/png")}
    response = back_office().post(page("advice_article_drop"), {**files, "alt": alt})
    assert response.status_code == 422
    assert response.json()["message"]
    assert Picture.objects.count() == 0


def test_revisions_are_compared_and_one_comes_back():
    article = edited(draft(body="Un.\nDeux."), body="Un.\nTrois.")
    client = back_office()
    html = client.get(page("advice_article_revisions", article.pk)).content.decode()
    assert "<del>Deux.</del><ins>Trois.</ins>" in html
    response = client.post(
        page("advice_article_restore", article.pk),
        {"number": 1, "expected_version": 2},
        follow=True,
    )
    assert told(response) == ["What that revision said is the latest again."]
    assert Article.objects.get().version == 3


def test_an_address_is_changed_and_one_taken_is_refused():
    article = draft(slug="a")
    draft(slug="b")
    client = back_office()
    response = client.post(page("advice_article_address", article.pk), {"slug": "b"})
    assert "belongs to another article" in response.content.decode()
    client.post(page("advice_article_address", article.pk), {"slug": "c"})
    article.refresh_from_db()
    assert article.slug == "c"


def test_topics_and_authors_are_kept_and_their_slug_stays():
    client = back_office()
    client.post(page("advice_topic_add"), {"name_fr": "Poids", "slug": "poids", "position": 0})
    client.post(
        page("advice_author_add"), {"name": "Anne", "slug": "anne", "title_fr": "vétérinaire"}
    )
    row, who = Topic.objects.get(), Author.objects.get()
    client.post(
        page("advice_topic_change", row.pk), {"name_fr": "Le poids", "slug": "x", "position": 1}
    )
    row.refresh_from_db()
    assert (row.name_fr, row.slug, who.name) == ("Le poids", "poids", "Anne")


def test_a_picture_is_added_and_described():
    client = back_office()
    file = SimpleUploadedFile("a.png", png(), "image/png")
    client.post(page("advice_picture_add"), {"picture": file, "alt_fr": "Chat"})
    row = Picture.objects.get()
    client.post(page("advice_picture_change", row.pk), {"alt_fr": "Un chat", "credit": "Léa"})
    row.refresh_from_db()
    assert (row.alt_fr, row.credit) == ("Un chat", "Léa")


def test_a_video_is_made_captioned_and_published():
    poster = picture()
    client = back_office()
    given = {
        "title_fr": "Peser",
        "description_fr": "Ainsi.",
        "external_url": "https://videos.example/a",
        "poster": poster.pk,
        "captions_fr": VTT,
    }
    client.post(page("advice_video_add"), given)
    row = Video.objects.get()
    assert row.captions.get().transcript == "Pesez votre chat chaque mois."
    response = client.post(page("advice_video_publish", row.pk), follow=True)
    assert told(response)[-1] == "The video is there for visitors."
    row.refresh_from_db()
    assert row.status == "PUBLISHED"


def test_a_video_whose_captions_are_none_is_refused_in_the_form_and_nothing_is_kept():
    response = back_office().post(
        page("advice_video_add"),
        {"title_fr": "Peser", "description_fr": "Ainsi.", "captions_fr": "rien"},
    )
    assert "WebVTT; see block 1" in response.content.decode()
    assert Video.objects.count() == 0


def test_every_page_of_advice_opens():
    article, clip = published(), video()
    client = back_office(Role.VET)
    for name, key in (("article", article.pk), ("video", clip.pk)):
        assert client.get(page(f"advice_{name}_change", key)).status_code == 200
    for name in ("article", "video", "picture", "topic", "author", "claimoverride"):
        assert client.get(page(f"advice_{name}_changelist")).status_code == 200, name
    assert NOW
