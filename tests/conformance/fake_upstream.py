"""A small OpenID provider, as the suite is one in the plans for a relying party."""

import base64
import functools
import html
import json
import secrets
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

# What is wrong in the ID tokens of a module.
LIES = {
    "oidcc-client-test-invalid-iss": {"iss": "https://another.example/"},
    "oidcc-client-test-missing-sub": {"sub": None},
    "oidcc-client-test-nonce-invalid": {"nonce": "another"},
}
# What is wrong in the logout token of a module.
LOGOUT_LIES = {"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud": {"aud": "another"}}
SUBJECT = "user-subject-1234531"
# The suite does not encode this character for a URL.
SESSION = "session#1"


class FakeUpstream:
    """Provider of all runs. `requests` lists the run and the endpoint of each request."""

    def __init__(self):
        self.requests, self.nonces, self.tokens = [], {}, {}
        self.folder = tempfile.TemporaryDirectory()

    @functools.cached_property
    def key(self):
        key = f"{self.folder.name}/key.pem"
        openssl("genrsa", "-out", key, "2048")
        return key

    def jwk(self):
        _, _, modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().partition("=")
        return {"kty": "RSA", "alg": "RS256", "kid": "1", "e": "AQAB", "n": encoded(bytes.fromhex(modulus))}

    def answer(self, run, issuer, module, client, endpoint, parameters):
        """Returns the status, the body and the target of a redirect. `client` is that of the plan's configuration."""
        self.requests.append((run, endpoint))
        if endpoint == ".well-known/openid-configuration":
            return 200, json.dumps(metadata(issuer)), None
        if endpoint == "jwks":
            return 200, json.dumps({"keys": [self.jwk()]}), None
        if endpoint == "frontchannel_logout_callback":
            return 200, "", None
        if endpoint == "userinfo":
            return 200, json.dumps({"sub": SUBJECT, "email": "user@example.com", "email_verified": False}), None
        if endpoint == "authorize":
            code = secrets.token_hex(8)
            self.nonces[code] = parameters["nonce"]
            query = urllib.parse.urlencode({"code": code, "state": parameters["state"]})
            return 303, "", f"{parameters['redirect_uri']}?{query}"
        now = int(time.time())
        common = {"iss": issuer, "sub": SUBJECT, "aud": client["client_id"], "sid": SESSION, "iat": now, "exp": now + 60}
        if endpoint == "token":
            claims = {**common, "nonce": self.nonces.pop(parameters["code"]), **LIES.get(module, {})}
            self.tokens[run] = self.sign(claims)
            return 200, json.dumps({"access_token": "token", "token_type": "Bearer", "id_token": self.tokens[run]}), None
        assert endpoint == "end_session_endpoint" and parameters["id_token_hint"] == self.tokens[run], endpoint
        if "frontchannel" in module:
            url = f"{client['frontchannel_logout_uri']}?iss={issuer}&sid={SESSION}"
            frame = html.escape(url).replace("/", "\\/")
            return 200, f"let url = '{issuer}frontchannel_logout_callback'; iframe.src = '{frame}';", None
        events = {"http://schemas.openid.net/event/backchannel-logout": {}}
        token = self.sign({**common, "jti": secrets.token_hex(8), "events": events, **LOGOUT_LIES.get(module, {})})
        post(client["backchannel_logout_uri"], {"logout_token": token})
        return 303, "", f"{parameters['post_logout_redirect_uri']}?state={parameters['state']}"

    def sign(self, claims):
        parts = [{"alg": "RS256", "kid": "1"}, {name: value for name, value in claims.items() if value is not None}]
        content = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        return f"{content}.{encoded(openssl('dgst', '-sha256', '-sign', self.key, input=content.encode()))}"


def metadata(issuer):
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}jwks",
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "end_session_endpoint": f"{issuer}end_session_endpoint",
    }


def post(url, form):
    """Sends a form to the server, whose certificate this provider does not know."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = urllib.parse.urlencode(form).encode()
    try:
        urllib.request.urlopen(url, data, timeout=10, context=context).close()
    except urllib.error.HTTPError as error:
        error.close()


def openssl(*arguments, input=None):
    return subprocess.run(["openssl", *arguments], input=input, check=True, capture_output=True).stdout


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
