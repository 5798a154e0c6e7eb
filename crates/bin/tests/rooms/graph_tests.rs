//! Tests of the dependency graph.

use crate::graph::{cycles, dependencies};

/// Returns the cycles of a crate with these files.
fn cycles_of(files: &[(&str, &str)]) -> Vec<String> {
    let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
    cycles(&dependencies(&files.iter().map(owned).collect::<Vec<_>>()))
}

#[test]
fn cycle_of_two_files_is_found_with_its_items() {
    let found = cycles_of(&[
        ("lib.rs", "mod a; mod b; use a::Row;"),
        ("a.rs", "use crate::{b::{self, Key}, c}; pub struct Row;"),
        ("b.rs", "pub type Key = u8; fn read(row: super::a::Row) {}"),
        ("c.rs", "pub struct Other;"),
    ]);
    assert_eq!(found, ["a.rs -(Key)-> b.rs -(Row)-> a.rs"]);
}

#[test]
fn cycle_of_parent_and_child_is_found() {
    let child = (
        "a/b.rs",
        "use super::{self as parent, Row as R}; pub fn read() {}",
    );
    let user = ("a/mod.rs", "mod b; fn f() { b::read() } struct Row;");
    let found = ["a/b.rs -(Row)-> a/mod.rs -(read)-> a/b.rs"];
    assert_eq!(cycles_of(&[user, child]), found);
    let exporter = ("a/mod.rs", "mod b; pub use b::read; struct Row;");
    assert_eq!(cycles_of(&[exporter, child]), [""; 0]);
    let both = (
        "a/mod.rs",
        "mod b; pub(crate) use b::read; struct Row(read);",
    );
    assert_eq!(cycles_of(&[both, child]), found);
}

#[test]
fn path_through_export_leads_to_defining_file() {
    let found = cycles_of(&[
        (
            "lib.rs",
            "mod a; mod b; mod c; pub(crate) use b::{Key, Other};",
        ),
        ("a.rs", "use crate::Key; pub struct Row;"),
        ("b.rs", "use crate::c::X; pub struct Key;"),
        ("c.rs", "use crate::a::Row; pub struct X;"),
    ]);
    let cycle = "a.rs -(Key)-> b.rs -(X)-> c.rs -(Row)-> a.rs";
    assert_eq!(found, [cycle]);
}

#[test]
fn tests_comments_and_strings_are_not_dependencies() {
    let found = cycles_of(&[
        (
            "a.rs",
            "use crate::b::Key; #[cfg(test)] mod tests; const C: char = '\"';",
        ),
        ("a/tests.rs", "use crate::b::Key; pub struct Row;"),
        (
            "b.rs",
            "#[cfg(test)] mod tests { use crate::a::Row; }\n// crate::a::Row",
        ),
        (
            "c.rs",
            "const TEXT: &str = r#\"\" crate::d::Row\"#; fn f<'a>(text: &'a str) {}",
        ),
        (
            "d.rs",
            "const TEXT: &str = \"\\\" crate::c::TEXT\"; use crate::c::TEXT;",
        ),
    ]);
    assert_eq!(found, [""; 0]);
}
