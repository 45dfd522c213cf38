"""Opens, reads or writes, and closes a POSIX object of 64 bytes with multiprocessing.shared_memory: shm_loop.py NAME

For each line "read COUNT" or "write COUNT" prints the seconds of one time.
"""
import sys
import time
from multiprocessing import resource_tracker, shared_memory

name = sys.argv[1]
text = b"x" * 63 + b"\0"


def read():
    memory = shared_memory.SharedMemory(name=name)
    data = bytes(memory.buf[:64]).split(b"\0", 1)[0].decode()
    memory.close()
    return data


def write():
    memory = shared_memory.SharedMemory(name=name)
    memory.buf[:64] = text
    memory.close()


print("ready", flush=True)
for line in sys.stdin:
    what, count = line.split()
    call = {"read": read, "write": write}[what]
    begin = time.perf_counter()
    for _ in range(int(count)):
        call()
    print(f"{(time.perf_counter() - begin) / int(count):.12f}", flush=True)

# The tracker would unlink the object when this process ends, although others use it.
resource_tracker.unregister(f"/{name}", "shared_memory")
