"""The live stream under uvicorn, in a thread, for tests that open it through sockets."""

import asyncio
import http.client
import socket
import threading
import time
from typing import Any

import uvicorn
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import connections
from django.test import Client

from zoco.project.serving.live import Live
from zoco.project.serving.pool import Pool

MOST = 10
OURS = {"Sec-Fetch-Site": "same-origin"}


class Server(uvicorn.Server):
    """As the product's: streams end before it waits for open connections."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self.live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.live.close()
        await super().shutdown(sockets)


class Served:
    """The stream in a thread, and streams that are read from it."""

    def __init__(self) -> None:
        self.pool = Pool(2, at_end=connections.close_all)
        self.live = Live(self.pool, streams=MOST)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.opened: list[http.client.HTTPConnection] = []
        config = uvicorn.Config(self.live, lifespan="off", log_config=None, timeout_graceful_shutdown=10)
        self.server = Server(config, self.live)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def _run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.listener]))

    def ask(self, client: Client | None = None, query: str = "site=shop", **headers: str) -> Any:
        """Open a stream as a page of ours does, unless other headers are given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.opened.append(connection)
        cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"} if client else {}
        connection.request("GET", f"/live?{query}", headers={**cookie, **(headers or OURS)})
        return connection.getresponse()

    def stop(self) -> float:
        """Stop the server; return the seconds that it took."""
        began = time.monotonic()
        self.server.should_exit = True
        self.thread.join(15)
        return time.monotonic() - began


def account(name: str = "ana", role: str = "analyst") -> User:
    user: User = get_user_model().objects.create_user(name, f"{name}@honey.example", "hexagon-comb-12")
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
