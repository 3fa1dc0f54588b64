"""Listeners of load balancers, their rules and certificates."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import attributes, tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.cidrs import cidr_problem
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.lb import between, one_of
from rehearsal.providers.provider import Failure

_CONFIGURED = ("fixedResponse", "redirect", "forward", "authenticateCognito", "authenticateOidc", "jwtValidation")


def action_renames(actions: str) -> dict[str, str]:
    """Actions have `...Config` members; what is inside is named alike but for these."""
    return {
        **{f"{actions}.{name}": f"{name[0].upper()}{name[1:]}Config" for name in _CONFIGURED},
        f"{actions}.forward.targetGroups.arn": "TargetGroupArn",
        f"{actions}.forward.stickiness": "TargetGroupStickinessConfig",
        f"{actions}.forward.stickiness.duration": "DurationSeconds",
    }


_REQUEST, _ANSWER = "routing.http.request", "routing.http.response"
_CERTIFICATE = "x_amzn_mtls_clientcert"
_ATTRIBUTES = {
    **{
        f"routingHttpRequestXAmznMtlsClientcert{name}HeaderName": f"{_REQUEST}.{_CERTIFICATE}{key}.header_name"
        for name, key in (
            *(("", ""), ("Issuer", "_issuer"), ("Leaf", "_leaf"), ("SerialNumber", "_serial_number")),
            *(("Subject", "_subject"), ("Validity", "_validity")),
        )
    },
    "routingHttpRequestXAmznTlsCipherSuiteHeaderName": f"{_REQUEST}.x_amzn_tls_cipher_suite.header_name",
    "routingHttpRequestXAmznTlsVersionHeaderName": f"{_REQUEST}.x_amzn_tls_version.header_name",
    **{
        f"routingHttpResponseAccessControl{name}HeaderValue": f"{_ANSWER}.access_control_{key}.header_value"
        for name, key in (
            *(("AllowCredentials", "allow_credentials"), ("AllowHeaders", "allow_headers")),
            *(("AllowMethods", "allow_methods"), ("AllowOrigin", "allow_origin")),
            *(("ExposeHeaders", "expose_headers"), ("MaxAge", "max_age")),
        )
    },
    "routingHttpResponseContentSecurityPolicyHeaderValue": f"{_ANSWER}.content_security_policy.header_value",
    "routingHttpResponseServerEnabled": f"{_ANSWER}.server.enabled",
    "routingHttpResponseStrictTransportSecurityHeaderValue": f"{_ANSWER}.strict_transport_security.header_value",
    "routingHttpResponseXContentTypeOptionsHeaderValue": f"{_ANSWER}.x_content_type_options.header_value",
    "routingHttpResponseXFrameOptionsHeaderValue": f"{_ANSWER}.x_frame_options.header_value",
    "tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds",
}
_ENCRYPTED = ("HTTPS", "TLS")
_POLICIES = re.compile(  # "Security policies for your Application Load Balancer", read 2026-11
    r"ELBSecurityPolicy-(2015-05|2016-08|TLS-1-0-2015-04|TLS-1-1-2017-01|TLS-1-2-2017-01|TLS-1-2-Ext-2018-06|FS-2018-06"
    r"|FS-1-1-2019-08|FS-1-2-2019-08|FS-1-2-Res-2019-08|FS-1-2-Res-2020-10"
    r"|TLS13-1-[0-3](-Res|-Ext[0-2])?(-FIPS)?(-PQ)?-(2021-06|2023-04|2025-09))"
)


# -- listeners ----------------------------------------------------------------------------------------------------


def _listener(r: Live) -> dict[str, Any] | None:
    listener = only(r.api("DescribeListeners", ListenerArns=[r.id])["Listeners"])
    if listener is None:
        return None
    found = r.ask("DescribeListenerAttributes", ListenerArn=r.id).get("Attributes", [])
    certificates = listener.get("Certificates") or [{}]
    if listener.get("Protocol") not in _ENCRYPTED:
        listener.pop("SslPolicy", None)  # the emulator gives every listener one
    return {
        **listener,
        **attributes.read(_ATTRIBUTES, found),
        "Arn": r.id,
        "CertificateArn": certificates[0].get("CertificateArn"),
        "AlpnPolicy": (listener.get("AlpnPolicy") or [None])[0],
        "DefaultActions": _in_order(listener["DefaultActions"]),
        "Tags": r.api("DescribeTags", ResourceArns=[r.id])["TagDescriptions"][0]["Tags"],
    }


def _in_order(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(actions, key=lambda action: int(action.get("Order") or 0))


def _create_listener(r: Live) -> dict[str, Any]:
    request = {**r.request(), **_certificate(r), **(r.entry.tags.send(r.all_tags) if r.entry.tags else {})}
    r.validated("CreateListener", **request)
    request.pop("MutualAuthentication", None)  # the emulator lacks it
    return r.api("CreateListener", **request)


def _certificate(r: Live) -> dict[str, Any]:
    arn = r.inputs.get("certificateArn")
    return {"Certificates": [{"CertificateArn": arn}]} if arn else {}


def _modify_listener(r: Live) -> None:
    changed = [name for name in r.changed if name not in (*_ATTRIBUTES, "tags", "tagsAll", "certificateArn")]
    request = r.request(only=changed, operation="ModifyListener")
    if "certificateArn" in r.changed:
        request |= _certificate(r)
    r.validated("ModifyListener", ListenerArn=r.id, **request)
    request.pop("MutualAuthentication", None)
    more = r.api("DescribeListenerCertificates", ListenerArn=r.id)["Certificates"]
    r.api("ModifyListener", ListenerArn=r.id, **request)
    if "Certificates" in request:  # the emulator forgets those beside the default one
        arns = [held["CertificateArn"] for held in more if held["CertificateArn"] != r.state.get("certificateArn")]
        for arn in arns:
            r.api("AddListenerCertificates", ListenerArn=r.id, Certificates=[{"CertificateArn": arn}])


def _set_attributes(r: Live) -> None:
    changed = r.changed or [name for name in _ATTRIBUTES if r.inputs.get(name) is not None]
    sent = attributes.pairs(_ATTRIBUTES, r.inputs, changed, {})
    if sent:
        r.api("ModifyListenerAttributes", ListenerArn=r.id, Attributes=sent)


def _check_listener(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = between(inputs, "port", 1, 65535) + check_actions(inputs, "defaultActions")
    protocol, policy = inputs.get("protocol"), inputs.get("sslPolicy")
    if isinstance(protocol, str):
        if protocol in _ENCRYPTED and inputs.get("certificateArn") is None:
            failures.append(Failure("certificateArn", f"is needed by a listener of protocol {protocol} (AWS rule)"))
        for name in ("certificateArn", "sslPolicy", "mutualAuthentication"):
            if protocol not in _ENCRYPTED and inputs.get(name) is not None:
                reason = f"can be given with {' or '.join(_ENCRYPTED)} only, not with {protocol} (AWS rule)"
                failures.append(Failure(name, reason))
    if isinstance(policy, str) and not _POLICIES.fullmatch(policy):
        example = "ELBSecurityPolicy-TLS13-1-2-2021-06"
        failures.append(Failure("sslPolicy", f"must be a policy of AWS such as {example}, got {policy!r} (AWS rule)"))
    mutual = inputs.get("mutualAuthentication")
    if isinstance(mutual, dict):
        failures += one_of(mutual, "mode", ("off", "passthrough", "verify"), "mutualAuthentication.")
        if mutual.get("mode") == "verify" and mutual.get("trustStoreArn") is None:
            failures.append(Failure("mutualAuthentication.trustStoreArn", "is needed with mode verify (AWS rule)"))
    return failures


# -- actions ------------------------------------------------------------------------------------------------------

_NEEDED = {
    "forward": ("targetGroupArn", "forward"),
    "redirect": ("redirect",),
    "fixed-response": ("fixedResponse",),
    "authenticate-oidc": ("authenticateOidc",),
    "authenticate-cognito": ("authenticateCognito",),
    "jwt-validation": ("jwtValidation",),
}
_FINAL = ("forward", "redirect", "fixed-response")
_CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")


def check_actions(inputs: Mapping[str, Any], name: str) -> list[Failure]:
    actions = inputs.get(name)
    actions = actions if isinstance(actions, list) else []
    failures: list[Failure] = []
    for index, action in enumerate(actions):
        if isinstance(action, dict):
            failures += _check_action(action, f"{name}[{index}].")
    kinds = [action.get("type") for action in actions if isinstance(action, dict)]
    if kinds and all(isinstance(kind, str) for kind in kinds) and sum(kind in _FINAL for kind in kinds) != 1:
        reason = f"needs exactly one action of type {', '.join(_FINAL)}; got {', '.join(map(str, kinds))} (AWS rule)"
        failures.append(Failure(name, reason))
    return failures


def _check_action(action: Mapping[str, Any], at: str) -> list[Failure]:
    failures: list[Failure] = []
    needed = _NEEDED.get(str(action.get("type")), ())
    if needed and all(action.get(member) is None for member in needed):
        failures.append(Failure(f"{at}type", f"{action['type']} needs {' or '.join(needed)} (AWS rule)"))
    fixed, forward = action.get("fixedResponse"), action.get("forward")
    if isinstance(fixed, dict):
        failures += one_of(fixed, "contentType", _CONTENT_TYPES, f"{at}fixedResponse.")
        body, status = fixed.get("messageBody"), fixed.get("statusCode")
        if isinstance(body, str) and len(body) > 1024:
            reason = f"must have at most 1024 characters, has {len(body)} (AWS rule)"
            failures.append(Failure(f"{at}fixedResponse.messageBody", reason))
        if isinstance(status, str) and not (status.isdecimal() and len(status) == 3 and status[0] in "245"):
            reason = f"must be a status 2XX, 4XX or 5XX, got {status!r} (AWS rule)"
            failures.append(Failure(f"{at}fixedResponse.statusCode", reason))
    groups = forward.get("targetGroups") if isinstance(forward, dict) else None
    if isinstance(groups, list):
        if not 1 <= len(groups) <= 5:
            failures.append(Failure(f"{at}forward.targetGroups", f"takes 1 to 5, got {len(groups)} (AWS rule)"))
        for index, group in enumerate(groups):
            if isinstance(group, dict):
                failures += between(group, "weight", 0, 999, f"{at}forward.targetGroups[{index}].")
    sticky = forward.get("stickiness") if isinstance(forward, dict) else None
    if isinstance(sticky, dict):
        failures += between(sticky, "duration", 1, 604800, f"{at}forward.stickiness.")
    return failures


# -- certificates -------------------------------------------------------------------------------------------------


def _more_certificates(r: Live) -> dict[str, Any]:
    return {"ListenerArn": r.inputs["listenerArn"], "Certificates": [{"CertificateArn": r.inputs["certificateArn"]}]}


def _held_certificate(r: Live) -> dict[str, Any] | None:
    listener, _, certificate = r.id.partition("_")
    held = r.ask("DescribeListenerCertificates", ListenerArn=listener).get("Certificates", [])
    if certificate not in [one["CertificateArn"] for one in held]:
        return None
    return {"ListenerArn": listener, "CertificateArn": certificate}


def check_source_ip(values: Any, at: str) -> list[Failure]:
    found: list[Failure] = []
    for index, value in enumerate(values if isinstance(values, list) else []):
        if problem := cidr_problem(value, version=None):
            found.append(Failure(f"{at}[{index}]", problem))
    return found


ENTRIES = (
    Entry(
        type="aws:lb/listener:Listener",
        service="elbv2",
        operation="CreateListener",
        rename={**action_renames("defaultActions"), "certificateArn": ""},
        create=_create_listener,
        id="Listeners[0].ListenerArn",
        read=_listener,
        after=tuple(_ATTRIBUTES),
        update={**dict.fromkeys(_ATTRIBUTES, _set_attributes), "*": _modify_listener},
        lost=("mutualAuthentication",),
        replace=("loadBalancerArn",),
        alone=True,
        delete=lambda r: r.api("DeleteListener", ListenerArn=r.id),
        defaults={"protocol": "HTTP"},
        check=_check_listener,
        tags=tags.listed(tag="AddTags", untag="RemoveTags", resource="ResourceArns", of=lambda r: [r.id]),
        twin="AWS::ElasticLoadBalancingV2::Listener",
        twin_rename={
            **action_renames("defaultActions"),
            **dict.fromkeys((*_ATTRIBUTES, "tags"), ""),
            "certificateArn": "Certificates.CertificateArn",
        },
    ),
    Entry(
        type="aws:lb/listenerCertificate:ListenerCertificate",
        service="elbv2",
        create=lambda r: r.api("AddListenerCertificates", **_more_certificates(r)),
        id=lambda r, answer: f"{r.inputs['listenerArn']}_{r.inputs['certificateArn']}",
        read=_held_certificate,
        replace=("listenerArn", "certificateArn"),
        delete=lambda r: r.api("RemoveListenerCertificates", **_more_certificates(r)),
        find=lambda r: f"{r.inputs['listenerArn']}_{r.inputs['certificateArn']}",
    ),
)
