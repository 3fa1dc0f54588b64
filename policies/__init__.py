"""A policy pack that judges any Pulumi stack of AWS and Kubernetes resources, whoever wrote its components."""
