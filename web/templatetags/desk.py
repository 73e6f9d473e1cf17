"""How the desk writes money."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def yuan(fen):
    """Write fen as yuan: 4900 is 49.00."""
    return f"{Decimal(fen) / 100:.2f}"
