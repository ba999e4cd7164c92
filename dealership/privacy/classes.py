"""Classes of personal facts; each model names its own in `personal` (PIPL arts. 5-6, 28)."""

from enum import StrEnum


class Class(StrEnum):
    IDENTITY = "identity"  # who somebody is: name, salutation
    CONTACT = "contact"  # how to reach them: phone, address, e-mail
    BEHAVIOUR = "behaviour"  # what they did or want: visits, notes, levels
    SENSITIVE = "sensitive"  # ID and licence numbers, images, signatures (PIPL art. 28)
    STAFF = "staff"  # facts about the store's own people


# What is kept of the store's own people: their models lie below this room.
OF_STAFF = {
    "staff.User": {
        "username": Class.STAFF,
        "name": Class.STAFF,
        "name_key": Class.STAFF,
        "phone": Class.STAFF,
        "email": Class.STAFF,
    },
    "staff.ApiToken": {"name": Class.STAFF},
}
