"""Headers of every answer: what a page may load, who may frame it, and what may be kept.

The policy names no host but our own: the pages must work on an island without internet, and
must tell no third party who looks at them.
"""

from secrets import token_urlsafe

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC_MAX_AGE_S = 3600


# The one page that other sites may frame; it has no form, no login and no script.
FRAMABLE = "/widget"
_WITHOUT_SECRETS = (
    "/",
    FRAMABLE,
    "/poster.pdf",
    "/manifest.webmanifest",
    "/zones-worker.js",
    "/report",
    "/ranger",
    "/ranger/report",
)


def content_security_policy(nonce: str, *, ancestors: str = "'none'") -> str:
    """Return the policy: own files, and inline scripts that carry this answer's `nonce`."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        )
    )


def complete_headers(headers: MutableHeaders, nonce: str, path: str) -> None:
    """Add what every answer carries.

    An answer that says nothing about caching is not stored: pages for officers are safe by
    default and the few public ones say so themselves.
    """
    framable = path == FRAMABLE
    headers["Content-Security-Policy"] = content_security_policy(
        nonce, ancestors="*" if framable else "'none'"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    if not framable:
        headers["X-Frame-Options"] = "DENY"  # for browsers that ignore frame-ancestors
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
    static = path.startswith("/static/")
    headers.setdefault(
        "Cache-Control", f"public, max-age={STATIC_MAX_AGE_S}" if static else "no-store"
    )


class SecurityHeaders:
    """ASGI layer that gives each request a nonce and each answer its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                complete_headers(MutableHeaders(scope=message), nonce, scope["path"])
            await send(message)

        await self._app(scope, receive, send_completed)


class PublicCompression:
    """ASGI layer that compresses public pages and static files, for weak island networks.

    Pages behind the login stay uncompressed: they carry a CSRF token, and compression beside
    text that a stranger can choose would let its length be guessed (BREACH, CVE-2013-3587). The
    rangers' own say nothing of who asks, and carry none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, compressing where that is safe."""
        path = scope.get("path", "")
        open_to_all = path in _WITHOUT_SECRETS or path.startswith(("/static/", "/api/public/"))
        await (self._compressing if open_to_all else self._plain)(scope, receive, send)
