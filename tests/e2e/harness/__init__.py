# SPDX-License-Identifier: Apache-2.0
"""What the whole-system tests stand on: the server, people, their machines and the clients on them."""
