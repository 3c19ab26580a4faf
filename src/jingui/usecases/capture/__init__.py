"""Capture (捕获): a folder opens with the first message of a case; every message is taken once, in any order."""
