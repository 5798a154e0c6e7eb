use super::*;
use crate::federation::claims::ClaimValue;
use crate::federation::email_domain::TrustedDomains;
use crate::federation::provider_name::ProviderName;
use crate::federation::url::UpstreamUrl;
use crate::time::Timestamp;

fn provider(preset: Option<Preset>) -> UpstreamProvider {
    let protocol =
        preset
            .and_then(Preset::protocol)
            .unwrap_or_else(|| UpstreamProtocol::OpenIdConnect {
                issuer: UpstreamUrl::parse("https://idp.example").unwrap(),
            });
    let name = ProviderName::parse("corp").unwrap();
    let now = Timestamp::from_unix_seconds(1_750_000_000);
    let mut provider = UpstreamProvider::new(name, preset, protocol, "id", now);
    provider.trusted_domains = TrustedDomains::All;
    provider
}

fn claims(texts: &[(&str, &str)]) -> UpstreamClaims {
    let mut claims = UpstreamClaims::default();
    for (name, text) in texts {
        let value = match *text {
            "true" => ClaimValue::Flag(true),
            "false" => ClaimValue::Flag(false),
            text => ClaimValue::Text(text.into()),
        };
        claims.insert(*name, value);
    }
    claims
}

/// Returns whether the address in the claims is proved; `None` without an address.
fn is_proved(provider: &UpstreamProvider, texts: &[(&str, &str)]) -> Option<bool> {
    let user = provider.user(&claims(texts), None).unwrap();
    user.email.map(|email| email.is_proved)
}

#[test]
fn only_verified_address_of_trusted_domain_is_proved() {
    let mut own = provider(None);
    let verified = ("email_verified", "true");
    let (sub, email) = (("sub", "1"), ("email", "jane@corp.example"));
    assert_eq!(is_proved(&own, &[sub, email, verified]), Some(true));
    assert_eq!(is_proved(&own, &[sub, email]), Some(false));
    let not = ("email_verified", "false");
    assert_eq!(is_proved(&own, &[sub, email, not]), Some(false));
    assert_eq!(is_proved(&own, &[sub, verified]), None);
    // The status belongs to the claim `email`.
    let mail = ("mail", "jane@corp.example");
    assert_eq!(is_proved(&own, &[sub, mail, verified]), Some(false));
    // The Kelvin sign is a K in upper case.
    let kelvin = ("email", "\u{212a}im@corp.example");
    assert_eq!(is_proved(&own, &[sub, kelvin, verified]), Some(false));
    own.trusted_domains = TrustedDomains::parse(["corp.example"]).unwrap();
    assert_eq!(is_proved(&own, &[sub, email, verified]), Some(true));
    for other in ["jane@corp.example.evil.example", "jane@mail.corp.example"] {
        let email = ("email", other);
        assert_eq!(is_proved(&own, &[sub, email, verified]), Some(false));
    }
}

#[test]
fn google_proves_addresses_of_hosted_domain_and_gmail() {
    let google = provider(Some(Preset::Google));
    let (sub, verified) = (("sub", "1"), ("email_verified", "true"));
    for (email, hd, proved) in [
        ("jane@gmail.com", None, true),
        ("jane@corp.example", Some("corp.example"), true),
        ("jane@corp.example", Some("other.example"), false),
        // A consumer account with an address elsewhere: Google verified it once.
        ("jane@corp.example", None, false),
    ] {
        let mut texts = [sub, verified, ("email", email)].to_vec();
        texts.extend(hd.map(|hd| ("hd", hd)));
        assert_eq!(is_proved(&google, &texts), Some(proved), "{email} {hd:?}");
    }
}

#[test]
fn microsoft_user_is_organization_and_object() {
    let microsoft = provider(Some(Preset::Microsoft));
    let tid = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let iss = alloc::format!("https://login.microsoftonline.com/{tid}/v2.0");
    let all = [
        ("iss", iss.as_str()),
        ("tid", tid),
        ("oid", "object"),
        ("sub", "pairwise"),
        ("email", "jane@corp.example"),
        ("email_verified", "true"),
    ];
    let user = microsoft.user(&claims(&all), None).unwrap();
    assert_eq!((user.issuer, user.subject), (iss.clone(), "object".into()));
    assert!(
        !user.email.unwrap().is_proved,
        "any organization sets any address"
    );
    let proved = [&all[..], &[("xms_edov", "true")]].concat();
    assert_eq!(is_proved(&microsoft, &proved), Some(true));
    for missing in [1, 2] {
        let mut some = all.to_vec();
        some.remove(missing);
        assert_eq!(microsoft.user(&claims(&some), None), Err(UnidentifiedUser));
    }
    let announced = "https://login.microsoftonline.com/{tenantid}/v2.0";
    assert_eq!(microsoft.issuer_of_tokens(announced, &claims(&all)), iss);
    assert!(microsoft.issues(announced, &iss));
    for other in [
        announced,
        "https://login.microsoftonline.com/x/v2.0",
        "https://evil.example/v2.0",
    ] {
        assert_eq!(microsoft.issues(announced, other), other == announced);
    }
    let forged = claims(&[("tid", "evil.example/x")]);
    assert_eq!(microsoft.issuer_of_tokens(announced, &forged), announced);
    let other = provider(None);
    assert_eq!(other.issuer_of_tokens(announced, &claims(&all)), announced);
    let common = "https://login.microsoftonline.com/common/v2.0";
    assert!(microsoft.announces(common, announced));
    assert!(!microsoft.announces(common, "https://login.microsoftonline.com.evil.example/x"));
    assert!(!other.announces(common, announced));
    assert!(other.announces(common, common));
}

#[test]
fn github_user_is_number_with_verified_primary_address() {
    let github = provider(Some(Preset::GitHub));
    let mut claims = claims(&[("login", "jane"), ("email", "public@corp.example")]);
    claims.insert("id", ClaimValue::Number("583231".into()));
    let listed = |address: &str, is_primary, is_verified| ListedEmail {
        address: address.into(),
        is_primary,
        is_verified,
    };
    let all = [
        listed("other@corp.example", false, true),
        listed("jane@corp.example", true, true),
    ];
    let user = github.user(&claims, Some(&all)).unwrap();
    assert_eq!(user.issuer, "https://api.github.com/user#id");
    assert_eq!(user.subject, "583231");
    assert_eq!(user.profile[&ProfileField::Name], "jane");
    let email = user.email.unwrap();
    assert_eq!(email.address.as_str(), "jane@corp.example");
    assert!(email.is_proved);
    for none in [&all[..1], &[listed("jane@corp.example", true, false)]] {
        assert!(github.user(&claims, Some(none)).unwrap().email.is_none());
    }
}

#[test]
fn user_without_usable_subject_is_not_identified() {
    let own = provider(None);
    for texts in [&[][..], &[("sub", "")], &[("sub", "a\nb")], &[("id", "1")]] {
        assert_eq!(own.user(&claims(texts), None), Err(UnidentifiedUser));
    }
    let long = "a".repeat(256);
    let long = claims(&[("sub", &long)]);
    assert_eq!(own.user(&long, None), Err(UnidentifiedUser));
}
