"""The mail server of the tests of delivery."""

from tests.delivery.conftest import authority, ca_file, postbox, serve

__all__ = ["authority", "ca_file", "postbox", "serve"]
