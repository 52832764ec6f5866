"""Runs a command and writes what it took as one line of JSON: python3 measure.py REPORT COMMAND ARGUMENT…

Wall time is the whole process from spawn to exit; CPU time is user and system of it and its waited-for children; peak is the largest
resident set that the kernel saw (of one process: the contestants are one each, with threads).
"""

import json
import os
import sys
import time

report, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
with open(report, "w") as file:
    json.dump(
        {
            "wall_s": round(wall, 3),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
            # Linux counts kilobytes, macOS bytes.
            "peak_mb": round(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6, 1),
            "exit": os.waitstatus_to_exitcode(status),
        },
        file,
    )
