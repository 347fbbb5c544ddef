"""Signing in for real: a browser, the app, and an OpenID Connect provider."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.app import expect_finished, free_port, serve
from tests.helpers.oidc import CLIENT, provider

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a long text that nobody can guess"
client_id = "{client}"
client_secret = "x"
server_metadata_url = "{address}/.well-known/openid-configuration"

[rights]
train = ["*@school.example"]
delete = ["bob@school.example"]
"""


def test_who_signs_in_may_do_what_the_secrets_say_until_they_sign_out(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    with provider(sub="1", email="ann@school.example", email_verified=True) as address:
        secrets.write_text(SECRETS.format(port=port, client=CLIENT, address=address))
        with serve(port=port, HOME=str(tmp_path)) as server:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{server.url}/training?view=Train")
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{server.url}/")
            page.goto(f"{server.url}/training?view=Train")
            expect(page.get_by_role("button", name="Start training")).to_be_visible()
            page.goto(f"{server.url}/training?run=convnet")
            expect(page.get_by_role("button", name="Export")).to_be_visible()
            expect_finished(page)
            for name in ("Delete", "Rename"):
                expect(page.get_by_role("button", name=name)).to_have_count(0)
            page.goto(f"{server.url}/training?view=Train")
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url(f"{server.url}/")
            page.goto(f"{server.url}/training?view=Train")
            expect(page.get_by_role("button", name="Sign in")).to_be_visible()
            expect(page.get_by_role("button", name="Start training")).to_have_count(0)
            context.close()
