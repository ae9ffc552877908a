"""One web process: uvicorn on the socket that the supervisor holds.

`python -m zoco.project.processes.web FD`.
"""

import socket
import sys
import threading

from zoco.project.processes import leading, lifeline

GRACE_SECONDS = 3
LEAD_AFTER_SECONDS = 0.5


def main() -> None:
    """Serve in a process that was started by itself."""
    lifeline.tie()
    serve(socket.socket(fileno=int(sys.argv[1])))


def serve(listener: socket.socket) -> None:
    """Serve until SIGTERM; requests that run have three seconds to finish."""
    import uvicorn

    from zoco.collector.live.servers.protocol import short_way
    from zoco.project.asgi import application

    stop = threading.Event()
    application.at_start.append(lambda: leading.start(stop, after_seconds=LEAD_AFTER_SECONDS))
    application.at_start.append(lifeline.report_ready)
    application.at_end.append(stop.set)
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=short_way(application.collector),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )

    class Server(uvicorn.Server):
        """Ends live streams before it waits for open connections."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            application.ending()
            await super().shutdown(sockets)

    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
