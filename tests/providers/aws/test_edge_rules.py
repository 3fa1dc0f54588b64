"""Rules for a distribution at preview, when what it stands on is not there yet."""

from rehearsal.providers import wire
from rehearsal.providers.aws.edge_rules import distribution_failures


def test_a_certificate_that_is_still_unknown_is_one_all_the_same() -> None:
    certificate = {"acmCertificateArn": wire.UNKNOWN, "minimumProtocolVersion": "TLSv1.2_2021"}
    inputs = {"aliases": ["example.org"], "viewerCertificate": certificate}
    assert [failure.property for failure in distribution_failures(inputs)] == ["viewerCertificate.sslSupportMethod"]
    certificate["sslSupportMethod"] = "sni-only"
    assert distribution_failures(inputs) == []


def test_an_origin_whose_access_is_still_unknown_is_judged_by_the_rest() -> None:
    origin = {"originId": "page", "domainName": "b.s3.us-east-1.amazonaws.com", "originPath": "page/"}
    inputs = {"origins": [{**origin, "originAccessControlId": wire.UNKNOWN}]}
    assert [failure.property for failure in distribution_failures(inputs)] == ["origins[0].originPath"]
