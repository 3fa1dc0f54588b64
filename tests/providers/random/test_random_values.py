"""What pulumi-random promises of each value."""

import base64
import string
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.providers.local import LocalProvider
from rehearsal.providers.provider import Provider, Refused
from rehearsal.providers.random import text
from rehearsal.providers.random.bcrypt import hash_password
from rehearsal.providers.random.kinds import KINDS
from rehearsal.providers.wire import UNKNOWN

Make = Callable[[str], Any]
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
SETS = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits, "special": SPECIAL}


@pytest.fixture
def make(life: Callable[[Provider, str], Any]) -> Make:
    provider = LocalProvider("random", KINDS)
    return lambda name: life(provider, f"random:index/r{name[1:]}:{name}")


def test_every_resource_of_the_sdk_is_there() -> None:
    from rehearsal.providers import schema

    assert sorted(KINDS) == schema.load("random").tokens()


@given(data=st.data())
@settings(deadline=None)
def test_text_has_the_length_the_minima_and_only_the_chosen_sets(data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(SETS)), min_size=1))
    least = {name: data.draw(st.integers(0, 5)) if name in chosen else 0 for name in SETS}
    length = data.draw(st.integers(max(1, sum(least.values())), 60))
    minima = {f"min{name.capitalize()}": count for name, count in least.items()}
    inputs = {**text.DEFAULTS, **{name: name in chosen for name in SETS}, **minima, "length": length}
    result = text.make(inputs)
    assert len(result) == length
    assert set(result) <= set("".join(SETS[name] for name in chosen))
    for name, count in least.items():
        assert sum(character in SETS[name] for character in result) >= count


def test_special_characters_can_be_chosen(make: Make) -> None:
    kept = make("RandomString").created(length=50, upper=False, lower=False, numeric=False, overrideSpecial="_%")
    assert set(kept.outputs["result"]) <= set("_%")
    assert kept.id == kept.outputs["result"]


#: Given by the C library (libcrypt 4.4): password -> hash, at cost 4 and with a salt of zeros.
HASHES = {
    "": "$2a$04$......................w74bL5gU7LSJClZClCa.Pkz14aTv/XO",
    "a": "$2a$04$......................ab4uk7zdS0i/IlhKXBIf8klDpk4gLJu",
    "ümläut": "$2a$04$......................9UILO7uZmAjBaqa0ckk/iI1CA.nFH.q",
    "x" * 71: "$2a$04$......................MUTKUDIj4cZc60IEsGqjRod/wxELAN.",
    "x" * 72: "$2a$04$......................SZFhVdUK5wGKY4lx/QrgUMHG0XsWjbi",
    "x" * 100: "$2a$04$......................SZFhVdUK5wGKY4lx/QrgUMHG0XsWjbi",
}


@pytest.mark.parametrize("password", HASHES)
def test_bcrypt_agrees_with_the_c_library(password: str) -> None:
    assert hash_password(password, bytes(16)) == HASHES[password]


def test_bcrypt_agrees_at_a_higher_cost_and_with_a_salt() -> None:
    salt = bytes.fromhex("10410410410410410410410410410410")
    assert hash_password("U*U", salt, 5) == "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"


def test_a_password_comes_with_its_hash_under_a_new_salt(make: Make) -> None:
    first, second = make("RandomPassword").imported("hunter2"), make("RandomPassword").imported("hunter2")
    assert len(first.outputs["bcryptHash"]) == 60
    assert first.outputs["bcryptHash"] != second.outputs["bcryptHash"]
    assert make("RandomPassword").created(length=24).id == "none"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"length": 0}, [("length", "must be at least 1")]),
        (
            {"length": 3, "minUpper": 2, "minNumeric": 2},
            [("length", "must be at least the sum of minLower, minNumeric, minSpecial, minUpper, which is 4")],
        ),
        (
            {"length": 5, "upper": False, "lower": False, "special": False, "number": False},
            [("special", "one of lower, numeric, special and upper must be true")],
        ),
        (
            {"length": 5, "number": False, "numeric": True},
            [("number", "is the old name of numeric: set only one, or both alike")],
        ),
        ({"length": 5, "minLower": -1}, [("minLower", "must not be negative")]),
        ({}, [("length", "is required but missing")]),
    ],
)
def test_a_password_that_cannot_be_made_is_refused(make: Make, inputs: Any, expected: Any) -> None:
    assert make("RandomPassword").refusals(inputs) == expected


def test_the_second_time_nothing_changes_and_a_named_default_is_no_change(make: Make) -> None:
    password = make("RandomPassword")
    kept = password.created(length=12)
    assert password.changes(kept, length=12) == []
    assert password.changes(kept, length=12, special=True, number=True, minLower=0) == []
    assert password.refreshed(kept) == kept


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"length": 13}, "length"),
        ({"length": 12, "keepers": {"rotation": "2"}}, "keepers.rotation"),
        ({"length": 12, "special": False, "keepers": {"rotation": "1"}}, "special"),
    ],
)
def test_every_change_asks_for_a_new_value(make: Make, changed: Any, path: str) -> None:
    password = make("RandomPassword")
    kept = password.created(length=12, keepers={"rotation": "1"})
    found = password.changes(kept, **{"keepers": {"rotation": "1"}, **changed})
    assert [(change.path, change.replace) for change in found] == [(path, True)]


