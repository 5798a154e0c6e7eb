//! The answer to a client, through the browser (RFC 6749 section 4.1.2, OAuth 2.0 Multiple Response Types section 2.1,
//! OAuth 2.0 Form Post Response Mode, RFC 9207).

use crate::browser::Visit;
use crate::pages::views::FormPostView;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_application::{App, Asker};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::form;

/// `response_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    #[default]
    Query,
    Fragment,
    FormPost,
}

impl ResponseMode {
    /// The mode of this name; by default that of `response_type=code`.
    pub(super) fn of(name: Option<&str>) -> Result<Self, Refusal> {
        match name {
            None | Some("query") => Ok(Self::Query),
            Some("fragment") => Ok(Self::Fragment),
            Some("form_post") => Ok(Self::FormPost),
            Some(other) => Err(Refusal::ResponseModeUnsupported(Evidence::of(other))),
        }
    }
}

/// The way back to a client.
pub(crate) struct WayBack {
    /// Who asked.
    pub(crate) asker: Asker,
    /// In which form the answer goes.
    pub(super) mode: ResponseMode,
    /// `state`.
    pub(super) state: Option<String>,
}

impl WayBack {
    /// The answer with a code.
    pub(super) fn code<A: App>(&self, visit: &Visit<A>, code: &str) -> Response {
        metrics::counter!("countersign_codes_issued_total").increment(1);
        self.answer(visit, &[("code", code)])
    }

    /// The answer with an error.
    pub(crate) fn error<A: App>(
        &self,
        visit: &Visit<A>,
        error: &str,
        description: &str,
    ) -> Response {
        let fields = [("error", error), ("error_description", description)];
        self.answer(visit, &fields)
    }

    /// Every answer says who gives it, so that a client of several servers cannot be made to mix them up
    /// (RFC 9207 section 2).
    fn answer<A: App>(&self, visit: &Visit<A>, fields: &[(&str, &str)]) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        let issuer = ("iss", visit.issuer());
        let fields = fields.iter().copied().chain(state).chain([issuer]);
        let fields: Vec<_> = fields.collect();
        let uri = self.asker.redirect_uri.as_str();
        match self.mode {
            ResponseMode::Query => see_other(&with_query(uri, &fields)),
            ResponseMode::Fragment => see_other(&format!("{uri}#{}", form::encoded(&fields))),
            ResponseMode::FormPost => {
                let view = FormPostView {
                    page: visit.page(),
                    action: uri,
                    fields,
                    client: &self.asker.client.name,
                };
                visit.page().show(StatusCode::OK, &view)
            }
        }
    }
}

/// An address of a client with parameters added to those it has.
pub(crate) fn with_query(uri: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return uri.to_owned();
    }
    let between = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{between}{}", form::encoded(pairs))
}

/// A redirect that makes a browser forget what it posted (RFC 9700 section 4.12). Nobody keeps it, and it tells nobody
/// where it came from.
pub(crate) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        tracing::error!("a redirect cannot be written down");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
