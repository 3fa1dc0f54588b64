"""The checks of commands see what is wrong: each kind of mistake once."""

import pytest

from rehearsal import toolchain
from rehearsal.console import Silent
from tests.docs import understood
from tests.docs.pages import programs


def test_shell_is_taken_apart() -> None:
    text = """
    export A=1 B=$(aws sts get-caller-identity)  # the platform's own
    X=1 make up STACK=prod && python -m systems list > file | head -3; ask 'a # b'; eval "$(make -s env)"
    curl -sS https://<your host>/x \\
        -o file
    """
    assert list(programs(text)) == [
        ("export", "A=1", "B=$"),
        ("aws", "sts", "get-caller-identity"),
        ("make", "up", "STACK=prod"),
        ("python", "-m", "systems", "list"),
        ("head", "-3"),
        ("ask", "a # b"),
        ("make", "-s", "env"),
        ("eval", "$(make -s env)"),
        ("curl", "-sS", "https://YOUR-HOST/x", "-o", "file"),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("aws rds describe-db-instance", "aws rds has no describe-db-instance"),
        ("aws rdss describe-db-instances", "aws has no service rdss"),
        ("aws rds describe-db-instances --db-instance X", "aws rds describe-db-instances has no --db-instance"),
        ("aws acm describe-certificate", "aws acm describe-certificate wants --certificate-arn"),
        ("curl -sS https://$DOMAIN/api/helth", "no document names /api/helth"),
        ("ask rate(haproxy_no_such_total[5m])", "nobody exports haproxy_no_such_total"),
    ],
)
def test_a_mistake_is_seen(words: str, told: str) -> None:
    assert told in getattr(understood, words.split()[0])(tuple(words.split()))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("kubectl -n plattform get pods", "there is no namespace plattform"),
        ("kubectl -n platform gett pods", "kubectl has no gett"),
        ("kubectl -n platform get podds", "kubectl knows no kind podds"),
        ("kubectl -n platform get pods -l lifeline.dev/workload=cash", "no pod has lifeline.dev/workload=cash"),
        ("kubectl -n platform rollout history deployment/astral", "there is no deployment astral"),
        ("kubectl -n monitoring logs prometheus-x", "there is no pod prometheus-x"),
        ("kubectl -n platform get configmap trafic", "there is no configmap trafic"),
    ],
)
def test_a_mistake_about_the_cluster_is_seen(words: str, told: str) -> None:
    assert any(each.startswith(told) for each in understood.kubectl(tuple(words.split())))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pulumi upp", "pulumi has no upp"),
        ("pulumi stack init x --secret-provider y", "pulumi stack init has no --secret-provider"),
        ("pulumi state unprotect --al", "pulumi state unprotect has no --al"),
    ],
)
def test_a_mistake_about_the_engine_is_seen(words: str, told: str) -> None:
    binary = toolchain.ensure(Silent(), ["pulumi"])["pulumi"]
    assert understood.by_help(binary, tuple(words.split())) == [told]
