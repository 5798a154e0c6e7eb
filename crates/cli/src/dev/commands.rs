//! The curl commands that `dev` prints and shows. They run unmodified in bash with sed.

use super::data::DataFolder;
use super::facts::Facts;
use std::fmt::Write as _;

/// Group of commands.
pub(super) struct Group {
    /// Title of the group.
    pub(super) title: &'static str,
    /// Commands to paste.
    pub(super) text: String,
}

/// Code verifier and challenge of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Returns the three groups. The third group uses the variable `$TOKENS` of the second.
pub(super) fn groups(issuer: &str, facts: &Facts) -> [Group; 3] {
    [
        Group {
            title: "Get a token with client credentials, as a form and as JSON",
            text: client_credentials(issuer, facts),
        },
        Group {
            title: "Sign in as the demo user: password, consent, code, tokens",
            text: login(issuer, facts),
        },
        Group {
            title: "Refresh the tokens twice",
            text: refresh(issuer, facts),
        },
    ]
}

fn client_credentials(issuer: &str, facts: &Facts) -> String {
    let id = &facts.machine.client_id;
    let secret = facts.machine.client_secret.as_deref().unwrap_or_default();
    format!(
        r#"curl -s {issuer}/oauth2/token -u '{id}:{secret}' \
  -d grant_type=client_credentials -d scope=reports:read; echo
curl -s {issuer}/v1/oauth2/token -H 'Content-Type: application/json' -d '{{
  "grant_type": "client_credentials",
  "client_id": "{id}",
  "client_secret": "{secret}"
}}'; echo"#
    )
}

fn login(issuer: &str, facts: &Facts) -> String {
    let (email, password) = (&facts.user.email, &facts.user.password);
    let (id, scope) = (&facts.web.client_id, &facts.web.scope);
    let secret = facts.web.client_secret.as_deref().unwrap_or_default();
    let uri = facts.web.redirect_uri.as_deref().unwrap_or_default();
    format!(
        r#"STEP=$(curl -s {issuer}/v1/oauth2/authorize -H 'Content-Type: application/json' -d '{{
  "email": "{email}",
  "password": "{password}",
  "client_id": "{id}",
  "redirect_uri": "{uri}",
  "scope": "{scope}",
  "code_challenge": "{CHALLENGE}",
  "code_challenge_method": "S256"
}}' | sed -n 's/.*"next_step_auth_id": *"\([^"]*\)".*/\1/p')
CODE=$(curl -s {issuer}/v1/oauth2/authorize/confirm -H 'Content-Type: application/json' -d '{{
  "next_step_auth_id": "'"$STEP"'"
}}' | sed -n 's/.*"code": *"\([^"]*\)".*/\1/p')
TOKENS=$(curl -s {issuer}/v1/oauth2/token -H 'Content-Type: application/json' -d '{{
  "grant_type": "authorization_code",
  "client_id": "{id}",
  "client_secret": "{secret}",
  "redirect_uri": "{uri}",
  "code_verifier": "{VERIFIER}",
  "code": "'"$CODE"'"
}}')
echo "$TOKENS""#
    )
}

fn refresh(issuer: &str, facts: &Facts) -> String {
    let id = &facts.web.client_id;
    let secret = facts.web.client_secret.as_deref().unwrap_or_default();
    format!(
        r#"REFRESH_TOKEN=$(echo "$TOKENS" | sed -n 's/.*"refresh_token": *"\([^"]*\)".*/\1/p')
TOKENS=$(curl -s {issuer}/v1/oauth2/token -H 'Content-Type: application/json' -d '{{
  "grant_type": "refresh_token",
  "client_id": "{id}",
  "client_secret": "{secret}",
  "refresh_token": "'"$REFRESH_TOKEN"'"
}}')
echo "$TOKENS"
REFRESH_TOKEN=$(echo "$TOKENS" | sed -n 's/.*"refresh_token": *"\([^"]*\)".*/\1/p')
TOKENS=$(curl -s {issuer}/oauth2/token -u '{id}:{secret}' \
  -d grant_type=refresh_token -d "refresh_token=$REFRESH_TOKEN")
echo "$TOKENS""#
    )
}

/// Returns the text to print when the server is ready.
pub(super) fn banner(issuer: &str, facts: &Facts, folder: &DataFolder, groups: &[Group]) -> String {
    let mut text = format!(
        "Countersign is ready. Open in a browser: {issuer}/\n\n{}\n",
        addresses(issuer)
            .map(|(name, address)| format!("  {name:<16} {address}\n"))
            .concat()
    );
    for (name, value) in accounts(issuer, facts, folder) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:<16} {value}");
    }
    for (number, group) in (1..).zip(groups) {
        let _ = writeln!(text, "\n# {number}. {}\n{}", group.title, group.text);
    }
    text.push('\n');
    text
}

/// Returns names and URLs of the main endpoints.
pub(super) fn addresses(issuer: &str) -> [(&'static str, String); 4] {
    [
        ("token (form)", format!("{issuer}/oauth2/token")),
        ("token (JSON)", format!("{issuer}/v1/oauth2/token")),
        ("key set", format!("{issuer}/oauth2/jwks.json")),
        (
            "discovery",
            format!("{issuer}/.well-known/openid-configuration"),
        ),
    ]
}

/// Returns names and credentials of the user and the clients.
pub(super) fn accounts(
    issuer: &str,
    facts: &Facts,
    folder: &DataFolder,
) -> Vec<(&'static str, String)> {
    let client = |client: &super::facts::DemoClient| match &client.client_secret {
        Some(secret) => format!("{}  {secret}", client.client_id),
        None => format!("{}  (public, no secret)", client.client_id),
    };
    vec![
        (
            "demo user",
            format!("{}  {}", facts.user.email, facts.user.password),
        ),
        ("web application", client(&facts.web)),
        ("app", client(&facts.app)),
        ("machine", client(&facts.machine)),
        ("administration", format!("countersign login {issuer}")),
        (
            "command line",
            format!(
                "countersign clients list --config '{}'",
                folder.config_file().display()
            ),
        ),
    ]
}
