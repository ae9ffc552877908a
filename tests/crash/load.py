"""Send numbered facts to /e until stdin closes; say on stdout which were acknowledged.

usage: load.py PORT. Each sender has one fact under way and sends it again, under the same id, until it is
told that it is on the disk: whatever breaks in between.
"""

import http.client
import itertools
import json
import sys
import threading

from zoco.kit.ids import uuid8

NAMESPACE = b"load"
SENDERS = 4
HOST = "shop.example"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def body(number: int) -> str:
    """Return a request with the fact of this number."""
    fact = {"id": uuid8(NAMESPACE, number), "url": f"https://{HOST}/live/{number % 50}", "age": number % 9}
    return json.dumps(fact)


def send(port: int, numbers: "itertools.count[int]", stop: threading.Event) -> None:
    """Send one fact after another."""
    while not stop.is_set():
        number = next(numbers)
        while not acknowledged(port, number):
            if stop.wait(0.02):
                return
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        stop.wait(0.03)


def acknowledged(port: int, number: int) -> bool:
    """Send a fact once; say whether a 2xx came back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("POST", "/e", body(number), {"user-agent": AGENT})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if 400 <= status < 500:
        raise AssertionError(f"refused with {status}")
    return 200 <= status < 300


def main(port: int) -> None:
    """Send from several threads."""
    numbers, stop = itertools.count(), threading.Event()
    senders = [threading.Thread(target=send, args=(port, numbers, stop)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    sys.stdin.read()
    stop.set()
    for sender in senders:
        sender.join()


if __name__ == "__main__":
    main(int(sys.argv[1]))
