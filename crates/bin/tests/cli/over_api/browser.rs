//! Headless browser with cookies, for the pages of a development server.

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use std::collections::BTreeMap;

pub(crate) struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
}

/// Page that the browser shows.
pub(crate) struct Page {
    address: Url,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Visits an address and follows its redirects, to other hosts too.
    pub(crate) async fn go(&mut self, address: &str) -> Page {
        let address = Url::parse(address).unwrap();
        self.follow(self.http.get(address.clone()), address).await
    }

    /// Submits the first form of a page with these fields.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let start = page.text.find("<form").unwrap();
        let form = page.text[start..].split("</form>").next().unwrap();
        let inputs = form
            .split("<input")
            .filter(|own| own.contains("type=\"hidden\""));
        let hidden = inputs.map(|input| (attribute(input, "name"), attribute(input, "value")));
        let filled: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        let action = attribute(form, "action").replace("&amp;", "&");
        let address = page.address.join(&action).unwrap();
        let origin = address.origin().ascii_serialization();
        let request = self.http.post(address.clone()).form(&filled);
        self.follow(request.header("origin", origin), address).await
    }

    async fn follow(&mut self, first: RequestBuilder, mut address: Url) -> Page {
        let mut request = first;
        for _ in 0..20 {
            let cookies = self.cookies.iter();
            let pairs: Vec<_> = cookies
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let request_with = request.header("cookie", pairs.join("; "));
            let response = request_with.send().await.unwrap();
            for set in response.headers().get_all("set-cookie") {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = response.headers().get("location") else {
                let text = response.text().await.unwrap();
                return Page { address, text };
            };
            address = address.join(location.to_str().unwrap()).unwrap();
            request = self.http.get(address.clone());
        }
        panic!("too many redirects");
    }
}

/// Returns the value of an attribute. The pages contain no character references except `&amp;`.
fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = tag.split_once(&format!("{name}=\""));
    start
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default()
}
