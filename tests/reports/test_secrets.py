"""Secrets are told to be there and nothing more, whether the engine knows them for secrets or not."""

import datetime
import json
from typing import Any

import pytest

from reports import html, markdown, report, terminal, values
from tests.reports.made import SECRET, changes, step, updated

SHOWN_NOWHERE = "hunter2-hunter2"
INSTANCE, KUBERNETES_SECRET = "aws:rds/instance:Instance", "kubernetes:core/v1:Secret"


def forms(*steps: dict[str, Any]) -> list[str]:
    page = report.page(report.of(changes(*steps), datetime.date(2026, 11, 21)))
    return [terminal.text(page), markdown.text(page), html.text(page)]


@pytest.mark.parametrize(
    ("type", "before", "after"),
    [
        (INSTANCE, {"password": SECRET}, {"password": {**SECRET, "plaintext": json.dumps(SHOWN_NOWHERE)}}),
        (INSTANCE, {"password": "old"}, {"password": SHOWN_NOWHERE}),
        (INSTANCE, {"settings": {"masterPassword": "old"}}, {"settings": {"masterPassword": SHOWN_NOWHERE}}),
        ("aws:secretsmanager/secretVersion:SecretVersion", {"secretString": "old"}, {"secretString": SHOWN_NOWHERE}),
        (KUBERNETES_SECRET, {"data": {"key": "old"}}, {"data": {"key": SHOWN_NOWHERE}}),
        (KUBERNETES_SECRET, {"stringData": {"a": {"b": "old"}}}, {"stringData": {"a": {"b": SHOWN_NOWHERE}}}),
        (
            "kubernetes:apps/v1:Deployment",
            {"spec": {"env": [{"name": "DB_PASSWORD", "value": "old"}]}},
            {"spec": {"env": [{"name": "DB_PASSWORD", "value": SHOWN_NOWHERE}]}},
        ),
        (
            "aws:ssm/document:Document",
            {"content": json.dumps({"long": "x" * 200, "apiKey": "old"})},
            {"content": json.dumps({"long": "x" * 200, "apiKey": SHOWN_NOWHERE})},
        ),
        ("aws:lambda/function:Function", {"url": "pg://me:old@db"}, {"url": f"pg://me:{SHOWN_NOWHERE}@db"}),
        (
            "aws:ssm/document:Document",
            {"content": '{"a": {"password": "old"}}'},
            {"content": json.dumps({"a": {"password": SHOWN_NOWHERE}})},
        ),
        ("tls:index/privateKey:PrivateKey", {"privateKeyPem": "old"}, {"privateKeyPem": SHOWN_NOWHERE}),
    ],
)
def test_no_form_shows_a_secret(type: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    for text in forms(updated(type, "one", before, after), step("create", type, "two", None, after)):
        assert "one" in text
        assert SHOWN_NOWHERE not in text


def test_a_secret_that_changes_is_told_to_change() -> None:
    text, *_ = forms(updated(INSTANCE, "one", {"password": SECRET}, {"password": {**SECRET, "ciphertext": "another"}}))
    assert "one: password (secret) → (secret)" in text


def test_a_secret_within_an_output_is_one_too() -> None:
    mark = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True}
    assert values.clean({**mark, "value": SHOWN_NOWHERE}) == values.SECRET
    assert values.clean({**mark, "secret": False, "value": "plain"}) == "plain"


def test_what_only_sounds_like_a_secret_is_shown() -> None:
    assert values.properties({"passwordLength": 32, "keyId": "k", "manageMasterUserPassword": True}, INSTANCE) == {
        "passwordLength": 32,
        "keyId": "k",
        "manageMasterUserPassword": True,
    }
