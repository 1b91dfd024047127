"""What machines of others read: the Atom feed, the sitemap, and captions for players."""

from io import StringIO

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from advice import reading
from advice.reading import ArticleBody, Question, Reader
from advice.references import article_url, product_url
from advice.vocabulary import ArticleSort
from catalog import listing
from clinic import details, revision
from kernel.animals import Language
from shop.graphql_http import language_of

_MOST_PRODUCTS = 10_000
_NEWEST = 20
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """The twenty newest articles as Atom (RFC 4287), in the language that is asked for."""
    language = language_of(request)
    reader = Reader(revision=revision.current(), at=timezone.now(), language=language)
    page = reading.list_articles(Question(sort=ArticleSort.NEWEST, first=_NEWEST), reader)
    feed = Atom1Feed(
        title=details.public_details(reader.revision).clinic.name,
        link=f"{settings.STOREFRONT_URL}/conseils",
        feed_url=f"{settings.PUBLIC_URL}{request.path}",
        description="",
        language=language.value,
    )
    for body in page.bodies:
        _add(feed, body)
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    response["Vary"] = "Accept-Language"
    response["Content-Language"] = language.value
    feed.write(response, "utf-8")
    return response


def _add(feed: Atom1Feed, body: ArticleBody) -> None:
    brief = body.brief
    author = brief["author"]
    feed.add_item(
        title=brief["title"],
        link=article_url(brief["slug"]),
        # The slug may change, the article stays the same one for who reads it.
        unique_id=f"{settings.STOREFRONT_URL}/conseils#{body.key}",
        description=brief["standfirst"],
        author_name=author["name"] if author else None,
        pubdate=body.published_at,
        updateddate=body.updated_at,
        categories=[each["name"] for each in brief["topics"]],
    )


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """Every page of the shop and of its advice that search engines may read."""
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement("urlset", {"xmlns": _SITEMAP})  # type: ignore[arg-type]
    for slug in listing.slugs_on_show(most=_MOST_PRODUCTS):
        _url(xml, product_url(slug))
    for address, moment in reading.addresses(timezone.now()):
        _url(xml, address, changed=moment.isoformat(timespec="seconds"))
    xml.endElement("urlset")
    xml.endDocument()
    return HttpResponse(out.getvalue(), content_type="application/xml; charset=utf-8")


def _url(xml: SimplerXMLGenerator, address: str, *, changed: str = "") -> None:
    xml.startElement("url", {})  # type: ignore[arg-type]
    xml.addQuickElement("loc", address)
    if changed:
        xml.addQuickElement("lastmod", changed)
    xml.endElement("url")


@require_safe
def captions(_request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The captions of a video: players on other sites of the clinic may read them."""
    found = reading.captions_of(slug, language) if language in Language else None
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="text/vtt; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response
