//! Mails with sample data.

use super::composer::Mails;
use countersign_application::{InvitationMail, LinkMail, Mail, Notice, NoticeMail, Origin};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_ports::Letter;
use std::time::Duration;

/// Names of the mails that are no security notices.
const NAMES: [&str; 9] = [
    "code",
    "verified",
    "registered",
    "already_registered",
    "recovery",
    "sign_up",
    "invitation",
    "address_change",
    "test",
];

/// Time of the sample notice, and expiry of the sample invitation.
const TIME: Timestamp = Timestamp::from_unix_seconds(1_796_022_240);

/// User agent of the sample notice.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Returns the names of all mails.
pub fn names() -> impl Iterator<Item = String> {
    let notices = Notice::ALL.iter();
    let notices = notices.map(|notice| format!("notice_{}", notice.as_str()));
    NAMES.into_iter().map(str::to_owned).chain(notices)
}

/// Returns the mail with this name, with sample data. Returns `None` for an unknown name.
#[must_use]
pub fn preview(mails: Mails<'_>, name: &str) -> Option<Letter> {
    let (token, code) = (Secret::new("sample-token"), Secret::new("123456"));
    let link = LinkMail {
        token: &token,
        code: &code,
        lifetime: Duration::from_secs(1800),
    };
    let mail = match name {
        "code" => Mail::Code(code.expose_secret()),
        "verified" => Mail::AddressVerified,
        "registered" => Mail::Registered,
        "already_registered" => Mail::AlreadyRegistered,
        "recovery" => Mail::Recovery(link),
        "sign_up" => Mail::SignUp(link),
        "invitation" => Mail::Invitation(InvitationMail {
            token: &token,
            expires_at: TIME,
        }),
        "address_change" => Mail::AddressChange(link),
        "test" => return Some(mails.test()),
        _ => return notice(mails, name, &token),
    };
    Some(mails.compose(mail, None))
}

fn notice(mails: Mails<'_>, name: &str, token: &Secret) -> Option<Letter> {
    let name = name.strip_prefix("notice_")?;
    let mut all = Notice::ALL.iter().copied();
    let origin = Origin {
        ip_address: Some("192.0.2.7".to_owned()),
        user_agent: Some(USER_AGENT.to_owned()),
    };
    let notice = all.find(|notice| notice.as_str() == name)?;
    let mail = NoticeMail {
        notice,
        at: TIME,
        origin: &origin,
        token,
        due_at: (notice == Notice::FactorResetRequested).then_some(TIME),
    };
    Some(mails.compose(Mail::Notice(&mail), None))
}
