"""Makes a dict of each record in a POSIX object with struct.iter_unpack: records.py NAME RECORDS FORMAT FIELD,FIELD,...

For each line prints the seconds that all records took.
"""
import struct
import sys
import time
from multiprocessing import resource_tracker, shared_memory

name, count, layout, names = sys.argv[1:]
names = names.split(",")
record = struct.Struct(layout)
memory = shared_memory.SharedMemory(name=name)
resource_tracker.unregister(f"/{name}", "shared_memory")
print("ready", flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    with memory.buf[: int(count) * record.size] as data:
        records = [dict(zip(names, values)) for values in record.iter_unpack(data)]
    print(f"{time.perf_counter() - begin:.12f}", flush=True)
    assert len(records) == int(count)
    del records
memory.close()
