"""Things that are connected, in groups."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Groups(Generic[T]):
    """Members that belong together, directly or through others."""

    def __init__(self) -> None:
        self._above: dict[T, T] = {}

    def join(self, members: Iterable[T]) -> None:
        """These belong together; who is new here is welcome."""
        first: T | None = None
        for member in members:
            self._above.setdefault(member, member)
            if first is None:
                first = self.leader(member)
            else:
                self._above[self.leader(member)] = first

    def leader(self, member: T) -> T:
        """The member that stands for the group of this one."""
        above = self._above
        while above[member] != member:
            above[member] = member = above[above[member]]
        return member

    def __contains__(self, member: T) -> bool:
        return member in self._above

    def __iter__(self) -> Iterator[T]:
        return iter(self._above)
