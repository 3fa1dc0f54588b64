"""Database instances: new, replicas (also of another region), restored from a snapshot or to a point in time."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.rds_creation import create, describe, identifier, instance_arn, password_of, rds_tags
from rehearsal.providers.aws.rds_rules import instance_failures, new_instance_failures
from rehearsal.providers.provider import Refused

#: Properties that no creating call carries, or not under one name.
_ORIGINS = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import")
_NOT_CREATED_WITH = ("replicaMode", "passwordWo", "passwordWoVersion")
_ONLY_OURS = (
    *("allowMajorVersionUpgrade", "applyImmediately", "blueGreenUpdate", "deleteAutomatedBackups", "identifierPrefix"),
    *("finalSnapshotIdentifier", "skipFinalSnapshot", "upgradeStorageConfig", "warningEventCategories"),
)
_RENAMES = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "username": "MasterUsername",
    "password": "MasterUserPassword",
    "backupWindow": "PreferredBackupWindow",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "parameterGroupName": "DBParameterGroupName",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "caCertIdentifier": "CACertificateIdentifier",
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "engineVersionActual": "EngineVersion",
    **dict.fromkeys((*_ORIGINS, *_NOT_CREATED_WITH), ""),
}
#: What a property that the program took away goes back to.
_WITHOUT = {
    "deletionProtection": False,
    "multiAz": False,
    "publiclyAccessible": False,
    "copyTagsToSnapshot": False,
    "iamDatabaseAuthenticationEnabled": False,
    "performanceInsightsEnabled": False,
    "dedicatedLogVolume": False,
    "autoMinorVersionUpgrade": True,
    "monitoringInterval": 0,
    "enabledCloudwatchLogsExports": [],
}
_ZONES = {
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-1": "Z10WI91S59XXQN",
    "us-west-2": "Z1PVIF0B656C1W",
    "eu-west-1": "Z29XKXDKYMONMX",
    "eu-central-1": "Z1RLNUO7B9Q6NB",
}


def _resource_id(r: Live, answer: Any) -> str:
    """The emulator gives all instances one resource id; AWS's is lasting and unique."""
    digest = hashlib.sha256(instance_arn(r).encode()).digest()
    return "db-" + base64.b32encode(digest).decode()[:26]


# -- reading ------------------------------------------------------------------------------------------------------


def _instance(r: Live) -> dict[str, Any]:
    found = describe(r)
    groups, options = found.get("DBParameterGroups") or [{}], found.get("OptionGroupMemberships") or [{}]
    source = found.pop("ReadReplicaSourceDBInstanceIdentifier", None)
    given = r.inputs.get("replicateSourceDb")
    same = source and given and source.rpartition(":")[2] == given.rpartition(":")[2]
    # A promoted replica still names its source in the emulator.
    return {
        **found,
        "ReplicateSourceDb": given if same else source if given else None,
        "DBParameterGroupName": groups[0].get("DBParameterGroupName"),
        "OptionGroupName": options[0].get("OptionGroupName"),
        "DBSubnetGroupName": (found.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in found.get("VpcSecurityGroups", [])],
        "EnableIAMDatabaseAuthentication": found.get("IAMDatabaseAuthenticationEnabled"),
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports") or [],
        "Port": (found.get("Endpoint") or {}).get("Port"),
    }


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    endpoint = live.get("Endpoint") or {}
    address = endpoint.get("Address", "")
    secret = live.get("MasterUserSecret")
    keys = {"secretArn": "SecretArn", "secretStatus": "SecretStatus", "kmsKeyId": "KmsKeyId"}
    return {
        "arn": instance_arn(r),
        "resourceId": r.id,
        "address": address,
        "endpoint": f"{address}:{endpoint.get('Port')}",
        "hostedZoneId": _ZONES.get(r.region, "Z" + r.region.replace("-", "").upper()),
        "listenerEndpoints": [],
        "masterUserSecrets": [{ours: secret.get(theirs) for ours, theirs in keys.items()}] if secret else [],
        "status": live.get("DBInstanceStatus"),
        "upgradeRolloutOrder": "second",
        # These move by themselves or with other resources; AWS's own refresh shows that, a rehearsal's drift check not.
        "replicas": r.state.get("replicas") or [],
        "latestRestorableTime": r.state.get("latestRestorableTime") or _text(live.get("LatestRestorableTime")),
    }


