//! Administrative use cases on an open store.

use super::setup::Setup;
use crate::command_error::CommandError;
use crate::config::MISSING_ISSUER;
use crate::product::Product;
use countersign_adapters_jwt::{Codecs, JwtAssertions, MasterKeys};
use countersign_adapters_store::AnyStore;
use countersign_adapters_system::{Argon2Passwords, HttpLogoutSender, SystemClock, TotpCodes};
use countersign_application::admin::StatisticsAdmin;
use countersign_application::admin::administrators::AdministratorAdmin;
use countersign_application::admin::audit::AuditAdmin;
use countersign_application::admin::clients::ClientAdmin;
use countersign_application::admin::groups::GroupAdmin;
use countersign_application::admin::keys::KeyAdmin;
use countersign_application::admin::resource_servers::ResourceServerAdmin;
use countersign_application::admin::roles::RoleAdmin;
use countersign_application::admin::upstream_providers::UpstreamProviderAdmin;
use countersign_application::admin::users::UserAdmin;
use countersign_application::admin::webhooks::WebhookAdmin;
use countersign_application::{Clients, Sessions, WebhookSender};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_ports::LogoutSender;
use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Timeout for delivering logout notifications before a command exits.
pub(crate) const NOTIFIED: Duration = Duration::from_secs(10);

/// Environment variables with the account name, in order of precedence. `SUDO_USER` is the account that ran `sudo`.
const ACCOUNT: [&str; 3] = ["SUDO_USER", "USER", "LOGNAME"];

/// Returns the operator who runs the command.
pub(crate) fn operator() -> Operator {
    let account = account(|name| env::var(name).ok());
    Operator::command_line(account.as_deref().unwrap_or("unknown"))
}

fn account(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut accounts = ACCOUNT.into_iter().filter_map(variable);
    accounts.find(|account| !account.is_empty())
}

impl Setup {
    /// Returns the client administration.
    pub(crate) fn client_admin(&self) -> ClientAdmin<AnyStore> {
        ClientAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            assertions: Arc::new(JwtAssertions),
            clock: Arc::new(SystemClock),
            entropy: self.entropy.clone(),
        }
    }

    /// Returns the resource server administration.
    pub(crate) fn resource_server_admin(&self) -> ResourceServerAdmin<AnyStore> {
        ResourceServerAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
            entropy: self.entropy.clone(),
        }
    }

    /// Returns the admin role administration.
    pub(crate) fn role_admin(&self) -> RoleAdmin<AnyStore> {
        RoleAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the commands for groups.
    pub(crate) fn group_admin(&self) -> GroupAdmin<AnyStore> {
        GroupAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the commands that grant and revoke admin roles.
    pub(crate) fn administrator_admin(&self) -> AdministratorAdmin<AnyStore> {
        AdministratorAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the command that counts objects.
    pub(crate) fn statistics_admin(&self) -> StatisticsAdmin<AnyStore> {
        StatisticsAdmin {
            store: self.store.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the commands for upstream providers.
    pub(crate) fn upstream_provider_admin(
        &self,
        codecs: Arc<Codecs>,
    ) -> UpstreamProviderAdmin<AnyStore> {
        UpstreamProviderAdmin {
            store: self.store.clone(),
            vault: codecs,
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the commands for webhooks.
    pub(crate) fn webhook_admin(
        &self,
        codecs: Arc<Codecs>,
    ) -> Result<WebhookAdmin<AnyStore>, CommandError> {
        let outbound = &self.settings.outbound;
        Ok(WebhookAdmin {
            store: self.store.clone(),
            vault: codecs.clone(),
            sender: WebhookSender {
                outbound: Arc::new(outbound.client()?),
                vault: codecs.clone(),
            },
            deliveries: codecs,
            http_allowed: outbound.allows_private_webhooks(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
            entropy: self.entropy.clone(),
        })
    }

    /// Returns the user administration for commands that do not seal secrets.
    pub(crate) fn user_admin(&self) -> Result<UserAdmin<Product>, CommandError> {
        Ok(self.user_admin_with(no_codecs()?))
    }

    /// Returns the user administration, which seals secrets with `codecs`.
    pub(crate) fn user_admin_with(&self, codecs: Codecs) -> UserAdmin<Product> {
        UserAdmin {
            store: self.store.clone(),
            passwords: Arc::new(Argon2Passwords::new(&*self.entropy)),
            vault: Arc::new(codecs),
            one_time_codes: Arc::new(TotpCodes),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
            entropy: self.entropy.clone(),
        }
    }

    /// Returns the signing key administration.
    pub(crate) fn key_admin(&self) -> KeyAdmin<AnyStore> {
        KeyAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the commands of the audit log.
    pub(crate) fn audit_admin(&self) -> AuditAdmin<AnyStore> {
        AuditAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Returns the use cases that end sessions and notify clients.
    ///
    /// Logout tokens are signed, so this fails without an issuer and a master key.
    pub(crate) async fn sessions(&self) -> Result<EndingSessions, CommandError> {
        if self.tenant.issuer.is_empty() {
            return Err(CommandError::usage(MISSING_ISSUER));
        }
        let (codecs, keys) = self.key_ring().await?;
        let keys = Arc::new(keys);
        let outbound = Arc::new(self.settings.outbound.client()?);
        let logout = Arc::new(Counted {
            sender: HttpLogoutSender::new(outbound),
            count: AtomicU64::new(0),
        });
        Ok(EndingSessions {
            sessions: Sessions {
                store: self.store.clone(),
                clients: Arc::new(Clients::new(self.store.clone())),
                signer: keys.clone(),
                verifier: keys,
                logout: logout.clone(),
                clock: Arc::new(SystemClock),
                entropy: self.entropy.clone(),
                formats: Arc::new(codecs),
            },
            logout,
        })
    }
}

/// Use cases that end sessions and notify clients.
pub(crate) struct EndingSessions {
    /// Session use cases.
    pub(crate) sessions: Sessions<Product>,
    logout: Arc<Counted>,
}

impl EndingSessions {
    /// Returns the number of notifications sent: one per session and client.
    pub(crate) fn notifications(&self) -> u64 {
        self.logout.count.load(Ordering::Relaxed)
    }

    /// Waits up to ten seconds until clients have been notified. Failed deliveries are logged.
    pub(crate) async fn close(&self) {
        self.logout.sender.close(NOTIFIED).await;
    }
}

/// Sender that counts logout notifications.
struct Counted {
    sender: HttpLogoutSender,
    count: AtomicU64,
}

impl LogoutSender for Counted {
    fn send(&self, uri: &RedirectUri, token: String) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sender.send(uri, token);
    }
}

/// Returns codecs with a throwaway key, for commands that seal nothing.
fn no_codecs() -> Result<Codecs, CommandError> {
    let key = MasterKeys::generate().and_then(|key| MasterKeys::parse(&key));
    key.map(|key| Codecs::new(&key))
        .map_err(|error| CommandError::of("Cannot generate a key", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operator_is_account_that_ran_sudo() {
        let of = |set: &[(&str, &str)]| {
            account(|name| {
                let found = set.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let root = ("USER", "root");
        assert_eq!(of(&[root, ("SUDO_USER", "jane")]).as_deref(), Some("jane"));
        assert_eq!(of(&[root, ("SUDO_USER", "")]).as_deref(), Some("root"));
        assert_eq!(of(&[("LOGNAME", "joe")]).as_deref(), Some("joe"));
        assert_eq!(of(&[]), None);
    }
}
