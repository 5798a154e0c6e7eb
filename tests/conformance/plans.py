"""The test plans that apply to the server, and how each is configured."""

from browser import steps

STATIC = {"client_registration": "static_client"}
DISCOVERY = {**STATIC, "server_metadata": "discovery"}
CODE = {**STATIC, "response_type": "code"}


class Plan:
    """`title` is our short name. `logout` names further endpoints of the plan's clients: options of `clients create`."""

    def __init__(self, title, name, variant, logout=()):
        self.title, self.name, self.variant, self.logout = title, name, variant, logout
        self.alias = "countersign-" + title.lower().replace(" ", "-")

    def configuration(self, suite, provider):
        """Registers the clients of the plan and returns its configuration."""
        options = []
        for option in self.logout:
            options += [option, suite.callback(self.alias, LOGOUT[option])]
        browser, override = steps(provider.issuer)
        callback = suite.callback(self.alias, "callback")
        return {
            "alias": self.alias,
            "description": f"Countersign: {self.title}",
            "server": {"discoveryUrl": f"{provider.issuer}/.well-known/openid-configuration"},
            # The pages of the suite name style sheets on other hosts.
            "options": {"browsercontrol_css_enable": False},
            "browser": browser,
            "override": override,
            **{client: provider.client(f"{self.title} {client}", callback, options) for client in CLIENTS},
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

FINE = ("PASSED", "REVIEW", "SKIPPED")
# Modules that may end with another result: a map from the module to the result and the reason.
EXCEPTIONS = {}


def is_fine(module, result):
    """Returns whether a module may end with this result."""
    return result in FINE or (module in EXCEPTIONS and EXCEPTIONS[module][0] == result)
