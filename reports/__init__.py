"""What a preview means, for the people who decide on it: read from the engine's events, written for a terminal, a pull
request and a browser. Pure: no engine, no cloud and no Pulumi is needed to make a report.
"""
