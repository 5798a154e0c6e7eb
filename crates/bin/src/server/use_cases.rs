//! Use cases out of adapters: which adapter stands behind which port is said here alone.

use crate::config::{Mail, PageOptions};
use crate::failure::Failure;
use crate::store::AnyStore;
use countersign_adapters_jwt::{Codecs, JwtAssertions, KeyRing};
use countersign_adapters_system::{
    Argon2Passwords, HttpLogoutSender, SystemClock, SystemEntropy, SystemMailer, TotpCodes,
    WebauthnPasskeys,
};
use countersign_application::{
    AccessTokens, Accounts, Authorizations, ClientAuthentication, Clients, Introspections, Logins,
    Revocations, SecretUses, Sessions, SignIn, TokenIssuer, UserInfos,
};
use countersign_domain::tenant::Tenant;
use countersign_server_http::Services;
use countersign_server_http::pages::Pages;
use std::sync::Arc;
use std::time::Duration;

/// The adapters, and what is configured about the use cases.
pub(super) struct Adapters {
    pub(super) tenant: Arc<Tenant>,
    pub(super) store: Arc<AnyStore>,
    pub(super) clients: Arc<Clients<AnyStore>>,
    pub(super) secret_uses: Arc<SecretUses>,
    pub(super) keys: Arc<KeyRing>,
    pub(super) codecs: Arc<Codecs>,
    pub(super) clock: Arc<SystemClock>,
    pub(super) entropy: Arc<SystemEntropy>,
    pub(super) passwords: Arc<Argon2Passwords>,
    pub(super) mailer: Arc<SystemMailer>,
    pub(super) logout: Arc<HttpLogoutSender>,
    pub(super) pages: PageOptions,
    pub(super) key_set_max_age: Duration,
}

/// A mailer, if mail is configured.
pub(super) fn mailer(mail: Option<&Mail>) -> Result<SystemMailer, Failure> {
    mail.map_or_else(
        || Ok(SystemMailer::none()),
        |mail| {
            SystemMailer::new(mail.url.expose_secret(), &mail.from)
                .map_err(|error| Failure::usage(format!("Mail cannot be sent: {error}.")))
        },
    )
}

impl Adapters {
    /// What the endpoints need.
    pub(super) fn services(&self) -> Result<Services<AnyStore, KeyRing, Argon2Passwords>, Failure> {
        let pages = Pages::new(self.pages.settings(&self.tenant.issuer)?)
            .map_err(|error| Failure::usage(format!("The pages cannot be made: {error}.")))?;
        let access_tokens = Arc::new(AccessTokens {
            store: self.store.clone(),
            clients: self.clients.clone(),
            verifier: self.keys.clone(),
        });
        let authentication = Arc::new(ClientAuthentication {
            store: self.store.clone(),
            clients: self.clients.clone(),
            secret_uses: self.secret_uses.clone(),
            assertions: Arc::new(JwtAssertions),
        });
        Ok(Services {
            tenant: self.tenant.clone(),
            user_infos: UserInfos {
                tokens: access_tokens.clone(),
                signer: self.keys.clone(),
                clock: self.clock.clone(),
            },
            introspections: Introspections {
                tokens: access_tokens.clone(),
                authentication: authentication.clone(),
                refresh_tokens: self.codecs.clone(),
                signer: self.keys.clone(),
                clock: self.clock.clone(),
            },
            revocations: Revocations {
                tokens: access_tokens,
                authentication: authentication.clone(),
                refresh_tokens: self.codecs.clone(),
                clock: self.clock.clone(),
            },
            tokens: self.token_issuer(authentication),
            logins: self.logins(),
            sessions: self.sessions(),
            sign_in: self.sign_in(),
            authorizations: self.authorizations(),
            accounts: self.accounts(),
            envelopes: self.codecs.clone(),
            keys: self.keys.clone(),
            key_set_max_age: self.key_set_max_age,
            pages,
        })
    }

    fn token_issuer(
        &self,
        authentication: Arc<ClientAuthentication<AnyStore>>,
    ) -> TokenIssuer<AnyStore, KeyRing> {
        TokenIssuer {
            store: self.store.clone(),
            clients: self.clients.clone(),
            authentication,
            signer: self.keys.clone(),
            codes: self.codecs.clone(),
            refresh_tokens: self.codecs.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn logins(&self) -> Logins<AnyStore, Argon2Passwords> {
        Logins {
            store: self.store.clone(),
            clients: self.clients.clone(),
            passwords: self.passwords.clone(),
            steps: self.codecs.clone(),
            codes: self.codecs.clone(),
            vault: self.codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn sessions(&self) -> Sessions<AnyStore, KeyRing> {
        Sessions {
            store: self.store.clone(),
            clients: self.clients.clone(),
            signer: self.keys.clone(),
            verifier: self.keys.clone(),
            logout: self.logout.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn sign_in(&self) -> SignIn<AnyStore, Argon2Passwords> {
        SignIn {
            store: self.store.clone(),
            passwords: self.passwords.clone(),
            vault: self.codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: Arc::new(WebauthnPasskeys),
            mailer: self.mailer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn authorizations(&self) -> Authorizations<AnyStore> {
        Authorizations {
            store: self.store.clone(),
            clients: self.clients.clone(),
            verifier: self.keys.clone(),
            codes: self.codecs.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn accounts(&self) -> Accounts<AnyStore, Argon2Passwords> {
        Accounts {
            store: self.store.clone(),
            clients: self.clients.clone(),
            passwords: self.passwords.clone(),
            vault: self.codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: Arc::new(WebauthnPasskeys),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }
}
