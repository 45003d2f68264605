"""Helpers for web frameworks, one module each. Nothing here is imported by `countermark` itself.

With a ``store``, each webhook is handled once. A copy of what is done is answered with a success, so that its sender stops; while the first may
fail yet, with 409. Its key is kept as long as a second copy would be accepted; schemes without a signed time have no such end, so for them
``keep_s`` says how many seconds to keep it.
"""
