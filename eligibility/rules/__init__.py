"""The kinds of rule: one file each. A new file in this folder is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from eligibility.rule import Rule

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

KINDS = Rule.kinds
