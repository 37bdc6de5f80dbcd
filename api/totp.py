"""The second factor: a six-digit code of the officer's authenticator app, good once (ASVS 6.5.1)."""

import hmac

import segno
from pyotp import random_base32
from pyotp.totp import TOTP

SECONDS = 30
_ISSUER = "Weerklank"


def new_secret() -> str:
    """Draw a secret: 160 bits, in the base 32 that authenticator apps read."""
    return random_base32(32)


def uri(secret: str, email: str) -> str:
    """Give the address that an authenticator app scans."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def picture(secret: str, email: str) -> str:
    """Draw that address as a QR code: one `<svg>` element that loads nothing and styles nothing."""
    return segno.make(uri(secret, email), error="m").svg_inline(scale=5, border=3, dark="#0b1f22", light="#ffffff", omitsize=True)


def step_of(secret: str, code: str, now: int) -> int | None:
    """Find the time step of a code: the present one, or one either side for a slow clock. None when the code is wrong."""
    present = now // 1000 // SECONDS
    known = TOTP(secret)
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(known.generate_otp(step).encode(), code.encode()):
            found = step
    return found
