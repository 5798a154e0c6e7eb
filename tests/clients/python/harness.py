"""What the Python client programs share: settings, the login, the claims that are due, the report."""

import json
import os
import sys
import traceback
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

ISSUER = os.environ["COUNTERSIGN_TEST_ISSUER"]
CLIENTS = json.loads(os.environ["COUNTERSIGN_CLIENTS"])
USER = json.loads(os.environ["COUNTERSIGN_USER"])
PASSWORD = os.environ["COUNTERSIGN_PASSWORD"]
REDIRECT_URI = os.environ["COUNTERSIGN_REDIRECT_URI"]

# The libraries only need it to write a URL.
AUTHORIZATION_ENDPOINT = f"{ISSUER}/oauth2/authorize"

ALGORITHMS = ("RS256", "ES256", "EdDSA")
LOGIN_SCOPE = "openid profile email"
TIMEOUT = 30


def discover():
    """The metadata of the server (OpenID Connect Discovery section 4)."""
    answer = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=TIMEOUT)
    answer.raise_for_status()
    metadata = answer.json()
    expect(metadata["issuer"], ISSUER, "issuer in the metadata")
    return metadata


def log_in(authorization_url):
    """Does what the browser of the user would: takes the URL that a library made, returns the one it is sent back to."""
    request = dict(parse_qsl(urlsplit(authorization_url).query))
    step = _post("/v1/oauth2/authorize", {**request, "email": USER["email"], "password": PASSWORD})
    expect(step["is_mfa"], False, "is_mfa")
    confirmed = _post("/v1/oauth2/authorize/confirm", {"next_step_auth_id": step["next_step_auth_id"]})
    expect(confirmed["redirect_uri"], REDIRECT_URI, "redirect_uri of the confirmation")
    return f"{REDIRECT_URI}?{urlencode({'code': confirmed['code'], 'state': request['state'], 'iss': ISSUER})}"


def _post(path, body):
    answer = requests.post(f"{ISSUER}{path}", json=body, timeout=TIMEOUT)
    if answer.status_code != 200:
        raise AssertionError(f"{path} answered {answer.status_code}: {answer.text}")
    return answer.json()


def expect(actual, wanted, what):
    """Fails unless the two are equal."""
    if actual != wanted:
        raise AssertionError(f"{what} is {actual!r}, not {wanted!r}")


def refused(error_type, code, call):
    """Fails unless the library raises its own error with this code of RFC 6749 section 5.2."""
    try:
        call()
    except error_type as error:
        expect(error.error, code, "error code")
        return
    raise AssertionError(f"accepted, where {code} is due")


def check_machine_token(header, claims, algorithm, client_id, scope):
    """The claims of a token of the client credentials grant."""
    _check_access_token(header, claims, algorithm, client_id, scope)
    expect(claims["sub"], client_id, "sub")
    expect(claims.get("gty"), "client_credentials", "gty")


def check_user_token(header, claims, algorithm, client_id):
    """The claims of an access token with a resource owner behind it."""
    _check_access_token(header, claims, algorithm, client_id, LOGIN_SCOPE)
    expect(claims["sub"], USER["id"], "sub")
    expect("gty" in claims, False, "presence of gty")


def _check_access_token(header, claims, algorithm, client_id, scope):
    expect(header["alg"], algorithm, "alg")
    expect(header["typ"].lower(), "at+jwt", "typ")
    expect(claims["iss"], ISSUER, "iss")
    expect(claims["aud"], client_id, "aud")
    expect(claims["client_id"], client_id, "client_id")
    expect(claims["token_use"], "access", "token_use")
    expect(sorted(claims["scope"].split()), sorted(scope.split()), "scope")
    expect(claims["exp"] - claims["iat"], 3600, "lifetime")
    expect(bool(claims["jti"]), True, "presence of jti")


def check_id_token(claims, client_id, nonce, kind):
    """The claims of an ID token, beyond what a library checks by itself."""
    expect(claims["iss"], ISSUER, "iss")
    expect(claims["sub"], USER["id"], "sub")
    expect(claims["aud"], client_id, "aud")
    expect(claims["nonce"], nonce, "nonce")
    expect("token_use" in claims, False, "presence of token_use")
    expect(isinstance(claims["auth_time"], int), True, "whether auth_time is a number")
    expect(claims.get("email"), USER["email"] if kind == "confidential" else None, "email")


class Report:
    """One line for each step that passed or failed, and the exit status."""

    def __init__(self, library):
        self.library = library
        self.failures = 0

    def step(self, name, call, *arguments):
        """Runs a step. A failure is reported and the next step runs all the same."""
        try:
            call(*arguments)
        except Exception as error:
            self.failures += 1
            print(f"FAIL {self.library}: {name}: {type(error).__name__}: {error}", flush=True)
            traceback.print_exc(file=sys.stderr)
        else:
            print(f"ok   {self.library}: {name}", flush=True)

    def close(self):
        """Ends the program: status 1 if any step failed."""
        sys.exit(1 if self.failures else 0)
