"""The shop's own settings, with a constant answer where kept answers are given."""

from shop.settings import *  # noqa: F403
from shop.settings import MIDDLEWARE

_place = MIDDLEWARE.index("shop.kept.KeptAnswers")
MIDDLEWARE = [*MIDDLEWARE[:_place], "benchmarks.constant.ConstantAnswer", *MIDDLEWARE[_place:]]
