"""A strict reading of a compound file ([MS-CFB] version 3): what Excel, unlike lenient readers, relies on.

Written from the specification, not from the writer that it checks.
"""

import struct

FREE, END, FAT, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
UNUSED, STORAGE, STREAM, ROOT = 0, 1, 2, 5
RED, BLACK = 0, 1


class AuditError(AssertionError):
    """What is wrong with the file."""


def require(holds, what):
    if not holds:
        raise AuditError(what)


def audited(file: bytes) -> dict:
    """The storages and streams of the file, as nested dicts; raises AuditError for anything out of order."""
    header = struct.unpack("<8s16s5H6s9I109I", file[:512])
    (signature, class_id, _, version, order, shift, mini_shift, reserved, directory_count, fat_count, directory_at,
     transaction, cutoff, mini_at, mini_count, difat_at, difat_count) = header[:17]  # fmt: skip
    require(signature == bytes.fromhex("D0CF11E0A1B11AE1"), "no signature")
    require((version, order, shift, mini_shift, cutoff) == (3, 0xFFFE, 9, 6, 4096), "not of version 3")
    require((class_id, reserved) == (bytes(16), bytes(6)), "reserved bytes are not 0")
    require((directory_count, transaction) == (0, 0), "counts that version 3 has no use for are not 0")
    require((difat_at, difat_count) == (END, 0), "a further list of FAT sectors, which is not needed")
    require(len(file) % 512 == 0, "a broken sector at the end")
    sectors = [file[at : at + 512] for at in range(512, len(file), 512)]
    fat_at = list(header[17 : 17 + fat_count])
    require(all(at == FREE for at in header[17 + fat_count :]), "more FAT sectors are named than there are")
    fat = numbers(b"".join(sectors[at] for at in fat_at))
    require(len(fat) >= len(sectors), "sectors without an entry in the FAT")
    require(all(entry == FREE for entry in fat[len(sectors) :]), "FAT entries beyond the end of the file")
    require([i for i, entry in enumerate(fat) if entry == FAT] == sorted(fat_at), "FAT sectors are not marked as such")
    used = set(fat_at)

    def read(start):
        ids = chain(fat, start)
        require(not used & set(ids), "two chains share a sector")
        used.update(ids)
        return b"".join(sectors[i] for i in ids)

    entries = [Entry(raw) for raw in pieces(read(directory_at), 128)]
    root = entries[0]
    require((root.kind, root.name) == (ROOT, "Root Entry"), "the first entry is not the root")
    require((root.left, root.right, root.colour) == (NO_STREAM, NO_STREAM, BLACK), "the root has siblings")
    mini_stream = read(root.start) if root.size else b""
    require(
        0 <= len(mini_stream) - root.size < 512 and root.size % 64 == 0, "the mini stream is not as long as it says"
    )
    mini_fat_raw = read(mini_at) if mini_count else b""
    require(len(mini_fat_raw) == 512 * mini_count, "the mini FAT is not as long as the header says")
    mini_fat = numbers(mini_fat_raw)
    require(all(entry == FREE for entry in mini_fat[root.size // 64 :]), "mini FAT entries beyond the mini stream")
    mini_used: set[int] = set()
    reached = {0}

    def content(entry):
        if entry.kind == STREAM and entry.size >= 4096:
            data = read(entry.start)
            require(0 <= len(data) - entry.size < 512, f"{entry.name}: the chain is not as long as its size")
            require(not any(data[entry.size :]), f"{entry.name}: its last sector is not filled up with 0")
            return data[: entry.size]
        if entry.kind == STREAM:
            ids = chain(mini_fat, entry.start) if entry.size else []
            require(entry.size or entry.start == END, f"{entry.name}: is empty, but has a sector")
            require(len(ids) == -(-entry.size // 64), f"{entry.name}: the chain is not as long as its size")
            require(not mini_used & set(ids), "two chains share a mini sector")
            mini_used.update(ids)
            return b"".join(mini_stream[64 * i : 64 * i + 64] for i in ids)[: entry.size]
        require((entry.start, entry.size) == (0, 0), f"{entry.name}: a storage with a stream")
        return storage(entry)

    def storage(entry):
        inside = in_order(entries, entry.child)
        require(not reached & set(inside), "an entry in two places")
        reached.update(inside)
        names = [(len(entries[i].name.encode("utf-16-le")), entries[i].name.upper()) for i in inside]
        require(names == sorted(set(names)), f"{entry.name}: its entries are not in order: {names}")
        return {entries[i].name: content(entries[i]) for i in inside}

    found = storage(root)
    require(
        all(entry.kind == UNUSED or i in reached for i, entry in enumerate(entries)), "an entry that is not reached"
    )
    require(used == set(range(len(sectors))), "sectors that belong to nothing")
    require(mini_used == set(range(root.size // 64)), "mini sectors that belong to nothing")
    return found


class Entry:
    """An entry of the directory."""

    def __init__(self, raw):
        (name, length, self.kind, self.colour, self.left, self.right, self.child, class_id, state, created, modified,
         self.start, self.size) = struct.unpack("<64sHBBIII16sIQQIQ", raw)  # fmt: skip
        self.name = name[: max(0, length - 2)].decode("utf-16-le")
        if self.kind == UNUSED:
            require(not name.strip(b"\0") and length == 0, "an unused entry with a name")
            require({self.left, self.right, self.child} == {NO_STREAM}, "an unused entry with siblings")
        else:
            require(length % 2 == 0 and name[length - 2 :] == bytes(66 - length), f"{self.name}: its name does not end")
            require(not set("/\\:!") & set(self.name), f"{self.name}: a character that is not allowed")
        require(self.kind in {UNUSED, STORAGE, STREAM, ROOT}, f"{self.name}: of no known kind")
        require((class_id, state, created, modified) == (bytes(16), 0, 0, 0), f"{self.name}: not the same each time")
        require(self.kind != STREAM or self.child == NO_STREAM, f"{self.name}: a stream with entries")


def in_order(entries, top):
    """The entries of a red-black tree from left to right; raises AuditError if it is not one."""
    found = []

    def walk(i, parent_colour, path):
        if i == NO_STREAM:
            return 1  # black, as are all that are not there
        require(i < len(entries) and i not in path, "a loop in the tree")
        entry = entries[i]
        require(entry.kind != UNUSED, "an unused entry in the tree")
        require(entry.colour in {RED, BLACK} and not entry.colour == parent_colour == RED, "two reds in a row")
        left = walk(entry.left, entry.colour, {*path, i})
        found.append(i)
        right = walk(entry.right, entry.colour, {*path, i})
        require(left == right, "paths with different numbers of blacks")
        return left + (entry.colour == BLACK)

    require(top == NO_STREAM or entries[top].colour == BLACK, "a red entry on top")
    walk(top, BLACK, set())
    return found


def chain(table, start):
    """The sectors of a chain in order; raises AuditError if it doesn't end."""
    ids = []
    while start != END:
        require(start < len(table) and start not in ids, "a chain that leads nowhere or into itself")
        ids.append(start)
        start = table[start]
    return ids


def numbers(data):
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]
