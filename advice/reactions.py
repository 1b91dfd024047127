"""What advice does when something has happened; handlers bear hearing it twice."""

from advice import album, cards, search
from advice.events import AdviceTextChanged, PictureAdded
from catalog.events import CatalogueTextChanged
from kernel import events
from kernel.text_index import IndexUnavailable


@events.on(AdviceTextChanged)
def teach_the_index(event: AdviceTextChanged) -> None:
    try:
        search.refresh(article_ids=event.article_ids, video_ids=event.video_ids)
    except IndexUnavailable:
        search.rebuild()


@events.on(PictureAdded)
def render_the_picture(event: PictureAdded) -> None:
    album.render_picture(event.picture_id)


@events.on(CatalogueTextChanged)
def show_products_as_they_are(event: CatalogueTextChanged) -> None:
    """A product's name and address, and whether it is on show, stand in the text of articles."""
    cards.project({pk for key in event.product_ids for pk in cards.showing(product=key)})
