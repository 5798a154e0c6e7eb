//! Writes every page to a folder, for viewing in a browser: `cargo run -p countersign-server-pages --example gallery --
//! <folder> [language]`.
#![expect(clippy::disallowed_methods, reason = "the example serves no requests")]

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_domain::login::methods::Method;
use countersign_server_pages::mails::{Mails, preview};
use countersign_server_pages::pages::views::{
    Account, AccountOwner, AccountsView, AddressView, ApplicationsView, AuthenticatorView,
    ChangePasswordView, CheckMailView, CheckSignUpView, CodeView, ConfirmCodeView, ConsentView,
    DataView, DeadLinkView, DeleteView, DeletionView, EditProfileView, ErrorView, Fault, Form,
    FormPostView, Item, LinkView, LoggedOutView, LoginView, LogoutFault, LogoutView, MfaSetupView,
    NewAccountView, NewPasswordView, Notice, Other, PasskeyOfferView, PasskeyView, Problem,
    ProfileView, QrCode, RecoverView, RecoveryCodesView, RemovePasswordView, Section, SecurityView,
    SessionsView, ShownProblem, SignUpLinkView, SignUpView, TextField, VerifyEmailView,
};
use countersign_server_pages::pages::{Links, PageContext, PageSettings, Pages, Theme, View};
use http_body_util::BodyExt as _;
use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

const FORM: Form<'_> = Form {
    action: "#",
    csrf: "csrf",
    interaction: Some("interaction"),
};
const CLIENT: &str = "Meadow Notes";
const JANE: &str = "jane@example.com";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("the first argument must be a folder")?;
    let language = arguments.next();
    let logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%232f6f4f'/%3E%3Cpath d='M9 17l5 5 9-12' fill='none' stroke='%23fff' stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";
    let theme = Theme {
        name: "Meadow ID".to_owned(),
        logo: Some(logo.parse()?),
        accent: "#2f6f4f".parse()?,
        accent_dark: "#8fd6ae".parse()?,
    };
    let pages = Pages::new(PageSettings {
        theme,
        links: Links {
            help: Some("https://meadow.example/help".parse()?),
            terms: Some("https://meadow.example/terms".parse()?),
            privacy: Some("https://meadow.example/privacy".parse()?),
        },
        ..PageSettings::default()
    })?;
    let page = pages
        .page(&HeaderMap::new(), language.as_deref())
        .at(Some("/login"));
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    sign_in(folder, page).await?;
    recovery(folder, page).await?;
    sign_up(folder, page).await?;
    mails(folder, page)?;
    deciding(folder, page).await?;
    endings(folder, page).await?;
    account(folder, page).await?;
    changes(folder, page).await
}

async fn write(folder: &Path, name: &str, page: PageContext<'_>, view: &impl View) -> Outcome {
    let shown = page.show(StatusCode::OK, view);
    let html = text(shown).await?;
    for path in html.split('"').filter(|part| part.starts_with("/assets/")) {
        let file = path.trim_start_matches("/assets/");
        fs::write(
            folder.join("assets").join(file),
            text(page.pages().asset(file).ok_or(file)?).await?,
        )?;
    }
    let html = html.replace("\"/assets/", "\"assets/");
    Ok(fs::write(folder.join(format!("{name}.html")), html)?)
}

async fn text(response: Response<Body>) -> Result<String, Box<dyn Error>> {
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(bytes.to_vec())?)
}

fn other(page: PageContext<'_>, method: Method, text: &str) -> Other {
    Other {
        text: page.of_method(method, text),
        link: "#".to_owned(),
        posts: method == Method::PASSKEY,
    }
}

/// Problem of a form with its request ID.
const fn refused(problem: Problem) -> ShownProblem<'static> {
    ShownProblem {
        problem,
        request_id: Some("1ngtb807d0k2m9p4q8r3"),
    }
}

