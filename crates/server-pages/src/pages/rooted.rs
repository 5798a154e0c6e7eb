//! Paths of a page within its tenant.

/// Adds the path of a tenant to the links, forms and files of a page. Values that are not part of a template are escaped, so
/// they contain no quotes.
pub(super) fn rooted(html: String, root: &str) -> String {
    if root.is_empty() {
        return html;
    }
    ["href", "action", "src"].iter().fold(html, |html, name| {
        html.replace(&format!(" {name}=\"/"), &format!(" {name}=\"{root}/"))
    })
}

#[cfg(test)]
mod tests {
    use super::rooted;

    #[test]
    fn only_paths_of_server_get_path_of_tenant() {
        let html = "<a href=\"/account\"><form action=\"/login\"><img src=\"/assets/a.svg\"><a href=\"https://x/y\">";
        let expected = "<a href=\"/t/acme/account\"><form action=\"/t/acme/login\">\
            <img src=\"/t/acme/assets/a.svg\"><a href=\"https://x/y\">";
        assert_eq!(rooted(html.to_owned(), "/t/acme"), expected);
        assert_eq!(rooted(html.to_owned(), ""), html);
    }
}
