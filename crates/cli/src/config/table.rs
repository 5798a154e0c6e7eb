//! The table of all configuration keys.

use crate::config::admin_keys;
use crate::config::device_keys;
use crate::config::key::Key;
use crate::config::mail::keys as mail_keys;
use crate::config::{keys, pages, registration, scheduled, tenants};

/// All keys, in the order in which they are shown.
pub(crate) static TABLE: &[&Key] = &[
    &keys::LISTEN,
    &keys::CONNECTIONS,
    &keys::CONNECTIONS_PER_ADDRESS,
    &keys::DRAIN,
    &keys::PROXIES,
    &keys::PROXY_HEADER,
    &keys::ISSUER,
    &tenants::HOSTS,
    &keys::SEED,
    &keys::STORE_URL,
    &keys::STORE_POOL_SIZE,
    &keys::STORE_ACQUIRE_TIMEOUT,
    &keys::STORE_STATEMENT_TIMEOUT,
    &keys::STORE_OUTAGE_GRACE,
    &keys::STORE_MIGRATE_AT_START,
    &keys::STORE_HOUSEKEEPING,
    &keys::MASTER_KEY_FILE,
    &keys::MASTER_KEY,
    &keys::ACCESS_TOKEN,
    &keys::ID_TOKEN,
    &keys::REFRESH_TOKEN,
    &keys::AUTHORIZATION_CODE,
    &device_keys::DEVICE_CODE,
    &keys::LOGIN,
    &keys::SESSION,
    &keys::LONGEST_SESSION,
    &keys::SLIDING_SESSION,
    &keys::DEVICE,
    &keys::REFRESH_LEEWAY,
    &mail_keys::MAILED_LINK,
    &mail_keys::UNDO_LINK,
    &mail_keys::INVITATION,
    &keys::SECOND_FACTOR,
    &keys::REGISTRATION,
    &mail_keys::SIGN_UP,
    &mail_keys::SIGN_UP_DOMAINS,
    &mail_keys::SIGN_UP_CLIENTS,
    &mail_keys::SIGN_UP_FIELDS,
    &mail_keys::UPSTREAM_ONLY,
    &mail_keys::TERMS_URL,
    &mail_keys::TERMS_VERSION,
    &mail_keys::PRIVACY_URL,
    &mail_keys::PRIVACY_VERSION,
    &mail_keys::BREACHED_PASSWORDS,
    &mail_keys::NOTICES,
    &mail_keys::RECOVERY_REVOKES_GRANTS,
    &mail_keys::FACTOR_RESET_DELAY,
    &registration::keys::MODE,
    &registration::keys::SCOPE,
    &registration::keys::GRANT_TYPES,
    &registration::keys::RESOURCES,
    &registration::keys::REDIRECT_HOSTS,
    &registration::keys::DENIED_HOSTS,
    &registration::keys::CLIENTS,
    &registration::keys::UNUSED_LIFETIME,
    &registration::keys::ATTEMPTS,
    &keys::UNREGISTERED_SCOPE,
    &keys::MAIL_URL,
    &keys::MAIL_FROM,
    &keys::PAGES_NAME,
    &keys::PAGES_LOGO,
    &keys::PAGES_ACCENT,
    &keys::PAGES_ACCENT_DARK,
    &keys::PAGES_LANGUAGE,
    &keys::PAGES_CATALOGUES,
    &keys::PAGES_SCOPES,
    &pages::keys::PAGES_PLACES,
    &pages::keys::PAGES_HELP,
    &pages::keys::PAGES_TERMS,
    &pages::keys::PAGES_PRIVACY,
    &pages::keys::ACCOUNT_DELETION,
    &pages::keys::ACCOUNT_DELETION_GRACE,
    &pages::keys::PASSKEYS_OFFER,
    &pages::keys::PASSKEYS_DOMAIN,
    &pages::keys::PASSKEYS_RELATED_ORIGINS,
    &keys::SIGNING_ALGORITHM,
    &keys::ANNOUNCEMENT,
    &scheduled::keys::ROTATE_EVERY,
    &keys::OUTBOUND_PRIVATE_NETWORKS,
    &keys::OUTBOUND_PROXY,
    &keys::OUTBOUND_CA_FILE,
    &keys::OUTBOUND_TIMEOUT,
    &scheduled::keys::AUDIT_RETENTION,
    &scheduled::keys::AUDIT_FORWARD,
    &scheduled::keys::WEBHOOK_RETRIES,
    &admin_keys::ADMIN_API,
    &admin_keys::ADMIN_REQUESTS,
    &admin_keys::SEED_APIS,
    &keys::METRICS_LISTEN,
    &keys::LOG_LEVEL,
    &keys::LOG_FORMAT,
];

