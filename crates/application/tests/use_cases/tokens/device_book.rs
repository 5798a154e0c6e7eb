//! Codes and requests of devices in memory. Their sealed form is their place.

use countersign_domain::grant::device_code::{DeviceCode, DeviceRequest};
use countersign_domain::tenant::TenantId;
use countersign_ports::{DeviceCodec, OpenError};
use std::sync::Mutex;

/// Keeps what it seals.
#[derive(Default)]
pub(crate) struct DeviceBook {
    codes: Mutex<Vec<DeviceCode>>,
    requests: Mutex<Vec<([u8; 16], DeviceRequest)>>,
}

impl DeviceBook {
    /// Returns the sealed form of the last request.
    pub(crate) fn last_request(&self) -> Vec<u8> {
        vec![u8::try_from(self.requests.lock().unwrap().len() - 1).unwrap()]
    }
}

impl DeviceCodec for DeviceBook {
    fn seal_code(&self, _: TenantId, code: &DeviceCode) -> String {
        let mut codes = self.codes.lock().unwrap();
        codes.push(*code);
        (codes.len() - 1).to_string()
    }

    fn open_code(&self, _: TenantId, text: &str) -> Result<DeviceCode, OpenError> {
        let place: usize = text.parse().map_err(|_| OpenError::Unknown)?;
        let codes = self.codes.lock().unwrap();
        codes.get(place).copied().ok_or(OpenError::Unknown)
    }

    fn seal_request(&self, _: TenantId, id: [u8; 16], request: &DeviceRequest) -> Vec<u8> {
        self.requests.lock().unwrap().push((id, request.clone()));
        self.last_request()
    }

    fn open_request(
        &self,
        _: TenantId,
        id: [u8; 16],
        sealed: &[u8],
    ) -> Result<DeviceRequest, OpenError> {
        let requests = self.requests.lock().unwrap();
        let place = sealed.first().map(|place| usize::from(*place));
        let found = place.and_then(|place| requests.get(place));
        let found = found.filter(|(own, _)| *own == id);
        found
            .map(|(_, request)| request.clone())
            .ok_or(OpenError::Unknown)
    }
}
