"""Lead development over the API."""
