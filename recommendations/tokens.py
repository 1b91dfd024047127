"""What a suggestion was, signed: where it stood, by which version, with what chance.

A token comes back with feedback and with the line of a cart; nobody else can make one.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing

from recommendations.vocabulary import ReasonKind, Shelf, Team

#: A suggestion may be acted upon for so long.
VALID_FOR: Final = timedelta(days=30)
_SALT: Final = "suggestion"
_SHELVES, _REASONS, _TEAMS = list(Shelf), list(ReasonKind), list(Team)
_WHOLE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A product in a place of a list; `propensity` is the chance that it stood there."""

    shelf: Shelf
    reason: ReasonKind
    position: int
    version: int
    product: int
    pet: int | None = None
    propensity: float = 1.0
    team: Team = Team.MODEL
    is_interleaved: bool = False


def sign(shown: Suggested) -> str:
    """Fewer than 200 characters, for a cart's line."""
    facts = [
        _SHELVES.index(shown.shelf),
        _REASONS.index(shown.reason),
        shown.position,
        shown.version,
        shown.product,
        shown.pet or 0,
        round(shown.propensity * _WHOLE),
        _TEAMS.index(shown.team),
        int(shown.is_interleaved),
    ]
    return signing.dumps(facts, salt=_SALT)


def read(token: str) -> Suggested | None:
    """What was signed; None of what was not, or too long ago."""
    try:
        facts = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    shelf, reason, position, version, product, pet, chance, team, interleaved = facts
    return Suggested(
        shelf=_SHELVES[shelf],
        reason=_REASONS[reason],
        position=position,
        version=version,
        product=product,
        pet=pet or None,
        propensity=chance / _WHOLE,
        team=_TEAMS[team],
        is_interleaved=bool(interleaved),
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
