//! Recovery: the same work for every address, and the steps of a reset.

use crate::composition::{accounts_with_mail, browser, sessions, sign_in};
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{Answered, Failure, Mail, Visitor, refusals};
use countersign_domain::login::interaction::{Interaction, Purpose, Recovered};
use countersign_domain::login::methods::Method;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::{
    Attempt, Letter, Race, SessionRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::{Arc, Mutex};

const EMAIL: &str = "jane@example.com";
const NEW: &str = "a long new phrase";

/// Composes letters whose subject is the token and whose text is the code.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::Recovery(link) => {
            fixtures::letter(link.token.expose_secret(), link.code.expose_secret())
        }
        _ => fixtures::letter("", ""),
    }
}

fn visitor() -> Visitor<'static> {
    Visitor {
        devices: &[],
        sessions: &[],
        source: crate::sign_in::NOWHERE,
        requested: None,
        compose: &compose,
    }
}

/// Begins a recovery on a store that permits and records only the calls of a recovery. Returns the calls and what was
/// queued.
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
        recorded
            .lock()
            .unwrap()
            .push(format!("insert {:?}", key.kind));
        Box::pin(async { Ok(Race::Won) })
    });
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&Arc::new(store), &outside);
    let address = Some("192.0.2.7".parse().unwrap());
    let begun = sign_in.begin_recovery(tenant(), EMAIL, address, &compose);
    begun.await.unwrap();
    let mut calls = calls.lock().unwrap().clone();
    let queued = outside.queued().into_iter();
    calls.extend(queued.map(|message| {
        let Letter {
            from: _,
            subject,
            text,
            html,
        } = message.letter;
        format!(
            "queue {} {subject} {text} {html}",
            message.recipient.as_str()
        )
    }));
    calls
}

#[tokio::test]
async fn recovery_of_known_and_unknown_address_does_same_work() {
    let known = calls_of(Some(fixtures::user(1, EMAIL))).await;
    let unknown = calls_of(None).await;
    let disabled = User {
        enabled: false,
        ..fixtures::user(1, EMAIL)
    };
    assert_eq!(known, unknown);
    assert_eq!(known, calls_of(Some(disabled)).await);
    assert_eq!(known.len(), 3, "{known:?}");
    assert!(known[2].starts_with("queue jane@example.com"));
}

async fn stored(user: &User) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let inserted = store.insert_user(SINGLE, user, None);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    store
}

#[tokio::test]
async fn withheld_mail_is_never_delivered() {
    let store = stored(&fixtures::user(1, EMAIL)).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let begun = sign_in.begin_recovery(tenant(), "none@example.com", None, &compose);
    begun.await.unwrap();
    assert!(outside.mail().is_empty());
    assert_eq!(outside.queued().len(), 1);
}

#[tokio::test]
async fn recovery_resets_password_and_ends_other_sessions() {
    let jane = fixtures::user(1, EMAIL);
    let store = stored(&jane).await;
    for number in [7, 8] {
        let session = fixtures::session(number);
        let inserted = store.insert_session(SINGLE, &session);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let begun = sign_in.begin_recovery(tenant(), EMAIL, None, &compose);
    let login = begun.await.unwrap();
    let mail = outside.mail().pop().unwrap();
    let token = Secret::new(mail.letter.subject);
    let found = sign_in.recovery_link(tenant(), &token).await.unwrap();
    let code = (&login, mail.letter.text.as_str());
    let same = sign_in
        .recovery_code(tenant(), code, crate::sign_in::NOWHERE)
        .await
        .unwrap();
    assert_eq!(found.id, same.id);
    let mut interaction = Interaction::new(Purpose::Visit("/account".into()), fixtures::NOW);
    let visitor = visitor();
    let answered = sign_in.recover(tenant(), &mut interaction, found, &visitor);
    let Answered::Proved { proof, .. } = answered.await.unwrap() else {
        panic!("there is no second factor");
    };
    assert!(proof.methods.contain(Method::EMAIL_CODE));
    let used = sign_in
        .recover(tenant(), &mut interaction, same, &visitor)
        .await;
    assert!(matches!(
        used,
        Err(Failure::Refused(refusals::LINK_INVALID))
    ));
    // The session that the proof begins.
    let mut session = fixtures::session(7);
    session.authentication.methods = proof.methods;
    let recovered = interaction.recovered.unwrap();
    let accounts = accounts_with_mail(&store, &outside);
    let reset = async |recovered: &Recovered| {
        let sessions = sessions(&store, &outside);
        let mut browser = browser(std::slice::from_ref(&session));
        let new = Secret::new(NEW);
        let who = (&jane, &session);
        let reset =
            accounts.reset_password(tenant(), (&sessions, &mut browser), who, (recovered, &new));
        reset.await
    };
    let foreign = Recovered {
        user: fixtures::user_id(2),
        ..recovered
    };
    let refused = reset(&foreign).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(Refusal::LoginStepExpired))
    ));
    reset(&recovered).await.unwrap();
    let found = store.find_user(SINGLE, UserKey::Id(jane.id)).await.unwrap();
    assert_eq!(found.unwrap().password_hash.as_deref(), Some(NEW));
    for (number, is_live) in [(7, true), (8, false)] {
        let found = store.find_session(SINGLE, fixtures::session_id(number));
        let (session, _) = found.await.unwrap().unwrap();
        assert_eq!(session.is_live(fixtures::NOW), is_live, "{number}");
    }
}

#[tokio::test]
async fn link_with_impossible_time_is_void_and_reads_nothing() {
    let sign_in = sign_in(&Arc::new(MockStore::new()), &Arc::default());
    // The bytes of the time are the largest possible ones.
    let token = Secret::new("_".repeat(74) + "8");
    let found = sign_in.recovery_link(tenant(), &token).await;
    assert!(matches!(
        found,
        Err(Failure::Refused(refusals::LINK_INVALID))
    ));
}
