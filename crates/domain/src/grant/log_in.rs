//! Sign-in without an authorization request, for a user who has just registered.

use crate::authorize::ResourceOwner;
use crate::authorize::claims_request::RequestedClaims;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::grant::authorization::{Access, Authorization};
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::GrantId;
use crate::later::LaterFacts;
use crate::refusal::Refusal;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;

impl Caller<'_> {
    /// Decides whether a user who has just registered is signed in to this client. The grant has all registered scope of
    /// the client.
    ///
    /// `grant` is a new identifier. The caller must then store the grant and pass the answer of the store to
    /// [`Redemption::stored`].
    pub fn log_in(
        &self,
        grant: GrantId,
        owner: ResourceOwner,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge_log_in()
            .map(|()| {
                let authorization = self.full_authorization(owner);
                let new = NewGrant {
                    id: grant,
                    authorization: &authorization,
                    nonce: None,
                    outlives: now,
                };
                Redemption::of(new, &[], self, lifetimes, now)
            })
            .into()
    }

    fn judge_log_in(&self) -> Result<(), Refusal> {
        self.client().may_use(&GrantType::AUTHORIZATION_CODE)?;
        if self.owes_a_verifier() {
            return Err(Refusal::SecretMissing);
        }
        Ok(())
    }

    fn full_authorization(&self, owner: ResourceOwner) -> Authorization {
        let client = self.client();
        Authorization {
            access: Access {
                client: client.id.clone(),
                scope: client.scope.clone(),
                resources: [].into(),
                claims: RequestedClaims::default(),
                later: LaterFacts::none(),
            },
            subject: owner.subject,
            authentication: owner.authentication,
            session: owner.session,
            bound_to_verifier: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::authentication::Credential;
    use crate::evidence::Evidence;
    use crate::identifier::Subject;
    use crate::test_facts::{NOW, confidential_client, login, public_client, stored};

    fn judged(caller: &Caller<'_>) -> Decision<Redemption> {
        let owner = ResourceOwner {
            subject: Subject::new("jane"),
            authentication: login(),
            session: None,
            password: None,
        };
        let grant = GrantId::from_bytes([3; 16]);
        caller.log_in(grant, owner, &Lifetimes::DEFAULT, NOW)
    }

    #[test]
    fn registered_user_is_signed_in_with_all_scope() {
        let client = public_client();
        let caller = stored(&client)
            .authenticate(&Credential::None, NOW)
            .unwrap();
        let Decision::Issue(redemption) = judged(&caller) else {
            panic!()
        };
        let authorization = redemption.grant().authorization();
        assert_eq!(*authorization.scope(), client.scope);
        assert_eq!(authorization.subject, Subject::new("jane"));
    }

    #[test]
    fn client_without_code_grant_or_credentials_is_refused() {
        let mut client = public_client();
        client.grant_types.clear();
        let caller = stored(&client)
            .authenticate(&Credential::None, NOW)
            .unwrap();
        let not_allowed = Refusal::GrantTypeNotAllowed(Evidence::of("authorization_code"));
        assert_eq!(judged(&caller), Decision::Refuse(not_allowed));
        let mut client = confidential_client();
        client.pkce.replaces_secret = true;
        let caller = stored(&client)
            .authenticate(&Credential::None, NOW)
            .unwrap();
        assert_eq!(judged(&caller), Decision::Refuse(Refusal::SecretMissing));
    }
}
