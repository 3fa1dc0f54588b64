"""Certificates that ACM does not issue."""

from typing import Any

_TYPE = "aws:acm/certificate:Certificate"

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_TYPE, {"domainName": "example.com", "validationMethod": "TXT"}, "validationMethod", "service model"),
    (
        _TYPE,
        {"domainName": "example.com", "validationMethod": "DNS", "keyAlgorithm": "RSA_4096"},
        "keyAlgorithm",
        "AWS rule",
    ),
    (
        _TYPE,
        {"domainName": "example.com", "validationMethod": "DNS", "keyAlgorithm": "RSA-2048"},
        "keyAlgorithm",
        "service model",
    ),
    (_TYPE, {"validationMethod": "DNS"}, "domainName", "AWS rule"),
    (
        _TYPE,
        {
            "domainName": "example.com",
            "validationMethod": "DNS",
            "subjectAlternativeNames": [f"n{i}.example.com" for i in range(100)],
        },
        "subjectAlternativeNames",
        "AWS rule",
    ),
]