def _text(moment: Any) -> str:
    return moment.isoformat() if hasattr(moment, "isoformat") else str(moment or "")


# -- changing and deleting ----------------------------------------------------------------------------------------


def _modify(r: Live) -> None:
    ignored = {"tags", "tagsAll", "replicateSourceDb", "restoreToPointInTime", *_ONLY_OURS}
    changed = [name for name in r.changed if name not in ignored]
    for name in changed:
        if r.inputs.get(name) is None and name in _WITHOUT:
            r.inputs[name] = _WITHOUT[name]
    request = {**r.request(only=changed, operation="CreateDBInstance"), **password_of(r)}
    if "EnableCloudwatchLogsExports" in request:
        wanted = request.pop("EnableCloudwatchLogsExports")
        held = r.state.get("enabledCloudwatchLogsExports") or []
        request["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": [name for name in wanted if name not in held],
            "DisableLogTypes": [name for name in held if name not in wanted],
        }
    if "Port" in request:
        request["DBPortNumber"] = request.pop("Port")
    renamed = request.pop("DBInstanceIdentifier", None)
    major = {"AllowMajorVersionUpgrade": True} if r.inputs.get("allowMajorVersionUpgrade") else {}
    r.api(
        "ModifyDBInstance",
        DBInstanceIdentifier=identifier(r),
        ApplyImmediately=bool(r.inputs.get("applyImmediately")),
        **({"NewDBInstanceIdentifier": renamed} if renamed else {}),
        **major,
        **request,
    )
    r.state["identifier"] = r.inputs["identifier"]


def _promote(r: Live) -> None:
    if r.inputs.get("replicateSourceDb"):
        raise Refused(f"{identifier(r)} cannot follow another source: promote it or replace it (AWS rule)")
    retention = {name: r.inputs[name] for name in ("backupRetentionPeriod", "backupWindow") if r.inputs.get(name)}
    names = {"backupRetentionPeriod": "BackupRetentionPeriod", "backupWindow": "PreferredBackupWindow"}
    given = {names[name]: value for name, value in retention.items()}
    r.api("PromoteReadReplica", DBInstanceIdentifier=identifier(r), **given)


def _delete(r: Live) -> None:
    skip, final = bool(r.get("skipFinalSnapshot")), r.get("finalSnapshotIdentifier")
    if not skip and not final and not r.get("replicateSourceDb"):
        raise Refused(
            f"{identifier(r)} is not deleted: finalSnapshotIdentifier is needed where skipFinalSnapshot is false. "
            "Name a final snapshot, or accept the loss with skipFinalSnapshot, and run `up` before destroying"
        )
    if describe(r).get("ReadReplicaSourceDBInstanceIdentifier"):
        # The emulator stumbles over replicas whose source is in another region or gone; promoted ones it lets go.
        r.api("PromoteReadReplica", DBInstanceIdentifier=identifier(r))
    if r.get("deletionProtection") is not True:
        # Off in the program's state: the engine's state is what a rehearsal's end takes protection from.
        r.api("ModifyDBInstance", DBInstanceIdentifier=identifier(r), DeletionProtection=False)
    keep = {} if skip or not final else {"FinalDBSnapshotIdentifier": final}
    r.api(
        "DeleteDBInstance",
        DBInstanceIdentifier=identifier(r),
        SkipFinalSnapshot=not keep,
        DeleteAutomatedBackups=r.get("deleteAutomatedBackups") is not False,
        **keep,
    )


def _find(r: Live) -> str | None:
    found = r.ask("DescribeDBInstances", DBInstanceIdentifier=r.inputs["identifier"]).get("DBInstances")
    return _resource_id(r, None) if found else None


