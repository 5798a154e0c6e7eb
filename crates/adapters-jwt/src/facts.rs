//! Authorization codes and login steps as bytes. What is read goes through the constructors of the
//! domain, as any other text from outside.

use crate::wire::{Reader, Writer};
use countersign_domain::authentication::{Authentication, Methods};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{GrantId, LoginId, SessionId, Subject, UserId};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::pkce::CodeChallenge;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;

/// The facts of a code.
pub(crate) fn write_code(code: &AuthorizationCode) -> Vec<u8> {
    let AuthorizationCode {
        grant,
        subject,
        requested,
        authentication,
        password,
        expires_at,
    } = code;
    let mut writer = Writer::default();
    writer.array(grant.as_bytes());
    writer.text(subject.as_str());
    write_requested(&mut writer, requested);
    write_authentication(&mut writer, *authentication);
    writer.presence(password.is_some());
    if let Some(password) = password {
        writer.array(password.as_bytes());
    }
    writer.number(expires_at.as_unix_seconds());
    writer.finish()
}

/// What [`write_code`] wrote.
pub(crate) fn read_code(bytes: &[u8]) -> Option<AuthorizationCode> {
    let mut reader = Reader::new(bytes);
    let code = AuthorizationCode {
        grant: GrantId::from_bytes(reader.array()?),
        subject: Subject::new(reader.text()?),
        requested: read_requested(&mut reader)?,
        authentication: read_authentication(&mut reader)?,
        password: if reader.presence()? {
            Some(PasswordMark::from_bytes(reader.array()?))
        } else {
            None
        },
        expires_at: read_time(&mut reader)?,
    };
    reader.finish(code)
}

/// The facts of a refresh token, but for its grant and its generation, which stand in front of them.
pub(crate) fn write_refresh_token(token: &RefreshToken) -> Vec<u8> {
    let RefreshToken {
        grant: _,
        generation: _,
        client,
        subject,
        scope,
        authentication,
        claims,
        resources,
        bound_to_verifier,
    } = token;
    let mut writer = Writer::default();
    writer.text(client.as_str());
    writer.text(subject.as_str());
    writer.text(scope.as_str());
    write_authentication(&mut writer, *authentication);
    write_claims(&mut writer, *claims);
    write_resources(&mut writer, resources);
    writer.presence(*bound_to_verifier);
    writer.finish()
}

/// What [`write_refresh_token`] wrote.
pub(crate) fn read_refresh_token(
    grant: GrantId,
    generation: u32,
    bytes: &[u8],
) -> Option<RefreshToken> {
    let mut reader = Reader::new(bytes);
    let token = RefreshToken {
        grant,
        generation,
        client: ClientId::parse(reader.text()?).ok()?,
        subject: Subject::new(reader.text()?),
        scope: read_scope(&mut reader)?,
        authentication: read_authentication(&mut reader)?,
        claims: read_claims(&mut reader)?,
        resources: read_resources(&mut reader)?,
        bound_to_verifier: reader.presence()?,
    };
    reader.finish(token)
}

/// The facts of a step, but for the stage, which stands in front of the sealed text.
pub(crate) fn write_step(step: &LoginStep) -> Vec<u8> {
    let LoginStep {
        login,
        stage: _,
        user,
        requested,
        authentication,
        password,
        expires_at,
    } = step;
    let mut writer = Writer::default();
    writer.array(login.as_bytes());
    writer.array(user.as_bytes());
    write_requested(&mut writer, requested);
    write_authentication(&mut writer, *authentication);
    writer.array(password.as_bytes());
    writer.number(expires_at.as_unix_seconds());
    writer.finish()
}

/// What [`write_step`] wrote.
pub(crate) fn read_step(stage: LoginStage, bytes: &[u8]) -> Option<LoginStep> {
    let mut reader = Reader::new(bytes);
    let step = LoginStep {
        login: LoginId::from_bytes(reader.array()?),
        stage,
        user: UserId::from_bytes(reader.array()?),
        requested: read_requested(&mut reader)?,
        authentication: read_authentication(&mut reader)?,
        password: PasswordMark::from_bytes(reader.array()?),
        expires_at: read_time(&mut reader)?,
    };
    reader.finish(step)
}

fn write_requested(writer: &mut Writer, requested: &RequestedGrant) {
    let RequestedGrant {
        client,
        redirect_uri,
        scope,
        challenge,
        nonce,
        claims,
        resources,
    } = requested;
    writer.text(client.as_str());
    writer.text(redirect_uri.as_str());
    writer.text(scope.as_str());
    writer.presence(challenge.is_some());
    if let Some(challenge) = challenge {
        writer.array(challenge.as_bytes());
    }
    writer.presence(nonce.is_some());
    if let Some(nonce) = nonce {
        writer.text(nonce);
    }
    write_claims(writer, *claims);
    write_resources(writer, resources);
}

fn read_requested(reader: &mut Reader<'_>) -> Option<RequestedGrant> {
    Some(RequestedGrant {
        client: ClientId::parse(reader.text()?).ok()?,
        redirect_uri: RedirectUri::parse(reader.text()?).ok()?,
        scope: read_scope(reader)?,
        challenge: if reader.presence()? {
            Some(CodeChallenge::from_bytes(reader.array()?))
        } else {
            None
        },
        nonce: if reader.presence()? {
            Some(reader.text()?.into())
        } else {
            None
        },
        claims: read_claims(reader)?,
        resources: read_resources(reader)?,
    })
}

fn write_authentication(writer: &mut Writer, authentication: Authentication) {
    let Authentication {
        time,
        methods,
        session,
    } = authentication;
    writer.number(time.as_unix_seconds());
    writer.array(&[methods.bits()]);
    writer.presence(session.is_some());
    if let Some(session) = session {
        writer.array(session.as_bytes());
    }
}

fn read_authentication(reader: &mut Reader<'_>) -> Option<Authentication> {
    Some(Authentication {
        time: read_time(reader)?,
        methods: {
            let [bits] = reader.array()?;
            Methods::from_bits(bits)?
        },
        session: if reader.presence()? {
            Some(SessionId::from_bytes(reader.array()?))
        } else {
            None
        },
    })
}

fn write_claims(writer: &mut Writer, claims: RequestedClaims) {
    let RequestedClaims { userinfo, id_token } = claims;
    writer.number(userinfo.bits().into());
    writer.number(id_token.bits().into());
}

fn read_claims(reader: &mut Reader<'_>) -> Option<RequestedClaims> {
    let mut set = || {
        let bits = u32::try_from(reader.number()?).ok()?;
        Some(ClaimSet::from_bits(bits))
    };
    Some(RequestedClaims {
        userinfo: set()?,
        id_token: set()?,
    })
}

fn write_resources(writer: &mut Writer, resources: &[Resource]) {
    writer.number(resources.len() as u64);
    for resource in resources {
        writer.text(resource.as_str());
    }
}

fn read_resources(reader: &mut Reader<'_>) -> Option<Vec<Resource>> {
    let count = reader.number()?;
    (0..count)
        .map(|_| Resource::parse(reader.text()?).ok())
        .collect()
}

fn read_scope(reader: &mut Reader<'_>) -> Option<Scope> {
    match reader.text()? {
        "" => Some(Scope::none()),
        text => Scope::parse(text).ok(),
    }
}

fn read_time(reader: &mut Reader<'_>) -> Option<Timestamp> {
    reader.number().map(Timestamp::from_unix_seconds)
}
