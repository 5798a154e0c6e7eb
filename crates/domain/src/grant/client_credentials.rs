//! The client credentials grant (RFC 6749 section 4.4).

use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::grant::narrowed::Narrowed;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::scope::RequestedScope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::Issuance;

impl Caller<'_> {
    /// Decides a client credentials request.
    ///
    /// Without a `scope` parameter, the client gets all registered scope. `resources` are the raw `resource` parameters
    /// (RFC 8707 section 2.2); empty means the client's own audience.
    ///
    /// The response has no refresh token (RFC 6749 section 4.4.3), and no grant is stored.
    pub fn client_credentials(
        &self,
        scope: RequestedScope<'_>,
        resources: &[&str],
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Issuance> {
        self.judge_client_credentials(scope, resources, lifetimes, now)
            .into()
    }

    fn judge_client_credentials(
        &self,
        scope: RequestedScope<'_>,
        resources: &[&str],
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let client = self.client();
        let mut narrowed = Narrowed::default();
        check_client_credentials(self, scope, resources, &mut narrowed)?;
        let Narrowed { scope, resources } = narrowed;
        let subject = Subject::new(client.id.text());
        let issuance = Issuance::of_access_token(client, subject, scope, lifetimes, now);
        Ok(issuance.for_resources(&resources))
    }
}

checks! {
    /// Checks of a client credentials request, in order.
    pub const CLIENT_CREDENTIALS_CHECKS;
    /// Runs [`CLIENT_CREDENTIALS_CHECKS`]. Puts scope and resources of the access token into `narrowed`.
    fn check_client_credentials(
        caller: &Caller<'_>,
        scope: RequestedScope<'_>,
        resources: &[&str],
        narrowed: &mut Narrowed,
    );
    /// The client is registered for the grant type `client_credentials`.
    grant_type_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::CLIENT_CREDENTIALS),
    /// The client has authenticated.
    client_authenticated ["secret_missing"] => caller.check_authenticated(),
    /// The client is registered for the scope.
    scope_registered ["scope_malformed", "scope_not_registered"] => narrowed.scope(caller.client(), scope),
    /// The client is registered for the resources.
    resources_allowed ["resource_not_allowed"] => narrowed.resources(caller.client(), resources),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::authentication::Credential;
    use crate::client::{Client, ClientType};
    use crate::evidence::Evidence;
    use crate::resource::Resource;
    use crate::scope::UnregisteredScope;
    use crate::test_facts::{NOW, confidential_client, secret, stored};
    use crate::token::token_id::Root;

    fn machine() -> Client {
        Client {
            grant_types: [GrantType::CLIENT_CREDENTIALS].into(),
            ..confidential_client()
        }
    }

    fn ask(client: &Client, scope: Option<&str>) -> Decision<Issuance> {
        let caller = stored(client)
            .authenticate(&Credential::Secret(secret()), NOW)
            .unwrap();
        caller.client_credentials(scope.into(), &[], &Lifetimes::DEFAULT, NOW)
    }

    #[test]
    fn client_credentials_allow_only_registered_resources() {
        let mut client = machine();
        let (a, b) = ("https://a.example", "https://b.example");
        client.resources = [a, b].map(|text| Resource::parse(text).unwrap()).into();
        let caller = stored(&client)
            .authenticate(&Credential::Secret(secret()), NOW)
            .unwrap();
        let audience = |resources: &[&str]| match caller.client_credentials(
            None.into(),
            resources,
            &Lifetimes::DEFAULT,
            NOW,
        ) {
            Decision::Issue(issuance) => Ok(issuance.audience),
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
        };
        assert_eq!(audience(&[]).unwrap(), [client.audience()]);
        assert_eq!(audience(&[b]).unwrap(), [b]);
        assert_eq!(audience(&[a, b]).unwrap(), [a, b]);
        let unknown = audience(&["https://c.example"]);
        let refused = Refusal::ResourceNotAllowed(Evidence::of("https://c.example"));
        assert_eq!(unknown, Err(refused));
    }

    #[test]
    fn aero2_4_client_without_client_credentials_grant_is_refused() {
        let mut client = machine();
        client.grant_types = [GrantType::AUTHORIZATION_CODE].into();
        assert_eq!(
            ask(&client, None),
            Decision::Refuse(Refusal::GrantTypeNotAllowed(Evidence::of(
                "client_credentials"
            )))
        );
    }

    #[test]
    fn aero2_5_omitted_scope_means_all_registered_scope() {
        let Decision::Issue(issuance) = ask(&machine(), None) else {
            panic!()
        };
        assert_eq!(issuance.scope, machine().scope);
        assert_eq!(
            ask(&machine(), Some("read admin")),
            Decision::Refuse(Refusal::ScopeNotRegistered(Evidence::of("admin")))
        );
    }

    #[test]
    fn client_credentials_leave_out_scope_as_authorization_does() {
        let client = machine();
        let caller = stored(&client)
            .authenticate(&Credential::Secret(secret()), NOW)
            .unwrap();
        for (text, unregistered) in [
            ("read offline_access", UnregisteredScope::Refuse),
            ("read admin", UnregisteredScope::Ignore),
        ] {
            let scope = RequestedScope {
                text: Some(text),
                unregistered,
            };
            let judged = caller.client_credentials(scope, &[], &Lifetimes::DEFAULT, NOW);
            let Decision::Issue(issuance) = judged else {
                panic!("{judged:?}")
            };
            assert_eq!(issuance.scope.as_str(), "read");
        }
    }

    #[test]
    fn aero2_6_and_7_client_is_subject_without_refresh_token() {
        let Decision::Issue(issuance) = ask(&machine(), Some("read")) else {
            panic!()
        };
        assert_eq!(
            (issuance.subject.as_str(), issuance.audience[0].as_str()),
            ("app", "app")
        );
        assert_eq!(
            (issuance.root, issuance.refresh_token, issuance.id_token),
            (Root::Own, None, None)
        );
    }

    #[test]
    fn unauthenticated_client_is_refused() {
        let mut client = machine();
        client.client_type = ClientType::Public;
        let caller = stored(&client)
            .authenticate(&Credential::None, NOW)
            .unwrap();
        let judged = caller.client_credentials(None.into(), &[], &Lifetimes::DEFAULT, NOW);
        assert_eq!(judged, Decision::Refuse(Refusal::SecretMissing));
    }
}
