"""Selections as they are executed: fragments unfolded, each once; equal response names merged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection set, and the name of the type that it is selected from where that is known."""

    of: SelectionSetNode
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that is asked for, and the type that it is asked of."""

    node: FieldNode
    parent: str | None


type Fragments = Mapping[str, FragmentDefinitionNode]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }


def merged(
    selected: Iterable[Selected], fragments: Fragments, visit: Callable[[], None] = lambda: None
) -> dict[str, list[Asked]]:
    """Fields by response name, in order; `visit` is called for each selection that is read."""
    found: dict[str, list[Asked]] = {}
    seen: set[str] = set()
    waiting = list(selected)[::-1]
    while waiting:
        here = waiting.pop()
        inside: list[Selected] = []
        for node in here.of.selections:
            visit()
            if isinstance(node, FieldNode):
                name = (node.alias or node.name).value
                found.setdefault(name, []).append(Asked(node, here.parent))
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition.name.value if node.type_condition else here.parent
                inside.append(Selected(node.selection_set, on))
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = fragments.get(node.name.value)
                if fragment:
                    on = fragment.type_condition.name.value
                    inside.append(Selected(fragment.selection_set, on))
        waiting += reversed(inside)
    return found
