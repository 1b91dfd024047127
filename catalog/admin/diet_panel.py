"""What a pet eats, on its page: products of the shop, or foods in the owner's words."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin.files import Panel
from accounts.admin.labels import ORIGINS, day
from accounts.vocabulary import Origin
from catalog.diets import diet_of
from catalog.models import DietLine, ProductText
from clinic.details import PARIS
from kernel.animals import Language
from pets.models import Pet


def diet_panel(request: HttpRequest, pet: Pet, at: datetime) -> Panel:
    """The diet in force, in two statements; a product leads to its page for who may open it."""
    lines = diet_of([pet], on=at.astimezone(PARIS).date())[pet.pk]
    keys = [line.product_id for line in lines]
    texts = ProductText.objects.filter(product__in=keys, language=Language.FR)
    names = dict(texts.values_list("product", "name"))
    may_open = request.user.has_perm("catalog.view_product")
    return Panel(
        title=gettext("Diet"),
        template="admin/catalog/diet_panel.html",
        facts={"lines": [_row(line, names, may_open=may_open) for line in lines]},
    )


def _row(line: DietLine, names: dict[int, str], *, may_open: bool) -> dict[str, str]:
    product = line.product
    name = names.get(product.pk, product.slug) if product else line.food_text
    amounts = [
        gettext("%(grams)d g a day") % {"grams": line.grams_per_day} if line.grams_per_day else "",
        f"{line.share_percent} %" if line.share_percent else "",
    ]
    page = reverse("admin:catalog_product_change", args=[product.pk]) if product else ""
    return {
        "name": name,
        "page": page if may_open else "",
        "amount": " · ".join(filter(None, amounts)),
        "since": day(line.since),
        "source": str(ORIGINS[Origin(line.origin)]),
    }
