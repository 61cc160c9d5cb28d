"""CPU seconds that a program has used, user and system, all its threads."""

from pathlib import Path


def cpu_seconds(pid):
    """Of the process and its children; of threads that live now. Counts what
    the kernel did for it as well, such as the loopback's other half."""
    task = Path(f"/proc/{pid}/task")
    total = 0
    for thread in task.iterdir():
        # Nanoseconds; /proc/PID/stat has hundredths of a second only.
        total += int((thread / "schedstat").read_text().split()[0])
    children = " ".join(
        (thread / "children").read_text() for thread in task.iterdir()
    )
    return total / 1e9 + sum(cpu_seconds(int(child)) for child in children.split())
