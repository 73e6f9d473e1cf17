import pytest
from django.core.management import call_command

from eligibility.models import Policy
from hostel.models import Network
from tests.eligibility.cases import SAMPLE


@pytest.fixture
def network(db):
    return Network.objects.create(slug="wuzhong", name_zh="吴中", name_en="Wuzhong")


def test_the_command_says_what_is_in_force(network, capsys):
    call_command("load_policy", str(SAMPLE))

    assert capsys.readouterr().out == "wuzhong-sample/1: in force from 2023-01-01, approved by 样例批准人\n"
    assert Policy.objects.count() == 1


def test_the_command_only_looks_where_asked(network, capsys):
    call_command("load_policy", str(SAMPLE), "--check")

    assert "only checked, nothing written" in capsys.readouterr().out
    assert not Policy.objects.exists()


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_a_wrong_file_ends_with_2_and_every_error(network, tmp_path, capsys, options):
    file = tmp_path / "policy.yaml"
    file.write_text(SAMPLE.read_text("utf-8").replace("per_year: 7", "per_year: -7").replace("max: 35", "max: x"))

    with pytest.raises(SystemExit) as ended:
        call_command("load_policy", str(file), *options)

    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "entitlements[0].caps.per_year: must be 0 or more",
        "rules[0].max: must be of type integer, not 'x'",
    ]
    assert not Policy.objects.exists()


def test_a_draft_is_called_a_draft(network, tmp_path, capsys):
    signed = ("drafted_by", "approved_by", "in_force_from")
    lines = [line for line in SAMPLE.read_text("utf-8").splitlines() if not line.startswith(signed)]
    file = tmp_path / "policy.yaml"
    file.write_text("\n".join(lines), "utf-8")

    call_command("load_policy", str(file))

    assert capsys.readouterr().out == "wuzhong-sample/1: a draft, not approved\n"


def test_the_command_takes_another_network(network, capsys):
    Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu")

    call_command("load_policy", str(SAMPLE), "--network", "gusu")

    assert Policy.objects.get().network.slug == "gusu"
