"""The test plans for a provider that apply to the server, and how each is configured."""

from browser import steps
from relying_party import BACK_CHANNEL, FRONT_CHANNEL, REFUSED, SIGNED_IN, SIGNED_OUT

STATIC = {"client_registration": "static_client"}
DISCOVERY = {**STATIC, "server_metadata": "discovery"}
CODE = {**STATIC, "response_type": "code"}


class Plan:
    """`title` is our short name. `logout` names further endpoints of the plan's clients: options of `clients create`."""

    def __init__(self, title, name, variant, logout=()):
        self.title, self.name, self.variant, self.logout = title, name, variant, logout

    def configuration(self, suite, tenant):
        """Registers the clients of the plan at a tenant and returns its configuration."""
        alias = f"countersign-{tenant.title}-{self.title}".lower().replace(" ", "-")
        options = []
        for option in self.logout:
            options += [option, suite.callback(alias, LOGOUT[option])]
        browser, override = steps(tenant.issuer)
        callback = suite.callback(alias, "callback")
        return {
            "alias": alias,
            "description": f"Countersign: {self.title}, tenant: {tenant.title}",
            "server": {"discoveryUrl": f"{tenant.issuer}/.well-known/openid-configuration"},
            # The pages of the suite name style sheets on other hosts.
            "options": {"browsercontrol_css_enable": False},
            "browser": browser,
            "override": override,
            **{client: tenant.client(f"{self.title} {client}", callback, options) for client in CLIENTS},
        }


# `client2` presents the refresh token of `client`. A client may send its secret in the header or in the body.
CLIENTS = ("client", "client_secret_post", "client2")
LOGOUT = {
    "--post-logout-redirect-uri": "post_logout_redirect",
    "--backchannel-logout-uri": "backchannel_logout",
    "--frontchannel-logout-uri": "frontchannel_logout",
}

PLANS = [
    Plan("Config", "oidcc-config-certification-test-plan", {}),
    Plan("Basic", "oidcc-basic-certification-test-plan", DISCOVERY),
    Plan("Form Post", "oidcc-formpost-basic-certification-test-plan", DISCOVERY),
    Plan("RP-Initiated", "oidcc-rp-initiated-logout-certification-test-plan", CODE, ["--post-logout-redirect-uri"]),
    Plan(
        "Back-Channel", "oidcc-backchannel-rp-initiated-logout-certification-test-plan", CODE,
        ["--post-logout-redirect-uri", "--backchannel-logout-uri"],
    ),
    Plan(
        "Front-Channel", "oidcc-frontchannel-rp-initiated-logout-certification-test-plan", CODE,
        ["--post-logout-redirect-uri", "--frontchannel-logout-uri"],
    ),
    # Adds key rotation, among others. Not part of the certification.
    Plan("Comprehensive", "oidcc-test-plan", {**CODE, "client_auth_type": "client_secret_basic", "response_mode": "default"}),
]



class RelyingPartyPlan:
    """A plan in which the suite is the provider and the server its client. `title` is our short name."""

    def __init__(self, title, name, variant):
        self.title, self.name, self.variant = title, name, variant

    def configuration(self, upstream):
        """Returns the configuration of the plan for an upstream provider."""
        return {
            "description": f"Countersign: {self.title}",
            # A module that expects no further request ends after so many seconds.
            "waitTimeoutSeconds": 3,
            "client": upstream.client(),
        }


REQUEST = {**STATIC, "request_type": "plain_http_request"}
SIGN_IN = {**REQUEST, "client_auth_type": "client_secret_basic", "response_mode": "default"}

RELYING_PARTY_PLANS = [
    RelyingPartyPlan("Basic RP", "oidcc-client-basic-certification-test-plan", REQUEST),
    RelyingPartyPlan("Config RP", "oidcc-client-config-certification-test-plan", SIGN_IN),
    RelyingPartyPlan("Back-Channel RP", "oidcc-client-back-channel-logout-rp-basic", SIGN_IN),
    RelyingPartyPlan("Front-Channel RP", "oidcc-client-front-channel-logout-rp-basic", SIGN_IN),
    # Not part of the certification.
    RelyingPartyPlan("Comprehensive RP", "oidcc-client-test-plan", {**SIGN_IN, "response_type": "code"}),
]

