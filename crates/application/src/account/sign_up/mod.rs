use super::Accounts;
use crate::app::App;
use crate::attempts::{self, AttemptSource};
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::{Compose, LinkId, LinkMail, Mail, NewLink};
use crate::password::hash_new;
use crate::refusals;
use crate::sign_in::Proof;
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::identifier::UserId;
use countersign_domain::login::attempts::Target;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::SignUpLogin;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::sign_up::SignUpPolicy;
use countersign_domain::time::Timestamp;
use countersign_domain::user::profile::{Agreement, Profile};
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Message, Race};
use std::net::IpAddr;

/// What a new user entered.
pub struct NewAccount<'a> {
    /// Password.
    pub password: &'a Secret,
    /// Claims that the tenant asks for.
    pub claims: Vec<(StandardClaim, String)>,
    /// Whether the user agrees to the documents of the tenant.
    pub agrees: bool,
}

impl<A: App> Accounts<A> {
    /// Sends a link and a code to an address, with which its owner can create an account. An address with an account gets
    /// a mail that says so. Both cause the same work, and the result is the same.
    ///
    /// The address is verified before the user chooses a password, so no one can prepare an account for someone else.
    pub async fn begin_sign_up(
        &self,
        tenant: &Tenant,
        (email, client): (&str, Option<&ClientId>),
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<SignUpLogin, Failure> {
        let policy = &tenant.settings.sign_up;
        if !policy.is_offered(client) {
            return Err(refusals::REGISTRATION_CLOSED.into());
        }
        let recipient = Email::parse(email.trim()).map_err(|_| refusals::EMAIL_MALFORMED)?;
        if !policy.admits(&recipient) {
            return Err(refusals::EMAIL_NOT_ADMITTED.into());
        }
        let now = self.clock.now();
        let sender = address.map(Target::Sender);
        let targets: Vec<_> = [Target::Mailbox(email)].into_iter().chain(sender).collect();
        let taken = attempts::take(&*self.store, tenant.id, &targets, (&[], Some(email)), now);
        let user = taken.await?.user;
        let new = NewLink {
            purpose: LinkPurpose::SIGN_UP,
            user: user.as_ref(),
            email: recipient.as_str(),
            data: Vec::new(),
            lifetime: tenant.settings.recovery.link,
        };
        let made = self.links.make(tenant, new).await?;
        let link = LinkMail {
            token: &made.token,
            code: &made.code,
            lifetime: tenant.settings.recovery.link,
        };
        // Compose both, so that the work is the same.
        let welcome = compose(Mail::SignUp(link), None);
        let known = compose(Mail::AlreadyRegistered, user.as_ref());
        let letter = if user.is_none() { welcome } else { known };
        self.mailer.send(Message::new(recipient.clone(), letter));
        Ok(SignUpLogin {
            link: made.id.id,
            email: recipient.as_str().to_owned(),
            expires_at: made.id.expires_at,
            is_proved: false,
        })
    }

    /// Returns the sign-up of a mailed link. Changes nothing.
    pub async fn sign_up_of_link(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<SignUpLogin, Failure> {
        let (id, link) = self
            .links
            .find_for_new_user(tenant, LinkPurpose::SIGN_UP, token)
            .await?;
        Ok(SignUpLogin {
            link: id.id,
            email: link.email,
            expires_at: id.expires_at,
            is_proved: true,
        })
    }

    /// Checks the code of a mail.
    pub async fn prove_sign_up(
        &self,
        tenant: &Tenant,
        (login, code): (&SignUpLogin, &str),
        source: AttemptSource<'_>,
    ) -> Result<SignUpLogin, Failure> {
        let link = (LinkPurpose::SIGN_UP, place_of(login));
        self.links
            .check_code_for_new_user(tenant, link, code, source)
            .await?;
        Ok(SignUpLogin {
            is_proved: true,
            ..login.clone()
        })
    }

    /// Creates the account, and uses up the link. The address is verified.
    pub async fn sign_up(
        &self,
        tenant: &Tenant,
        login: &SignUpLogin,
        new: NewAccount<'_>,
    ) -> Result<Proof, Failure> {
        let now = self.clock.now();
        let email = Email::parse(&login.email).map_err(|_| refusals::LINK_INVALID)?;
        let policy = &tenant.settings.sign_up;
        if !login.is_proved || !policy.admits(&email) {
            return Err(refusals::LINK_INVALID.into());
        }
        let (name, mut profile) = claims(policy, &new.claims)?;
        profile.updated_at = Some(now);
        profile.agreements = agreements(policy, new.agrees, now)?;
        let about = [email.as_str(), name.as_deref().unwrap_or_default()];
        let hash = hash_new(self.new_passwords(), tenant, new.password, &about).await?;
        self.links.take_place(tenant, place_of(login)).await?;
        let id = UserId::from_bytes(self.entropy.time_ordered_id());
        let user = User {
            email_verified: true,
            name,
            profile,
            password_hash: Some(hash),
            self_registered: true,
            ..User::new(id, email, now)
        };
        if self.store.insert_user(tenant.id, &user, None).await? == Race::Lost {
            // Another browser or an operator was faster.
            return Err(refusals::LINK_INVALID.into());
        }
        let agreed = [("terms", &policy.terms), ("privacy", &policy.privacy)];
        let facts = agreed
            .into_iter()
            .filter_map(|(name, own)| Some((name, own.as_ref()?.version.as_str())));
        let facts: Vec<_> = facts.collect();
        CurrentRequest::note_event(Action::USER_REGISTERED, user.id, None, &facts);
        Ok(Proof {
            user,
            methods: Methods::NONE
                .with(Method::EMAIL_CODE)
                .with(Method::PASSWORD),
            session: None,
        })
    }
}

const fn place_of(login: &SignUpLogin) -> LinkId {
    LinkId {
        id: login.link,
        expires_at: login.expires_at,
    }
}

/// Checks the claims that the tenant asks for. All are required.
fn claims(
    policy: &SignUpPolicy,
    given: &[(StandardClaim, String)],
) -> Result<(Option<String>, Profile), Failure> {
    let (mut name, mut profile) = (None, Profile::default());
    for claim in &policy.fields {
        let text = given.iter().find(|(own, _)| own == claim);
        let text = text.map(|(_, text)| text.trim()).unwrap_or_default();
        if claim.may_say(text).is_err() {
            return Err(refusals::CLAIM_MALFORMED.into());
        }
        if *claim == StandardClaim::Name {
            if text.chars().count() > Client::LONGEST_NAME {
                return Err(refusals::CLAIM_MALFORMED.into());
            }
            name = Some(text.to_owned());
        } else {
            profile.set_text(*claim, Some(text.to_owned()));
        }
    }
    Ok((name, profile))
}

/// Returns the documents that the user agrees to. The user must agree to all of them.
fn agreements(
    policy: &SignUpPolicy,
    agrees: bool,
    at: Timestamp,
) -> Result<Vec<Agreement>, Failure> {
    let documents = [("terms", &policy.terms), ("privacy", &policy.privacy)];
    let documents = documents.into_iter().filter_map(|(name, document)| {
        let document = document.as_ref()?;
        Some(Agreement {
            document: name.to_owned(),
            version: document.version.clone(),
            at,
        })
    });
    let documents: Vec<_> = documents.collect();
    if documents.is_empty() || agrees {
        Ok(documents)
    } else {
        Err(refusals::AGREEMENT_MISSING.into())
    }
}
