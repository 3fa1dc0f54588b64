"""Functions that Lambda does not make."""

from typing import Any

_FUNCTION = "aws:lambda/function:Function"
_PERMISSION = "aws:lambda/permission:Permission"
_MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
_STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"


def _function(**changed: Any) -> dict[str, Any]:
    whole = {
        "name": "f",
        "role": "arn:aws:iam::123456789012:role/r",
        "runtime": "python3.12",
        "handler": "index.handler",
        "s3Bucket": "code",
        "s3Key": "f.zip",
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_FUNCTION, _function(runtime="python3.7"), "runtime", "AWS rule"),
    (_FUNCTION, _function(runtime="python4"), "runtime", "service model"),
    (_FUNCTION, _function(handler=None), "handler", "AWS rule"),
    (_FUNCTION, _function(timeout=1000), "timeout", "AWS rule"),
    (_FUNCTION, _function(s3Bucket=None, s3Key=None), "code", "AWS rule"),
    (_FUNCTION, _function(environment={"variables": {"AWS_REGION": "x"}}), "environment.variables", "AWS rule"),
    (_FUNCTION, _function(environment={"variables": {"BIG": "x" * 5000}}), "environment.variables", "AWS rule"),
    (
        _FUNCTION,
        _function(layers=[f"arn:aws:lambda:us-east-1:123456789012:layer:l:{n}" for n in range(6)]),
        "layers",
        "AWS rule",
    ),
    (_FUNCTION, _function(role="r"), "role", "service model"),
    (_FUNCTION, _function(memory=128), "memory", "schema"),
    (_PERMISSION, {"function": "f", "action": "lambda:InvokeFunction", "principal": "events"}, "principal", "AWS rule"),
    (_MAPPING, {"functionName": "f", "eventSourceArn": _STREAM}, "startingPosition", "AWS rule"),
    (_MAPPING, {"functionName": "f"}, "eventSourceArn", "AWS rule"),
]
