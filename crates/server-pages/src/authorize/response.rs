//! Authorization response through the browser (RFC 6749 section 4.1.2, OAuth 2.0 Multiple Response Types section 2.1,
//! OAuth 2.0 Form Post Response Mode, RFC 9207).

use crate::browser::Browser;
use crate::pages::views::FormPostView;
use crate::redirect::see_other;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, RequestingClient};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::authorization;
use countersign_server_http::wire::form::{self, with_query};

/// `response_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    #[default]
    Query,
    Fragment,
    FormPost,
}

impl ResponseMode {
    /// Returns the mode with this name. The default is that of `response_type=code`.
    pub(super) fn of(name: Option<&str>) -> Result<Self, Refusal> {
        match name {
            None | Some("query") => Ok(Self::Query),
            Some("fragment") => Ok(Self::Fragment),
            Some("form_post") => Ok(Self::FormPost),
            Some(other) => Err(Refusal::ResponseModeUnsupported(Evidence::of(other))),
        }
    }
}

/// Target of an authorization response.
pub(crate) struct ResponseTarget {
    /// Client and redirect URI.
    pub(crate) asking: RequestingClient,
    /// Response mode.
    pub(super) mode: ResponseMode,
    /// `state`.
    pub(super) state: Option<String>,
}

impl ResponseTarget {
    /// Returns the response with a code.
    pub(crate) fn code<A: App>(&self, browser: &Browser<A>, code: &str) -> Response {
        metrics::counter!("countersign_codes_issued_total").increment(1);
        self.answer(browser, &[("code", code)])
    }

    /// Returns the response with an error.
    pub(crate) fn error<A: App>(
        &self,
        browser: &Browser<A>,
        error: &str,
        description: &str,
    ) -> Response {
        let fields = [("error", error), ("error_description", description)];
        self.answer(browser, &fields)
    }

    /// Returns the response.
    fn answer<A: App>(&self, browser: &Browser<A>, fields: &[(&str, &str)]) -> Response {
        let fields = authorization::response(fields, self.state.as_deref(), browser.issuer());
        let uri = self.asking.redirect_uri.as_str();
        match self.mode {
            ResponseMode::Query => see_other(&with_query(uri, &fields)),
            ResponseMode::Fragment => see_other(&format!("{uri}#{}", form::encoded(&fields))),
            ResponseMode::FormPost => {
                let view = FormPostView {
                    page: browser.page(),
                    action: uri,
                    fields,
                    client: &self.asking.client.name,
                };
                browser.page().show(StatusCode::OK, &view)
            }
        }
    }
}
