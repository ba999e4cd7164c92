"""What finds a customer: search keys, written anew with each change."""

from dealership.customers import search
from dealership.customers.models import Customer, SearchKey


def index_customer(customer: Customer) -> None:
    """
    Write the customer's search keys anew.

    A record that was merged away is found no more; the one it lives on in is, by its name too.
    """
    wanted: set[str] = set()
    if customer.merged_into_id is None:
        numbers = customer.phones.values_list("number", flat=True)
        plates = customer.cars.exclude(plate="").values_list("plate", flat=True)
        wanted = search.keys_of(customer, numbers, plates)
        for former in customer.merged_records.all():
            wanted |= search.keys_of(former, (), ())
    present = set(customer.search_keys.values_list("key", flat=True))
    if gone := present - wanted:
        customer.search_keys.filter(key__in=gone).delete()
    SearchKey.objects.bulk_create(
        SearchKey(customer=customer, store_id=customer.store_id, key=key)
        for key in sorted(wanted - present)
    )
