"""Real registries, clients, images and faults for the end-to-end tests.

Standard library only. Every program is bounded in time and ended by its own
pid, every port is a free one of the loopback interface, every file lies in a
temporary directory that goes away with its owner.
"""
