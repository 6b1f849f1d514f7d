"""The certificate and key that sign a release: the publisher's, or ones made for it alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from understudy.errors import UserError

CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
LONGEST = 64  # bytes of a name in a certificate (RFC 5280)
MADE = " (self-made certificate)"
SIGNING = "digital_signature"
USES = (
    *(SIGNING, "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
YEARS = 20  # without a time stamp, a signature counts for as long as its certificate


@dataclass(frozen=True)
class Credentials:
    """chain: PEM, the signer's certificate first; key: PEM; algorithm: of the key, as C2PA names
    it; self_made: nobody but the publisher vouches for the certificate."""

    chain: bytes
    key: bytes
    algorithm: str
    self_made: bool


def read_credentials(certificate: Path, key: Path) -> Credentials:
    """Of two PEM files: the signer's certificate with those above it, and its key without a
    password. UserError if one cannot be read, they do not belong together, or today is not within
    the certificate's time."""
    chain, secret = _read(certificate), _read(key)
    leaf = signer_of(chain, certificate)
    try:
        private = serialization.load_pem_private_key(secret, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UserError(f"{key}: no private key in PEM without a password ({error})") from error
    if private.public_key() != leaf.public_key():
        raise UserError(
            f"{key}: is not the key of {certificate}; give the two that belong together"
        )
    if not leaf.not_valid_before_utc <= datetime.now(UTC) < leaf.not_valid_after_utc:
        raise UserError(
            f"{certificate}: is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d} only; give one that is valid today"
        )
    match private:
        case ec.EllipticCurvePrivateKey() if private.curve.name in CURVES:
            algorithm = CURVES[private.curve.name]
        case rsa.RSAPrivateKey():
            algorithm = "ps256"
        case ed25519.Ed25519PrivateKey():
            algorithm = "ed25519"
        case _:
            raise UserError(f"{key}: C2PA takes keys of P-256, P-384, P-521, RSA and Ed25519 only")
    return Credentials(chain, _pem(private), algorithm, self_made=False)


def make_credentials(creator: str) -> Credentials:
    """A certificate that is its own issuer, and its key, which is nowhere written."""
    key = ec.generate_private_key(ec.SECP256R1())
    public, now = key.public_key(), datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(creator, LONGEST)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(creator, LONGEST - len(MADE)) + MADE),
        ]
    )
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=365 * YEARS))
        # What C2PA asks of one that signs (specification 2.2, 14.5.1).
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.KeyUsage(**{use: use == SIGNING for use in USES}), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM)
    return Credentials(chain, _pem(key), "es256", self_made=True)


def signer_of(chain: bytes, path: Path) -> x509.Certificate:
    """The first certificate of a PEM file's content; UserError if there is none."""
    try:
        return x509.load_pem_x509_certificates(chain)[0]
    except ValueError as error:
        raise UserError(f"{path}: no certificate in PEM ({error})") from error


def told_certificate(leaf: x509.Certificate) -> str:
    """Whose a certificate is, and its SHA-256."""
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = names[0].value if names else leaf.subject.rfc4514_string()
    return f"{name!s}, SHA-256 {leaf.fingerprint(hashes.SHA256()).hex()}"


def _pem(key: PrivateKeyTypes) -> bytes:
    """As PKCS #8, the one form that C2PA's library reads."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error


def _cut(text: str, most: int) -> str:
    """At most so many bytes of it, whole characters."""
    return text.encode()[:most].decode(errors="ignore")
