"""The site's signature over a piece of evidence: whoever has its public key can check it alone.

It says that this site exported just these files. `verify.py` in the evidence checks it.
"""

from base64 import urlsafe_b64encode

from patrol.checkpoint_key import SiteKey
from patrol.exports.verify import EVIDENCE_PREFIX, evidence_message


def signed_line(manifest_sha256: str, key: SiteKey) -> str:
    """Return the line that signs a manifest, by its SHA-256; the same each time."""
    key_id = key.public.key_id
    signature = key.sign(evidence_message(manifest_sha256, key_id))
    text = urlsafe_b64encode(signature).rstrip(b"=").decode()
    return f"{EVIDENCE_PREFIX} {manifest_sha256} {key_id} {text}"
