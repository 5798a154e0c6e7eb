use super::*;
use crate::authorize::consent::Consent;
use crate::authorize::demands::{AcrDemand, Demands, Prompt};
use crate::client::Client;
use crate::identifier::{LoginId, Subject, UserId};
use crate::login::authentication::{Acr, Methods};
use crate::login::methods::Method;
use crate::login::mfa_policy::MfaPolicy;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::test_facts::{NOW, confidential_client, session, user};
use crate::user::{PasswordMark, User};
use alloc::borrow::ToOwned as _;
use alloc::string::ToString as _;
use alloc::vec;

mod device;

/// Facts of a signed-in user with stored consent.
struct World {
    demands: Demands,
    session: Session,
    user: User,
    consent: Option<Consent>,
    has_passkey: Option<bool>,
    mfa: MfaPolicy,
}

impl World {
    fn new() -> Self {
        let session = session();
        Self {
            demands: Demands::default(),
            user: User {
                id: session.user,
                sealed_totp_secret: None,
                ..user()
            },
            consent: Some(Consent {
                user: session.user,
                client: confidential_client().id,
                scope: Scope::parse("openid read").unwrap(),
                given_at: NOW,
            }),
            session,
            has_passkey: Some(false),
            mfa: MfaPolicy::Optional,
        }
    }

    fn next(&self, interaction: &Interaction) -> Step {
        self.next_for(interaction, &confidential_client())
    }

    fn next_for(&self, interaction: &Interaction, client: &Client) -> Step {
        let scope = Scope::parse("openid read").unwrap();
        let is_of_device = matches!(interaction.purpose, Purpose::Device(_));
        let request = Request {
            client,
            scope: &scope,
            demands: &self.demands,
            redirect_uri: client.redirect_uris.first().filter(|_| !is_of_device),
        };
        let facts = Facts {
            signed_in: Some(SignedIn {
                session: &self.session,
                user: &self.user,
            }),
            consent: Some(self.consent.as_ref()),
            has_passkey: self.has_passkey,
            mfa: self.mfa,
            now: NOW,
        };
        interaction.next(Some(&request), &facts)
    }
}

fn authorize() -> Interaction {
    Interaction::new(Purpose::Authorize("client_id=app".to_owned()), NOW)
}

fn passkey_demand() -> Demands {
    Demands {
        acr: Some(AcrDemand {
            least: Acr::PHISHING_RESISTANT,
            essential: true,
        }),
        ..Demands::default()
    }
}

#[test]
fn request_with_session_and_consent_gets_code() {
    let world = World::new();
    let code = Step::Done(Outcome::Code);
    assert_eq!(world.next(&authorize()), code);
}

#[test]
fn missing_consent_shows_consent_page() {
    let mut world = World::new();
    world.consent = None;
    let page = Page::Consent;
    assert_eq!(world.next(&authorize()), Step::Show(page));
}

#[test]
fn passkey_fact_is_requested_only_when_needed() {
    let mut world = World::new();
    world.has_passkey = None;
    let code = Step::Done(Outcome::Code);
    assert_eq!(world.next(&authorize()), code);
    world.demands = passkey_demand();
    assert_eq!(world.next(&authorize()), Step::Need(Fact::HasPasskey));
}

#[test]
fn essential_passkey_class_asks_for_passkey() {
    let mut world = World::new();
    world.demands = passkey_demand();
    world.has_passkey = Some(true);
    assert_eq!(world.next(&authorize()), Step::Ask(Method::PASSKEY));
    world.demands.acr = Some(AcrDemand {
        least: Acr::TWO_FACTORS,
        essential: true,
    });
    world.user.sealed_totp_secret = Some(vec![1]);
    assert_eq!(world.next(&authorize()), Step::Ask(Method::TIME_CODE));
}

#[test]
fn required_factor_is_enrolled_before_consent_and_code() {
    let mut world = World::new();
    world.mfa = MfaPolicy::Required;
    let enroll = Step::Show(Page::Enroll);
    assert_eq!(world.next(&authorize()), enroll);
    world.consent = None;
    assert_eq!(world.next(&authorize()), enroll);
    world.has_passkey = Some(true);
    let consent = Step::Show(Page::Consent);
    assert_eq!(world.next(&authorize()), consent);
}

#[test]
fn enrollment_with_old_sign_in_asks_to_sign_in() {
    let mut world = World::new();
    world.mfa = MfaPolicy::Required;
    world.session.authentication.time = Timestamp::from_unix_seconds(0);
    assert_eq!(world.next(&authorize()), Step::Show(Page::SignIn));
}

#[test]
fn enrollment_with_prompt_none_is_refused() {
    let mut world = World::new();
    world.mfa = MfaPolicy::Required;
    world.demands.prompt = Prompt {
        none: true,
        ..Prompt::default()
    };
    let refused = Step::Refuse(Refusal::LoginRequired);
    assert_eq!(world.next(&authorize()), refused);
}

