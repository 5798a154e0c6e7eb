//! Strategies for values of every kind.

use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::authorize::next_step::Done;
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::identifier::{GrantId, LoginId, NodeId, SessionId, Subject, UserId};
use countersign_domain::later::{LaterFact, LaterFacts};
use countersign_domain::login::authentication::{Acr, Authentication, Methods};
use countersign_domain::login::known_device::{KnownAccount, KnownDevice};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use proptest::prelude::*;

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_unix_seconds)
}

/// Generates facts with ignorable tags that no version knows.
fn later() -> impl Strategy<Value = LaterFacts> {
    let values = prop::sample::select(vec![
        vec![0x00],
        vec![0xF5],
        vec![0xF6],
        vec![0x63, b'a', b'b', b'c'],
        vec![0x82, 0x01, 0xA1, 0x00, 0x41, 0xFF],
        vec![0x3B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ]);
    prop::collection::btree_map(i64::MIN..=-1, values, 0..3).prop_map(|facts| {
        let mut later = LaterFacts::none();
        for (tag, value) in facts.into_iter().filter(|(tag, _)| *tag != -24) {
            later.push(LaterFact { tag, value });
        }
        later
    })
}

fn access() -> impl Strategy<Value = Access> {
    let parts = (
        "[ -~]{1,255}",
        prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..6),
        prop::collection::vec("[a-z]{1,8}:[!-!$-\\[\\]-~]{1,40}", 0..4),
        any::<(u32, u32)>(),
        later(),
    );
    parts.prop_map(
        |(client, scope, resources, (userinfo, id_token), later)| Access {
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
            later,
        },
    )
}

fn authentication() -> impl Strategy<Value = Authentication> {
    (time(), any::<u32>(), any::<u8>()).prop_map(|(time, methods, acr)| Authentication {
        time,
        methods: Methods::from_bits(methods),
        acr: Acr::from_rank(acr),
    })
}

pub(crate) fn authorization() -> impl Strategy<Value = Authorization> {
    let parts = (
        access(),
        any::<String>(),
        authentication(),
        any::<Option<[u8; 16]>>(),
        any::<bool>(),
    );
    parts.prop_map(
        |(access, subject, authentication, session, bound_to_verifier)| Authorization {
            access,
            subject: Subject::new(subject),
            authentication,
            session: session.map(SessionId::from_bytes),
            bound_to_verifier,
        },
    )
}

pub(crate) fn done() -> impl Strategy<Value = (Done, Timestamp)> {
    let steps = any::<[bool; 3]>();
    let steps = steps.prop_map(|[logged_in, selected, consented]| Done {
        logged_in,
        selected,
        consented,
    });
    (steps, time())
}

pub(crate) fn known_device() -> impl Strategy<Value = KnownDevice> {
    let accounts = prop::collection::vec(any::<[u8; 16]>(), 0..=KnownDevice::MOST);
    (any::<[u8; 16]>(), accounts).prop_map(|(id, accounts)| {
        let accounts = accounts.into_iter().map(KnownAccount::from_bytes);
        KnownDevice::new(id, accounts.collect())
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

pub(crate) fn code() -> impl Strategy<Value = AuthorizationCode> {
    let parts = (
        any::<[u8; 16]>(),
        authorization(),
        binding(),
        any::<Option<[u8; 8]>>(),
        time(),
    );
    parts.prop_map(|(grant, authorization, binding, password, expires_at)| {
        AuthorizationCode::from_sealed(CodeFacts {
            grant: GrantId::from_bytes(grant),
            authorization,
            binding,
            password: password.map(PasswordMark::from_bytes),
            expires_at,
        })
    })
}

pub(crate) fn step() -> impl Strategy<Value = LoginStep> {
    let stage = prop::sample::select(vec![LoginStage::SecondFactor, LoginStage::Consent]);
    let ids = any::<([u8; 16], [u8; 16], [u8; 8])>();
    let parts = (ids, stage, access(), binding(), authentication(), time());
    parts.prop_map(
        |((login, user, password), stage, access, binding, authentication, expires_at)| LoginStep {
            login: LoginId::from_bytes(login),
            stage,
            user: UserId::from_bytes(user),
            requested: RequestedGrant::from_sealed(access, binding),
            authentication,
            password: PasswordMark::from_bytes(password),
            expires_at,
        },
    )
}

fn party() -> impl Strategy<Value = Party> {
    any::<(String, String)>().prop_map(|(kind, id)| Party {
        kind: kind.into(),
        id,
    })
}

fn changes() -> impl Strategy<Value = Vec<FieldChange>> {
    let change = any::<(String, Option<String>, Option<String>)>();
    let change = change.prop_map(|(field, before, after)| FieldChange {
        field: field.into(),
        before,
        after,
    });
    prop::collection::vec(change, 0..4)
}

fn context() -> impl Strategy<Value = EventContext> {
    let parts = any::<(
        Option<String>,
        Option<[u8; 16]>,
        Vec<String>,
        Option<String>,
    )>();
    parts.prop_map(|(client, session, roles, refusal)| EventContext {
        client,
        session: session.map(SessionId::from_bytes),
        roles,
        refusal,
    })
}

pub(crate) fn event() -> impl Strategy<Value = (TenantId, Event)> {
    let id = (1..=i32::MAX.unsigned_abs(), any::<[u8; 16]>(), any::<u64>());
    let rest = any::<(String, Option<std::net::IpAddr>, Option<String>)>();
    let parts = (id, time(), (party(), party()), changes(), rest, context());
    parts.prop_map(
        |((tenant, node, number), at, (operator, target), changes, rest, context)| {
            let (action, address, request) = rest;
            let event = Event {
                id: EventId {
                    node: NodeId::from_bytes(node),
                    number,
                },
                at,
                action: Action::named(action),
                operator,
                target,
                changes,
                address,
                request,
                context,
            };
            (TenantId::from_number(tenant).unwrap(), event)
        },
    )
}
