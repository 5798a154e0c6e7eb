//! The promises of `docs/embedding.md` about the server: its size, and that the page shows its code.

use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

/// Files of the server. The last one is glue.
const FILES: [&str; 4] = ["lib.rs", "authorize.rs", "token.rs", "glue.rs"];

fn source(file: &str) -> Result<String, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    Ok(fs::read_to_string(path)?)
}

/// Returns the number of lines that are neither blank nor comments nor imports.
fn lines_of_code(source: &str) -> usize {
    let is_code = |line: &&str| {
        let line = line.trim();
        let is_import = ["use ", "pub use ", "mod "]
            .iter()
            .any(|word| line.starts_with(word));
        !line.is_empty() && !line.starts_with("//") && !is_import
    };
    source.lines().filter(is_code).count()
}

#[test]
fn server_has_at_most_250_lines_of_which_60_are_glue() -> Outcome {
    let mut lines = Vec::new();
    for file in FILES {
        lines.push(lines_of_code(&source(file)?));
    }
    assert_eq!(
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))?.count(),
        4
    );
    assert!(lines.iter().sum::<usize>() <= 250, "{lines:?}");
    assert!(lines.last().is_some_and(|glue| *glue <= 60), "{lines:?}");
    Ok(())
}

#[test]
fn code_on_the_page_is_that_of_the_server() -> Outcome {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/embedding.md");
    let page = fs::read_to_string(page)?;
    let mut sources = String::new();
    for file in FILES {
        sources += &source(file)?;
    }
    let blocks: Vec<_> = page.split("```rust\n").skip(1).collect();
    assert!(blocks.len() >= 10);
    for block in blocks {
        let (block, _) = block.split_once("```").ok_or("an open block")?;
        assert!(sources.contains(block), "{block}");
    }
    Ok(())
}
