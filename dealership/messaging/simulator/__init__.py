"""
A provider of text messages that delivers to pages instead of phones.

A process of its own that knows nothing of the house: it speaks HTTP, signs its push calls, keeps
its own journal and misbehaves on demand. Only the standard library and `messaging.signing`.
"""
