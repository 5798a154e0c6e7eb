//! Permissions of the bearer of an access token at the API of this server.

use super::LiveToken;
use crate::refusals;
use countersign_domain::refusal::Refusal;

impl LiveToken {
    /// Scope token that lets a first-party client list and end the sessions of a user.
    pub const SESSIONS: &'static str = "user:sessions";

    /// Scope token that lets the client of a resource server read the roles of users there.
    pub const ROLES: &'static str = "user:roles";

    /// Scope token that lets a first-party client read the attributes of users that applications may read.
    pub const ATTRIBUTES: &'static str = "user:attributes";

    /// Scope token that lets a first-party client write the attributes of users that applications may write.
    pub const ATTRIBUTES_WRITE: &'static str = "user:attributes:write";

    /// Scope token that lets a first-party client register users.
    pub const USER_MANAGEMENT: &'static str = "user:management";

    /// Checks that the client may list and end the sessions of the user.
    ///
    /// Only first-party clients may, because no consent page asks the user about this access. They need the scope
    /// [`LiveToken::SESSIONS`], because most tokens of such a client need no access to sessions.
    pub fn may_manage_sessions(&self) -> Result<(), Refusal> {
        if !self.client.is_first_party() {
            return Err(refusals::CLIENT_NOT_FIRST_PARTY);
        }
        if !self.token.scope.contains(Self::SESSIONS) {
            return Err(refusals::SESSIONS_SCOPE_MISSING);
        }
        Ok(())
    }

    /// Checks that the client may register users. Such a client learns whether an email address is taken. So only
    /// first-party clients may, with the scope [`LiveToken::USER_MANAGEMENT`].
    pub fn may_register_users(&self) -> Result<(), Refusal> {
        if self.grant.is_some() {
            self.token.to_act_on(self.grant.as_ref())?;
        } else if self.is_for_resources() || self.token.token_id.root.is_exchanged() {
            return Err(Refusal::AccessTokenForAnotherResource);
        }
        if !self.client.is_first_party() {
            return Err(refusals::CLIENT_NOT_FIRST_PARTY);
        }
        if !self.token.scope.contains(Self::USER_MANAGEMENT) {
            return Err(refusals::MANAGEMENT_SCOPE_MISSING);
        }
        Ok(())
    }

    /// Checks that the client may ask which roles users have: the token is one that it requested for itself, for this
    /// server, with the scope [`LiveToken::ROLES`].
    pub fn may_read_roles(&self) -> Result<(), Refusal> {
        self.is_of_client_for_server()?;
        if !self.token.scope.contains(Self::ROLES) {
            return Err(refusals::ROLES_SCOPE_MISSING);
        }
        Ok(())
    }

    /// Checks that the client may read attributes of all users: the token is one that it requested for itself, for this
    /// server, with the scope [`LiveToken::ATTRIBUTES`]. The attributes are personal data, so only first-party clients may.
    pub fn may_read_attributes(&self) -> Result<(), Refusal> {
        self.may_use_attributes()?;
        if !self.token.scope.contains(Self::ATTRIBUTES) {
            return Err(refusals::ATTRIBUTES_SCOPE_MISSING);
        }
        Ok(())
    }

    /// Checks that the client may write attributes of all users, with the scope [`LiveToken::ATTRIBUTES_WRITE`].
    pub fn may_write_attributes(&self) -> Result<(), Refusal> {
        self.may_use_attributes()?;
        if !self.token.scope.contains(Self::ATTRIBUTES_WRITE) {
            return Err(refusals::ATTRIBUTES_WRITE_SCOPE_MISSING);
        }
        Ok(())
    }

    fn may_use_attributes(&self) -> Result<(), Refusal> {
        self.is_of_client_for_server()?;
        if !self.client.is_first_party() {
            return Err(refusals::CLIENT_NOT_FIRST_PARTY);
        }
        Ok(())
    }

    /// Checks that the client requested the token for itself, for this server.
    fn is_of_client_for_server(&self) -> Result<(), Refusal> {
        if self.grant.is_some() {
            return Err(refusals::TOKEN_OF_USER);
        }
        if self.is_for_resources() || self.token.token_id.root.is_exchanged() {
            return Err(Refusal::AccessTokenForAnotherResource);
        }
        Ok(())
    }

    /// Returns whether the token names only other audiences than this server and its own client (RFC 8707).
    fn is_for_resources(&self) -> bool {
        let own = [self.token.issuer.as_str(), self.client.id.as_str()];
        !self
            .token
            .audience
            .iter()
            .any(|name| own.contains(&name.as_str()))
    }
}
