//! Pages at the end of a request.

use crate::frame::{CLIENT, FORM, JANE, Outcome, write};
use countersign_server_pages::pages::PageContext;
use countersign_server_pages::pages::views::{
    ErrorView, Fault, FormPostView, LoggedOutView, LogoutFault, LogoutView,
};
use std::path::Path;

pub(super) async fn endings(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, fault) in [
        ("error-client", Fault::Client),
        ("error-user", Fault::User),
        ("error-other-session", Fault::OtherSession),
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
