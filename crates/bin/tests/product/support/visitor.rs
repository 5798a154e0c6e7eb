//! Headless browser that follows redirects, keeps cookies and submits forms.

use super::{CALLBACK, CHALLENGE, EMAIL, Http, ISSUER, PASSWORD, Registered};
use axum::http::{StatusCode, header};
use reqwest::redirect::Policy;
use std::collections::BTreeMap;

/// User with a new browser. It reaches the server by its issuer URL, as behind a TLS proxy.
pub(crate) struct Visitor {
    http: Http,
    cookies: BTreeMap<String, String>,
}

/// Returns the URL of an authorization request for `openid` and `read`.
pub(crate) fn authorization_of(client: &Registered) -> String {
    let parameters = [
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid read"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let address = format!("{ISSUER}/oauth2/authorize");
    let address = reqwest::Url::parse_with_params(&address, parameters);
    address.unwrap().into()
}

/// Result of a visit.
pub(crate) enum Place {
    /// Page of the server.
    Page(String),
    /// Redirect to another site, which is not followed.
    Elsewhere(String),
}

impl Place {
    #[track_caller]
    pub(crate) fn elsewhere(self) -> String {
        match self {
            Self::Elsewhere(address) => address,
            Self::Page(page) => panic!("expected a redirect: {page}"),
        }
    }

    #[track_caller]
    pub(crate) fn page(self) -> String {
        match self {
            Self::Page(page) => page,
            Self::Elsewhere(address) => panic!("redirected to {address}"),
        }
    }
}

impl Visitor {
    pub(crate) fn of(http: &Http) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none());
        Self {
            http: Http::by(client, http.address),
            cookies: BTreeMap::new(),
        }
    }

    /// Moves the browser, with its cookies, to another server of the same issuer.
    pub(crate) fn moved_to(self, http: &Http) -> Self {
        Self {
            cookies: self.cookies,
            ..Self::of(http)
        }
    }

    /// Visits a URL of the server.
    pub(crate) async fn go(&mut self, address: &str) -> Place {
        self.follow(self.http.client.get(self.at(address))).await
    }

    /// Signs in on the sign-in page and gives consent on the next page.
    pub(crate) async fn log_in(&mut self, page: &str) -> Place {
        let consent = self.log_in_again(page).await.page();
        self.send(&consent, &[("decision", "agree")]).await
    }

    /// Signs in on the sign-in page, if consent is remembered.
    pub(crate) async fn log_in_again(&mut self, page: &str) -> Place {
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        self.send(page, &fields).await
    }

    /// Submits the first form of a page with these fields.
    pub(crate) async fn send(&mut self, page: &str, fields: &[(&str, &str)]) -> Place {
        let start = page.find("<form").unwrap();
        let form = page[start..].split("</form>").next().unwrap();
        let hidden = form
            .split("<input")
            .filter(|input| input.contains("type=\"hidden\""))
            .map(|input| (attribute(input, "name"), attribute(input, "value")));
        let filled: Vec<_> = hidden
            .chain(fields.iter().map(|(name, value)| (*name, *value)))
            .collect();
        let address = self.at(attribute(form, "action"));
        let request = self.http.client.post(address).form(&filled);
        self.follow(request.header(header::ORIGIN, ISSUER)).await
    }

    async fn follow(&mut self, first: reqwest::RequestBuilder) -> Place {
        let mut request = first;
        // Browsers follow about 20 redirects.
        for _ in 0..20 {
            let cookies = self.cookies.iter();
            let pairs: Vec<_> = cookies
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let response = request
                .header(header::COOKIE, pairs.join("; "))
                .send()
                .await
                .unwrap();
            for set in response.headers().get_all(header::SET_COOKIE) {
                let set = set.to_str().unwrap();
                assert!(
                    set.starts_with("__Host-") && set.contains("; Secure"),
                    "{set}"
                );
                let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = response.headers().get(header::LOCATION) else {
                assert_eq!(response.status(), StatusCode::OK);
                return Place::Page(response.text().await.unwrap());
            };
            let location = location.to_str().unwrap().to_owned();
            if !location.starts_with('/') && !location.starts_with(ISSUER) {
                return Place::Elsewhere(location);
            }
            request = self.http.client.get(self.at(&location));
        }
        panic!("too many redirects");
    }

    fn at(&self, address: &str) -> String {
        let path = address.strip_prefix(ISSUER).unwrap_or(address);
        self.http.url(&path.replace("&amp;", "&"))
    }
}

/// Returns the value of an attribute. The pages contain no character references except `&amp;`.
fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = tag.split_once(&format!("{name}=\""));
    start
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default()
}

/// Returns the value of a query parameter.
#[track_caller]
pub(crate) fn parameter(address: &str, name: &str) -> String {
    let address = reqwest::Url::parse(address).unwrap();
    let mut query = address.query_pairs();
    let found = query.find_map(|(own, value)| (own == name).then(|| value.into_owned()));
    found.unwrap_or_else(|| panic!("no {name} in {address}"))
}
