"""What a request asks for below a field, known before anything is fetched."""

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from accounts.graphql.info import Info


def names_below(info: Info) -> set[str]:
    """Every field name anywhere below the field being resolved, fragments unfolded."""
    raw = info._raw_info  # noqa: SLF001
    fragments = raw.fragments

    def walk(selections: SelectionSetNode | None, seen: frozenset[str]) -> Iterator[str]:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node.name.value
                yield from walk(node.selection_set, seen)
            elif isinstance(node, InlineFragmentNode):
                yield from walk(node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                name = node.name.value
                yield from walk(fragments[name].selection_set, seen | {name})

    return {name for node in raw.field_nodes for name in walk(node.selection_set, frozenset())}
