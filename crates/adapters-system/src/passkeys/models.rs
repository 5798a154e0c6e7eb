//! Names of authenticator models, by their AAGUID (Web Authentication section 6.5.1).
//!
//! Authenticators that store passkeys say their model even without an attestation. It is not proved, so it only names
//! the passkey for its owner.

use minicbor::Decoder;
use minicbor::data::Type;
use uuid::{Uuid, uuid};

/// Well-known models, by the public list of passkey providers and the metadata service of the FIDO Alliance.
const MODELS: &[(Uuid, &str)] = &[
    (
        uuid!("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"),
        "iCloud Keychain",
    ),
    (
        uuid!("dd4ec289-e01d-41c9-bb89-70fa845d4bf2"),
        "iCloud Keychain",
    ),
    (
        uuid!("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"),
        "Google Password Manager",
    ),
    (
        uuid!("adce0002-35bc-c60a-648b-0b25f1f05503"),
        "Chrome on Mac",
    ),
    (
        uuid!("08987058-cadc-4b81-b6e1-30de50dcbe96"),
        "Windows Hello",
    ),
    (
        uuid!("9ddd1817-af5a-4672-a2b9-3e3dd95000a9"),
        "Windows Hello",
    ),
    (
        uuid!("6028b017-b1d4-4c02-b4b3-afcdafc96bb2"),
        "Windows Hello",
    ),
    (uuid!("bada5566-a7aa-401f-bd96-45619a55120d"), "1Password"),
    (uuid!("d548826e-79b4-db40-a3d8-11116f7e8349"), "Bitwarden"),
    (uuid!("531126d6-e717-415c-9320-3d9aa6981239"), "Dashlane"),
    (uuid!("50726f74-6f6e-5061-7373-50726f746f6e"), "Proton Pass"),
    (
        uuid!("53414d53-554e-4700-0000-000000000000"),
        "Samsung Pass",
    ),
    (uuid!("f3809540-7f14-49c1-a8b3-8f813b225541"), "Enpass"),
    (uuid!("b5397666-4885-aa6b-cebf-e52262a439a2"), "Chromium"),
    (uuid!("b84e4048-15dc-4dd0-8640-f4f60813c8af"), "NordPass"),
    (uuid!("0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6"), "Keeper"),
    (uuid!("fdb141b2-5d84-443e-8a35-4698c205a502"), "KeePassXC"),
    (
        uuid!("de1e552d-db1d-4423-a619-566b625cdc84"),
        "Microsoft Authenticator",
    ),
    (
        uuid!("90a3ccdf-635c-4729-a248-9b709135078f"),
        "Microsoft Authenticator",
    ),
    (
        uuid!("2fc0579f-8113-47ea-b116-bb5a8db9202a"),
        "YubiKey 5 NFC",
    ),
    (
        uuid!("fa2b99dc-9e39-4257-8f92-4a30d23c4118"),
        "YubiKey 5 NFC",
    ),
    (uuid!("cb69481e-8ff7-4039-93ec-0a2729a154a8"), "YubiKey 5"),
    (uuid!("ee882879-721c-4913-9775-3dfcce97072a"), "YubiKey 5"),
    (uuid!("c5ef55ff-ad9a-4b9f-b580-adebafe026d0"), "YubiKey 5Ci"),
    (
        uuid!("73bb0cd4-e502-49b8-9c6f-b59445bf720b"),
        "YubiKey 5 FIPS",
    ),
    (
        uuid!("c1f9a0bc-1dd2-404a-b27f-8e29047a43fd"),
        "YubiKey 5 FIPS",
    ),
    (uuid!("d8522d9f-575b-4866-88a9-ba99fa02f35b"), "YubiKey Bio"),
    (
        uuid!("f8a011f3-8c0a-4d15-8006-17111f9edc7d"),
        "Security Key by Yubico",
    ),
    (
        uuid!("b92c3f9a-c014-4056-887f-140a2501163b"),
        "Security Key by Yubico",
    ),
    (
        uuid!("6d44ba9b-f6ec-2e49-b930-0c8fe920cb73"),
        "Security Key NFC by Yubico",
    ),
    (
        uuid!("149a2021-8ef6-4133-96b8-81f8d5b7f1f5"),
        "Security Key NFC by Yubico",
    ),
    (
        uuid!("a4e9fc6d-4cbe-4758-b8ba-37598bb5bbaa"),
        "Security Key NFC by Yubico",
    ),
];

/// Position of the AAGUID in authenticator data: after the hash of the relying party, the flags and the counter
/// (section 6.1).
const AAGUID: std::ops::Range<usize> = 37..53;

/// Returns the name of the model in an attestation object (section 6.5.4).
pub(super) fn name(attestation: &[u8]) -> Option<&'static str> {
    let data = authenticator_data(attestation)?;
    let id = Uuid::from_slice(data.get(AAGUID)?).ok()?;
    let found = MODELS.iter().find(|(model, _)| *model == id);
    found.map(|(_, name)| *name)
}

fn authenticator_data(attestation: &[u8]) -> Option<&[u8]> {
    let mut decoder = Decoder::new(attestation);
    for _ in 0..decoder.map().ok()?? {
        let is_data = decoder.str().ok()? == "authData";
        if is_data && decoder.datatype().ok()? == Type::Bytes {
            return decoder.bytes().ok();
        }
        decoder.skip().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attestation(model: Uuid) -> Vec<u8> {
        let mut data = vec![0; 37];
        data.extend(model.as_bytes());
        let mut encoder = minicbor::Encoder::new(Vec::new());
        encoder.map(3).unwrap();
        encoder.str("fmt").unwrap().str("none").unwrap();
        encoder.str("attStmt").unwrap().map(0).unwrap();
        encoder.str("authData").unwrap().bytes(&data).unwrap();
        encoder.into_writer()
    }

    #[test]
    fn model_is_named_by_aaguid() {
        let known = uuid!("d548826e-79b4-db40-a3d8-11116f7e8349");
        assert_eq!(name(&attestation(known)), Some("Bitwarden"));
        assert_eq!(name(&attestation(Uuid::nil())), None);
    }

    #[test]
    fn malformed_attestation_has_no_model() {
        let whole = attestation(MODELS[0].0);
        for length in 0..whole.len() {
            assert_eq!(name(&whole[..length]), None, "{length}");
        }
        assert_eq!(name(&[0xff; 80]), None);
    }
}
