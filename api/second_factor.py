"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

import pyotp
import segno

from patrol.account import RECOVERY_CODES
from patrol.account_records import Accounts

STEP_S = 30
# a phone's clock may be a step off either way
_STEPS_OFF = (0, -1, 1)
MAX_CODE_CHARS = 40


def new_secret() -> str:
    """Return a new secret in base32, 160 bits as RFC 4226 recommends."""
    return pyotp.random_base32()


def setup_uri(secret: str, user_name: str, issuer: str) -> str:
    """Return the otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=issuer)


def qr_svg(uri: str) -> str:
    """Return a QR code as SVG, without styles that the pages' policy would refuse."""
    return segno.make(uri, error="m").svg_inline(
        scale=5, border=4, light="#fff", dark="#000", omitsize=False
    )


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step of the clock that a code belongs to, or None where it fits none near now."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=STEP_S)
    step = int(now.timestamp()) // STEP_S
    near = (step + off for off in _STEPS_OFF)
    return next((each for each in near if totp.verify(digits, for_time=each * STEP_S)), None)


def new_recovery_codes() -> Sequence[str]:
    """Return codes of 64 random bits, to be written down."""
    return [f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" for code in _random_codes()]


def _random_codes() -> Sequence[str]:
    return [token_hex(8) for _ in range(RECOVERY_CODES)]


def passes(accounts: Accounts, name: str, code: str, now: datetime) -> bool:
    """Return whether a code of the app or a recovery code of this user passes now, and spend it."""
    factor = accounts.second_factor(name)
    if factor is None or not factor.proven:
        return False
    step = matching_step(factor.secret, code, now)
    if step is not None:
        return accounts.spend_step(name, step)
    return accounts.spend_recovery_code(name, code.strip().lower(), now)
