"""Bad keys, one by one: each ends in exit 2 and a sentence with the file's name and the mend, and shows no secret."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_driver import COMMAND, Call, Done, signkit, signkit_all
from cryptography.hazmat.primitives import serialization
from pem_forms import encrypted
from small_disk import SmallDisk

from signing_core import KeyFormatError, PrivateKey, PublicKey
from tests import key_texts
from tests.rsa_oracle import int_key

DATA = Path(__file__).parents[2] / "vectors/generators/data"
LOOKUP = ("--form", "payout_lookup", "--value", "24")
PASSWORD = b"not-to-be-shown"

# file -> what sign says of it as the private key
PRIVATE = {
    "empty.pem": "the key is empty",
    "truncated.pem": "has no END line; copy the whole file",
    "ec.pem": "not for RSA; make an RSA key",
    "dsa.pem": "for DSA, not for RSA; make an RSA key",
    "ed25519.pem": "for Ed25519, not for RSA; make an RSA key",
    "weak.pem": "1024 bits, at least 2048 are required",
    "huge.pem": "16384 bits, at most 8192 are accepted",
    "public.pem": "a public key where a private one is wanted",
    "even.pem": "the public exponent is 65536",
    "certificate.pem": "a certificate, not an RSA private key",
    "binary.der": "binary DER; convert it to PEM: openssl pkey",
    "encrypted.pem": "the key is encrypted; give its password",
    "zeros.pem": "longer than 1048576 bytes",
    "latin1.pem": "neither PEM nor base64",
    "no-text.pem": "neither PEM nor base64",
    "folder": "Is a directory",
    "missing.pem": "No such file",
    "/dev/null": "the key is empty",
    "/dev/zero": "longer than 1048576 bytes",
}
# file -> what verify says of it as the public key
PUBLIC = {
    "empty.pem": "the key is empty",
    "truncated.pem": "has no END line",
    "private.pem": "a private key where a public one is wanted; take the public one: openssl pkey",
    "ec-public.pem": "not for RSA; make an RSA key",
    "dsa-public.pem": "for DSA, not for RSA",
    "ed25519-public.pem": "for Ed25519, not for RSA",
    "weak-public.pem": "1024 bits, at least 2048 are required",
    "huge-public.pem": "16384 bits, at most 8192 are accepted",
    "even-public.pem": "the public exponent is 65536; an odd number from 3 up",
    "one-public.pem": "the public exponent is 1; an odd number from 3 up",
    "certificate.pem": "take the public key out of it: openssl x509",
    "public.der": "binary DER; convert it to PEM",
    "zeros.pem": "longer than 1048576 bytes",
    "latin1.pem": "neither PEM nor base64",
    "folder": "Is a directory",
    "/dev/zero": "longer than 1048576 bytes",
}
# what --password names -> what sign says, with the encrypted key
PASSWORDS = {
    "wrong": "encrypted.pem: the key cannot be decrypted: the password is wrong",
    "none": "encrypted.pem: the key is encrypted; give its password",
    "long": "encrypted.pem: the key cannot be decrypted",
    "no-such-file": "cannot read the password: No such file",
    "folder": "cannot read the password: Is a directory",
    "env:NO_SUCH_VARIABLE": "no variable 'NO_SUCH_VARIABLE'",
    "/dev/zero": "the password in '/dev/zero' is longer than 1048576 bytes",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the files that the tables name."""
    made = tmp_path_factory.mktemp("keys")
    good, weak = int_key(), int_key(1024)
    huge = (1 << 16383) + 1
    private = key_texts.private(good)
    pem = serialization.Encoding.PEM
    loaded = serialization.load_pem_private_key(good.pem, None)
    public = loaded.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    files = {
        "private.pem": private,
        "public.pem": public,
        "empty.pem": b"",
        "truncated.pem": private[:900],
        "weak.pem": weak.pem,
        "weak-public.pem": key_texts.pem("PUBLIC KEY", key_texts.spki(weak.n, weak.e)),
        "huge.pem": key_texts.pem("RSA PRIVATE KEY", key_texts.pkcs1(huge, 65537, 3, 5, 7)),
        "huge-public.pem": key_texts.pem("PUBLIC KEY", key_texts.spki(huge, 65537)),
        "even.pem": key_texts.private(good, e=65536),
        "even-public.pem": key_texts.pem("PUBLIC KEY", key_texts.spki(good.n, 65536)),
        "one-public.pem": key_texts.pem("PUBLIC KEY", key_texts.spki(good.n, 1)),
        "binary.der": key_texts.raw(private),
        "public.der": key_texts.raw(public),
        "encrypted.pem": encrypted(loaded, PASSWORD),
        "latin1.pem": b"-----BEGIN PRIVATE KEY-----\n\xff\xe9\xe8\n-----END PRIVATE KEY-----\n",
        "no-text.pem": bytes(range(128, 256)) * 8,
        "wrong": b"another",
        "none": b"",
        "long": b"x" * 5000,
    }
    for name, data in files.items():
        (made / name).write_bytes(data)
    names = {"certificate.pem": "certificate.pem"}
    names |= {f"{kind}.pem": f"{kind}-private.pem" for kind in ("ec", "dsa", "ed25519")}
    names |= {f"{kind}-public.pem": f"{kind}-public.pem" for kind in ("ec", "dsa", "ed25519")}
    for name, source in names.items():
        shutil.copy(DATA / source, made / name)
    with (made / "zeros.pem").open("wb") as file:
        file.truncate(200_000_000)
    (made / "folder").mkdir()
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Done]:
    calls = {f"sign {name}": Call(("sign", "--key", name, *LOOKUP)) for name in PRIVATE}
    calls |= {
        f"verify {name}": Call(("verify", "--public-key", name, "--signature", "AAAA", *LOOKUP)) for name in PUBLIC
    }
    calls |= {
        f"password {name}": Call(("sign", "--key", "encrypted.pem", "--password", name, *LOOKUP)) for name in PASSWORDS
    }
    calls |= {f"check {name}": Call(("keys", "check", name)) for name in ("huge.pem", "even-public.pem", "zeros.pem")}
    return signkit_all(calls, folder)


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_key_that_is_none(name: str, told: dict[str, Done]) -> None:
    refused(told[f"sign {name}"], name, PRIVATE[name])


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_key_that_is_none(name: str, told: dict[str, Done]) -> None:
    refused(told[f"verify {name}"], name, PUBLIC[name])


