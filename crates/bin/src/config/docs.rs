//! `docs/configuration.md` is written from the table; a test holds the file to it.

use crate::config::key::{Key, Kind};
use crate::config::keys::TABLE;

const HEAD: &str = "\
# Configuration

<!-- Written from crates/bin/src/config/keys.rs: UPDATE_DOCS=1 cargo test -p countersign docs -->

A value comes from the environment, else from the configuration file, else it is the default.

The file is TOML. `--config FILE` names it, else the environment variable `COUNTERSIGN_CONFIG`; without
either there is none. An environment variable is the key in upper case with `__` for each dot, after
`COUNTERSIGN__`; an empty one counts as not set.

```toml
issuer = \"https://id.example.org\"
master_key_file = \"/etc/countersign/master.key\"

[store]
url = \"sqlite:///var/lib/countersign/countersign.db\"
```

An unknown key is an error, in the file and in the environment, and so is a value out of its range.
`countersign config check` prints all that is wrong. `countersign config show` prints every value and
where it comes from; secrets are shown as `..`.

`countersign dev` reads no configuration.

## Replacing the master key

A master key file may have several keys, a line each. The first one seals; all of them open what they
sealed. To replace a key, put the new one on the first line, leave the old one on the next, and start every
server again.

Nothing that is stored is sealed anew today, so the old line has to stay for as long as something is under
it:

| sealed under the old key | until |
|---|---|
| codes and login steps | `lifetimes.authorization_code` or `lifetimes.login` have passed |
| refresh tokens | each was used once, or `lifetimes.refresh_token` has passed |
| signing keys | `countersign keys rotate` replaced them and `keys list` shows the old ones as `retired` or not at all |
| the HS256 key of a client | the client is deleted |
| the secret of a user's one-time codes | `countersign users enable-totp` made a new one |

Without the old line a server with such a signing key does not start, and such a user cannot log in. If the
old key is in the wrong hands, replacing it is not enough: whoever has it and the store can read what is
under it, and can forge refresh tokens for as long as the line is there.

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
        Kind::MasterKey => "\n- a secret: never shown or logged",
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
fn the_page_on_configuration_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let expected = render();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/configuration.md is not what the table says; UPDATE_DOCS=1 writes it. Expected:\n{expected}"
    );
}
