//! Pages of tenants with their own appearance.

use super::Pages;
use super::assets::Assets;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::{Tenant, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Pages of the server, and those of tenants with their own appearance.
#[derive(Debug)]
pub struct BrandedPages {
    own: Arc<Pages>,
    branded: Mutex<HashMap<TenantId, Branded>>,
}

#[derive(Debug)]
struct Branded {
    branding: Branding,
    pages: Arc<Pages>,
}

impl BrandedPages {
    /// Maximum number of tenants whose pages are kept.
    const MOST: usize = 1000;

    /// Creates the pages of a server.
    #[must_use]
    pub fn new(own: Pages) -> Self {
        Self {
            own: Arc::new(own),
            branded: Mutex::default(),
        }
    }

    /// Returns the pages of a tenant.
    #[must_use]
    pub fn of(&self, tenant: &Tenant) -> Arc<Pages> {
        let branding = &tenant.settings.branding;
        if *branding == Branding::default() {
            return self.own.clone();
        }
        let mut all = self.branded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all
            .get(&tenant.id)
            .filter(|known| known.branding == *branding)
        {
            return known.pages.clone();
        }
        if all.len() >= Self::MOST {
            all.clear();
        }
        let pages = Arc::new(self.own.branded(branding));
        let kept = Branded {
            branding: branding.clone(),
            pages: pages.clone(),
        };
        all.insert(tenant.id, kept);
        pages
    }
}

impl Pages {
    /// Returns these pages with another appearance. A value that is not valid stays as it is.
    fn branded(&self, branding: &Branding) -> Self {
        /// Replaces a value, if another one is set and valid.
        fn replace<T: std::str::FromStr>(value: &mut T, other: Option<&str>) {
            if let Some(other) = other.and_then(|other| other.parse().ok()) {
                *value = other;
            }
        }
        let mut settings = self.settings.clone();
        // They are parsed already.
        settings.catalogues = Vec::new();
        let theme = &mut settings.theme;
        if let Some(name) = &branding.name {
            theme.name.clone_from(name);
        }
        replace(&mut theme.accent, branding.accent.as_deref());
        replace(&mut theme.accent_dark, branding.accent_dark.as_deref());
        let parsed = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let logo = branding.logo.as_deref().and_then(|logo| logo.parse().ok());
        theme.logo = logo.or_else(|| theme.logo.take());
        let links = &mut settings.links;
        links.help = parsed(&branding.help).or_else(|| links.help.take());
        links.terms = parsed(&branding.terms).or_else(|| links.terms.take());
        links.privacy = parsed(&branding.privacy).or_else(|| links.privacy.take());
        settings.mail_from.clone_from(&branding.mail_from);
        Self {
            catalogues: self.catalogues.clone(),
            default_language: self.default_language,
            assets: Assets::new(&settings.theme),
            settings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PageSettings;
    use super::*;
    use countersign_domain::tenant::TenantSettings;

    #[test]
    fn branding_replaces_values_of_server() {
        let pages = BrandedPages::new(Pages::new(PageSettings::default()).unwrap());
        let mut tenant = Tenant {
            id: TenantId::from_number(2).unwrap(),
            issuer: "https://auth.example/t/acme".into(),
            settings: TenantSettings::new("Acme"),
        };
        let name = |tenant: &Tenant| pages.of(tenant).settings.theme.name.clone();
        assert_eq!(name(&tenant), "Countersign");
        tenant.settings.branding.name = Some("Acme".into());
        tenant.settings.branding.accent = Some("#b00020".into());
        let branded = pages.of(&tenant);
        assert_eq!(branded.settings.theme.name, "Acme");
        assert_eq!(branded.settings.theme.accent.to_string(), "#b00020");
        assert!(Arc::ptr_eq(&branded, &pages.of(&tenant)));
        tenant.settings.branding.name = Some("Acme 2".into());
        assert_eq!(name(&tenant), "Acme 2");
    }
}
