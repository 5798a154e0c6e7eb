//! Client authentication and token requests.

#[rustfmt::skip] // a rule, a sentence or two
pub(super) fn advice(rule: &str) -> Option<&'static str> {
    Some(match rule {
        // Client authentication
        "client_unknown" => "No client has this `client_id`. Compare it with `countersign clients list`. The client may use the `client_id` of another server or environment.",
        "client_disabled" => "An operator disabled or suspended the client. If it should work again, run `countersign clients enable CLIENT_ID`.",
        "secret_missing" => "A confidential client must send its secret or assertion. Configure it in the application, or register the client as public with PKCE.",
        "secret_wrong" => "The secret does not match. To see when each secret was last used, run `countersign clients secrets list CLIENT_ID`. Create a new one with `countersign clients secrets add CLIENT_ID`.",
        "secret_expired" => "The secret has expired. Create a new one with `countersign clients secrets add CLIENT_ID`, and configure it in the application.",
        "secret_unexpected" => "The client is public, so it has no secret. Remove the secret from the application, or register a confidential client.",
        "authentication_method_not_allowed" => "The client is registered for a different authentication method. Change the application, or run `countersign clients edit CLIENT_ID --token-endpoint-auth-method METHOD`.",
        "authentication_method_ambiguous" => "The client sent two kinds of credentials. Change the application so that it sends one.",
        "assertion_type_unsupported" => "Change the application: `client_assertion_type` must be that of a JWT (RFC 7523).",
        "assertion_malformed" => "The client assertion is not a signed JWT with `iss`, `sub`, `aud`, `exp` and `jti`. Change the application.",
        "assertion_key_unknown" => "The client signs with a key that is not registered. Add its public key to the `jwks` of the client with `countersign api PATCH /clients/CLIENT_ID`, or publish it at the `jwks_uri` of the client.",
        "assertion_signature_wrong" => "The signature does not match the registered public key. The application may sign with another private key.",
        "keys_unavailable" => "The server could not fetch the keys of the client. Check the `jwks_uri` of the client, and `outbound.private_networks` if it is in your own network.",
        "assertion_of_another_client" => "`iss` and `sub` of the client assertion must be the `client_id`. Change the application.",
        "assertion_for_another_audience" => "`aud` of the client assertion must be the issuer or the URL of the endpoint. The application may be configured for another server.",
        "assertion_expired" => "The client assertion has expired, or is valid for more than an hour. Check the clock of the client, and create an assertion for each request.",
        "assertion_not_yet_valid" => "The clock of the client is more than a minute ahead. Synchronize it.",
        "assertion_replayed" => "The client sent an assertion twice. It must create a new one, with another `jti`, for each request.",
        "grant_type_not_allowed" => "The client is not registered for this grant type. Add it with `countersign clients edit CLIENT_ID --grant-types ...`. The option replaces the list, so repeat the present values.",
        // Authorization code
        "code_unknown" => "This server did not issue the authorization code, or the code was truncated. Another environment or tenant may have issued it, or the master key was replaced.",
        "code_of_another_client" => "Another client got this authorization code. Check the `client_id` of the application; if it is right, the code may be stolen.",
        "code_expired" => "The client redeemed the authorization code too late. Check why it waits, and its clock.",
        "credential_expired" => "The credential of the grant type has expired. The client must get a new one.",
        "redirect_uri_missing" => "The client must send `redirect_uri`. Change the application.",
        "redirect_uri_mismatch" => "`redirect_uri` of the token request differs from that of the authorization request. Change the application so that both are the same.",
        "verifier_missing" => "The client started with a code challenge (PKCE) but sent no `code_verifier`. It may have lost it, for example because another instance handles the callback.",
        "verifier_malformed" => "`code_verifier` must have 43 to 128 letters, digits, or the characters `-._~`. Change the application.",
        "verifier_mismatch" => "`code_verifier` belongs to another authorization request. The application may mix up two sign-ins, or the code was stolen.",
        "verifier_unexpected" => "The client sent `code_verifier` but no `code_challenge` before. Someone may have removed it from the authorization request.",
        "code_replayed" => "The authorization code was redeemed twice, so its tokens are revoked. A client that retries must start a new authorization request; otherwise the code may be stolen.",
        // Refresh token
        "refresh_token_unknown" => "This server did not issue the refresh token, or the token was truncated. Another environment may have issued it, or the master key was replaced.",
        "refresh_token_of_another_client" => "Another client got this refresh token. Check the `client_id` of the application; if it is right, the token may be stolen.",
        "grant_unknown" => "The grant of the refresh token was deleted, because it expired long ago or its user was deleted. The user must sign in again.",
        "grant_revoked" => "The grant was revoked: by an operator, by the user, by a sign-out, or because a token was used twice. The audit log says why. The user must sign in again.",
        "grant_expired" => "The refresh token was not used for too long. The user must sign in again. `lifetimes.refresh_token` sets the time.",
        "refresh_token_replayed" => "The refresh token was used twice, so its grant is revoked. The client must store the new token of each response, and must not share one between processes; otherwise the token may be stolen.",
        "grant_mismatch" => "The stored grant belongs to another code or token. This is a fault of the server: report it.",
        "scope_beyond_grant" => "The client requested more scope than the user granted. It must start a new authorization request for it.",
        // Access token
        "access_token_unknown" => "This server did not issue the access token, or a signing key was revoked. The client must request a new one.",
        "access_token_expired" => "The access token has expired. The client must refresh it.",
        "access_token_revoked" => "The access token, its grant or its session was revoked, or its user or client is disabled. The user must sign in again.",
        "access_token_without_owner" => "The access token comes from the client credentials grant, so it has no user. Use a token that a user authorized.",
        "access_token_for_another_resource" => "The access token is for another API. The client must request one with `resource` of this one.",
        "open_id_scope_missing" => "The client must request the scope `openid`.",
        _ => return None,
    })
}
