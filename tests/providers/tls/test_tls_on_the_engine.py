"""The life of keys and certificates on the real engine."""

from collections.abc import Callable

import pytest
from cryptography import x509

from tests.engine_runs import EngineRun
from tests.providers.engine_steps import state_of, stays_as_it_is, steps, written_anywhere

pytestmark = pytest.mark.engine

PROGRAM = """
    import pulumi, pulumi_tls as tls
    ca_key = tls.PrivateKey("ca-key", algorithm="ECDSA", ecdsa_curve="P256")
    ca = tls.SelfSignedCert(
        "ca",
        private_key_pem=ca_key.private_key_pem,
        subject={{"common_name": "Internal CA"}},
        validity_period_hours=48,
        early_renewal_hours={early},
        is_ca_certificate=True,
        allowed_uses=["cert_signing", "crl_signing"],
    )
    key = tls.PrivateKey("key", algorithm="ED25519")
    request = tls.CertRequest("request", private_key_pem=key.private_key_pem, dns_names=["{name}"])
    certificate = tls.LocallySignedCert(
        "certificate",
        cert_request_pem=request.cert_request_pem,
        ca_private_key_pem=ca_key.private_key_pem,
        ca_cert_pem=ca.cert_pem,
        validity_period_hours=24,
        allowed_uses=["digital_signature", "server_auth"],
    )
    told = tls.get_public_key_output(private_key_pem=key.private_key_pem)
    read = tls.get_certificate_output(content=certificate.cert_pem)
    pulumi.export("key", key.private_key_pem)
    pulumi.export("ca_key", ca_key.private_key_openssh)
    pulumi.export("ca", ca.cert_pem)
    pulumi.export("certificate", certificate.cert_pem)
    both = pulumi.Output.all(told.public_key_pem, key.public_key_pem)
    pulumi.export("same", both.apply(lambda keys: keys[0] == keys[1]))
    pulumi.export("issuer", read.certificates[0].issuer)
"""
NAMES = {"ca-key", "ca", "key", "request", "certificate"}


def test_a_private_authority_and_what_it_signs(engine_run: Callable[..., EngineRun]) -> None:
    run = engine_run(PROGRAM.format(name="database", early=0))
    assert steps(run.preview()) == dict.fromkeys(NAMES, "create")
    assert steps(run.up()) == dict.fromkeys(NAMES, "create")
    first = run.outputs()
    assert first["same"] is True
    assert first["issuer"] == "CN=Internal CA"
    ca, certificate = (x509.load_pem_x509_certificate(first[name].encode()) for name in ("ca", "certificate"))
    certificate.verify_directly_issued_by(ca)
    stays_as_it_is(run)
    assert run.outputs() == first

    assert steps(run.write(PROGRAM.format(name="cache", early=0)).up()) == {
        "request": "replace",
        "certificate": "replace",
    }
    assert steps(run.write(PROGRAM.format(name="cache", early=1)).up()) == {"ca": "update"}
    assert run.outputs()["ca"] == first["ca"]
    due = run.write(PROGRAM.format(name="cache", early=48)).up()
    assert steps(due) == {"ca": "replace", "certificate": "replace"}

    for private in (first["key"], first["ca_key"]):
        assert written_anywhere(run, private) == []
        assert written_anywhere(run, private.splitlines()[1]) == []
    assert state_of(run, "certificate")["outputs"]["certPem"] == run.outputs()["certificate"]
    run.destroy()
    assert run.resources() == []


def test_a_refused_key_is_not_repeated(engine_run: Callable[..., EngineRun]) -> None:
    run = engine_run(
        """
        import pulumi_tls as tls
        tls.CertRequest("request", private_key_pem="hunter2hunter2", dns_names=["grüße"])
        """
    )
    text = run.preview(fails=True).text
    assert "property privateKeyPem: is not a private key in PEM form" in text
    assert "property dnsNames[0]: must be a DNS name in ASCII" in text
    assert written_anywhere(run, "hunter2hunter2") == []
