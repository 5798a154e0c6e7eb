use super::*;
use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::vec::Vec;

fn body(id: Option<&str>, secret: Option<&str>) -> ClientParameters {
    ClientParameters {
        client_id: id.map(Into::into),
        client_secret: secret.map(Into::into),
        ..ClientParameters::default()
    }
}

fn assertion(id: Option<&str>, secret: Option<&str>) -> ClientParameters {
    ClientParameters {
        client_assertion_type: Some("type".into()),
        client_assertion: Some("text".into()),
        ..body(id, secret)
    }
}

/// The identifier and the proof, or the name of the broken rule.
#[derive(Debug, PartialEq)]
enum Judged {
    Proved(Option<String>, String),
    Refused(String),
}

fn presented(
    values: &[&str],
    others: OtherSchemes,
    parameters: ClientParameters,
) -> Result<PresentedClient, RequestRefused> {
    let values = values.iter().map(|value| value.as_bytes());
    PresentedClient::read(values, others, parameters)
}

fn judged(values: &[&str], parameters: ClientParameters) -> Judged {
    let read = presented(values, OtherSchemes::Refused, parameters);
    let evidence = match read {
        Ok(evidence) => evidence,
        Err(RequestRefused::Malformed(malformed)) => {
            return Judged::Refused(malformed.rule().to_owned());
        }
        Err(RequestRefused::Refused(refusal)) => return Judged::Refused(refusal.name().to_owned()),
    };
    let proof = match evidence.proof {
        PresentedProof::None => String::new(),
        PresentedProof::Basic(secret) => format!("basic {}", secret.expose_secret()),
        PresentedProof::BasicAndPost(secret) => format!("both {}", secret.expose_secret()),
        PresentedProof::Post(secret) => format!("post {}", secret.expose_secret()),
        PresentedProof::Assertion(assertion) => {
            format!("{} {}", assertion.kind, assertion.text)
        }
    };
    Judged::Proved(evidence.client_id, proof)
}

fn proved(id: &str, proof: &str) -> Judged {
    let (id, proof) = (id.to_owned(), proof.to_owned());
    Judged::Proved(Some(id), proof)
}

fn refused(rule: &str) -> Judged {
    Judged::Refused(rule.to_owned())
}

fn basic_of(pair: &str) -> String {
    format!("Basic {}", Base64::encode_string(pair.as_bytes()))
}

#[test]
fn basic_credentials_are_form_decoded() {
    let header = basic_of("my%3Aapp:a+b%26c:d");
    let expected = proved("my:app", "basic a b&c:d");
    assert_eq!(judged(&[&header], body(None, None)), expected);
    let header = header.replace("Basic", "bASIC");
    assert_eq!(judged(&[&header], body(Some("my:app"), None)), expected);
    let header = basic_of("app:");
    assert_eq!(judged(&[&header], body(None, None)), proved("app", ""));
}

#[test]
fn multiple_authentication_methods_are_rejected() {
    let header = basic_of("app:secret");
    let ambiguous = refused("authentication_method_ambiguous");
    let (app, secret) = (Some("app"), Some("secret"));
    for (values, parameters) in [
        (&[&*header][..], body(app, Some("other"))),
        (&[&header], body(None, Some("secre"))),
        (&[&basic_of("app:")], body(app, secret)),
        (&[&header, &header], body(None, None)),
        (&[&header], assertion(app, None)),
        (&[], assertion(app, secret)),
        (&[&header], assertion(app, secret)),
    ] {
        assert_eq!(judged(values, parameters), ambiguous);
    }
    assert_eq!(
        judged(&[&header], body(Some("other"), None)),
        refused("client_id_mismatch")
    );
}

#[test]
fn same_credentials_in_header_and_body_are_accepted() {
    let header = basic_of("my%20app:a+b");
    let both = proved("my app", "both a b");
    for id in [None, Some("my app")] {
        assert_eq!(judged(&[&header], body(id, Some("a b"))), both);
    }
    let other = judged(&[&header], body(Some("app"), Some("a b")));
    assert_eq!(other, refused("client_id_mismatch"));
}

#[test]
fn invalid_basic_encoding_is_rejected() {
    for bad in [
        "Basic",
        "Basic !",
        "Basic YXBw",
        &basic_of("app:%zz"),
        "Basic /w==",
        "Basic YXBwOnNlY3JldA",
    ] {
        let unreadable = refused("basic_unreadable");
        assert_eq!(judged(&[bad], body(None, None)), unreadable, "{bad}");
    }
    assert_eq!(
        judged(&["Bearer x"], body(Some("app"), None)),
        refused("scheme_unsupported")
    );
}

#[test]
fn body_credentials_identify_client() {
    let app = Some("app");
    assert_eq!(judged(&[], body(app, None)), proved("app", ""));
    assert_eq!(judged(&[], body(app, Some("s"))), proved("app", "post s"));
    assert_eq!(judged(&[], body(app, Some(""))), proved("app", ""));
    assert_eq!(judged(&[], body(None, Some("s"))), refused("missing"));
}

#[test]
fn assertion_replaces_client_id() {
    assert_eq!(
        judged(&[], assertion(Some("app"), None)),
        proved("app", "type text")
    );
    assert_eq!(
        judged(&[], assertion(None, None)),
        Judged::Proved(None, "type text".into())
    );
    let untyped = ClientParameters {
        client_assertion_type: None,
        ..assertion(Some("app"), None)
    };
    let empty = ClientParameters {
        client_assertion: Some(String::new()),
        ..assertion(Some("app"), None)
    };
    for incomplete in [untyped, empty] {
        assert_eq!(judged(&[], incomplete), refused("missing"));
    }
}

#[test]
fn aries_12_bearer_token_is_not_client_authentication() {
    let ignored = OtherSchemes::BearerIgnored;
    let judged = presented(&["Bearer abc"], ignored, body(Some("app"), Some("s")));
    assert!(judged.is_ok());
    assert!(!ignored.is_attempt(b"Bearer abc"));
    assert!(OtherSchemes::Refused.is_attempt(b"Bearer abc"));
    let both = presented(
        &["Bearer abc", &basic_of("app:s")],
        ignored,
        body(None, None),
    );
    assert!(both.is_ok_and(|evidence| evidence.client_id.as_deref() == Some("app")));
}

proptest::proptest! {
    #[test]
    fn arbitrary_header_does_not_panic(value: Vec<u8>, pair: Vec<u8>) {
        let _ = basic([&*value].into_iter());
        let value = format!("Basic {}", Base64::encode_string(&pair));
        let _ = basic([value.as_bytes()].into_iter());
    }
}
