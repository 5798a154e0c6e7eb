//! Composition of the token endpoint and of devices.

use super::TokenIssuer;
use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::client_authentication::ClientAuthentication;
use crate::compose::Ports;
use crate::devices::Devices;
use std::sync::Arc;

impl<A: App> Ports<A> {
    pub(crate) fn token_issuer(
        &self,
        access_tokens: &Arc<AccessTokens<A::Store>>,
        authentication: Arc<ClientAuthentication<A::Store>>,
        devices: Arc<Devices<A::Store>>,
    ) -> TokenIssuer<A> {
        TokenIssuer {
            store: self.store.clone(),
            clients: self.clients.clone(),
            definitions: self.definitions.clone(),
            access_tokens: access_tokens.clone(),
            authentication,
            devices,
            signer: self.signer.clone(),
            codes: self.codes.clone(),
            refresh_tokens: self.refresh_tokens.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub(crate) fn devices(
        &self,
        authentication: &Arc<ClientAuthentication<A::Store>>,
    ) -> Arc<Devices<A::Store>> {
        Arc::new(Devices::new(
            (self.store.clone(), self.clients.clone()),
            authentication.clone(),
            self.devices.clone(),
            (self.clock.clone(), self.entropy.clone()),
        ))
    }
}
