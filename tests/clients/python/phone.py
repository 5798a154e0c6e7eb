"""The phone of a user who answers the request of a device: it submits the forms of the pages, without scripts."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from harness import PASSWORD, TIMEOUT, USER, expect


class _Form(HTMLParser):
    """The first form of a page: its action and its hidden fields."""

    def __init__(self, html):
        super().__init__()
        self.action, self.fields, self.is_open = None, {}, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action, self.is_open = attrs["action"], True
        elif tag == "input" and self.is_open and attrs.get("type") == "hidden":
            self.fields[attrs["name"]] = attrs["value"]

    def handle_endtag(self, tag):
        self.is_open = self.is_open and tag != "form"


def answer(verification_uri, user_code, decision):
    """Types the code, signs in and presses a button."""
    browser = requests.Session()
    page = browser.get(verification_uri, timeout=TIMEOUT)
    steps = ({"code": user_code}, {"email": USER["email"], "password": PASSWORD}, {"decision": decision})
    for step in steps:
        form = _Form(page.text)
        page = browser.post(urljoin(page.url, form.action), data={**form.fields, **step}, timeout=TIMEOUT)
        expect(page.status_code, 200, f"status of {page.url}")
    end = "/device/allowed" if decision == "agree" else "/device/denied"
    expect(end in page.url, True, f"whether {page.url} is {end}")
