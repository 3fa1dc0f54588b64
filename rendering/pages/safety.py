"""What a browser may do with one of our pages: show it, and nothing else."""

import base64
import hashlib
import re


def style_policy(page: str) -> str:
    """Content-Security-Policy of a page: its own style by digest, scripts and forms from its own host only."""
    styles = " ".join(f"'sha256-{_digest(each)}'" for each in re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    return (
        f"default-src 'none'; style-src {styles}; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
