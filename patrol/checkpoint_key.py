"""The site's key (Ed25519, RFC 8032): private where checkpoints are made, public for everybody."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ingest.errors import LibongError

_END = b"-----END PUBLIC KEY-----"
_OWNER_ONLY = 0o600


class KeyFileError(LibongError, ValueError):
    """A file that holds no key, or one that others can read."""


@dataclass(frozen=True)
class PublicKey:
    """A key to check signatures with; `raw` are its 32 bytes."""

    raw: bytes

    @property
    def key_id(self) -> str:
        """The first 16 hex digits of its SHA-256, to tell keys apart and to read out."""
        return sha256(self.raw).hexdigest()[:16]

    @property
    def pem(self) -> str:
        """The key as any tool reads it (SubjectPublicKeyInfo, RFC 8410)."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Return whether this key's owner signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SiteKey:
    """The private key, and the public one that belongs to it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Hold a key; `kept_at` is how to come by one."""
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @classmethod
    def kept_at(cls, path: Path) -> "SiteKey":
        """Return the key in a file; on first use make one that its owner alone may read.

        Raises KeyFileError for a file that holds no such key, or that others may read.
        """
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & 0o077:
            raise KeyFileError(
                f"others may read the site key {path}, and could sign for this site; "
                f"`chmod 600 {path}`, and make a new key if they did"
            )
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise KeyFileError(f"{path} holds no private key; restore it from a backup") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFileError(f"{path} holds no Ed25519 key; restore it from a backup")
        return cls(key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature (64 bytes) of a message."""
        return self._key.sign(message)


def read_public_keys(path: Path) -> tuple[PublicKey, ...]:
    """Return the public keys of a PEM file, one or several; raises KeyFileError."""
    try:
        blocks = path.read_bytes().split(_END)[:-1]
        loaded = [load_pem_public_key(block.lstrip() + _END + b"\n") for block in blocks]
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} holds no public key in PEM; got {error}") from error
    keys = [key for key in loaded if isinstance(key, Ed25519PublicKey)]
    if not keys or len(keys) != len(loaded):
        raise KeyFileError(
            f"{path} must hold Ed25519 public keys in PEM; `libong checkpoint key` prints one"
        )
    return tuple(PublicKey(key.public_bytes_raw()) for key in keys)


def _make_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    # mkstemp makes the file private; the link appears whole, or another process's does
    handle, made = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, _OWNER_ONLY)
        file.write(pem)
    with suppress(FileExistsError):
        os.link(made, path)
    Path(made).unlink()
