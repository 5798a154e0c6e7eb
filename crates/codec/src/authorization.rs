//! Authorizations and their parts.

use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::authorization as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::login::authentication::{Acr, Authentication, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;

/// Tags of an authorization in the row of a grant.
const STORED: &[i64] = &[
    tags::SCOPE,
    tags::RESOURCES,
    tags::USERINFO_CLAIMS,
    tags::ID_TOKEN_CLAIMS,
    tags::AUTHENTICATION_TIME,
    tags::METHODS,
    tags::ACR,
    tags::BOUND_TO_VERIFIER,
    #[cfg(feature = "test-later-version")]
    crate::test_later_version::CRITICAL,
];

/// Tags of an authorization in any other place.
const WHOLE: &[i64] = &[
    tags::CLIENT,
    tags::SUBJECT,
    tags::SESSION,
    tags::SCOPE,
    tags::RESOURCES,
    tags::USERINFO_CLAIMS,
    tags::ID_TOKEN_CLAIMS,
    tags::AUTHENTICATION_TIME,
    tags::METHODS,
    tags::ACR,
    tags::BOUND_TO_VERIFIER,
    #[cfg(feature = "test-later-version")]
    crate::test_later_version::CRITICAL,
];

/// Tags of an authorization that is not granted yet: access and authentication.
const PENDING: &[i64] = &[
    tags::CLIENT,
    tags::SCOPE,
    tags::RESOURCES,
    tags::USERINFO_CLAIMS,
    tags::ID_TOKEN_CLAIMS,
    tags::AUTHENTICATION_TIME,
    tags::METHODS,
    tags::ACR,
];

/// Tags of access.
const ACCESS: &[i64] = &[
    tags::CLIENT,
    tags::SCOPE,
    tags::RESOURCES,
    tags::USERINFO_CLAIMS,
    tags::ID_TOKEN_CLAIMS,
];

/// Encodes an authorization.
#[must_use]
pub fn encode_authorization(authorization: &Authorization) -> Vec<u8> {
    whole(authorization).finish()
}

/// Decodes the output of [`encode_authorization`] from any version.
pub fn decode_authorization(bytes: &[u8]) -> Result<Authorization, DecodeError> {
    of_fields(&Fields::decode(bytes, WHOLE)?)
}

/// Encodes an authorization for the row of a grant, without the client, subject and session, which have columns.
#[must_use]
pub fn encode_stored(authorization: &Authorization) -> Vec<u8> {
    let mut writer = Writer::new();
    write_granted(&mut writer, authorization);
    writer.finish()
}

/// Decodes the output of [`encode_stored`] from any version, together with the columns.
pub fn decode_stored(
    bytes: &[u8],
    client: ClientId,
    subject: Subject,
    session: Option<SessionId>,
) -> Result<Authorization, DecodeError> {
    granted(&Fields::decode(bytes, STORED)?, client, subject, session)
}

/// Writes an authorization nested in another value.
pub(crate) fn whole(authorization: &Authorization) -> Writer {
    let mut writer = Writer::new();
    writer.text(tags::CLIENT, authorization.client().as_str());
    writer.text(tags::SUBJECT, authorization.subject.as_str());
    if let Some(session) = &authorization.session {
        writer.bytes(tags::SESSION, session.as_bytes());
    }
    write_granted(&mut writer, authorization);
    writer
}

/// Reads what [`whole`] wrote.
pub(crate) fn read_whole(value: Value<'_>) -> Result<Authorization, DecodeError> {
    of_fields(&value.fields(WHOLE)?)
}

/// Writes access nested in another value.
pub(crate) fn nested_access(access: &Access) -> Writer {
    let mut writer = Writer::new();
    writer.text(tags::CLIENT, access.client.as_str());
    write_access(&mut writer, access);
    writer.later(&access.later);
    writer
}

/// Reads what [`nested_access`] wrote.
pub(crate) fn read_access(value: Value<'_>) -> Result<Access, DecodeError> {
    let fields = value.fields(ACCESS)?;
    access(&fields, client(&fields)?)
}

/// Writes access and authentication nested in another value: an authorization that is not granted yet.
pub(crate) fn pending(access: &Access, authentication: Authentication) -> Writer {
    let mut writer = Writer::new();
    writer.text(tags::CLIENT, access.client.as_str());
    write_access(&mut writer, access);
    write_authentication(&mut writer, authentication);
    writer.later(&access.later);
    writer
}

/// Reads what [`pending`] wrote.
pub(crate) fn read_pending(value: Value<'_>) -> Result<(Access, Authentication), DecodeError> {
    let fields = value.fields(PENDING)?;
    let client = client(&fields)?;
    Ok((access(&fields, client)?, authentication(&fields)?))
}

fn of_fields(fields: &Fields<'_>) -> Result<Authorization, DecodeError> {
    let session = fields.optional(tags::SESSION).map(Value::array);
    let session = session.transpose()?.map(SessionId::from_bytes);
    let subject = Subject::new(fields.required(tags::SUBJECT)?.text()?);
    granted(fields, client(fields)?, subject, session)
}

/// Writes everything except the columns of a row.
fn write_granted(writer: &mut Writer, authorization: &Authorization) {
    let Authorization {
        access,
        subject: _,
        authentication,
        session: _,
        bound_to_verifier,
    } = authorization;
    write_access(writer, access);
    write_authentication(writer, *authentication);
    writer.flag(tags::BOUND_TO_VERIFIER, *bound_to_verifier);
    #[cfg(feature = "test-later-version")]
    crate::test_later_version::write_ignorable(writer, &access.later);
    writer.later(&access.later);
}

fn granted(
    fields: &Fields<'_>,
    client: ClientId,
    subject: Subject,
    session: Option<SessionId>,
) -> Result<Authorization, DecodeError> {
    Ok(Authorization {
        access: access(fields, client)?,
        subject,
        authentication: authentication(fields)?,
        session,
        bound_to_verifier: fields.flag(tags::BOUND_TO_VERIFIER)?,
    })
}

/// Writes everything except the client and the facts of later versions, which come last.
fn write_access(writer: &mut Writer, access: &Access) {
    let Access {
        client: _,
        scope,
        resources,
        claims: RequestedClaims { userinfo, id_token },
        later: _,
    } = access;
    if !scope.is_empty() {
        writer.text(tags::SCOPE, scope.as_str());
    }
    writer.texts(tags::RESOURCES, resources.iter().map(Resource::as_str));
    for (tag, claims) in [
        (tags::USERINFO_CLAIMS, userinfo),
        (tags::ID_TOKEN_CLAIMS, id_token),
    ] {
        if *claims != ClaimSet::NONE {
            writer.number(tag, claims.bits().into());
        }
    }
}

fn access(fields: &Fields<'_>, client: ClientId) -> Result<Access, DecodeError> {
    let scope = match fields.optional(tags::SCOPE) {
        Some(scope) => Scope::parse(scope.text()?).map_err(DecodeError::malformed)?,
        None => Scope::none(),
    };
    let resources = fields.list(tags::RESOURCES)?.into_iter();
    let resource = |text: Value<'_>| {
        let text = text.text()?;
        Resource::parse(text).map_err(DecodeError::malformed)
    };
    let claims = |tag| {
        let bits = fields.number_or_zero(tag)?;
        let bits = u32::try_from(bits).map_err(DecodeError::malformed)?;
        Ok::<_, DecodeError>(ClaimSet::from_bits(bits))
    };
    let later = fields.later();
    #[cfg(feature = "test-later-version")]
    let later = crate::test_later_version::with_critical(later, fields);
    Ok(Access {
        client,
        scope,
        resources: resources.map(resource).collect::<Result<_, _>>()?,
        claims: RequestedClaims {
            userinfo: claims(tags::USERINFO_CLAIMS)?,
            id_token: claims(tags::ID_TOKEN_CLAIMS)?,
        },
        later,
    })
}

fn client(fields: &Fields<'_>) -> Result<ClientId, DecodeError> {
    let text = fields.required(tags::CLIENT)?.text()?;
    ClientId::parse(text).map_err(DecodeError::malformed)
}

fn write_authentication(writer: &mut Writer, authentication: Authentication) {
    let Authentication { time, methods, acr } = authentication;
    writer.number(tags::AUTHENTICATION_TIME, time.as_unix_seconds());
    writer.number(tags::METHODS, methods.bits().into());
    writer.number(tags::ACR, acr.rank().into());
}

fn authentication(fields: &Fields<'_>) -> Result<Authentication, DecodeError> {
    let time = fields.required(tags::AUTHENTICATION_TIME)?.number()?;
    Ok(Authentication {
        time: Timestamp::from_unix_seconds(time),
        methods: Methods::from_bits(fields.required(tags::METHODS)?.number_as()?),
        acr: Acr::from_rank(fields.required(tags::ACR)?.number_as()?),
    })
}
