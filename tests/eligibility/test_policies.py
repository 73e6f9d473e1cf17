from datetime import date

import pytest

from eligibility.models import Policy
from eligibility.policies import policy_in_force, terms_of
from eligibility.policy_file import load_policy
from eligibility.reasons import Refused
from hostel.models import Network
from tests.eligibility.cases import NOW, SAMPLE, policy


@pytest.fixture
def network(db):
    return Network.objects.create(slug="wuzhong", name_zh="吴中", name_en="Wuzhong")


@pytest.fixture
def load(network, tmp_path):
    """Loads the sample with some of its words replaced."""

    def load(**words):
        text = SAMPLE.read_text("utf-8")
        for name, value in words.items():
            line = next(line for line in text.splitlines() if line.startswith(f"{name}:"))
            text = text.replace(line + "\n", f"{name}: {value}\n" if value else "")
        file = tmp_path / "policy.yaml"
        file.write_text(text, "utf-8")
        return load_policy(file, now=NOW)

    return load


def test_a_policy_is_in_force_from_its_day_on(network, load):
    sample = load()

    assert policy_in_force(network, date(2023, 1, 1)) == sample
    with pytest.raises(Refused) as refused:
        policy_in_force(network, date(2022, 12, 31))
    assert refused.value.code == "NO_POLICY"
    assert refused.value.reasons[0].sentence.say("zh-hans") == "2022年12月31日 这里还没有生效的入住办法"


def test_the_newest_whose_day_has_come_is_in_force(network, load):
    first, later = load(), load(in_force_from="2026-07-01")
    correction = load(approved_by="另一位")

    assert policy_in_force(network, date(2026, 6, 30)) == correction
    assert policy_in_force(network, date(2026, 7, 1)) == later
    assert first.version < later.version < correction.version


def test_a_draft_is_never_in_force(network, load):
    sample = load()
    draft = load(approved_by="", in_force_from="")

    assert (draft.version, draft.in_force_from) == (2, None)
    assert policy_in_force(network, date(2026, 3, 6)) == sample


def test_another_networks_policy_is_not_ours(load):
    load()
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu")

    with pytest.raises(Refused):
        policy_in_force(gusu, date(2026, 3, 6))


def test_the_policy_in_force_is_one_query_by_network_or_its_id(network, load, django_assert_num_queries):
    sample = load()
    load(name="another")

    with django_assert_num_queries(2):
        assert policy_in_force(network, date(2026, 3, 6)) == policy_in_force(network.pk, date(2026, 3, 6))
    assert sample.version == 1


def test_terms_are_read_once_a_version(network, load):
    sample = load()

    assert terms_of(sample) is terms_of(Policy.objects.get(pk=sample.pk))
    assert terms_of(load(name="another")) is not terms_of(sample)


def test_terms_of_a_policy_that_is_written_nowhere_are_read_each_time():
    unwritten = policy()
    assert terms_of(unwritten) is not terms_of(unwritten)


def test_terms_tell_the_purposes_one_can_choose_from_in_their_order_and_the_caps(load):
    terms = terms_of(Policy.objects.get(pk=load().pk))

    assert list(terms.purposes) == ["interview", "internship", "job_fair", "exam", "start_up", "flat_hunting"]
    assert terms.purposes["exam"] == ("考试", "an exam")
    assert [(cap.code, cap.most) for cap in terms.caps_on(date(2026, 3, 6))] == [("STAY_NIGHTS", 3), ("NIGHTS", 7)]
    assert [cap.most for cap in terms.caps_on(date(2026, 7, 1))] == [5, 7]
