"""The confined process of sandbox.py: takes its orders, gives up every right, then runs the program and its calls.

It is run as a plain file, without the package, so that nothing is loaded that the program could reach.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
import types
from typing import Any

ERROR_CHARS = 300
NO_NEW_PRIVILEGES, SET_SECCOMP, SET_DUMPABLE, SET_DEATH_SIGNAL = 38, 22, 4, 1
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
EXECUTE, READ_FILE, READ_FOLDER, MAKE_FOLDER = 1, 4, 8, 128  # without the last, no folder is too deep to remove
ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
IOCTL_DEVICE = 1 << 15

# Denied with EPERM: new processes, the network, other processes, and every way around these rules.
DENIED = {
    "x86_64": {
        "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "kill": 62, "tkill": 200, "rt_sigqueueinfo": 129,
        "rt_tgsigqueueinfo": 297, "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "socket": 41, "socketpair": 53, "connect": 42, "bind": 49,
        "listen": 50, "accept": 43, "accept4": 288, "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "recvfrom": 45,
        "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161,
        "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "bpf": 321, "perf_event_open": 298, "keyctl": 250,
        "add_key": 248,
        "request_key": 249, "userfaultfd": 323, "init_module": 175, "finit_module": 313, "kexec_load": 246,
        "reboot": 169,
        "swapon": 167, "settimeofday": 164, "clock_settime": 227, "sethostname": 170, "setpriority": 141,
        "quotactl": 179,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "move_mount": 429, "open_tree": 428, "fsopen": 430,
        "mount_setattr": 442, "prlimit64": 302, "setrlimit": 160, "chmod": 90, "fchmod": 91, "fchmodat": 268,
        "chown": 92,
        "fchown": 93, "lchown": 94, "fchownat": 260, "shmget": 29, "msgget": 68, "semget": 64, "memfd_create": 319,
        "mq_open": 240, "utimensat": 280, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "personality": 135,
        "ioperm": 173, "iopl": 172, "syslog": 103, "acct": 163, "setsid": 112, "setpgid": 109, "sched_setaffinity": 203,
        "fchmodat2": 452,
    },
    "aarch64": {
        "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
        "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "ptrace": 117, "process_vm_readv": 270,
        "process_vm_writev": 271, "socket": 198, "socketpair": 199, "connect": 203, "bind": 200, "listen": 201,
        "accept": 202,
        "accept4": 242, "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "recvfrom": 207, "unshare": 97, "setns": 268,
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "bpf": 280, "perf_event_open": 241, "keyctl": 219, "add_key": 217, "request_key": 218,
        "userfaultfd": 282, "init_module": 105, "finit_module": 273, "kexec_load": 104, "reboot": 142, "swapon": 224,
        "settimeofday": 170, "clock_settime": 112, "sethostname": 161, "setpriority": 140, "quotactl": 60,
        "name_to_handle_at": 264, "open_by_handle_at": 265, "move_mount": 429, "open_tree": 428, "fsopen": 430,
        "mount_setattr": 442, "prlimit64": 261, "setrlimit": 164, "fchmod": 52, "fchmodat": 53, "fchown": 55,
        "fchownat": 54,
        "shmget": 194, "msgget": 186, "semget": 190, "memfd_create": 279, "mq_open": 180, "utimensat": 88,
        "setxattr": 5,
        "lsetxattr": 6, "fsetxattr": 7, "personality": 92, "syslog": 116, "acct": 89, "setsid": 157, "setpgid": 154,
        "sched_setaffinity": 122, "fchmodat2": 452,
    },
}  # fmt: skip
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
TGKILL = {"x86_64": 234, "aarch64": 131}
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE_THREAD = 0x00010000

libc = ctypes.CDLL(None, use_errno=True)


def unavailable(what: str) -> None:
    """Say what is missing and end, before anything was run."""
    sys.stderr.write(f"{what}: {os.strerror(ctypes.get_errno())}\n")
    sys.stderr.flush()
    os._exit(1)


def confine_files(folder: str, readable: list[str], writes: bool) -> None:
    """Landlock: read what is listed and `folder`, write files in `folder` where it `writes`, nothing else."""
    abi = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        unavailable("Landlock")
    handled = ALL_BY_ABI[min(abi, 5)]
    network = 3 if abi >= 4 else 0
    scopes = 3 if abi >= 6 else 0  # abstract sockets and signals
    attributes = struct.pack("QQQ", handled, network, scopes)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    rules = libc.syscall(LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        unavailable("Landlock rules")
    for path, access in [
        *((path, EXECUTE | READ_FILE | READ_FOLDER) for path in readable),
        (folder, handled & ~EXECUTE & ~MAKE_FOLDER if writes else READ_FILE | READ_FOLDER),
    ]:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not os.path.isdir(path):  # noqa: PTH112  (pathlib is not worth its loading here)
            access &= EXECUTE | READ_FILE
        rule = struct.pack("=Qi", access & handled, descriptor)
        if libc.syscall(LANDLOCK_ADD, rules, 1, rule, 0) < 0:
            unavailable(f"Landlock rule for {path}")
        os.close(descriptor)
    if libc.syscall(LANDLOCK_RESTRICT, rules, 0) < 0:
        unavailable("Landlock restriction")
    os.close(rules)


def instruction(code: int, jump_true: int, jump_false: int, value: int) -> bytes:
    """One instruction of the filter's machine."""
    return struct.pack("HBBI", code, jump_true, jump_false, value)


