"""A second verifier of exports and evidence, to hold the first to account.

Written from RFC 6962 (trees), RFC 8032 (Ed25519), RFC 8785 (canonical JSON), the C2SP notes, checkpoints and proofs, and
docs/guides/proofs.md, in Python 3 with its standard library alone. It shares no line with the verifier of the product.

    verify.py EXPORT --key VKEY [--checkpoint FILE]
    verify.py --batch < jobs        one JSON job a line, one JSON answer a line (see `batch`)

Exit status: 0 verified, 1 refused, 3 verified and not anchored.
"""

import base64
import binascii
import hashlib
import json
import re
import sys


class Refused(Exception):
    """What was given does not verify, and why."""


# --- RFC 8032, section 5.1: Ed25519 -------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        raise Refused("a point that is not canonical")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P:
        raise Refused("not a point of the curve")
    if x == 0 and sign:
        raise Refused("a point that is not canonical")
    return P - x if x % 2 != sign else x


def decode_point(data):
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    x = recover_x(y, number >> 255)
    return (x, y, 1, x * y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
CHECKED = {}


def is_signed(public, message, signature):
    question = (public, message, signature)
    if question not in CHECKED:
        CHECKED[question] = check_signature(*question)
    return CHECKED[question]


def check_signature(public, message, signature):
    if len(signature) != 64:
        return False
    try:
        a = decode_point(public)
        r = decode_point(signature[:32])
    except Refused:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- RFC 6962, section 2.1: trees ---------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\x00" + data)


def head(hashes):
    """The Merkle tree hash of leaves whose hashes these are."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\x01" + head(hashes[:k]) + head(hashes[k:]))


def head_by_path(index, size, leaf, path):
    """The root to which an audit path leads, by the recursion that defines the path."""
    if size == 1:
        if path:
            raise Refused("the proof is too long")
        return leaf
    if not path:
        raise Refused("the proof is too short")
    k = 1 << ((size - 1).bit_length() - 1)
    if index < k:
        return sha256(b"\x01" + head_by_path(index, k, leaf, path[:-1]) + path[-1])
    return sha256(b"\x01" + path[-1] + head_by_path(index - k, size - k, leaf, path[:-1]))


# --- RFC 8785 and what may stand in a line ------------------------------------------------------------------------------

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def canonical(value):
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise Refused("a number that is not read alike everywhere")
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c) or ("\\u%04x" % ord(c) if ord(c) < 0x20 else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    raise Refused("a value that has no place here")


def once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused("a name twice")
    return dict(pairs)


def parse(text):
    try:
        value = json.loads(text, object_pairs_hook=once)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused("not JSON")
    return value


def parse_line(text):
    value = parse(text)
    if canonical(value) != text:
        raise Refused("not in canonical form")
    return value


def need(condition, why):
    if not condition:
        raise Refused(why)


def members(value, names, optional=()):
    need(isinstance(value, dict), "an object is expected")
    need(set(names) <= set(value) <= set(names) | set(optional), "other members than there should be")
    return value


def is_text(value, pattern=None):
    return isinstance(value, str) and value != "" and (pattern is None or re.fullmatch(pattern, value, re.A) is not None)


def is_size(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HEX = r"[0-9a-f]{64}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"
LOGS = ("decisions", "access")


def strict_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Refused("not base64")
    need(base64.b64encode(data).decode() == text, "base64 in another way")
    return data


# --- C2SP: signed notes, checkpoints, proofs ----------------------------------------------------------------------------


def read_key(text):
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    need(found, "not a verifier key")
    name, key_id, data = found[1], bytes.fromhex(found[2]), strict_base64(found[3])
    need(len(data) == 33 and data[0] == 1, "not an Ed25519 key")
    need(sha256(name.encode() + b"\n" + data)[:4] == key_id, "a key with another id")
    return name, key_id, data[1:]


def open_note(note, key):
    name, key_id, public = key
    need(note.endswith("\n"), "a note ends with a line break")
    text, gap, signatures = note[:-1].rpartition("\n\n")
    need(gap and text, "a note has an empty line before its signatures")
    text += "\n"
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "a control character in a note")
    mine = []
    for line in signatures.split("\n"):
        found = re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line)
        need(found, "a line that is no signature")
        data = strict_base64(found[2])
        need(len(data) > 4, "a signature without a key")
        if found[1] == name and data[:4] == key_id:
            mine.append(data[4:])
    need(len(mine) == 1 and is_signed(public, text.encode(), mine[0]), "not signed by this key")
    return text


def open_checkpoint(note, keys):
    for key in keys:
        try:
            text = open_note(note, key)
        except Refused:
            continue
        found = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n", text)
        need(found and int(found[2]) < 2**53, "not a checkpoint")
        root = strict_base64(found[3])
        need(len(root) == 32, "a root of another length")
        return found[1], int(found[2]), root
    raise Refused("a checkpoint that none of the keys has signed")


# --- Leaves and records -------------------------------------------------------------------------------------------------


def read_leaf(text):
    leaf = parse_line(text)
    need(isinstance(leaf, dict), "a leaf is an object")
    chained = leaf.get("schema") == "threshold.audit/1"
    need(chained or leaf.get("schema") == "threshold.audit/2", "a leaf of another form")
    members(leaf, ["schema", "authority", "position", "at", "actor", "event", "facts", "records", "previous" if chained else "log"])
    need(is_text(leaf["authority"], UUID) and is_size(leaf["position"]), "authority or position")
    need(is_text(leaf["at"], INSTANT) and is_text(leaf["event"]), "time or event")
    need(leaf["actor"] is None or is_text(leaf["actor"], UUID), "actor")
    need(isinstance(leaf["facts"], dict) and isinstance(leaf["records"], list), "facts or records")
    for fact in leaf["facts"].values():
        need(fact is None or isinstance(fact, (str, bool, int)), "a fact that is no scalar")
    for record in leaf["records"]:
        need(isinstance(record, dict), "a record is an object")
        proof = "commitment" if "commitment" in record else "hash"
        members(record, ["table", "id", proof])
        need(is_text(record["table"], "[a-z][a-z0-9_]*") and is_text(record["id"]) and is_text(record[proof], HEX), "a record")
    if chained:
        need(is_text(leaf["previous"], HEX), "previous")
        leaf["log"] = "decisions"
    else:
        need(leaf["log"] in LOGS, "log")
    return leaf


def erased_names(content):
    try:
        names = json.loads(content)["erasedElsewhere"]
    except (ValueError, TypeError, KeyError):
        return []
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


def check_records(leaf, given):
    """Compares what was opened with the leaf; gives back what is said to be erased."""
    need(isinstance(given, list), "records are a list")
    vouched = {(record["table"], record["id"]): record for record in leaf["records"]}
    erased = []
    for record in given:
        members(record, ["table", "id"], ["content", "salt", "erased"])
        ref = vouched.pop((record["table"], record["id"]), None) if is_text(record["table"]) and is_text(record["id"]) else None
        need(ref, "a record that the leaf does not name, or twice")
        if "erased" in record:
            members(record, ["table", "id", "erased"])
            need(record["erased"] is True, "erased is true")
            erased.append(record)
            continue
        need(is_text(record.get("content")), "a record without content")
        content = record["content"].encode()
        if "hash" in ref:
            need("salt" not in record and sha256(content).hex() == ref["hash"], "a record is another")
        else:
            need(is_text(record.get("salt"), HEX), "a salt")
            need(sha256(bytes.fromhex(record["salt"]) + content).hex() == ref["commitment"], "a record is another")
    return erased


# --- The two things that can be verified --------------------------------------------------------------------------------


def verify_export(data, keys, held):
    """(status, root of all entries, how many); raises Refused."""
    need(data.endswith(b"\n"), "the last line is not ended")
    try:
        lines = [line.decode("utf-8") for line in data[:-1].split(b"\n")]
    except UnicodeDecodeError:
        raise Refused("not UTF-8")
    need(len(lines) >= 2, "too few lines")
    header = members(parse_line(lines[0]), ["format", "origin", "authority", "log", "size"])
    need(header["format"] == "threshold.export/1", "another format")
    need(is_text(header["authority"], UUID) and header["log"] in LOGS and is_size(header["size"]), "header")
    need(is_text(header["origin"]) and header["origin"].endswith("/%s/%s" % (header["authority"], header["log"])), "origin")
    last = members(parse_line(lines[-1]), ["checkpoints"])["checkpoints"]
    need(isinstance(last, list) and all(is_text(note) for note in last), "checkpoints")
    need(len(lines) - 2 == header["size"], "another number of entries than the header says")
    hashes, waiting, disposed, elsewhere, previous = [], [], {}, {}, "0" * 64
    for position, line in enumerate(lines[1:-1]):
        entry = members(parse_line(line), ["position", "leaf"], ["records"])
        need(is_size(entry["position"]) and entry["position"] == position and is_text(entry["leaf"]), "an entry out of its place")
        leaf = read_leaf(entry["leaf"])
        same = [leaf[name] == header[name] for name in ("authority", "log")]
        need(leaf["position"] == position and all(same), "a leaf of another place, authority or log")
        if "previous" in leaf:
            need(leaf["previous"] == previous, "a leaf that does not follow the one before")
            previous = sha256(entry["leaf"].encode()).hex()
        else:
            previous = None
        referral = leaf["facts"].get("referral")
        if leaf["event"] == "referral.disposed" and isinstance(referral, str):
            disposed[referral] = position
        waiting += [(position, referral, (one["table"], one["id"])) for one in check_records(leaf, entry.get("records", []))]
        if leaf["event"] == "referral.disposed":
            for one in entry.get("records", []):
                if one["table"] == "disposals" and "content" in one:
                    for name in erased_names(one["content"]):
                        elsewhere[tuple(name.split("/", 1))] = position
        hashes.append(leaf_hash(entry["leaf"].encode()))
    for position, referral, record in waiting:
        by_referral = isinstance(referral, str) and disposed.get(referral, -1) > position
        need(by_referral or elsewhere.get(record, -1) > position, "erased, and no later entry says so")
    anchored, before = -1, 0
    for i, note in enumerate(last + held):
        origin, size, root = open_checkpoint(note, keys)
        need(origin == header["origin"], "a checkpoint of another log")
        need(size <= len(hashes) and head(hashes[:size]) == root, "a checkpoint of other entries")
        if i < len(last):
            need(size >= before, "checkpoints out of order")
            before = size
        else:
            anchored = max(anchored, size)
    return (0 if anchored == len(hashes) else 3), head(hashes), len(hashes)


def verify_evidence(data, keys):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8")
    value = members(parse(text), ["format", "authority", "log", "leaf", "proof"], ["records"])
    need(value["format"] == "threshold.evidence/1" and is_text(value["leaf"]) and is_text(value["proof"]), "evidence")
    found = re.fullmatch(r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,15})\n((?:[^\n]+\n)*)\n(.*)", value["proof"], re.S)
    need(found, "a proof")
    index, path = int(found[1]), [strict_base64(line) for line in found[2].split("\n")[:-1]]
    need(all(len(one) == 32 for one in path), "a hash of another length")
    origin, size, root = open_checkpoint(found[3], keys)
    need(origin.endswith("/%s/%s" % (value["authority"], value["log"])) and value["log"] in LOGS, "another log")
    leaf = read_leaf(value["leaf"])
    need(leaf["position"] == index and leaf["authority"] == value["authority"] and leaf["log"] == value["log"], "another leaf")
    need(index < size and head_by_path(index, size, leaf_hash(value["leaf"].encode()), path) == root, "the leaf is not in the log")
    check_records(leaf, value.get("records", []))
    return 0, root, size


def answer(verify):
    try:
        status, root, entries = verify()
        return {"status": status, "root": base64.b64encode(root).decode(), "entries": entries}
    except Refused as why:
        return {"status": 1, "why": str(why)}


def batch():
    """A job is {"keys": […], "held": […], "export" or "evidence": base64}."""
    for line in sys.stdin:
        job = json.loads(line)
        keys = [read_key(key) for key in job["keys"]]
        if "evidence" in job:
            result = answer(lambda: verify_evidence(base64.b64decode(job["evidence"]), keys))
        else:
            result = answer(lambda: verify_export(base64.b64decode(job["export"]), keys, job["held"]))
        print(json.dumps(result))


def main(arguments):
    if arguments == ["--batch"]:
        batch()
        return 0
    name, keys, held = arguments[0], [], []
    for option, value in zip(arguments[1::2], arguments[2::2]):
        if option == "--key":
            keys.append(read_key(value))
        else:
            with open(value, encoding="utf-8", newline="") as file:
                held.append(file.read())
    with open(name, "rb") as file:
        data = file.read()
    result = answer(lambda: verify_export(data, keys, held))
    print(json.dumps(result))
    return result["status"]


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    sys.exit(main(sys.argv[1:]))
