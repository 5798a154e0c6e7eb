//! Composition of the use cases from their ports.

use crate::access_tokens::{
    AccessTokens, Introspections, Revocations, UserAttributes, UserInfos, UserRoles,
};
use crate::account::Accounts;
use crate::admin::{Activity, EventSource};
use crate::app::App;
use crate::authorize::Authorizations;
use crate::client_authentication::ClientAuthentication;
use crate::clients::{Clients, SecretUses};
use crate::definitions::Definitions;
use crate::devices::Devices;
use crate::federation::Federation;
use crate::login::Logins;
use crate::mail::{MailedLinks, Notices};
use crate::registration::ClientRegistrations;
use crate::sessions::Sessions;
use crate::sign_in::SignIn;
use crate::token::TokenIssuer;
use countersign_ports::{
    Assertions, AuthorizationCodeCodec, BreachedPasswords, Clock, DeviceCodec, Entropy, Formats,
    KeySets, LoginStepCodec, LogoutSender, MailedLinkCodec, Mailer, OneTimeCodes, Passkeys,
    RefreshTokenCodec, TokenVerifier, UpstreamJwts, Upstreams, Vault,
};
use std::sync::Arc;

/// Implementations of all ports.
pub struct Ports<A: App> {
    /// Store.
    pub store: Arc<A::Store>,
    /// Definitions, cached.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Registered clients, cached.
    pub clients: Arc<Clients<A::Store>>,
    /// Buffered uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Signs tokens.
    pub signer: Arc<A::Signer>,
    /// Verifies tokens issued by this server.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Verifies client assertions.
    pub assertions: Arc<dyn Assertions>,
    /// Fetches keys that clients publish.
    pub key_sets: Arc<dyn KeySets>,
    /// Sends requests to upstream providers.
    pub upstreams: Arc<dyn Upstreams>,
    /// Verifies tokens of upstream providers.
    pub upstream_jwts: Arc<dyn UpstreamJwts>,
    /// Seals authorization codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Seals refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Seals device codes and the requests of devices.
    pub devices: Arc<dyn DeviceCodec>,
    /// Seals the steps of a JSON login.
    pub steps: Arc<dyn LoginStepCodec>,
    /// Seals secrets in the store.
    pub vault: Arc<dyn Vault>,
    /// Seals mailed links in the store.
    pub mailed_links: Arc<dyn MailedLinkCodec>,
    /// Reports which formats every live node understands.
    pub formats: Arc<dyn Formats>,
    /// Hashes passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Knows passwords that users may not choose.
    pub breached: Arc<dyn BreachedPasswords>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Sends email.
    pub mailer: Arc<dyn Mailer>,
    /// Delivers logout tokens.
    pub logout: Arc<dyn LogoutSender>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Events of requests that are no commands.
    pub activity: Arc<Activity>,
    /// Events of commands. A process has only one source.
    pub events: Arc<EventSource>,
}

/// All use cases except administration.
pub struct UseCases<A: App> {
    /// Token endpoint.
    pub tokens: TokenIssuer<A>,
    /// Device authorization endpoint, and the pages of devices.
    pub devices: Arc<Devices<A::Store>>,
    /// Userinfo endpoint.
    pub user_infos: UserInfos<A>,
    /// Introspection endpoint.
    pub introspections: Introspections<A>,
    /// Application roles of users, for resource servers.
    pub user_roles: UserRoles<A>,
    /// Attributes of users, for applications.
    pub user_attributes: UserAttributes<A>,
    /// Resource servers, groups and attributes.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Revocation endpoint.
    pub revocations: Revocations<A::Store>,
    /// JSON login.
    pub logins: Logins<A>,
    /// Browser sessions.
    pub sessions: Sessions<A>,
    /// Login methods in a browser.
    pub sign_in: SignIn<A>,
    /// Sign-in at upstream providers.
    pub federation: Arc<Federation<A>>,
    /// Registration of clients at their own request.
    pub registrations: ClientRegistrations<A::Store>,
    /// Authorization endpoint.
    pub authorizations: Authorizations<A::Store>,
    /// Account pages.
    pub accounts: Accounts<A>,
    /// Mailed links.
    pub links: Arc<MailedLinks<A>>,
    /// Security notices.
    pub notices: Notices<A>,
    /// Events of requests that are no commands.
    pub activity: Arc<Activity>,
}

