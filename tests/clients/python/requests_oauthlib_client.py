"""requests-oauthlib for the grants, PyJWT for the signatures."""

import secrets
from importlib.metadata import version

import jwt
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidGrantError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

import harness
from harness import ALGORITHMS, AUTHORIZATION_ENDPOINT, CLIENTS, ISSUER, LOGIN_SCOPE, REDIRECT_URI, Report, expect, refused

METADATA = harness.discover()
KEYS = jwt.PyJWKClient(METADATA["jwks_uri"], timeout=harness.TIMEOUT)
TOKEN_ENDPOINT = METADATA["token_endpoint"]
JSON_TOKEN_ENDPOINT = f"{ISSUER}/v1/oauth2/token"
METHODS = (("client_secret_basic", "confidential"), ("client_secret_post", "confidential"), ("none", "public"))


def verified(token, algorithm, audience):
    """Header and claims of a token whose signature, issuer, audience and times PyJWT found right."""
    decoded = jwt.decode_complete(
        token,
        KEYS.get_signing_key_from_jwt(token).key,
        algorithms=[algorithm],
        audience=audience,
        issuer=ISSUER,
        options={"require": ["iss", "sub", "aud", "iat", "exp"]},
    )
    return decoded["header"], decoded["payload"]


def credentials(client, method):
    """How `fetch_token` is told to authenticate the client."""
    return {
        "client_secret_basic": {"client_secret": client.get("client_secret")},
        "client_secret_post": {"client_secret": client.get("client_secret"), "include_client_id": True},
        "none": {"include_client_id": True},
    }[method]


def refresh_credentials(client, method):
    """The same for `refresh_token`, which leaves it all to its caller."""
    return {
        "client_secret_basic": {"auth": HTTPBasicAuth(client["client_id"], client.get("client_secret"))},
        "client_secret_post": {"client_id": client["client_id"], "client_secret": client.get("client_secret")},
        "none": {"client_id": client["client_id"]},
    }[method]


def machine_token(client, method, token_endpoint=TOKEN_ENDPOINT):
    oauth = OAuth2Session(client=BackendApplicationClient(client["client_id"], scope=["api:read"]))
    return oauth.fetch_token(token_endpoint, timeout=harness.TIMEOUT, **credentials(client, method))


def client_credentials(algorithm, method, token_endpoint=TOKEN_ENDPOINT):
    client = CLIENTS[algorithm]["machine"]
    token = machine_token(client, method, token_endpoint)
    expect(token["token_type"], "Bearer", "token_type")
    expect(token["expires_in"], 3600, "expires_in")
    expect("refresh_token" in token, False, "presence of a refresh token")
    header, claims = verified(token["access_token"], algorithm, client["client_id"])
    harness.check_machine_token(header, claims, algorithm, client["client_id"], "api:read")


def wrong_secret(method):
    client = {**CLIENTS["RS256"]["machine"], "client_secret": "not-the-secret"}
    refused(InvalidClientError, "invalid_client", lambda: machine_token(client, method))


def authorize(client, nonce):
    # By default, requests-oauthlib uses no PKCE. A public client must.
    pkce = None if "client_secret" in client else "S256"
    oauth = OAuth2Session(client["client_id"], redirect_uri=REDIRECT_URI, scope=LOGIN_SCOPE.split(), pkce=pkce)
    url, _ = oauth.authorization_url(AUTHORIZATION_ENDPOINT, nonce=nonce)
    return oauth, harness.log_in(url)


def code_exchange(algorithm, method, kind, token_endpoint=TOKEN_ENDPOINT):
    client = CLIENTS[algorithm][kind]
    client_id = client["client_id"]
    nonce = secrets.token_urlsafe(16)
    oauth, callback = authorize(client, nonce)

    token = oauth.fetch_token(
        token_endpoint,
        authorization_response=callback,
        timeout=harness.TIMEOUT,
        **credentials(client, method),
    )
    harness.check_user_token(*verified(token["access_token"], algorithm, client_id), algorithm, client_id)
    if token_endpoint == TOKEN_ENDPOINT:
        _, claims = verified(token["id_token"], algorithm, client_id)
        harness.check_id_token(claims, client_id, nonce, kind)
    else:
        expect(token["refresh_token_expires_in"], 2592000, "refresh_token_expires_in")

    def refresh(refresh_token):
        return oauth.refresh_token(
            token_endpoint,
            refresh_token=refresh_token,
            timeout=harness.TIMEOUT,
            **refresh_credentials(client, method),
        )

    first = token["refresh_token"]
    second = refresh(first)
    harness.check_user_token(*verified(second["access_token"], algorithm, client_id), algorithm, client_id)
    expect(second["refresh_token"] != first, True, "whether the refresh token was rotated")
    third = refresh(second["refresh_token"])
    harness.check_user_token(*verified(third["access_token"], algorithm, client_id), algorithm, client_id)

    refused(InvalidGrantError, "invalid_grant", lambda: refresh(first))
    # The replay revoked the grant, so the newest refresh token is dead too.
    newest = third["refresh_token"]
    refused(InvalidGrantError, "invalid_grant", lambda: refresh(newest))


def wrong_verifier():
    client = CLIENTS["RS256"]["public"]
    _, callback = authorize(client, "nonce")
    oauth = OAuth2Session(client["client_id"], redirect_uri=REDIRECT_URI)
    other = secrets.token_urlsafe(48)
    refused(
        InvalidGrantError,
        "invalid_grant",
        lambda: oauth.fetch_token(
            TOKEN_ENDPOINT,
            authorization_response=callback,
            code_verifier=other,
            timeout=harness.TIMEOUT,
            **credentials(client, "none"),
        ),
    )


report = Report(f"requests-oauthlib {version('requests-oauthlib')}")
for alg in ALGORITHMS:
    for how in ("client_secret_basic", "client_secret_post"):
        report.step(f"client credentials, {alg}, {how}", client_credentials, alg, how)
    for how, kind in METHODS:
        report.step(f"code, ID token, refresh, replay, {alg}, {how}", code_exchange, alg, how, kind)
# The JSON endpoint takes forms too, which is all that this library can send.
report.step(
    "client credentials by form at the JSON endpoint",
    client_credentials,
    "RS256",
    "client_secret_post",
    JSON_TOKEN_ENDPOINT,
)
report.step(
    "code, refresh, replay by form at the JSON endpoint",
    code_exchange,
    "RS256",
    "client_secret_post",
    "confidential",
    JSON_TOKEN_ENDPOINT,
)
for how in ("client_secret_basic", "client_secret_post"):
    report.step(f"a wrong secret is invalid_client, {how}", wrong_secret, how)
report.step("a wrong code verifier is invalid_grant", wrong_verifier)
report.close()
