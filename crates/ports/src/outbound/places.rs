//! Approximate places of network addresses.

use std::fmt;
use std::net::IpAddr;

/// Knows the approximate places of network addresses.
pub trait Places: fmt::Debug + Send + Sync {
    /// Returns the place of an address; `None` if it is unknown. Names are in the language (BCP 47), or else in English.
    fn find(&self, address: IpAddr, language: &str) -> Option<Place>;
}

/// Approximate place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the city, if it is known.
    pub city: Option<String>,
    /// Name of the country, or its ISO 3166-1 code if it has no name.
    pub country: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(city) = &self.city {
            write!(f, "{city}, ")?;
        }
        f.write_str(&self.country)
    }
}

/// Knows no places.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPlaces;

impl Places for NoPlaces {
    fn find(&self, _: IpAddr, _: &str) -> Option<Place> {
        None
    }
}
