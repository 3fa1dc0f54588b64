"""The ledgers: nothing of a document is behind no requirement, and nothing counts as proven without a test."""

import ast
from collections import Counter
from pathlib import Path

import decision_records
import pytest
from document_outline import headings, outline, outlined_documents

import systems
from systems.model import Environment
from systems.registry import load, names
from systems.requirements import Ledger, Proof, Requirement, as_markdown, ledgers

PROJECT = Path(systems.__file__).parent.parent
every_ledger = pytest.mark.parametrize("ledger", ledgers(), ids=lambda ledger: ledger.document)


@every_ledger
def test_every_element_of_the_document_is_behind_a_requirement(ledger: Ledger) -> None:
    covered = {(row.heading, anchor) for row in ledger.requirements for anchor in ("", *row.covers)}
    missing = [
        f"{element.heading}: {element.anchor or 'the heading itself'}"
        for element in outline(ledger.document)
        if (element.heading, element.anchor) not in covered
    ]
    assert missing == []


@every_ledger
def test_requirements_cite_what_exists(ledger: Ledger) -> None:
    known = {(element.heading, element.anchor) for element in outline(ledger.document)}
    invented = [
        f"{ledger.identifier(row)}: {row.heading} / {anchor}"
        for row in ledger.requirements
        for anchor in row.covers
        if (row.heading, anchor) not in known
    ]
    assert invented == []
    assert {row.heading for row in ledger.requirements} <= headings(ledger.document).keys()


@every_ledger
def test_identifiers_are_unique(ledger: Ledger) -> None:
    assert [number for number, count in Counter(row.number for row in ledger.requirements).items() if count > 1] == []


@every_ledger
def test_what_counts_as_proven_names_tests_that_exist(ledger: Ledger) -> None:
    missing = [
        f"{ledger.identifier(row)}: {proof}"
        for row in ledger.requirements
        for proof in row.proven_by
        if not exists(proof)
    ]
    assert missing == []


def exists(proof: str) -> bool:
    path, _, function = proof.partition("::")
    file = PROJECT / path
    if not file.is_file() or not path.startswith("tests/"):
        return False
    functions = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
    return function in functions if function else any(name.startswith("test_") for name in functions)


def test_a_proof_that_does_not_exist_is_noticed() -> None:
    assert exists("tests/systems/test_requirements.py")
    assert exists("tests/systems/test_requirements.py::test_a_proof_that_does_not_exist_is_noticed")
    assert not exists("tests/systems/test_requirements.py::test_nothing")
    assert not exists("tests/systems/test_nothing.py")
    assert not exists("systems/sizing.py")


@every_ledger
def test_decisions_that_are_named_have_been_written(ledger: Ledger) -> None:
    assert {row.decision for row in ledger.requirements if row.decision} <= decision_records.written()


def test_the_committed_file_is_current() -> None:
    committed = (PROJECT / "docs/requirements.md").read_text()
    assert committed == as_markdown() + "\n", "run: python -m systems requirements > docs/requirements.md"


def test_open_requirements_are_visibly_open() -> None:
    row = Requirement(1, "Somewhere", "something", "nowhere yet", Proof.EMULATED)
    assert row.status == "**OPEN**"
    assert Requirement(1, "Somewhere", "something", "a person", Proof.PERSON).status == "not evidenced here"


def test_every_document_of_a_system_has_a_ledger() -> None:
    documents = {load(name, Environment.PRODUCTION).source.document for name in names()}
    assert documents & set(outlined_documents()) == {ledger.document for ledger in ledgers()}
