"""What is said of a Dockerfile that no builder would accept."""

import textwrap

import pytest

from rehearsal.providers.docker.dockerfile import Dockerfile


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in Dockerfile(textwrap.dedent(text).lstrip("\n")).problems]


GOOD = r"""
# syntax=docker/dockerfile:1
# escape=\
ARG VERSION=15
FROM --platform=$BUILDPLATFORM docker.io/library/postgres:${VERSION} AS base
# a comment
RUN apt-get update \
    # a comment between the lines of an instruction

    && apt-get install -y jq
COPY --chown=1000:1000 scripts/ tools/*.sh /opt/
ADD https://example.org/file.tar.gz /tmp/
RUN <<EOF
FORM this is no instruction
EOF
COPY <<-'ONE' <<TWO /etc/
	anything
	ONE
more
TWO
FROM base AS final
COPY --from=base /opt /opt
COPY --from=0 /etc/one /etc/two /etc/
COPY --from=docker.io/library/busybox:1 /bin/sh /bin/sh
COPY ["a file", "/srv/"]
ENTRYPOINT ["/opt/run"]
"""


def test_a_good_one_has_no_problem() -> None:
    assert problems(GOOD) == []


def test_stages_and_sources_are_read() -> None:
    parsed = Dockerfile(GOOD)
    assert parsed.stages == ["base", "final"]
    assert [copy.sources for copy in parsed.copies] == [("scripts/", "tools/*.sh"), (), (), ("a file",)]
    assert parsed.has_stage("FINAL")
    assert parsed.has_stage("1")
    assert not parsed.has_stage("2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "there is no FROM")]),
        ("# only a comment", [(1, "there is no FROM")]),
        ("FROM a\nRUNN x", [(2, "RUNN is no Dockerfile instruction; did you mean RUN?")]),
        ("FROM a\nRUN x\\\n  y\n\nXYZZY 1", [(5, "XYZZY is no Dockerfile instruction")]),
        ("RUN x\nFROM a", [(1, "RUN before the first FROM: only ARG may stand there")]),
        ("FROM", [(1, "FROM needs an argument")]),
        ("FROM a b", [(1, "FROM must read `FROM image` or `FROM image AS name`")]),
        ("FROM a AS one\nFROM b AS One", [(2, "there is already a stage 'one'")]),
        ("FROM a\nCOPY x", [(2, "COPY needs at least one source and a destination")]),
        ("FROM a\nCOPY x y /z", [(2, "with several sources the destination '/z' must end in /")]),
        ("FROM a\nCOPY --from=0 x y", [(2, "--from=0 names no earlier stage: there are 0")]),
        (
            "FROM a\nRUNN x\nCPOY a b",
            [
                (2, "RUNN is no Dockerfile instruction; did you mean RUN?"),
                (3, "CPOY is no Dockerfile instruction; did you mean COPY?"),
            ],
        ),
    ],
)
def test_a_bad_one_is_refused_line_by_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert problems(text) == expected


def test_another_escape_character() -> None:
    assert problems("# escape=`\nFROM a\nRUN dir C:\\\nRUN x `\n  y\n") == []
