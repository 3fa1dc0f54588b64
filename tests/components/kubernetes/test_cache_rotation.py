"""The cache's passwords are renewed from inside the cluster: when, with which right, and by what."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.aws.secret_values import kept
from components.aws.secrets import Secrets, SecretsArgs
from components.kubernetes import cache_rotation, redis_pods
from components.kubernetes.cache_rotation import CacheRotation, CacheRotationArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment, System
from tests.components.recording import Registered, of, only, registrations

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
ACCOUNT = "111122223333"


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _made(system: System, *, renews: bool = True) -> list[Registered]:
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")
    granted: list[str] = []

    def deploy() -> None:
        args = CacheRotationArgs(
            system=system,
            region="us-east-1",
            namespace="platform",
            image="python@sha256:1",
            secret_names={name: naming.path(name) for name in cache_rotation.rotated(system)},
            grant=granted.append,
            renews=renews,
        )
        CacheRotation("cache-rotation", args, naming)

    made = registrations(deploy)
    assert granted == ["cache-rotation"]
    return made


def _job(made: list[Registered]) -> dict[str, Any]:
    return only(made, "batch/v1:CronJob", "cache-rotation-job").inputs


def _container(made: list[Registered]) -> dict[str, Any]:
    [container] = _job(made)["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    return container


def test_every_login_of_redis_is_renewed_before_its_documented_age(system: System) -> None:
    made, side = _made(system), {"production": "prod", "staging": "staging"}[system.environment]
    ages = {each.name: each.rotation_days for each in kept(system) if each.kind == "redis"}
    variables = {each["name"]: each.get("value") for each in _container(made)["env"]}
    named = [f"{system.name}/{side}/{name}" for name in ages]
    assert variables["ROTATED_SECRETS"].split(",") == named
    assert 0 < int(variables["RENEW_AFTER_DAYS"]) <= min(ages.values()) - 7 <= 83, (
        "a week of daily tries lies within it"
    )
    assert variables["CACHE_ADMINISTRATOR"] == named[-1], "users' come before the administrator's, who changes them"
    annotations = _job(made)["metadata"]["annotations"]
    assert annotations["lifeline.dev/rotates"] == variables["ROTATED_SECRETS"]
    assert annotations["lifeline.dev/rotates-after-days"] == variables["RENEW_AFTER_DAYS"]


def test_it_runs_daily_and_never_twice_at_a_time(system: System) -> None:
    spec = _job(_made(system))["spec"]
    minute, hour, *rest = spec["schedule"].split()
    assert minute.isdigit() and hour.isdigit() and rest == ["*", "*", "*"]
    assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Etc/UTC")
    assert "suspend" not in spec


def test_it_is_told_every_server_by_name(system: System) -> None:
    variables = {each["name"]: each for each in _container(_made(system))["env"]}
    nodes = variables["CACHE_NODES"]["value"].split(",")
    assert nodes == [f"{name}:6379" for name in redis_pods.names("cache", redis_pods.SERVERS, system.cache.nodes)]
    assert variables["CACHE_AUTHORITIES"]["valueFrom"]["configMapKeyRef"]["name"] == "internal-authority"


def test_copies_of_another_region_are_renewed_by_nobody_here(system: System) -> None:
    made = _made(system, renews=False)
    assert {each["name"]: each.get("value") for each in _container(made)["env"]}["RENEW_AFTER_DAYS"] == ""
    assert "lifeline.dev/rotates" not in _job(made)["metadata"].get("annotations", {})


def test_it_runs_hardened_and_without_a_token_of_the_api(system: System) -> None:
    pod = _job(_made(system))["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    [container] = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_what_is_mounted_runs_with_the_standard_library_alone(tmp_path: Path) -> None:
    for name, text in cache_rotation.program().items():
        file = tmp_path / "lifeline_rotation" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    code = "import lifeline_rotation.inside as inside; print(callable(inside.main))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.'); {code}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout.strip() == "True", done.stderr


def test_its_role_renews_the_logins_of_redis_and_nobody_elses_does() -> None:
    system = SYSTEMS[0]
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")
    told: list[str] = []

    def program() -> None:
        secrets = Secrets("secrets", SecretsArgs(system=system, account_id=ACCOUNT, key_arn="arn:key/secrets"), naming)
        pulumi.Output.from_input(secrets.renewing(*cache_rotation.rotated(system))).apply(told.append)

    policies = of(registrations(program), "secretPolicy:SecretPolicy")
    for each in policies:
        text = json.dumps(each.inputs["policy"])
        ours = each.name in {f"secrets-{name}-policy" for name in cache_rotation.rotated(system)}
        assert (f"role/{naming.name('cache-rotation', limit=64)}" in text) is ours
        assert (f"role/{naming.name('rotation', limit=64)}" in text) is not ours
    statements = {each["Sid"]: each for each in json.loads(told[0])["Statement"]}
    assert len(statements["RenewSecrets"]["Resource"]) == len(cache_rotation.rotated(system))
    assert statements["UseTheKey"]["Resource"] == ["arn:key/secrets"]
