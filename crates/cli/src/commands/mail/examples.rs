//! Examples of the commands of `countersign mail`, for their help texts.

pub(super) const TEST: &str = "\
Examples:
  The configuration of the environment
    countersign mail test jane@example.org
  A file
    countersign mail test jane@example.org --config /etc/countersign.toml";

pub(super) const PREVIEW: &str = "\
Examples:
  The mail that resets a password, in German
    countersign mail preview recovery --language de
  A security notice, to open in a browser
    countersign mail preview notice_new_device --html > notice.html";