def test_a_preview_knows_the_defaults_and_no_value(make: Make) -> None:
    outputs = make("RandomPassword").previewed(length=12, keepers={"version": UNKNOWN})
    assert outputs["result"] is outputs["bcryptHash"] is UNKNOWN
    assert outputs["special"] is outputs["numeric"] is True
    assert outputs["minUpper"] == 0


def test_two_values_are_never_the_same(make: Make) -> None:
    for name, inputs in {"RandomPassword": {"length": 16}, "RandomUuid": {}, "RandomBytes": {"length": 16}}.items():
        first, second = make(name).created(**inputs), make(name).created(**inputs)
        assert first.outputs != second.outputs


def test_an_id_in_all_its_forms(make: Make) -> None:
    kept = make("RandomId").created(byteLength=9, prefix="lifeline-")
    value = bytes.fromhex(kept.outputs["hex"].removeprefix("lifeline-"))
    assert len(value) == 9
    assert kept.id == base64.urlsafe_b64encode(value).decode()
    assert kept.outputs["b64Url"] == f"lifeline-{kept.id}"
    assert kept.outputs["b64Std"] == "lifeline-" + base64.b64encode(value).decode()
    assert kept.outputs["dec"] == f"lifeline-{int.from_bytes(value, 'big')}"


def test_bytes_come_in_two_forms(make: Make) -> None:
    outputs = make("RandomBytes").created(length=32).outputs
    assert base64.b64decode(outputs["base64"]) == bytes.fromhex(outputs["hex"])
    assert len(outputs["hex"]) == 64


def test_an_integer_lies_in_its_range_and_a_seed_repeats_it(make: Make) -> None:
    integer = make("RandomInteger")
    assert {integer.created(min=1, max=3).outputs["result"] for _ in range(60)} == {1, 2, 3}
    assert len({integer.created(min=1, max=10**9, seed="a").outputs["result"] for _ in range(3)}) == 1
    assert integer.refusals({"min": 2, "max": 1}) == [("min", "must not be above max")]


def test_uuids_have_their_versions(make: Make) -> None:
    made = {name: uuid.UUID(make(name).created().id) for name in ("RandomUuid", "RandomUuid4", "RandomUuid7")}
    assert [value.version for value in made.values()] == [4, 4, 7]
    assert {value.variant for value in made.values()} == {uuid.RFC_4122}


def test_a_pet_has_words_prefix_and_separator(make: Make) -> None:
    assert len(make("RandomPet").created().id.split("-")) == 2
    name = make("RandomPet").created(length=4, prefix="blue", separator="_").id
    assert name.startswith("blue_")
    assert len(name.split("_")) == 5
    assert len(make("RandomPet").created(length=1).id.split("-")) == 1


def test_a_shuffle_keeps_all_and_repeats_when_more_are_wanted(make: Make) -> None:
    shuffle = make("RandomShuffle")
    zones = ["a", "b", "c"]
    assert sorted(shuffle.created(inputs=zones).outputs["results"]) == zones
    assert len(shuffle.created(inputs=zones, resultCount=2).outputs["results"]) == 2
    seven = shuffle.created(inputs=zones, resultCount=7).outputs["results"]
    assert sorted(seven[:3]) == sorted(seven[3:6]) == zones
    assert shuffle.created(inputs=[], resultCount=3).outputs["results"] == []
    assert shuffle.created(inputs=zones, seed="s").outputs == shuffle.created(inputs=zones, seed="s").outputs


def test_a_password_is_imported_by_value_which_does_not_become_its_id(make: Make) -> None:
    password = make("RandomPassword")
    kept = password.imported("hunter2-hunter2")
    assert kept.id == "none"
    assert kept.outputs["result"] == "hunter2-hunter2"
    assert password.changes(kept, length=15) == []


@pytest.mark.parametrize(
    ("name", "id", "inputs"),
    [
        ("RandomString", "abcdef", {"length": 6}),
        ("RandomId", "lifeline-,p-9hUg", {"byteLength": 4, "prefix": "lifeline-"}),
        ("RandomId", "p-9hUg", {"byteLength": 4}),
        ("RandomInteger", "15390,1,50000", {"min": 1, "max": 50000}),
        ("RandomInteger", "15390,1,50000,seed", {"min": 1, "max": 50000, "seed": "seed"}),
        ("RandomUuid", "aabbccdd-eeff-4011-8022-334455667788", {}),
        ("RandomBytes", "8/fu3q+2DcgSJ19i0jZ5Cw==", {"length": 16}),
    ],
)
def test_an_import_needs_no_change_afterwards(make: Make, name: str, id: str, inputs: Any) -> None:
    kept = make(name).imported(id)
    assert kept.inputs == inputs
    assert make(name).changes(kept, **inputs) == []


@pytest.mark.parametrize(
    ("name", "id", "said"),
    [
        ("RandomUuid", "nonsense", "'nonsense' is not a UUID"),
        ("RandomInteger", "9,1,5", "with result from min to max"),
        ("RandomInteger", "nine", "must be `result,min,max`"),
        ("RandomBytes", "***", "must be the base64 form"),
        ("RandomPet", "brave-cat", "cannot be imported"),
    ],
)
def test_what_cannot_be_imported_is_said(make: Make, name: str, id: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        make(name).imported(id)


def test_an_unsupported_resource_is_named(make: Make) -> None:
    with pytest.raises(Refused, match="has no random:index/randomFloat:RandomFloat"):
        make("RandomFloat").refusals({})
