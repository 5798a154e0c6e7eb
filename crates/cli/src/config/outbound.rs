//! Settings for outbound requests.

use crate::command_error::CommandError;
use crate::config::keys;
use crate::config::reader::Reader;
use countersign_adapters_system::{HttpOutbound, InvalidOutboundSettings, OutboundSettings};
use countersign_domain::secret::Secret;
use countersign_ports::OutboundPurpose;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Settings for requests to URLs that clients and users provide.
#[derive(Clone, Debug)]
pub(crate) struct Outbound {
    /// Purposes for which private networks are allowed.
    pub(crate) private_networks: Vec<OutboundPurpose>,
    /// Proxy URL.
    proxy: Option<Secret>,
    /// PEM file with certificate authorities.
    ca_file: Option<PathBuf>,
    /// Timeout for one request.
    timeout: Duration,
}

impl Reader<'_> {
    pub(super) fn outbound(&mut self) -> Option<Outbound> {
        let private_networks = self.read(&keys::OUTBOUND_PRIVATE_NETWORKS, |text| {
            let names = text.split(',').map(str::trim);
            names
                .filter(|name| !name.is_empty())
                .map(OutboundPurpose::parse)
                .collect::<Option<_>>()
        });
        let proxy = self.read(&keys::OUTBOUND_PROXY, |text| Some(Secret::new(text)));
        let ca_file = self.read(&keys::OUTBOUND_CA_FILE, |text| Some(text.into()));
        let timeout = self.seconds(&keys::OUTBOUND_TIMEOUT);
        Some(Outbound {
            private_networks: private_networks.unwrap_or_default(),
            proxy,
            ca_file,
            timeout: timeout?,
        })
    }
}

impl Outbound {
    /// Returns whether webhooks may be in private networks.
    pub(crate) fn allows_private_webhooks(&self) -> bool {
        self.private_networks.contains(&OutboundPurpose::Webhook)
    }

    /// Reads the CA file and creates the HTTP client.
    pub(crate) fn client(&self) -> Result<HttpOutbound, CommandError> {
        let ca_certificates = self.ca_file.as_ref().map(|file| {
            fs::read(file).map_err(|error| {
                CommandError::usage(format!(
                    "`{}`: failed to read {}: {error}.",
                    keys::OUTBOUND_CA_FILE.path,
                    file.display()
                ))
            })
        });
        let settings = OutboundSettings {
            private_networks: self.private_networks.clone(),
            proxy: self.proxy.clone(),
            ca_certificates: ca_certificates.transpose()?,
            timeout: self.timeout,
            ..OutboundSettings::default()
        };
        HttpOutbound::new(settings).map_err(|error| self.explained(error))
    }

    /// Converts the error. The message omits the value because it may contain a password.
    fn explained(&self, error: InvalidOutboundSettings) -> CommandError {
        let key = match error {
            InvalidOutboundSettings::Proxy => &keys::OUTBOUND_PROXY,
            InvalidOutboundSettings::CaCertificates => &keys::OUTBOUND_CA_FILE,
        };
        let place = match &self.ca_file {
            Some(file) if key.path == keys::OUTBOUND_CA_FILE.path => {
                format!(" ({})", file.display())
            }
            _ => String::new(),
        };
        CommandError::usage(format!("`{}`{place} is invalid: {error}.", key.path))
    }
}