def confine_calls() -> None:
    """seccomp: refuse the denied system calls; `clone` makes threads only; `tgkill` reaches this process only."""
    machine = platform.machine()
    if machine not in DENIED:
        unavailable(f"seccomp on {machine}")
    load, equal, any_bits, give = 0x20, 0x15, 0x45, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | 1, 0x80000000
    no_such_call = 0x00050000 | 38  # ENOSYS: the C library then falls back from clone3 to clone
    program = [
        instruction(load, 0, 0, 4),
        instruction(equal, 1, 0, ARCHITECTURE[machine]),
        instruction(give, 0, 0, kill),
        instruction(load, 0, 0, 0),
    ]
    if machine == "x86_64":  # the x32 numbers would be a way around
        program += [instruction(0x35, 0, 1, 0x40000000), instruction(give, 0, 0, kill)]
    program += [instruction(equal, 0, 1, CLONE3), instruction(give, 0, 0, no_such_call)]
    program += [
        instruction(equal, 0, 4, CLONE[machine]),
        instruction(load, 0, 0, 16),
        instruction(any_bits, 1, 0, CLONE_THREAD),
        instruction(give, 0, 0, refuse),
        instruction(give, 0, 0, allow),
        instruction(equal, 0, 4, TGKILL[machine]),
        instruction(load, 0, 0, 16),
        instruction(equal, 1, 0, os.getpid()),
        instruction(give, 0, 0, refuse),
        instruction(give, 0, 0, allow),
    ]
    for number in sorted(set(DENIED[machine].values())):
        program += [instruction(equal, 0, 1, number), instruction(give, 0, 0, refuse)]
    program.append(instruction(give, 0, 0, allow))
    code = b"".join(program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    if libc.prctl(SET_SECCOMP, 2, header, 0, 0) != 0:
        unavailable("seccomp")


def outcome(call: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """What an expression comes to: ("value", its source) or ("error", the exception)."""
    try:
        return "value", repr(plain(eval(call, namespace)))
    except BaseException as error:  # noqa: BLE001  (an exit too: it is the outcome of this call)
        return "error", f"{type(error).__name__}: {error}".rstrip(": ")[:ERROR_CHARS]


def plain(value: Any) -> Any:
    """A value as built-in types, such as a dict for a Counter; what has no literal is a TypeError."""
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return value
    scalar: Any = next((kind for kind in (int, float, str, bytes) if isinstance(value, kind)), None)
    if scalar is not None:
        return scalar(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, (set, frozenset)):
        return {plain(item) for item in value}
    raise TypeError(f"it returned {type(value).__name__}, which is no value of built-in types")


def main() -> None:
    """Read the orders, confine this process, run."""
    job = int(sys.argv[1])
    with os.fdopen(job, "rb") as file:
        orders: dict[str, Any] = json.loads(file.read())
    libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)  # without the parent, nobody watches the clock
    if os.getppid() != orders["parent"]:
        os._exit(1)
    for module in (
        "math",
        "random",
        "re",
        "collections",
        "itertools",
        "functools",
        "fractions",
        "decimal",
        "heapq",
        "bisect",
    ):
        __import__(module)  # found more quickly before than after
    for kind, amount in (
        (resource.RLIMIT_AS, orders["memory_bytes"]),
        (resource.RLIMIT_CPU, orders["cpu_s"]),
        (resource.RLIMIT_FSIZE, orders["file_bytes"]),
        (resource.RLIMIT_NOFILE, orders["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        # A second more for processor time: the first limit sends a signal that tells what happened, the second kills.
        resource.setrlimit(kind, (amount, amount + (kind == resource.RLIMIT_CPU)))
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        unavailable("no_new_privs")
    libc.prctl(SET_DUMPABLE, 0, 0, 0, 0)
    calls = orders["calls"]
    confine_files(orders["folder"], orders["readable"], writes=not calls)
    confine_calls()
    os.write(orders["confined"], b"confined")
    os.close(orders["confined"])  # so that only this says that the program ran
    sys.argv = ["program.py"]
    program = types.ModuleType("program" if calls else "__main__")  # with calls it is imported, and no script
    sys.modules[program.__name__] = program  # where dataclasses look
    exec(compile(orders["program"], "program.py", "exec"), program.__dict__)
    if calls:
        with os.fdopen(orders["returned"], "w", encoding="utf-8") as file:
            for call in calls:
                file.write(json.dumps(outcome(call, program.__dict__)) + "\n")
                file.flush()
        sys.stdout.flush()
        os._exit(0)  # a thread that the program left behind is not waited for


if __name__ == "__main__":
    main()
