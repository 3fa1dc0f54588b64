"""Volumes come and go with their claims: the plan of backups finds them by what their class writes on them."""

import pytest

from tests.components.recording import STACKS, at_home, of, recorded

DEFAULT = "storageclass.kubernetes.io/is-default-class"
#: In one process with the other tests of whole stacks: the programs are run once for all.
pytestmark = pytest.mark.xdist_group("registrations")


@pytest.mark.parametrize("stack", STACKS)
def test_every_volume_of_the_default_class_is_copied_daily(stack: str) -> None:
    classes = [each.inputs for each in of(at_home(stack), "StorageClass")]
    [storage] = [each for each in classes if each["metadata"].get("annotations", {}).get(DEFAULT) == "true"]
    told = (text for key, text in storage["parameters"].items() if key.startswith("tagSpecification"))
    written = dict(text.split("=", 1) for text in told)
    [selection] = [each.inputs for each in of(recorded(stack), "backup/selection:Selection") if "volumes" in each.name]
    asked = [condition for each in selection["conditions"] for condition in each["stringEquals"]]
    assert asked
    assert all(written[each["key"].removeprefix("aws:ResourceTag/")] == each["value"] for each in asked)


@pytest.mark.parametrize("stack", STACKS)
def test_disks_of_the_cache_are_of_that_class(stack: str) -> None:
    for declared in of(recorded(stack), "apps/v1:StatefulSet", "cache-cache"):
        [disk] = declared.inputs["spec"]["volumeClaimTemplates"]
        assert "storageClassName" not in disk["spec"], "the default class"
