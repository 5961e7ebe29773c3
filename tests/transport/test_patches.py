from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_qruntime.transport.patches import Patch


class Base:
    def inherited(self) -> str:
        return "original"


class Owner(Base):
    def own(self) -> str:
        return "original"


def louder(original: Callable[..., str]) -> Callable[..., str]:
    def replacement(*args: Any) -> str:
        return original(*args).upper()

    return replacement


def test_an_own_and_an_inherited_attribute_are_put_back_where_they_were() -> None:
    before = dict(vars(Owner))
    patches = [Patch(Owner, "own", louder), Patch(Owner, "inherited", louder)]

    for _ in range(2):
        for patch in patches:
            patch.install()
        assert (Owner().own(), Owner().inherited(), Base().inherited()) == ("ORIGINAL", "ORIGINAL", "original")
        for patch in patches:
            patch.remove()
        assert dict(vars(Owner)) == before


def test_removing_what_was_never_installed_changes_nothing() -> None:
    before = dict(vars(Owner))

    Patch(Owner, "own", louder).remove()
    Patch(Owner, "inherited", louder).remove()

    assert dict(vars(Owner)) == before


def test_a_replacement_is_made_once_for_the_same_original() -> None:
    made: list[object] = []

    def make(original: Callable[..., str]) -> Callable[..., str]:
        made.append(original)
        return louder(original)

    patch = Patch(Owner, "own", make)
    for _ in range(3):
        patch.install()
        patch.remove()

    assert len(made) == 1
