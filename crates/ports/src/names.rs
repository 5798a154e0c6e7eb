//! Wire names that the specifications leave to the server. They must never change, because tokens, metadata and clients
//! contain them.

use countersign_domain::login::authentication::{Acr, AcrNames};

/// Values of `acr`.
pub const ACR_NAMES: AcrNames<'static> = AcrNames::new(&[
    (Acr::ONE_FACTOR, "urn:countersign:1fa"),
    (Acr::TWO_FACTORS, "urn:countersign:2fa"),
    (Acr::PHISHING_RESISTANT, "phr"),
]);

/// `gty` of a client credentials token. It lets a resource server distinguish a client from a user without parsing
/// `sub`.
pub const CLIENT_CREDENTIALS_GTY: &str = "client_credentials";

/// Values of `token_use`, which prevent the use of one kind of token as another.
pub mod token_use {
    /// Access token.
    pub const ACCESS: &str = "access";

    /// ID token, for clients that are registered for the claim.
    pub const ID: &str = "id";

    /// Session token.
    pub const SESSION: &str = "session";
}
