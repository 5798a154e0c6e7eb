//! Joins the catalogue of each language: `locales/<language>/*.toml`, one file per subject.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script serves no requests"
)]

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=locales");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for language in fs::read_dir("locales")? {
        let language = language?.path();
        let files = fs::read_dir(&language)?.map(|file| Ok(file?.path()));
        let mut files = files.collect::<io::Result<Vec<_>>>()?;
        files.sort();
        let texts = files.iter().map(fs::read_to_string);
        let catalogue = texts.collect::<io::Result<String>>()?;
        let name = language.file_name().unwrap_or_default();
        fs::write(Path::new(&out).join(name).with_extension("toml"), catalogue)?;
    }
    Ok(())
}
