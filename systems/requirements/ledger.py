"""One requirement of a document: what it asks, where it is met and how that is proven.

A ledger is one module per document with `DOCUMENT`, `PREFIX` and `REQUIREMENTS`. A row stays open until `proven_by`
names a test; nothing else closes it. Rows that no machine can prove say who has to act.
"""

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """How far a claim is proven. The first seven need a test; the last two say why none can exist here."""

    EXERCISED = "rendered and exercised"  # the real program accepted the file and behaved
    KUBERNETES = "accepted by the Kubernetes API"
    EMULATED = "AWS request emulated"  # accepted by the emulator and read back
    VALIDATED = "AWS request validated"  # checked against the service model, since the emulator lacks the call
    POLICY = "policy"  # a broken variant fails
    UNIT = "unit test"
    COMMAND = "operator's command"  # run against the emulated platform
    APPLICATION = "application code"
    PERSON = "a person's act"

    @property
    def needs_test(self) -> bool:
        return self not in (Proof.APPLICATION, Proof.PERSON)


@dataclass(frozen=True)
class Requirement:
    """One row. `covers` names what it is behind below its heading: `row CPU`, `code 2`, `check DNS ...`."""

    number: int
    heading: str
    asks: str
    """In our own words."""
    met_by: str
    """File or directory of this project; for application code and acts, who and by what reminder or contract."""
    proof: Proof
    covers: tuple[str, ...] = ()
    proven_by: tuple[str, ...] = ()
    """Test files (`tests/...::test_name` for one test). Empty: open."""
    decision: str = ""
    """Decision record, where the document could not be followed to the letter."""

    @property
    def open(self) -> bool:
        return self.proof.needs_test and not self.proven_by

    @property
    def status(self) -> str:
        if not self.proof.needs_test:
            return "not evidenced here"
        return "**OPEN**" if self.open else "proven"


@dataclass(frozen=True)
class Ledger:
    """All requirements of one document."""

    document: str
    prefix: str
    requirements: tuple[Requirement, ...]

    def identifier(self, requirement: Requirement) -> str:
        return f"{self.prefix}-{requirement.number:03}"


@dataclass(frozen=True)
class _Row:
    number: int
    asks: str
    met_by: str
    proof: Proof
    covers: tuple[str, ...]
    proven_by: tuple[str, ...]
    decision: str


def row(
    number: int,
    asks: str,
    met_by: str,
    proof: Proof,
    *covers: str,
    proven_by: str | tuple[str, ...] = (),
    decision: str = "",
) -> _Row:
    """A requirement, to be put `under` its heading."""
    return _Row(
        number, asks, met_by, proof, covers, (proven_by,) if isinstance(proven_by, str) else proven_by, decision
    )


def under(heading: str, *rows: _Row) -> tuple[Requirement, ...]:
    """The requirements read under one heading."""
    return tuple(
        Requirement(
            each.number, heading, each.asks, each.met_by, each.proof, each.covers, each.proven_by, each.decision
        )
        for each in rows
    )


def requirements_of(document: str, prefix: str, *groups: tuple[Requirement, ...]) -> Ledger:
    """All groups of one document, in its order."""
    return Ledger(document, prefix, tuple(each for group in groups for each in group))
