#!/usr/bin/env python3
"""POSIX shared memory by Python's multiprocessing.shared_memory.

shm.py create NAME SIZE TEXT   create, write, and leave it there
shm.py write NAME TEXT         open, write
shm.py read NAME               open, print the text up to its NUL
"""
import sys
from multiprocessing import resource_tracker, shared_memory

command, name, *rest = sys.argv[1:]
create = command == "create"
memory = shared_memory.SharedMemory(name=name, create=create, size=int(rest[0]) if create else 0)

# The tracker would unlink the object when this process ends, although others use it.
resource_tracker.unregister(f"/{name}", "shared_memory")

if command == "read":
    print(bytes(memory.buf).split(b"\0", 1)[0].decode())
else:
    text = rest[-1].encode() + b"\0"
    memory.buf[: len(text)] = text
memory.close()
