"""The network file: what it may say, what is said of a wrong one, and what a later one changes."""

from datetime import date, time, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db.models import F

from hostel.models import Bed, Hostel, Network, NetworkCap, Photo, Quota, Rate, Room, Space
from hostel.network_file import NetworkFileWrong, load_network
from tests.conftest import FRIDAY, NOW, moment
from tests.hostel.conftest import SAMPLE, picture

LATER = NOW + timedelta(days=30)
THAT_DAY = FRIDAY + timedelta(days=30)

pytestmark = pytest.mark.django_db


def everything():
    """All rows of the network, as values, in an order."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Network, NetworkCap, Hostel, Room, Bed, Rate, Space, Photo)
    ]


def errors_of(path):
    before = everything()
    with pytest.raises(NetworkFileWrong) as wrong:
        load_network(path, now=NOW)
    assert everything() == before
    return wrong.value.errors


# --- the sample -------------------------------------------------------------------------------------------------------
def test_the_sample_is_ten_hostels_with_76_rooms_and_140_beds():
    summary = load_network(SAMPLE, now=NOW)

    assert (summary.hostels, summary.rooms, summary.beds) == (10, 76, 140)
    assert summary.added == {
        "network": 2, "cap": 1, "hostel": 10, "rate": 10, "space": 19, "room": 76, "bed": 140, "photo": 10
    }  # fmt: skip
    wuzhong = Network.objects.get(slug="wuzhong")
    assert wuzhong.parent.name_zh == "苏州市"
    assert wuzhong.parent.caps.get().free_nights_per_year == 14


def test_everything_of_the_first_file_holds_from_the_first_day_of_2023():
    load_network(SAMPLE, now=NOW)

    for model in (NetworkCap, Hostel, Room, Bed, Rate):
        assert set(model.objects.values_list("valid_from", flat=True)) == {date(2023, 1, 1)}


def test_money_is_read_to_the_fen():
    load_network(SAMPLE, now=NOW)

    assert Hostel.objects.get(slug="xiangshan").rates.get().fen == 12800


def test_the_same_file_again_changes_nothing_and_says_so():
    load_network(SAMPLE, now=NOW)
    before = everything()

    summary = load_network(SAMPLE, now=LATER)

    assert summary.nothing_new
    assert everything() == before


def test_a_file_may_say_from_when_it_holds(file):
    file.told["valid_from"] = "2024-02-01"
    file.hostel("mudu")["valid_from"] = "2024-03-01"
    file.hostel("mudu")["rooms"][0]["valid_from"] = "2024-04-01"

    load_network(file.write(), now=NOW)

    mudu = Hostel.objects.get(slug="mudu")
    assert NetworkCap.objects.get().valid_from == date(2024, 2, 1)
    assert Hostel.objects.get(slug="yuexi").valid_from == date(2024, 2, 1)
    assert mudu.valid_from == mudu.rates.get().valid_from == date(2024, 3, 1)
    assert mudu.rooms.get(number="202").valid_from == date(2024, 3, 1)
    assert set(Bed.objects.filter(room=mudu.rooms.get(number="201")).values_list("valid_from", flat=True)) == {
        date(2024, 4, 1)
    }


def test_a_network_says_whom_to_ring_in_the_office(file):
    load_network(file.write(), now=NOW)
    assert Network.objects.get(slug="wuzhong").phone == "0512-6500-1100"

    file.told["network"]["phone"] = "0512-6500-1101"
    load_network(file.write(), now=NOW)
    assert Network.objects.get(slug="wuzhong").phone == "0512-6500-1101"

    file.told["network"]["phone"] = "nobody"
    with pytest.raises(NetworkFileWrong):
        load_network(file.write(), now=NOW)


def test_a_network_says_when_freed_nights_are_public_and_how_long_an_offer_stands(file):
    file.told["network"] |= {"freed_nights_public_at": "18:30", "offer_minutes": 90, "offer_minutes_tonight": 15}
    load_network(file.write(), now=NOW)

    wuzhong = Network.objects.get(slug="wuzhong")
    assert wuzhong.freed_public_at == time(18, 30)
    assert (wuzhong.offer_minutes, wuzhong.offer_minutes_tonight, wuzhong.on_call_minutes) == (90, 15, 120)
    # What a file does not say stays as it is.
    del file.told["network"]["freed_nights_public_at"]
    assert load_network(file.write(), now=LATER).nothing_new


def test_looking_only_tells_the_same_and_writes_nothing(file):
    file.hostel("mudu")["photos"] = ["new.jpg"]
    (file.path.parent / "new.jpg").write_bytes(picture(colour="#123456"))

    summary = load_network(file.write(), now=NOW, check=True)

    assert (summary.hostels, summary.rooms, summary.beds) == (10, 76, 140)
    assert summary.added["photo"] == 10
    assert everything() == [[], [], [], [], [], [], [], []]
    mudu = Hostel(slug="mudu")
    load_network(file.path, now=NOW)
    photo = Photo.objects.get(hostel__slug="mudu")
    assert default_storage.exists(photo.file_name(360, "webp"))
    assert photo.file_name(360, "webp").startswith(f"hostels/{mudu.slug}/")


def test_a_load_takes_few_statements_and_a_second_one_fewer(django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        load_network(SAMPLE, now=NOW)
    with django_assert_max_num_queries(20):
        load_network(SAMPLE, now=LATER)


# --- what is wrong with a file ----------------------------------------------------------------------------------------
def change(*path, value):
    def spoil(told):
        for step in path[:-1]:
            told = told[step]
        told[path[-1]] = value

    return spoil


def drop(*path):
    def spoil(told):
        for step in path[:-1]:
            told = told[step]
        del told[path[-1]]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (change("hostels", 3, "rooms", 2, "beds", value=0), "hostels[3].rooms[2].beds: must be 1 or more"),
        (change("hostels", 3, "rooms", 2, "beds", value=4.0), "hostels[3].rooms[2].beds: must be a whole number"),
        (change("hostels", 3, "rooms", 2, "beds", value=True), "hostels[3].rooms[2].beds: must be a whole number"),
        (change("hostels", 3, "rooms", 2, "beds", value=51), "hostels[3].rooms[2].beds: must be 50 or less"),
        (change("hostels", 0, "roms", value=[]), "hostels[0].roms: is not a known key; did you mean rooms?"),
        (change("nets", value=1), "nets: is not a known key"),
        (drop("hostels", 1, "phone"), "hostels[1].phone: is missing"),
        (drop("network"), "network: is missing"),
        (drop("network", "name", "en"), "network.name.en: is missing"),
        (change("hostels", value={}), "hostels: must be a list"),
        (change("hostels", value=[]), "hostels: must have 1 or more"),
        (change("hostels", 0, value="baodaiqiao"), "hostels[0]: must have keys and values"),
        (change("hostels", 0, "metro", "metres", value="600"), "hostels[0].metro.metres: must be a whole number"),
        (
            change("hostels", 0, "rooms", 0, "guests", value="women"),
            "hostels[0].rooms[0].guests: must be one of female, male, any, flexible",
        ),
        (
            change("hostels", 0, "rooms", 0, "number", value=201),
            "hostels[0].rooms[0].number: must be 1 to 10 letters and digits, in quotes, like '201'",
        ),
        (
            change("hostels", 2, "slug", value="Yue Xi"),
            "hostels[2].slug: must be small letters, digits and single hyphens, like 'baodaiqiao'",
        ),
        (change("hostels", 2, "slug", value="mudu"), "hostels[4].slug: mudu is that of hostels[2] already"),
        (
            change("hostels", 2, "rooms", 3, "number", value="201"),
            "hostels[2].rooms[3].number: 201 is that of hostels[2].rooms[0] already",
        ),
        (
            change("hostels", 0, "spaces", 1, value={"kind": "integrated", "name": {"zh": "集成服务空间"}, "seats": 3}),
            "hostels[0].spaces[1]: integrated 集成服务空间 is that of hostels[0].spaces[0] already",
        ),
        (
            change("network", "freed_nights_public_at", value="noon"),
            "network.freed_nights_public_at: must be a time in quotes, like '14:00'",
        ),
        (change("network", "offer_minutes", value=4), "network.offer_minutes: must be 5 or more"),
        (
            change("hostels", 0, "check_in", "from", value="25:00"),
            "hostels[0].check_in.from: must be a time in quotes, like '14:00'",
        ),
        (
            change("hostels", 0, "check_out_by", value=720),
            "hostels[0].check_out_by: must be a time in quotes, like '14:00'",
        ),
        (
            change("hostels", 0, "check_in", "until", value="13:00"),
            "hostels[0].check_in.until: must be later than 14:00",
        ),
        (
            change("hostels", 0, "phone", value="call us"),
            "hostels[0].phone: must be a phone number, like '0512-6500-1009'",
        ),
        (change("hostels", 0, "phone", value="12"), "hostels[0].phone: must be a phone number, like '0512-6500-1009'"),
        (
            change("hostels", 0, "position", "lat", value=120.6463),
            "hostels[0].position.lat: must be a latitude in China, from 18 to 54 (are lat and lng swapped?)",
        ),
        (
            change("hostels", 0, "position", "lng", value=float("nan")),
            "hostels[0].position.lng: must be a longitude in China, from 73 to 136 (are lat and lng swapped?)",
        ),
        (
            change("hostels", 0, "rate_per_night_yuan", value=98.0),
            "hostels[0].rate_per_night_yuan: must be yuan with two decimals, in quotes, like '98.00'",
        ),
        (
            change("hostels", 0, "rate_per_night_yuan", value="98.0"),
            "hostels[0].rate_per_night_yuan: must be yuan with two decimals, in quotes, like '98.00'",
        ),
        (
            change("hostels", 0, "rate_per_night_yuan", value="-98.00"),
            "hostels[0].rate_per_night_yuan: must be yuan with two decimals, in quotes, like '98.00'",
        ),
        (change("hostels", 0, "town", value="长" * 41), "hostels[0].town: must have 40 characters or fewer"),
        (
            change("hostels", 0, "town", value="长桥 "),
            "hostels[0].town: must be one line of text, with no space before or after",
        ),
        (
            change("hostels", 0, "facilities", value=["wifi", "wifi"]),
            "hostels[0].facilities: must not name the same thing twice",
        ),
        (
            change("hostels", 0, "name", "zh", value="苏青驿\0"),
            "hostels[0].name.zh: has a control character (U+0000)",
        ),
        (change("hostels", 0, "address", value="路\t20号"), "hostels[0].address: has a control character (U+0009)"),
        (change("hostels", 0, "slug", value="mudu2\n"), "hostels[0].slug: has a control character (U+000A)"),
        (change("hostels", 0, "rooms", 8, "beds", value=2), "hostels[0].rooms[8].beds: a single room has 1"),
        (change("hostels", 0, "rooms", 0, "beds", value=3), "hostels[0].rooms[0].beds: a quad room has 4"),
        (change("hostels", 0, "rooms", 2, "kind", value="triple"), "hostels[0].rooms[2].beds: a triple room has 3"),
        (
            change("hostels", 0, "rooms", 0, "valid_until", value="2026-2-1"),
            "hostels[0].rooms[0].valid_until: must be a date, like 2023-01-01",
        ),
        (change("valid_from", value="2024-02-30"), "valid_from: must be a date, like 2023-01-01"),
        (change("network", "time_zone", value="UTC"), "network.time_zone: must be Asia/Shanghai"),
        (change("network", "parent", "slug", value="wuzhong"), "network.parent.slug: is the network's own"),
        (
            change("network", "parent", "cap", "free_nights_per_year", value=-1),
            "network.parent.cap.free_nights_per_year: must be 0 or more",
        ),
        (
            change("quotas", value=[{"hostel": "nowhere", "month": "2026-03", "nights": 3}]),
            "quotas[0].hostel: is not a hostel of this file",
        ),
        (
            change("quotas", value=[{"hostel": "mudu", "year": 2026, "nights": 3}]),
            "quotas[0]: must say a hostel and a month, or only a year of the whole network",
        ),
        (
            change("quotas", value=[{"year": 2026, "nights": 3}, {"year": 2026, "nights": 4}]),
            "quotas[1]: the network 2026 everybody is that of quotas[0] already",
        ),
        (
            change("quotas", value=[{"hostel": "mudu", "month": "2026-13", "nights": 3}]),
            "quotas[0].month: must be a month, like 2026-03",
        ),
        (change("quotas", value=[{"year": 2026, "nights": -1}]), "quotas[0].nights: must be 0 or more"),
        (
            change("quotas", value=[{"year": 2026, "nights": 1, "group": "Everybody"}]),
            "quotas[0].group: must be the key of an entitlement of the policy, like free_stay; left out: everybody",
        ),
    ],
)
def test_a_wrong_file_is_told_what_and_where(file, spoil, error):
    spoil(file.told)

    assert errors_of(file.write()) == [error]


def test_every_error_is_told_at_once(file):
    file.hostel("shihu")["rooms"][2]["beds"] = 0
    file.hostel("mudu")["phone"] = None
    file.hostel("yuexi")["rooms"][1]["number"] = "201"
    file.hostel("luzhi")["photos"] = ["photos/nothing.jpg"]

    assert errors_of(file.write()) == [
        "hostels[3].rooms[2].beds: must be 1 or more",
        "hostels[4].phone: must be a phone number, like '0512-6500-1009'",
        "hostels[2].rooms[1].number: 201 is that of hostels[2].rooms[0] already",
        "hostels[7].photos[0]: photos/nothing.jpg cannot be read (No such file or directory)",
    ]


def test_a_wrong_file_changes_nothing_of_a_network_that_stands(file):
    load_network(file.write(), now=NOW)
    file.hostel("mudu")["rate_per_night_yuan"] = "108.00"
    file.hostel("yuexi")["rooms"][0]["beds"] = -1

    assert errors_of(file.write()) == ["hostels[2].rooms[0].beds: must be 1 or more"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("network:\n  slug: [a", "line 2, column 11: expected ',' or ']', but got '<stream end>'"),
        ("network: {slug: a}\nnetwork: {slug: b}\n", "line 2, column 1: network is written twice"),
        ("network: !!python/object:os.system {}\n", None),
        ("", "the file: must have keys and values"),
        ("- 1\n", "the file: must have keys and values"),
        ("{{ network }}: 1\n", None),
        ("a: 1\nb: x\0\n", "line 2, column 5: has a control character (U+0000)"),
        ("a:\n" + " [\n" * 5000 + " ]\n" * 5000, "line 51, column 2: is nested too deep"),
    ],
)
def test_broken_yaml_is_told_by_line_and_column(tmp_path, text, error):
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")

    errors = errors_of(path)

    assert len(errors) == 1
    assert error is None or errors[0].startswith(error.split(", but")[0])


def test_a_file_that_is_not_there_or_not_text_is_said_to_be_so(tmp_path):
    (tmp_path / "gbk.yaml").write_bytes("网络".encode("gbk"))

    assert errors_of(tmp_path / "none.yaml") == [
        f"{tmp_path / 'none.yaml'}: cannot be read (No such file or directory)"
    ]
    assert errors_of(tmp_path / "gbk.yaml") == [f"{tmp_path / 'gbk.yaml'}: is not text in UTF-8"]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("note.jpg", b"this is a letter", "note.jpg is not a JPEG, PNG or WebP picture"),
        ("cut.jpg", picture()[:3000], "cut.jpg is a broken picture: it cannot be read to its end"),
        ("photos/mudu.jpg", None, "photos/mudu.jpg is the same picture as photos[0]"),
        ("../../etc/passwd", None, "../../etc/passwd must lie beside the file, or in a folder there"),
        ("/etc/passwd", None, "/etc/passwd must lie beside the file, or in a folder there"),
    ],
)
def test_a_photo_must_be_a_picture_beside_the_file(file, name, content, error):
    if content:
        (file.path.parent / name).write_bytes(content)
    file.hostel("mudu")["photos"].append(name)

    assert errors_of(file.write()) == [f"hostels[4].photos[1]: {error}"]


def test_check_in_may_last_until_after_midnight(file):
    file.hostel("mudu")["check_in"]["until"] = "01:00"

    load_network(file.write(), now=NOW)

    assert Hostel.objects.get(slug="mudu").check_in_until.hour == 1


def test_a_hostel_of_another_network_is_not_taken_over(file):
    load_network(file.write(), now=NOW)
    file.told["network"]["slug"] = "xiangcheng"
    file.told["hostels"] = file.told["hostels"][:1]

    assert errors_of(file.write()) == ["hostels[0].slug: baodaiqiao is a hostel of wuzhong already"]


# --- what a later file changes ----------------------------------------------------------------------------------------
def test_a_new_rate_holds_from_today_and_the_old_one_until_then(file):
    load_network(file.write(), now=NOW)
    file.hostel("mudu")["rate_per_night_yuan"] = "108.50"

    summary = load_network(file.write(), now=LATER)

    assert summary.changed == [f"mudu: rate per night: 98.00 to 108.50 yuan from {THAT_DAY}"]
    rates = Hostel.objects.get(slug="mudu").rates.order_by("valid_from").values_list("valid_from", "fen")
    assert list(rates) == [(date(2023, 1, 1), 9800), (THAT_DAY, 10850)]
    assert load_network(file.path, now=LATER).nothing_new


def test_a_rate_corrected_on_the_same_day_leaves_one_row_of_that_day(file):
    load_network(file.write(), now=NOW)
    for rate in ("108.50", "109.00"):
        file.hostel("mudu")["rate_per_night_yuan"] = rate
        load_network(file.write(), now=LATER)

    rates = Hostel.objects.get(slug="mudu").rates.order_by("valid_from").values_list("valid_from", "fen")
    assert list(rates) == [(date(2023, 1, 1), 9800), (THAT_DAY, 10900)]


def test_a_new_cap_holds_from_today_and_a_cap_left_out_ends_today(file):
    load_network(file.write(), now=NOW)
    file.told["network"]["parent"]["cap"]["free_nights_per_year"] = 21
    load_network(file.write(), now=LATER)

    caps = NetworkCap.objects.order_by("valid_from").values_list("valid_from", "valid_until", "free_nights_per_year")
    assert list(caps) == [(date(2023, 1, 1), THAT_DAY, 14), (THAT_DAY, None, 21)]

    del file.told["network"]["parent"]["cap"]
    load_network(file.write(), now=LATER + timedelta(days=1))

    assert NetworkCap.objects.filter(valid_until=None).count() == 0


def test_a_room_left_out_closes_from_tonight_and_stays_in_the_books(file):
    load_network(file.write(), now=NOW)
    room = file.hostel("mudu")["rooms"].pop(0)

    summary = load_network(file.write(), now=LATER)

    assert summary.closed == [*(f"mudu: room 201, bed {n}" for n in (1, 2, 3, 4)), "mudu: room 201"]
    assert (summary.rooms, summary.beds) == (75, 136)
    row = Room.objects.get(hostel__slug="mudu", number=room["number"])
    assert row.valid_until == THAT_DAY
    assert Room.objects.valid_on(THAT_DAY - timedelta(days=1)).filter(pk=row.pk).exists()
    assert not Room.objects.valid_on(THAT_DAY).filter(pk=row.pk).exists()
    assert load_network(file.path, now=LATER + timedelta(days=1)).nothing_new


def test_a_bed_left_out_closes_and_one_more_is_added_from_today(file):
    load_network(file.write(), now=NOW)
    for room in (0, 2):
        file.hostel("mudu")["rooms"][room].update(kind="triple", beds=3)

    summary = load_network(file.write(), now=LATER)

    assert summary.closed == ["mudu: room 201, bed 4"]
    assert summary.added == {"bed": 1}
    assert Bed.objects.get(room__hostel__slug="mudu", room__number="203", number=3).valid_from == THAT_DAY
    assert summary.beds == 140


def test_a_room_put_back_on_the_same_day_was_never_closed(file):
    load_network(file.write(), now=NOW)
    before = everything()
    room = file.hostel("mudu")["rooms"].pop(0)
    load_network(file.write(), now=LATER)
    file.hostel("mudu")["rooms"].insert(0, room)

    load_network(file.write(), now=LATER)

    assert everything() == before


def test_a_room_put_back_later_leaves_the_days_between_closed(file):
    load_network(file.write(), now=NOW)
    room = file.hostel("mudu")["rooms"].pop(0)
    load_network(file.write(), now=LATER)
    file.hostel("mudu")["rooms"].insert(0, room)
    again = THAT_DAY + timedelta(days=10)

    summary = load_network(file.write(), now=moment(again, 12))

    rows = Room.objects.filter(hostel__slug="mudu", number="201").order_by("valid_from")
    assert list(rows.values_list("valid_from", "valid_until")) == [(date(2023, 1, 1), THAT_DAY), (again, None)]
    assert summary.added == {"room": 1, "bed": 4}
    assert summary.beds == 140
    assert load_network(file.path, now=moment(again, 13)).nothing_new


def test_a_hostel_left_out_closes_with_all_its_rooms_and_may_come_back(file):
    load_network(file.write(), now=NOW)
    hostel = file.told["hostels"].pop()

    summary = load_network(file.write(), now=LATER)

    assert (summary.hostels, summary.rooms, summary.beds) == (9, 70, 131)
    assert Hostel.objects.get(slug=hostel["slug"]).valid_until == THAT_DAY
    file.told["hostels"].append(hostel)
    assert load_network(file.write(), now=LATER + timedelta(days=3)).hostels == 10


def test_words_positions_and_spaces_are_brought_up_to_date(file):
    load_network(file.write(), now=NOW)
    mudu = file.hostel("mudu")
    mudu |= {"phone": "0512-6500-9999", "position": {"lat": 31.26, "lng": 120.53}, "metro": None}
    mudu["spaces"] = [{"kind": "leisure", "name": {"zh": "休闲体验空间", "en": "Tea room"}, "seats": 30}]

    summary = load_network(file.write(), now=LATER)

    assert summary.changed == [
        "mudu: lat, lng, metro_station, metro_metres, phone",
        "mudu: 休闲体验空间: name_en, seats",
    ]
    assert summary.closed == ["mudu: 集成服务空间"]
    assert Space.objects.get(hostel__slug="mudu").name_en == "Tea room"


def test_a_room_added_later_does_not_stand_in_the_books_of_years_before(file):
    load_network(file.write(), now=NOW)
    more = file.hostel("mudu")["rooms"][2] | {"number": "401", "floor": 4}
    file.hostel("mudu")["rooms"].append(more)

    load_network(file.write(), now=LATER)

    assert Room.objects.get(hostel__slug="mudu", number="401").valid_from == THAT_DAY


def test_at_night_today_is_still_the_evening_before(file):
    load_network(file.write(), now=NOW)
    file.hostel("mudu")["rooms"].pop(0)

    load_network(file.write(), now=moment(THAT_DAY, 1, 30))

    assert Room.objects.get(hostel__slug="mudu", number="201").valid_until == THAT_DAY - timedelta(days=1)


def test_another_picture_takes_the_place_of_the_old_one(file):
    load_network(file.write(), now=NOW)
    (file.path.parent / "photos" / "mudu.jpg").write_bytes(picture(1600, 900))
    file.hostel("yuexi")["photos"] = []

    summary = load_network(file.write(), now=LATER)

    assert summary.changed == ["mudu: photo photos/mudu.jpg: digest, width, height"]
    assert summary.closed == ["yuexi: photo 1"]
    photo = Photo.objects.get(hostel__slug="mudu")
    assert (photo.width, photo.height) == (1600, 900)
    assert default_storage.exists(photo.file_name(1280, "jpg"))


def test_files_of_photos_that_were_lost_are_made_again():
    load_network(SAMPLE, now=NOW)
    name = Photo.objects.get(hostel__slug="mudu").file_name(360, "webp")
    default_storage.delete(name)

    load_network(SAMPLE, now=LATER)

    assert default_storage.exists(name)


# --- what beds and rooms have -----------------------------------------------------------------------------------------
def test_a_room_says_what_all_its_beds_have_and_which_are_lower_bunks():
    load_network(SAMPLE, now=NOW)

    quad = Room.objects.get(hostel__slug="baodaiqiao", number="201")
    assert [bed.features for bed in quad.beds.order_by("number")] == [["lower_bunk"], [], ["lower_bunk"], []]
    assert Room.objects.get(hostel__slug="baodaiqiao", number="203").features == ["lower_bunk", "accessible"]
    houses = Hostel.objects.filter(rooms__features__isnull=False).distinct()
    assert houses.count() == 10


def test_what_a_bed_has_is_brought_up_to_date(file):
    load_network(SAMPLE, now=NOW)
    room = next(room for room in file.hostel("baodaiqiao")["rooms"] if room["number"] == "201")
    room["lower_bunks"] = [2]

    summary = load_network(file.write(), now=LATER)

    assert len(summary.changed) == 3
    beds = Bed.objects.filter(room__hostel__slug="baodaiqiao", room__number="201").order_by("number")
    assert [bed.features for bed in beds] == [[], ["lower_bunk"], [], []]


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("lower_bunks", [5], "hostels[0].rooms[0].lower_bunks[0]: the room has 4 beds"),
        ("lower_bunks", [1, 1], "hostels[0].rooms[0].lower_bunks: must not name the same thing twice"),
        ("lower_bunks", ["1"], "hostels[0].rooms[0].lower_bunks[0]: must be a whole number"),
        ("features", ["sea view"], "hostels[0].rooms[0].features[0]: must be one of lower_bunk, accessible, quiet"),
    ],
)
def test_what_no_bed_can_have_is_told_with_its_place(file, key, value, error):
    file.told["hostels"][0]["rooms"][0][key] = value

    assert errors_of(file.write()) == [error]


def test_a_room_that_the_house_closes_from_a_day_to_come_closes_then(file):
    load_network(SAMPLE, now=NOW)
    Room.objects.filter(hostel__slug="baodaiqiao", number="201").update(valid_until=THAT_DAY)

    assert load_network(file.write(), now=NOW).nothing_new
    assert Room.objects.get(hostel__slug="baodaiqiao", number="201").valid_until == THAT_DAY


def test_every_bed_lies_in_a_room_of_its_own_days():
    load_network(SAMPLE, now=NOW)

    assert not Bed.objects.filter(valid_from__lt=F("room__valid_from")).exists()


def test_quotas_of_the_file_are_for_the_beginning_and_the_office_s_stand(file):
    file.told["quotas"] = [
        {"hostel": "mudu", "month": "2026-03", "nights": 60},
        {"hostel": "mudu", "month": "2026-03", "group": "free_stay", "nights": 9, "release_days": 3},
        {"year": 2026, "nights": 5000},
    ]
    assert load_network(file.write(), now=NOW).added["quota"] == 3
    rows = Quota.objects.values_list("hostel__slug", "group", "first_day", "nights", "release_days")
    assert set(rows) == {
        ("mudu", "", date(2026, 3, 1), 60, None),
        ("mudu", "free_stay", date(2026, 3, 1), 9, 3),
        (None, "", date(2026, 1, 1), 5000, None),
    }
    Quota.objects.filter(group="free_stay").update(nights=12)

    again = load_network(file.path, now=NOW)

    assert (again.nothing_new, again.left) == (True, ["mudu 2026-03 free_stay: 12, not 9"])
    file.told["quotas"] = []
    load_network(file.write(), now=NOW)
    assert Quota.objects.count() == 3


def day_of(number):
    room = Room.objects.get(hostel__slug="baodaiqiao", number=number)
    return room.valid_from, room.valid_until, set(room.beds.values_list("valid_until", flat=True))


def test_a_room_may_say_the_day_on_which_it_closes(file):
    room = file.hostel("baodaiqiao")["rooms"][0]
    room["valid_until"] = "2026-05-01"
    load_network(file.write(), now=moment(date(2023, 1, 1), 8))
    closes = date(2026, 5, 1)

    assert day_of(room["number"]) == (date(2023, 1, 1), closes, {closes})
    for later in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)):
        assert load_network(file.path, now=moment(later, 10)).nothing_new


def test_a_room_that_stands_closes_on_the_day_that_a_later_file_says_and_not_before_today(file):
    load_network(file.write(), now=moment(date(2023, 1, 1), 8))
    room = file.hostel("baodaiqiao")["rooms"][0]

    room["valid_until"] = "2026-05-01"
    summary = load_network(file.write(), now=moment(date(2026, 3, 6), 10))
    assert day_of(room["number"])[1:] == (date(2026, 5, 1), {date(2026, 5, 1)})
    assert f"baodaiqiao: room {room['number']}: until 2026-05-01" in summary.changed

    room["valid_until"] = "2025-05-01"
    load_network(file.write(), now=moment(date(2026, 3, 6), 10))
    assert day_of(room["number"])[1:] == (date(2026, 3, 6), {date(2026, 3, 6)})
    assert load_network(file.path, now=moment(date(2026, 4, 1), 10)).nothing_new


def test_a_room_that_closes_before_it_opens_is_a_slip(file):
    file.told["hostels"][0]["rooms"][0] |= {"valid_from": "2026-05-01", "valid_until": "2026-05-01"}

    assert errors_of(file.write()) == ["hostels[0].rooms[0].valid_until: must be later than 2026-05-01"]


def test_a_bed_that_closes_before_its_room_does_is_left(file):
    load_network(file.write(), now=moment(date(2023, 1, 1), 8))
    room = file.hostel("baodaiqiao")["rooms"][0]
    Bed.objects.filter(room__hostel__slug="baodaiqiao", room__number=room["number"], number=2).update(
        valid_until=date(2026, 4, 1)
    )
    room["valid_until"] = "2026-05-01"

    load_network(file.write(), now=moment(date(2026, 3, 6), 10))

    assert day_of(room["number"])[2] == {date(2026, 4, 1), date(2026, 5, 1)}
