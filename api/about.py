"""What this door says of itself: its description, what its problems mean, and that nothing is anywhere else."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404
from django.utils.decorators import method_decorator
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from api import problems
from api.door import Door


class Schema(SpectacularAPIView):
    """The description of this door (OpenAPI 3.1)."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes = []
    permission_classes = [AllowAny]


# Swagger UI writes styles into its page. Its scripts are files of ours, so the rule for scripts stays.
@method_decorator(csp_update({"style-src": [UNSAFE_INLINE], "img-src": [SELF, "data:"]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The description to read and try."""

    url_name = "api:schema"
    authentication_classes = []
    permission_classes = [AllowAny]


class ProblemPage(Door):
    """A kind of problem, explained: what the `type` of a problem leads to."""

    authentication_classes = []
    permission_classes = [AllowAny]
    serializer_class = problems.ProblemSerializer

    @extend_schema(operation_id="explain_problem", tags=["about"], summary="What a kind of problem means")
    def get(self, request, name):
        for problem in problems.ALL:
            if problem.name == name:
                return Response(problems.body_of(problem))
        raise Http404


class Nowhere(Door):
    """Every address under /api/ that is none, whatever is done to it."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def initial(self, request, *args, **kwargs):
        raise Http404
