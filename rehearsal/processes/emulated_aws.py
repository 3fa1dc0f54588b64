"""A stack's AWS: moto's server, cut off from every network, with an account of its own."""

import http.client
import json
import sys
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.supervise import Service

#: Where the mark of this emulator's state is kept: a region of a partition no system can use, so that those they
#: can use look untouched. (Another account would be better; moto knows only one once it is told which.)
MARK_REGION = "us-iso-east-1"
MARK_PARAMETER = "/lifeline/rehearsal/mark"
#: The discard port of the loopback interface: whatever moto would send outwards (webhooks of SNS, say) ends here.
NOWHERE = f"http://{LOOPBACK}:9"
#: First use of these loads tables and modules (1.7 s for EC2); better at the start than under the first resource.
WARMED = {"ec2": ("DescribeInstanceTypes", "2016-11-15"), "iam": ("ListPolicies", "2010-05-08")}


@dataclass(frozen=True)
class EmulatedAws:
    """How moto is started, warmed and marked."""

    account: str
    directory: Path

    def service(self) -> Service:
        def command(port: int) -> Sequence[str]:
            return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]

        environment = {
            "MOTO_ACCOUNT_ID": self.account,
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            "MOTO_ACM_VALIDATION_WAIT": "0",
            "MOTO_LAMBDA_DATA_DIR": str(self.directory / "lambda"),
            "DOCKER_HOST": f"tcp://{LOOPBACK}:9",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
            "NO_PROXY": f"{LOOPBACK},localhost",
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "PYTHONUNBUFFERED": "1",
        }
        return Service("moto", command, answers, environment)

    def prepare(self, port: int, note: Callable[[str], None]) -> None:
        """No containers for functions and batch jobs, and nothing left to load at the first resource."""
        _post(port, "/moto-api/config", json.dumps({"lambda": {"use_docker": False}, "batch": {"use_docker": False}}))
        for service, (action, version) in WARMED.items():
            note(f"moto loads {service}")
            form = urllib.parse.urlencode({"Action": action, "Version": version, "MaxResults": 5, "MaxItems": 5})
            headers = _signed_for(service) | {"Content-Type": "application/x-www-form-urlencoded"}
            _post(port, "/", form, headers)


def answers(port: int) -> bool:
    try:
        status, _ = _call(port, "GET", "/moto-api/config", None, {})
    except (OSError, http.client.HTTPException):
        return False
    return status < 300


def write_mark(port: int, mark: str) -> None:
    _ssm(port, "PutParameter", {"Name": MARK_PARAMETER, "Value": mark, "Type": "String", "Overwrite": True})


def read_mark(port: int) -> str | None:
    """None when nobody left one: this moto is not the one that was marked, or was reset since."""
    status, content = _ssm(port, "GetParameter", {"Name": MARK_PARAMETER})
    return json.loads(content)["Parameter"]["Value"] if status == 200 else None


def _ssm(port: int, action: str, request: dict[str, object]) -> tuple[int, str]:
    headers = _signed_for("ssm", MARK_REGION) | {
        "X-Amz-Target": f"AmazonSSM.{action}",
        "Content-Type": "application/x-amz-json-1.1",
    }
    return _call(port, "POST", "/", json.dumps(request), headers)


def _signed_for(service: str, region: str = "us-east-1") -> dict[str, str]:
    """moto reads service and region from the signature's scope and does not check the signature."""
    scope = f"rehearsal/20260101/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"}


def _post(port: int, path: str, body: str, headers: dict[str, str] | None = None) -> None:
    status, content = _call(port, "POST", path, body, headers or {"Content-Type": "application/json"})
    if status >= 300:
        raise RehearsalError(
            f"moto refused its own preparation, POST {path}: {status} {content[:300]}",
            ways_out=["install the pinned version again: make clean, then the same command"],
        )


def _call(port: int, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()
