"""One file a service of pulumi_aws: the resource types that can be rehearsed, as ENTRIES."""