@pytest.mark.parametrize("name", PASSWORDS)
def test_a_password_that_does_not_open_the_key(name: str, told: dict[str, Done]) -> None:
    refused(told[f"password {name}"], "", PASSWORDS[name])


@pytest.mark.parametrize("name", ["huge.pem", "even-public.pem", "zeros.pem"])
def test_keys_check_refuses_alike(name: str, told: dict[str, Done]) -> None:
    refused(told[f"check {name}"], name, {**PUBLIC, **PRIVATE}[name])


def refused(done: Done, name: str, sentence: str) -> None:
    assert (done.code, done.out) == (2, b"")
    assert name in done.err
    assert sentence in done.err
    assert PASSWORD.decode() not in done.err


def test_the_library_refuses_the_same_files(folder: Path) -> None:
    """By from_file, whose errors name the path; what cannot be opened is an OSError."""
    for name, sentence in PRIVATE.items():
        if name in ("folder", "missing.pem"):
            with pytest.raises(OSError, match=sentence):
                PrivateKey.from_file(folder / name)
        else:
            with pytest.raises(ValueError, match=name) as error:
                PrivateKey.from_file(folder / name)
            assert "longer than" in sentence or sentence in str(error.value)
    for name, sentence in PUBLIC.items():
        if name != "folder":
            with pytest.raises(ValueError, match=name) as error:
                PublicKey.from_file(folder / name)
            assert "longer than" in sentence or sentence in str(error.value)


def test_a_password_for_a_key_that_has_none_is_refused(folder: Path) -> None:
    done = signkit("sign", "--key", "private.pem", "--password", "wrong", *LOOKUP, cwd=folder)
    refused(done, "private.pem", "the key is not encrypted; leave the password out")


