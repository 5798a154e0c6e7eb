//! Static files. Each name contains a digest of the content, so that browsers can cache the file permanently.

use super::theme::Theme;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
const SCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// A static file.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    /// Absolute path of the file on this server.
    pub(super) path: String,
    media_type: HeaderValue,
    content: Cow<'static, str>,
}

impl Asset {
    fn new(
        name: &str,
        extension: &str,
        media_type: HeaderValue,
        content: impl Into<Cow<'static, str>>,
    ) -> Self {
        let content = content.into();
        let digest = Sha256::digest(content.as_bytes());
        let digest = Base64UrlUnpadded::encode_string(digest.get(..9).unwrap_or(&digest));
        Self {
            path: format!("/assets/{name}.{digest}.{extension}"),
            media_type,
            content,
        }
    }
}

/// All static files.
#[derive(Clone, Debug)]
pub(super) struct Assets {
    pub(super) style: Asset,
    pub(super) theme: Asset,
    pub(super) mark: Asset,
    pub(super) codes: Asset,
    pub(super) passkey: Asset,
    pub(super) reveal: Asset,
    pub(super) signal: Asset,
    pub(super) submit: Asset,
}

/// Returns the script `assets/NAME.js`.
macro_rules! script {
    ($name:literal) => {
        Asset::new(
            $name,
            "js",
            SCRIPT,
            include_str!(concat!("../../assets/", $name, ".js")),
        )
    };
}

impl Assets {
    pub(super) fn new(theme: &Theme) -> Self {
        Self {
            style: Asset::new("style", "css", CSS, include_str!("../../assets/style.css")),
            theme: Asset::new("theme", "css", CSS, theme.style_sheet()),
            mark: Asset::new("mark", "svg", SVG, theme.mark()),
            codes: script!("codes"),
            passkey: script!("passkey"),
            reveal: script!("reveal"),
            signal: script!("signal"),
            submit: script!("submit"),
        }
    }

    /// Returns the file with this name, which includes the digest.
    pub(super) fn serve(&self, file: &str) -> Option<Response> {
        let all = [
            &self.style,
            &self.theme,
            &self.mark,
            &self.codes,
            &self.passkey,
            &self.reveal,
            &self.signal,
            &self.submit,
        ];
        let asset = all
            .into_iter()
            .find(|asset| asset.path.strip_prefix("/assets/") == Some(file))?;
        let headers = [
            (header::CONTENT_TYPE, asset.media_type.clone()),
            (header::CACHE_CONTROL, FOR_GOOD),
            (header::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        ];
        Some((headers, asset.content.clone().into_owned()).into_response())
    }
}
