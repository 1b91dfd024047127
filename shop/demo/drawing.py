"""Drawing in other processes, which know nothing of Django."""

from dataclasses import dataclass

from kernel import pictures
from kernel.pictures import Rendered
from shop.demo.packshots import draw_packshot


@dataclass(frozen=True, slots=True)
class Packshot:
    """What is drawn of a product; plain values, for another process."""

    product_id: int
    name: str
    brand: str
    form: str
    species: tuple[str, ...]
    pack: str


def draw(shot: Packshot) -> tuple[int, bytes, Rendered]:
    """The packshot of a product, and its renditions."""
    data = draw_packshot(
        name=shot.name,
        brand=shot.brand,
        form=shot.form,
        species=shot.species,
        pack=shot.pack,
        seed=shot.product_id,
    )
    return shot.product_id, data, pictures.render(data)
