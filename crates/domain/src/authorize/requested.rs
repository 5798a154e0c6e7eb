//! Valid authorization requests, and their codes.

use crate::grant::authorization::{Access, Authorization};
use crate::grant::authorization_code::{AuthorizationCode, CodeFacts};
use crate::grant::code_binding::CodeBinding;
use crate::identifier::{GrantId, SessionId, Subject};
use crate::login::authentication::Authentication;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::user::PasswordMark;
use alloc::vec::Vec;

/// Valid authorization request.
///
/// It comes from [`RegisteredClient::judge`](crate::client::authentication::RegisteredClient::judge), or from a sealed value by
/// [`RequestedGrant::from_sealed`]:
///
/// ```compile_fail,E0451
/// # use countersign_domain::authorize::RequestedGrant;
/// # use countersign_domain::grant::code_binding::CodeBinding;
/// # use countersign_domain::grant::authorization::Access;
/// fn unchecked(access: Access, binding: CodeBinding) -> RequestedGrant {
///     RequestedGrant { access, binding }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedGrant {
    access: Access,
    binding: CodeBinding,
}

/// Resource owner who granted a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceOwner {
    /// Subject.
    pub subject: Subject,
    /// Time and methods of the sign-in.
    pub authentication: Authentication,
    /// Browser session; `None` for a sign-in without a browser.
    pub session: Option<SessionId>,
    /// Mark of the password at sign-in; `None` if the session ends with a password change.
    pub password: Option<PasswordMark>,
}

impl ResourceOwner {
    /// Returns the user of a live session. The session ends with a password change, so the mark is not needed.
    #[must_use]
    pub fn of_session(session: &Session) -> Self {
        Self {
            subject: session.user.into(),
            authentication: session.authentication,
            session: Some(session.id),
            password: None,
        }
    }
}

impl RequestedGrant {
    /// Creates a request from the fields of a sealed value.
    #[must_use]
    pub const fn from_sealed(access: Access, binding: CodeBinding) -> Self {
        Self { access, binding }
    }

    /// Returns the requested access.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// Returns the parameters that the code is bound to.
    #[must_use]
    pub const fn binding(&self) -> &CodeBinding {
        &self.binding
    }

    /// Returns the authorization code after the resource owner has signed in and consented. `grant` is a new identifier,
    /// different for every code.
    #[must_use]
    pub fn code(
        &self,
        grant: GrantId,
        owner: ResourceOwner,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> AuthorizationCode {
        AuthorizationCode::from_sealed(CodeFacts {
            grant,
            authorization: Authorization {
                access: self.access.clone(),
                subject: owner.subject,
                authentication: owner.authentication,
                session: owner.session,
                bound_to_verifier: self.binding.challenge.is_some(),
            },
            binding: self.binding.clone(),
            password: owner.password,
            expires_at: now.plus(lifetimes.authorization_code()),
        })
    }

    /// Returns the scope that needs consent: the requested scope, and the scope tokens that cover individually
    /// requested claims.
    pub fn to_agree_to(&self) -> Result<Scope, Refusal> {
        let mut tokens: Vec<&str> = self.access.scope.tokens().collect();
        for token in self.access.claims.scope_tokens() {
            tokens.push(token);
        }
        if tokens.is_empty() {
            return Ok(Scope::none());
        }
        Scope::parse(&tokens.join(" ")).map_err(|_| Refusal::ScopeMalformed)
    }
}
