"""An OpenID Connect provider in this process, which signs everybody in as one person without asking."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "digit-reader"


@contextmanager
def provider(**person: Any) -> Iterator[str]:
    """Be the provider until the block ends; its tokens claim this of the person. Gives its address."""
    key = RSAKey.generate_key(2048, {"kid": "1"})
    nonces: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path == "/authorize":
                nonces["code"] = query.get("nonce", [""])[0]
                answer = urlencode({"code": "code", "state": query["state"][0]})
                self.send_response(302)
                self.send_header("Location", f"{query['redirect_uri'][0]}?{answer}")
                self.end_headers()
            elif path == "/keys":
                self._json({"keys": [key.as_dict(private=False)]})
            else:
                self._json(
                    {
                        "issuer": address,
                        "authorization_endpoint": f"{address}/authorize",
                        "token_endpoint": f"{address}/token",
                        "jwks_uri": f"{address}/keys",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            now = int(time.time())
            claims = {
                "iss": address,
                "aud": CLIENT,
                "iat": now,
                "exp": now + 600,
                "nonce": nonces["code"],
            } | person
            token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
            self._json({"access_token": "x", "token_type": "Bearer", "id_token": token})

        def _json(self, content: Any) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
