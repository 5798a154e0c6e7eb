//! Approximate places of network addresses, from a file in the MMDB format (version 2).
//!
//! The file is in memory. Lookups never read the disk.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer;

use countersign_domain::time::Timestamp;
use countersign_ports::{Place, Places};
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::iter::successors;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;
use std::{fmt, fs};

/// Words in the types of databases with places, such as `GeoLite2-City` and `DBIP-Country-Lite`.
const TYPES: [&str; 3] = ["City", "Country", "Enterprise"];

/// Reason why a file was rejected.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPlaces {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// The file has another format, or is damaged.
    #[error("it is not a complete MaxMind DB file: {0}")]
    Damaged(#[from] MaxMindDbError),
    /// The database has other data, such as names of networks.
    #[error("it is a {0} database, which has no places")]
    OtherData(String),
}

/// File with the places of network addresses.
pub struct PlaceFile {
    path: PathBuf,
    loaded: RwLock<Loaded>,
}

/// Content of the file.
struct Loaded {
    reader: Reader<Vec<u8>>,
    state: State,
}

/// Modification time and size, to detect that the file was replaced.
type State = (Option<SystemTime>, u64);

impl PlaceFile {
    /// Reads and verifies the file. Blocks for about a second if the file is large.
    pub fn open(path: &Path) -> Result<Self, InvalidPlaces> {
        Ok(Self {
            path: path.to_owned(),
            loaded: RwLock::new(Loaded::from(path)?),
        })
    }

    /// Reads the file again if it was replaced. Returns whether it was. If the new file is invalid, keeps the earlier
    /// content. Blocks as [`PlaceFile::open`] does.
    pub fn reload(&self) -> Result<bool, InvalidPlaces> {
        if state(&self.path)? == self.loaded().state {
            return Ok(false);
        }
        let loaded = Loaded::from(&self.path)?;
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(true)
    }

    /// Returns the type of the database, such as `GeoLite2-City`.
    #[must_use]
    pub fn database_type(&self) -> String {
        self.loaded().reader.metadata().database_type.clone()
    }

    /// Returns the time at which the provider built the database.
    #[must_use]
    pub fn built_at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.loaded().reader.metadata().build_epoch)
    }

    fn loaded(&self) -> RwLockReadGuard<'_, Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Loaded {
    fn from(path: &Path) -> Result<Self, InvalidPlaces> {
        // Read before the content, so that a replacement in between is found later.
        let state = state(path)?;
        let reader = Reader::from_source(fs::read(path)?)?;
        reader.verify()?;
        let kind = &reader.metadata().database_type;
        if TYPES.iter().all(|word| !kind.contains(word)) {
            return Err(InvalidPlaces::OtherData(kind.clone()));
        }
        Ok(Self { reader, state })
    }
}

fn state(path: &Path) -> io::Result<State> {
    let file = fs::metadata(path)?;
    Ok((file.modified().ok(), file.len()))
}

impl fmt::Debug for PlaceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PlaceFile").field(&self.path).finish()
    }
}

impl Places for PlaceFile {
    fn find(&self, address: IpAddr, language: &str) -> Option<Place> {
        let loaded = self.loaded();
        // An error means that the database has only IPv4 addresses, or that the record has another structure.
        let found = loaded.reader.lookup(address.to_canonical()).ok()?;
        let record: Record<'_> = found.decode().ok()??;
        let Record { city, country } = record;
        let country = country.name(language).or(country.iso_code)?;
        Some(Place {
            city: city.name(language).map(str::to_owned),
            country: country.to_owned(),
        })
    }
}

/// Record of a network.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    city: Named<'a>,
    #[serde(borrow)]
    country: Named<'a>,
}

/// City or country.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    /// Names by language.
    #[serde(borrow)]
    names: BTreeMap<&'a str, &'a str>,
    iso_code: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// Returns the name in a language, or else in English. Uses the lookup of RFC 4647 section 3.4: `de-CH` finds `de`.
    fn name(&self, language: &str) -> Option<&'a str> {
        let ranges = successors(Some(language), |range| {
            range.rsplit_once('-').map(|(shorter, _)| shorter)
        });
        ranges.chain(["en"]).find_map(|range| {
            let mut names = self.names.iter();
            let found = names.find(|(tag, _)| tag.eq_ignore_ascii_case(range));
            found.map(|(_, name)| *name).filter(|name| !name.is_empty())
        })
    }
}
