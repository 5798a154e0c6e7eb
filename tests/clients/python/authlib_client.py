"""Authlib: OAuth2Session for the grants, its OpenID Connect mixin for the ID token, joserfc for the signatures."""

import secrets
from importlib.metadata import version

from authlib.integrations.base_client import OAuthError, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet
import requests

import harness
import phone
from harness import ALGORITHMS, AUTHORIZATION_ENDPOINT, CLIENTS, LOGIN_SCOPE, REDIRECT_URI, Report, expect, refused

METADATA = harness.discover()
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
METHODS = (("client_secret_basic", "confidential"), ("client_secret_post", "confidential"), ("none", "public"))


class RelyingParty(OpenIDMixin):
    """The part of Authlib that checks an ID token, without the web framework that usually surrounds it."""

    def __init__(self, client_id):
        self.client_id = client_id
        self.server_metadata = dict(METADATA)

    def load_server_metadata(self):
        return self.server_metadata

    def _get_session(self):
        return OAuth2Session(default_timeout=harness.TIMEOUT)


def session(client, method, scope):
    return OAuth2Session(
        client_id=client["client_id"],
        client_secret=client.get("client_secret"),
        token_endpoint_auth_method=method,
        scope=scope,
        redirect_uri=REDIRECT_URI,
        # By default, Authlib uses no PKCE. A public client must.
        code_challenge_method="S256" if method == "none" else None,
        token_endpoint=METADATA["token_endpoint"],
        default_timeout=harness.TIMEOUT,
    )


def verified(token, algorithm):
    keys = KeySet.import_key_set(RelyingParty(None).fetch_jwk_set())
    decoded = jwt.decode(token, keys, algorithms=[algorithm])
    return decoded.header, decoded.claims


def client_credentials(algorithm, method):
    client = CLIENTS[algorithm]["machine"]
    token = session(client, method, "api:read").fetch_token(grant_type="client_credentials")
    expect(token["token_type"], "Bearer", "token_type")
    expect(token["expires_in"], 3600, "expires_in")
    expect(token["scope"], "api:read", "scope")
    expect("refresh_token" in token, False, "presence of a refresh token")
    harness.check_machine_token(*verified(token["access_token"], algorithm), algorithm, client["client_id"], "api:read")


def wrong_secret(method):
    client = {**CLIENTS["RS256"]["machine"], "client_secret": "not-the-secret"}
    fetch = session(client, method, "api:read").fetch_token
    refused(OAuthError, "invalid_client", lambda: fetch(grant_type="client_credentials"))


def authorize(oauth, nonce):
    verifier = secrets.token_urlsafe(48) if oauth.code_challenge_method else None
    url, state = oauth.create_authorization_url(AUTHORIZATION_ENDPOINT, code_verifier=verifier, nonce=nonce)
    return harness.log_in(url), state, verifier


def code_exchange(algorithm, method, kind):
    client = CLIENTS[algorithm][kind]
    oauth = session(client, method, LOGIN_SCOPE)
    nonce = secrets.token_urlsafe(16)
    callback, state, verifier = authorize(oauth, nonce)

    proof = {"code_verifier": verifier} if verifier else {}
    token = oauth.fetch_token(authorization_response=callback, state=state, **proof)
    harness.check_user_token(*verified(token["access_token"], algorithm), algorithm, client["client_id"])
    claims = RelyingParty(client["client_id"]).parse_id_token(token, nonce)
    harness.check_id_token(claims, client["client_id"], nonce, kind)

    first = token["refresh_token"]
    second = oauth.refresh_token(refresh_token=first)
    harness.check_user_token(*verified(second["access_token"], algorithm), algorithm, client["client_id"])
    expect(second["refresh_token"] != first, True, "whether the refresh token was rotated")
    third = oauth.refresh_token(refresh_token=second["refresh_token"])
    harness.check_user_token(*verified(third["access_token"], algorithm), algorithm, client["client_id"])

    refused(OAuthError, "invalid_grant", lambda: oauth.refresh_token(refresh_token=first))
    # The replay revoked the grant, so the newest refresh token is dead too.
    newest = third["refresh_token"]
    refused(OAuthError, "invalid_grant", lambda: oauth.refresh_token(refresh_token=newest))


def wrong_verifier():
    oauth = session(CLIENTS["RS256"]["public"], "none", LOGIN_SCOPE)
    callback, state, _ = authorize(oauth, "nonce")
    other = secrets.token_urlsafe(48)
    fetch = oauth.fetch_token
    refused(
        OAuthError,
        "invalid_grant",
        lambda: fetch(authorization_response=callback, state=state, code_verifier=other),
    )


def device_code():
    client = CLIENTS["device"]
    oauth = session(client, "none", None)
    begun = requests.post(
        METADATA["device_authorization_endpoint"],
        data={"client_id": client["client_id"], "scope": LOGIN_SCOPE},
        timeout=harness.TIMEOUT,
    ).json()

    def poll():
        return oauth.fetch_token(grant_type=DEVICE_CODE, device_code=begun["device_code"])

    refused(OAuthError, "authorization_pending", poll)
    refused(OAuthError, "slow_down", poll)
    phone.answer(begun["verification_uri"], begun["user_code"], "agree")
    token = poll()
    harness.check_user_token(*verified(token["access_token"], "RS256"), "RS256", client["client_id"])
    claims = RelyingParty(client["client_id"]).parse_id_token(token, nonce=None)
    expect(claims["sub"], harness.USER["id"], "sub")
    refused(OAuthError, "invalid_grant", poll)


report = Report(f"Authlib {version('Authlib')}")
for alg in ALGORITHMS:
    for how in ("client_secret_basic", "client_secret_post"):
        report.step(f"client credentials, {alg}, {how}", client_credentials, alg, how)
    for how, kind in METHODS:
        report.step(f"code, ID token, refresh, replay, {alg}, {how}", code_exchange, alg, how, kind)
for how in ("client_secret_basic", "client_secret_post"):
    report.step(f"a wrong secret is invalid_client, {how}", wrong_secret, how)
report.step("a wrong code verifier is invalid_grant", wrong_verifier)
report.step("device code: pending, slow_down, ID token, second use", device_code)
report.close()
