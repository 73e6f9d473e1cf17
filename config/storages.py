"""How files of the pages are named in production: each by its content, also where one script asks for another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Renames what scripts import as well, so that no browser mixes an old part with a new one."""

    support_js_module_import_aggregation = True
