//! Authorization and logout requests.

#[rustfmt::skip] // a rule, a sentence or two
pub(super) fn advice(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "redirect_uri_not_registered" => "The client sent a redirect URI that is not registered. Compare it, character by character, with `countersign clients show CLIENT_ID`. If it is right, add it with `countersign clients edit CLIENT_ID --redirect-uris ...`. The option replaces the list, so repeat the present values.",
        "redirect_uri_outside_domains" => "The redirect URI is registered, but its host is not among the domains of the client. Change them with `countersign clients edit CLIENT_ID --domains ...`. The option replaces the list, so repeat the present values.",
        "response_type_unsupported" => "The client uses the implicit or the hybrid flow, which OAuth 2.1 removed. Configure it for the authorization code flow (`response_type=code`).",
        "response_type_missing" => "The client must send `response_type=code`. Change the application.",
        "request_object_unsupported" => "The client sends its parameters in a request object. Configure it to send plain parameters.",
        "request_uri_unsupported" => "The client sends `request_uri`. Configure it to send plain parameters.",
        "registration_unsupported" => "The client sends `registration`. Register it with `countersign clients create` instead.",
        "prompt_unknown" => "`prompt` must be `none`, or a combination of `login`, `consent` and `select_account`. Change the application.",
        "prompt_contradictory" => "`prompt=none` cannot be combined with another value. Change the application.",
        "max_age_malformed" => "`max_age` must be a number of seconds. Change the application.",
        "response_mode_unsupported" => "`response_mode` must be `query`, `fragment` or `form_post`. Change the application.",
        "claims_malformed" => "`claims` must be a JSON object with the members `userinfo` and `id_token`. Change the application.",
        "id_token_hint_unknown" => "The ID token is of another client or server, or its signing key is gone. The client can leave out `id_token_hint`.",
        "id_token_hint_missing" => "Without `id_token_hint` or `client_id`, the server does not know whose `post_logout_redirect_uri` it is. Change the application.",
        "post_logout_redirect_uri_not_registered" => "The URI after logout is not registered. If it is right, add it with `countersign clients edit CLIENT_ID --post-logout-redirect-uris ...`. The option replaces the list, so repeat the present values.",
        "resource_not_allowed" => "The client is not registered for the resource, or did not request it before. Add it with `countersign clients edit CLIENT_ID --resources ...`. The option replaces the list, so repeat the present values.",
        "login_required" => "The client requested a response without user interaction (`prompt=none`), but the user is not signed in. This is expected. The client must repeat the request without `prompt=none`.",
        "consent_required" => "The client requested a response without user interaction (`prompt=none`), but the user must consent. This is expected. The client must repeat the request without `prompt=none`.",
        "account_selection_required" => "The client requested a response without user interaction (`prompt=none`), but the user is signed in to several accounts. The client must repeat the request without `prompt=none`.",
        "acr_not_reached" => "The user has no factor that is as strong as the client demands. The user must set up a second factor or a passkey.",
        "consent_refused" => "The user denied consent. No action is needed.",
        "scope_malformed" => "Scope tokens are separated by one space and have neither commas nor quotation marks. Change the application.",
        "scope_not_registered" => "The client requested scope that it is not registered for. Add it with `countersign clients edit CLIENT_ID --scope ...`, which replaces the present scope, or set `scope.unregistered` to `ignore`.",
        "challenge_missing" => "The client must use PKCE. Switch it on in the application. For a confidential client that cannot, see `countersign clients update --help`.",
        "challenge_method_without_challenge" => "The client sent `code_challenge_method` without `code_challenge`. Change the application.",
        "challenge_malformed" => "`code_challenge` does not have the form of its method: for `S256`, 43 characters of Base64url. Change the application.",
        "challenge_method_not_allowed" => "`code_challenge_method` must be `S256`. Without it, the method is `plain`, which a client must be registered for.",
        "access_too_long" => "Scope and resources are too long for one grant. The client must request fewer.",
        _ => return None,
    })
}
