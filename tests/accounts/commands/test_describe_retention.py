from django.core.management import call_command


def test_what_is_written_down_is_what_the_pages_print():
    call_command("describe_retention", "--check")
