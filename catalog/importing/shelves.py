"""Brands and categories that an import names: those that are there, or new ones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.text import slugify

from catalog import naming
from catalog.importing.records import ProductRecord, category_path, category_steps, fold, shortened
from catalog.models import Brand, Category

_LONGEST_SLUG = 80
_LONGEST_NAME = 80


def brands_of(records: Iterable[ProductRecord]) -> dict[str, Brand]:
    """The brand of each name, whatever its capitals and accents; made where it is missing."""
    known = {fold(brand.name): brand for brand in Brand.objects.all()}
    taken = {brand.slug for brand in known.values()}
    found = {}
    for record in records:
        key = fold(record.brand)
        if key not in known:
            slug = _free_slug(record.brand, taken)
            taken.add(slug)
            known[key] = Brand.objects.create(name=record.brand, slug=slug, **record.brand_facts)
        found[record.brand] = known[key]
    return found


def _free_slug(name: str, taken: set[str]) -> str:
    slug = shortened(slugify(name), _LONGEST_SLUG - 4)
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def brands_that_differ(
    facts: Mapping[str, Mapping[str, str]],
) -> list[tuple[Brand, dict[str, tuple[str, str]]]]:
    """Brands of which a file tells other facts, by folded name; an empty one says nothing."""
    differing = []
    for brand in Brand.objects.all():
        told = facts.get(fold(brand.name), {})
        changes = {
            name: (getattr(brand, name), value)
            for name, value in told.items()
            if value and value != getattr(brand, name)
        }
        if changes:
            differing.append((brand, changes))
    return differing


def change_brand(brand: Brand, changes: Mapping[str, tuple[str, str]], *, at: datetime) -> None:
    for name, (_before, after) in changes.items():
        setattr(brand, name, after)
    naming.save_brand(brand=brand, at=at)


def categories_of(records: Sequence[ProductRecord]) -> dict[str, Category]:
    """The category at each place named, made with all above it where it is missing."""
    known = {category.path: category for category in Category.objects.all()}
    return {record.category: _category_at(record.category, known) for record in records}


def _category_at(place: str, known: dict[str, Category]) -> Category:
    path = category_path(place)
    if path in known:
        return known[path]
    steps = category_steps(place)
    name = steps[-1]
    slug = slugify(name)
    known[path] = Category.objects.create(
        path=path,
        slug=slug,
        parent=_category_at("/".join(steps[:-1]), known) if steps[:-1] else None,
        name_fr=(name.replace("-", " ").capitalize() if name == slug else name)[:_LONGEST_NAME],
    )
    return known[path]
