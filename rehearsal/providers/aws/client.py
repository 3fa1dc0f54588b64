"""The one way to the emulated AWS: clients by service and region, retried as the official provider does."""

import functools
import json
import re
import threading
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from rehearsal.paths import StackPaths
from rehearsal.providers.provider import Refused

#: Services with one endpoint for the whole partition.
_GLOBAL = {"iam", "route53", "cloudfront", "organizations", "shield", "budgets", "ce"}
_GONE = re.compile(
    r"NotFound|NoSuch|DoesNotExist|NonExistent|Nonexistent|NotExist|^404$|MalformedArn|InvalidAssociationID"
)


class AwsError(Refused):
    """An answer of AWS that is an error: says service, call, code and message."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} {operation}: {code}: {message}")
        self.code = code

    @property
    def gone(self) -> bool:
        return bool(_GONE.search(self.code))


@dataclass(frozen=True)
class Endpoint:
    """Where this stack's emulated account answers, as processes/ wrote it down."""

    url: str
    account: str

    @classmethod
    def of_this_stack(cls) -> "Endpoint":
        path = StackPaths.of_this_process().endpoints
        try:
            aws = json.loads(path.read_text())["aws"]
        except FileNotFoundError:
            raise Refused(f"the emulators of this stack are not running ({path} is missing): run `make up`") from None
        return cls(url=aws["url"], account=aws["account"])


class Clients:
    """Clients are safe to share between threads; making them is not."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session = botocore.session.Session()
        self._session.set_credentials("rehearsal", "rehearsal")
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        if service in _GLOBAL:
            region = "us-east-1"
        with self._lock:
            if (service, region) not in self._clients:
                client = self._clients[service, region] = self._session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint.url,
                    config=Config(
                        retries={"mode": "standard", "max_attempts": 8},  # jittered backoff on throttling and 5xx
                        max_pool_connections=32,
                        connect_timeout=5,
                        read_timeout=60,
                        s3={"addressing_style": "path"},
                        inject_host_prefix=False,  # the emulator has one address, not one per account
                        proxies={},
                    ),
                )
                client.meta.events.register("before-call", self._to_the_emulator)
                client.meta.events.register("before-parse", _page_of_an_accident)
            return self._clients[service, region]

    def _to_the_emulator(self, params: dict[str, Any], **_: Any) -> None:
        """S3 control's own rules put the account before the host, whatever the settings say."""
        scheme, _, host = self._endpoint.url.partition("://")
        params["url"] = re.sub(rf"^{scheme}://\d{{12}}\.{re.escape(host)}", self._endpoint.url, params["url"])

    def call(self, service: str, region: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        client = self.get(service, region)
        method = getattr(client, botocore.xform_name(operation))
        try:
            answer: dict[str, Any] = method(**parameters)
        except ClientError as error:
            told = error.response.get("Error", {})
            code, message = str(told.get("Code", "unknown")), str(told.get("Message", error))
            raise AwsError(service, operation, code, message) from error
        except ParamValidationError as error:
            raise Refused(f"{service} {operation}: {error} (AWS service model)") from error
        except BotoCoreError as error:
            raise Refused(f"{service} {operation}: {error}") from error
        answer.pop("ResponseMetadata", None)
        return answer


def _page_of_an_accident(response_dict: dict[str, Any], **_: Any) -> None:
    """Emulator and proxies tell of a 5xx with a page, which no service answers: as an empty answer it is retried."""
    if response_dict["status_code"] >= 500 and response_dict["body"].lstrip()[:14].lower() == b"<!doctype html":
        response_dict["body"] = b""


@functools.cache
def service_model(service: str) -> ServiceModel:
    return botocore.session.Session().get_service_model(service)


def operation_model(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def validate(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Check a request for a call the emulator lacks: known operation, all required members, right types."""
    shape = operation_model(service, operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        raise Refused(f"{service} {operation}: {report.generate_report()} (AWS service model)")
