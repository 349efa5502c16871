#!/usr/bin/env python3
"""Checks a receipt of the transparency log without the hub and without its code: docs/log.md says what is checked.

    verify-receipt.py RECEIPT.json EVENT LOG.vkey ORIGIN

Needs Python 3.9 and OpenSSL 3 (for SM3 and SM2). Exit code 0: the event is in the log.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TYPE = b"\xffzhengzhao/sm2-sm3/v1"
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def sm3(data):
    return hashlib.new("sm3", data).digest()


def must(holds, sentence):
    if not holds:
        sys.exit(f"NOT PROVED: {sentence}")


def root_of(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    must(index < size, "no such leaf in the tree")
    number, last = index, size - 1
    for sibling in path:
        must(last > 0, "the path is too long")
        if number % 2 == 1 or number == last:
            leaf = sm3(b"\x01" + sibling + leaf)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            leaf = sm3(b"\x01" + leaf + sibling)
        number, last = number >> 1, last >> 1
    must(last == 0, "the path is too short")
    return leaf


def signed_by(text, lines, vkey):
    name, key_id, material = vkey.split("+", 2)
    material = base64.b64decode(material, validate=True)
    must(material.startswith(TYPE), "the key is not one for SM2 with SM3")
    must(sm3(name.encode() + b"\n" + material)[:4].hex() == key_id, "the key's id is not its own")
    for line in lines:
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value, validate=True)
        if (dash, signer, value[:4].hex()) == ("\u2014", name, key_id):
            return verifies(text, value[4:], material[len(TYPE):])
    return False


def verifies(text, signature, point):
    with tempfile.TemporaryDirectory() as folder:
        files = {"text": text, "signature": signature, "key": SPKI + point}
        for file, data in files.items():
            Path(folder, file).write_bytes(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        sm2 = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
        return subprocess.run(command.split() + sm2, cwd=folder, capture_output=True).returncode == 0


def main(receipt, event, vkey, origin):
    receipt = json.loads(Path(receipt).read_text())
    salt, leaf = bytes.fromhex(receipt["salt"]), bytes.fromhex(receipt["leaf"])
    commitment = sm3(b"zhengzhao/log/event/v1\n" + salt + Path(event).read_bytes())
    must(sm3(b"\x00" + commitment) == leaf, "the receipt is for another event")
    text, _, signatures = receipt["checkpoint"].rpartition("\n\n")
    text = (text + "\n").encode()
    found, size, root = text.decode().split("\n")[:3]
    must(found == origin, f"the checkpoint is of the log {found}")
    must(int(size) == receipt["treeSize"], "receipt and checkpoint are of different sizes")
    path = [bytes.fromhex(sibling) for sibling in receipt["path"]]
    computed = root_of(leaf, receipt["index"], int(size), path)
    must(computed == base64.b64decode(root), "the path does not lead to the checkpoint's root")
    must(signed_by(text, signatures.splitlines(), Path(vkey).read_text().strip()), "the log did not sign the checkpoint")
    print(f"proved: entry {receipt['index']} of {size} in the log {origin}")


if __name__ == "__main__":
    must(len(sys.argv) == 5, __doc__)
    main(*sys.argv[1:])
