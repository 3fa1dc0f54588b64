"""Rehearsal stand-ins for the provider plugins: same names, same versions, same protocol, no cloud.

wire.py         values as the engine sends them <-> plain Python
differences.py  what changed between two sets of inputs, as the engine wants to hear it
schema.py       every input of the installed SDKs (read by introspection.py), and what is wrong with given ones
local.py        providers whose resources live in the engine's state only
server.py       the gRPC side of any provider: one subclass of `Provider` says what its resources do
aws/ kubernetes/ random/ tls/ docker/    one provider each, started as `python -m rehearsal.providers.<name>`
"""
