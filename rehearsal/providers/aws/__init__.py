"""The AWS rehearsal provider. entry.py says what an entry is, services/ holds them, provider.py does the rest."""

from rehearsal.providers.aws.registry import levels

__all__ = ["levels"]
