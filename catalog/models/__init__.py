from catalog.models.card import Card, SearchMiss, SynonymGroup
from catalog.models.diet import DietLine
from catalog.models.imports import ImportProblem, ImportRun, SupplierFormat
from catalog.models.medicine import MedicinePack
from catalog.models.naming import Brand, Category
from catalog.models.picture import Picture
from catalog.models.price import PriceChange, Reduction, VatRate
from catalog.models.product import (
    Attribute,
    Nutrition,
    Product,
    ProductAttribute,
    ProductReference,
    ProductText,
    RationRow,
    SlugHistory,
)
from catalog.models.review import Review, ReviewInvitation, ReviewReport
from catalog.models.stock import Lot, Stock, StockMovement
from catalog.models.variant import Variant, VariantReference

__all__ = [
    "Attribute",
    "Brand",
    "Card",
    "Category",
    "DietLine",
    "ImportProblem",
    "ImportRun",
    "Lot",
    "MedicinePack",
    "Nutrition",
    "Picture",
    "PriceChange",
    "Product",
    "ProductAttribute",
    "ProductReference",
    "ProductText",
    "RationRow",
    "Reduction",
    "Review",
    "ReviewInvitation",
    "ReviewReport",
    "SearchMiss",
    "SlugHistory",
    "Stock",
    "StockMovement",
    "SupplierFormat",
    "SynonymGroup",
    "Variant",
    "VariantReference",
    "VatRate",
]
