//! Sign-in, account and administration.

#[rustfmt::skip] // a rule, a sentence or two
pub(super) fn advice(rule: &str) -> Option<&'static str> {
    Some(match rule {
        // Sign-in
        "login_failed" => "If the explanation names a user, the password was wrong or the user is disabled: see `countersign users show USER`. Otherwise, no user has the email address that was typed.",
        "too_many_attempts" => "Too many attempts failed for this account or network. Wait some minutes, or run `countersign users unlock USER`.",
        "login_step_unknown" => "The sign-in belongs to another browser or client, or the master key was replaced. Start again.",
        "login_step_expired" => "The sign-in took too long, or the account changed meanwhile. Start again.",
        "login_step_used" => "The form was sent twice. Start again.",
        "one_time_code_wrong" => "The code was wrong or used before. If this repeats, the clock of the user's device may be wrong; `countersign users reset-factors USER` removes the second factors.",
        "one_time_codes_exhausted" => "Too many codes were tried for this user. Wait some minutes, or run `countersign users unlock USER`.",
        "login_ended" => "Too many wrong codes were tried in this sign-in. Start again.",
        "user_disabled" => "An operator disabled the user. If the user should sign in again, run `countersign users enable USER`.",
        "user_mismatch" => "The user is not the owner of the authorization code. This is a fault of the server: report it.",
        "password_changed" => "The password changed after the sign-in started. The user must sign in with the new one.",
        "session_ended" => "The user signed out, or an operator ended the session, before the client redeemed the authorization code. The user must sign in again.",
        "passkey_refused" => "The browser's answer does not match the request, or the passkey was removed. Try again, or sign in with a password.",
        "passkey_unknown" => "The user removed the passkey, or the user was deleted. Sign in another way, and remove the passkey from the password manager.",
        // Upstream providers
        "upstream_unknown" => "Create or enable the provider: see `countersign upstream-providers list`.",
        "upstream_state_unknown" => "The sign-in took longer than ten minutes, or the link was opened twice or in another browser. Start again.",
        "upstream_unavailable" => "The fact `evidence` says what failed. Check that this server reaches the provider, and that the client ID and secret are right: see `countersign upstream-providers show NAME`.",
        "upstream_refused" => "The fact `evidence` has the error code of the provider. With `access_denied`, the user canceled the sign-in.",
        "upstream_untrue" => "The fact `evidence` says what is wrong. Check the issuer and the client ID of the provider. If they are right, the provider is at fault, or an attacker is between it and this server.",
        "upstream_email_missing" => "An account needs an email address. Add the scope `email` to the provider, or map another claim with `profile`.",
        "upstream_address_taken" => "The user must sign in to the existing account and link the provider there. If the provider may link accounts by address, add the domain to `trusted_domains` and set `link_by_email`.",
        "upstream_administrator" => "The user must sign in another way and link the provider on the account page.",
        "upstream_account_missing" => "Create the user with `countersign users create`, or set `create_users` of the provider.",
        "upstream_identity_taken" => "The account at the provider belongs to another user here. To move it, remove it there: see `countersign users show USER`.",
        "upstream_required" => "The `upstream_providers` of the client or `login.upstream_only` allow no other way to sign in. Empty the list, or have users sign in in a browser.",
        // Account
        "last_owner" => "The user is the last one with the admin role `owner`. Grant the role to another user with `countersign admins grant`.",
        "tenant_full" => "The tenant has as many users or clients as its limits allow. Raise them with `countersign tenants edit`.",
        "deletion_off" => "Users may not delete their accounts: see `account.deletion`. Delete the user with `countersign users delete`.",
        "factor_reset_off" => "See `login.factor_reset_delay`. A reset needs the password, a verified email address, an account without admin roles, and the end of the delay. Otherwise, an operator removes the factors with `countersign users reset-factors`.",
        "sign_in_way_missing" => "The user would have no way to sign in. They need a passkey and either a verified email address or a second passkey.",
        "profile_invalid" => "A name, language or time zone is too long or has control characters. The user must correct it.",
        "authentication_stale" => "The user must sign in again before changing a credential. The page asks for it.",
        "password_weak" => "The user chose a password that is too short or too easy to guess, and must choose another one.",
        "factors_off" => "Second factors are off. `login.second_factor` sets this.",
        "factor_demanded" => "The server requires a second factor. The user must add another one before removing the last one.",
        "factor_missing" => "The server requires a second factor, and this API supports only an authenticator app. The user must set one up in a browser.",
        "factor_present" => "The user already has an authenticator app, and must remove it before setting up another one.",
        "email_taken" => "Another user has this email address: see `countersign users search`.",
        "email_malformed" => "The email address is not valid.",
        "country_malformed" => "The country must be a code of three letters (ISO 3166-1), such as DEU.",
        "address_changed_recently" => {
            "For `lifetimes.undo_link` after a change, the owner of the former address can restore it. An operator with \
             `users:reset-factors` can change the address at any time."
        }
        "email_not_admitted" => "`login.sign_up_domains` lists the domains whose addresses can sign up.",
        "claim_malformed" => "The user must fill in the fields that `login.sign_up_fields` lists, in their format.",
        "agreement_missing" => "The user must agree to the documents of `login.terms_url` and `login.privacy_url`.",
        "link_invalid" => "The link in the mail has expired, was used before, or is incomplete, or the password was changed meanwhile. The user requests a new mail at `/recover`. If it was an invitation, send a new one with `countersign users invite`.",
        "recovery_required" => "The user has no password. To set one, the user requests a mail at `/recover`.",
        "registration_closed" => "Users cannot register themselves. Create the user with `countersign users create`, invite the person with `countersign users invite`, or set `login.registration_client`.",
        "client_not_first_party" => "Only a first-party client may use this API. Mark it with `countersign clients edit CLIENT_ID --first-party=true`.",
        "attributes_scope_missing" => "The client must request the scope `user:attributes`.",
        "attributes_write_scope_missing" => "The client must request the scope `user:attributes:write`.",
        "attribute_invalid" => "Look up the rules and the writers of the attribute with `countersign attributes show`.",
        "subject_unknown" => "The subject must be that of an enabled user, as tokens with public subjects contain it: see `countersign users show`.",
        "information_scope_missing" => "The client must request the scope `user:information`.",
        "management_scope_missing" => "The client must request the scope `user:management`.",
        "resource_server_of_another_client" => "Name the client in the introspection clients of the resource server: see `countersign resource-servers show AUDIENCE`.",
        "roles_scope_missing" => "The client must request the scope `user:roles`.",
        "token_of_user" => "The client must request a token with the grant type `client_credentials`.",
        "sessions_scope_missing" => "The client must request the scope `user:sessions`.",
        // Administration
        "permission_missing" => "The operator has no admin role with this permission. An owner can grant one with `countersign admins grant`.",
        "second_factor_stale" => "The operator must sign in again with two factors: `countersign login`.",
        "client_not_for_administration" => "The client may not use the admin API. Add the address of the admin API to its resources with `countersign clients edit CLIENT_ID --resources ...`. The option replaces the list, so repeat the present values.",
        _ => return None,
    })
}
