"""What more than one acceptance point reads."""

from urllib.parse import urlsplit

import pytest

from tests.browser import chromium, phone
from tests.web.points.desk_day import desk_day
from tests.web.points.sweep import Looks, narrow, without_photos

# What an English page says, and in which language it says that it says it.
SAID = """() => {
    const chinese = /[\\u3000-\\u303f\\u3400-\\u9fff\\uff00-\\uffef]/;
    const marked = [], unmarked = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (!chinese.test(data) || parentElement.closest('script, style, textarea')) continue;
        (parentElement.closest('[lang]').lang === 'zh-Hans' ? marked : unmarked).push(data.trim());
    }
    for (const each of document.querySelectorAll('body, body *')) {
        for (const { name, value } of each.attributes) {
            // An address and what somebody typed are not our words.
            if (!['href', 'src', 'srcset', 'action', 'value', 'content'].includes(name) && chinese.test(value))
                unmarked.push(`${name}: ${value}`);
        }
    }
    // What has one address for both languages: pictures, the desk, the office, the house's own files.
    const strays = [...document.querySelectorAll('a[href], form[action]')]
        .filter(each => each.hreflang !== 'zh-Hans')
        .map(each => new URL(each.getAttribute('href') ?? each.getAttribute('action'), location))
        .filter(to => to.origin === location.origin && !/^\\/(en|desk|office|media|static|api)\\//.test(to.pathname))
        .map(to => to.pathname);
    return { lang: document.documentElement.lang, title: document.title, marked, unmarked, strays };
}"""


class English:
    """Each page under `/en/`: what it says, by its name, what is wider than the smallest phone, whom it asked."""

    def __init__(self, every):
        self.said, self.looks, self.hosts, self.complaints = {}, Looks(), set(), []
        with chromium() as browser:
            page = without_photos(phone(browser, every.url))
            page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
            page.on("console", lambda message: self.complaints.append(message.text))
            for each in every.pages:
                if not each.path.startswith("/office/"):  # one address for both languages
                    every.open(page, each, "/en")
                    self.said[each.name] = page.evaluate(SAID)
                    narrow(page, self.looks, each.name)


@pytest.fixture(scope="package")
def english(every):
    """Every page under `/en/`, loaded once."""
    return English(every)


@pytest.fixture(scope="package")
def day_at_the_desk(ground, tmp_path_factory):
    """A Friday afternoon at the desk, for points 16 to 18: each has guests of its own."""
    with desk_day(ground, tmp_path_factory.mktemp("desk-day")) as day:
        yield day