async fn sign_in(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, problem) in [
        ("login", None),
        ("login-failed", Some(Problem::LoginFailed)),
        ("login-wait", Some(Problem::Wait(10))),
    ] {
        let others = [Method::EMAIL_CODE, Method::PASSKEY].map(|one| other(page, one, "sign_in"));
        let login = LoginView {
            page,
            form: FORM,
            client: Some(CLIENT),
            email: if problem.is_some() { JANE } else { "" },
            problem: problem.map(refused),
            others: if problem.is_none() {
                others.into()
            } else {
                Vec::new()
            },
            autofill: None,
            forgot: Some("#".to_owned()),
            sign_up: Some("#".to_owned()),
        };
        write(folder, name, page, &login).await?;
    }
    let (time_code, recovery_code) = (Method::TIME_CODE, Method::RECOVERY_CODE);
    for (name, method, others) in [
        (
            "second-factor",
            time_code,
            vec![recovery_code, Method::PASSKEY],
        ),
        ("recovery-code", recovery_code, vec![time_code]),
        ("email-code", Method::EMAIL_CODE, Vec::new()),
    ] {
        let sent_to = (method == Method::EMAIL_CODE).then_some(JANE);
        let view = CodeView {
            page,
            form: FORM,
            problem: (method == recovery_code).then_some(refused(Problem::RecoveryCodeWrong)),
            method,
            account: sent_to.is_none().then_some(JANE),
            sent_to,
            digits: method != recovery_code,
            again: sent_to.map(|_| "#".to_owned()),
            remember_days: sent_to.is_none().then_some(30),
            others: others
                .into_iter()
                .map(|one| other(page, one, "instead"))
                .collect(),
        };
        write(folder, name, page, &view).await?;
    }
    let view = AddressView {
        page,
        form: FORM,
        problem: None,
        method: Method::EMAIL_CODE,
        email: JANE,
        back: "#",
    };
    write(folder, "email-code-ask", page, &view).await?;
    for (name, new) in [("passkey", false), ("passkey-new", true)] {
        let view = PasskeyView {
            page,
            form: FORM,
            problem: None,
            account: None,
            new,
            options: "{}",
            back: "#",
        };
        write(folder, name, page, &view).await?;
    }
    let offer = PasskeyOfferView {
        page,
        form: FORM,
        account: JANE,
        create: "#",
    };
    write(folder, "passkey-offer", page, &offer).await
}

async fn recovery(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, problem) in [("recover", None), ("recover-wait", Some(Problem::Wait(7)))] {
        let view = RecoverView {
            page,
            form: FORM,
            problem: problem.map(refused),
            email: JANE,
            back: "#",
        };
        write(folder, name, page, &view).await?;
    }
    for (name, problem) in [
        ("recover-check", None),
        ("recover-check-wrong", Some(Problem::CodeWrong)),
    ] {
        let view = CheckMailView {
            page,
            form: FORM,
            problem: problem.map(refused),
            email: JANE,
            minutes: 30,
            again: "#",
            other: "#",
        };
        write(folder, name, page, &view).await?;
    }
    for (name, secures) in [("recover-link", false), ("secure", true)] {
        let view = LinkView {
            page,
            form: FORM,
            secures,
            email: JANE,
            token: "token",
        };
        write(folder, name, page, &view).await?;
    }
    let view = DeadLinkView { page, again: "#" };
    write(folder, "dead-link", page, &view).await?;
    let view = NewPasswordView {
        page,
        form: FORM,
        problem: Some(refused(Problem::PasswordCommon)),
        email: JANE,
        least: 10,
    };
    write(folder, "recover-password", page, &view).await
}

async fn sign_up(folder: &Path, page: PageContext<'_>) -> Outcome {
    let view = SignUpView {
        page,
        form: FORM,
        problem: Some(refused(Problem::EmailNotAdmitted)),
        email: JANE,
        back: "#",
    };
    write(folder, "sign-up", page, &view).await?;
    let view = CheckSignUpView {
        page,
        form: FORM,
        problem: None,
        email: JANE,
        minutes: 30,
        again: "#",
        other: "#",
    };
    write(folder, "sign-up-check", page, &view).await?;
    let view = SignUpLinkView {
        page,
        form: FORM,
        email: JANE,
        token: "token",
    };
    write(folder, "sign-up-link", page, &view).await?;
    let field = |name, label, kind, value| TextField {
        name,
        label,
        kind,
        autocomplete: "on",
        value,
    };
    let view = NewAccountView {
        page,
        form: FORM,
        problem: Some(refused(Problem::AgreementMissing)),
        email: JANE,
        fields: vec![
            field("name", "sign_up.name", "text", "Jane Doe"),
            field("phone_number", "sign_up.phone_number", "tel", ""),
        ],
        least: 10,
        terms: Some("#"),
        privacy: Some("#"),
        agrees: false,
    };
    write(folder, "sign-up-account", page, &view).await
}

