"""Steps of the suite's own browser on our pages.

The suite opens a URL, takes the first entry whose `match` fits, and performs its tasks in order. A task runs if the browser
is at its `match`. An optional task is skipped if the browser is elsewhere; any other task fails the module then.
"""

from provider import EMAIL, PASSWORD


def steps(issuer):
    """Returns the steps for every module, and those for single modules (`browser` and `override` in a configuration)."""
    sign_in = [
        _at(f"{issuer}/login*", "Sign in", ["text", "id", "email", EMAIL], ["text", "id", "password", PASSWORD], PRIMARY),
        _at(f"{issuer}/consent*", "Allow", PRIMARY),
        # The page of the suite passes the response on with a script.
        _task("Arrive at the client", ["wait", "id", "submission_complete", SECONDS]),
    ]
    sign_out = _at(f"{issuer}/oauth2/logout*", "Sign out", ["click", "css", "button[value=logout]", "optional"])
    redirected = _task("Arrive at the client", ["wait", "contains", "/post_logout_redirect", SECONDS])
    # The suite stores pages with these texts, for a reviewer.
    sign_in_page = _at(f"{issuer}/login*", "Second sign-in", _shows("Sign in", "update-image-placeholder-optional"))

    def browser(authorize, logout):
        return [
            {"match": f"{issuer}/oauth2/authorize*", "tasks": authorize},
            {"match": f"{issuer}/oauth2/logout*", "tasks": logout},
        ]

    modules = {}
    for module in ("oidcc-prompt-login", "oidcc-max-age-1"):
        modules[module] = browser([sign_in_page, *sign_in], [])
    for module, text in ERRORS.items():
        shown = [_task("Error page", _shows(text))]
        modules[module] = browser(sign_in if "logout" in module else shown, shown)
    for module in ENDS:
        modules[module] = browser(sign_in, [sign_out, _task("Signed out", _shows("You're signed out"))])
    return browser(sign_in, [sign_out, redirected]), {module: {"browser": tasks} for module, tasks in modules.items()}


# What the page says that some modules expect instead of a redirect.
ERRORS = {
    # The server ignores the request object, in which the redirect URI is valid.
    "oidcc-ensure-request-object-with-redirect-uri": "redirect URI is not registered",
    "oidcc-ensure-registered-redirect-uri": "redirect URI is not registered",
    "oidcc-redirect-uri-query-added": "redirect URI is not registered",
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": "post_logout_redirect_uri is not registered",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": "post_logout_redirect_uri is not registered",
    "oidcc-rp-initiated-logout-modified-id-token-hint": "id_token_hint is not an ID token",
    "oidcc-rp-initiated-logout-bad-id-token-hint": "id_token_hint is not an ID token",
    "oidcc-rp-initiated-logout-no-id-token-hint": "id_token_hint is missing",
}
# Modules in which the user signs out and stays at the server.
ENDS = (
    "oidcc-rp-initiated-logout-no-params",
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-only-state",
)
SECONDS = 10
PRIMARY = ["click", "css", "button.primary"]


def _task(name, *commands):
    return {"task": name, "commands": list(commands)}


def _at(match, name, *commands):
    return {**_task(name, *commands), "match": match, "optional": True}


def _shows(text, action="update-image-placeholder"):
    return ["wait", "xpath", "//*", SECONDS, text, action]
