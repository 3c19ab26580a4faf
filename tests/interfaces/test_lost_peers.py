"""Connections that a process accepts are asked after when they fall silent."""

from __future__ import annotations

import socket

from jingui.interfaces.lost_peers import ask_after_peers


def test_what_is_accepted_afterwards_is_asked_after_and_nothing_else_is_touched() -> None:
    one, other = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as server, one, other:
        assert ask_after_peers() >= 1
        with socket.create_connection(server.getsockname()) as sender, server.accept()[0] as accepted:
            asked = [each.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for each in (accepted, sender, other)]
            assert asked == [1, 0, 0]
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
