//! Reads request bodies within a size limit and a deadline.

use super::{form, json};
use crate::wire::malformed::Malformed;
use crate::wire::parameters::Parameters;
use axum::BoxError;
use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use std::future::poll_fn;
use std::mem;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::timeout;

/// Body of a request.
pub trait RequestBody:
    HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static
{
}

impl<B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static> RequestBody for B {}

/// Maximum body size in bytes.
const MOST: usize = 64 * 1024;
/// Maximum number of bytes that are read and discarded of a larger body. A close without reading them would reset the
/// connection, and the client would lose the response.
const MOST_DRAINED: usize = 1024 * 1024;
/// Deadline for a whole body.
const LONGEST: Duration = Duration::from_secs(10);

/// Media types that an endpoint accepts.
#[derive(Clone, Copy)]
pub enum Accepts {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// Either of them.
    JsonOrForm,
}

/// Reads the parameters from a body of an accepted media type.
pub async fn read<P: Parameters>(
    headers: &HeaderMap,
    body: impl HttpBody<Data = Bytes> + Unpin,
    accepts: Accepts,
) -> Result<P, Malformed> {
    let bytes = within_deadline(bytes(body)).await?;
    match (accepts, media_type(headers)) {
        (Accepts::Form | Accepts::JsonOrForm, Some(form::MEDIA_TYPE)) => Ok(form::parse(&bytes)?),
        (Accepts::Json | Accepts::JsonOrForm, Some(json::MEDIA_TYPE)) => json::parse(&bytes),
        (Accepts::Form, _) => Err(Malformed::ContentType(form::MEDIA_TYPE)),
        (Accepts::Json | Accepts::JsonOrForm, _) => Err(Malformed::ContentType(json::MEDIA_TYPE)),
    }
}

/// Reads a JSON object that is not one of parameters.
pub async fn object<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: impl HttpBody<Data = Bytes> + Unpin,
) -> Result<T, Malformed> {
    let bytes = within_deadline(bytes(body)).await?;
    if media_type(headers) != Some(json::MEDIA_TYPE) {
        return Err(Malformed::ContentType(json::MEDIA_TYPE));
    }
    serde_json::from_slice(&bytes).map_err(|_| Malformed::NotJsonObject)
}

/// Returns whether the body is a form.
#[must_use]
pub fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers) == Some(form::MEDIA_TYPE)
}

/// Returns the media type without its parameters, if it is known. A second header or a charset other than UTF-8 makes
/// it unknown.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else {
        return None;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next()?;
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => charset
            .trim()
            .trim_matches('"')
            .eq_ignore_ascii_case("utf-8"),
        _ => true,
    };
    let known = [form::MEDIA_TYPE, json::MEDIA_TYPE];
    let media_type = known
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(essence))?;
    parts.all(is_utf8).then_some(media_type)
}

/// Reads until the deadline. Sets a timer only if the body is still incomplete at the second poll.
async fn within_deadline(
    read: impl Future<Output = Result<Vec<u8>, Malformed>>,
) -> Result<Vec<u8>, Malformed> {
    let mut read = pin!(read);
    let mut is_first = true;
    let at_once = poll_fn(|context| match read.as_mut().poll(context) {
        Poll::Ready(read) => Poll::Ready(Some(read)),
        Poll::Pending if mem::take(&mut is_first) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
    });
    match at_once.await {
        Some(read) => read,
        None => timeout(LONGEST, read)
            .await
            .unwrap_or(Err(Malformed::BodyIncomplete)),
    }
}

async fn bytes(mut body: impl HttpBody<Data = Bytes> + Unpin) -> Result<Vec<u8>, Malformed> {
    let expected = body
        .size_hint()
        .exact()
        .and_then(|size| usize::try_from(size).ok());
    let mut bytes = Vec::with_capacity(expected.unwrap_or(0).min(MOST));
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Malformed::BodyIncomplete)?;
        if let Some(data) = frame.data_ref() {
            received += data.len();
            if received <= MOST {
                bytes.extend_from_slice(data);
            } else if received > MOST_DRAINED {
                break;
            }
        }
        if body.is_end_stream() {
            break;
        }
    }
    if received > MOST {
        Err(Malformed::BodyTooLarge)
    } else {
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(value: &'static str) -> Option<&'static str> {
        media_type(&HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn media_type_with_other_charset_is_unknown() {
        assert_eq!(
            of("application/json; charset=utf-8"),
            Some(json::MEDIA_TYPE)
        );
        assert_eq!(
            of("Application/JSON;charset=\"UTF-8\""),
            Some(json::MEDIA_TYPE)
        );
        assert_eq!(
            of("application/x-www-form-urlencoded; x=y"),
            Some(form::MEDIA_TYPE)
        );
        assert_eq!(of("application/json; charset=latin1"), None);
        assert_eq!(of("application/jsonp"), None);
        assert_eq!(of("text/plain"), None);
        assert_eq!(of(""), None);
    }
}
