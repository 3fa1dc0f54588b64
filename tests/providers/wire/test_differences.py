"""What changed between two sets of inputs, in the engine's own paths."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.differences import Change, changes


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": None}, {}, []),
        ({"a": 1}, {"a": 2}, [Change("a", "update")]),
        ({}, {"a": 1}, [Change("a", "add")]),
        ({"a": 1}, {}, [Change("a", "delete")]),
        ({"a": 1}, {"a": None}, [Change("a", "delete")]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [Change("a.b[1]", "update")]),
        ({"a": [1]}, {"a": [1, 2]}, [Change("a[1]", "add")]),
        ({"a": [1, 2]}, {"a": [1]}, [Change("a[1]", "delete")]),
        (
            {"rules": [{"expiration": {"days": 1}}]},
            {"rules": [{"expiration": {"days": 7}}]},
            [Change("rules[0].expiration.days", "update")],
        ),
        ({"tags": {}}, {"tags": {"a b": "1"}}, [Change('tags["a b"]', "add")]),
        ({"tags": {}}, {"tags": {'a"b': "1"}}, [Change('tags["a\\"b"]', "add")]),
        ({"a": {"b": 1}}, {"a": "text"}, [Change("a", "update")]),
        ({"z": 1, "a": 1}, {"z": 2, "a": 2}, [Change("a", "update"), Change("z", "update")]),
    ],
)
def test_each_difference_has_its_path_and_kind(old: Any, new: Any, expected: list[Change]) -> None:
    assert changes(old, new) == expected


@pytest.mark.parametrize("path", ["tags", "tags.a", 'tags["a b"]', "tags[0].b"])
def test_the_property_a_change_lies_in(path: str) -> None:
    assert Change(path, "update").top == "tags"


def test_two_ways_of_writing_the_same_can_be_called_equal() -> None:
    def same(name: str, old: Any, new: Any) -> bool:
        return name == "policy" and old.replace(" ", "") == new.replace(" ", "")

    old, new = {"policy": "{ }", "name": "a b"}, {"policy": "{}", "name": "ab"}
    assert changes(old, new, same=same) == [Change("name", "update")]
    assert changes({}, {"policy": "{}"}, same=same) == [Change("policy", "add")]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
objects = st.dictionaries(st.text(max_size=4), values, max_size=4)


@given(objects)
def test_nothing_differs_from_itself(value: dict[str, Any]) -> None:
    assert changes(value, copy.deepcopy(value)) == []


@given(objects, objects)
def test_there_and_back_names_the_same_places(old: dict[str, Any], new: dict[str, Any]) -> None:
    turned = {"add": "delete", "delete": "add", "update": "update"}
    assert [(c.path, turned[c.kind]) for c in changes(old, new)] == [(c.path, c.kind) for c in changes(new, old)]
