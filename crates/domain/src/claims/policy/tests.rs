use super::*;
use crate::claims::mapping::ListFormat;
use crate::claims::value_rule::AttributeType;
use crate::time::Timestamp;
use crate::token::custom_claims::CustomClaims;
use alloc::vec;

fn mapping(claim: &str, source: &str, into: &[Destination]) -> ClaimMapping {
    ClaimMapping {
        claim: claim.into(),
        source: ClaimSource::parse(source).unwrap(),
        into: into.iter().copied().collect(),
        scope: None,
        prefix: None,
        format: ListFormat::List,
    }
}

fn broken(mapping: ClaimMapping, owner: PolicyOwner<'_>) -> Option<InvalidMapping> {
    let policy = ClaimsPolicy {
        mappings: vec![mapping],
        ..ClaimsPolicy::none()
    };
    policy.check(owner).err().map(|own| own.rule)
}

fn of_client(mapping: ClaimMapping) -> Option<InvalidMapping> {
    broken(mapping, PolicyOwner::Client)
}

const ACCESS: &[Destination] = &[Destination::AccessToken];

/// Claims that the issue, the protocol and the introspection response keep for the server.
const PROTOCOL: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "cnf",
    "act",
    "may_act",
    "scope",
    "client_id",
    "acr",
    "amr",
    "auth_time",
    "nonce",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "events",
    "authorization_details",
    "gty",
    "token_use",
    "email_verified",
    "phone_number_verified",
    "active",
    "username",
    "token_type",
    "token_introspection",
    "_claim_names",
    "_claim_sources",
];

#[test]
fn policy_cannot_set_protocol_claims() {
    for claim in PROTOCOL {
        for source in ["groups", "roles", "attribute:a", "profile:email_verified"] {
            let rule = of_client(mapping(claim, source, Destination::ALL));
            assert_eq!(rule, Some(InvalidMapping::ProtocolClaim), "{claim}");
        }
    }
}

#[test]
fn every_reserved_custom_claim_is_a_protocol_claim() {
    for name in CustomClaims::RESERVED {
        assert!(
            mapping(name, "groups", ACCESS).is_protocol_claim(),
            "{name}"
        );
    }
}

#[test]
fn standard_claim_is_only_copied_into_access_token() {
    let rule = Some(InvalidMapping::StandardClaim);
    for claim in StandardClaim::ALL
        .iter()
        .filter(|own| !PROTOCOL.contains(&own.as_str()))
    {
        let name = claim.as_str();
        let source = alloc::format!("profile:{name}");
        assert_eq!(of_client(mapping(name, &source, ACCESS)), None, "{name}");
        assert_eq!(
            of_client(mapping(name, &source, Destination::ALL)),
            rule,
            "{name}"
        );
        assert_eq!(of_client(mapping(name, "groups", ACCESS)), rule, "{name}");
    }
    assert_eq!(of_client(mapping("name", "profile:email", ACCESS)), rule);
}

#[test]
fn access_comes_neither_from_profile_nor_from_what_users_write() {
    let name = AttributeName::parse("team").unwrap();
    let mut team = Attribute::new(name, AttributeType::Text, Timestamp::from_unix_seconds(1));
    team.readers.insert(AttributeParty::Application);
    for claim in ["groups", "roles", "entitlements"] {
        let rule = of_client(mapping(claim, "profile:nickname", ACCESS));
        assert_eq!(rule, Some(InvalidMapping::ProfileGrantsAccess), "{claim}");
        let policy = ClaimsPolicy {
            mappings: vec![mapping(claim, "attribute:team", ACCESS)],
            ..ClaimsPolicy::none()
        };
        let checked = |team: Option<&Attribute>| {
            let checked = policy.check_attributes(|_| team);
            checked.err().map(|own| own.rule)
        };
        assert_eq!(checked(Some(&team)), None, "{claim}");
        assert_eq!(checked(None), Some(InvalidMapping::AttributeUnknown));
        let mut written = team.clone();
        written.writers.insert(AttributeParty::User);
        assert_eq!(
            checked(Some(&written)),
            Some(InvalidMapping::UnprovedGrantsAccess),
            "{claim}"
        );
        let mut hidden = team.clone();
        hidden.readers.remove(&AttributeParty::Application);
        assert_eq!(
            checked(Some(&hidden)),
            Some(InvalidMapping::AttributeUnreadable)
        );
    }
}

#[test]
fn malformed_mapping_is_rejected() {
    type Change = fn(&mut ClaimMapping);
    let cases: [(Change, InvalidMapping); 8] = [
        (|own| own.claim.clear(), InvalidMapping::ClaimMalformed),
        (
            |own| own.claim = "a b".into(),
            InvalidMapping::ClaimMalformed,
        ),
        (
            |own| own.claim = "a\"".into(),
            InvalidMapping::ClaimMalformed,
        ),
        (
            |own| own.into = Destinations::default(),
            InvalidMapping::DestinationMissing,
        ),
        (
            |own| own.scope = Some("a b".into()),
            InvalidMapping::ScopeMalformed,
        ),
        (
            |own| own.prefix = Some(String::new()),
            InvalidMapping::PrefixMalformed,
        ),
        (
            |own| {
                (own.source, own.prefix) = (
                    ClaimSource::Profile(StandardClaim::Locale),
                    Some("a".into()),
                );
            },
            InvalidMapping::PrefixMalformed,
        ),
        (
            |own| own.source = ClaimSource::Value(CustomValue::Object(Vec::new())),
            InvalidMapping::ValueMalformed,
        ),
    ];
    for (change, rule) in cases {
        let mut own = mapping("https://example.com/teams", "groups", ACCESS);
        assert_eq!(of_client(own.clone()), None);
        change(&mut own);
        assert_eq!(of_client(own), Some(rule));
    }
    let many = vec![mapping("a", "groups", ACCESS); 51];
    let policy = ClaimsPolicy {
        mappings: many,
        ..ClaimsPolicy::none()
    };
    assert_eq!(
        policy.check(PolicyOwner::Client).map_err(|own| own.rule),
        Err(InvalidMapping::TooMany)
    );
}

#[test]
fn resource_server_has_only_its_own_claims_and_roles() {
    let api = PolicyOwner::ResourceServer("api");
    let own = [Destination::AccessToken, Destination::Introspection];
    assert_eq!(broken(mapping("roles", "roles:api", &own), api), None);
    let rule = broken(mapping("roles", "roles:other", &own), api);
    assert_eq!(rule, Some(InvalidMapping::RolesOfAnother));
    for into in [Destination::IdToken, Destination::UserInfo] {
        let rule = broken(mapping("roles", "roles", &[into]), api);
        assert_eq!(rule, Some(InvalidMapping::DestinationOfClient));
    }
    assert_eq!(
        of_client(mapping("roles", "roles:other", Destination::ALL)),
        None
    );
}
