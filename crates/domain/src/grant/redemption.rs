//! The step between a valid code and its tokens: storing the grant.

use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::grant::authorization::Authorization;
use crate::grant::refresh_token::RefreshToken;
use crate::grant::{Grant, GrantFacts};
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::resource::Resource;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::{Issuance, RefreshTokenFacts};
use crate::token::token_id::Root;
use alloc::string::String;

/// Result of a valid redemption: a grant to store. Only the answer of the store gives access to the tokens:
///
/// ```compile_fail,E0616
/// # use countersign_domain::grant::redemption::Redemption;
/// # use countersign_domain::token::issuance::Issuance;
/// fn issue_without_storing(redemption: Redemption) -> Issuance {
///     redemption.issuance
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the code is not used up until its grant is stored"]
pub struct Redemption {
    grant: Grant,
    issuance: Issuance,
}

/// Answer of a store that was asked to insert the grant of a [`Redemption`].
#[derive(Clone, Copy, Debug)]
pub enum Insertion<'a> {
    /// The grant was inserted.
    Won,
    /// A grant with this identifier was stored before. Nothing was changed.
    Lost {
        /// The stored grant; `None` if it was deleted in the meantime.
        stored: Option<&'a Grant>,
    },
}

/// Facts of a grant to create.
pub(crate) struct NewGrant<'a> {
    /// Identifier.
    pub(crate) id: GrantId,
    /// Granted access, client and resource owner.
    pub(crate) authorization: &'a Authorization,
    /// `nonce` of the ID token.
    pub(crate) nonce: Option<String>,
    /// Expiration time of the code, or of another credential. If the row were deleted earlier, the code could be redeemed again.
    pub(crate) outlives: Timestamp,
}

impl Redemption {
    /// Returns the grant to insert, unless the store has a grant with its identifier.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Returns the tokens to issue after the grant was inserted.
    ///
    /// Before it signs the tokens, the caller must read the user and call
    /// [`AuthorizationCode::check_user`](crate::grant::authorization_code::AuthorizationCode::check_user).
    ///
    /// If a grant with this identifier is stored, the code was redeemed before. The grant is revoked, and with it all
    /// tokens issued from the code (RFC 6749 section 4.1.2). If the stored grant belongs to another client or resource
    /// owner, two codes have the same identifier. The grant stays unchanged, and the request is refused.
    pub fn stored(self, answer: Insertion<'_>) -> Decision<Issuance> {
        match answer {
            Insertion::Won => Decision::Issue(self.issuance),
            Insertion::Lost { stored } if stored.is_none_or(|stored| self.created(stored)) => {
                Decision::Revoke(self.grant.id(), Refusal::CodeReplayed)
            }
            Insertion::Lost { .. } => Decision::Refuse(Refusal::GrantMismatch),
        }
    }

    /// Returns whether an earlier redemption of the same code may have created the stored grant.
    fn created(&self, stored: &Grant) -> bool {
        let (own, other) = (self.grant.authorization(), stored.authorization());
        self.grant.id() == stored.id()
            && own.client() == other.client()
            && own.subject == other.subject
    }

    /// Creates a grant that has passed all checks, and its tokens.
    pub(crate) fn of(
        new: NewGrant<'_>,
        for_resources: &[Resource],
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Self {
        let client = caller.client();
        let authorization = new.authorization;
        let mut issuance = Issuance::of_access_token(
            client,
            client
                .openid
                .subject_type
                .subject_of(&authorization.subject),
            authorization.scope().clone(),
            lifetimes,
            now,
        )
        .for_resources(for_resources)
        .with_id_token(client, authorization, new.nonce, lifetimes);
        issuance.root = Root::Grant(new.id);
        issuance.owner = Some(authorization.subject.clone());
        let lifetime = client.refresh_token_lifetime(lifetimes);
        let refreshable_until = now.plus(lifetime);
        // A rotation sets the expiration time anew. It must not delete the row before the credential expires.
        let may_refresh =
            client.may_use(&GrantType::REFRESH_TOKEN).is_ok() && new.outlives <= refreshable_until;
        let lives_until = if may_refresh { refreshable_until } else { now };
        let grant = Grant::from_stored(GrantFacts {
            id: new.id,
            authorization: authorization.clone(),
            generation: 0,
            rotated_at: now,
            expires_at: lives_until.max(issuance.expires_at).max(new.outlives),
            revoked_at: None,
        });
        if may_refresh {
            let token = RefreshToken::of(&grant, 0);
            issuance.refresh_token = Some(RefreshTokenFacts { token, lifetime });
        }
        Self { grant, issuance }
    }
}
