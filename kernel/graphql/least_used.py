"""A store of bounded size, which gives up what was used least."""

from collections import OrderedDict


class LeastUsed[K, V]:
    """Values by key, each of some size; whoever shares it between threads holds a lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        #: Of all that is held.
        self.size = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K) -> V | None:
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def take(self, key: K) -> V | None:
        """Give a value, and hold it no more."""
        value, size = self._held.pop(key, (None, 0))
        self.size -= size
        return value

    def put(self, key: K, value: V, *, size: int = 1) -> None:
        self.take(key)
        self._held[key] = value, size
        self.size += size
        while self.size > self._most:
            self.size -= self._held.popitem(last=False)[1][1]

    def clear(self) -> None:
        self._held.clear()
        self.size = 0
