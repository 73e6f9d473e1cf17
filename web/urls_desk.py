"""The desk's addresses, under /desk/. Its language is the person's own."""

from django.urls import path

from web.desk.answering import house_answer
from web.desk.block import block
from web.desk.chart import chart, place
from web.desk.checkin import checkin
from web.desk.evidence import original_seen, picture
from web.desk.language import speak
from web.desk.leaving import check_out_page, no_show_page
from web.desk.log import log
from web.desk.offline import beat, sheet, shell, worker
from web.desk.register import register
from web.desk.rooms import rooms
from web.desk.shift import shift
from web.desk.stay import act_page, stay_page
from web.desk.sync import acts, settled, sync
from web.desk.today import today
from web.desk.undo import undo
from web.desk.walkin import walkin

urlpatterns = [
    path("", today, name="desk"),
    path("acts/", acts, name="desk_acts"),
    path("acts/<int:act>/undo/", undo, name="desk_undo"),
    path("beat/", beat, name="desk_beat"),
    path("chart/", chart, name="desk_chart"),
    path("chart/place/", place, name="desk_place"),
    path("checkin/", checkin, name="desk_checkin"),
    path("evidence/<int:evidence>/<int:page>/", picture, name="desk_evidence_page"),
    path("stays/<str:code>/evidence/", original_seen, name="desk_original_seen"),
    path("stays/<str:code>/check-out/", check_out_page, name="desk_check_out"),
    path("stays/<str:code>/house-answer/", house_answer, name="desk_house_answer"),
    path("stays/<str:code>/no-show/", no_show_page, name="desk_no_show"),
    path("stays/<str:code>/", stay_page, name="desk_stay"),
    path("stays/<str:code>/<slug:act>/", act_page, name="desk_stay_act"),
    path("log/", log, name="desk_log"),
    path("register/", register, name="desk_register"),
    path("rooms/", rooms, name="desk_rooms"),
    path("rooms/block/", block, name="desk_block"),
    path("offline/", shell, name="desk_offline"),
    path("sheet/", sheet, name="desk_sheet"),
    path("sw.js", worker, name="desk_worker"),
    path("sync/", sync, name="desk_sync"),
    path("sync/<int:clash>/", settled, name="desk_settle"),
    path("shift/", shift, name="desk_shift"),
    path("walkin/", walkin, name="desk_walkin"),
    path("language/", speak, name="desk_language"),
]
