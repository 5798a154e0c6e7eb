//! Which ways to sign in a tenant and a client allow.

use super::provider_name::ProviderName;

/// Ways to sign in at a tenant for a client.
#[derive(Clone, Copy, Debug)]
pub struct WaysIn<'a> {
    /// Providers that alone may sign users in at the tenant. Empty allows every method.
    pub tenant: &'a [ProviderName],
    /// Providers that alone may sign users in for the client. Empty allows every method.
    pub client: &'a [ProviderName],
}

impl WaysIn<'_> {
    /// Returns whether a sign-in with this provider is allowed; `None` for a method of this server.
    #[must_use]
    pub fn allow(self, provider: Option<&ProviderName>) -> bool {
        [self.tenant, self.client]
            .into_iter()
            .all(|only| only.is_empty() || provider.is_some_and(|provider| only.contains(provider)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_must_satisfy_tenant_and_client() {
        let name = |text| ProviderName::parse(text).unwrap();
        let (corp, github) = ([name("corp")], [name("github")]);
        let both = [name("corp"), name("github")];
        for (tenant, client, allowed) in [
            (&[][..], &[][..], [true, true, true]),
            (&corp, &[], [false, true, false]),
            (&[], &github, [false, false, true]),
            (&both, &corp, [false, true, false]),
            (&corp, &github, [false, false, false]),
        ] {
            let ways = WaysIn { tenant, client };
            let providers = [None, Some(&corp[0]), Some(&github[0])];
            assert_eq!(providers.map(|own| ways.allow(own)), allowed);
        }
    }
}