impl<A: App> Ports<A> {
    /// Composes the use cases.
    #[must_use]
    pub fn compose(&self) -> UseCases<A> {
        let access_tokens = Arc::new(AccessTokens {
            store: self.store.clone(),
            clients: self.clients.clone(),
            verifier: self.verifier.clone(),
        });
        let authentication = Arc::new(ClientAuthentication {
            store: self.store.clone(),
            clients: self.clients.clone(),
            secret_uses: self.secret_uses.clone(),
            assertions: self.assertions.clone(),
            key_sets: self.key_sets.clone(),
        });
        let devices = self.devices(&authentication);
        let links = Arc::new(self.links());
        let federation = Arc::new(self.federation());
        UseCases {
            tokens: self.token_issuer(&access_tokens, authentication.clone(), devices.clone()),
            user_infos: UserInfos {
                tokens: access_tokens.clone(),
                definitions: self.definitions.clone(),
                signer: self.signer.clone(),
                clock: self.clock.clone(),
            },
            introspections: Introspections {
                tokens: access_tokens.clone(),
                definitions: self.definitions.clone(),
                authentication: authentication.clone(),
                refresh_tokens: self.refresh_tokens.clone(),
                signer: self.signer.clone(),
                clock: self.clock.clone(),
            },
            user_roles: UserRoles {
                tokens: access_tokens.clone(),
                definitions: self.definitions.clone(),
                clock: self.clock.clone(),
            },
            user_attributes: UserAttributes {
                tokens: access_tokens.clone(),
                definitions: self.definitions.clone(),
                users: self.users(),
                clock: self.clock.clone(),
            },
            definitions: self.definitions.clone(),
            revocations: Revocations {
                tokens: access_tokens,
                authentication,
                refresh_tokens: self.refresh_tokens.clone(),
                clock: self.clock.clone(),
            },
            devices,
            logins: self.logins(),
            sessions: self.sessions(),
            sign_in: self.sign_in(links.clone(), federation.clone()),
            federation,
            registrations: self.client_registrations(),
            authorizations: self.authorizations(),
            accounts: self.accounts(links.clone()),
            notices: Notices {
                links: links.clone(),
                mailer: self.mailer.clone(),
            },
            links,
            activity: self.activity.clone(),
        }
    }

    fn logins(&self) -> Logins<A> {
        Logins {
            store: self.store.clone(),
            clients: self.clients.clone(),
            resets: self.users().factor_resets(),
            passwords: self.passwords.clone(),
            steps: self.steps.clone(),
            codes: self.codes.clone(),
            vault: self.vault.clone(),
            one_time_codes: self.one_time_codes.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// Composes only the use cases of sessions.
    #[must_use]
    pub fn sessions(&self) -> Sessions<A> {
        Sessions {
            store: self.store.clone(),
            clients: self.clients.clone(),
            signer: self.signer.clone(),
            verifier: self.verifier.clone(),
            logout: self.logout.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            formats: self.formats.clone(),
        }
    }

    fn federation(&self) -> Federation<A> {
        Federation {
            store: self.store.clone(),
            definitions: self.definitions.clone(),
            users: self.users(),
            upstreams: self.upstreams.clone(),
            jwts: self.upstream_jwts.clone(),
            signer: self.signer.clone(),
            vault: self.vault.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn sign_in(&self, links: Arc<MailedLinks<A>>, federation: Arc<Federation<A>>) -> SignIn<A> {
        SignIn {
            store: self.store.clone(),
            federation,
            sessions: self.sessions(),
            users: self.users(),
            passwords: self.passwords.clone(),
            vault: self.vault.clone(),
            one_time_codes: self.one_time_codes.clone(),
            passkeys: self.passkeys.clone(),
            links,
            mailer: self.mailer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn authorizations(&self) -> Authorizations<A::Store> {
        Authorizations {
            store: self.store.clone(),
            clients: self.clients.clone(),
            verifier: self.verifier.clone(),
            codes: self.codes.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn accounts(&self, links: Arc<MailedLinks<A>>) -> Accounts<A> {
        Accounts {
            store: self.store.clone(),
            definitions: self.definitions.clone(),
            users: self.users(),
            clients: self.clients.clone(),
            passwords: self.passwords.clone(),
            breached: self.breached.clone(),
            vault: self.vault.clone(),
            one_time_codes: self.one_time_codes.clone(),
            passkeys: self.passkeys.clone(),
            links,
            mailer: self.mailer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }
}
