//! Rules of account management and of this server's API. They are not in `domain`, which other servers can use.

use countersign_domain::refusal::{CustomRule, ErrorCode, Refusal};

/// Declares refusals as constants, which `match` accepts as patterns.
macro_rules! refusals {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $code:ident, $description:literal;)+) => {
        $(
            $(#[$doc])*
            pub const $constant: Refusal = Refusal::Custom(
                &CustomRule {
                    name: $name,
                    code: ErrorCode::$code,
                    description: $description,
                },
                None,
            );
        )+

        /// All of these rules.
        pub(crate) const ALL: &[Refusal] = &[$($constant),+];
    };
}

refusals! {
    /// Another user has this email address.
    EMAIL_TAKEN = "email_taken", InvalidRequest, "a user with this email address already exists";
    /// The tenant has as many users or clients as it may have.
    TENANT_FULL = "tenant_full", AccessDenied,
        "this tenant has reached its limit of users or clients; contact its operator";
    /// The text is not an email address.
    EMAIL_MALFORMED = "email_malformed", InvalidRequest, "the email address is invalid";
    /// The user changed the email address recently. The owner of the former address can restore it.
    ADDRESS_CHANGED_RECENTLY = "address_changed_recently", AccessDenied,
        "the email address was changed recently; wait before changing it again";
    /// The address is in no domain that may sign up.
    EMAIL_NOT_ADMITTED = "email_not_admitted", AccessDenied,
        "addresses in this domain cannot sign up";
    /// A claim is missing or malformed.
    CLAIM_MALFORMED = "claim_malformed", InvalidRequest, "a claim is missing or malformed";
    /// The user did not agree to the documents of the server.
    AGREEMENT_MISSING = "agreement_missing", InvalidRequest,
        "the user must agree to the terms";
    /// The text is not a country code (ISO 3166-1 alpha-3).
    COUNTRY_MALFORMED = "country_malformed", InvalidRequest,
        "country must be a three-letter code, such as DEU";
    /// The user already has an authenticator app.
    FACTOR_PRESENT = "factor_present", InvalidRequest,
        "an authenticator app is already set up; remove it first";
    /// The browser's response does not match the request, or the passkey is already enrolled.
    PASSKEY_REFUSED = "passkey_refused", InvalidRequest,
        "the passkey was rejected; try again or use another one";
    /// No user has the passkey.
    PASSKEY_UNKNOWN = "passkey_unknown", InvalidRequest,
        "no user has this passkey; it may have been removed";
    /// The user is the last owner of the server.
    LAST_OWNER = "last_owner", AccessDenied,
        "the last owner of the server cannot delete the account; give another user the admin role owner first";
    /// Users may not delete their accounts.
    DELETION_OFF = "deletion_off", AccessDenied,
        "this server does not let users delete their accounts; contact its operator";
    /// The sign-in may not reset the second factors, or not yet.
    FACTOR_RESET_OFF = "factor_reset_off", AccessDenied,
        "this sign-in cannot remove the second factors; use a recovery code or contact the operator";
    /// Without the credential, the user could not sign in again.
    SIGN_IN_WAY_MISSING = "sign_in_way_missing", AccessDenied,
        "another way to sign in is needed first: a passkey and either a verified email address or a second passkey";
    /// A part of the profile is too long, or has control characters.
    PROFILE_INVALID = "profile_invalid", InvalidRequest,
        "a name, language or time zone of the profile is not valid";
    /// The value of an attribute breaks its rules, or the caller may not write it.
    ATTRIBUTE_INVALID = "attribute_invalid", InvalidRequest,
        "an attribute does not exist, is not writable, or its value breaks its rules";
    /// The mailed link has expired, was used, or belongs to another account or purpose.
    LINK_INVALID = "link_invalid", AccessDenied,
        "the link has expired or was already used";
    /// The user has no password, and must prove access to the mailbox to set one.
    RECOVERY_REQUIRED = "recovery_required", AccessDenied,
        "setting a password without the current one requires a code by email";
    /// No enabled upstream provider has this name.
    UPSTREAM_UNKNOWN = "upstream_unknown", InvalidRequest, "no such upstream provider is enabled";
    /// The response belongs to no sign-in of this browser.
    UPSTREAM_STATE_UNKNOWN = "upstream_state_unknown", InvalidRequest,
        "the sign-in has expired, was finished before, or began in another browser";
    /// The upstream provider gave no usable response.
    UPSTREAM_UNAVAILABLE = "upstream_unavailable", InvalidRequest,
        "the upstream provider does not respond as it should";
    /// The upstream provider refused the sign-in.
    UPSTREAM_REFUSED = "upstream_refused", AccessDenied, "the upstream provider refused the sign-in";
    /// The response of the upstream provider is not true.
    UPSTREAM_UNTRUE = "upstream_untrue", InvalidRequest,
        "the response of the upstream provider cannot be trusted";
    /// The upstream provider names no email address.
    UPSTREAM_EMAIL_MISSING = "upstream_email_missing", AccessDenied,
        "the upstream provider named no email address";
    /// Another account has the address, and the upstream provider does not prove that the user owns it.
    UPSTREAM_ADDRESS_TAKEN = "upstream_address_taken", AccessDenied,
        "an account with this email address exists; sign in to it and link the provider on the account page";
    /// The account of the address has admin roles.
    UPSTREAM_ADMINISTRATOR = "upstream_administrator", AccessDenied,
        "an account with admin roles is linked only on its account page";
    /// The upstream provider creates no accounts.
    UPSTREAM_ACCOUNT_MISSING = "upstream_account_missing", AccessDenied,
        "no account is linked, and this provider creates none";
    /// The identity is linked to another user.
    UPSTREAM_IDENTITY_TAKEN = "upstream_identity_taken", AccessDenied,
        "the account at the upstream provider is linked to another user";
    /// Only upstream providers may sign users in for the client or at the tenant.
    UPSTREAM_REQUIRED = "upstream_required", AccessDenied,
        "only upstream providers may sign users in here; use the authorization endpoint in a browser";
    /// Clients may not register themselves.
    CLIENT_REGISTRATION_OFF = "client_registration_off", AccessDenied,
        "clients cannot register themselves here; ask the operator of this server to create the client";
    /// The initial access token is unknown, has expired, or was used as often as it may be.
    INITIAL_ACCESS_TOKEN_INVALID = "initial_access_token_invalid", InvalidToken,
        "the initial access token is unknown, has expired or was used too often; ask the operator of this server for a new one";
    /// The token does not manage the client, or the client does not exist.
    REGISTRATION_ACCESS_TOKEN_INVALID = "registration_access_token_invalid", InvalidToken,
        "the client does not exist, or this is not its registration access token";
    /// The tenant has as many clients that registered themselves as it may have.
    DYNAMIC_CLIENTS_FULL = "dynamic_clients_full", AccessDenied,
        "this server has reached its limit of clients that registered themselves; contact its operator";
    /// The client holds admin roles, or a resource server names it.
    REGISTERED_CLIENT_IN_USE = "registered_client_in_use", AccessDenied,
        "the client cannot be deleted, because this server relies on it; contact its operator";
    /// The client registered itself, so its users must see the consent page.
    CONSENT_PAGE_REQUIRED = "consent_page_required", UnauthorizedClient,
        "a client that registered itself must send users to the authorization endpoint in a browser";
    /// The metadata of a registration is invalid.
    CLIENT_METADATA_INVALID = "client_metadata_invalid", InvalidClientMetadata,
        "the client metadata is not valid";
    /// A redirect URI of a registration is invalid.
    CLIENT_REDIRECT_URI_INVALID = "client_redirect_uri_invalid", InvalidRedirectUri,
        "a redirect URI is not valid or not allowed";
    /// Self-registration is disabled.
    REGISTRATION_CLOSED = "registration_closed", AccessDenied,
        "registration is disabled on this server";
    /// The access token was issued to a client that is not first-party.
    CLIENT_NOT_FIRST_PARTY = "client_not_first_party", InsufficientScope,
        "only first-party clients may manage sessions, users and their attributes";
    /// The scope of the access token lacks `user:attributes`.
    ATTRIBUTES_SCOPE_MISSING = "attributes_scope_missing", InsufficientScope,
        "the access token requires the scope user:attributes";
    /// The scope of the access token lacks `user:attributes:write`.
    ATTRIBUTES_WRITE_SCOPE_MISSING = "attributes_write_scope_missing", InsufficientScope,
        "the access token requires the scope user:attributes:write";
    /// The scope of the access token lacks `user:information`.
    INFORMATION_SCOPE_MISSING = "information_scope_missing", InsufficientScope,
        "the access token requires the scope user:information";
    /// The scope of the access token lacks `user:management`.
    MANAGEMENT_SCOPE_MISSING = "management_scope_missing", InsufficientScope,
        "the access token requires the scope user:management";
    /// The resource server does not name the client as one of its introspection clients.
    RESOURCE_SERVER_OF_ANOTHER_CLIENT = "resource_server_of_another_client", InsufficientScope,
        "the client is not an introspection client of this resource server";
    /// The scope of the access token lacks `user:roles`.
    ROLES_SCOPE_MISSING = "roles_scope_missing", InsufficientScope,
        "the access token requires the scope user:roles";
    /// The scope of the access token lacks `user:sessions`.
    SESSIONS_SCOPE_MISSING = "sessions_scope_missing", InsufficientScope,
        "the access token requires the scope user:sessions";
    /// No enabled user has the subject.
    SUBJECT_UNKNOWN = "subject_unknown", InvalidRequest,
        "no enabled user has this identifier";
    /// The access token belongs to a user.
    TOKEN_OF_USER = "token_of_user", InsufficientScope,
        "the client must request the access token for itself, with client_credentials";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_account_rules_never_change() {
        let names = [
            "email_taken",
            "tenant_full",
            "email_malformed",
            "address_changed_recently",
            "email_not_admitted",
            "claim_malformed",
            "agreement_missing",
            "country_malformed",
            "factor_present",
            "passkey_refused",
            "passkey_unknown",
            "last_owner",
            "deletion_off",
            "factor_reset_off",
            "sign_in_way_missing",
            "profile_invalid",
            "attribute_invalid",
            "link_invalid",
            "recovery_required",
            "upstream_unknown",
            "upstream_state_unknown",
            "upstream_unavailable",
            "upstream_refused",
            "upstream_untrue",
            "upstream_email_missing",
            "upstream_address_taken",
            "upstream_administrator",
            "upstream_account_missing",
            "upstream_identity_taken",
            "upstream_required",
            "client_registration_off",
            "initial_access_token_invalid",
            "registration_access_token_invalid",
            "dynamic_clients_full",
            "registered_client_in_use",
            "consent_page_required",
            "client_metadata_invalid",
            "client_redirect_uri_invalid",
            "registration_closed",
            "client_not_first_party",
            "attributes_scope_missing",
            "attributes_write_scope_missing",
            "information_scope_missing",
            "management_scope_missing",
            "resource_server_of_another_client",
            "roles_scope_missing",
            "sessions_scope_missing",
            "subject_unknown",
            "token_of_user",
        ];
        assert!(ALL.iter().map(Refusal::name).eq(names));
    }
}
