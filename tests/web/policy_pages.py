"""Policies as their pages show them, and what a browser sends of such a page."""

from pathlib import Path

from django.http import QueryDict
from django.template.loader import render_to_string

from eligibility.policy_file import read_policy, unsigned
from tests.conftest import ROOT
from tests.web.forms import Form
from web.office.policy_form import PolicyForm
from web.office.policy_typed import read_form

SAMPLE = ROOT / "eligibility/sample/wuzhong.yaml"
PUBLISHED = sorted((ROOT / "eligibility/published").glob("*.yaml"))


def data_of(path: Path) -> dict:
    return unsigned(read_policy(path))


def typed(data) -> QueryDict:
    """What a browser sends of the page of ``data`` where nobody changes anything."""
    return Form(render_to_string("web/office/policies/_edit.html", {"form": PolicyForm(data)})).sent


def changed(data, **fields):
    """The data read back after these fields (their dots written as __) were typed over."""
    sent = typed(data)
    for name, value in fields.items():
        sent.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return read_form(sent, data)


def rule_of(data, kind):
    return next(rule for rule in data["rules"] if rule["kind"] == kind)


def place_of(data, kind):
    return next(n for n, rule in enumerate(data["rules"]) if rule["kind"] == kind)
