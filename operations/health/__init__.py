"""Smoke checks: every health check of a platform's document, asked of an environment that stands.

What is asked comes from the spec (`systems/`), where to ask comes from the stack's outputs. What cannot be reached from
where this runs is said as such, and is never green.
"""
