"""How the office writes houses, months and the cells of its tables."""

from django import template
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from web.templatetags.house import full_day

register = template.Library()

BRAND = "苏青驿·"


@register.filter
def short_name(hostel):
    """Name a house among its sisters: what all of them are called is left out."""
    return hostel.name.removeprefix(BRAND)


@register.filter
def month(day):
    """Write the month of a date as the head of a column: 3月, Mar."""
    return dateformat.format(day, pgettext("head of a month's column", "M"))


@register.simple_tag
def heat_label(hostel, cell):
    """Say a cell of the heat table in full, for those who hear it."""
    said = _("{hostel} {night}: {free} free of {beds}").format(
        hostel=short_name(hostel), night=full_day(cell.night), free=cell.free, beds=cell.beds
    )
    if cell.change > 0:
        more = ngettext("{number} more than one week before", "{number} more than one week before", cell.change)
        return f"{said}, {more.format(number=cell.change)}"
    if cell.change < 0:
        fewer = ngettext("{number} fewer than one week before", "{number} fewer than one week before", -cell.change)
        return f"{said}, {fewer.format(number=-cell.change)}"
    return said
