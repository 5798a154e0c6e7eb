//! Unit tests of the configuration.

use super::*;
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::scope::UnregisteredScope;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::OutboundPurpose;
use countersign_server_admin::SeedApis;
use std::io::Write as _;
use std::time::Duration;

fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn read(file: &str, variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk.write_all(file.as_bytes()).unwrap();
    let values = Values::read(Some(on_disk.path()), environment(variables));
    Settings::from_values(&values)
}

fn problems(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    read(file, variables).expect_err("the configuration must be invalid")
}

#[test]
fn empty_configuration_uses_defaults() {
    let settings = read("", &[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.lifetimes, Lifetimes::default());
    assert_eq!(settings.signing_algorithm, SigningAlgorithm::Rs256);
    assert_eq!(settings.announcement, Duration::from_secs(300));
    assert_eq!(settings.missing_for_serving().len(), 3);
}

#[test]
fn request_policy_is_lenient_about_pkce_and_strict_about_scope() {
    let requests = |file| read(file, &[]).unwrap().tenant().settings.requests;
    assert_eq!(requests(""), RequestPolicy::default());
    assert!(requests("seed = 'aero2'").pkce_for_all);
    let ignoring = requests("[scope]\nunregistered = 'ignore'");
    assert_eq!(ignoring.unregistered_scope, UnregisteredScope::Ignore);
    assert!(problems("seed = 'other'", &[])[0].contains("aero2"));
}

#[test]
fn apis_of_other_servers_are_off_by_default() {
    let apis = |file| read(file, &[]).unwrap().seed_apis;
    assert_eq!(apis(""), SeedApis::default());
    let both = SeedApis {
        aries: true,
        aero2: true,
    };
    assert_eq!(apis("admin.seed_apis = ['aries', 'aero2']"), both);
    assert!(problems("admin.seed_apis = ['auth0']", &[])[0].contains("admin.seed_apis"));
}

#[test]
fn environment_overrides_file() {
    let file = "listen = '127.0.0.1:1'\n[lifetimes]\nlogin = 60\naccess_token = 120";
    let settings = read(
        file,
        &[
            ("COUNTERSIGN__LIFETIMES__LOGIN", "90"),
            ("COUNTERSIGN__LISTEN", ""),
            ("HOME", "/nowhere"),
        ],
    )
    .unwrap();
    assert_eq!(settings.lifetimes.login(), Duration::from_secs(90));
    assert_eq!(settings.lifetimes.access_token(), Duration::from_secs(120));
    assert_eq!(settings.listen.port(), 1);
}

#[test]
fn numbers_outside_their_range_are_rejected() {
    for key in TABLE {
        let (key::Kind::Seconds(range) | key::Kind::Count(range)) = &key.kind else {
            continue;
        };
        // Some keys require mail.
        let mail = "mail.url = 'smtp://mail.example'\nmail.from = 'auth@example.org'";
        let is_fine = |value: String| read(mail, &[(&key.variable(), &value)]).is_ok();
        assert!(is_fine(range.start().to_string()), "{}", key.path);
        assert!(is_fine(range.end().to_string()), "{}", key.path);
        assert!(!is_fine((range.end() + 1).to_string()), "{}", key.path);
        let below = i128::from(*range.start()) - 1;
        assert!(!is_fine(below.to_string()), "{}", key.path);
        assert!(!is_fine("1.5".into()), "{}", key.path);
    }
    assert_eq!(
        table::find("lifetimes.authorization_code")
            .unwrap()
            .kind
            .allowed(),
        "a whole number of seconds from 1 to 600"
    );
}

#[test]
fn every_default_is_valid() {
    for key in TABLE {
        if let Some(default) = key.default {
            assert!(
                read("", &[(&key.variable(), default)]).is_ok(),
                "{}",
                key.path
            );
        }
    }
}

#[test]
fn unknown_key_suggests_nearest_valid_key() {
    let of_file = problems("isuer = 'x'\n[store]\nuri = 'y'", &[]);
    assert!(of_file[0].starts_with("`isuer` (file "), "{of_file:?}");
    assert!(
        of_file[0].ends_with("Did you mean `issuer`?"),
        "{of_file:?}"
    );
    assert!(
        of_file[1].ends_with("Did you mean `store.url`?"),
        "{of_file:?}"
    );
    assert_eq!(
        problems("", &[("COUNTERSIGN__STORE_URL", "x")]),
        [
            "COUNTERSIGN__STORE_URL is not a configuration key. Did you mean COUNTERSIGN__STORE__URL?"
        ]
    );
}

#[test]
fn all_problems_are_reported_without_values() {
    let found = problems(
        "master_key_file = '/x'\nlisten = 'hush'\nlifetimes = 'hush'\nissuer = ['hush']\nhush = {hush = 1}",
        &[
            ("COUNTERSIGN__MASTER_KEY", "hush"),
            ("COUNTERSIGN__LIFETIMES__AUTHORIZATION_CODE", "601"),
            ("COUNTERSIGN__LOG__FORMAT", "hush"),
        ],
    );
    assert_eq!(found.len(), 7, "{found:#?}");
    let told = found.join("\n").replace("`hush`", "");
    assert!(!told.contains("hush"), "{told}");
    assert!(
        told.contains("must be a whole number of seconds from 1 to 600"),
        "{told}"
    );
}

#[test]
fn invalid_toml_error_does_not_quote_file() {
    let found = problems("master_key = \"hush", &[]);
    assert!(found[0].contains("line 1"), "{found:?}");
    assert!(!found[0].contains("hush"), "{found:?}");
}

#[test]
fn missing_file_is_an_error() {
    let values = Values::read(Some(Path::new("/nowhere/at/all.toml")), Vec::new());
    assert!(values.problems[0].contains("Cannot read"));
}

#[test]
fn issuer_must_be_bare_https_or_loopback_url() {
    let issuer = |text| read("", &[("COUNTERSIGN__ISSUER", text)]).is_ok();
    for good in [
        "https://id.example.org",
        "https://id.example.org:8443",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ] {
        assert!(issuer(good), "{good}");
    }
    for bad in [
        "id.example.org",
        "http://id.example.org",
        "https://id.example.org/",
        "https://id.example.org/tenant",
        "https://id.example.org?x",
        "https://id.example.org#x",
        "https://u:p@id.example.org",
        "https://",
        "com.example:/x",
    ] {
        assert!(!issuer(bad), "{bad}");
    }
}

#[test]
fn store_url_must_be_sqlite_or_postgres() {
    let store = |url| read("", &[("COUNTERSIGN__STORE__URL", url)]);
    for (url, shown) in [
        ("sqlite:///var/lib/x.db", "/var/lib/x.db"),
        ("postgres://h/d", "postgres://h/.."),
        ("postgresql://jane:hush@h", "postgresql://..@h"),
    ] {
        let settings = store(url).unwrap();
        assert_eq!(settings.store.as_ref().unwrap().to_string(), shown);
        assert!(!format!("{settings:?}").contains("hush"));
    }
    for url in [
        "sqlite://x.db",
        "sqlite:///",
        "mysql://h/d",
        "/var/lib/x.db",
    ] {
        let found = store(url).expect_err(url);
        assert!(found[0].contains("must be sqlite:///path"), "{found:?}");
    }
}

#[cfg(unix)]
#[test]
fn non_utf8_variable_error_does_not_quote_value() {
    use std::os::unix::ffi::OsStringExt as _;
    let value = OsString::from_vec(b"hush\xFF".to_vec());
    let values = Values::read(None, vec![("COUNTERSIGN__MASTER_KEY".into(), value)]);
    assert_eq!(values.problems, ["COUNTERSIGN__MASTER_KEY is not UTF-8."]);
}

#[test]
fn private_networks_must_be_known_purposes() {
    let variable = "COUNTERSIGN__OUTBOUND__PRIVATE_NETWORKS";
    let allowed = [OutboundPurpose::BackChannelLogout];
    let of = |settings: Settings| settings.outbound.private_networks;
    assert_eq!(of(read("", &[]).unwrap()), []);
    for file in [
        "[outbound]\nprivate_networks = ['back_channel_logout']",
        "[outbound]\nprivate_networks = 'back_channel_logout'",
    ] {
        assert_eq!(of(read(file, &[]).unwrap()), allowed, "{file}");
    }
    let empty = read("[outbound]\nprivate_networks = []", &[]);
    assert_eq!(of(empty.unwrap()), []);
    let settings = read("", &[(variable, "back_channel_logout")]);
    assert_eq!(of(settings.unwrap()), allowed);
    for file in [
        "[outbound]\nprivate_networks = ['everything']",
        "[outbound]\nprivate_networks = [1]",
        "[outbound]\nproxy = ['http://proxy.example:3128']",
    ] {
        assert_eq!(problems(file, &[]).len(), 1, "{file}");
    }
    let found = problems("", &[(variable, "back_channel_logout,hush")]);
    assert!(
        found[0].contains("must be a list of back_channel_logout"),
        "{found:?}"
    );
    assert!(!found[0].contains("hush"), "{found:?}");
}

#[test]
fn outbound_client_rejects_invalid_settings() {
    let client = |file: &str| read(file, &[]).unwrap().outbound.client();
    assert!(client("").is_ok());
    assert!(client("[outbound]\nproxy = 'http://jane:pw@proxy.example:3128'").is_ok());
    for (file, key) in [
        (
            "[outbound]\nproxy = 'ftp://jane:hush@proxy.example'",
            "`outbound.proxy`",
        ),
        ("[outbound]\nca_file = '/nowhere.pem'", "`outbound.ca_file`"),
        ("[outbound]\nca_file = '/dev/null'", "`outbound.ca_file`"),
    ] {
        let message = client(file).err().unwrap().message;
        assert!(message.starts_with(key), "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
}

#[test]
fn proxy_protocol_requires_proxy() {
    let found = problems("proxy_header = 'proxy-protocol'", &[]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("Set `proxies` to 1"), "{found:?}");
    assert!(read("proxy_header = 'proxy-protocol'\nproxies = 1", &[]).is_ok());
}
