"""Ed25519 (RFC 8032), ECDSA P-256 (RFC 6979) and RSA PKCS#1 v1.5 signing, from the texts of the standards.

For test vectors only: nothing here is constant in time.
"""

import hashlib
import hmac

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_recover_x(BASE_Y, 0), BASE_Y)


def _edwards_add(a, b):
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, P - 2, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, P - 2, P)
    return x % P, y % P


def _times(number, point, add, zero):
    result = zero
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def _encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _ed25519_secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ~7 & (2**254 - 1) | 2**254
    return scalar, digest[32:]


def ed25519_public(seed):
    return _encode(_times(_ed25519_secret(seed)[0], BASE, _edwards_add, (0, 1)))


def ed25519_sign(seed, message):
    scalar, prefix = _ed25519_secret(seed)
    public = ed25519_public(seed)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    commitment = _encode(_times(nonce, BASE, _edwards_add, (0, 1)))
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % L
    return commitment + ((nonce + challenge * scalar) % L).to_bytes(32, "little")


Q = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def _p256_add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % Q == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], Q - 2, Q)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], Q - 2, Q)
    x = (slope * slope - a[0] - b[0]) % Q
    return x, (slope * (a[0] - x) - a[1]) % Q


def _der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + content


def _der_integer(number):
    return _der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


P256_ALGORITHM = _der(0x30, bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107"))


def p256_public_point(scalar):
    x, y = _times(scalar, G, _p256_add, None)
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def p256_spki(scalar):
    return _der(0x30, P256_ALGORITHM + _der(3, b"\0" + p256_public_point(scalar)))


def p256_pkcs8(scalar):
    point = _der(0xA1, _der(3, b"\0" + p256_public_point(scalar)))
    key = _der(0x30, _der_integer(1) + _der(4, scalar.to_bytes(32, "big")) + point)
    return _der(0x30, _der_integer(0) + P256_ALGORITHM + _der(4, key))


def p256_sign(scalar, message):
    """DER signature; the nonce of RFC 6979, whose first candidate is always in range in practice."""
    digest = hashlib.sha256(message).digest()
    seed = scalar.to_bytes(32, "big") + (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    key, value = b"\0" * 32, b"\1" * 32
    for mark in (b"\0", b"\1"):
        key = hmac.new(key, value + mark + seed, "sha256").digest()
        value = hmac.new(key, value, "sha256").digest()
    nonce = int.from_bytes(hmac.new(key, value, "sha256").digest(), "big")
    assert 0 < nonce < N
    r = _times(nonce, G, _p256_add, None)[0] % N
    s = pow(nonce, N - 2, N) * (int.from_bytes(digest, "big") + r * scalar) % N
    return _der(0x30, _der_integer(r) + _der_integer(s))


def p256_other_s(signature):
    """The second signature that everybody can make from one: (r, n - s)."""
    (_, r), (_, s) = der_items(der_items(signature)[0][1])
    return _der(0x30, _der(2, r) + _der_integer(N - int.from_bytes(s, "big")))


def der_items(data):
    items, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at : at + count], "big"), at + count
        items.append((tag, data[at : at + size]))
        at += size
    return items


def rsa_sign(pkcs8, message):
    """PKCS#1 v1.5 with SHA-256 (RFC 8017, 8.2)."""
    octets = der_items(der_items(pkcs8)[0][1])[2][1]
    numbers = [int.from_bytes(content, "big") for _, content in der_items(der_items(octets)[0][1])]
    modulus, private = numbers[1], numbers[3]
    size = (modulus.bit_length() + 7) // 8
    info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    padded = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
    return pow(int.from_bytes(padded, "big"), private, modulus).to_bytes(size, "big")