/// Returns the key with this path.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    TABLE.iter().copied().find(|key| key.path == path)
}

/// Returns the key whose path is most similar to `path`, unless all are very different.
pub(crate) fn nearest(path: &str) -> Option<&'static Key> {
    let likeness = |key: &Key| {
        let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
        let whole = strsim::jaro_winkler(path, key.path);
        // `ttl.access_token` or plain `access_token` probably means the key with that last part.
        let part = strsim::jaro_winkler(&last(path), &last(key.path)) * 0.9;
        whole.max(part)
    };
    TABLE
        .iter()
        .copied()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
        .filter(|key| likeness(key) > 0.75)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::key::Kind;
    use crate::config::sources::shown;
    use countersign_ports::OutboundPurpose;

    #[test]
    fn mistyped_key_suggests_intended_key() {
        for (mistyped, meant) in [
            ("lisen", "listen"),
            ("isuer", "issuer"),
            ("store.uri", "store.url"),
            ("store_url", "store.url"),
            ("access_token", "lifetimes.access_token"),
            ("lifetime.access_token", "lifetimes.access_token"),
            ("lifetimes.refresh", "lifetimes.refresh_token"),
            ("masterkeyfile", "master_key_file"),
            ("logging.level", "log.level"),
        ] {
            assert_eq!(nearest(mistyped).unwrap().path, meant, "{mistyped}");
        }
    }

    #[test]
    fn private_networks_accept_all_outbound_purposes() {
        let names = OutboundPurpose::ALL.iter().map(|purpose| purpose.as_str());
        let Kind::AnyOf(words) = keys::OUTBOUND_PRIVATE_NETWORKS.kind else {
            panic!("a list of words");
        };
        assert!(names.eq(words.iter().copied()));
    }

    #[test]
    fn variable_is_path_in_upper_case() {
        assert_eq!(keys::STORE_URL.variable(), "COUNTERSIGN__STORE__URL");
        assert_eq!(
            keys::MASTER_KEY_FILE.variable(),
            "COUNTERSIGN__MASTER_KEY_FILE"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = |path| find(path).unwrap();
        assert_eq!(shown(key("master_key"), "hush"), "..");
        assert_eq!(
            shown(key("store.url"), "postgres://jane:hu@sh@db/x"),
            "postgres://..@db/.."
        );
        for (url, seen) in [
            ("postgres://db:5432", "postgres://db:5432"),
            ("postgres://one,two/x", "postgres://one,two/.."),
            ("postgres://jane:hush@db", "postgres://..@db"),
            ("postgres://jane:hu/sh@db/x", "postgres://..@db/.."),
            ("postgres://db?password=hush", "postgres://db/.."),
            ("postgres://db?password=x@hush", "postgres://.."),
            ("postgres://jane:hu?sh@db", "postgres://.."),
            ("jane:hush@db", ".."),
            ("sqlite:///var/lib/x.db", "sqlite:///var/lib/x.db"),
        ] {
            assert_eq!(shown(key("store.url"), url), seen);
        }
        assert_eq!(
            shown(key("issuer"), "https://jane:hush@id.example/x"),
            "https://..@id.example/.."
        );
        assert_eq!(
            shown(key("outbound.proxy"), "http://jane:hush@proxy.example:3128"),
            "http://..@proxy.example:3128"
        );
        assert_eq!(shown(key("log.level"), "info"), "info");
    }
}