# Modules in which the server must refuse the sign-in or the logout: a map from the module to a word of the reason.
REFUSALS = {
    "oidcc-client-test-discovery-issuer-mismatch": "another issuer",
    "oidcc-client-test-discovery-jwks-uri-keys": "no key",
    "oidcc-client-test-discovery-openid-config": "no key",
    "oidcc-client-test-idtoken-sig-none": "asymmetric algorithm",
    "oidcc-client-test-invalid-aud": "aud",
    "oidcc-client-test-invalid-iss": "iss",
    "oidcc-client-test-invalid-sig-es256": "signature",
    "oidcc-client-test-invalid-sig-hs256": "asymmetric algorithm",
    "oidcc-client-test-invalid-sig-rs256": "signature",
    "oidcc-client-test-missing-aud": "aud",
    "oidcc-client-test-missing-iat": "iat",
    "oidcc-client-test-missing-sub": "sub",
    "oidcc-client-test-nonce-invalid": "nonce",
    "oidcc-client-test-rp-backchannel-rpinitlogout-alg-none": "asymmetric algorithm",
    "oidcc-client-test-rp-backchannel-rpinitlogout-no-event": "event",
    "oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce": "nonce",
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg": "id_token_signed_response_alg",
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud": "aud",
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event": "event",
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss": "iss",
    "oidcc-client-test-userinfo-invalid-sub": "another user",
}
# Modules of `oidcc-client-test-plan` that the driver does not run, with the reason. The suite leaves out those that belong
# to another variant of the plan.
CODE_FLOW = "for the implicit and the hybrid flow. The server uses the code flow"
CLAIM_TYPES = "optional. The server ignores aggregated and distributed claims"
WEBFINGER = "optional. Operators configure the issuer, so the server does not look for it"
REQUEST_URI = "optional. The server sends its request as query parameters"
NOT_APPLICABLE = {
    "oidcc-client-test-aggregated-claims": CLAIM_TYPES,
    "oidcc-client-test-distributed-claims": CLAIM_TYPES,
    "oidcc-client-test-discovery-webfinger-acct": WEBFINGER,
    "oidcc-client-test-discovery-webfinger-url": WEBFINGER,
    "oidcc-client-test-dynamic-registration": "optional. Operators register the server at the provider",
    "oidcc-client-test-form-post-error": "for `form_post`. The server asks for a response in the query",
    "oidcc-client-test-invalid-athash": CODE_FLOW,
    "oidcc-client-test-invalid-chash": CODE_FLOW,
    "oidcc-client-test-missing-athash": CODE_FLOW,
    "oidcc-client-test-missing-chash": CODE_FLOW,
    "oidcc-client-test-mtls-endpoint-aliases": "optional. The server does not authenticate with a TLS certificate",
    "oidcc-client-test-nonce-unless-code-flow": CODE_FLOW,
    "oidcc-client-test-request-uri-signed-none": REQUEST_URI,
    "oidcc-client-test-request-uri-signed-rs256": REQUEST_URI,
    "oidcc-client-test-userinfo-bearer-body": "an alternative to the header `Authorization`, which the server uses",
    "oidcc-client-test-userinfo-signed": "optional. The server asks for userinfo in JSON",
}

FINE = ("PASSED", "REVIEW", "SKIPPED")
# Modules that may end with another result: a map from the module to the result and the reason.
EXCEPTIONS = {}


def is_fine(module, result):
    """Returns whether a module may end with this result."""
    return result in FINE or (module in EXCEPTIONS and EXCEPTIONS[module][0] == result)


def is_expected(module, outcome):
    """Returns whether the server did as a client what a module demands."""
    if module in REFUSALS:
        return outcome.startswith(REFUSED) and REFUSALS[module] in outcome
    return outcome == (SIGNED_OUT if module.startswith((BACK_CHANNEL, FRONT_CHANNEL)) else SIGNED_IN)
