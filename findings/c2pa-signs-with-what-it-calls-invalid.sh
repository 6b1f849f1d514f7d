#!/usr/bin/env bash
# c2pa-python 0.38.1 signs with certificates that it then calls invalid: those for C2PA itself.
#
# The same image, signed with three self-made certificates that differ in nothing but the purpose
# (extended key usage): e-mail (1.3.6.1.5.5.7.3.4), documents (RFC 9336, 1.3.6.1.5.5.7.3.36), and
# C2PA's own (1.3.6.1.4.1.62558.2.1); then read with the same library, once by default and once with
# the three purposes listed in the setting trust.trust_config.
#
# Guess, written down before the run: Builder.sign refuses a purpose that does not count; whatever it
#   signs, Reader calls at least "Valid" (not "Trusted": nobody vouches for the certificate).
#
# Seen: it signs with all three without a word. By default only the one for e-mail reads as Valid, the
#   other two, C2PA's own purpose among them, as Invalid (signingCredential.invalid). With the purposes
#   in trust_config all three are Valid, which a publisher cannot set for those who read.
#
# Why it matters: a certificate that an authority issues for C2PA is the one to sign a dataset with;
#   the signing run ends well, and every reader with default settings calls every video tampered with.
#   Read back what was signed, with default settings, before publishing it.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check --no-deps c2pa-python==0.38.1 \
    cryptography==50.0.2 cffi==2.1.1 pycparser==3.12 pillow==13.0.0

cat > purposes.py <<'END'
import io
import json
from datetime import UTC, datetime, timedelta

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image

PURPOSES = {
    "e-mail": "1.3.6.1.5.5.7.3.4",
    "documents": "1.3.6.1.5.5.7.3.36",
    "C2PA": "1.3.6.1.4.1.62558.2.1",
}
USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)


def credentials(purpose):
    key = ec.generate_private_key(ec.SECP256R1())
    public, now = key.public_key(), datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, "A lab"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.KeyUsage(**{use: use == USES[0] for use in USES}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def signed(image, purpose):
    chain, key = credentials(purpose)
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, key, ta_url=None))
    manifest = {
        "claim_generator_info": [{"name": "test", "version": "1"}],
        "title": "an image",
    }
    quiet = c2pa.Context.from_dict({"verify": {"verify_after_sign": False}})
    out = io.BytesIO()
    with c2pa.Builder(json.dumps(manifest), context=quiet) as builder:
        builder.set_intent(c2pa.C2paBuilderIntent.CREATE, c2pa.C2paDigitalSourceType.EMPTY)
        builder.sign(signer, "image/png", io.BytesIO(image), out)
    return out.getvalue()


def state(image, settings):
    context = c2pa.Context.from_dict(settings)
    with c2pa.Reader("image/png", io.BytesIO(image), context=context) as reader:
        found = reader.get_validation_results() or {}
        told = [one["code"] for one in found.get("activeManifest", {}).get("failure", [])]
        return reader.get_validation_state(), "signingCredential.invalid" in told


buffer = io.BytesIO()
Image.new("RGB", (64, 64), (90, 120, 150)).save(buffer, "PNG")
offline = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
listed = {**offline, "trust": {"trust_config": "\n".join(PURPOSES.values())}}
found = {}
for name, purpose in PURPOSES.items():
    image = signed(buffer.getvalue(), purpose)
    found[name] = state(image, offline), state(image, listed)
    print(f"{name}: {found[name][0][0]} by default, {found[name][1][0]} with the purposes listed")
bad = ("Invalid", True)
same = [by_default == bad for by_default, _ in found.values()] == [False, True, True]
same = same and all(state == "Valid" for _, (state, _) in found.values())
raise SystemExit(0 if same else "the behaviour has changed")
END
venv/bin/python purposes.py
