"""Many clients in one process: idle ones, slow ones, and pushes of manifests
that arrive slowly. From many loopback addresses, each with few connections."""

import asyncio
import base64
import resource
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

PER_ADDRESS = 20  # a quarter of what the gateway holds is one address's
ANSWER_SECONDS = 90  # after which a request counts as unanswered
PIECE_BYTES = 64 << 10
# Below the gateway's second-least rate, so that data waits in the gateway.
SIP_BYTES = 512
PING = b"GET /v2/ HTTP/1.1\r\nHost: crowd\r\n\r\n"
HEAD_PIECE = b"GET /v2/ HTTP/1.1\r\nHost: crowd\r\nX-Slow: "


def allow_descriptors():
    """As many as the system lets us; what is started later inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class Addresses:
    """Loopback addresses to connect from."""

    def __init__(self):
        self._taken = 0

    def next(self):
        number = self._taken // PER_ADDRESS
        self._taken += 1
        return f"127.1.{number // 200}.{1 + number % 200}"


def connected(address, port, receive_buffer=0):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(20)
    client.bind((address, 0))
    client.connect(("127.0.0.1", port))
    return client


def idle_connections(count, addresses, port):
    """Each has asked once, and been answered."""
    opened = []
    for _ in range(count):
        client = connected(addresses.next(), port)
        client.sendall(PING)
        answer = client.recv(65536)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"idle connection {len(opened)}: {answer[:200]!r}")
        client.setblocking(False)
        opened.append(client)
    return opened


def still_open(client):
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@dataclass
class Seen:
    """What became of the crowd. Statuses are 0 for no answer."""

    puts: Counter = field(default_factory=Counter)
    no_retry_after: int = 0  # among the 503
    seconds: list = field(default_factory=list)  # of the PUTs that were taken
    heads: Counter = field(default_factory=Counter)
    pulls: Counter = field(default_factory=Counter)


@dataclass(frozen=True)
class Plan:
    port: int
    heads: int  # connections that send their head byte by byte
    pulls: int  # that read a blob in sips
    pull: bytes  # the request
    puts: int
    put_path: str  # with {} for the tag
    content_type: str
    body: bytes
    body_seconds: float


def run(plan, addresses):
    return asyncio.run(_run(plan, addresses))


async def _run(plan, addresses):
    seen, over = Seen(), asyncio.Event()
    slow = [_slow_head(plan, addresses.next(), seen, over) for _ in range(plan.heads)]
    slow += [_slow_pull(plan, addresses.next(), seen, over) for _ in range(plan.pulls)]
    tasks = [asyncio.create_task(one) for one in slow]
    await asyncio.sleep(1)
    pushes = [_put(plan, addresses.next(), i, seen) for i in range(plan.puts)]
    await asyncio.gather(*pushes)
    over.set()
    ended, under_way = await asyncio.wait(tasks, timeout=5) if tasks else ((), ())
    for task in under_way:
        task.cancel()
    for task in ended:
        task.result()  # raises what it met
    return seen


async def _connect(plan, address, receive_buffer=0):
    client = socket.socket()
    client.setblocking(False)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.bind((address, 0))
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", plan.port))
    return client


async def _answer(client):
    """(status, head) of the next answer; status 0 where there is none."""
    loop, read = asyncio.get_running_loop(), b""
    try:
        while b"\r\n\r\n" not in read:
            piece = await loop.sock_recv(client, 65536)
            if not piece:
                return 0, read
            read += piece
    except OSError:
        return 0, read
    return int(read.split(b" ", 2)[1]), read.partition(b"\r\n\r\n")[0]


async def _put(plan, address, number, seen):
    credential = base64.b64encode(b"user-%d:crowd" % number).decode()
    head = (
        f"PUT {plan.put_path.format(f'v{number}')} HTTP/1.1\r\nHost: crowd\r\n"
        f"Authorization: Basic {credential}\r\nContent-Type: {plan.content_type}\r\n"
        f"Content-Length: {len(plan.body)}\r\n\r\n"
    ).encode()
    begun = time.monotonic()
    client = await _connect(plan, address)
    with client:
        answer = asyncio.create_task(_answer(client))
        await _send_slowly(client, head, plan, answer)
        try:
            status, got = await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            status, got = 0, b""
    seen.puts[status] += 1
    if status == 503 and b"\r\nRetry-After: " not in got:
        seen.no_retry_after += 1
    if status == 201:
        seen.seconds.append(time.monotonic() - begun)


async def _send_slowly(client, head, plan, answer):
    """Evenly over the plan's time, or until it is answered."""
    loop, view = asyncio.get_running_loop(), memoryview(plan.body)
    pause = plan.body_seconds * PIECE_BYTES / len(plan.body)
    pieces = [head, *(view[i : i + PIECE_BYTES] for i in range(0, len(view), PIECE_BYTES))]
    due = time.monotonic()
    for piece in pieces:
        sending = asyncio.create_task(loop.sock_sendall(client, piece))
        await asyncio.wait({sending, answer}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            sending.cancel()
            await asyncio.wait({sending})
            if not sending.cancelled():
                sending.exception()
            return
        if sending.exception():
            return  # the answer says why
        due += pause
        await asyncio.sleep(max(0, due - time.monotonic()))


async def _slow_head(plan, address, seen, over):
    """A byte a second, on a new connection whenever one is ended."""
    loop = asyncio.get_running_loop()
    while not over.is_set():
        with await _connect(plan, address) as client:
            answer = asyncio.create_task(_answer(client))
            for i in range(10_000):
                try:
                    byte = HEAD_PIECE[i : i + 1] or b"x"
                    await loop.sock_sendall(client, byte)
                except OSError:
                    break
                await asyncio.wait({answer}, timeout=1)
                if answer.done() or over.is_set():
                    break
            if answer.done():
                seen.heads[answer.result()[0]] += 1
            else:
                answer.cancel()
                await asyncio.wait({answer})


async def _slow_pull(plan, address, seen, over):
    """A sip a second for as long as it takes; a new pull after each."""
    loop = asyncio.get_running_loop()
    while not over.is_set():
        with await _connect(plan, address, receive_buffer=4096) as client:
            await loop.sock_sendall(client, plan.pull)
            first = await loop.sock_recv(client, SIP_BYTES)
            status = int(first.split(b" ", 2)[1]) if first else 0
            seen.pulls[status] += 1
            while first and not over.is_set():
                await asyncio.sleep(1)
                first = await loop.sock_recv(client, SIP_BYTES)