def test_an_unreadable_file_is_named(folder: Path) -> None:
    """Root may read anything, unless it gives that right up."""
    closed = folder / "closed.pem"
    closed.write_bytes((folder / "private.pem").read_bytes())
    closed.chmod(0o000)
    command = [*COMMAND, "sign", "--key", "closed.pem", *LOOKUP]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may read anything, and there is no setpriv to give that up")
        rights = "-dac_override,-dac_read_search"
        command = [setpriv, f"--bounding-set={rights}", f"--inh-caps={rights}", *command]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot read the private key from 'closed.pem': Permission denied; give a file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "guise",
    [
        lambda pem: pem.decode(),
        lambda pem: pem.decode().replace("\n", "\\n"),
        lambda pem: base64.b64encode(pem).decode(),
        lambda pem: "".join(pem.decode().splitlines()[1:-1]),
    ],
    ids=["pem", "one-line", "base64-of-pem", "base64-of-der"],
)
def test_a_key_on_the_command_line_is_refused_and_not_repeated(guise: Callable[[bytes], str], folder: Path) -> None:
    text = guise((folder / "private.pem").read_bytes())
    done = signkit("sign", "--key", text, *LOOKUP, cwd=folder)
    refused(done, "--key", "must not stand on the command line")
    assert not [line for line in (folder / "private.pem").read_text().splitlines()[1:-1] if line in done.err]


# Making keys


# options of keys generate -> what it says; old.pem is a file, link.pem a link to nowhere
GENERATE = {
    "--out missing/new.pem": "there is no folder missing: make it",
    "--out old.pem": "old.pem exists, and is not written over",
    "--out link.pem": "link.pem exists, and is not written over",
    "--out .": ". exists, and is not written over",
    "--out /dev/full": "/dev/full exists, and is not written over",
    "--out -": "a key is not printed",
    "--out new.pem --public-out old.pem": "old.pem exists, and is not written over",
    "--out new.pem --public-out missing/new.pem": "there is no folder missing",
    "--out new.pem --public-out ./new.pem": "both keys would go to new.pem",
    "--out new.pem --bits 1024": "1024 is not in the range 2048<=x<=8192",
    "--out new.pem --bits 16384": "16384 is not in the range 2048<=x<=8192",
    "--out new.pem --password /dev/null": "the password has 0 bytes",
    "--out new.pem --password secret-itself": "cannot read the password: No such file",
}


def test_generate_writes_nothing_where_it_cannot_write_all(tmp_path: Path) -> None:
    calls = {}
    for number, words in enumerate(GENERATE):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "old.pem").write_bytes(b"old")
        (place / "link.pem").symlink_to("nowhere")
        calls[words] = Call(("keys", "generate", *words.split()), cwd=place)
    for words, done in signkit_all(calls).items():
        refused(done, "", GENERATE[words])
        assert "secret-itself" not in done.err
    for place in tmp_path.iterdir():
        assert sorted(path.name for path in place.iterdir()) == ["link.pem", "old.pem"]
        assert (place / "old.pem").read_bytes() == b"old"


@pytest.mark.parametrize("taken", [8192, 4096], ids=["no room", "room for one key"])
def test_generate_on_a_full_disk_leaves_nothing(taken: int, small_disk: SmallDisk) -> None:
    small_disk.fill(taken)
    private, public = small_disk.path / "new.pem", small_disk.path / "public.pem"
    done = signkit("keys", "generate", "--out", private, "--public-out", public)
    refused(done, str(small_disk.path), "No space left on device; name a file where you may write")
    assert [path.name for path in small_disk.path.iterdir()] == ["fill"]


def test_generate_in_a_read_only_folder(small_disk: SmallDisk) -> None:
    small_disk.make_read_only()
    done = signkit("keys", "generate", "--out", small_disk.path / "new.pem")
    refused(done, str(small_disk.path / "new.pem"), "Read-only file system; name a file where you may write")


def test_a_key_kept_from_pickle_and_repr(folder: Path) -> None:
    """What a debugger or a log shows of a key, and of the error that refused one."""
    key = PrivateKey.from_file(folder / "private.pem")
    with pytest.raises(KeyFormatError) as error:
        PrivateKey.from_pem((folder / "encrypted.pem").read_bytes(), PASSWORD[:-1])
    lines = (folder / "private.pem").read_text().splitlines()[1:-1]
    for shown in (repr(key), repr(error.value), str(error.value)):
        assert PASSWORD[:-1].decode() not in shown
        assert not [line for line in lines if line in shown]
