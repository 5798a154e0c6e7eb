//! Golden documents of upstream providers. Never change them.

use super::*;
use crate::documents::client;
use crate::documents::definition;
use crate::documents::definition_tests::read_as;
use crate::documents::tests::{CLIENT_OF_DEFAULTS, read_client, with};
use countersign_domain::later::LaterMembers;
use countersign_ports::{Definition, DefinitionKind};

const OIDC: &str = include_str!("../golden/federation/oidc.json").trim_ascii();
const OAUTH2: &str = include_str!("../golden/federation/oauth2.json").trim_ascii();

fn read_provider(name: &str, document: &str) -> Option<UpstreamProvider> {
    match read_as(DefinitionKind::UpstreamProvider, name, document)? {
        Definition::UpstreamProvider(provider) => Some(provider),
        _ => None,
    }
}

fn written(provider: UpstreamProvider) -> String {
    definition::write(&Definition::UpstreamProvider(provider)).unwrap()
}

fn url(text: &str) -> UpstreamUrl {
    UpstreamUrl::parse(text).unwrap()
}

#[test]
fn golden_oidc_provider_has_expected_values() {
    let name = ProviderName::parse("corp").unwrap();
    let group = |name| GroupName::parse(name).unwrap();
    let protocol = UpstreamProtocol::OpenIdConnect {
        issuer: url("https://id.corp.example"),
    };
    let at = Timestamp::from_unix_seconds;
    let mut expected = UpstreamProvider::new(name, Some(Preset::Okta), protocol, "c:1 ~", at(1));
    expected.display_name = "Corp, ünïcode".into();
    expected.enabled = false;
    expected.secret = Some(SealedClientSecret {
        sealed: vec![1; 9],
        created_at: at(1_790_000_000),
    });
    expected.trusted_domains = TrustedDomains::parse(["corp.example"]).unwrap();
    expected.home_domains = vec![EmailDomain::parse("corp.example").unwrap()];
    expected.create_users = false;
    expected.link_by_email = false;
    expected.groups = Some(ValueTable {
        claim: "groups".into(),
        values: [("Eng".into(), [group("engineers"), group("staff")].into())].into(),
    });
    expected.roles = Some(ValueTable {
        claim: "groups".into(),
        values: [(
            "Eng".into(),
            [RoleAt {
                audience: "https://api.example".into(),
                role: ApplicationRoleName::parse("editor").unwrap(),
            }]
            .into(),
        )]
        .into(),
    });
    expected.two_factor_acr = vec!["urn:two".into()];
    expected.two_factor_amr = vec!["mfa".into(), "hwk".into()];
    expected.profile.set(ProfileField::Locale, Vec::new());
    expected.allow_private_network = true;
    expected.rp_initiated_logout = true;
    expected.id_token_signed_response_alg = Some("ES256".into());
    expected.managed_by = ManagedBy::parse("platform").ok();
    expected.version = 7;
    assert_eq!(written(expected.clone()), OIDC);
    assert_eq!(read_provider("corp", OIDC), Some(expected));
    assert_eq!(read_provider("Corp", OIDC), None);
}

#[test]
fn golden_oauth2_provider_has_expected_values() {
    let name = ProviderName::parse("github").unwrap();
    let protocol = Preset::GitHub.protocol().unwrap();
    let at = Timestamp::from_unix_seconds(1);
    let mut expected = UpstreamProvider::new(name, Some(Preset::GitHub), protocol, "id", at);
    expected.version = 7;
    assert_eq!(written(expected.clone()), OAUTH2);
    assert_eq!(read_provider("github", OAUTH2), Some(expected));
}

#[test]
fn members_of_later_version_are_kept() {
    let later = OAUTH2.replace(
        r#","backchannel_logout""#,
        r#","frontchannel_logout":true,"backchannel_logout""#,
    );
    let provider = read_provider("github", &later).unwrap();
    assert_eq!(
        provider.later,
        LaterMembers::new(r#"{"frontchannel_logout":true}"#)
    );
    assert!(written(provider).ends_with(r#","frontchannel_logout":true}"#));
}

#[test]
fn client_of_one_provider_is_unreadable_for_versions_without_providers() {
    let restricted = r#"{"upstream_providers": ["corp"], "requires": ["upstream_providers"]}"#;
    let restricted = with(CLIENT_OF_DEFAULTS, restricted);
    let read = read_client(&restricted).unwrap();
    assert_eq!(
        read.upstream_providers,
        [ProviderName::parse("corp").unwrap()]
    );
    let written = client::write(&read).unwrap();
    assert!(
        written.contains(r#""upstream_providers":["corp"]"#),
        "{written}"
    );
    assert!(
        written.ends_with(r#""requires":["upstream_providers"]}"#),
        "{written}"
    );
    let free = client::write(&read_client(CLIENT_OF_DEFAULTS).unwrap()).unwrap();
    assert!(!free.contains("upstream_providers"), "{free}");
}
