"""The server as a client of the suite: a sign-in at an upstream provider for each module."""

import base64
import contextlib
import html
import http.cookiejar
import json
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

from provider import within
from suite import ENDED

CLIENT = {"client_id": "countersign", "client_secret": "secret-of-countersign-at-the-suite"}
# Address of the user at the suite.
EMAIL = "user@example.com"
SIGNED_IN, SIGNED_OUT, REFUSED = "signed in", "signed out", "refused: "
# Modules that end as soon as the server has read the discovery document or the keys. In a sign-in, further requests
# follow, which the suite would count as failures.
KEYS_ONLY = ("oidcc-client-test-discovery-openid-config", "oidcc-client-test-discovery-jwks-uri-keys")
# Modules in which the user signs in twice.
TWICE = ("oidcc-client-test-signing-key-rotation",)
# The server reads the keys of a provider at most once in ten seconds.
PAUSE = 11
# Modules in which the user signs out at the provider.
BACK_CHANNEL, FRONT_CHANNEL = "oidcc-client-test-rp-backchannel", "oidcc-client-test-rp-frontchannel"


class Upstream:
    """An upstream provider of a tenant. The account of its user is deleted with it."""

    def __init__(self, tenant, name):
        self.tenant, self.name, self.issuer = tenant, name, None

    def client(self):
        """Returns the server as a client of the provider, in the suite's names."""
        at = f"{self.tenant.issuer}/rp"
        return {
            **CLIENT,
            "redirect_uri": f"{at}/callback/{self.name}",
            "post_logout_redirect_uri": f"{self.tenant.issuer}/login",
            "backchannel_logout_uri": f"{at}/backchannel/{self.name}",
            "frontchannel_logout_uri": f"{at}/frontchannel/{self.name}",
            "frontchannel_logout_session_required": True,
        }

    @contextlib.contextmanager
    def created(self, issuer, *options):
        """Creates the provider with this issuer and these options."""
        self.issuer = issuer
        self.tenant.command(
            "upstream-providers", "create", self.name, "--issuer", issuer, "--client-id", CLIENT["client_id"],
            "--client-secret-stdin", "--allow-private-network", *options, input=CLIENT["client_secret"],
        )
        try:
            yield
        finally:
            self.tenant.command("upstream-providers", "delete", self.name)
            if EMAIL in self.tenant.command("users", "list"):
                self.tenant.command("users", "delete", EMAIL)

    def refusal(self, *options):
        """Returns the reason of a refused request. Options of `audit list` select the event."""
        found = []

        def is_there():
            listed = self.tenant.command("audit", "list", "--result", "refused", "--limit", "1", "--json", *options)
            changes = [change for event in json.loads(listed) for change in event["changes"]]
            found.extend(change["after"] for change in changes if change["field"] == "evidence")
            return found

        within(10, is_there, "the audit log has no reason for the refusal")
        return REFUSED + found[0].removeprefix(f"{self.name}: ")


class Visitor:
    """A browser without scripts: it keeps cookies and follows redirects. Its methods return what the server did."""

    def __init__(self, upstream, suite):
        self.upstream, self.tenant = upstream, upstream.tenant
        context = ssl.create_default_context(cafile=self.tenant.provider.certificate)
        if suite.ca_file:
            context.load_verify_locations(suite.ca_file)
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def open(self, url, form=None):
        """Opens a URL, with `POST` if there is a form. Returns the last response and its text."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            response = self.opener.open(url, data, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response, response.read().decode(errors="replace")

    def sign_in(self):
        """Signs in at the upstream provider."""
        last, _ = self.open(f"{self.tenant.issuer}/rp/authorize?idp={self.upstream.name}")
        return SIGNED_IN if self.is_signed_in() else self.refusal(last)

    def is_signed_in(self):
        """Returns whether this browser has a session at the server."""
        response, _ = self.open(f"{self.tenant.issuer}/rp/userinfo")
        return response.status == 200

    def sign_out(self, id_token):
        """Signs out at the upstream provider, as with a link of the server."""
        since = str(int(time.time()))
        client = self.upstream.client()
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": client["post_logout_redirect_uri"], "state": "state"}
        _, metadata = self.open(f"{self.upstream.issuer}.well-known/openid-configuration")
        _, page = self.open(f"{json.loads(metadata)['end_session_endpoint']}?{urllib.parse.urlencode(query)}")
        # On the page of the front channel, a script opens a frame and reports that it has loaded.
        for url in re.findall(r"iframe\.src = '([^']+)'", page) + re.findall(r"let url = '([^']+)'", page):
            self.open(in_frame(url))
        if not self.is_signed_in():
            return SIGNED_OUT
        return self.upstream.refusal("--since", since, "--target", "endpoint:/rp/backchannel")

    def present_unknown_token(self):
        """Sends the server a logout token, for which it reads the keys of the provider."""
        parts = b'{"alg":"RS256","kid":"unknown","typ":"logout+jwt"}', b"{}", b"signature"
        token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        last, _ = self.open(self.upstream.client()["backchannel_logout_uri"], {"logout_token": token})
        return self.refusal(last)

    def refusal(self, response):
        """Returns the reason of an error response of the server."""
        return self.upstream.refusal("--request-id", response.headers["request-id"])


def in_frame(url):
    """Returns a URL in a script of the suite. The suite escapes it for HTML, and does not encode `sid`."""
    url = re.sub(r"\\(.)", r"\1", html.unescape(url))
    address, found, session = url.partition("&sid=")
    return address + found + urllib.parse.quote(session, safe="")


def act(suite, upstream, run, module):
    """Does what a module asks of a user. Returns what the server did."""
    visitor = Visitor(upstream, suite)
    if module in KEYS_ONLY:
        return visitor.present_unknown_token()
    outcome = visitor.sign_in()
    if module in TWICE and outcome == SIGNED_IN:
        time.sleep(PAUSE)
        outcome = Visitor(upstream, suite).sign_in()
    if module.startswith((BACK_CHANNEL, FRONT_CHANNEL)) and outcome == SIGNED_IN:
        outcome = visitor.sign_out(suite.id_token(run))
    return outcome


def run_module(suite, upstream, plan, module, seconds):
    """Runs a module. Returns its result, its log, and what the server did."""
    run = suite.create_module(plan, module)
    outcome = "not asked"
    if suite.wait(run, ("WAITING", *ENDED), seconds):
        # Without an alias in the configuration, each run has an issuer of its own.
        # One module for logout signs with another algorithm than the registered one. Modules for ID tokens may do so, too.
        is_logout = module["testModule"].startswith(BACK_CHANNEL)
        options = ("--id-token-signed-response-alg", "RS256") if is_logout else ()
        with upstream.created(suite.issuer(run), *options):
            outcome = act(suite, upstream, run, module["testModule"])
    result, log = suite.end(run, seconds)
    return result, log, outcome
