"""How a bucket is reached: access logs, CORS, website."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.s3_data import refuse
from rehearsal.providers.aws.services.s3_guards import deleter, of_bucket, reader, with_older_name
from rehearsal.providers.provider import Failure

# -- access logs --------------------------------------------------------------------------------------------------


def _logging(r: Live) -> dict[str, Any] | None:
    found = r.api("GetBucketLogging", Bucket=r.id)
    return {"Bucket": r.id, "BucketLoggingStatus": found} if found.get("LoggingEnabled") else None


# -- website ------------------------------------------------------------------------------------------------------


def _website_outputs(r: Live, live: Any) -> dict[str, Any]:
    dash = "-" if r.region in ("us-east-1", "us-west-1", "us-west-2", "eu-west-1", "sa-east-1") else "."
    domain = f"s3-website{dash}{r.region}.amazonaws.com"
    return {"websiteDomain": domain, "websiteEndpoint": f"{r.id}.{domain}"}


def _check_website(inputs: Mapping[str, Any]) -> list[Failure]:
    index, redirect = inputs.get("indexDocument"), inputs.get("redirectAllRequestsTo")
    if (index is None) == (redirect is None):
        return [refuse("indexDocument", "or redirectAllRequestsTo is needed, not both")]
    return []


_SITE = ("indexDocument", "errorDocument", "redirectAllRequestsTo", "routingRules")
_NOT_IN_TWIN = {"bucket": "", "expectedBucketOwner": ""}

ENTRIES = (
    *with_older_name(
        of_bucket(
            "BucketLogging",
            operation="PutBucketLogging",
            rename={
                name: f"BucketLoggingStatus.LoggingEnabled.{name[0].upper()}{name[1:]}"
                for name in ("targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat")
            },
            lost=("expectedBucketOwner", "targetObjectKeyFormat", "targetGrants"),
            read=_logging,
            delete=lambda r: r.api("PutBucketLogging", Bucket=r.id, BucketLoggingStatus={}),
            twin="AWS::S3::Bucket",
            twin_rename=_NOT_IN_TWIN
            | {
                "targetBucket": "LoggingConfiguration.DestinationBucketName",
                "targetPrefix": "LoggingConfiguration.LogFilePrefix",
                "targetObjectKeyFormat": "LoggingConfiguration.TargetObjectKeyFormat",
                "targetGrants": "",
            },
        )
    ),
    *with_older_name(
        of_bucket(
            "BucketCorsConfiguration",
            operation="PutBucketCors",
            rename={"corsRules": "CORSConfiguration.CORSRules"},
            read=reader("GetBucketCors", "CORSConfiguration"),
            lost=("expectedBucketOwner", "corsRules.id"),
            delete=deleter("DeleteBucketCors"),
            twin="AWS::S3::Bucket",
            twin_rename=_NOT_IN_TWIN
            | {
                "corsRules": "CorsConfiguration.CorsRules",
                "corsRules.exposeHeaders": "ExposedHeaders",
                "corsRules.maxAgeSeconds": "MaxAge",
            },
        )
    ),
    *with_older_name(
        of_bucket(
            "BucketWebsiteConfiguration",
            operation="PutBucketWebsite",
            rename={name: f"WebsiteConfiguration.{name[0].upper()}{name[1:]}" for name in _SITE},
            read=reader("GetBucketWebsite", "WebsiteConfiguration"),
            delete=deleter("DeleteBucketWebsite"),
            outputs=_website_outputs,
            check=_check_website,
        )
    ),
)
