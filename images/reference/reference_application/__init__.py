"""The smallest application that keeps the contract of docs/application-contract.md. Standard library only.

It stands in for a platform's own application in tests and rehearsals: `python -m reference_application CONTRACT.json`,
the contract being what rendering/contract.py reads off a spec.
"""
