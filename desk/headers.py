"""The HTTP headers of every page: no cache keeps it, its scripts and styles are ours, it gives no referrer."""

from __future__ import annotations


def page_headers(issuers: tuple[str, ...] = (), *, tls: bool = False) -> dict[str, str]:
    """Return the headers of every page. `issuers` are the origins to which its forms may lead, to sign in and out."""
    targets = " ".join(("'self'", *issuers))
    own = "; ".join(f"{kind}-src 'self'" for kind in ("style", "script", "font", "img", "connect"))
    policy = f"default-src 'none'; {own}; form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Vary": "Accept-Encoding, Cookie",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if tls else {})
