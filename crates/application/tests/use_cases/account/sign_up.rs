//! Sign-up: the same work for every address, and the rules of a new account.

use crate::composition::accounts_with_mail;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{Failure, Mail, NewAccount, NewCredential, refusals};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::login::interaction::SignUpLogin;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::sign_up::{SignUpMode, SignUpPolicy};
use countersign_domain::tenant::{Tenant, TenantSettings};
use countersign_domain::user::{Email, User};
use countersign_ports::{Attempt, Letter, Race, UserKey, UserRepository as _};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::{Arc, Mutex};

const EMAIL: &str = "jane@example.com";

fn open() -> Tenant {
    let settings = tenant().settings.clone();
    Tenant {
        settings: TenantSettings {
            sign_up: SignUpPolicy {
                mode: SignUpMode::Open,
                fields: vec![StandardClaim::Name],
                ..SignUpPolicy::default()
            },
            ..settings
        },
        ..tenant().clone()
    }
}

/// Composes letters whose subject is the token and whose text is the code.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::SignUp(link) => {
            fixtures::letter(link.token.expose_secret(), link.code.expose_secret())
        }
        _ => fixtures::letter("another", "mail"),
    }
}

/// Begins a sign-up on a store that permits and records only the calls of a sign-up. Returns the calls, and to whom mail
/// was queued.
async fn calls_of(user: Option<User>) -> Vec<String> {
    let calls: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut store = MockStore::new();
    let recorded = calls.clone();
    store
        .expect_count_attempt()
        .returning(move |_, counters, email, _| {
            let call = format!("count {} {}", counters.len(), email.is_some());
            recorded.lock().unwrap().push(call);
            let (totals, user) = (vec![1; counters.len()], user.clone());
            let counted = Race::Won;
            Box::pin(async move {
                Ok(Attempt {
                    counted,
                    totals,
                    user,
                })
            })
        });
    let recorded = calls.clone();
    store.expect_insert().returning(move |_, key, _, _| {
        let call = format!("insert {:?}", key.kind);
        recorded.lock().unwrap().push(call);
        Box::pin(async { Ok(Race::Won) })
    });
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&Arc::new(store), &outside);
    let address = Some("192.0.2.7".parse().unwrap());
    let tenant = open();
    let begun = accounts.begin_sign_up(&tenant, (EMAIL, None), address, &compose);
    begun.await.unwrap();
    let mut calls = calls.lock().unwrap().clone();
    let queued = outside.queued().into_iter();
    calls.extend(queued.map(|own| format!("{} {}", own.recipient.as_str(), own.is_withheld)));
    calls
}

#[tokio::test]
async fn sign_up_of_known_and_unknown_address_does_same_work() {
    let known = calls_of(Some(fixtures::user(1, EMAIL))).await;
    assert_eq!(known, calls_of(None).await);
    assert_eq!(known.last().unwrap(), "jane@example.com false");
    assert_eq!(known.len(), 3, "{known:?}");
}

#[tokio::test]
async fn account_needs_proved_address_claims_and_strong_password() {
    let store = Arc::new(MemoryStore::default());
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let tenant = open();
    let begun = accounts.begin_sign_up(&tenant, (EMAIL, None), None, &compose);
    let login = begun.await.unwrap();
    assert!(!login.is_proved);
    let create = async |login: &SignUpLogin, name: &str, password: &str| {
        let new = NewAccount {
            credential: NewCredential::Password(&Secret::new(password)),
            claims: vec![(StandardClaim::Name, name.to_owned())],
            agrees: false,
        };
        match accounts.sign_up(&tenant, login, new).await {
            Err(Failure::Refused(refusal)) => Err(refusal),
            other => {
                let proof = other.unwrap();
                assert!(proof.user.email_verified);
                Ok(())
            }
        }
    };
    let good = "a long new phrase";
    assert_eq!(
        create(&login, "Jane", good).await,
        Err(refusals::LINK_INVALID)
    );
    let mail = outside.mail().pop().unwrap();
    let token = Secret::new(mail.letter.subject);
    let login = accounts.sign_up_of_link(&tenant, &token).await.unwrap();
    for name in ["", "  ", "a\nb"] {
        let refused = create(&login, name, good).await;
        assert_eq!(refused, Err(refusals::CLAIM_MALFORMED), "{name:?}");
    }
    let weak = create(&login, "Jane", "a breached phrase").await;
    assert_eq!(weak, Err(Refusal::PasswordWeak(Weakness::Breached)));
    let email = Email::parse(EMAIL).unwrap();
    let found = store.find_user(SINGLE, UserKey::Email(&email)).await;
    assert!(found.unwrap().is_none());
    assert_eq!(create(&login, "Jane", good).await, Ok(()));
    assert_eq!(
        create(&login, "Jane", good).await,
        Err(refusals::LINK_INVALID)
    );
}

#[tokio::test]
async fn account_needs_client_that_still_allows_sign_up() {
    let store = Arc::new(MemoryStore::default());
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let from = |id: &str| {
        let mut tenant = open();
        tenant.settings.sign_up.fields.clear();
        tenant.settings.sign_up.clients = vec![fixtures::client_id(id)];
        tenant
    };
    let (before, web) = (from("web"), fixtures::client_id("web"));
    for client in [None, Some(fixtures::client_id("app"))] {
        let begun = accounts.begin_sign_up(&before, (EMAIL, client.as_ref()), None, &compose);
        let refused = begun.await.map(drop);
        assert!(matches!(
            refused,
            Err(Failure::Refused(refusals::REGISTRATION_CLOSED))
        ));
    }
    let begun = accounts.begin_sign_up(&before, (EMAIL, Some(&web)), None, &compose);
    begun.await.unwrap();
    let token = Secret::new(outside.mail().pop().unwrap().letter.subject);
    let login = accounts.sign_up_of_link(&before, &token).await.unwrap();
    let password = Secret::new("a long new phrase");
    let new = || NewAccount {
        credential: NewCredential::Password(&password),
        claims: Vec::new(),
        agrees: false,
    };
    let after = accounts
        .sign_up(&from("app"), &login, new())
        .await
        .map(drop);
    assert!(matches!(
        after,
        Err(Failure::Refused(refusals::LINK_INVALID))
    ));
    accounts.sign_up(&before, &login, new()).await.unwrap();
}
