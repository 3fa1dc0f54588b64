"""Databases that RDS does not make."""

from typing import Any

_INSTANCE = "aws:rds/instance:Instance"
_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
_SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
_BACKUPS = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"


def _instance(**changed: Any) -> dict[str, Any]:
    whole = {
        "identifier": "database",
        "engine": "postgres",
        "engineVersion": "15.17",
        "instanceClass": "db.m6g.large",
        "allocatedStorage": 100,
        "username": "owner",
        "password": "long-enough",
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _parameter(name: str, value: str, method: str = "immediate") -> dict[str, Any]:
    return {"name": "g1", "family": "postgres15", "parameters": [{"name": name, "value": value, "applyMethod": method}]}


_REPLICA = {"identifier": "replica", "instanceClass": "db.m6g.large", "replicateSourceDb": "database"}

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_INSTANCE, _instance(identifier="two--hyphens"), "identifier", "AWS rule"),
    (_INSTANCE, _instance(password="short"), "password", "AWS rule"),
    (_INSTANCE, _instance(password="with@sign-in-it"), "password", "AWS rule"),
    (_INSTANCE, _instance(password=None), "password", "AWS rule"),
    (_INSTANCE, _instance(manageMasterUserPassword=True), "password", "AWS rule"),
    (_INSTANCE, _instance(username="admin"), "username", "AWS rule"),
    (_INSTANCE, _instance(username=None), "username", "AWS rule"),
    (_INSTANCE, _instance(backupRetentionPeriod=99), "backupRetentionPeriod", "AWS rule"),
    (_INSTANCE, _instance(port=80), "port", "AWS rule"),
    (_INSTANCE, _instance(allocatedStorage=5), "allocatedStorage", "AWS rule"),
    (_INSTANCE, _instance(maxAllocatedStorage=50), "maxAllocatedStorage", "AWS rule"),
    (_INSTANCE, _instance(storageType="io1"), "iops", "AWS rule"),
    (_INSTANCE, _instance(storageType="gp3", iops=12000), "iops", "AWS rule"),
    (_INSTANCE, _instance(backupWindow="3am-4am"), "backupWindow", "AWS rule"),
    (_INSTANCE, _instance(maintenanceWindow="sun:05:00-sun:05:10"), "maintenanceWindow", "AWS rule"),
    (
        _INSTANCE,
        _instance(backupWindow="05:00-06:00", maintenanceWindow="sun:05:30-sun:06:30"),
        "maintenanceWindow",
        "AWS rule",
    ),
    (
        _INSTANCE,
        _instance(monitoringInterval=7, monitoringRoleArn="arn:aws:iam::123456789012:role/m"),
        "monitoringInterval",
        "AWS rule",
    ),
    (_INSTANCE, _instance(monitoringInterval=60), "monitoringRoleArn", "AWS rule"),
    (
        _INSTANCE,
        _instance(performanceInsightsEnabled=True, performanceInsightsRetentionPeriod=30),
        "performanceInsightsRetentionPeriod",
        "AWS rule",
    ),
    (_INSTANCE, _instance(kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/k"), "storageEncrypted", "AWS rule"),
    (_INSTANCE, _instance(multiAz=True, availabilityZone="us-east-1a"), "availabilityZone", "AWS rule"),
    (_INSTANCE, _instance(enabledCloudwatchLogsExports=["error"]), "enabledCloudwatchLogsExports[0]", "AWS rule"),
    (_INSTANCE, {**_REPLICA, "username": "owner"}, "username", "AWS rule"),
    (_INSTANCE, {**_REPLICA, "manageMasterUserPassword": True}, "manageMasterUserPassword", "AWS rule"),
    (_INSTANCE, _instance(replicaSourceDb="x"), "replicaSourceDb", "schema"),
    (_PARAMETERS, _parameter("log_min_duration", "1"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("max_connections", "500"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("work_mem", "64MB"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("rds.logical_replication", "1"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("autovacuum", "on"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("wal_compression", "zip"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("checkpoint_timeout", "5"), "parameters[0]", "AWS rule"),
    (_PARAMETERS, _parameter("work_mem", "65536", "at-once"), "parameters[0].applyMethod", "AWS rule"),
    (_SUBNETS, {"name": "default", "subnetIds": ["subnet-1", "subnet-2"]}, "name", "AWS rule"),
    (_SUBNETS, {"name": "g1", "subnetIds": ["subnet-1"]}, "subnetIds", "AWS rule"),
    (_BACKUPS, {"sourceDbInstanceArn": "database"}, "sourceDbInstanceArn", "AWS rule"),
]
