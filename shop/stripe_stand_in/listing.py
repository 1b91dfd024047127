"""Lists by page and by time, and the expanding of ids to what they name."""

from copy import deepcopy
from typing import Any

from shop.stripe_stand_in.errors import ApiError, missing
from shop.stripe_stand_in.world import Thing, World

MOST = 100
USUAL = 10
_CONTROLS = {"limit", "starting_after", "ending_before", "created", "expand", "types"}


def page(world: World, params: Thing, *, kind: str, url: str) -> Thing:
    """The things of a kind, the last made first. Raises: ApiError."""
    limit = int(params.get("limit", USUAL))
    if not 1 <= limit <= MOST:
        raise ApiError(f"Invalid limit: between 1 and {MOST}.", param="limit")
    found = [thing for thing in world.all_of(kind) if fits(thing, params)]
    if "ending_before" in params:
        found = found[: place_of(found, params["ending_before"], "ending_before")][-limit:]
        return {"object": "list", "data": found, "has_more": False, "url": url}
    if "starting_after" in params:
        found = found[place_of(found, params["starting_after"], "starting_after") + 1 :]
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": url}


def place_of(found: list[Thing], asked: str, param: str) -> int:
    for place, thing in enumerate(found):
        if thing["id"] == asked:
            return place
    raise missing("object", asked, param=param)


def fits(thing: Thing, params: Thing) -> bool:
    if not was_made_within(thing["created"], params.get("created", {})):
        return False
    if "types" in params and thing["type"] not in params["types"]:
        return False
    wanted = {name: value for name, value in params.items() if name not in _CONTROLS}
    return all(thing.get(name) == value for name, value in wanted.items())


def was_made_within(made: int, span: Any) -> bool:
    if isinstance(span, str):
        return made == int(span)
    tests = {
        "gt": made.__gt__,
        "gte": made.__ge__,
        "lt": made.__lt__,
        "lte": made.__le__,
    }
    return all(tests[name](int(value)) for name, value in span.items())


def expanded(world: World, thing: Thing, paths: list[str]) -> Thing:
    """A copy in which the named ids stand for the things themselves. Raises: ApiError."""
    copied = deepcopy(thing)
    for path in paths:
        expand(world, copied, path.split("."), path)
    return copied


def expand(world: World, branch: Any, steps: list[str], path: str) -> None:
    if isinstance(branch, list):
        for each in branch:
            expand(world, each, steps, path)
        return
    if not isinstance(branch, dict) or steps[0] not in branch:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    value = branch[steps[0]]
    if isinstance(value, str) and value in world.things:
        value = branch[steps[0]] = deepcopy(world.things[value])
    if len(steps) > 1 and value is not None:
        expand(world, value, steps[1:], path)
