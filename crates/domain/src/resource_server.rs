//! Resource servers: APIs that accept access tokens of this server (RFC 6749 section 1.1).

use crate::administration::managed_by::ManagedBy;
use crate::claims::policy::ClaimsPolicy;
use crate::claims::roles::{ApplicationRole, ApplicationRoleName};
use crate::client::{Client, ClientId};
use crate::identifier::ResourceServerId;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use crate::token::access_token::AccessToken;
use alloc::string::String;
use alloc::vec::Vec;

/// Resource server, identified by its audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceServer {
    /// Identifier; `None` for one that an earlier version created.
    pub id: Option<ResourceServerId>,
    /// Value of `aud` in its tokens.
    pub audience: String,
    /// Display name.
    pub name: String,
    /// Clients with which the resource server authenticates at the introspection endpoint.
    pub introspection_clients: Vec<ClientId>,
    /// Whether introspection also returns the claims about the user that the scope of the token includes.
    pub personal_claims: bool,
    /// Application roles.
    pub roles: Vec<ApplicationRole>,
    /// Claims of its access tokens and of introspection responses.
    pub claims_policy: ClaimsPolicy,
    /// Set of files that declares the resource server.
    pub managed_by: Option<ManagedBy>,
    /// Registration time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

crate::error_type! {
    /// Reason why a resource server is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidResourceServer {
        /// Empty or too long audience, or one with control characters (RFC 7519 section 4.1.3).
        #[error("an audience must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        AudienceMalformed,
        /// The audience is that of the admin API.
        #[error("this audience is the admin API of the server; its tokens are for the server only")]
        BuiltIn,
        /// Empty or too long name, or one with control characters.
        #[error("the name of a resource server must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        NameMalformed,
        /// Too many introspection clients.
        #[error("a resource server may have at most {max} clients for introspection", max = ResourceServer::MAX_CLIENTS)]
        TooManyClients,
    }
}

impl ResourceServer {
    /// Maximum number of clients for introspection.
    pub const MAX_CLIENTS: usize = 100;

    /// Creates a resource server without an identifier and without clients for introspection.
    #[must_use]
    pub fn new(audience: &str, name: &str, created_at: Timestamp) -> Self {
        Self {
            id: None,
            audience: audience.into(),
            name: name.into(),
            introspection_clients: Vec::new(),
            personal_claims: false,
            roles: Vec::new(),
            claims_policy: ClaimsPolicy::none(),
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns whether it defines a role with this name.
    #[must_use]
    pub fn defines(&self, role: &ApplicationRoleName) -> bool {
        self.roles.iter().any(|own| own.name == *role)
    }

    /// Validates the resource server. Returns the first broken rule.
    pub fn check(&self) -> Result<(), InvalidResourceServer> {
        if !Client::is_name(&self.audience) {
            return Err(InvalidResourceServer::AudienceMalformed);
        }
        if !Client::is_name(&self.name) {
            return Err(InvalidResourceServer::NameMalformed);
        }
        if self.introspection_clients.len() > Self::MAX_CLIENTS {
            return Err(InvalidResourceServer::TooManyClients);
        }
        Ok(())
    }

    /// Returns whether this client may introspect the token for this resource server (RFC 7662 section 4): the token is
    /// for its audience.
    #[must_use]
    pub fn may_introspect(&self, client: &ClientId, token: &AccessToken) -> bool {
        self.introspection_clients.contains(client) && token.audience.contains(&self.audience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::Subject;
    use crate::scope::Scope;
    use crate::token::custom_claims::CustomClaims;
    use crate::token::token_id::{Root, TokenId};

    fn client_id(text: &str) -> ClientId {
        ClientId::parse(text).unwrap()
    }

    fn api() -> ResourceServer {
        ResourceServer {
            introspection_clients: [client_id("gateway")].into(),
            ..ResourceServer::new(
                "https://api.example",
                "API",
                Timestamp::from_unix_seconds(1),
            )
        }
    }

    fn token(audience: &[&str]) -> AccessToken {
        AccessToken {
            issuer: "https://auth.example".into(),
            subject: Subject::new("jane"),
            audience: audience.iter().map(|&name| name.into()).collect(),
            client: client_id("app"),
            scope: Scope::none(),
            issued_at: Timestamp::from_unix_seconds(1),
            expires_at: Timestamp::from_unix_seconds(2),
            token_id: TokenId {
                root: Root::Own,
                unique: [1; 12],
                mac: None,
            },
            gty: None,
            actor: None,
            may_act: None,
            is_bound: false,
            custom: CustomClaims::none(),
        }
    }

    #[test]
    fn only_registered_client_may_introspect_token_of_audience() {
        let may = |client: &str, audience: &[&str]| {
            api().may_introspect(&client_id(client), &token(audience))
        };
        assert!(may("gateway", &["https://api.example"]));
        assert!(may(
            "gateway",
            &["https://other.example", "https://api.example"]
        ));
        assert!(!may("gateway", &["https://api.example/", "gateway"]));
        assert!(!may("app", &["https://api.example"]));
    }

    #[test]
    fn invalid_resource_server_is_rejected() {
        use InvalidResourceServer as Invalid;
        let check = |change: &dyn Fn(&mut ResourceServer)| {
            let mut api = api();
            change(&mut api);
            api.check()
        };
        assert_eq!(check(&|_| {}), Ok(()));
        let audience = check(&|api| api.audience.push('\n'));
        assert_eq!(audience, Err(Invalid::AudienceMalformed));
        let name = check(&|api| api.name.clear());
        assert_eq!(name, Err(Invalid::NameMalformed));
        let many = check(&|api| {
            api.introspection_clients =
                alloc::vec![client_id("a"); ResourceServer::MAX_CLIENTS + 1];
        });
        assert_eq!(many, Err(Invalid::TooManyClients));
    }
}
