"""The collector's addresses for projects of others under WSGI; the runnable project has bare ASGI code.

    urlpatterns += collecting.urlpatterns

This is as right and a few times slower.
"""

from zoco.project.serving.collecting import collector, facts, followed, image, tracker, urlpatterns

__all__ = ["collector", "facts", "followed", "image", "tracker", "urlpatterns"]
