"""Where AWS keeps what belongs to no region: CloudFront's certificates, firewall and logs, and keys that sign names."""

EDGE_REGION = "us-east-1"
