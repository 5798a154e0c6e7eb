use super::*;
use alloc::format;

#[test]
fn origin_matches_browser_serialization() {
    for (uri, origin) in [
        (
            "https://app.example/callback?x=1",
            Some("https://app.example"),
        ),
        ("https://App.Example:443", Some("https://app.example")),
        (
            "https://app.example:8443/",
            Some("https://app.example:8443"),
        ),
        ("https://app.example:/", Some("https://app.example")),
        ("http://localhost:80/x", Some("http://localhost")),
        ("http://127.0.0.1:3000/x", Some("http://127.0.0.1:3000")),
        ("http://[::1]:443/x", Some("http://[::1]:443")),
        ("com.example.app:/callback", None),
    ] {
        let uri = RedirectUri::parse(uri).unwrap();
        assert_eq!(uri.origin().as_deref(), origin);
    }
}
use InvalidRedirectUri as Invalid;

#[test]
fn http_and_private_use_schemes_are_open_to_other_apps() {
    for (uri, is_open) in [
        ("https://app.example/callback", false),
        ("https://localhost/callback", false),
        ("http://127.0.0.1:9000/cb", true),
        ("http://[::1]/cb", true),
        ("http://localhost:3000/cb", true),
        ("com.example.app:/oauth", true),
    ] {
        let uri = RedirectUri::parse(uri).unwrap();
        assert_eq!(uri.is_open_to_other_apps(), is_open, "{uri:?}");
    }
}

#[test]
fn valid_redirect_uris_are_accepted() {
    for good in [
        "https://app.example/callback",
        "https://app.example",
        "https://app.example:8443/cb?tenant=1",
        "http://localhost:3000/callback",
        "http://127.0.0.1/cb",
        "http://[::1]:9000/cb",
        "com.example.app:/oauth",
    ] {
        assert!(RedirectUri::parse(good).is_ok(), "{good}");
    }
}

#[test]
fn invalid_redirect_uris_are_rejected() {
    for (bad, why) in [
        ("", Invalid::NotAbsolute),
        ("/callback", Invalid::NotAbsolute),
        ("https:app.example", Invalid::NotAbsolute),
        ("https:///path", Invalid::NotAbsolute),
        ("https://app.example/a b", Invalid::NotAbsolute),
        ("https://app.example\\@evil.example/", Invalid::NotAbsolute),
        ("HTTPS://app.example/", Invalid::NotAbsolute),
        ("https://app.example/#top", Invalid::Fragment),
        ("https://good.example@evil.example/", Invalid::UserInfo),
        ("http://app.example/callback", Invalid::PlainHttp),
        ("http://localhost.evil.example/", Invalid::PlainHttp),
        ("http://127.0.0.1.evil.example/", Invalid::PlainHttp),
        ("javascript:alert(1)", Invalid::SchemeWithoutOwner),
        ("data:text/html,x", Invalid::SchemeWithoutOwner),
    ] {
        assert_eq!(RedirectUri::parse(bad), Err(why), "{bad}");
    }
}

#[test]
fn redirect_uri_comparison_is_byte_for_byte() {
    let registered = RedirectUri::parse("https://app.example/callback").unwrap();
    for other in [
        "https://app.example/callback/",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "https://app.example:443/callback",
        "https://app.example/%63allback",
        "https://app.example/callback?",
    ] {
        assert!(!registered.is(other), "{other}");
        assert!(!registered.is_but_for_loopback_port(other), "{other}");
    }
}

#[test]
fn only_port_of_loopback_address_may_differ() {
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let uri = |rest: &str| format!("http://{host}{rest}");
        let registered = RedirectUri::parse(&uri("/cb?a=1")).unwrap();
        for same in [":1/cb?a=1", ":51004/cb?a=1", ":65535/cb?a=1", "/cb?a=1"] {
            assert!(registered.is_but_for_loopback_port(&uri(same)), "{same}");
        }
        for other in [
            // Path and query.
            ":51004/other",
            ":51004/cb",
            ":51004/cb/?a=1",
            ":51004/cb?a=1&b=2",
            ":51004/cb?a=1#",
            ":51004/CB?a=1",
            ":51004//cb?a=1",
            ":51004/x/../cb?a=1",
            // Port.
            ":51004x/cb?a=1",
            ":/cb?a=1",
            ":0/cb?a=1",
            ":00/cb?a=1",
            ":+1/cb?a=1",
            ":-1/cb?a=1",
            ":65536/cb?a=1",
            ":99999999999999999999/cb?a=1",
            ":1:2/cb?a=1",
            // User information, and what a browser could read as another host.
            ":51004@evil.example/cb?a=1",
            "@evil.example/cb?a=1",
            ":51004\\@evil.example/cb?a=1",
            "\\.evil.example/cb?a=1",
            ".evil/cb?a=1",
            ".:51004/cb?a=1",
            ".evil.example:51004/cb?a=1",
            "evil.example:51004/cb?a=1",
            "%2eevil.example:51004/cb?a=1",
        ] {
            assert!(!registered.is_but_for_loopback_port(&uri(other)), "{other}");
        }
        for other in [
            format!("https://{host}:51004/cb?a=1"),
            format!("HTTP://{host}:51004/cb?a=1"),
            format!("http://user@{host}:51004/cb?a=1"),
            format!("http://user:1@{host}:51004/cb?a=1"),
            format!("http:///{host}:51004/cb?a=1"),
            format!("http:{host}:51004/cb?a=1"),
            format!(" http://{host}:51004/cb?a=1"),
        ] {
            assert!(!registered.is_but_for_loopback_port(&other), "{other}");
        }
    }
}

#[test]
fn loopback_hosts_are_not_interchangeable() {
    let registered = RedirectUri::parse("http://127.0.0.1/cb").unwrap();
    for other in [
        "http://127.0.0.2:51004/cb",
        "http://127.1:51004/cb",
        "http://2130706433:51004/cb",
        "http://0.0.0.0:51004/cb",
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "http://[::]:51004/cb",
    ] {
        assert!(!registered.is_but_for_loopback_port(other), "{other}");
    }
}

#[test]
fn https_on_loopback_and_private_schemes_are_matched_exactly() {
    for (registered, presented) in [
        ("https://localhost/cb", "https://localhost:51004/cb"),
        ("https://127.0.0.1:8443/cb", "https://127.0.0.1:51004/cb"),
        (
            "com.example.app://localhost/cb",
            "com.example.app://localhost:51004/cb",
        ),
    ] {
        let registered = RedirectUri::parse(registered).unwrap();
        assert!(
            !registered.is_but_for_loopback_port(presented),
            "{presented}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn redirect_uri_parser_never_panics(text in "\\PC{0,60}", tail in "[\\[\\]:/@.0-9a-z]{0,30}") {
        let _ = RedirectUri::parse(&text);
        let uri = alloc::format!("http://{tail}");
        if let Ok(parsed) = RedirectUri::parse(&uri) {
            assert!(parsed.is(&uri));
            let _ = parsed.is_but_for_loopback_port(&text);
        }
    }
}
