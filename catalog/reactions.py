"""What the catalogue does when something has happened; handlers bear hearing it twice."""

from django.utils import timezone

from catalog import gallery, search
from catalog.events import CatalogueTextChanged, PictureAdded
from kernel import events
from kernel.text_index import IndexUnavailable


@events.on(CatalogueTextChanged)
def teach_the_index(event: CatalogueTextChanged) -> None:
    try:
        search.refresh(event.product_ids)
    except IndexUnavailable:
        search.rebuild()


@events.on(PictureAdded)
def render_the_picture(event: PictureAdded) -> None:
    gallery.render_picture(event.picture_id, at=timezone.now())
