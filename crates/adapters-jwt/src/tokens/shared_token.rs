//! MAC over the claims of an access token that a shared key signs.
//!
//! A resource server that holds a shared key can sign any claims. So the server adds a MAC to `jti`, under a key that it
//! does not share, and accepts only tokens that have it. The MAC covers the claims as they were serialized, without the
//! MAC itself. It therefore also covers a claim that only a later version knows.

use crate::sealing::master_key::{MasterKeys, Subkeys};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::tenant::TenantId;

/// Length of a MAC in bytes: the first 160 bits of HMAC-SHA256.
const LENGTH: usize = 20;

/// Returns the MAC over claims that have none yet, under the current key.
pub(crate) fn mac(keys: &MasterKeys, tenant: TenantId, claims: &[u8]) -> Option<[u8; LENGTH]> {
    computed(keys.current(), tenant, claims)
}

/// Returns whether `mac`, which is part of these serialized claims, is correct under any of the keys.
pub(crate) fn is_authentic(
    keys: &MasterKeys,
    tenant: TenantId,
    claims: &str,
    mac: [u8; LENGTH],
) -> bool {
    let text = format!(".{}", Base64UrlUnpadded::encode_string(&mac));
    let claims = claims.replacen(&text, "", 1);
    keys.all().any(|keys| {
        computed(keys, tenant, claims.as_bytes())
            .is_some_and(|expected| verify_slices_are_equal(&expected, &mac).is_ok())
    })
}

fn computed(keys: &Subkeys, tenant: TenantId, claims: &[u8]) -> Option<[u8; LENGTH]> {
    let mut context = hmac::Context::with_key(&keys.shared_tokens);
    context.update(&tenant.number().to_be_bytes());
    context.update(claims);
    context.sign().as_ref().first_chunk().copied()
}
