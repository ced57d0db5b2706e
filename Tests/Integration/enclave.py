"""An enclave on paper: Nitro attestation documents under a root of its own, made with the PyPI
package `cryptography`, so that Assay's own reading is held against other people's writing."""

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PCRS = {index: bytes([index + 1]) * 48 for index in range(3)} | {
    index: bytes(48) for index in range(3, 16)
}


# MARK: CBOR (RFC 8949), as much as a document needs


def head(major, value):
    for info, width in [(24, 1), (25, 2), (26, 4), (27, 8)]:
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << (8 * width):
            return bytes([major << 5 | info]) + value.to_bytes(width, "big")
    raise ValueError(value)


def cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


# MARK: Certificates


def name(text):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


class Issued:
    """A certificate and the key that it is for."""

    def __init__(
        self, subject, issuer=None, is_authority=True, path=None, usages=None, curve=None,
        start=0, days=3650,
    ):
        self.key = ec.generate_private_key(curve or ec.SECP384R1())
        self.name = name(subject)
        begin = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=start)
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name((issuer or self).name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=path), critical=True)
        )
        made = made.add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False,
                key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        if usages:
            made = made.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        self.certificate = made.sign((issuer or self).key, hashes.SHA384())
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)


class Cloud:
    """A root, two authorities below it and a leaf, as AWS has them."""

    def __init__(self, **leaf):
        self.root = Issued("test root")
        self.zone = Issued("test zone", self.root, path=1)
        self.instance = Issued("test instance", self.zone, path=0)
        self.leaf = Issued("test enclave", self.instance, is_authority=False, **leaf)
        self.bundle = [self.root.der, self.zone.der, self.instance.der]


SERVERS = [ExtendedKeyUsageOID.SERVER_AUTH]
CLIENTS = [ExtendedKeyUsageOID.CLIENT_AUTH]


# MARK: The enclave


def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


class Enclave:
    """Keys as OpenGradient's enclaves have them: RSA-2048 to sign with, and a TLS certificate."""

    def __init__(self, cloud=None, signing_key=None):
        self.cloud = cloud or Cloud()
        self.key = None if signing_key else rsa.generate_private_key(65537, 2048)
        self.signing_key = signing_key or spki(self.key)
        self.tls = Issued("test gateway", curve=ec.SECP256R1()).der

    @property
    def user_data(self):
        digests = [hashlib.sha256(part).digest() for part in [self.tls, self.signing_key]]
        return b"\x12\x20" + digests[0] + b"\x12\x20" + digests[1]

    def sign(self, message):
        """RSA-PSS over SHA-256(message), as the gateway signs hashes."""
        return self.key.sign(
            message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
        )

    def document(self, seconds, bundle=None, header=None, shape=None, **fields):
        """A document of this time; `fields` replace the payload's."""
        payload = {
            "module_id": "i-0000000000000000-enc0000000000000000",
            "digest": "SHA384",
            "timestamp": seconds * 1000,
            "pcrs": PCRS,
            "certificate": self.cloud.leaf.der,
            "cabundle": self.cloud.bundle if bundle is None else bundle,
            "public_key": None,
            "user_data": self.user_data,
            "nonce": None,
        } | fields
        protected = cbor({1: 38}) if header is None else header
        body = cbor(payload)
        signed = cbor(["Signature1", protected, b"", body])
        r, s = decode_dss_signature(self.cloud.leaf.key.sign(signed, ec.ECDSA(hashes.SHA384())))
        signature = r.to_bytes(48, "big") + s.to_bytes(48, "big")
        parts = [cbor(protected), cbor({}), cbor(body), cbor(signature)]
        return (shape or (lambda parts: head(4, 4) + b"".join(parts)))(parts)
