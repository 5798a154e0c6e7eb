//! Tokens of a source file.

/// Splits a text into names, `::` and single characters, without comments, literals, spaces and test code.
pub(crate) fn product_tokens(text: &str) -> Vec<&str> {
    let all = tokens(text);
    let mut kept = Vec::new();
    let mut rest = all.as_slice();
    while let [token, after @ ..] = rest {
        if let ["#", "[", "cfg", "(", "test", ")", "]", item @ ..] = rest {
            rest = after_item(item);
        } else {
            kept.push(*token);
            rest = after;
        }
    }
    kept
}

/// Returns the tokens after the first item, which ends with a semicolon or a block.
fn after_item<'a, 'b>(tokens: &'b [&'a str]) -> &'b [&'a str] {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && [";", "}"].contains(token) {
            return tokens.get(index + 1..).unwrap_or_default();
        }
    }
    &[]
}

fn tokens(mut text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    while let Some(first) = text.chars().next() {
        let of_name = |character: char| character.is_alphanumeric() || character == '_';
        let (length, is_token) = if text.starts_with("//") {
            (text.find('\n').unwrap_or(text.len()), false)
        } else if let Some(length) = literal_length(text) {
            (length, false)
        } else if of_name(first) {
            let end = text.find(|character| !of_name(character));
            (end.unwrap_or(text.len()), true)
        } else if text.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), !first.is_whitespace())
        };
        let (token, rest) = text.split_at(length);
        if is_token {
            tokens.push(token);
        }
        text = rest;
    }
    tokens
}

/// Returns the length of the string or character literal at the start of a text.
fn literal_length(text: &str) -> Option<usize> {
    let quoted = text.trim_start_matches(['b', 'c', 'r', '#']);
    let (prefix, _) = text.split_at(text.len() - quoted.len());
    let end = match quoted.chars().next()? {
        '"' if prefix.contains('r') => {
            let end = format!("\"{}", "#".repeat(prefix.matches('#').count()));
            1 + quoted.get(1..)?.find(&end)? + end.len()
        }
        '"' => {
            let mut is_escaped = false;
            let mut inner = quoted.char_indices().skip(1);
            let (end, _) = inner.find(|(_, character)| {
                let ends = *character == '"' && !is_escaped;
                is_escaped = *character == '\\' && !is_escaped;
                ends
            })?;
            end + 1
        }
        '\'' if quoted.starts_with(r"'\") => 3 + quoted.get(3..)?.find('\'')? + 1,
        '\'' => {
            let (end, _) = quoted.char_indices().nth(2)?;
            // Without a second quote, it is a lifetime.
            quoted.get(end..)?.starts_with('\'').then_some(end + 1)?
        }
        _ => return None,
    };
    Some(prefix.len() + end)
}
