"""All addresses of the house, and that of a view that does nothing."""

from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as house

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Nothing(APIView):
    """What a request costs before anybody does anything."""

    authentication_classes: list = []
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({})


urlpatterns = [path("api/nothing/", Nothing.as_view()), *house]