#[test]
fn visit_returns_after_sign_in() {
    let visit = Interaction::new(Purpose::Visit("/account".to_owned()), NOW);
    let world = World::new();
    let mut facts = Facts {
        signed_in: None,
        consent: None,
        has_passkey: None,
        mfa: MfaPolicy::Optional,
        now: NOW,
    };
    assert_eq!(visit.next(None, &facts), Step::Show(Page::SignIn));
    facts.signed_in = Some(SignedIn {
        session: &world.session,
        user: &world.user,
    });
    assert_eq!(visit.next(None, &facts), Step::Done(Outcome::Return));
}

#[test]
fn interaction_uses_session_of_its_steps_or_requested_subject() {
    let (first, mut second) = (World::new(), World::new());
    second.session.id = SessionId::from_bytes([2; 16]);
    second.user.id = UserId::from_bytes([2; 16]);
    let both = [&first, &second].map(|world| SignedIn {
        session: &world.session,
        user: &world.user,
    });
    let found_if = |interaction: &Interaction, demands: &Demands, has_current| {
        let client = confidential_client();
        let scope = Scope::parse("openid").unwrap();
        let request = Request {
            client: &client,
            scope: &scope,
            demands,
            redirect_uri: Some(&client.redirect_uris[0]),
        };
        let session = interaction.session_among(Some(&request), both.into_iter(), has_current);
        session.map(|signed_in| signed_in.session.id)
    };
    let found = |interaction: &Interaction, demands: &Demands| found_if(interaction, demands, true);
    let mut interaction = authorize();
    let any = Demands::default();
    assert_eq!(found_if(&interaction, &any, false), None, "lost current");
    assert_eq!(found(&interaction, &any), Some(first.session.id));
    let named = Demands {
        subject: Some(Subject::new(second.user.id.to_string())),
        ..Demands::default()
    };
    assert_eq!(found(&interaction, &named), Some(second.session.id));
    assert_eq!(
        found_if(&interaction, &named, false),
        Some(second.session.id)
    );
    interaction.selected(second.session.id);
    assert_eq!(found(&interaction, &any), Some(second.session.id));
    interaction.selected(SessionId::from_bytes([3; 16]));
    assert_eq!(found(&interaction, &any), None);
}

#[test]
fn first_factor_suffices_unless_user_or_policy_requires_second() {
    let (without, mut with) = (user(), user());
    with.sealed_totp_secret = Some(vec![1]);
    let without = User {
        sealed_totp_secret: None,
        ..without
    };
    assert_eq!(suffices(&with, MfaPolicy::Off, None), Some(false));
    assert_eq!(suffices(&without, MfaPolicy::Optional, None), Some(true));
    assert_eq!(suffices(&without, MfaPolicy::Required, None), None);
    for has_passkey in [true, false] {
        let suffices = suffices(&without, MfaPolicy::Required, Some(has_passkey));
        assert_eq!(suffices, Some(!has_passkey));
    }
}

#[test]
fn old_interaction_restarts_but_keeps_enrollment() {
    let lifetime = Duration::from_secs(600);
    let late = NOW.plus(lifetime);
    let mut interaction = authorize();
    interaction.signed_in(SessionId::from_bytes([1; 16]));
    interaction.pending = Some(Pending::Enrollment(Enrollment {
        user: UserId::from_bytes([1; 16]),
        state: vec![7],
        expires_at: late,
    }));
    let young = interaction.clone().unless_too_old(lifetime, NOW);
    assert!(young.done.logged_in && young.session.is_some());
    let old = interaction.clone().unless_too_old(lifetime, late);
    assert!(!old.done.logged_in && old.session.is_none());
    assert!(matches!(old.pending, Some(Pending::Enrollment(_))));
    interaction.pending = Some(Pending::SecondFactor(pending_login()));
    assert!(interaction.unless_too_old(lifetime, late).pending.is_none());
}

#[test]
fn pending_login_is_found_behind_any_method() {
    let mut interaction = authorize();
    assert_eq!(interaction.pending_login(), None);
    interaction.pending = Some(Pending::SecondFactor(pending_login()));
    assert_eq!(interaction.pending_login(), Some(&pending_login()));
    interaction.pending = Some(Pending::Challenge(Challenge {
        method: Method::PASSKEY,
        login: LoginId::from_bytes([8; 16]),
        second_factor_of: Some(pending_login()),
        state: vec![1],
        expires_at: NOW,
    }));
    assert_eq!(interaction.pending_login(), Some(&pending_login()));
}

fn pending_login() -> PendingLogin {
    PendingLogin {
        login: LoginId::from_bytes([7; 16]),
        user: UserId::from_bytes([1; 16]),
        methods: Methods::NONE.with(Method::PASSWORD),
        password: PasswordMark::from_bytes([5; 8]),
        session: None,
        expires_at: NOW,
    }
}
