"""Keys and certificates, judged by the openssl and ssh-keygen programs and by a real handshake."""

import datetime
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from rehearsal.providers.provider import Provider, Refused
from rehearsal.providers.tls import certificates
from rehearsal.providers.tls.provider import TlsProvider
from rehearsal.providers.wire import UNKNOWN, Secret

Make = Callable[[str], Any]
CA_USES = ["cert_signing", "crl_signing", "digital_signature"]
SERVER_USES = ["digital_signature", "key_encipherment", "server_auth"]


@pytest.fixture
def make(life: Callable[[Provider, str], Any]) -> Make:
    provider = TlsProvider()
    return lambda name: life(provider, f"tls:index/{name[0].lower()}{name[1:]}:{name}")


def openssl(*arguments: str, stdin: str = "") -> str:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def authority(make: Make) -> tuple[str, Any]:
    key = make("PrivateKey").created(algorithm="ECDSA", ecdsaCurve="P256").outputs["privateKeyPem"]
    certificate = make("SelfSignedCert").created(
        privateKeyPem=key,
        subject={"commonName": "Internal CA", "organization": "Lifeline", "country": "US"},
        validityPeriodHours=48,
        isCaCertificate=True,
        maxPathLength=0,
        allowedUses=CA_USES,
    )
    return key, certificate


@pytest.fixture
def server(make: Make, authority: tuple[str, Any]) -> tuple[str, Any]:
    ca_key, ca = authority
    key = make("PrivateKey").created(algorithm="RSA").outputs["privateKeyPem"]
    request = make("CertRequest").created(
        privateKeyPem=key,
        subject={"commonName": "database"},
        dnsNames=["database.internal", "*.pooler.internal"],
        ipAddresses=["127.0.0.1", "::1"],
        uris=["spiffe://lifeline/database"],
    )
    return key, make("LocallySignedCert").created(
        certRequestPem=request.outputs["certRequestPem"],
        caPrivateKeyPem=ca_key,
        caCertPem=ca.outputs["certPem"],
        validityPeriodHours=24,
        allowedUses=SERVER_USES,
        setSubjectKeyId=True,
    )


# -- private keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"algorithm": "RSA"}, "2048 bit"),
        ({"algorithm": "RSA", "rsaBits": 3072}, "3072 bit"),
        ({"algorithm": "ECDSA"}, "224 bit"),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P256"}, "256 bit"),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P384"}, "384 bit"),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P521"}, "521 bit"),
        ({"algorithm": "ED25519"}, "ED25519"),
    ],
)
def test_openssl_and_openssh_read_every_form_of_a_key(make: Make, tmp_path: Path, inputs: Any, said: str) -> None:
    outputs = make("PrivateKey").created(**inputs).outputs
    for form in ("privateKeyPem", "privateKeyPemPkcs8"):
        assert said in openssl("pkey", "-noout", "-text", stdin=outputs[form])
        assert openssl("pkey", "-pubout", stdin=outputs[form]) == outputs["publicKeyPem"]
    assert "BEGIN PRIVATE KEY" in outputs["privateKeyPemPkcs8"]
    openssh = [outputs[name] for name in outputs if "Openssh" in name or "Fingerprint" in name]
    if "224" in said:
        assert openssh == [""] * 4
        return
    file = tmp_path / "key"
    file.write_text(outputs["privateKeyOpenssh"])
    file.chmod(0o600)

    def ssh_keygen(*arguments: str) -> str:
        return subprocess.check_output(["ssh-keygen", *arguments, "-f", str(file)], text=True)

    assert ssh_keygen("-y").split()[:2] == outputs["publicKeyOpenssh"].split()[:2]
    assert ssh_keygen("-l", "-E", "sha256").split()[1] == outputs["publicKeyFingerprintSha256"]
    assert ssh_keygen("-l", "-E", "md5").split()[1] == "MD5:" + outputs["publicKeyFingerprintMd5"]


def test_a_key_stays_until_an_input_changes(make: Make) -> None:
    key = make("PrivateKey")
    kept = key.created(algorithm="ECDSA", ecdsaCurve="P256")
    assert key.changes(kept, algorithm="ECDSA", ecdsaCurve="P256") == []
    assert key.refreshed(kept) == kept
    [change] = key.changes(kept, algorithm="ECDSA", ecdsaCurve="P384")
    assert (change.path, change.replace) == ("ecdsaCurve", True)
    assert key.previewed(algorithm="RSA")["privateKeyPem"] is UNKNOWN


