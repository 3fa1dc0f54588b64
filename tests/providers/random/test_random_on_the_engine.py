"""The life of every random value on the real engine."""

from collections.abc import Callable

import pytest

from tests.engine_runs import EngineRun
from tests.providers.engine_steps import state_of, stays_as_it_is, steps, written_anywhere

pytestmark = pytest.mark.engine

PROGRAM = """
    import pulumi, pulumi_random as random
    keep = {{"keepers": {{"rotation": "{rotation}"}}}}
    password = random.RandomPassword("password", length={length}, override_special="_%", **keep)
    made = [
        password,
        random.RandomString("string", length=8, upper=False, **keep),
        random.RandomId("id", byte_length=8, prefix="p-", **keep),
        random.RandomBytes("bytes", length=16, **keep),
        random.RandomInteger("integer", min=1, max=9, **keep),
        random.RandomUuid("uuid", **keep),
        random.RandomUuid4("uuid4", **keep),
        random.RandomUuid7("uuid7", **keep),
        random.RandomPet("pet", **keep),
        random.RandomShuffle("shuffle", inputs=["a", "b"], **keep),
    ]
    pulumi.export("password", password.result)
    pulumi.export("connection", pulumi.Output.concat("postgres://app:", password.result, "@database"))
"""
NAMES = {"password", "string", "id", "bytes", "integer", "uuid", "uuid4", "uuid7", "pet", "shuffle"}


def test_values_stay_until_their_keepers_change(engine_run: Callable[..., EngineRun]) -> None:
    run = engine_run(PROGRAM.format(rotation=1, length=20))
    assert steps(run.preview()) == dict.fromkeys(NAMES, "create")
    assert steps(run.up()) == dict.fromkeys(NAMES, "create")
    first = run.outputs()
    stays_as_it_is(run)
    assert run.outputs() == first

    assert steps(run.write(PROGRAM.format(rotation=2, length=20)).up()) == dict.fromkeys(NAMES, "replace")
    second = run.outputs()
    assert second["password"] != first["password"]
    assert second["connection"] == f"postgres://app:{second['password']}@database"
    assert steps(run.write(PROGRAM.format(rotation=2, length=21)).up()) == {"password": "replace"}
    third = run.outputs()["password"]
    assert len(third) == 21

    for secret in (first["password"], second["password"], third):
        assert written_anywhere(run, secret) == []
    assert run.outputs(secrets=False)["password"] == "[secret]"
    assert state_of(run, "password")["id"] == "none"
    run.destroy()
    assert run.resources() == []


def test_an_imported_password_is_kept_and_stays_secret(engine_run: Callable[..., EngineRun]) -> None:
    program = """
        import pulumi, pulumi_random as random
        random.RandomPassword("password", length=15)
        """
    run = engine_run(program)
    run.import_("random:index/randomPassword:RandomPassword", "password", "hunter2-hunter2")
    stays_as_it_is(run)
    assert state_of(run, "password")["id"] == "none"
    assert "hunter2" not in str(run.export_state())
    run.destroy()


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (
            'RandomPassword("a", length=pulumi.Output.secret("hunter2"))',
            "has a problem: property length: must be an integer, got a string",
        ),
        (
            'RandomPassword("a", length=2, min_upper=3)',
            "property length value {2} has a problem: must be at least the sum of",
        ),
        (
            'RandomString("a", length=3, keepers={"a": 1})',
            'has a problem: property keepers["a"]: must be a string, got a number',
        ),
    ],
)
def test_a_refusal_names_the_property_and_never_a_secret_value(
    engine_run: Callable[..., EngineRun], resource: str, said: str
) -> None:
    run = engine_run(f"import pulumi, pulumi_random as random\nrandom.{resource}")
    assert said in run.preview(fails=True).text
    assert written_anywhere(run, "hunter2") == []
