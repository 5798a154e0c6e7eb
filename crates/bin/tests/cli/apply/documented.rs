//! The files of the documentation.

use super::{applied, apply};
use crate::place::Place;

const PAGE: &str = include_str!("../../../../../docs/files.md");

#[test]
fn documented_files_apply() {
    let mut place = Place::new();
    place.set("LEGACY_SECRET", "0123456789abcdef0123456789abcdef");
    let mut blocks = PAGE.split("```yaml\n").skip(1);
    let blocks = blocks
        .by_ref()
        .map(|rest| rest.split("```").next().unwrap());
    let all = blocks.collect::<Vec<_>>().join("---\n");
    let done = applied(&place, &all, &["--managed-by", "platform"]);
    assert!(done.contains("6 changed"), "{done}");
    let again = apply(&place, &all, &["--managed-by", "platform", "--plan"]);
    assert_eq!(again.code, 0, "{again:?}");
}
