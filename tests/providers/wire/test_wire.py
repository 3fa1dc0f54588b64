"""Values between the engine and a provider: nothing is lost on the way, and no secret comes back in clear."""

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers import wire
from rehearsal.providers.wire import ASSET, MARK, UNKNOWN, Secret

SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

keys = st.text(max_size=8).filter(lambda key: not key.startswith("__"))
scalars = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
    | st.text(max_size=12)
)
plain_values = st.recursive(
    scalars | st.none(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)
values = st.recursive(
    scalars | st.none() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4) | inner.map(Secret),
)
objects = st.dictionaries(keys, values.filter(lambda value: value is not None), max_size=5)


@given(objects)
def test_what_is_encoded_is_decoded_again(value: dict[str, Any]) -> None:
    assert wire.decode(wire.encode(value)) == value


@given(objects)
def test_what_came_over_the_wire_is_sent_back_as_it_came(value: dict[str, Any]) -> None:
    sent = struct_pb2.Struct.FromString(wire.encode(value).SerializeToString())
    assert wire.encode(wire.decode(sent)) == sent


def test_the_engines_own_marks() -> None:
    struct = json_format.ParseDict(
        {
            "__defaults": [],
            "whole": 3.0,
            "fraction": 0.5,
            "later": UNKNOWN_TEXT,
            "password": {MARK: SECRET_MARK, "value": {"deep": [UNKNOWN_TEXT, "x"]}},
            "code": {MARK: ASSET, "text": "print()", "hash": "abc"},
            "nothing": None,
        },
        struct_pb2.Struct(),
    )
    decoded = wire.decode(struct)
    assert decoded == {
        "whole": 3,
        "fraction": 0.5,
        "later": UNKNOWN,
        "password": Secret({"deep": [UNKNOWN, "x"]}),
        "code": {MARK: ASSET, "text": "print()", "hash": "abc"},
        "nothing": None,
    }
    assert isinstance(decoded["whole"], int)
    assert json_format.MessageToDict(wire.encode(decoded))["password"] == {
        MARK: SECRET_MARK,
        "value": {"deep": [UNKNOWN_TEXT, "x"]},
    }


def test_an_unknown_value_cannot_be_mistaken_for_a_known_one() -> None:
    with pytest.raises(TypeError, match="as if it were known"):
        bool(UNKNOWN)
    assert str([UNKNOWN]) == "[UNKNOWN]"


@given(objects)
def test_plain_values_hold_no_secret_and_keep_the_rest(value: dict[str, Any]) -> None:
    def secrets_in(found: Any) -> bool:
        if isinstance(found, dict):
            return any(map(secrets_in, found.values()))
        return isinstance(found, Secret) or (isinstance(found, list) and any(map(secrets_in, found)))

    assert not secrets_in(wire.plain(value))
    assert wire.has_unknown(value) == wire.has_unknown(wire.plain(value))


def visible_texts(value: Any) -> list[str]:
    """All texts outside secrets."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in visible_texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in visible_texts(item)]
    return [value] if isinstance(value, str) else []


@given(secret=st.uuids().map(str), before=st.text(max_size=5), after=st.text(max_size=5), beside=plain_values)
def test_a_secret_is_concealed_wherever_it_comes_back(secret: str, before: str, after: str, beside: Any) -> None:
    given_inputs = {"tags": {"owner": Secret(secret)}, "rules": Secret([{"token": secret}]), "name": "n"}
    derived = f"{before}{secret}{after}"
    answer = {
        "tagsAll": {"owner": secret, "other": "clear"},
        "urls": ["clear", [derived]],
        "tags": {"owner": secret},
        "rules": [{"token": secret}],
        "name": "n",
        "beside": beside,
    }
    concealed = wire.conceal(answer, given_inputs)
    assert not [text for text in visible_texts(concealed) if secret in text]
    assert wire.plain(concealed) == answer
    assert concealed["name"] == "n"
    assert concealed["tagsAll"]["other"] == "clear"


def test_what_was_secret_stays_so_under_its_own_name_whatever_it_is() -> None:
    given_inputs = {"port": Secret(1), "flag": Secret(True), "short": Secret("a"), "list": [Secret(2), 3]}
    answer = {"port": 5, "flag": False, "short": "b", "list": [7, 3], "other": "an a is not a secret"}
    assert wire.conceal(answer, given_inputs) == {
        "port": Secret(5),
        "flag": Secret(False),
        "short": Secret("b"),
        "list": [Secret(7), 3],
        "other": "an a is not a secret",
    }


def test_what_is_secret_by_its_nature_is_marked_once() -> None:
    answer = {"result": "x", "also": Secret("y"), "absent": None}
    concealed = wire.conceal(answer, {}, frozenset({"result", "also", "absent", "missing"}))
    assert concealed == {"result": Secret("x"), "also": Secret("y"), "absent": None}


@given(secret=st.uuids().map(str), around=st.text(max_size=20))
def test_error_texts_are_scrubbed(secret: str, around: str) -> None:
    told = wire.scrub(f"{around}{secret}{around}", {"deep": [{"password": Secret(secret)}]})
    assert secret not in told
    assert "[secret]" in told
    assert "secret" not in repr(Secret(secret)).replace("[secret]", "")
