"""Signatures of released videos: what they say, what they find, which certificates are taken."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from understudy.errors import UserError
from understudy.files import sha256
from understudy.release.certificates import USES, Credentials, make_credentials, read_credentials
from understudy.release.finish import Finisher
from understudy.release.note import write_with_note
from understudy.release.signing import SYNTHETIC, Signer, Verifier
from understudy.release.terms import INGREDIENTS
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

MADE_OF = {
    "reference kick": "0123456789ab",
    "identity anna": "123456789abc",
    "background hall": "23456789abcd",
}
NEVER = timedelta(days=-2)
DOCUMENTS = x509.ObjectIdentifier(
    "1.3.6.1.5.5.7.3.36"
)  # that a certificate is for these (RFC 9336)
CLAIMS = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")  # or for C2PA's claims


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    ramp = np.linspace(0, 255, 128 * 96 * 3).astype(np.uint8).reshape(1, 96, 128, 3)
    with VideoWriter(path, 128, 96, 10) as writer:
        writer.write(np.concatenate([np.roll(ramp, 7 * k, 2) for k in range(6)]))
    return path


@pytest.fixture(scope="module")
def credentials():
    return make_credentials("A lab")


@pytest.fixture(scope="module")
def signed(video, credentials):
    return Signer(credentials).signed(video.read_bytes(), "000000.mp4", MADE_OF)


def verifier_of(credentials):
    return Verifier(credentials.chain, Path("chain.pem"))


# What a signed video says


def test_a_video_says_that_it_is_synthetic_and_of_what_it_is_made(signed, tmp_path):
    (tmp_path / "a.mp4").write_bytes(signed)
    with c2pa.Reader(tmp_path / "a.mp4") as reader:
        told = json.loads(reader.json())
    assert told["validation_state"] == "Valid"
    manifest = told["manifests"][told["active_manifest"]]
    assert manifest["claim_generator_info"][0]["name"] == "Understudy"
    assert {one["title"]: one["instance_id"] for one in manifest["ingredients"]} == {
        name: f"sha256:{digest}" for name, digest in MADE_OF.items()
    }
    (actions,) = (
        one["data"]["actions"]
        for one in manifest["assertions"]
        if one["label"].startswith("c2pa.actions")
    )
    assert actions[0]["action"] == "c2pa.created"
    assert actions[0]["digitalSourceType"] == SYNTHETIC
    assert len(actions[1]["parameters"]["ingredients"]) == 3


def test_its_frames_stay_as_they_were(video, signed, tmp_path):
    (tmp_path / "a.mp4").write_bytes(signed)
    assert np.array_equal(read_frames(tmp_path / "a.mp4"), read_frames(video))
    assert len(signed) - video.stat().st_size < 10_000


# What is found


def test_a_signed_video_is_verified(signed, credentials):
    assert verifier_of(credentials).objection(signed) is None


def test_any_changed_byte_of_the_film_is_found(video, signed, credentials):
    """The manifest, which holds padding, is before the film and its index; `verify_release`
    compares the whole file too."""
    verifier = verifier_of(credentials)
    film = signed.index(b"moov") - 4
    assert len(signed) - film == video.stat().st_size - signed.index(b"uuid") + 4
    rng = np.random.default_rng(0)
    for at in (film, *rng.integers(film, len(signed), 80), len(signed) - 1):
        changed = bytearray(signed)
        changed[at] ^= 1 << rng.integers(8)
        assert verifier.objection(bytes(changed)) is not None, at


def test_one_who_is_not_the_publisher_is_found(video, signed, credentials):
    other = verifier_of(make_credentials("A lab"))
    assert other.objection(signed) == "is signed with another certificate"
    assert other.objection(video.read_bytes()) == "is not signed"
    assert "cannot be read" in other.objection(b"no video at all")


def test_a_video_that_is_said_to_be_filmed_is_found(video, credentials, monkeypatch):
    filmed = SYNTHETIC.replace("compositeSynthetic", "digitalCapture")
    monkeypatch.setattr("understudy.release.signing.SYNTHETIC", filmed)
    lie = Signer(credentials).signed(video.read_bytes(), "a.mp4", MADE_OF)
    monkeypatch.undo()
    told = verifier_of(credentials).objection(lie)
    assert told == "does not say that it is synthetic"


def test_what_is_no_video_is_not_signed(credentials):
    with pytest.raises(UserError, match=r"^a\.mp4: cannot be signed \("):
        Signer(credentials).signed(b"no video at all", "a.mp4", MADE_OF)


# Certificates of a publisher


def issued(
    key,
    subject,
    issuer,
    by,
    ends=timedelta(days=30),
    authority=False,
    purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION,
):
    """A certificate for `key`, signed with the key `by`."""
    now = datetime.now(UTC)
    usage = dict.fromkeys(USES, False)
    usage["key_cert_sign" if authority else "digital_signature"] = True
    name = [
        x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, one),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, one),
            ]
        )
        for one in (subject, issuer)
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name[0])
        .issuer_name(name[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    algorithm = None if isinstance(by, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(by, algorithm).public_bytes(serialization.Encoding.PEM)


def secret(key, password=None, form=serialization.PrivateFormat.PKCS8):
    locked = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, form, locked)


@pytest.fixture(scope="module")
def authorities():
    """The keys of a root and of an authority below it, and the latter's certificate."""
    root, below = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    return root, below, issued(below, "Below", "Root", root, authority=True)