def test_private_keys_are_secret_and_public_ones_are_not(make: Make) -> None:
    key = make("PrivateKey")
    secret = key.provider.secret_outputs(key.resource())
    assert secret == {name for name in key.created(algorithm="ED25519").outputs if name.startswith("private")}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"algorithm": "DSA"}, ("algorithm", "must be one of RSA, ECDSA, ED25519")),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P-256"}, ("ecdsaCurve", "must be one of P224, P256, P384, P521")),
        ({"algorithm": "RSA", "rsaBits": 512}, ("rsaBits", "must be at least 1024")),
    ],
)
def test_a_key_that_cannot_be_made_is_refused(make: Make, inputs: Any, expected: Any) -> None:
    assert make("PrivateKey").refusals(inputs) == [expected]


# -- certificates -----------------------------------------------------------------------------------------------------


def test_openssl_verifies_the_chain_for_its_purpose_and_its_names(
    server: tuple[str, Any], authority: tuple[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(authority[1].outputs["certPem"])
    (tmp_path / "server.pem").write_text(server[1].outputs["certPem"])
    verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(tmp_path / "ca.pem")]
    for name in (["-verify_hostname", "database.internal"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"]):
        assert ": OK" in openssl(*verify, *name, str(tmp_path / "server.pem"))
    refused = subprocess.run(
        ["openssl", *verify, "-verify_hostname", "elsewhere.internal", str(tmp_path / "server.pem")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "hostname mismatch" in refused.stderr
    printed = openssl("x509", "-noout", "-text", stdin=server[1].outputs["certPem"])
    for expected in ("CA:FALSE", "URI:spiffe://lifeline/database", "TLS Web Server Authentication", "CN = database"):
        assert expected in printed
    assert "pathlen:0" in openssl("x509", "-noout", "-text", stdin=authority[1].outputs["certPem"])


def test_a_real_handshake(server: tuple[str, Any], authority: tuple[str, Any], tmp_path: Path) -> None:
    chain = tmp_path / "server.pem"
    chain.write_text(server[1].outputs["certPem"] + server[0])
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(chain)
    asking = ssl.create_default_context(cadata=authority[1].outputs["certPem"])
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with serving.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(b"hello")

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            socket.create_connection(listener.getsockname(), timeout=10) as connection,
            asking.wrap_socket(connection, server_hostname="database.internal") as secured,
        ):
            assert secured.recv(5) == b"hello"
            assert int(str((secured.getpeercert() or {})["serialNumber"]), 16) == int(server[1].id)
        thread.join(timeout=10)


def test_identifiers_tie_a_certificate_to_its_authority(server: tuple[str, Any], authority: tuple[str, Any]) -> None:
    issued = x509.load_pem_x509_certificate(server[1].outputs["certPem"].encode()).extensions
    issuer = x509.load_pem_x509_certificate(authority[1].outputs["certPem"].encode()).extensions
    own = issued.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    above = issued.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert above == issuer.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest != own


@pytest.mark.parametrize("algorithm", [{"algorithm": "ED25519"}, {"algorithm": "ECDSA", "ecdsaCurve": "P521"}])
def test_requests_and_self_signed_certificates_of_other_keys(make: Make, algorithm: Any) -> None:
    key = make("PrivateKey").created(**algorithm).outputs["privateKeyPem"]
    request = make("CertRequest").created(privateKeyPem=key, dnsNames=["app.internal"])
    assert request.outputs["keyAlgorithm"] == algorithm["algorithm"]
    assert "DNS:app.internal" in openssl("req", "-verify", "-noout", "-text", stdin=request.outputs["certRequestPem"])
    certificate = make("SelfSignedCert").created(
        privateKeyPem=key,
        subject={"commonName": "app"},
        validityPeriodHours=1,
        allowedUses=["any_extended"],
        setSubjectKeyId=True,
        setAuthorityKeyId=True,
    )
    parsed = x509.load_pem_x509_certificate(certificate.outputs["certPem"].encode())
    parsed.verify_directly_issued_by(parsed)
    assert parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)


def test_the_validity_is_as_long_as_asked_for_and_told(authority: tuple[str, Any]) -> None:
    outputs = authority[1].outputs
    parsed = x509.load_pem_x509_certificate(outputs["certPem"].encode())
    assert parsed.not_valid_after_utc - parsed.not_valid_before_utc == datetime.timedelta(hours=48)
    assert datetime.datetime.fromisoformat(outputs["validityEndTime"]) == parsed.not_valid_after_utc
    assert datetime.datetime.fromisoformat(outputs["validityStartTime"]) == parsed.not_valid_before_utc
    assert authority[1].id == str(parsed.serial_number)


def signed(make: Make, key: str, **more: Any) -> dict[str, Any]:
    inputs = {"privateKeyPem": key, "subject": {"commonName": "app"}, "validityPeriodHours": 24, "allowedUses": []}
    return {**inputs, **more}


def test_renewal_is_due_before_the_end_and_replaces(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make("PrivateKey").created(algorithm="ED25519").outputs["privateKeyPem"]
    cert = make("SelfSignedCert")
    inputs = signed(make, key, earlyRenewalHours=8)
    kept = cert.created(**inputs)
    assert cert.changes(kept, **inputs) == []
    assert cert.refreshed(kept).outputs["readyForRenewal"] is False

    in_17_hours = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=17)
    monkeypatch.setattr(certificates, "now", lambda: in_17_hours)
    assert cert.refreshed(kept).outputs["readyForRenewal"] is True
    assert [(c.path, c.replace) for c in cert.changes(kept, **inputs)] == [("readyForRenewal", True)]
    assert cert.changes(kept, **{**inputs, "earlyRenewalHours": 1}) != []
    relaxed = cert.updated(kept, **{**inputs, "earlyRenewalHours": 1})
    assert relaxed.outputs["readyForRenewal"] is False


def test_early_renewal_changes_in_place_and_all_else_replaces(make: Make) -> None:
    key = make("PrivateKey").created(algorithm="ED25519").outputs["privateKeyPem"]
    cert = make("SelfSignedCert")
    inputs = signed(make, key)
    kept = cert.created(**inputs)
    [change] = cert.changes(kept, **{**inputs, "earlyRenewalHours": 2})
    assert (change.path, change.replace) == ("earlyRenewalHours", False)
    updated = cert.updated(kept, **{**inputs, "earlyRenewalHours": 2})
    assert updated.outputs == {**kept.outputs, "earlyRenewalHours": 2}
    for changed in ({"validityPeriodHours": 25}, {"dnsNames": ["a"]}, {"allowedUses": ["server_auth"]}):
        assert all(change.replace for change in cert.changes(kept, **{**inputs, **changed}))


def test_a_write_only_key_is_used_and_not_stored(make: Make) -> None:
    key = make("PrivateKey").created(algorithm="ED25519").outputs["privateKeyPem"]
    cert = make("SelfSignedCert")
    inputs = {**signed(make, key), "privateKeyPemWo": key, "privateKeyPemWoVersion": 1}
    del inputs["privateKeyPem"]
    kept = cert.created(**inputs)
    assert key not in str(kept.outputs)
    other = make("PrivateKey").created(algorithm="ED25519").outputs["privateKeyPem"]
    assert cert.changes(kept, **{**inputs, "privateKeyPemWo": other}) == []
    assert cert.changes(kept, **{**inputs, "privateKeyPemWo": other, "privateKeyPemWoVersion": 2})[0].replace


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "place", "said"),
    [
        ({"allowedUses": ["server-auth"]}, "allowedUses[0]", "did you mean 'server_auth'"),
        ({"allowedUses": ["decipher_only"]}, "allowedUses[0]", "only together with key_agreement"),
        ({"ipAddresses": ["10.0.0.300"]}, "ipAddresses[0]", "must be an IP address"),
        ({"uris": ["database"]}, "uris[0]", "must be a URI with a scheme"),
        ({"dnsNames": ["grüße.internal"]}, "dnsNames[0]", "must be a DNS name in ASCII"),
        ({"subject": {"country": "USA"}}, "subject", "cannot be written"),
        ({"isCaCertificate": True, "subject": {}}, "subject", "certificate of an authority"),
        ({"validityPeriodHours": -1}, "validityPeriodHours", "must not be negative"),
        ({"setAuthorityKeyId": True}, "setAuthorityKeyId", "needs setSubjectKeyId"),
        ({"privateKeyPemWo": "x"}, "privateKeyPem", "exactly one of privateKeyPem and privateKeyPemWo"),
        ({"subject": {"comonName": "a"}}, "subject.comonName", "did you mean 'commonName'"),
    ],
)
def test_a_certificate_that_cannot_be_made_is_refused(make: Make, more: Any, place: str, said: str) -> None:
    key = make("PrivateKey").created(algorithm="ED25519").outputs["privateKeyPem"]
    [(found, reason)] = make("SelfSignedCert").refusals(signed(make, key, **more))
    assert found == place
    assert said in reason


def test_a_bad_key_is_refused_without_repeating_it(make: Make) -> None:
    [(place, reason)] = make("CertRequest").refusals({"privateKeyPem": "hunter2"})
    assert (place, reason) == ("privateKeyPem", "is not a private key in PEM form")


def test_an_authority_must_be_one_and_hold_its_own_key(
    make: Make, authority: tuple[str, Any], server: tuple[str, Any]
) -> None:
    request = make("CertRequest").created(privateKeyPem=server[0]).outputs["certRequestPem"]
    inputs = {
        "certRequestPem": request,
        "caPrivateKeyPem": authority[0],
        "caCertPem": authority[1].outputs["certPem"],
        "validityPeriodHours": 1,
        "allowedUses": [],
    }
    refusals = make("LocallySignedCert").refusals
    assert refusals(inputs) == []
    assert refusals({**inputs, "caPrivateKeyPem": server[0]}) == [
        ("caCertPem", "does not belong to the private key of the authority")
    ]
    [(place, reason)] = refusals({**inputs, "caCertPem": server[1].outputs["certPem"], "caPrivateKeyPem": server[0]})
    assert place == "caCertPem"
    assert "not the certificate of an authority" in reason
    assert refusals({**inputs, "certRequestPem": "no", "caCertPem": "no"}) == [
        ("certRequestPem", "is not a certificate request in PEM form"),
        ("caCertPem", "is not a certificate in PEM form"),
    ]


def test_what_is_unknown_at_preview_is_not_judged(make: Make) -> None:
    outputs = make("LocallySignedCert").previewed(
        certRequestPem=UNKNOWN, caPrivateKeyPem=UNKNOWN, caCertPem=UNKNOWN, validityPeriodHours=1, allowedUses=[UNKNOWN]
    )
    assert outputs["certPem"] is outputs["validityEndTime"] is UNKNOWN
    assert outputs["isCaCertificate"] is False
    more = dict.fromkeys(
        ("subject", "dnsNames", "ipAddresses", "uris", "isCaCertificate", "setAuthorityKeyId"), UNKNOWN
    )
    outputs = make("SelfSignedCert").previewed(
        privateKeyPem=UNKNOWN, validityPeriodHours=UNKNOWN, allowedUses=UNKNOWN, earlyRenewalHours=UNKNOWN, **more
    )
    assert outputs["subject"] is outputs["certPem"] is UNKNOWN


# -- functions --------------------------------------------------------------------------------------------------------


def test_the_public_half_of_a_key_and_what_a_certificate_says(make: Make, authority: tuple[str, Any]) -> None:
    provider = TlsProvider()
    made = make("PrivateKey").created(algorithm="ED25519").outputs
    for name in ("privateKeyPem", "privateKeyOpenssh"):
        told = provider.invoke("tls:index/getPublicKey:getPublicKey", {name: made[name]})
        assert told["publicKeyOpenssh"] == made["publicKeyOpenssh"]
        assert told["algorithm"] == "ED25519"
        assert isinstance(told[name], Secret)
    content = authority[1].outputs["certPem"]
    told = provider.invoke("tls:index/getCertificate:getCertificate", {"content": content})["certificates"][0]
    assert told["isCa"] is True
    assert told["subject"] == told["issuer"]
    assert "CN=Internal CA" in told["subject"]
    assert told["serialNumber"] == authority[1].id
    assert (told["publicKeyAlgorithm"], told["signatureAlgorithm"], told["version"]) == ("ECDSA", "ECDSA-SHA256", 3)
    fingerprint = openssl("x509", "-noout", "-fingerprint", "-sha1", stdin=content).partition("=")[2]
    assert told["sha1Fingerprint"] == fingerprint.strip().replace(":", "").lower()


@pytest.mark.parametrize(
    ("token", "arguments", "said"),
    [
        ("getCertificate:getCertificate", {"url": "https://localhost"}, "asks no server on the network"),
        ("getCertificate:getCertificate", {"content": "x"}, "not one or more certificates"),
        ("getPublicKey:getPublicKey", {}, "exactly one of"),
        ("getPublicKey:getPublicKey", {"privateKeyPem": "hunter2"}, "privateKeyPem is not a private key in PEM form$"),
        ("getCertificates:getCertificates", {}, "it has getPublicKey and getCertificate"),
    ],
)
def test_functions_that_cannot_answer_say_why(token: str, arguments: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        TlsProvider().invoke(f"tls:index/{token}", arguments)
