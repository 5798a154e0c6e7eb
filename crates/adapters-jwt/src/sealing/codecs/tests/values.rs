//! Strategies for arbitrary codes and login steps.

use countersign_domain::authorize::RequestedGrant;
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::identifier::{GrantId, LoginId, SessionId, Subject, UserId};
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Acr, Authentication, Methods};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use proptest::prelude::*;

fn access() -> impl Strategy<Value = Access> {
    let parts = (
        "[ -~]{1,255}",
        prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..6),
        any::<(u32, u32)>(),
        prop::collection::vec("[a-z]{1,8}:[!-!$-\\[\\]-~]{1,40}", 0..4),
    );
    parts.prop_map(|(client, scope, (userinfo, id_token), resources)| Access {
        client: ClientId::parse(&client).unwrap(),
        scope: Scope::parse(&scope.join(" ")).unwrap_or_default(),
        resources: resources
            .iter()
            .map(|text| Resource::parse(text).unwrap())
            .collect(),
        claims: RequestedClaims {
            userinfo: ClaimSet::from_bits(userinfo),
            id_token: ClaimSet::from_bits(id_token),
        },
        later: LaterFacts::none(),
    })
}

fn binding() -> impl Strategy<Value = CodeBinding> {
    let uri = "https://[a-z]{1,20}\\.example(:[0-9]{1,4})?/[a-z0-9/._~-]{0,200}";
    let parts = (uri, any::<Option<[u8; 32]>>(), any::<Option<String>>());
    parts.prop_map(|(uri, challenge, nonce)| CodeBinding {
        redirect_uri: RedirectUri::parse(&uri).unwrap(),
        challenge: challenge.map(CodeChallenge::from_bytes),
        nonce,
    })
}

/// An authentication and an expiry time.
fn times() -> impl Strategy<Value = (Authentication, Timestamp)> {
    let parts = any::<(u64, u32, u8, u64)>();
    parts.prop_map(|(time, methods, acr, end)| {
        let authentication = Authentication {
            time: Timestamp::from_unix_seconds(time),
            methods: Methods::from_bits(methods),
            acr: Acr::from_rank(acr),
        };
        (authentication, Timestamp::from_unix_seconds(end))
    })
}

pub(super) fn code() -> impl Strategy<Value = AuthorizationCode> {
    let rest = any::<([u8; 16], String, Option<[u8; 16]>, bool, Option<[u8; 8]>)>();
    let parts = (access(), binding(), times(), rest);
    parts.prop_map(|(access, binding, (authentication, expires_at), rest)| {
        let (grant, subject, session, bound_to_verifier, password) = rest;
        AuthorizationCode::from_sealed(CodeFacts {
            grant: GrantId::from_bytes(grant),
            authorization: Authorization {
                access,
                subject: Subject::new(subject),
                authentication,
                session: session.map(SessionId::from_bytes),
                bound_to_verifier,
            },
            binding,
            password: password.map(PasswordMark::from_bytes),
            expires_at,
        })
    })
}

pub(super) fn step() -> impl Strategy<Value = LoginStep> {
    let stage = prop_oneof![Just(LoginStage::SecondFactor), Just(LoginStage::Consent)];
    let ids = any::<([u8; 16], [u8; 16], [u8; 8])>();
    let parts = (ids, stage, access(), binding(), times());
    parts.prop_map(
        |((login, user, password), stage, access, binding, (authentication, expires_at))| {
            LoginStep {
                login: LoginId::from_bytes(login),
                stage,
                user: UserId::from_bytes(user),
                requested: RequestedGrant::from_sealed(access, binding),
                authentication,
                password: PasswordMark::from_bytes(password),
                expires_at,
            }
        },
    )
}
