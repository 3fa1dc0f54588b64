"""Stack files: what is wrong with one is said with its place; encrypted values are replaced and stay as they are."""

import json

import pytest
import yaml

from rehearsal import stacks
from rehearsal.errors import RehearsalError

SECURE = {"secure": "v1:bm90IG91cnM=:Y2Fubm90IGJlIGRlY3J5cHRlZA=="}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: lifeline\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  lifeline:awsAccountId: '111122223333'\n")
    (tmp_path / "Pulumi.staging.yaml").write_text("")
    return tmp_path


def test_an_unknown_stack_is_refused_with_those_there_are(project):
    with pytest.raises(RehearsalError, match=r"no stack 'production' \(Pulumi.production.yaml") as error:
        stacks.read("production", project)
    assert "choose one of: prod, staging" in str(error.value)


@pytest.mark.parametrize("name", ["../prod", "", "prod/..", "a b"])
def test_a_name_that_is_none_is_refused_likewise(project, name):
    with pytest.raises(RehearsalError, match="there is no stack"):
        stacks.read(name, project)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("config:\n  a: [1, 2\n  b: 3\n", r"Pulumi\.prod\.yaml:3:\d+: this is not YAML"),
        ("config:\n\ta: 1\n", r"Pulumi\.prod\.yaml:2:1: this is not YAML"),
        ("- a\n- b\n", "should be a mapping with `config:`"),
        ("config: [a]\n", "config should be a mapping"),
        ("config:\n  1: a\n", r"these are not: \[1\]"),
    ],
)
def test_a_malformed_stack_file_is_refused_with_the_place(project, text, complaint):
    (project / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(RehearsalError, match=complaint):
        stacks.read("prod", project)


@pytest.mark.parametrize(
    ("config", "account"),
    [
        ({"lifeline:awsAccountId": "111122223333"}, "111122223333"),
        ({"lifeline:awsAccountId": 111122223333}, "111122223333"),
        ({"aws:allowedAccountIds": ["444455556666"]}, "444455556666"),
        ({"aws:allowedAccountIds": '["444455556666"]'}, "444455556666"),
        ({"lifeline:awsAccountId": "11"}, "123456789012"),
        ({}, "123456789012"),
    ],
)
def test_the_account_is_the_stack_s_own(project, config, account):
    (project / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))
    assert stacks.read("prod", project).account == account


CONFIG = {
    "lifeline:plain": "as it was",
    "lifeline:password": SECURE,
    "lifeline:users": {"admin": {"name": "root", "password": SECURE}, "odd.key": SECURE, "list": [1, SECURE, "x"]},
}
PROGRAM = """
import pulumi
config = pulumi.Config()
for key in ("password", "users"):
    pulumi.export(key, pulumi.Output.secret(config.require_object(key) if key == "users" else config.require(key)))
pulumi.export("plain", config.require("plain"))
"""


@pytest.mark.engine
def test_encrypted_values_are_replaced_and_all_else_is_left(engine_run):
    run = engine_run(PROGRAM, config=CONFIG)
    run.up()
    outputs = run.outputs()
    generated = [outputs["password"], outputs["users"]["admin"]["password"], outputs["users"]["odd.key"]]
    generated.append(outputs["users"]["list"][1])
    assert len(set(generated)) == 4
    assert all(len(value) >= 32 for value in generated)
    assert outputs["plain"] == "as it was"
    assert outputs["users"]["admin"]["name"] == "root"
    assert [outputs["users"]["list"][0], outputs["users"]["list"][2]] == [1, "x"]


@pytest.mark.engine
def test_generated_values_stay_the_same_and_are_never_in_clear(engine_run):
    run = engine_run(PROGRAM, config=CONFIG)
    run.up()
    before = run.outputs()
    config = {**CONFIG, "lifeline:plain": "changed", "lifeline:another": SECURE}
    file = run.directory / f"Pulumi.{run.stack.stack}.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    stacks.prepare(stacks.read(run.stack.stack, run.directory), run.engine)
    run.up()
    assert run.outputs() == {**before, "plain": "changed"}
    for kept in (run.stack.config, run.checkpoint.file):
        assert before["password"] not in kept.read_text()
    assert (run.stack.root / "generated.json").stat().st_mode & 0o777 == 0o600
    assert len(json.loads((run.stack.root / "generated.json").read_text())["values"]) == 5


@pytest.mark.engine
def test_a_stack_file_with_a_production_key_is_read_without_it(engine_run):
    run = engine_run("import pulumi\npulumi.export('p', pulumi.Config().require_secret('p'))")
    file = run.directory / f"Pulumi.{run.stack.stack}.yaml"
    original = yaml.safe_dump(
        {
            "secretsprovider": "awskms://alias/lifeline?region=us-east-1",
            "encryptedkey": "AQICAHh",
            "config": {"lifeline:p": SECURE},
        }
    )
    file.write_text(original)
    stacks.prepare(stacks.read(run.stack.stack, run.directory), run.engine)
    run.up()
    assert len(run.outputs()["p"]) >= 32
    assert file.read_text() == original
