"""What a request asks for below a field, known before anything is fetched."""

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from accounts.graphql.info import Info


def names_below(info: Info) -> set[str]:
    """Every field name anywhere below the field being resolved; each fragment is read once."""
    raw = info._raw_info  # noqa: SLF001
    fragments = raw.fragments
    seen: set[str] = set()

    def walk(selections: SelectionSetNode | None) -> Iterator[str]:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node.name.value
                yield from walk(node.selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from walk(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                yield from walk(fragments[node.name.value].selection_set)

    return {name for node in raw.field_nodes for name in walk(node.selection_set)}
