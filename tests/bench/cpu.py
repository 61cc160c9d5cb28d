"""What a program has used of CPU and memory, its children included."""

from pathlib import Path


def cpu_seconds(pid):
    """Of the process and its children; of threads that live now. Counts what
    the kernel did for it as well, such as the loopback's other half."""
    # Nanoseconds; /proc/PID/stat has hundredths of a second only.
    counts = (
        int((thread / "schedstat").read_text().split()[0])
        for one in family(pid)
        for thread in Path(f"/proc/{one}/task").iterdir()
    )
    return sum(counts) / 1e9


def forget_peak(pid):
    """Peaks count from now on."""
    for one in family(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def peak_bytes(pid):
    """The most that was resident since, each process by itself, in sum."""
    return sum(_high_water(one) for one in family(pid))


def family(pid):
    """The process and all that it has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = " ".join((task / "children").read_text() for task in tasks)
    return [pid, *(one for child in children.split() for one in family(int(child)))]


def _high_water(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0
