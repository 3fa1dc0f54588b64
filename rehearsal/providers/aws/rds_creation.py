"""The four ways in which an RDS instance comes into being, and how it is found again."""

from typing import Any

from rehearsal.providers.aws import client, tags
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Refused


def rds_tags(arn: Any) -> tags.Tags:
    return tags.listed(
        tag="AddTagsToResource",
        untag="RemoveTagsFromResource",
        resource="ResourceName",
        of=arn,
        read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceName=arn(r)).get("TagList", [])),
    )


def identifier(r: Live) -> str:
    """The name; what an import gives as id is the name, too."""
    return str(r.state.get("identifier") or r.inputs.get("identifier") or r.id)


def instance_arn(r: Live) -> str:
    return f"arn:aws:rds:{r.region}:{r.account}:db:{identifier(r)}"


def describe(r: Live) -> dict[str, Any]:
    return r.api("DescribeDBInstances", DBInstanceIdentifier=identifier(r))["DBInstances"][0]


def create(r: Live) -> None:
    given = {**r.request(), **password_of(r), "Tags": tags.pairs(r.all_tags)}
    if r.inputs.get("replicateSourceDb"):
        source = r.inputs["replicateSourceDb"]
        _check_source(r, source)
        # The emulator copies the source with all its protection; AWS's replicas start without.
        given = {"DeletionProtection": False, **_group_of(r, source), **given}
        # It looks for the subnet group in the source's region, too; told afterwards, it looks in the replica's.
        group = {"DBSubnetGroupName": given.pop("DBSubnetGroupName")} if "DBSubnetGroupName" in given else {}
        _create_as(r, "CreateDBInstanceReadReplica", {**given, "SourceDBInstanceIdentifier": source})
        if group:
            r.api("ModifyDBInstance", DBInstanceIdentifier=identifier(r), ApplyImmediately=True, **group)
    elif r.inputs.get("snapshotIdentifier"):
        given = {"DeletionProtection": False, **given, "DBSnapshotIdentifier": r.inputs["snapshotIdentifier"]}
        _create_as(r, "RestoreDBInstanceFromDBSnapshot", given)
    elif r.inputs.get("restoreToPointInTime"):
        _create_as(r, "RestoreDBInstanceToPointInTime", {"DeletionProtection": False, **given, **_point_in_time(r)})
    else:
        r.api("CreateDBInstance", **given)
    r.wait(lambda: describe(r)["DBInstanceStatus"] == "available", f"instance {identifier(r)} being available", 120)


def _create_as(r: Live, operation: str, given: dict[str, Any]) -> None:
    """What the call does not take is set on the instance afterwards, as the official provider does."""
    taken = client.operation_model("rds", operation).input_shape.members
    r.api(operation, **{name: value for name, value in given.items() if name in taken})
    rest = {name: value for name, value in given.items() if name not in taken or name == "DeletionProtection"}
    modified = client.operation_model("rds", "ModifyDBInstance").input_shape.members
    rest = {name: value for name, value in rest.items() if name in modified and name not in ("Tags", "Engine")}
    if rest:
        rest |= {"DBInstanceIdentifier": r.inputs["identifier"], "ApplyImmediately": True}
        r.api("ModifyDBInstance", **rest)


def password_of(r: Live) -> dict[str, Any]:
    return {"MasterUserPassword": r.inputs["passwordWo"]} if r.inputs.get("passwordWo") else {}


def _point_in_time(r: Live) -> dict[str, Any]:
    wanted = r.inputs["restoreToPointInTime"]
    names = {
        "sourceDbInstanceIdentifier": "SourceDBInstanceIdentifier",
        "sourceDbInstanceAutomatedBackupsArn": "SourceDBInstanceAutomatedBackupsArn",
        "sourceDbiResourceId": "SourceDbiResourceId",
        "restoreTime": "RestoreTime",
        "useLatestRestorableTime": "UseLatestRestorableTime",
    }
    given = {names[name]: value for name, value in wanted.items() if value is not None}
    return {**given, "TargetDBInstanceIdentifier": r.inputs["identifier"]}


def _source(r: Live, source: str) -> tuple[str, dict[str, Any]]:
    """The source's region and what it is like."""
    region = source.split(":")[3] if source.startswith("arn:") else r.region
    name = source.rpartition(":")[2]
    return region, r.api("DescribeDBInstances", region=region, DBInstanceIdentifier=name)["DBInstances"][0]


def _group_of(r: Live, source: str) -> dict[str, str]:
    """In another region the source's parameter group does not exist: AWS takes the default one there."""
    region, found = _source(r, source)
    major = str(found.get("EngineVersion", "")).split(".")[0]
    return {} if region == r.region else {"DBParameterGroupName": f"default.{found['Engine']}{major}"}


def _check_source(r: Live, source: str) -> None:
    """Rules that need the source itself, which a check before creation cannot see."""
    region, found = _source(r, source)
    name = found["DBInstanceIdentifier"]
    if not found.get("BackupRetentionPeriod"):
        raise Refused(f"{name} cannot have replicas: its backupRetentionPeriod is 0 (AWS rule)")
    if region != r.region and found.get("StorageEncrypted") and not r.inputs.get("kmsKeyId"):
        raise Refused(f"kmsKeyId is needed: {name} is encrypted, with a key that {r.region} does not have (AWS rule)")
