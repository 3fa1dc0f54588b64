"""What lives in the AWS account: network, keys, storage, cluster."""