KEYS = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_publishers_certificate_signs(algorithm, authorities, video, tmp_path):
    """As authorities deliver it: with the one above it, without the root; the key as OpenSSL
    writes it."""
    old = serialization.PrivateFormat.TraditionalOpenSSL
    form = serialization.PrivateFormat.PKCS8 if algorithm == "ed25519" else old
    _, below, above = authorities
    key = KEYS[algorithm]()
    mail = ExtendedKeyUsageOID.EMAIL_PROTECTION
    purpose = {"es256": DOCUMENTS, "es384": CLAIMS}.get(algorithm, mail)
    chain = issued(key, "A lab", "Below", below, purpose=purpose) + above
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "key.pem").write_bytes(secret(key, form=form))
    found = read_credentials(tmp_path / "chain.pem", tmp_path / "key.pem")
    assert (found.algorithm, found.self_made) == (algorithm, False)
    signed = Signer(found).signed(video.read_bytes(), "a.mp4", MADE_OF)
    assert verifier_of(found).objection(signed) is None


def test_another_certificate_of_the_same_authority_is_another(authorities, video):
    _, below, above = authorities
    chains = []
    for name in ("A lab", "B lab"):
        key = ec.generate_private_key(ec.SECP256R1())
        chain = issued(key, name, "Below", below) + above
        chains.append(Credentials(chain, secret(key), "es256", self_made=False))
    signed = Signer(chains[0]).signed(video.read_bytes(), "a.mp4", MADE_OF)
    assert verifier_of(chains[1]).objection(signed) == "is signed with another certificate"


def test_what_is_not_taken_is_told(authorities, tmp_path):
    _, below, above = authorities
    key, other = KEYS["es256"](), KEYS["es256"]()
    files = {
        "good.pem": issued(key, "A lab", "Below", below) + above,
        "old.pem": issued(key, "A lab", "Below", below, ends=NEVER) + above,
        "text.pem": b"no certificate",
        "good.key": secret(key),
        "other.key": secret(other),
        "locked.key": secret(key, b"word"),
    }
    dsa_key = dsa.generate_private_key(2048)
    files |= {"dsa.pem": issued(dsa_key, "A lab", "Below", below), "dsa.key": secret(dsa_key)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for certificate, key_file, told in (
        ("good.pem", "none.key", r"none\.key: cannot be read"),
        ("text.pem", "good.key", r"text\.pem: no certificate in PEM"),
        ("good.pem", "good.pem", r"good\.pem: no private key in PEM"),
        ("good.pem", "locked.key", r"locked\.key: no private key in PEM without a password"),
        ("good.pem", "other.key", r"other\.key: is not the key of .*good\.pem"),
        ("old.pem", "good.key", r"old\.pem: is valid from .* only; give one that is valid today"),
        ("dsa.pem", "dsa.key", r"dsa\.key: C2PA takes keys of P-256"),
    ):
        with pytest.raises(UserError, match=told):
            read_credentials(tmp_path / certificate, tmp_path / key_file)


def test_what_c2pa_does_not_take_is_told(authorities, video):
    """One for servers, and a key that is another algorithm's."""
    _, below, above = authorities
    key = KEYS["es256"]()
    web = issued(key, "A lab", "Below", below, purpose=ExtendedKeyUsageOID.SERVER_AUTH) + above
    of_a_server = Credentials(web, secret(key), "es256", self_made=False)
    with pytest.raises(UserError, match=r"cannot be signed \(.*certificate is invalid"):
        Signer(of_a_server).signed(video.read_bytes(), "a.mp4", MADE_OF)
    with pytest.raises(UserError, match="not one that C2PA takes"):
        Signer(replace(of_a_server, algorithm="ps256"))


def test_a_certificate_that_signs_without_being_valid_is_refused(authorities, video):
    """One for Microsoft's own signatures of C2PA."""
    _, below, above = authorities
    key = KEYS["es256"]()
    purpose = x509.ObjectIdentifier("1.3.6.1.4.1.311.76.59.1.9")
    chain = issued(key, "A lab", "Below", below, purpose=purpose) + above
    finisher = Finisher(Credentials(chain, secret(key), "es256", self_made=False), None)
    row = {"video": str(video), "sha256": sha256(video)}
    row |= {side: "a" for side in INGREDIENTS} | {f"{side}_digest": "b" for side in INGREDIENTS}
    with pytest.raises(UserError, match=r"^a\.mp4: its signature is not valid \(.*; give another"):
        finisher.video(row, "a.mp4")


@pytest.mark.parametrize("creator", ["A lab", "Universität für angewandte Kunst " * 4, "研究所"])
def test_any_name_of_a_publisher_goes_into_a_certificate(creator, video):
    made = make_credentials(creator)
    signed = Signer(made).signed(video.read_bytes(), "a.mp4", MADE_OF)
    assert verifier_of(made).objection(signed) is None


# A visible note


def test_a_note_stands_in_every_frame_and_changes_nothing_else(video, tmp_path):
    write_with_note(video, "AI-generated", tmp_path / "a.mp4")
    before, after = read_frames(video), read_frames(tmp_path / "a.mp4")
    assert after.shape == before.shape
    assert np.abs(after[:, :60].astype(int) - before[:, :60]).mean() < 3
    corner = after[:, -12:, :40].astype(int)
    assert (corner.max((1, 2, 3)) > 200).all()  # white on
    assert (np.median(corner, (1, 2, 3)) < 60).all()  # a dark ground


def test_a_note_that_does_not_fit_is_refused(video, tmp_path):
    with pytest.raises(UserError, match="too long for a frame of 128x96; shorten it"):
        write_with_note(video, "Generated by artificial intelligence", tmp_path / "a.mp4")
