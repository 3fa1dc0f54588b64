"""Documented jobs: each release migrates once, the seed runs once, the rest by the clock or by hand."""

from typing import Any

from components.kubernetes.workload_secrets import DATABASE_VARIABLE, OWNER_VARIABLE
from systems.model import JobTime, RoleUse
from tests.components.kubernetes.conftest import Made, made


def _named(found: Made, prefix: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for name, inputs in found.of("Job").items() if name.startswith(prefix)}


def test_every_documented_job_is_there_in_its_form(in_cluster: Made) -> None:
    jobs, timed = in_cluster.of("Job"), in_cluster.of("CronJob")
    for job in in_cluster.stack.system.application.jobs:
        if job.when is JobTime.BEFORE_ROLLOUT:
            assert any(name.startswith(f"{job.name}-") for name in jobs)
        elif job.when is JobTime.ONCE:
            assert job.name in jobs
        else:
            spec = timed[job.name]["spec"]
            assert spec["suspend"] is (job.when is JobTime.BY_HAND)
            assert spec["timeZone"] == "Etc/UTC"
            assert spec["concurrencyPolicy"] == "Forbid"
            assert not job.schedule or spec["schedule"] == job.schedule


def test_a_release_has_a_migration_of_its_own_and_keeps_it_when_everybody_has_it() -> None:
    before, during = _named(made("prod", candidate=False), "migrate-"), _named(made("prod"), "migrate-")
    assert len(before) == 1
    assert len(during) == 2
    [stable] = before
    assert before[stable] == during[stable], "a candidate must not run the migration of the release before again"


def test_migrations_run_as_the_owner_and_read_nothing_else(in_cluster: Made) -> None:
    system = in_cluster.stack.system
    for job in system.application.jobs:
        role = next(each for each in system.database.roles if each.name == job.database_role)
        if role.use is not RoleUse.OWNER:
            continue
        one = in_cluster.of("SecretProviderClass")[f"migration-{job.workload}-secrets"]["spec"]
        [copied] = one["secretObjects"]
        assert {each["key"] for each in copied["data"]} == {DATABASE_VARIABLE, OWNER_VARIABLE, "PGUSER", "PGPASSWORD"}
        assert "/database-owner-" in one["parameters"]["objects"]
        assert "database-application" not in one["parameters"]["objects"]


def test_no_application_may_read_the_owners_login(in_cluster: Made) -> None:
    for name, inputs in in_cluster.of("SecretProviderClass").items():
        if not name.startswith("migration-"):
            assert "database-owner" not in inputs["spec"]["parameters"]["objects"], name


def test_the_seed_is_protected_and_not_tried_again_by_itself() -> None:
    [protected] = [each.name for each in made("prod").resources if each.protected]
    assert protected == "jobs-seed"
    seed = made("prod").of("Job")["seed"]["spec"]
    assert seed["backoffLimit"] == 0
    assert seed["template"]["spec"]["restartPolicy"] == "Never"
    assert "ttlSecondsAfterFinished" not in seed, "a Job that is removed would be made, and run, anew"


def test_jobs_run_in_their_workloads_image_and_wait_for_room(in_cluster: Made) -> None:
    stack = in_cluster.stack
    jobs = {*in_cluster.of("Job"), *in_cluster.of("CronJob")}
    for name, pod in in_cluster.pods():
        if name not in jobs:
            continue
        assert pod["priorityClassName"] == "lifeline-batch"
        assert pod["containers"][0]["image"] in {*stack.images.values(), *stack.candidate_images.values()}


def test_maintenance_of_the_database_runs_in_this_projects_image_with_its_password_in_a_secret() -> None:
    found = made("tdah-assistant-prod")
    pod = found.of("CronJob")["optimize-database"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["image"] == found.stack.images["platform"]
    assert container["command"][0] == "psql"
    [settings] = [each["configMapRef"]["name"] for each in container["envFrom"] if "configMapRef" in each]
    told = found.of("ConfigMap")[settings]["data"]
    assert (told["PGHOST"], told["PGSSLMODE"]) == ("database", "verify-full")
    assert "PGPASSWORD" not in told
