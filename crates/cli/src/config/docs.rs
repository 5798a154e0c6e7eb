//! Generates `docs/configuration.md` from the table of keys. A test checks that the file is current.

use crate::config::key::{Key, Kind};
use crate::config::table::TABLE;

const HEAD: &str = "\
# Configuration

<!-- Generated from crates/cli/src/config/keys.rs: UPDATE_DOCS=1 cargo test -p countersign-cli docs -->

Environment variables override the configuration file, and the file overrides the defaults.

The file is TOML. Name it with `--config FILE` or with the environment variable `COUNTERSIGN_CONFIG`; the
option wins. The environment variable for a key is `COUNTERSIGN__` and the key in upper case, with `__` for
each dot. An empty variable counts as not set.

```toml
issuer = \"https://id.example.org\"
master_key_file = \"/etc/countersign/master.key\"

[store]
url = \"sqlite:///var/lib/countersign/countersign.db\"
```

An unknown key is an error, in the file and in the environment. So is a value out of range.
`countersign config check` lists all errors. `countersign config show` prints every value and its source.
It shows secrets as `..`.

`countersign dev` ignores this configuration.

## Replacing the master key

A master key file can contain several keys, one per line. The first key encrypts. Every key can decrypt
what it encrypted. To replace a key, put the new key on the first line, keep the old key on the next line,
and restart every server.

Then run `countersign keys reseal`. It encrypts the stored secrets with the new key. `countersign keys check-master` reports
what still depends on the old key. Keep the old key until nothing does:

| encrypted with the old key | until |
|---|---|
| signing keys, HS256 keys of clients, TOTP secrets of users and signing secrets of webhooks | `countersign keys reseal` has run |
| the end of the audit log | `countersign keys reseal` has run, or a server has started with both keys |
| stored responses to requests with an `Idempotency-Key` | two days have passed |
| authorization codes, device codes and login steps | `lifetimes.authorization_code`, `lifetimes.device_code` or `lifetimes.login` has passed |
| refresh tokens | each has been used once, or `lifetimes.refresh_token` has passed |
| access tokens of clients with HS256 | they have expired, at most a day later |
| cookies of trusted devices | `lifetimes.device` has passed; without the key, the device needs the second factor again |
| cookies of known browsers | 400 days have passed. You need not wait: without the key, such a browser only counts as unknown when the server limits failed sign-ins |

If you remove the old key too early, a server with such a signing key does not start, and such a user
cannot sign in. If the old key has leaked, replacing it is not enough. Anyone with the key and the store can
decrypt these values, and can forge refresh tokens until you remove the line.

";

fn render() -> String {
    let mut page = String::from(HEAD);
    for key in TABLE {
        page.push_str(&entry(key));
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn entry(key: &Key) -> String {
    let default = match (key.default, &key.kind) {
        (Some(default), Kind::Seconds(_)) => format!("`{default}` (seconds)"),
        (Some(default), _) => format!("`{default}`"),
        (None, _) => "none".into(),
    };
    let secret = match key.kind {
        Kind::MasterKey => "\n- secret: never shown or logged",
        _ => "",
    };
    format!(
        "## `{}`\n\n{}\n\n- default: {default}\n- allowed: {}\n- variable: `{}`{secret}\n\n",
        key.path,
        key.doc,
        key.kind.allowed(),
        key.variable()
    )
}

#[test]
fn docs_configuration_page_matches_key_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let expected = render();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/configuration.md is out of date; UPDATE_DOCS=1 regenerates it. Expected:\n{expected}"
    );
}