ENTRIES = (
    Entry(
        type="aws:rds/instance:Instance",
        service="rds",
        operation="CreateDBInstance",
        create=create,
        rename=_RENAMES,
        name="identifier",
        name_limit=63,
        id=_resource_id,
        read=_instance,
        update={"replicateSourceDb": _promote, "*": _modify},
        not_sent=_ONLY_OURS,
        lost=(
            *("password", "passwordWo", "passwordWoVersion", "replicaMode", "manageMasterUserPassword"),
            *("performanceInsightsEnabled", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"),
            *("databaseInsightsMode", "iops", "storageThroughput", "snapshotIdentifier", "restoreToPointInTime"),
            *("masterUserSecretKmsKeyId", "networkType", "dedicatedLogVolume", "engineLifecycleSupport", "s3Import"),
            *("customerOwnedIpEnabled", "customIamInstanceProfile", "backupTarget", "domain", "domainFqdn"),
            *("domainOu", "domainAuthSecretArn", "domainDnsIps", "domainIamRoleName", "timezone"),
            *("characterSetName", "ncharCharacterSetName", "optionGroupName"),
        ),
        replace=(
            *("engine", "username", "dbName", "storageEncrypted", "kmsKeyId", "availabilityZone", "timezone"),
            *("snapshotIdentifier", "restoreToPointInTime", "s3Import", "identifierPrefix", "characterSetName"),
            *("ncharCharacterSetName", "customIamInstanceProfile", "backupTarget", "engineLifecycleSupport"),
        ),
        delete=_delete,
        outputs=_outputs,
        defaults={
            **dict.fromkeys(
                ("identifierPrefix", "characterSetName", "ncharCharacterSetName", "timezone", "replicaMode"), ""
            ),
            **dict.fromkeys(("snapshotIdentifier", "performanceInsightsKmsKeyId", "monitoringRoleArn"), ""),
            **dict.fromkeys(("masterUserSecretKmsKeyId", "domainFqdn", "kmsKeyId"), ""),
            "performanceInsightsRetentionPeriod": 0,
            "databaseInsightsMode": "standard",
            "dbName": "",
            "dbSubnetGroupName": "default",
            "backupTarget": "region",
            "engineLifecycleSupport": "open-source-rds-extended-support",
            "networkType": "IPV4",
            "iops": 0,
            "storageThroughput": 0,
        },
        check=instance_failures,
        check_new=new_instance_failures,
        tags=rds_tags(instance_arn),
        find=_find,
        twin="AWS::RDS::DBInstance",
        twin_rename={
            "identifier": "DBInstanceIdentifier",
            "username": "MasterUsername",
            "password": "MasterUserPassword",
            "backupWindow": "PreferredBackupWindow",
            "maintenanceWindow": "PreferredMaintenanceWindow",
            "parameterGroupName": "DBParameterGroupName",
            "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
            "performanceInsightsEnabled": "EnablePerformanceInsights",
            "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
            "caCertIdentifier": "CACertificateIdentifier",
            "snapshotIdentifier": "DBSnapshotIdentifier",
            "replicateSourceDb": "SourceDBInstanceIdentifier",
            # CloudFormation wants both left out of replicas, where the provider wants the first said.
            "storageEncrypted": "",
            "kmsKeyId": "",
            "vpcSecurityGroupIds": "VPCSecurityGroups",
            "masterUserSecretKmsKeyId": "MasterUserSecret.KmsKeyId",
            "allowMajorVersionUpgrade": "AllowMajorVersionUpgrade",
            **dict.fromkeys(
                (*("passwordWo", "passwordWoVersion", "restoreToPointInTime", "s3Import"), "customerOwnedIpEnabled"), ""
            ),
            **dict.fromkeys((name for name in _ONLY_OURS if name != "allowMajorVersionUpgrade"), ""),
            **dict.fromkeys(("customIamInstanceProfile", "backupTarget"), ""),
        },
    ),
)
