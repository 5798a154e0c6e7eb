//! Requests of devices, and device codes.

use super::{GRANT, TIME, full, golden, mark, minimal};
use countersign_codec::{
    decode_device_code, decode_device_request, encode_device_code, encode_device_request,
};
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::device_code::{
    DeviceAnswer, DeviceCode, DeviceRequest, DeviceRequestFacts,
};
use std::time::Duration;

fn request(authorization: Authorization, answer: DeviceAnswer) -> DeviceRequest {
    DeviceRequest::from_stored(DeviceRequestFacts {
        grant: GRANT,
        access: authorization.access,
        requested_at: TIME,
        address: "2001:db8::7".parse().ok(),
        expires_at: TIME.plus(Duration::from_secs(600)),
        answer,
    })
}

fn owner(authorization: &Authorization) -> ResourceOwner {
    ResourceOwner {
        subject: authorization.subject.clone(),
        authentication: authorization.authentication,
        session: authorization.session,
        password: authorization.session.is_none().then(mark),
    }
}

#[test]
fn golden_device_requests_round_trip() {
    let approved = |authorization: Authorization| {
        let owner = owner(&authorization);
        request(authorization, DeviceAnswer::Approved(owner))
    };
    for (value, name) in [
        (
            request(full(), DeviceAnswer::Pending),
            "devices/request-pending-1.hex",
        ),
        (
            request(minimal(), DeviceAnswer::Denied),
            "devices/request-denied-1.hex",
        ),
        (approved(full()), "devices/request-approved-1.hex"),
        (
            approved(minimal()),
            "devices/request-approved-minimal-1.hex",
        ),
    ] {
        let bytes = golden(name, &encode_device_request(&value));
        assert_eq!(decode_device_request(&bytes), Ok(value));
    }
}

#[test]
fn golden_device_code_round_trips() {
    let code = DeviceCode {
        request: [0x77; 16],
        expires_at: TIME,
    };
    let bytes = golden("devices/code-1.hex", &encode_device_code(&code));
    assert_eq!(decode_device_code(&bytes), Ok(code));
}
