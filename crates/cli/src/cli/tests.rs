use super::*;
use clap::CommandFactory as _;

fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    let path = format!("{path}{}", command.get_name());
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_none() {
        found.push(path);
        return;
    }
    for command in below {
        leaves(command, &format!("{path} "), found);
    }
}

#[test]
fn only_valid_serve_is_parsed_alone() {
    let serve = |arguments: &[&str]| {
        let all = iter::once(&"countersign").chain(arguments);
        Command::serve(all.map(OsString::from))
    };
    let alone = serve(&["serve", "--config", "x.toml"]);
    let whole = Cli::try_parse_from(["countersign", "serve", "--config", "x.toml"]);
    let whole = whole.unwrap().command;
    assert_eq!(format!("{:?}", alone.unwrap()), format!("{whole:?}"));
    for other in [&["dev"][..], &["serve", "--help"], &["serve", "x"], &[]] {
        assert!(serve(other).is_none(), "{other:?}");
    }
}

#[test]
fn command_definitions_are_valid() {
    Cli::command().debug_assert();
}

#[test]
fn command_line_page_lists_every_command_and_option() {
    let page = include_str!("../../../../docs/command-line.md");
    let mut commands = Vec::new();
    leaves(&Cli::command(), "", &mut commands);
    for command in commands {
        assert!(page.contains(&command), "`{command}` is missing");
    }
    let mut pending = vec![Cli::command()];
    while let Some(command) = pending.pop() {
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(
                page.contains(&format!("--{option}")),
                "--{option} is missing"
            );
        }
        pending.extend(command.get_subcommands().cloned());
    }
}

/// Returns the words of an example, as a shell splits them, without the redirection at its end.
fn words(example: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in example.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '<' | '>' | '|') => break,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn help_of_every_command_has_two_examples_that_parse() {
    let mut pending = vec![(Cli::command(), String::new())];
    while let Some((command, above)) = pending.pop() {
        let path = format!("{above}{} ", command.get_name());
        let below = command.get_subcommands();
        pending.extend(below.map(|own| (own.clone(), path.clone())));
        if command.has_subcommands() {
            continue;
        }
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_default().replace("\\\n", " ");
        let lines = help.lines().map(str::trim);
        let examples = lines.filter(|line| line.starts_with("countersign "));
        let examples: Vec<_> = examples.collect();
        assert!(examples.len() >= 2, "{path}: {examples:?}");
        let is_own = |example: &&str| format!("{example} ").starts_with(&path);
        assert!(examples.iter().any(is_own), "{path}: {examples:?}");
        for example in examples {
            let parsed = Cli::try_parse_from(words(example));
            assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
        }
    }
}

#[test]
fn help_lists_actual_exit_codes() {
    use crate::command_error::Exit;
    for (exit, line) in [
        (Exit::Failed, "  1  failure"),
        (Exit::Usage, "  2  invalid usage"),
        (Exit::NotFound, "  3  not found"),
        (Exit::Conflict, "  4  conflict"),
    ] {
        assert!(EXIT_CODES.contains(line));
        assert!(line.contains(&(exit as u8).to_string()));
    }
}
