"""Firehose delivery streams to S3 and to HTTP endpoints."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_DESTINATIONS = {"extended_s3": "extendedS3Configuration", "http_endpoint": "httpEndpointConfiguration"}
_HTTP = "httpEndpointConfiguration"


def _bucket_renames(path: str) -> dict[str, str]:
    """Where a bucket's settings go, wherever a stream names one."""
    return {
        f"{path}.bufferingSize": "BufferingHints.SizeInMBs",
        f"{path}.bufferingInterval": "BufferingHints.IntervalInSeconds",
        f"{path}.kmsKeyArn": "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN",
    }


_RENAMES = {
    "name": "DeliveryStreamName",
    **dict.fromkeys(("destination", "destinationId", "arn", "versionId"), ""),
    "extendedS3Configuration": "ExtendedS3DestinationConfiguration",
    "extendedS3Configuration.dynamicPartitioningConfiguration.retryDuration": "RetryOptions.DurationInSeconds",
    **_bucket_renames("extendedS3Configuration"),
    **_bucket_renames("extendedS3Configuration.s3BackupConfiguration"),
    _HTTP: "HttpEndpointDestinationConfiguration",
    **{f"{_HTTP}.{name}": f"EndpointConfiguration.{member}" for name, member in (("url", "Url"), ("name", "Name"))},
    f"{_HTTP}.accessKey": "EndpointConfiguration.AccessKey",
    f"{_HTTP}.retryDuration": "RetryOptions.DurationInSeconds",
    f"{_HTTP}.requestConfiguration.commonAttributes.name": "AttributeName",
    f"{_HTTP}.requestConfiguration.commonAttributes.value": "AttributeValue",
    **_bucket_renames(_HTTP),
    **_bucket_renames(f"{_HTTP}.s3Configuration"),
    "kinesisSourceConfiguration": "KinesisStreamSourceConfiguration",
}


def _arn(r: Live) -> str:
    return f"arn:aws:firehose:{r.region}:{r.account}:deliverystream/{r.get('name')}"


def _stream(r: Live) -> dict[str, Any]:
    found = r.api("DescribeDeliveryStream", DeliveryStreamName=r.get("name"))["DeliveryStreamDescription"]
    destination = (found.get("Destinations") or [{}])[0]
    return {
        "DeliveryStreamName": found["DeliveryStreamName"],
        "Arn": found["DeliveryStreamARN"],
        "VersionId": found["VersionId"],
        "DestinationId": destination.get("DestinationId"),
        "ExtendedS3DestinationConfiguration": destination.get("ExtendedS3DestinationDescription"),
        "HttpEndpointDestinationConfiguration": destination.get("HttpEndpointDestinationDescription"),
        "Destination": r.get("destination"),
    }


def _create(r: Live) -> Any:
    source = "KinesisStreamAsSource" if r.inputs.get("kinesisSourceConfiguration") else "DirectPut"
    given = {"Tags": tags.pairs(r.all_tags)} if r.all_tags else {}
    return r.api("CreateDeliveryStream", **{**r.request(), **given, "DeliveryStreamType": source})


def _update(r: Live) -> None:
    kind = _DESTINATIONS[r.inputs["destination"]]
    request = r.request(only=[kind])
    ((member, configuration),) = request.items()
    live = r.api("DescribeDeliveryStream", DeliveryStreamName=r.inputs["name"])["DeliveryStreamDescription"]
    r.api(
        "UpdateDestination",
        DeliveryStreamName=r.inputs["name"],
        CurrentDeliveryStreamVersionId=live["VersionId"],
        DestinationId=live["Destinations"][0]["DestinationId"],
        **{member.replace("Configuration", "Update"): configuration},
    )


def _encrypt(r: Live) -> None:
    wanted, name = r.inputs.get("serverSideEncryption") or {}, r.inputs["name"]
    if not wanted.get("enabled"):
        r.api("StopDeliveryStreamEncryption", DeliveryStreamName=name)
        return
    key = {"KeyARN": wanted["keyArn"]} if wanted.get("keyArn") else {}
    given = {"KeyType": wanted.get("keyType") or "AWS_OWNED_CMK", **key}
    r.api("StartDeliveryStreamEncryption", DeliveryStreamName=name, DeliveryStreamEncryptionConfigurationInput=given)


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure(path, reason) for path, reason in _reasons(inputs)]


def _reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    destination = inputs["destination"]
    if not isinstance(destination, str):
        return
    if destination not in _DESTINATIONS:
        yield "destination", f"is rehearsed for {', '.join(_DESTINATIONS)} only; got {destination!r}"
    elif inputs.get(_DESTINATIONS[destination]) is None:
        yield _DESTINATIONS[destination], f"is needed by destination {destination} (AWS rule)"
    wanted = inputs.get("serverSideEncryption")
    if isinstance(wanted, dict):
        customer = wanted.get("keyType") == "CUSTOMER_MANAGED_CMK"
        if customer is (wanted.get("keyArn") is None):
            yield (
                "serverSideEncryption.keyArn",
                "is needed with keyType CUSTOMER_MANAGED_CMK, and only there (AWS rule)",
            )
        if wanted.get("enabled") and inputs.get("kinesisSourceConfiguration") is not None:
            yield "serverSideEncryption", "goes with direct puts only: a Kinesis stream encrypts itself (AWS rule)"


ENTRIES = (
    Entry(
        type="aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        service="firehose",
        operation="CreateDeliveryStream",
        create=_create,
        rename=_RENAMES,
        name="name",
        id="DeliveryStreamARN",
        read=_stream,
        after=("serverSideEncryption",),
        update={"serverSideEncryption": _encrypt, "*": _update},
        lost=(
            *("serverSideEncryption", "kinesisSourceConfiguration", "mskSourceConfiguration", _HTTP),
            *("extendedS3Configuration.fileExtension", "extendedS3Configuration.customTimeZone"),
        ),
        replace=("name", "destination", "kinesisSourceConfiguration", "mskSourceConfiguration"),
        delete=lambda r: r.api("DeleteDeliveryStream", DeliveryStreamName=r.get("name")),
        check=_check,
        tags=tags.listed(
            tag="TagDeliveryStream",
            untag="UntagDeliveryStream",
            resource="DeliveryStreamName",
            of=lambda r: r.get("name"),
            read=lambda r, live: tags.from_pairs(
                r.api("ListTagsForDeliveryStream", DeliveryStreamName=r.get("name"))["Tags"]
            ),
        ),
        find=_arn,
        twin="AWS::KinesisFirehose::DeliveryStream",
        twin_rename={
            **_RENAMES,
            "serverSideEncryption": "",
        },
    ),
)
