//! Pages of lists: `?page=&limit=`.
//!
//! The commands return slices by key. A page with its total needs all slices before it, and a count. Both end after
//! [`MOST`] items, so that a request has a bounded cost.

use crate::api::call::Call;
use crate::api::problem::Problem;
use countersign_application::App;
use countersign_application::admin::AdminError;
use countersign_ports::{After, Slice};
use serde::Serialize;

/// Query parameters of a list.
pub(super) const PARAMETERS: &[&str] = &["page", "limit"];

/// Default number of items of a page.
const LIMIT: usize = 50;
/// Maximum number of items of a page.
const LONGEST: usize = 100;
/// Number of items up to which the total is exact, and that pages can reach.
pub(super) const MOST: usize = 10_000;

/// Requested page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// Number, from 1.
    page: usize,
    /// Maximum number of items.
    limit: usize,
}

/// Description of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Pagination {
    page: usize,
    limit: usize,
    /// Number of items, at most [`MOST`].
    total: usize,
    total_pages: usize,
}

impl Page {
    /// Reads the requested page.
    pub(super) fn read<A: App>(call: &Call<A>) -> Result<Self, Problem> {
        let limit = number(call, "limit", LIMIT, LONGEST)?;
        let page = number(call, "page", 1, MOST.div_ceil(limit))?;
        Ok(Self { page, limit })
    }

    /// Returns the items of the page from those of all pages.
    pub(super) fn within<T>(self, all: Vec<T>) -> (Vec<T>, Pagination) {
        let pagination = self.described(all.len().min(MOST));
        let start = (self.page - 1) * self.limit;
        let items = all.into_iter().skip(start).take(self.limit);
        (items.collect(), pagination)
    }

    /// Collects the page from a list. `key` returns the key of an item; `read` reads the slice after a key.
    pub(super) async fn of<T, K, F>(
        self,
        key: impl Fn(&T) -> K,
        read: impl Fn(After<K>) -> F,
    ) -> Result<(Vec<T>, Pagination), AdminError>
    where
        F: Future<Output = Result<Slice<T>, AdminError>>,
    {
        let start = (self.page - 1) * self.limit;
        let mut items = Vec::new();
        let mut total = 0;
        let mut after = After::start();
        loop {
            let slice = read(after).await?;
            let last = slice.items.last().map(&key);
            let skipped = start.saturating_sub(total);
            total += slice.items.len();
            let wanted = self.limit - items.len();
            items.extend(slice.items.into_iter().skip(skipped).take(wanted));
            match last {
                Some(last) if slice.has_more && total < MOST => after = After::key(last),
                _ => break,
            }
        }
        Ok((items, self.described(total.min(MOST))))
    }

    const fn described(self, total: usize) -> Pagination {
        Pagination {
            page: self.page,
            limit: self.limit,
            total,
            total_pages: total.div_ceil(self.limit),
        }
    }
}

fn number<A: App>(
    call: &Call<A>,
    name: &str,
    default: usize,
    most: usize,
) -> Result<usize, Problem> {
    match call.query(name).map(str::parse) {
        None => Ok(default),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => {
            let rule = format!("must be a number from 1 to {most}");
            Err(Problem::field(name, rule))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the page of a list of the numbers below `length`, in slices of 500.
    async fn page_of(length: usize, page: usize, limit: usize) -> (Vec<usize>, Pagination) {
        let read = async |after: After<usize>| {
            let first = after.key.map_or(0, |key| key + 1);
            let items: Vec<_> = (first..length).take(501).collect();
            Ok(Slice::of(items, 500))
        };
        let page = Page { page, limit };
        page.of(|item| *item, read).await.unwrap()
    }

    #[tokio::test]
    async fn page_has_its_items_and_exact_total() {
        let (items, pagination) = page_of(1203, 13, 100).await;
        assert_eq!(items, (1200..1203).collect::<Vec<_>>());
        assert_eq!((pagination.total, pagination.total_pages), (1203, 13));
        let (items, _) = page_of(1203, 6, 90).await;
        assert_eq!(items, (450..540).collect::<Vec<_>>(), "across two slices");
        let (items, pagination) = page_of(0, 1, 50).await;
        assert_eq!((items.len(), pagination.total_pages), (0, 0));
    }

    #[tokio::test]
    async fn total_ends_at_ten_thousand() {
        for (length, total) in [(9_999, 9_999), (10_000, 10_000), (25_000, 10_000)] {
            let (_, pagination) = page_of(length, 1, 50).await;
            assert_eq!(pagination.total, total);
        }
        let (items, _) = page_of(25_000, 100, 100).await;
        assert_eq!(items, (9_900..10_000).collect::<Vec<_>>());
    }
}
