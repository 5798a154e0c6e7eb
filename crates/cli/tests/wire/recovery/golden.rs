//! Sealed recoveries and sign-ups of a release (`tests/golden`), which every later version must open.

use super::{MIA, code};
use crate::browser::Browser;
use crate::browser::golden::{BROWSER, Kept, field, keys, new_keys, server};
use crate::login::one_time_code;
use axum::http::StatusCode;
use base64ct::{Base64, Encoding as _};
use countersign_adapters_jwt::MasterKeys;
use serde_json::{Value, json};
use std::path::Path;
use std::{env, fs};
use tokio::sync::OnceCell;

const NEW: &str = "mary@example.com";

/// Returns the vectors of a release. With `WRITE_GOLDEN` in the environment, first writes a missing file.
async fn vectors() -> &'static Value {
    static VECTORS: OnceCell<Value> = OnceCell::const_new();
    let read = async {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/browser-2.json");
        if !path.exists() && env::var_os("WRITE_GOLDEN").is_some() {
            let made = serde_json::to_string_pretty(&make().await).unwrap();
            fs::write(&path, made + "\n").unwrap();
        }
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    VECTORS.get_or_init(|| read).await
}

/// Creates the vectors of this version.
async fn make() -> Value {
    let master_key = MasterKeys::generate().unwrap();
    let (codecs, key) = new_keys(&master_key);
    let mut made = json!({
        "master_key": master_key,
        "signing_key": {"id": key.id, "sealed": Base64::encode_string(&key.sealed_private_key)},
    });
    let server = server((codecs, vec![key])).await;
    let mut browser = Browser::new(&server);
    browser.open("/recover").await;
    made["browser"] = json!(browser.cookies[BROWSER]);
    made["csrf"] = json!(field(&browser, "csrf"));
    for (path, email, names) in [
        ("/recover", MIA, ["recovery", "recovered"]),
        ("/sign-up", NEW, ["sign_up", "proved_sign_up"]),
    ] {
        browser.open(path).await;
        browser.submit(&[("email", email)]).await;
        made[names[0]] = json!({"interaction": field(&browser, "interaction")});
        let code = code(&server.outside.mail().pop().unwrap());
        browser.submit(&[("code", &code)]).await;
        made[names[1]] = json!({"interaction": field(&browser, "interaction")});
    }
    made
}

#[tokio::test]
async fn golden_recoveries_and_sign_ups_open() {
    let vectors = vectors().await;
    for (path, name, email) in [
        ("/recover/check", "recovery", MIA),
        ("/sign-up/check", "sign_up", NEW),
        ("/sign-up/account", "proved_sign_up", NEW),
    ] {
        let server = server(keys(vectors)).await;
        let mut kept = Kept::new(&server, vectors, &[]);
        let sealed = vectors[name]["interaction"].as_str().unwrap();
        let page = format!("{path}?interaction={sealed}");
        kept.browser.open(&page).await;
        let (at, status) = (kept.browser.path(), kept.browser.status());
        assert_eq!((at, status), (path, StatusCode::OK), "{name}");
        assert!(kept.browser.html().contains(email), "{name}");
    }
}

#[tokio::test]
async fn golden_recovery_with_second_factor_leads_to_new_password() {
    let vectors = vectors().await;
    let server = server(keys(vectors)).await;
    let mut kept = Kept::new(&server, vectors, &[]);
    let code = one_time_code(&server, 0);
    kept.submit("/login/second-factor", "recovered", &[("code", &code)])
        .await;
    assert_eq!(kept.browser.path(), "/recover/password");
}
