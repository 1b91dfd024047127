"""Brands and categories, named and moved; every card that shows them follows."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import cards
from catalog.models import Brand, Category, Product
from clinic import revision
from kernel.refusals import Invalid

DEEPEST = 3


def save_brand(*, brand: Brand, at: datetime) -> None:
    """Keep a brand, and show it anew wherever it stands."""
    with transaction.atomic():
        brand.save()
        cards.project(Product.objects.filter(brand=brand).values_list("pk", flat=True), at=at)
        revision.bump()


def save_category(*, category: Category, at: datetime) -> None:
    """Keep a category, give it and all below it their paths, and show them anew.

    Raises:
        Invalid: deeper than three levels, or placed below itself.
    """
    with transaction.atomic():
        category.path = path_of(category)
        category.save()
        _name_children(category)
        inside = Product.objects.filter(category__path__startswith=category.path)
        cards.project(inside.values_list("pk", flat=True), at=at)
        revision.bump()


def path_of(category: Category) -> str:
    steps = [category.slug]
    step = category.parent
    while step is not None:
        if step.pk == category.pk or len(steps) >= DEEPEST:
            raise Invalid(
                path=["parent"], value=category.slug, expected=str(_("at most three levels"))
            )
        steps.append(step.slug)
        step = step.parent
    return "/".join(reversed(steps))


def _name_children(category: Category) -> None:
    for child in category.children.all():
        child.path = path_of(child)
        child.save(update_fields=["path"])
        _name_children(child)
