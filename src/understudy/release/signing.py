"""C2PA manifests: a video says itself that it is synthetic and of what it is made, signed."""

import io
import json
from pathlib import Path

import c2pa

from understudy import __version__
from understudy.errors import UserError
from understudy.release.certificates import Credentials, signer_of

SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
MP4 = "video/mp4"
# What a certificate has to be for: e-mail, documents, or C2PA's own (specification 2.2, 14.5.1). By
# itself the library signs with all three, and then calls all but the first invalid.
PURPOSES = ("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1")
OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False}


class Signer:
    """Signs videos with one certificate."""

    def __init__(self, credentials: Credentials) -> None:
        try:
            self._signer = c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(
                    credentials.algorithm, credentials.chain, credentials.key, ta_url=None
                )
            )
        except c2pa.C2paError as error:
            raise UserError(f"the certificate is not one that C2PA takes ({error})") from error
        # The caller verifies one video, not each.
        self._context = c2pa.Context.from_dict({"verify": {**OFFLINE, "verify_after_sign": False}})

    def signed(self, video: bytes, title: str, ingredients: dict[str, str]) -> bytes:
        """An .mp4 file's bytes with a manifest, its frames as they were.

        ingredients: what the video is made of ("identity anna"), each with the first 12 hex digits
        of its file's SHA-256. UserError if the bytes are no .mp4 file, or the certificate is
        refused.
        """
        out = io.BytesIO()
        try:
            with c2pa.Builder(_manifest(title, ingredients), context=self._context) as builder:
                builder.sign(self._signer, MP4, io.BytesIO(video), out)
        except c2pa.C2paError as error:
            raise UserError(f"{title}: cannot be signed ({error})") from error
        return out.getvalue()


class Verifier:
    """Verifies videos that were signed with one certificate: the first of a PEM file, whose
    content is `chain`."""

    def __init__(self, chain: bytes, path: Path) -> None:
        self._serial = str(signer_of(chain, path).serial_number)
        trust = {
            "trust_anchors": chain.decode(errors="replace"),
            "trust_config": "\n".join(PURPOSES),
        }
        self._context = c2pa.Context.from_dict({"verify": OFFLINE, "trust": trust})

    def objection(self, video: bytes) -> str | None:
        """What is wrong with a video's manifest, its signature or its bytes; None: nothing."""
        try:
            with c2pa.Reader(MP4, io.BytesIO(video), context=self._context) as reader:
                state, told = reader.get_validation_state(), reader.get_active_manifest() or {}
                failures = reader.get_validation_results() or {}
        except c2pa.C2paError.ManifestNotFound:
            return "is not signed"
        except c2pa.C2paError as error:
            return f"its signature cannot be read ({error})"
        if state == "Invalid":
            codes = [one["code"] for one in failures.get("activeManifest", {}).get("failure", [])]
            return f"its signature is not valid ({', '.join(codes)})"
        if state != "Trusted" or told["signature_info"]["cert_serial_number"] != self._serial:
            return "is signed with another certificate"
        if SYNTHETIC not in _sources(told):
            return "does not say that it is synthetic"
        return None


def _manifest(title: str, ingredients: dict[str, str]) -> str:
    made = {"name": "Understudy", "version": __version__}
    return json.dumps(
        {
            "claim_generator_info": [made],
            "title": title,
            "ingredients": [
                {
                    **{"title": name, "label": name, "relationship": "componentOf"},
                    "instance_id": f"sha256:{digest}",
                }
                for name, digest in ingredients.items()
            ],
            "assertions": [
                {
                    "label": "c2pa.actions.v2",
                    "data": {
                        "actions": [
                            {
                                "action": "c2pa.created",
                                "digitalSourceType": SYNTHETIC,
                                "softwareAgent": made,
                            },
                            {
                                "action": "c2pa.placed",
                                "parameters": {"ingredientIds": list(ingredients)},
                            },
                        ]
                    },
                }
            ],
        }
    )


def _sources(manifest: dict) -> list[str]:
    """The kinds of source that a manifest's actions state."""
    actions = [
        action
        for assertion in manifest.get("assertions", [])
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"]["actions"]
    ]
    return [action.get("digitalSourceType", "") for action in actions]
