"""Sent into a jail as a student's cell: looks for the judge's canary everywhere a program can look.

The needle comes masked and is made in place, so that the search does not find its own copy.
"""

import ctypes
import gc
import mmap
import os
import sys

MASK = 0x5A
PAGE = mmap.PAGESIZE
BLOCK = 512 * PAGE
CHUNK = 1 << 16
FAR = 1 << 30

needle = bytearray(32)
scratch = bytearray(CHUNK)
libc = ctypes.CDLL(None, use_errno=True)
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
libc.write.restype = ctypes.c_ssize_t
libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
libc.malloc.restype = ctypes.c_void_p
libc.sbrk.restype = ctypes.c_void_p
kept = []


def aim(masked):
    for i, byte in enumerate(masked):
        needle[i] = byte ^ MASK


def has(value, depth=0):
    """Whether a value, or what it directly holds, contains the needle."""
    if isinstance(value, str):
        return needle in value.encode("utf-8", "replace")
    if isinstance(value, (bytes, bytearray)):
        return value is not needle and value is not scratch and needle in value
    if depth < 2 and isinstance(value, (list, tuple, set, frozenset)):
        return any(has(item, depth + 1) for item in list(value)[:1000])
    if depth < 2 and isinstance(value, dict):
        return any(has(item, depth + 1) for pair in list(value.items())[:1000] for item in pair)
    return False


def in_environment():
    return sorted(name for name, value in os.environ.items() if has(value) or has(name))


def in_files(roots, libraries):
    """Files under `roots` that hold the needle, and those of them that can be opened at all; libraries are left out."""
    found = []
    for root in roots:
        if os.path.isfile(root):
            found += [root] if file_has(root) else []
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in libraries]
            found += [os.path.join(folder, name) for name in names if file_has(os.path.join(folder, name))]
    return found


def file_has(path):
    try:
        with open(path, "rb") as file:
            return needle in file.read(1 << 22)
    except OSError:
        return False


def in_descriptors():
    found = []
    for fd in range(5, 4096):
        try:
            if needle in os.pread(fd, 1 << 20, 0):
                found.append(fd)
        except OSError:
            continue
    return found


def in_modules():
    return sorted(name for name, module in list(sys.modules.items()) if has(dict(getattr(module, "__dict__", {}))))


def in_objects():
    """How many containers that the collector knows hold the needle, themselves or in one that it does not follow."""
    gc.unfreeze()
    text = needle.decode()

    def holds(item):
        kind = type(item)
        values = [*item.keys(), *item.values()] if kind is dict else item if kind in (list, tuple, set) else ()
        for value in values:
            kind = type(value)
            if kind is str:
                if text in value:
                    return True
            elif kind in (bytes, bytearray):
                if has(value):
                    return True
            elif kind in (dict, tuple) and not gc.is_tracked(value) and holds(value):
                return True
        return False

    return sum(holds(item) for item in gc.get_objects())


def in_frames():
    frame, found = sys._getframe(), []
    while frame is not None:
        found += [name for name, value in frame.f_locals.items() if has(value)]
        frame = frame.f_back
    return found


# ---- memory, without /proc ------------------------------------------------------------------------------------------


class Segment(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("offset", ctypes.c_uint64)] + [
        (name, ctypes.c_uint64) for name in ("address", "physical", "file_size", "size", "align")
    ]


class Library(ctypes.Structure):
    _fields_ = [
        ("base", ctypes.c_uint64),
        ("name", ctypes.c_char_p),
        ("segments", ctypes.POINTER(Segment)),
        ("count", ctypes.c_uint16),
    ]


def libraries():
    """(start, end, writable) of every loaded segment."""
    found = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Library), ctypes.c_size_t, ctypes.c_void_p)
    def note(library, _size, _data):
        for i in range(library[0].count):
            segment = library[0].segments[i]
            if segment.type == 1:
                start = library[0].base + segment.address
                found.append((start, start + segment.size, bool(segment.flags & 2)))
        return 0

    libc.dl_iterate_phdr(note, None)
    return found


def regions():
    """Mapped ranges around every address this process can know of, without libraries' read-only parts."""
    loaded = libraries()
    seeds = [start for start, _, _ in loaded] + [end for _, end, _ in loaded]
    seeds += [id(item) for item in gc.get_objects()] + [libc.sbrk(0) - 1, ctypes.addressof(ctypes.c_char())]
    seeds += [ctypes.addressof(item) for item in kept if isinstance(item, ctypes.Array)]
    clusters = []
    for seed in sorted(seeds):
        if clusters and seed - clusters[-1][1] < FAR:
            clusters[-1][1] = seed
        else:
            clusters.append([seed, seed])
    fixed = sorted((start // PAGE * PAGE, -(-end // PAGE) * PAGE) for start, end, writable in loaded if not writable)
    vector = ctypes.create_string_buffer(BLOCK // PAGE)
    for low, high in clusters:
        address = (low - FAR // 8) // BLOCK * BLOCK
        while address < high + FAR // 8:
            skip = next((end for start, end in fixed if start <= address < end), None)
            if skip is not None:
                address = skip
                continue
            size = min(BLOCK - address % BLOCK, *(start - address for start, _ in fixed if start > address), BLOCK)
            if libc.mincore(address, size, vector) == 0:
                yield address, size
            else:
                for page in range(address, address + size, PAGE):
                    if libc.mincore(page, PAGE, vector) == 0:
                        yield page, PAGE
            address += size


def in_memory():
    """How often the needle lies in this process's memory, its own two buffers left out."""
    own = [(ctypes.addressof((ctypes.c_char * len(b)).from_buffer(b)), len(b)) for b in (needle, scratch)]
    reader, writer = os.pipe()
    for end in (reader, writer):  # a pipe may be as small as a page: then a part is written, and nobody waits
        os.set_blocking(end, False)
    found, scanned = 0, 0
    for address, size in regions():
        at = address
        while at < address + size:
            count = libc.write(
                writer, at, min(CHUNK, address + size - at)
            )  # the kernel says EFAULT where we would crash
            if count <= 0:
                at += PAGE
                continue
            view = memoryview(scratch)[:count]
            done = 0
            while done < count:
                done += os.readv(reader, [view[done:]])
            scanned += count
            position = scratch.find(needle, 0, count)
            while position >= 0:
                place = at + position
                found += not any(start - len(needle) < place < start + length for start, length in own)
                position = scratch.find(needle, position + 1, count)
            at += count if at + count == address + size or count <= len(needle) else count - len(needle)
    os.close(reader)
    os.close(writer)
    return [found, scanned]


# ---- the same places, planted --------------------------------------------------------------------------------------


def plant_environment():
    os.environ["PLANTED"] = needle.decode()


def plant_file():
    with open("planted.py", "wb") as file:
        file.write(needle)


def plant_descriptor():
    fd = os.open("open.txt", os.O_RDWR | os.O_CREAT)
    os.write(fd, needle)
    os.unlink("open.txt")
    return fd


def plant_module():
    import types

    sys.modules["planted"] = types.ModuleType("planted")
    sys.modules["planted"].secret = [needle.decode()]


def plant_object():
    kept.append({"reference": bytes(needle)})


def plant_memory(kind):
    """Bytes that no Python object holds."""
    if kind == "small":
        address = libc.malloc(64)
    elif kind == "large":
        address = libc.malloc(8 << 20) + (4 << 20)
    else:
        area = mmap.mmap(-1, 1 << 20)
        kept.append(area)
        area[1000 : 1000 + len(needle)] = needle
        return
    ctypes.memmove(address, (ctypes.c_char * len(needle)).from_buffer(needle), len(needle))
