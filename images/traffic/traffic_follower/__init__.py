"""Keeps the HAProxy beside it at the desired state of traffic. Standard library only.

`python -m traffic_follower --once` writes the map that HAProxy starts with; without the flag it follows, second by
second: the ConfigMap (through the API, since a mounted one lags by up to a minute), HAProxy's own map, and the
certificate, whose change needs a reload.
"""
