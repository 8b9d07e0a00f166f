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
    fat_at, directory_at, mini_at, mini_count = checked_header(file[:512])
    require(len(file) % 512 == 0, "a broken sector at the end")
    sectors = Sectors(pieces(file[512:], 512), fat_at)
    entries = [Entry(raw) for raw in pieces(sectors.read(directory_at), 128)]
    root = entries[0]
    require((root.kind, root.name) == (ROOT, "Root Entry"), "the first entry is not the root")
    require((root.left, root.right, root.colour) == (NO_STREAM, NO_STREAM, BLACK), "the root has siblings")
    mini_stream = sectors.read(root.start) if root.size else b""
    require(
        0 <= len(mini_stream) - root.size < 512 and root.size % 64 == 0, "the mini stream is not as long as it says"
    )
    mini_table = sectors.read(mini_at) if mini_count else b""
    require(len(mini_table) == 512 * mini_count, "the mini FAT is not as long as the header says")
    mini = Chains(pieces(mini_stream[: root.size], 64), numbers(mini_table))
    reached = {0}

    def storage(entry):
        inside = in_order(entries, entry.child)
        require(not reached & set(inside), "an entry in two places")
        reached.update(inside)
        names = [(len(entries[i].name.encode("utf-16-le")), entries[i].name.upper()) for i in inside]
        require(names == sorted(set(names)), f"{entry.name}: its entries are not in order: {names}")
        return {entries[i].name: content(entries[i]) for i in inside}

    def content(entry):
        if entry.kind == STREAM:
            return stream(entry, sectors, mini)
        require((entry.start, entry.size) == (0, 0), f"{entry.name}: a storage with a stream")
        return storage(entry)

    found = storage(root)
    require(
        all(entry.kind == UNUSED or i in reached for i, entry in enumerate(entries)), "an entry that is not reached"
    )
    require(sectors.used == set(range(len(sectors.pieces))), "sectors that belong to nothing")
    require(mini.used == set(range(len(mini.pieces))), "mini sectors that belong to nothing")
    return found


def checked_header(header):
    """Where the FAT's sectors are, the directory, the mini FAT, and how many sectors it has."""
    said = struct.unpack("<8s16s5H6s9I109I", header)
    (signature, class_id, _, version, order, shift, mini_shift, reserved, directory_count, fat_count, directory_at,
     transaction, cutoff, mini_at, mini_count, difat_at, difat_count) = said[:17]  # fmt: skip
    require(signature == bytes.fromhex("D0CF11E0A1B11AE1"), "no signature")
    require((version, order, shift, mini_shift, cutoff) == (3, 0xFFFE, 9, 6, 4096), "not of version 3")
    require((class_id, reserved) == (bytes(16), bytes(6)), "reserved bytes are not 0")
    require((directory_count, transaction) == (0, 0), "counts that version 3 has no use for are not 0")
    require((difat_at, difat_count) == (END, 0), "a further list of FAT sectors, which is not needed")
    require(all(at == FREE for at in said[17 + fat_count :]), "more FAT sectors are named than there are")
    return list(said[17 : 17 + fat_count]), directory_at, mini_at, mini_count


class Chains:
    """Sectors and the table of which comes after which; no two chains may share one."""

    def __init__(self, some, table):
        require(len(table) >= len(some), "sectors without an entry in the table")
        require(all(entry == FREE for entry in table[len(some) :]), "entries beyond the end of the sectors")
        self.pieces, self.table, self.used = some, table, set()

    def read(self, start):
        ids = []
        while start != END:
            require(start < len(self.pieces) and start not in ids, "a chain that leads nowhere or into itself")
            ids.append(start)
            start = self.table[start]
        require(not self.used & set(ids), "two chains share a sector")
        self.used.update(ids)
        return b"".join(self.pieces[i] for i in ids)


class Sectors(Chains):
    """The sectors of the file, whose table is in sectors itself."""

    def __init__(self, some, fat_at):
        require(all(at < len(some) for at in fat_at), "a FAT sector beyond the end of the file")
        super().__init__(some, numbers(b"".join(some[at] for at in fat_at)))
        marked = [i for i, entry in enumerate(self.table) if entry == FAT]
        require(marked == sorted(fat_at), "FAT sectors are not marked as such")
        self.used.update(fat_at)


def stream(entry, sectors, mini):
    """What a stream holds."""
    large = entry.size >= 4096
    size = 512 if large else 64
    require(entry.size or entry.start == END, f"{entry.name}: is empty, but has a sector")
    data = (sectors if large else mini).read(entry.start)
    require(0 <= len(data) - entry.size < size, f"{entry.name}: the chain is not as long as its size")
    require(not any(data[entry.size :]), f"{entry.name}: its last sector is not filled up with 0")
    return data[: entry.size]


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


def numbers(data):
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]
