"""Pulumi components: one noun a file, wired together in layers/.

    aws/         what lives in the AWS account
    kubernetes/  what runs in the cluster
    docker/      images this project builds
    naming.py    physical names and tags, in one place

Components take typed arguments made from a platform's spec (systems/) and know nothing of the rehearsal.
"""
