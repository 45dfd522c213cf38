"""TLS clients that take their echo a byte at a time or not at all: hostile_tls.py slowread|deaf PORT COUNT. It goes on until its standard input ends."""
import select
import socket
import ssl
import sys

mode, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def attempt(act, *arguments):
    try:
        act(*arguments)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError, OSError):
        pass  # Full, empty, or cut off: all of that is as it should be.


connections = []
for _ in range(count):
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port)))
    connection.setblocking(False)
    connections.append(connection)
print("listening", len(connections), flush=True)

for connection in connections:
    for _ in range(64):
        attempt(connection.send, bytes(65536))
while not select.select([sys.stdin], [], [], 0.1)[0]:
    for connection in connections if mode == "slowread" else []:
        attempt(connection.recv, 1)
print("done", len(connections), "cut 0")