/// Writes the HTML form of every mail.
fn mails(folder: &Path, page: PageContext<'_>) -> Outcome {
    let mails = Mails::new(page, "https://id.example.org");
    for name in countersign_server_pages::mails::names() {
        let letter = preview(mails, &name).ok_or("there is no such mail")?;
        fs::write(folder.join(format!("mail-{name}.html")), letter.html)?;
    }
    Ok(())
}

async fn deciding(folder: &Path, page: PageContext<'_>) -> Outcome {
    let consent = ConsentView {
        page,
        form: FORM,
        client: CLIENT,
        host: "notes.example",
        scopes: vec![
            "openid",
            "profile",
            "email",
            "offline_access",
            "notes:write",
        ],
        account: JANE,
        other_account: Some("#"),
    };
    write(folder, "consent", page, &consent).await?;
    let account = |name, email| Account {
        value: "1",
        name,
        email,
    };
    let accounts = AccountsView {
        page,
        form: FORM,
        client: Some(CLIENT),
        accounts: vec![
            account(Some("Jane Doe"), JANE),
            account(
                None,
                "a.very.long.address.of.somebody@subdomain.example.org",
            ),
        ],
        another: "#",
    };
    write(folder, "accounts", page, &accounts).await
}

async fn endings(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, fault) in [
        ("error-client", Fault::Client),
        ("error-user", Fault::User),
        ("error-server", Fault::Server),
        ("error-too-many", Fault::TooMany),
        ("error-denied", Fault::Denied),
        ("error-not-found", Fault::NotFound),
    ] {
        let error = ErrorView {
            page,
            fault,
            client: Some(CLIENT),
            detail: (fault == Fault::Client)
                .then_some("the redirect URI is not registered for this client"),
            request_id: Some("x7k2m9p4q8r3s6t1v5w0"),
            back: (fault == Fault::User).then_some("#"),
        };
        write(folder, name, page, &error).await?;
    }
    let detail = "post_logout_redirect_uri is not registered for this client";
    for (name, fault) in [
        ("logout", None),
        (
            "logout-invalid",
            Some((LogoutFault::UriUnregistered, detail.to_owned())),
        ),
    ] {
        let logout = LogoutView {
            page,
            form: FORM,
            client: Some(CLIENT),
            account: JANE,
            fault,
        };
        write(folder, name, page, &logout).await?;
    }
    let logged_out = LoggedOutView {
        page,
        frames: Vec::new(),
        go_on: None,
        client: Some(CLIENT),
    };
    write(folder, "logged-out", page, &logged_out).await?;
    let form_post = FormPostView {
        page,
        action: "#",
        fields: vec![("code", "c")],
        client: CLIENT,
    };
    write(folder, "form-post", page, &form_post).await
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

const TIME: &str = "Nov 22, 2026, 08:10";

async fn account(folder: &Path, page: PageContext<'_>) -> Outcome {
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
        problem: Some(refused(Problem::ProfileInvalid)),
        longest: 200,
        name: "Jane Doe",
        given_name: "Jane",
        family_name: "",
        locale: "en",
        locales: vec![("en", "English"), ("de", "Deutsch")],
        zoneinfo: "Europe/Berlin",
        zones: vec!["Europe/Berlin", "Europe/Paris"],
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
        passkeys: vec![
            item("iCloud Keychain", false, &[&added, &used]),
            item("YubiKey 5", false, &[&added]),
        ],
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

async fn changes(folder: &Path, page: PageContext<'_>) -> Outcome {
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
