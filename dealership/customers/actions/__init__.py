"""What the house does with a customer's record."""

from dealership.customers.actions.cars import add_car
from dealership.customers.actions.consents import (
    allow_contact,
    give_consent,
    refuse_contact,
    withdraw_consent,
)
from dealership.customers.actions.events import Entries, note
from dealership.customers.actions.identity import forget_identity, set_identity
from dealership.customers.actions.keys import index_customer
from dealership.customers.actions.many import Car, Draft, register_many
from dealership.customers.actions.merges import (
    KEPT,
    merge_customers,
    preview_merge,
    refuse_merged,
    undo_merge,
)
from dealership.customers.actions.people import (
    add_contact_person,
    change_contact_person,
    remove_contact_person,
)
from dealership.customers.actions.phones import add_phone, holder_of, reveal_phone
from dealership.customers.actions.records import (
    attend,
    complete_customer,
    find_or_register,
    register_customer,
    rename_customer,
    set_owner,
)
from dealership.customers.actions.sweeps import (
    Swept,
    look_again,
    sweep_duplicates,
    tell_apart,
)

__all__ = [
    "KEPT",
    "Car",
    "Draft",
    "Entries",
    "Swept",
    "add_car",
    "add_contact_person",
    "add_phone",
    "allow_contact",
    "attend",
    "change_contact_person",
    "complete_customer",
    "find_or_register",
    "forget_identity",
    "give_consent",
    "holder_of",
    "index_customer",
    "look_again",
    "merge_customers",
    "note",
    "preview_merge",
    "refuse_contact",
    "refuse_merged",
    "register_customer",
    "register_many",
    "remove_contact_person",
    "rename_customer",
    "reveal_phone",
    "set_identity",
    "set_owner",
    "sweep_duplicates",
    "tell_apart",
    "undo_merge",
    "withdraw_consent",
]
