//! The account page and its forms.

use crate::frame::{CLIENT, FORM, JANE, Outcome, refused, write};
use countersign_server_pages::pages::PageContext;
use countersign_server_pages::pages::views::{
    AccountOwner, ApplicationsView, AttributeField, AuthenticatorView, ChangePasswordView,
    ConfirmCodeView, DataView, DeleteView, DeletionView, EditProfileView, Item, MfaSetupView,
    Notice, Problem, ProfileView, QrCode, RecoveryCodesView, RemovePasswordView, Section,
    SecurityView, SessionsView, VerifyEmailView,
};
use std::path::Path;

const TIME: &str = "Nov 22, 2026, 08:10";

fn passkeys(added: &str, used: &str) -> Vec<Item> {
    vec![
        item("iCloud Keychain", false, &[added, used]),
        item("YubiKey 5", false, &[added]),
    ]
}

fn item(name: &str, current: bool, lines: &[&str]) -> Item {
    Item {
        value: "1".to_owned(),
        name: name.to_owned(),
        current,
        renamable: name.contains("Key"),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    }
}

pub(super) async fn account(folder: &Path, page: PageContext<'_>) -> Outcome {
    let owner = |section, notice| AccountOwner {
        section,
        name: Some("Jane Doe"),
        email: JANE,
        notice,
    };
    let profile = ProfileView {
        page,
        form: FORM,
        owner: owner(Section::Profile, Some(Notice::Profile)),
        facts: vec![
            ("profile.name", Some("Jane Doe")),
            ("profile.given_name", Some("Jane")),
            ("profile.locale", None),
            ("profile.zoneinfo", Some("Europe/Berlin")),
        ],
        email_verified: false,
        mail: true,
    };
    write(folder, "account", page, &profile).await?;
    let edit = EditProfileView {
        page,
        form: FORM,
        owner: owner(Section::Profile, None),
        problem: Some(refused(Problem::AttributeInvalid)),
        longest: 200,
        name: "Jane Doe",
        given_name: "Jane",
        family_name: "",
        locale: "en",
        locales: vec![("en", "English"), ("de", "Deutsch")],
        zoneinfo: "Europe/Berlin",
        zones: vec!["Europe/Berlin", "Europe/Paris"],
        attributes: attributes(page),
    };
    write(folder, "account-edit-profile", page, &edit).await?;
    let times = page.with("account.times", "zone", "Europe/Berlin");
    let added = page.with("account.added", "time", TIME);
    let used = page.with("account.last_used", "time", TIME);
    let security = SecurityView {
        page,
        form: FORM,
        owner: owner(Section::Security, None),
        has_password: true,
        may_remove_password: true,
        signals: None,
        may_enroll: true,
        may_add_passkey: true,
        authenticator: true,
        recovery_codes: 9,
        passkeys: passkeys(&added, &used),
        identities: vec![item("Google", false, &["jane@example.com", &added, &used])],
        providers: vec![("google".to_owned(), "Google".to_owned())],
        times: times.clone(),
    };
    write(folder, "account-security", page, &security).await?;
    let new = SecurityView {
        owner: owner(Section::Security, Some(Notice::Password)),
        has_password: false,
        may_remove_password: false,
        authenticator: false,
        passkeys: Vec::new(),
        ..security
    };
    write(folder, "account-security-empty", page, &new).await?;
    let active = page.with("account.last_active", "time", TIME);
    let sessions = SessionsView {
        page,
        form: FORM,
        owner: owner(Section::Sessions, None),
        sessions: vec![
            item("Firefox · Linux", true, &["192.0.2.1", &active]),
            item("Safari · iPhone", false, &["2001:db8::7", &active]),
        ],
        devices: vec![item("Firefox · Linux", false, &[&added])],
        times: times.clone(),
    };
    write(folder, "account-sessions", page, &sessions).await?;
    let data = DataView {
        page,
        form: FORM,
        owner: owner(Section::Data, None),
        may_delete: true,
    };
    write(folder, "account-data", page, &data).await?;
    let agreed = page.with("account.agreed", "time", TIME);
    let scope = ["openid", "email", "offline_access"].map(|token| page.scope(token));
    let lines = [scope[0], scope[1], scope[2], &agreed];
    let applications = ApplicationsView {
        page,
        form: FORM,
        owner: owner(Section::Applications, None),
        consents: vec![item(CLIENT, false, &lines)],
        times,
    };
    write(folder, "account-applications", page, &applications).await
}

pub(super) async fn changes(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, has_password, problem) in [
        ("change-password", true, Some(Problem::PasswordWrong)),
        ("set-password", false, None),
    ] {
        let view = ChangePasswordView {
            page,
            form: FORM,
            problem: problem.map(refused),
            email: JANE,
            has_password,
            least: 10,
        };
        write(folder, name, page, &view).await?;
    }
    for (name, remove) in [
        ("remove-authenticator", true),
        ("new-recovery-codes", false),
    ] {
        let view = ConfirmCodeView {
            page,
            form: FORM,
            problem: None,
            remove,
        };
        write(folder, name, page, &view).await?;
    }
    let delete = DeleteView {
        page,
        form: FORM,
        problem: Some(refused(Problem::NotConfirmed)),
        account: JANE,
        days: 7,
    };
    write(folder, "delete", page, &delete).await?;
    let when = page.with("data.when", "time", TIME);
    for (name, form) in [("deletion", Some(FORM)), ("deletion-requested", None)] {
        let view = DeletionView {
            page,
            form,
            account: JANE,
            when: &when,
        };
        write(folder, name, page, &view).await?;
    }
    let remove = RemovePasswordView { page, form: FORM };
    write(folder, "remove-password", page, &remove).await?;
    let verify = VerifyEmailView {
        page,
        form: FORM,
        problem: None,
        email: JANE,
    };
    write(folder, "verify-email", page, &verify).await?;
    let authenticator = AuthenticatorView {
        page,
        form: FORM,
        problem: None,
        picture: QrCode {
            width: 2,
            path: "M0 0h1v1h-1zM1 1h1v1h-1z".to_owned(),
        },
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        uri: "#",
        back: "#",
    };
    write(folder, "authenticator", page, &authenticator).await?;
    let codes = RecoveryCodesView {
        page,
        codes: vec!["0123-4567-89AB-CDEF".to_owned(); 10],
        next: "#",
    };
    write(folder, "recovery-codes", page, &codes).await?;
    let setup = MfaSetupView {
        page,
        authenticator: "#",
        passkey: Some("#"),
    };
    write(folder, "mfa-setup", page, &setup).await
}

fn attributes(page: PageContext<'_>) -> Vec<AttributeField> {
    let text = |key| page.text(key).to_owned();
    let options = [("true", "attribute.yes"), ("false", "attribute.no")];
    vec![
        AttributeField {
            problem: Some(text("attribute.number")),
            ..attribute("Floor", "1.5")
        },
        AttributeField {
            is_list: true,
            ..attribute("Skills", "Rust\nSQL")
        },
        AttributeField {
            options: options
                .map(|(value, key)| (value.to_owned(), text(key)))
                .into(),
            ..attribute("Remote work", "true")
        },
    ]
}

fn attribute(label: &str, value: &str) -> AttributeField {
    AttributeField {
        name: format!("attribute.{}", label.to_lowercase()),
        label: label.to_owned(),
        kind: "text",
        options: Vec::new(),
        is_list: false,
        longest: 200,
        value: value.to_owned(),
        problem: None,
    }
}
