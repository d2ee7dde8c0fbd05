"""Certificates for 127.0.0.1, good ones and others, made by openssl in a folder that goes with us."""

import atexit
import functools
import shutil
import ssl
import subprocess
import tempfile

CONFIG = """
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = shop.example.com
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[no_authority]
basicConstraints = critical,CA:false
subjectAltName = IP:127.0.0.1
[leaf]
subjectAltName = IP:127.0.0.1
[other_host]
subjectAltName = DNS:other.example.com,IP:127.0.0.2
[any_host]
subjectAltName = DNS:*,DNS:*.0.0.1,DNS:127.0.0.1
[no_server]
subjectAltName = IP:127.0.0.1
extendedKeyUsage = clientAuth
[proxied]
subjectAltName = DNS:shop.example.com
[unknown_extension]
subjectAltName = IP:127.0.0.1
1.2.3.4.5 = critical,DER:0101
"""


class Authority:
    """A CA of our own in a folder: authority.pem is what clients are told to trust."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, self.folder, True)
        for name, text in (("openssl.cnf", CONFIG), ("index.txt", ""), ("serial", "01\n")):
            with open(self.path(name), "w") as file:
                file.write(text)
        for name in ("authority", "stranger"):
            self.run("req -x509 -config openssl.cnf -extensions authority -subj /CN=%s -days 30 -nodes "
                     "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout %s.key -out %s.pem" % (name, name, name))

    def path(self, name):
        return "%s/%s" % (self.folder, name)

    def run(self, command):
        subprocess.run(["openssl", *command.split()], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       capture_output=True)

    def make_key(self, name, key="ec -pkeyopt ec_paramgen_curve:prime256v1"):
        self.run("req -new -config openssl.cnf -nodes -newkey %s -keyout %s.key -out %s.csr" % (key, name, name))

    def sign(self, name, extensions="leaf", by="authority", more="-days 30"):
        self.run("ca -batch -notext -config openssl.cnf -extensions %s -cert %s.pem -keyfile %s.key %s "
                 "-in %s.csr -out %s.pem" % (extensions, by, by, more, name, name))

    @functools.lru_cache(None)
    def context(self, name="good", extensions="leaf", by="authority", more="-days 30", key=None, chain=False):
        """A server's context with a certificate made so."""
        self.make_key(name, *[key] if key else [])
        self.sign(name, extensions, by, more)
        if chain:
            with open(self.path(name + ".pem"), "a") as file, open(self.path(by + ".pem")) as other:
                file.write(other.read())
        return self.load(name)

    def self_signed(self):
        self.run("req -x509 -config openssl.cnf -extensions leaf -days 30 -nodes -newkey rsa:2048 "
                 "-keyout own.key -out own.pem")
        return self.load("own")

    def load(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return context


@functools.lru_cache(None)
def authority():
    return Authority()


def wrong_contexts():
    """Name -> context of a server that nobody may trust."""
    own = authority()
    own.context("below", "authority", "stranger")  # signed by a stranger, and signs itself
    own.context("no_authority", "no_authority")
    return {
        "expired": own.context("expired", more="-startdate 20200101000000Z -enddate 20210101000000Z"),
        "expired a second ago": own.context("late", more="-startdate 20200101000000Z -enddate 20240101000001Z"),
        "not valid yet": own.context("early", more="-startdate 20900101000000Z -enddate 20910101000000Z"),
        "of another host": own.context("other", "other_host"),
        "of every host": own.context("any", "any_host"),
        "signed by itself": own.self_signed(),
        "signed by a stranger": own.context("strange", by="stranger"),
        "signed by a stranger, who is sent along": own.context("along", by="stranger", chain=True),
        "signed by one whom a stranger signed": own.context("second", by="below", chain=True),
        "signed by one who may not sign": own.context("third", by="no_authority", chain=True),
        "of a client": own.context("client", "no_server"),
        "with a weak key": own.context("weak", key="rsa:1024"),
        "with an unknown critical extension": own.context("unknown", "unknown_extension"),
    }
